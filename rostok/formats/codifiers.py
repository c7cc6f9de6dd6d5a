"""Codifiers of ВПР from JSON or a workbook: items, skills, КЭС, КТ, levels, maxima.

JSON: a list of papers (``grade, subject, year, tasks`` and, where known, ``kind``, ``content_codifier``,
``requirements_codifier``), each task with ``task, skill, level, max, blocks, kes, kt``. Workbook: a sheet per
paper, or one for all with columns «Предмет», «Класс», «Год»; otherwise sheet, lines above the header and the
file's name say which paper it is (columns: ``domain.md`` §6.3).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rostok.formats.hyphens import Vocabulary, visible
from rostok.formats.sniffing import FileRefused
from rostok.formats.spreadsheets import read_workbook
from rostok.formats.words import said_in
from rostok.formats.workbook import Sheet
from rostok.schema.assessments import Kind, Subject
from rostok.schema.codifiers import Codifier, CodifierItem
from rostok.schema.file_system import in_words
from rostok.schema.problems import InputRefused, Problem
from rostok.wording import gettext

LEVELS = ("Б", "П", "В")
_LATIN_LEVELS = {"B": "В", "Б": "Б", "П": "П", "В": "В"}

# Headings of the official table, and what people write for them.
_COLUMNS: Mapping[str, str] = {
    "label": r"№ по ким.*|№ задания.*|номер задания.*|задание|номер|task",
    "number": r"№|№ п/п",
    "skill": r"умения.*|проверяемые умения.*|проверяемые требования.*|skill",
    "blocks": r"блоки пооп.*|блок.*|blocks?",
    "level": r"уровень сложности.*|уровень|level",
    "kes": r"код(?:ы)? кэс.*|кэс.*|kes",
    "kt": r"код(?:ы)? кт.*|кт.*|kt",
    "maximum": r"максимальный балл.*|макс\.? ?балл.*|max",
    "subject": r"предмет|subject",
    "grade": r"класс|grade",
    "year": r"год|year",
}
_NEEDED = frozenset({"label", "maximum"})
_LOOKED_AT = 20  # rows in which a header is looked for


def read_codifiers(path: Path) -> tuple[Codifier, ...]:
    """Every codifier of a file; papers without any item are left out.

    Raises InputRefused: file-missing, or codifier-unreadable with what is wrong and where.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise InputRefused((Problem("file-missing", str(path)),)) from error
    except OSError as error:
        raise InputRefused((_unreadable(path, in_words(error)),)) from error
    found = (
        _from_workbook(data, path)
        if data.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
        else _from_json(data, path)
    )
    return _mended([codifier for codifier in found if codifier.items])


def _mended(found: Sequence[Codifier]) -> tuple[Codifier, ...]:
    """The codifiers with the words whole that line ends cut; all of a file tell which are compounds."""
    vocabulary = Vocabulary.of(text for codifier in found for text in _texts(codifier))

    def codes(pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        return tuple((code, vocabulary.mended(words)) for code, words in pairs)

    def line(item: CodifierItem) -> CodifierItem:
        blocks = tuple(map(vocabulary.mended, item.blocks))
        return replace(item, skill=vocabulary.mended(item.skill), blocks=blocks)

    return tuple(
        replace(one, items=tuple(map(line, one.items)), content=codes(one.content), requirements=codes(one.requirements))
        for one in found
    )  # fmt: skip


def _texts(codifier: Codifier) -> list[str]:
    of_items = [text for item in codifier.items for text in (item.skill, *item.blocks)]
    return of_items + [words for _, words in (*codifier.content, *codifier.requirements)]


def _unreadable(path: Path, detail: str) -> Problem:
    return Problem("codifier-unreadable", file=str(path), values={"detail": detail})


def _refused(path: Path, detail: str) -> InputRefused:
    return InputRefused((_unreadable(path, detail),))


# --- JSON


def _from_json(data: bytes, path: Path) -> list[Codifier]:
    try:
        said = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise _refused(path, gettext("это не JSON и не книга Excel")) from error
    papers = said if isinstance(said, list) else [said]
    found = []
    for number, paper in enumerate(papers, start=1):
        try:
            found.append(_paper(paper))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            detail = gettext("работа № {number} записана не так, как описано в руководстве", number=number)
            raise _refused(path, detail) from error
    return found


def _paper(said: Mapping[str, Any]) -> Codifier:
    return Codifier(
        Kind(said.get("kind", Kind.VPR)),
        Subject(said["subject"]),
        int(said["grade"]),
        int(said["year"]),
        tuple(_task(task) for task in said["tasks"]),
        _words(said.get("content_codifier")),
        _words(said.get("requirements_codifier")),
    )


def _task(said: Mapping[str, Any]) -> CodifierItem:
    return CodifierItem(
        label=str(said["task"]).strip(),
        skill=visible(said.get("skill") or ""),
        level=_level(said.get("level")),
        maximum=_points(said.get("max")),
        blocks=_several(said.get("blocks") or ()),
        kes=_several(said.get("kes") or ()),
        kt=_several(said.get("kt") or ()),
    )


def _words(said: Mapping[str, object] | None) -> tuple[tuple[str, str], ...]:
    """Codes with their words."""
    return tuple((code, visible(words)) for code, words in (said or {}).items())


def _several(texts: Iterable[object]) -> tuple[str, ...]:
    return tuple(text for text in (visible(text) for text in texts) if text)


def _level(said: object) -> str | None:
    letter = str(said or "").strip().upper()[:1]
    return _LATIN_LEVELS.get(letter)


def _points(said: object) -> int | None:
    text = str(said if said is not None else "").strip()
    found = re.fullmatch(r"(\d+)(?:\.0+)?", text)
    return int(found.group(1)) or None if found else None


# --- workbooks


@dataclass(frozen=True, slots=True)
class _Table:
    header: int
    columns: Mapping[str, int]


def _from_workbook(data: bytes, path: Path) -> list[Codifier]:
    try:
        sheets = read_workbook(data, str(path))
    except FileRefused as refused:
        raise InputRefused((refused.problem,)) from refused
    tables = [(sheet, table) for sheet in sheets if (table := _table(sheet)) is not None]
    if not tables:
        detail = gettext("нет листа со столбцами «№ по КИМу» и «Максимальный балл»")
        raise _refused(path, detail)
    return [codifier for sheet, table in tables for codifier in _papers(sheet, table, path)]


def _table(sheet: Sheet) -> _Table | None:
    for place, row in enumerate(sheet.rows[:_LOOKED_AT]):
        titles = [visible(cell).casefold() for cell in row]
        found: dict[str, int] = {}
        for at, title in enumerate(titles):
            role = next((role for role, wanted in _COLUMNS.items() if re.fullmatch(wanted, title)), None)
            if role is not None:
                found.setdefault(role, at)
        if "label" not in found and "number" in found:
            found["label"] = found["number"]
        if found.keys() >= _NEEDED:
            return _Table(place, found)
    return None


def _papers(sheet: Sheet, table: _Table, path: Path) -> list[Codifier]:
    lines: dict[tuple[Subject, int, int], list[CodifierItem]] = {}
    above = " ".join(visible(cell) for row in sheet.rows[: table.header] for cell in row)
    for row in sheet.rows[table.header + 1 :]:
        cells = {role: visible(_plain(row[at])) for role, at in table.columns.items() if at < len(row)}
        if not cells.get("label"):
            continue
        paper = _identity(cells, (above, sheet.name, path.stem), path, sheet.name)
        lines.setdefault(paper, []).append(_line(cells))
    return [Codifier(Kind.VPR, *paper, tuple(items)) for paper, items in lines.items()]


def _plain(cell: object) -> object:
    """Numbers of a workbook are floats: item 7 is not «7.0», and 11.2 stays."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _identity(
    cells: Mapping[str, str], places: Sequence[str], path: Path, sheet: str
) -> tuple[Subject, int, int]:
    said = [said_in(f"{cells.get('subject', '')}"), *map(said_in, places)]
    subject = next((min(one.subjects) for one in said if len(one.subjects) == 1), None)
    grade = _number(cells.get("grade", "")) or next((min(o.grades) for o in said if len(o.grades) == 1), None)
    year = _number(cells.get("year", "")) or next((min(o.years) for o in said if len(o.years) == 1), None)
    if subject is None or grade is None or year is None:
        detail = gettext("лист «{sheet}»: не ясно, какие предмет, класс и год", sheet=sheet)
        raise _refused(path, detail)
    return subject, grade, year


def _number(text: str) -> int | None:
    found = re.match(r"\d+", text)
    return int(found.group()) if found else None


def _line(cells: Mapping[str, str]) -> CodifierItem:
    return CodifierItem(
        label=cells["label"],
        skill=cells.get("skill", ""),
        level=_level(cells.get("level")),
        maximum=_points(cells.get("maximum")),
        blocks=(cells["blocks"],) if cells.get("blocks") else (),
        kes=_codes(cells.get("kes", "")),
        kt=_codes(cells.get("kt", "")),
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\d+(?:\.\d+)*", text))
