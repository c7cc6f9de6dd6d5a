"""A small paper, and its files in every form, for the tests of the readers of ВПР.

The paper has four items of 1, 2, 1 and 2 points; mark 3 from 2 points, 4 from 4, 5 from 6.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from rostok.formats import Assumptions, FileReading, ScaleBook, ScriptBatch, read_file
from rostok.schema.assessments import Kind, Subject
from rostok.schema.scales import Item, Scale

Row = Sequence[object]

ITEMS = (Item(1, "1", 1), Item(2, "2.1", 2), Item(3, "2.2", 1), Item(4, "3", 2))


def scale(year: int = 2021, *, confirmed: bool = True, items: tuple[Item, ...] = ITEMS) -> Scale:
    """The scale of the paper: mathematics, grade 6."""
    return Scale(Kind.VPR, Subject.MATH, 6, year, 6, (2, 4, 6), 2, "for tests", confirmed, items=items)


BOOK = ScaleBook((scale(2020, confirmed=False), scale(2021), scale(2022)))

HEADER_2020 = (
    "groups", "user", "id", "code", "otc", "gender", "klass", "var-1", "var-2", "sum",
    "a-1-grade", "a-2-grade", "a-3-grade", "a-4-grade", "Учебник", "a-6-grade", "a-7-grade",
)  # fmt: skip
HEADER_2021 = (
    "логин школы", "регион", "номер обучающегося", "код обучающегося", "отметка за предыдущую четверть/триместр",
    "пол", "класс", "вариант", "всего баллов", "балл за 1", "балл за 2", "балл за 3", "балл за 4", "Учебник",
)  # fmt: skip
NAME_2021 = "Проведение работы по математике, 6 класс. ВПР 2021.xlsx"


def row_2021(
    code: object = 60001, total: object = 4, items: Row = (1, 2, 0, 1), *, school: object = "sch990001",
    journal: object = "4", sex: object = "м", class_name: object = "а", variant: object = "1",
) -> list[object]:  # fmt: skip
    """One clean row of the 2021 export unless told otherwise."""
    return [school, "Муниципалитет 1", 1, code, journal, sex, class_name, variant, total, *items, ""]


def row_2020(
    code: object = 70001, total: object = 4, items: Row = (1, 2, 0, 1), *, school: object = "sch990001",
    variant: object = "1", beyond: Row = ("", ""),
) -> list[object]:  # fmt: skip
    groups = "99-RU-REG,VPR_99,reg99_vpr_m069"
    return [groups, school, 1, code, "4", "м", "а", variant, "", total, *items, "", *beyond]


def save_xlsx(path: Path, sheets: dict[str, Sequence[Row]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def save_xls(path: Path, rows: Sequence[Row]) -> Path:
    book = xlwt.Workbook(encoding="cp1251")
    sheet = book.add_sheet("Лист1")
    for row_index, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(row_index, column, cell)
    book.save(str(path))
    return path


def save_ods(path: Path, rows: Sequence[Row]) -> Path:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Лист1")
    for row in rows:
        line = TableRow()
        for value in row:
            number = isinstance(value, int | float)
            cell = TableCell(valuetype="float", value=value) if number else TableCell(valuetype="string")
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
        table.addElement(line)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def csv_bytes(rows: Sequence[Row], delimiter: str = ";", encoding: str = "utf-8-sig") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def read(path: Path, name: str | None = None, *, book: ScaleBook = BOOK, **assume: object) -> FileReading:
    """The reading of a file, shown under its own name unless told otherwise."""
    return read_file(path, name=name or path.name, assume=Assumptions(**assume), scales=book)  # type: ignore[arg-type]


def read_2021(folder: Path, rows: Sequence[Row], header: Row = HEADER_2021, **assume: object) -> FileReading:
    """The reading of a 2021 export with these rows."""
    return read(save_xlsx(folder / NAME_2021, {"Sheet1": [header, *rows]}), **assume)


def counts(reading: FileReading) -> dict[str, int]:
    """How many times each problem code was met."""
    found: Counter[str] = Counter()
    for problem in reading.problems:
        found[problem.code] += problem.count
    return dict(found)


def only_batch(reading: FileReading) -> ScriptBatch:
    [batch] = reading.batches
    assert isinstance(batch, ScriptBatch)
    return batch


def column(reading: FileReading, name: str) -> list[object]:
    """One column of the only batch."""
    values: list[object] = only_batch(reading).table.column(name).to_pylist()
    return values


def sentences(reading: FileReading, code: str) -> list[str]:
    return [problem.sentence for problem in reading.problems if problem.code == code]
