"""A real region recomputed from the raw cells, without anything of the product.

XLSX is opened as what it is, a ZIP of XML; the row rules are written again, in plain Python and from the
issue's text, one row at a time. Slow and obvious on purpose: it judges the readers, the store, the
reductions and the methodology together.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Cells = dict[str, str]  # letters of the column → text of the cell; empty cells are not there

_ROW = re.compile(r"<row\b[^>]*>(.*?)</row>", re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)\d+"([^>]*)><v>([^<]*)</v></c>')
_STRING = re.compile(r"<si>(.*?)</si>", re.DOTALL)
_TEXT = re.compile(r"<t\b[^>]*>([^<]*)</t>")


@dataclass(frozen=True)
class Test:
    """One paper: the least total that is not a «2», the maximum, the maxima of its items in order."""

    enough: int
    items: tuple[int, ...]

    @property
    def maximum(self) -> int:
        return sum(self.items)


def _maxima(digits: str) -> tuple[int, ...]:
    return tuple(int(digit) for digit in digits)


# The official table of 2021; the region applies its bounds to the autumn of 2020 too. Maxima of items: the
# descriptions of 2021 (Russian 5: the list of its items), 45, 20, 51 and 16 points together.
TESTS = {
    ("russian", 5): Test(18, _maxima("432333323222212122111")),
    ("math", 5): Test(7, _maxima("1111121122111112")),
    ("russian", 6): Test(25, _maxima("4323333112321121232121122")),
    ("math", 6): Test(6, _maxima("1111111121212")),
}


@dataclass
class Cell:
    """School × paper: how many wrote, were absent, got a «2»."""

    participants: int = 0
    absent: int = 0
    below: int = 0
    not_attempted: int = 0


def rows_of(path: Path) -> Iterator[Cells]:
    """Every row of the only sheet that holds anything, the header first."""
    with zipfile.ZipFile(path) as book:
        shared = [
            html.unescape("".join(_TEXT.findall(string)))
            for string in _STRING.findall(book.read("xl/sharedStrings.xml").decode())
        ]
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    for row in _ROW.finditer(sheet):
        cells = {
            column: (shared[int(value)] if 't="s"' in kind else value).strip()
            for column, kind, value in _CELL.findall(row.group(1))
        }
        if any(cells.values()):
            yield cells


@dataclass(frozen=True)
class RawFile:
    """How many rows below the header hold anything, and school (six digits of its login) → its results."""

    rows: int
    schools: dict[str, Cell]


def read_raw(path: Path, test: Test | None) -> RawFile:
    """A file of results; without a test only its rows are counted."""
    header, *rows = rows_of(path)
    return RawFile(len(rows), _cells(header, rows, test) if test else {})


def _cells(names: Cells, rows: list[Cells], test: Test) -> dict[str, Cell]:
    school = columns_named(names, r"user|логин школы")[0]
    total = columns_named(names, r"sum|всего баллов")[0]
    variants = columns_named(names, r"var-\d|вариант")
    items = columns_named(names, r"a-\d+-grade|балл за .+")[: len(test.items)]
    found: dict[str, Cell] = defaultdict(Cell)
    for row in rows:
        digits = re.sub(r"\D", "", row.get(school, ""))
        if len(digits) == 6:
            _count(found[digits], row, total, variants, dict(zip(items, test.items, strict=True)), test)
    return dict(found)


def columns_named(names: Cells, wanted: str) -> list[str]:
    return [column for column, name in names.items() if re.fullmatch(wanted, name.strip().lower())]


def _count(
    cell: Cell, row: Cells, total: str, variants: list[str], maxima: dict[str, int], test: Test
) -> None:
    written = [row[variant] for variant in variants if row.get(variant)]
    if written and all(text.lower().startswith("отсутст") for text in written):
        cell.absent += 1
        return
    scores = [
        score for column, most in maxima.items() if (score := _score(row.get(column, ""), most)) is not None
    ]
    points = whole(row.get(total, ""))
    if points is not None and points > test.maximum:
        points = None
    if points is None and not scores:
        return
    cell.participants += 1
    cell.not_attempted += any(is_x(row.get(column, "")) for column in maxima)
    if points is None:
        points = sum(scores)
    cell.below += points < test.enough


def is_x(text: str) -> bool:
    return text.lower() in ("x", "х")  # Latin, Cyrillic


def _score(text: str, most: int) -> int | None:
    """Points for an item: 0 for «X», None for blank, «не пройд.», more than the maximum."""
    if is_x(text):
        return 0
    points = whole(text)
    return points if points is not None and points <= most else None


def whole(text: str) -> int | None:
    return int(float(text)) if re.fullmatch(r"\d+(\.0+)?", text) else None
