"""The report as one self-contained page: no request leaves it, it works without JavaScript and on paper.

``render`` and ``write`` speak the language that is current in ``rostok.wording``. The page forbids itself
every outside source by a content security policy with the hashes of its own style and script.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from rostok.reports.charts import WIDE, parts_bar
from rostok.reports.model import Report
from rostok.reports.presenters import (
    analysis,
    data,
    gaps,
    listing,
    methodology,
    objectivity,
    region,
    summary,
    words,
)
from rostok.wording import current_language, date_long, gettext, ngettext, unbroken

TEMPLATES = "templates"


def _finished(value: object) -> object:
    """What an expression of a template gives, as the page shows it; Markup stays Markup."""
    return type(value)(unbroken(value)) if isinstance(value, str) else value


@cache
def environment() -> Environment:
    """Where the templates are, with what they may call."""
    found = Environment(
        loader=PackageLoader("rostok.reports", TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals.update(_=gettext, ngettext=ngettext)
    return found


@cache
def asset(name: str) -> str:
    """A style sheet or a script beside the templates, as text."""
    return (files("rostok.reports") / TEMPLATES / name).read_text(encoding="utf-8")


def css_string(text: str) -> str:
    """Text as a CSS string literal that can also stand inside a ``<style>`` element.

    >>> css_string('a "b" </style>')
    '"a \\\\22 b\\\\22  \\\\3c /style>"'
    """
    escaped = "".join(f"\\{ord(letter):x} " if letter in '"\\<\n\r\f' else letter for letter in text)
    return f'"{escaped}"'


def _style(report: Report) -> str:
    head = report.methodology.title
    if report.run.synthetic:
        head = gettext("{title} — данные вымышлены", title=head)
    return with_words(
        asset("report.css"), head=head, date=gettext("по данным на {day}", day=date_long(report.run.on))
    )


def with_words(style: str, *, head: str, date: str) -> str:
    """The style sheet with the words that only CSS shows: labels of narrow rows, running heads on paper."""
    said = {
        "RUNNING_HEAD": head,
        "RUNNING_DATE": date,
        "PAGE": gettext("стр. "),
        "WROTE": gettext("писали "),
        "ABSENT": gettext("отсутствовали "),
        "BELOW": gettext("«2» или ниже минимума: "),
        "THRESHOLD": gettext("порог: "),
        "MARGIN": gettext("до смены вывода: "),
    }
    for name, text in said.items():
        style = style.replace(f'"{name}"', css_string(text))
    return style


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def policy(style: str, script: str = "") -> str:
    """A content security policy that lets in this style and this script alone."""
    allowed = f"style-src '{_digest(style)}'; " + (f"script-src '{_digest(script)}'; " if script else "")
    return f"default-src 'none'; {allowed}base-uri 'none'; form-action 'none'"


def _context(report: Report) -> dict[str, object]:
    first = summary.present(report)
    style, script = _style(report), asset("report.js")
    return {
        "language": current_language(),
        "policy": Markup(policy(style, script)),
        "style": Markup(style),
        "script": Markup(script),
        "mark": words.Abbreviations().mark,
        "report": report,
        "summary": first,
        "bar": Markup(parts_bar(first.parts, first.parts_label, WIDE)),
        "schools": listing.present(report),
        "of_support": words.speaks_of_support(report.methodology),
        "municipalities": region.municipalities_table(report) if report.has_verdict else None,
        "figures": region.present(report),
        "gaps": gaps.present(report.gaps) if report.gaps else None,
        "objectivity": objectivity.present(report.objectivity) if report.objectivity else None,
        "analysis": analysis.present(report),
        "methodology": methodology.present(report),
        "data": data.present(report),
    }


def render(report: Report) -> str:
    """The whole page as text."""
    context = _context(report)
    page = environment().get_template("page.html.j2").render(context)
    # The legend lists what the finished page really uses, so it is put in last.
    meanings = "".join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(word, unbroken(meaning))
        for word, meaning in words.legend(page)
    )
    return page.replace("<!--abbreviations-->", meanings, 1)


def write(report: Report, path: Path) -> None:
    """Write the page to ``path`` in UTF-8; raises OSError as the file system does."""
    path.write_text(render(report), encoding="utf-8", newline="\n")
