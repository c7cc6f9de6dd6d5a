"""Any table of school × year × indicator: long (indicator, value) or wide (a column per indicator)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rostok.formats.batches import FileReading, TableBatch
from rostok.formats.cells import Flaw, text_of
from rostok.formats.problem_log import ProblemLog, named
from rostok.formats.pupil_tables import about_pupils
from rostok.formats.reading import Layout, ReadContext
from rostok.formats.register import ROLES as REGISTER_ROLES
from rostok.formats.school_tables import (
    SCHOOL_HEADINGS,
    YEAR_HEADINGS,
    SchoolTable,
    batch,
    decimal_number,
    is_personal,
    locate,
    read_school_table,
    report_flaw,
    schools_by_year,
    yes_no,
)
from rostok.formats.workbook import Sheet, heading
from rostok.schema.tables import CONTEXT

CODE = "indicators"
UNITS = ("share", "count", "points", "yes_no", "level")

ROLES = {
    "school": SCHOOL_HEADINGS,
    "year": YEAR_HEADINGS,
    "indicator": ("indicator", "показатель", "код показателя"),
    "value": ("value", "значение"),
    "unit": ("unit", "единица", "единица измерения"),
}

# How people head the indices of the typology → code used by methodologies.
CODES = {
    "исб": "social_index", "исбш": "social_index", "индекс социального благополучия": "social_index",
    "ик": "quality_index", "индекс качества": "quality_index",
    "кг": "quality_group", "группа качества": "quality_group",
}  # fmt: skip
_DESCRIPTIONS = frozenset(
    name for role, names in REGISTER_ROLES.items() if role != "school" for name in names
) | {"источник", "source", "примечание", "№", "№ п/п", "n", ""}
_PERCENT = re.compile(r"%|процент")
_SHARE = re.compile(r"^доля|_share$|^share_")


@dataclass(slots=True)
class _Values:
    """Values collected once per school, year and indicator; a second one that differs is reported."""

    records: dict[tuple[str, int, str], dict[str, object]] = field(default_factory=dict)

    def add(self, row: int, log: ProblemLog, **record: object) -> None:
        key = (str(record["school_id"]), int(str(record["year"])), str(record["indicator"]))
        if self.records.setdefault(key, record)["value"] != record["value"]:
            log.add("indicator-repeated", row=row, column=key[2], values={"school": key[0]})


def recognises(sheet: Sheet, ctx: ReadContext) -> bool:
    """School and year, and either indicator and value or at least one column of numbers."""
    table = locate(sheet, ROLES, ["school", "year"])
    if table is None or about_pupils(table.headings):
        return False
    if "indicator" in table.columns and "value" in table.columns:
        return True
    return any(_numeric(table, column, within=20) for column in _undescribed(table))


def read(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """Rows of CONTEXT. A blank value stays as a missing answer; a value that is no number is reported."""
    return read_school_table(sheet, ctx, locate(sheet, ROLES, ["school", "year"]), _collect)


def _collect(table: SchoolTable, ctx: ReadContext, rows: int, log: ProblemLog) -> Iterator[TableBatch]:
    long = "indicator" in table.columns and "value" in table.columns
    wide = [] if long else _value_columns(table)
    unread = [] if long else [table.title(column) for column in _undescribed(table) if column not in wide]
    if unread:
        log.add("columns-junk", count=len(unread), values={"columns": named(unread)})
    values = _Values()
    for index, school, year in schools_by_year(table, log):
        row = table.sheet.row_number(index)
        for indicator, value, unit in _long(table, index, log) if long else _wide(table, index, wide, log):
            values.add(row, log, school_id=school, year=year, indicator=indicator, value=value, unit=unit)
    yield batch(CONTEXT, list(values.records.values()), ctx, table.sheet, CODE, rows)


def indicator_code(title: str) -> str:
    """The code of an indicator from its heading: a known one, else the heading itself in one spelling."""
    name = heading(title)
    return CODES.get(name, name)


def _long(table: SchoolTable, index: int, log: ProblemLog) -> Iterator[tuple[str, float | None, str | None]]:
    written = table.text(index, "indicator")
    if written is None:
        log.add("cell-not-a-number", row=table.sheet.row_number(index), value="",
                column=table.title(table.columns["indicator"]))  # fmt: skip
        return
    unit = table.text(index, "unit")
    if unit is not None and unit not in UNITS:
        unit = "share" if _PERCENT.search(heading(unit)) else None
        percent = unit == "share"
    else:
        percent = False
    value, found = _value(table, index, table.columns["value"], log, percent=percent)
    yield indicator_code(written), value, unit or found


def _wide(
    table: SchoolTable, index: int, columns: list[int], log: ProblemLog
) -> Iterator[tuple[str, float | None, str | None]]:
    for column in columns:
        name = table.headings[column]
        percent = _PERCENT.search(name) is not None
        value, unit = _value(table, index, column, log, percent=percent)
        if value is not None and _SHARE.search(name) and not percent and not 0 <= value <= 1:
            report_flaw(table, index, column, Flaw.OUT_OF_RANGE, log, "0–1")
            value = None
        yield indicator_code(table.title(column)), value, "share" if percent or _SHARE.search(name) else unit


def _value(
    table: SchoolTable, index: int, column: int, log: ProblemLog, *, percent: bool
) -> tuple[float | None, str | None]:
    """Value and, where the cell itself says it, unit: «да» is yes_no, ``38 %`` a share."""
    cell = table.sheet.rows[index][column]
    written = text_of(cell)
    number, flaw = decimal_number(cell)
    if number is not None:
        signed = written.endswith("%")
        return (number / 100 if percent and not signed else number), "share" if percent or signed else None
    answer = yes_no(cell) if flaw is Flaw.NOT_A_NUMBER or heading(written) == "нет" else None
    if answer is not None:
        return float(answer), "yes_no"
    report_flaw(table, index, column, flaw, log)
    return None, None


def _value_columns(table: SchoolTable) -> list[int]:
    """Columns of indicators: a heading that is none of a description, and a number somewhere below."""
    return [column for column in _undescribed(table) if _numeric(table, column)]


def _undescribed(table: SchoolTable) -> list[int]:
    """Columns that are not the school, the year, a description or personal data."""
    roles = set(table.columns.values())
    return [
        column
        for column, name in enumerate(table.headings)
        if column not in roles
        and name not in _DESCRIPTIONS
        and name not in SCHOOL_HEADINGS
        and not is_personal(name)
    ]


def _numeric(table: SchoolTable, column: int, *, within: int | None = None) -> bool:
    """Has the column a number or a yes/no in its first rows, or anywhere?"""
    end = None if within is None else table.header + 1 + within
    cells = (row[column] for row in table.sheet.rows[table.header + 1 : end])
    return any(decimal_number(cell)[0] is not None or yes_no(cell) is not None for cell in cells)


LAYOUT = Layout(CODE, recognises, read)
