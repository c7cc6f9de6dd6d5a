"""Pages of the manual made from methodologies and language specifications, so that they cannot be out of date.

``render_manual(directory)`` writes ``index.md``, a page per shipped methodology and ``language.md``; as a Sphinx
extension it does so before a build, into ``docs/_generated/methodologies``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from rostok.methodology import Methodology, load  # noqa: E402 - the checkout is put on the path above
from rostok.methodology.examples import shown  # noqa: E402
from rostok.methodology.parameters import UNITS, Parameter, Value, written  # noqa: E402
from rostok.methodology.whole import Example  # noqa: E402
from rostok.wording import date_long, gettext  # noqa: E402
from tests.spec.specifications import FILES, load_specification  # noqa: E402


def render_manual(directory: Path) -> None:
    """Write the pages into ``directory``; a page that did not change keeps its time, for quick rebuilds."""
    directory.mkdir(parents=True, exist_ok=True)
    pages = {"index.md": _index(), "language.md": _language()}
    for path in sorted((ROOT / "methodologies").glob("*/*.yaml")):
        methodology = load(path.read_text("utf-8"), path.name)
        pages[f"{methodology.id}-{methodology.version}.md"] = _methodology(methodology, path)
    for name, text in pages.items():
        target = directory / name
        if not target.exists() or target.read_text("utf-8") != text:
            target.write_text(text, "utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect(
        "builder-inited", lambda app: render_manual(Path(app.srcdir) / "_generated" / "methodologies")
    )
    return {"parallel_read_safe": True}


def _index() -> str:
    return (
        "# Методики и язык методик: справочник\n\n"
        "Страницы собраны из самих методик и из спецификаций языка. Каждый пример на них — проверка: он выполняется "
        "обоими вычислителями при каждом изменении программы.\n\n"
        "```{toctree}\n:maxdepth: 1\n:glob:\n\nlanguage\n*-*\n```\n"
    )


def _language() -> str:
    parts = [
        "# Язык методик\n\nКаждое слово языка — маленькая методика с примерами. Как читать методику целиком, сказано в "
        "[главе о методиках](../../manual/methodologies.md).\n"
    ]
    for path in FILES:
        specification = load_specification(path)
        parts.append(f"## {specification.title.ru}\n\n{specification.about.ru}\n")
        body = "\n".join(_definitions(path.read_text("utf-8")))
        parts.append(f"```yaml\n{body}\n```\n")
        parts += [_example(example) for example in specification.examples]
    return "\n".join(parts)


def _definitions(text: str) -> list[str]:
    """A file without its title, text and examples, which the page shows in words and tables."""
    lines, kept, skipping = text.splitlines(), [], False
    for line in lines:
        if line and not line.startswith((" ", "#")):
            skipping = line.split(":")[0] in {"title", "about", "examples"}
        if not skipping:
            kept.append(line)
    return kept


def _methodology(methodology: Methodology, path: Path) -> str:
    source = methodology.source
    confirmed = "подтверждено документом" if source.confirmed else "**не подтверждено документом**"
    facts = [
        ("Источник", f"{source.document} ({confirmed})"),
        ("Примечание", source.note.ru),
        ("Составил", methodology.author),
        ("Проверил", methodology.checked_by),
        ("Действует с", date_long(methodology.valid_from)),
        ("Пересмотреть", date_long(methodology.review_on)),
        ("Имя для команд", f"`{methodology.id}@{methodology.version}`"),
    ]
    parts = [f"# {methodology.title.ru}\n\n{methodology.about.ru}\n"]
    parts.append("\n".join(f"{name}\n: {value}\n" for name, value in facts if value))
    parts.append(f"## Параметры\n\n{_parameters(methodology)}\n")
    parts.append(f"## Определение\n\n```yaml\n{chr(10).join(_body(path.read_text('utf-8')))}\n```\n")
    parts.append("## Примеры\n")
    parts += [_example(example) for example in methodology.examples]
    return "\n".join(parts)


def _body(text: str) -> list[str]:
    """From the assessments or indicators on, without the examples."""
    lines = text.splitlines()
    start = next(
        place for place, line in enumerate(lines) if line.startswith(("assessments:", "indicators:"))
    )
    return lines[start : next(place for place, line in enumerate(lines) if line.startswith("examples:"))]


def _parameters(methodology: Methodology) -> str:
    rows = []
    for parameter in methodology.parameters:
        values = "; ".join(_value(parameter, value) for _, value in parameter.dated)
        source = parameter.source if parameter.confirmed else f"{parameter.source} — не подтверждено"
        rows.append([
            f"{parameter.title.ru} `{parameter.name}`".strip(), values, _unit(parameter), source, parameter.note or "—"
        ])  # fmt: skip
    return _table(["Параметр", "Значение", "Единица", "Источник", "Примечание"], rows)


def _value(parameter: Parameter, value: Value) -> str:
    title = parameter.title_of(value)
    return f"{title} (`{value}`)" if title else written(value)


def _unit(parameter: Parameter) -> str:
    """The unit; of a choice, what can be chosen."""
    if not parameter.choices:
        return gettext(UNITS[parameter.unit])
    return "выбор: " + "; ".join(f"`{choice.value}` — {choice.title.ru}" for choice in parameter.choices)


def _example(example: Example) -> str:
    parts = [f"### {example.name[:1].upper()}{example.name[1:]}\n"]
    if example.on:
        parts.append(f"На {date_long(example.on)}.\n")
    for text in (example.given, example.schools, example.context, example.categories):
        if text:
            lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]
            parts.append(_table(lines[0], lines[1:]) + "\n")
    parts.append("Ожидается:\n")
    for school, wanted in example.expect:
        told = ", ".join(f"`{name}` — {shown(value)}" for name, value in wanted)
        parts.append(f"- {school}: {told}")
    return "\n".join(parts) + "\n"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
