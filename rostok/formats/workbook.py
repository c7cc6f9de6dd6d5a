"""Files of tables (XLSX, XLS, ODS, CSV) → sheets of cells. Knows nothing of schools or marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

# An empty cell is "" (never None). Numbers of workbooks come as float; a CSV gives text only.
Cell = str | int | float | bool | dt.date | dt.time | dt.timedelta


class CellError(str):
    """The error a formula gave instead of a value: ``#DIV/0!``, ``#REF!`` …; a text that says so."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``rows`` are of equal width; ``first_row`` is the number a spreadsheet shows for ``rows[0]``.

    The header may stand on any row: each layout finds its own (``find_header``). ``rows`` are shared, not
    copied: no reader changes them.
    """

    name: str
    rows: list[list[Cell]]
    first_row: int = 1

    def row_number(self, index: int) -> int:
        """The number a spreadsheet shows for ``rows[index]``."""
        return self.first_row + index

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0


def heading(cell: Cell) -> str:
    """A header cell made comparable: one case, one space, no line breaks, ``ё`` as ``е``.

    >>> heading(" Код\\n участника ")
    'код участника'
    """
    return " ".join(str(cell).split()).casefold().replace("ё", "е")


def find_header(sheet: Sheet, wanted: Iterable[str], *, within: int = 20) -> int | None:
    """Index in ``rows`` of the first row that holds every one of ``wanted`` headings; None when none does."""
    needed = {heading(name) for name in wanted}
    for index, row in enumerate(sheet.rows[:within]):
        if needed <= {heading(cell) for cell in row}:
            return index
    return None
