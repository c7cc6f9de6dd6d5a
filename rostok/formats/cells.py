"""One cell → one value: scores, marks, sex, class names, pupil codes, and what is wrong with the cell.

Every function here is called once per *distinct* value of a column (``Distinct``), never once per row: a
column of 26,000 scores has five distinct values, and that is what makes reading fast.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rostok.formats.workbook import Cell, CellError
from rostok.schema.scales import NOT_ATTEMPTED, NOT_TAUGHT


class Flaw(IntEnum):
    """What is wrong with a cell where a number should stand."""

    NONE = 0
    BLANK = 1
    NOT_A_NUMBER = 2
    FORMULA_ERROR = 3
    DATE = 4
    OUT_OF_RANGE = 5  # negative, or more than any number there can be
    FRACTION = 6


# Codes of problems by what is wrong.
FLAW_CODES = {
    Flaw.NOT_A_NUMBER: "cell-not-a-number",
    Flaw.FORMULA_ERROR: "cell-formula-error",
    Flaw.DATE: "cell-date",
    Flaw.OUT_OF_RANGE: "value-out-of-range",
    Flaw.FRACTION: "number-fraction",
}


@dataclass(frozen=True, slots=True)
class Distinct:
    """A column as its distinct cells and, for each row, the position of its cell among them."""

    cells: list[Cell]
    codes: npt.NDArray[np.int32]

    @classmethod
    def of(cls, column: Sequence[Cell]) -> Distinct:
        positions = dict.fromkeys(column)
        cells = list(positions)
        numbered = {cell: position for position, cell in enumerate(cells)}
        return cls(cells, np.fromiter(map(numbered.__getitem__, column), np.int32, len(column)))

    def strings(self, parse: Callable[[Cell], str | None]) -> pa.Array:
        """``parse`` of each row as an Arrow string column; None becomes null."""
        values = pa.array([parse(cell) for cell in self.cells], pa.string())
        return values.take(pa.array(self.codes)) if self.cells else pa.nulls(0, pa.string())

    def flags(self, test: Callable[[Cell], bool]) -> npt.NDArray[np.bool_]:
        """``test`` of each row."""
        return np.array([test(cell) for cell in self.cells], np.bool_)[self.codes]


_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")
_DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}\b.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{1,2}[.\- ](?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\w*\.?",
    re.IGNORECASE,
)
_FORMULA_ERROR = re.compile(r"#(?:DIV/0!|N/A|Н/Д|NAME\?|ИМЯ\?|NULL!|ПУСТО!|NUM!|ЧИСЛО!|REF!|ССЫЛКА!|VALUE!|ЗНАЧ!|ДЕЛ/0!)", re.IGNORECASE)  # fmt: skip
_NO_DATA = {"н/д", "нд", "н.д.", "нет данных", "n/a"}
_X_LETTERS = {"x", "х", "χ", "×"}  # Latin, Cyrillic, Greek, the sign of multiplication
_NOT_TAUGHT = re.compile(r"не\s*(?:про[йи]д|проход|изуч)")
_ABSENT = re.compile(r"(?:отсут|отс\b|не\s*(?:писал|участв|явил))")


def text_of(cell: Cell) -> str:
    """The cell as one line of text; a whole number without ``.0``."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


def plain(cell: Cell) -> str:
    """The text of a cell for comparing: one case, compatibility forms resolved, ``ё`` as ``е``."""
    return unicodedata.normalize("NFKC", text_of(cell)).casefold().replace("ё", "е").strip()


def whole_number(cell: Cell) -> tuple[int, Flaw]:
    """The number of a cell where a whole number ≥ 0 should stand, and what is wrong with it.

    >>> whole_number(" 7 "), whole_number(7.0), whole_number("7,0"), whole_number("н/д")[1].name
    ((7, <Flaw.NONE: 0>), (7, <Flaw.NONE: 0>), (7, <Flaw.NONE: 0>), 'BLANK')
    """
    if isinstance(cell, CellError):
        return 0, Flaw.FORMULA_ERROR
    if isinstance(cell, dt.date | dt.time | dt.timedelta):
        return 0, Flaw.DATE
    if isinstance(cell, bool):
        return 0, Flaw.NOT_A_NUMBER
    if isinstance(cell, int | float):
        return _whole(float(cell))
    text = plain(cell)
    if not text or text in _NO_DATA:
        return 0, Flaw.BLANK
    if _NUMBER.fullmatch(text):
        return _whole(float(text.replace(",", ".")))
    if _FORMULA_ERROR.fullmatch(text):
        return 0, Flaw.FORMULA_ERROR
    return 0, Flaw.DATE if _DATE.fullmatch(text) else Flaw.NOT_A_NUMBER


def _whole(number: float) -> tuple[int, Flaw]:
    if number < 0 or number > 32_000:  # also where it has a fraction: cutting that off would not mend it
        return 0, Flaw.OUT_OF_RANGE
    if not number.is_integer():
        return 0, Flaw.FRACTION
    return int(number), Flaw.NONE


def item_score(cell: Cell) -> tuple[int, Flaw]:
    """A score for an item: points, ``NOT_ATTEMPTED`` for «X» in any script, ``NOT_TAUGHT`` for «не пройд.»."""
    number, flaw = whole_number(cell)
    if flaw is not Flaw.NOT_A_NUMBER:
        return number, flaw
    text = plain(cell)
    if text.rstrip(". ") in _X_LETTERS:
        return NOT_ATTEMPTED, Flaw.NONE
    if _NOT_TAUGHT.match(text):
        return NOT_TAUGHT, Flaw.NONE
    return 0, Flaw.NOT_A_NUMBER


def is_absent(cell: Cell) -> bool:
    """«отсутствовал», «Отсутствовала», «отс.» in the column of the variant."""
    return _ABSENT.match(plain(cell)) is not None


def mark(cell: Cell) -> int | None:
    """A mark 2–5; None for anything else."""
    number, flaw = whole_number(cell)
    return number if flaw is Flaw.NONE and 2 <= number <= 5 else None


def is_no_mark(cell: Cell) -> bool:
    """Blank, or words that say there is no mark: «нет отметки», «н/а», «не аттестован»."""
    text = plain(cell)
    return (
        not text
        or text in _NO_DATA | {"н/а", "нет", "-", "—"}
        or text.startswith(("нет отм", "без отм", "не аттест", "нет оцен"))
    )


def sex(cell: Cell) -> str | None:
    """``m`` or ``f``; None for anything else."""
    text = plain(cell).rstrip(".")
    if text in {"м", "m", "муж", "мужской", "мальчик", "male"}:
        return "m"
    if text in {"ж", "f", "жен", "женский", "девочка", "female"}:
        return "f"
    return None


def class_name(cell: Cell) -> str | None:
    """The class as written, upper-cased, with single spaces; None when the cell is empty.

    Spellings are not brought together: «5А» and «А» of one school may be two classes, and a map of the wrong
    children harms more than two maps of one class. «Нет» is what schools of one class write for a letter.

    >>> [class_name(cell) for cell in ("а", "5 «б»", "нет", "филиал  3", 7.0, "")]
    ['А', '5 «Б»', 'НЕТ', 'ФИЛИАЛ 3', '7', None]
    """
    return " ".join(text_of(cell).upper().split()) or None


def code_text(cell: Cell) -> str | None:
    """A pupil's code, a variant: text without ``.0``; None when empty."""
    return text_of(cell) or None
