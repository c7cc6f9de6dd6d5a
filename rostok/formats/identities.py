"""The explicit table of item identity: which column of which booklet (variant, year) holds which item.

Columns ``booklet``, ``column``, ``item``. A position that is not listed is an item of its own, because the same
number in another variant is another item.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rostok.formats.cells import text_of
from rostok.formats.csv_text import read_csv
from rostok.formats.item_tables import BLANK, Codes
from rostok.formats.problem_log import ProblemLog
from rostok.formats.school_tables import SchoolTable, locate
from rostok.formats.sniffing import FileForm, FileRefused, form_of
from rostok.formats.spreadsheets import read_workbook
from rostok.formats.workbook import Sheet
from rostok.schema.file_system import in_words
from rostok.schema.problems import InputRefused, Problem

ROLES = {
    "booklet": ("booklet", "вариант", "форма", "год"),
    "column": ("column", "столбец", "номер", "позиция"),
    "item": ("item", "задание", "код задания"),
}

Identities = Mapping[tuple[str, str], str]  # (booklet, column) → item


def read_identities(path: Path) -> Identities:
    """The table of a CSV or workbook, of its first sheet that holds anything.

    Raises InputRefused: unreadable, empty, a column or a cell missing, a column or an item named twice.
    """
    try:
        sheet = _sheet(path.read_bytes(), path.name)
    except FileRefused as refused:
        raise InputRefused((refused.problem,)) from refused
    except FileNotFoundError as error:
        raise InputRefused((Problem("file-missing", str(path)),)) from error
    except OSError as error:
        raise InputRefused(
            (Problem("file-damaged", path.name, values={"detail": in_words(error)}),)
        ) from error
    table = locate(sheet, ROLES, ROLES)
    if table is None:
        raise InputRefused((Problem("column-missing", path.name, column="booklet, column, item"),))
    return check_identities(_named(table, path.name))


def _sheet(data: bytes, name: str) -> Sheet:
    sheets = (
        (read_csv(data, name),) if form_of(data, name) is FileForm.TEXT_TABLE else read_workbook(data, name)
    )
    for sheet in sheets:
        if any(text_of(cell) for row in sheet.rows for cell in row):
            return sheet
    raise FileRefused("table-empty", name)


def _named(table: SchoolTable, name: str) -> Identities:
    """(booklet, column) → item of every row; the same row twice is no harm."""
    found: dict[tuple[str, str], str] = {}
    for row in table.rows():
        booklet, column, item = (table.text(row, role) or "" for role in ROLES)
        if not (booklet and column and item):
            empty = next(role for role in ROLES if table.text(row, role) is None)
            number = table.sheet.row_number(row)
            raise InputRefused((Problem("identity-incomplete", name, row=number, column=empty),))
        before = found.setdefault((booklet, column), item)
        if before != item:
            items = f"«{before}», «{item}»"
            raise InputRefused(
                (
                    Problem(
                        "identity-column-repeated",
                        name,
                        column=column,
                        value=booklet,
                        values={"items": items},
                    ),
                )
            )
    if not found:
        raise InputRefused((Problem("table-header-only", name),))
    return found


def check_identities(identities: Identities) -> Identities:
    """The same; InputRefused where two columns of one booklet are one item."""
    seen: set[tuple[str, str]] = set()
    for (booklet, _), item in identities.items():
        if (booklet, item) in seen:
            raise InputRefused((Problem("identity-repeated", column=item, value=booklet),))
        seen.add((booklet, item))
    return identities


def by_identity(
    items: tuple[str, ...],
    scores: Codes,
    booklet: NDArray[np.int64],
    names: tuple[str, ...],
    identities: Identities,
    log: ProblemLog,
) -> tuple[tuple[str, ...], Codes]:
    """Columns of the table → items: those of the identity table, and ``booklet:column`` for the rest.

    A column without a filled cell in a booklet is no item of it; InputRefused where that leaves none.
    """
    for named, column in identities:
        if named not in names or column not in items:
            log.add("identity-unknown", column=column, value=named)
    places: dict[str, int] = {}
    rows: list[Codes] = []
    for number, name in enumerate(names):
        pupils = booklet == number
        for column, cells in zip(items, scores, strict=True):
            if not (cells[pupils] != BLANK).any():
                continue
            item = item_of(name, column, identities)
            if item not in places:
                places[item] = len(rows)
                rows.append(np.full(scores.shape[1], BLANK, np.int16))
            rows[places[item]][pupils] = cells[pupils]
    if not rows:
        raise InputRefused((*log.problems(), Problem("items-none", log.file)))
    return tuple(places), np.stack(rows)


def item_of(booklet: str, column: str, identities: Identities) -> str:
    """The item of a column of a booklet: as the table names it, else one of its own."""
    return identities.get((booklet, column), f"{booklet}:{column}")
