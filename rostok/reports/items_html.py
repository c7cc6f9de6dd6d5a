"""The page of ``rostok items``: one self-contained file, made as the report is."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from rostok.reports.html import asset, environment, policy, with_words
from rostok.reports.items_model import ItemsPage
from rostok.reports.presenters import items
from rostok.wording import current_language


def render(page: ItemsPage) -> str:
    """The whole page as text; it has no script."""
    view = items.present(page)
    style = with_words(asset("report.css"), head=view.title, date="")
    return environment().get_template("items.html.j2").render(
        language=current_language(), policy=Markup(policy(style)), style=Markup(style), page=page, view=view
    )  # fmt: skip


def write(page: ItemsPage, path: Path) -> None:
    """Write the page to ``path`` in UTF-8; raises OSError as the file system does."""
    path.write_text(render(page), encoding="utf-8", newline="\n")
