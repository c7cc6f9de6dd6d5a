"""Cells, sheets and files: XLSX (xlsxwriter), CSV and ZIP whose bytes depend on nothing but their content.

Dates inside the files are fixed, so the same seed gives the same bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

CREATED_AT = dt.datetime(2022, 1, 1)  # noqa: DTZ001 - workbooks hold local times
_ZIP_DATE = (2022, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value a spreadsheet keeps beside it; an error such as ``#REF!`` is a value too."""

    text: str
    value: int | str


Cell: TypeAlias = str | int | float | dt.date | Formula | None


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: Iterable[Sequence[Cell]]


def write_workbook(target: Path | io.BytesIO, sheets: Sequence[Sheet]) -> None:
    """Write an XLSX; blank (None, "") cells are not stored, as in real exports. Raises OSError."""
    name = str(target) if isinstance(target, Path) else target
    # In constant-memory mode rows are written as they come and strings stand in their cells.
    book = xlsxwriter.Workbook(name, {"constant_memory": True, "in_memory": False})
    book.set_properties({"created": CREATED_AT})
    date_format = book.add_format({"num_format": "dd.mm.yyyy"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        for number, row in enumerate(sheet.rows):
            _write_row(page, number, row, date_format)
    try:
        book.close()
    except FileCreateError as error:  # the writer wraps what the disk said
        raise OSError(str(error)) if not isinstance(error.args[0], OSError) else error.args[0] from error


def _write_row(
    page: xlsxwriter.worksheet.Worksheet, number: int, row: Sequence[Cell], date_format: object
) -> None:
    for column, cell in enumerate(row):
        if cell is None or cell == "":
            continue
        if isinstance(cell, str):
            page.write_string(number, column, cell)
        elif isinstance(cell, Formula):
            page.write_formula(number, column, cell.text, None, cell.value)
        elif isinstance(cell, dt.date):
            page.write_datetime(number, column, cell, date_format)
        else:
            page.write_number(number, column, cell)


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The workbook as bytes, for a member of an archive."""
    buffer = io.BytesIO()
    write_workbook(buffer, sheets)
    return buffer.getvalue()


def write_csv(
    path: Path, rows: Iterable[Sequence[Cell]], *, delimiter: str = ",", encoding: str = "utf-8"
) -> None:
    """Write a CSV with ``\\n`` line ends; None is an empty field."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerows(rows)


def write_archive(path: Path, members: Mapping[str, bytes]) -> None:
    """A ZIP of the members in the order given, with fixed dates."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DATE), data)
