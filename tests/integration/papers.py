"""A small, faultless file of results by the real scale of mathematics 6, 2021, and the tables to stand beside it.

The paper has 13 items, 16 points: 6 are enough for «3» (official description of 2021).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

from tests.unit.formats.vpr_samples import HEADER_2021, Row, csv_bytes, row_2021

Files = Mapping[str, bytes]  # path below the input folder → content

MAXIMA = (1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 2)
HEADER = (*HEADER_2021[:9], *(f"балл за {number}" for number in range(1, 14)), "Учебник")
NINE = (1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0)  # nine points: mark 3
STEM = "Проведение работы по математике, 6 класс. ВПР 2021"
NAME = f"2021/{STEM}.csv"


def row(code: object = 60001, total: object = 9, items: Row = NINE, **more: object) -> list[object]:
    """One faultless row; ``school``, ``journal``, ``sex``, ``class_name``, ``variant`` by name."""
    return row_2021(code, total, items, **more)


def pupils(number: int, below: int = 0, *, school: str = "sch990001", grade: int = 6) -> list[list[object]]:
    """Rows of ``number`` pupils of one school, the first ``below`` of them under the mark «3»."""
    low = (1, *(0,) * 12)
    return [
        row(10_000 * grade + at, 1, low, school=school)
        if at <= below
        else row(10_000 * grade + at, school=school)
        for at in range(1, number + 1)
    ]


def export(*rows: Row, header: Row = HEADER, delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    """The 2021 export as CSV."""
    return csv_bytes([header, *rows], delimiter, encoding)


def text_table(text: str, bar: str = "|") -> bytes:
    """A table written as text, a line per row, as CSV."""
    lines = text.strip("\n").splitlines()
    return csv_bytes([[cell.strip().removeprefix("'") for cell in line.split(bar)] for line in lines])


def workbook(sheets: Mapping[str, Sequence[Row]]) -> bytes:
    """The bytes of an XLSX."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for line in rows:
            sheet.append(list(line))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def write(folder: Path, files: Files) -> Path:
    """The files below ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
