"""Lists of schools with an assigned category: ШНОР, «500+», types of a typology. Kept apart from computed ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rostok.formats.batches import FileReading, TableBatch
from rostok.formats.cells import text_of
from rostok.formats.problem_log import ProblemLog
from rostok.formats.pupil_tables import about_pupils
from rostok.formats.reading import Layout, ReadContext
from rostok.formats.school_tables import (
    SCHOOL_HEADINGS,
    YEAR_HEADINGS,
    SchoolTable,
    batch,
    locate,
    read_school_table,
    schools_by_year,
    year_of,
    yes_no,
)
from rostok.formats.workbook import Cell, Sheet, heading
from rostok.schema.tables import CATEGORIES

CODE = "categories"

ROLES = {
    "school": SCHOOL_HEADINGS,
    "year": YEAR_HEADINGS,
    "category": (
        "category", "категория", "категория школы", "присвоенная категория", "тип (присвоенный)", "присвоенный тип",
        "тип по типологии", "тип школы (типология)", "assigned_type", "статус школы",
    ),
    "source": ("source", "источник", "основание", "приказ", "документ"),
}  # fmt: skip

# A list or a yes/no column named so is a category; the first word is how it is written down.
NAMED = {
    "ШНОР": re.compile(r"(?<!\w)шнор(?!\w)|низки\w+ образовательн\w+ результат"),
    "ШССУ": re.compile(r"(?<!\w)(?:шссу|шнсу)(?!\w)|(?:сложн|неблагоприятн)\w+ социальн\w+ услови"),
    "500+": re.compile(r"500\s*\+"),
    "зона риска": re.compile(r"зон\w+ риска"),
    "признаки необъективности": re.compile(r"признак\w+ необъективн"),
}


def recognises(sheet: Sheet, ctx: ReadContext) -> bool:
    """A column of categories, a yes/no column of a known one, or a list whose title names one."""
    table = locate(sheet, ROLES, ["school"])
    if table is None or about_pupils(table.headings):
        return False
    if "category" in table.columns or _flag_columns(table):
        return True
    return _listed(table, ctx) is not None and len([name for name in table.headings if name]) <= 6


def read(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """One row of CATEGORIES per school, year and category; equal rows once."""
    return read_school_table(sheet, ctx, locate(sheet, ROLES, ["school"]), _collect)


def _collect(table: SchoolTable, ctx: ReadContext, rows: int, log: ProblemLog) -> Iterator[TableBatch]:
    common = None if "year" in table.columns else year_of(table, ctx, log)
    if common is None and "year" not in table.columns:
        return
    listed = None if "category" in table.columns or _flag_columns(table) else _listed(table, ctx)
    records: dict[tuple[object, ...], dict[str, object]] = {}
    for index, key, year in schools_by_year(table, log, common):
        for category in [listed] if listed else _categories(table, index, log):
            source = table.text(index, "source") or ctx.name
            record = {"school_id": key, "year": year, "category": category, "source": source}
            records.setdefault(tuple(record.values()), record)
    yield batch(CATEGORIES, list(records.values()), ctx, table.sheet, CODE, rows)


def _flag_columns(table: SchoolTable) -> dict[int, str]:
    """Column → category for columns headed by a known category."""
    return {
        column: category
        for column, name in enumerate(table.headings)
        if len(name) <= 60 and (category := named_category(name)) is not None
    }


def named_category(text: str) -> str | None:
    """The one category a heading or title names; None for none or several."""
    words = heading(text)
    named = [category for category, pattern in NAMED.items() if pattern.search(words)]
    return named[0] if len(named) == 1 else None


def _listed(table: SchoolTable, ctx: ReadContext) -> str | None:
    """The category of a bare list, from its title, the sheet or the name of the file."""
    for text in (table.above(), table.sheet.name, *ctx.path_parts[:1]):
        category = named_category(text)
        if category is not None:
            return category
    return None


def _categories(table: SchoolTable, index: int, log: ProblemLog) -> Iterator[str]:
    written = table.text(index, "category")
    if written is not None:
        yield written
    for column, category in _flag_columns(table).items():
        if column == table.columns.get("category"):
            continue
        cell: Cell = table.sheet.rows[index][column]
        answer = yes_no(cell)
        if answer:
            yield category
        elif answer is None and text_of(cell):
            log.add("category-unreadable", row=table.sheet.row_number(index),
                    column=table.title(column), value=text_of(cell))  # fmt: skip


LAYOUT = Layout(CODE, recognises, read)
