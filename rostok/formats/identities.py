"""The explicit table of item identity: which column of which booklet (variant, year) holds which item.

Columns ``booklet``, ``column``, ``item``. A position that is not listed is an item of its own, because the same
number in another variant is another item.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rostok.formats.csv_text import read_csv
from rostok.formats.item_tables import BLANK, Codes
from rostok.formats.problem_log import ProblemLog
from rostok.formats.school_tables import locate
from rostok.formats.sniffing import FileForm, FileRefused, form_of
from rostok.formats.spreadsheets import read_workbook
from rostok.schema.file_system import in_words
from rostok.schema.problems import InputRefused, Problem

ROLES = {
    "booklet": ("booklet", "вариант", "форма", "год"),
    "column": ("column", "столбец", "номер", "позиция"),
    "item": ("item", "задание", "код задания"),
}

Identities = Mapping[tuple[str, str], str]  # (booklet, column) → item


def read_identities(path: Path) -> Identities:
    """The table of a CSV or workbook. Raises InputRefused: unreadable, a column missing, an item named twice."""
    try:
        data = path.read_bytes()
        form = form_of(data, path.name)
        sheet = (
            read_csv(data, path.name) if form is FileForm.TEXT_TABLE else read_workbook(data, path.name)[0]
        )
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
    return check_identities(
        {
            (table.text(row, "booklet") or "", table.text(row, "column") or ""): table.text(row, "item") or ""
            for row in table.rows()
        }
    )


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
    """Columns of the table → items: those of the identity table, and ``booklet:column`` for the rest."""
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
            item = identities.get((name, column)) or f"{name}:{column}"
            if item not in places:
                places[item] = len(rows)
                rows.append(np.full(scores.shape[1], BLANK, np.int16))
            rows[places[item]][pupils] = cells[pupils]
    return tuple(places), np.stack(rows)
