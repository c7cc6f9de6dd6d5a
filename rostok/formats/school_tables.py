"""Tables with one school in each row: the header, the column of the school, cells with their problems.

Used by the register, the context, lists, counts and tables of indicators. Columns are found by their
headings wherever they stand; a column nobody knows is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from rostok.formats.batches import FileReading, TableBatch
from rostok.formats.cells import FLAW_CODES, Flaw, is_no_mark, text_of, whole_number
from rostok.formats.problem_log import ProblemLog
from rostok.formats.reading import ReadContext
from rostok.formats.workbook import Cell, Sheet, heading
from rostok.schema.arrow import arrow_schema
from rostok.schema.assessments import Wave
from rostok.schema.keys import school_key
from rostok.schema.tables import Table

# In order of trust: a login names a school better than a number, a number better than «школа».
SCHOOL_HEADINGS = (
    "логин", "логин школы", "логин оо", "login", "school_id", "id школы", "код школы", "код оо",
    "пользователь", "user", "school", "школа", "оо",
)  # fmt: skip

YEAR_HEADINGS = ("год", "year", "учебный год", "календарный год", "school_year")

_PERSONAL = re.compile(
    r"\b(?:фамилия|имя|отчество|фио|ф\.\s?и\.\s?о|директор|руководител|телефон|снилс|паспорт|дата рождения|"
    r"почт[аы]|e-?mail|серия|номер документа|контакт|адрес|индекс\b)"
)
_SCHOOL_YEAR = re.compile(r"\b(20\d\d)\s*[/\-–]\s*(?:20)?(\d\d)\b")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_EARLIER = re.compile(r"19\d\d")
_DECIMAL = re.compile(r"([+\-−–]?)\s*(\d+(?:[.,]\d+)?)\s*(%?)")

_YES = frozenset({"да", "yes", "true", "1", "+", "v", "x", "х", "есть"})
_NO = frozenset({"нет", "no", "false", "0", "-", "−", "–", "—"})


@dataclass(frozen=True, slots=True)
class SchoolTable:
    """A table found in a sheet: where its header stands and which column plays which role."""

    sheet: Sheet
    header: int
    columns: Mapping[str, int]
    headings: tuple[str, ...]

    def rows(self) -> Iterator[int]:
        """Indices in ``sheet.rows`` of the rows that hold anything."""
        for index in range(self.header + 1, len(self.sheet.rows)):
            if any(text_of(cell) for cell in self.sheet.rows[index]):
                yield index

    def cell(self, index: int, role: str) -> Cell:
        """The cell of a role in a row; "" where the table has no such column."""
        column = self.columns.get(role)
        return "" if column is None else self.sheet.rows[index][column]

    def text(self, index: int, role: str) -> str | None:
        return text_of(self.cell(index, role)) or None

    def title(self, column: int) -> str:
        """The heading as the file writes it."""
        return text_of(self.sheet.rows[self.header][column])

    def above(self) -> str:
        """Everything written over the header: the title of the table."""
        return " ".join(text_of(cell) for row in self.sheet.rows[: self.header] for cell in row).strip()


def locate(
    sheet: Sheet, roles: Mapping[str, Sequence[str]], required: Iterable[str], *, within: int = 20
) -> SchoolTable | None:
    """The first row that has a heading for every required role; earlier headings of a role are preferred."""
    needed = tuple(required)
    for index, row in enumerate(sheet.rows[:within]):
        headings = tuple(heading(cell) for cell in row)
        places: dict[str, int] = {}
        for position, name in enumerate(headings):
            places.setdefault(name, position)
        columns = {
            role: next(places[name] for name in names if name in places)
            for role, names in roles.items()
            if any(name in places for name in names)
        }
        if all(role in columns for role in needed):
            return SchoolTable(sheet, index, columns, headings)
    return None


def schools_of(table: SchoolTable, log: ProblemLog, *, role: str = "school") -> Iterator[tuple[int, str]]:
    """Row index and school key of every row; rows that name no school are reported and left out.

    A cell such as ``edu223017 | Школа № 1`` names the school before the bar.
    """
    for index in table.rows():
        key = school_key(before_bar(table.cell(index, role)))
        if key is None:
            log.add("row-no-school", row=table.sheet.row_number(index))
        else:
            yield index, key


def schools_by_year(
    table: SchoolTable, log: ProblemLog, common: int | None = None
) -> Iterator[tuple[int, str, int]]:
    """Row index, school key and year of every row: the year ``common`` to all, else that of its own column.

    Rows without a school or a year are reported and left out.
    """
    for index, key in schools_of(table, log):
        written = table.text(index, "year") or ""
        year = common if common is not None else _year_of_figures(written)
        if year is None:
            log.add("cell-not-a-number", row=table.sheet.row_number(index),
                    column=table.title(table.columns["year"]), value=written)  # fmt: skip
        else:
            yield index, key, year


def _year_of_figures(written: str) -> int | None:
    """Figures of schools may go back further than the assessments we know: «1999»."""
    return int(written) if _EARLIER.fullmatch(written) else year_in(written)


def before_bar(cell: Cell) -> Cell:
    """``reg22_m001 | Район`` → ``reg22_m001``; any other cell as it is."""
    return cell.partition("|")[0].strip() if isinstance(cell, str) else cell


def after_bar(cell: Cell) -> str | None:
    """``reg22_m001 | Район`` → ``Район``; None without a bar."""
    return (cell.partition("|")[2].strip() or None) if isinstance(cell, str) else None


def decimal_number(cell: Cell) -> tuple[float | None, Flaw]:
    """A number of any sign, with point or comma; ``38,5 %`` is the share 0.385. None with the reason if none.

    >>> decimal_number("38,5 %")[0], decimal_number("−0.2")[0], decimal_number(7)[0], decimal_number("н/д")[0]
    (0.385, -0.2, 7.0, None)
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell), Flaw.NONE
    if isinstance(cell, str) and (written := _DECIMAL.fullmatch(text_of(cell))):
        value = float(written[2].replace(",", ".")) * (-1 if written[1] and written[1] != "+" else 1)
        return (value / 100 if written[3] else value), Flaw.NONE
    flaw = whole_number(cell)[1]
    if flaw is Flaw.NOT_A_NUMBER and is_no_mark(cell):
        flaw = Flaw.BLANK
    return None, flaw


def report_flaw(
    table: SchoolTable, index: int, column: int, flaw: Flaw, log: ProblemLog, limits: str = "0–…"
) -> None:
    """Report a cell that is not the number it should be; a blank one is no problem."""
    if flaw > Flaw.BLANK:
        log.add(
            FLAW_CODES[flaw],
            row=table.sheet.row_number(index),
            column=table.title(column),
            value=text_of(table.sheet.rows[index][column]),
            values={"limits": limits},
        )


def count_in(table: SchoolTable, index: int, column: int | None, log: ProblemLog) -> int | None:
    """A count of a row; None where it is blank or, reported, not a count."""
    if column is None:
        return None
    number, flaw = whole_number(table.sheet.rows[index][column])
    if flaw is Flaw.NOT_A_NUMBER and is_no_mark(table.sheet.rows[index][column]):
        return None
    report_flaw(table, index, column, flaw, log)
    return number if flaw is Flaw.NONE else None


def yes_no(cell: Cell) -> bool | None:
    """Да/нет in their spellings; None for anything else."""
    text = heading(text_of(cell)).rstrip(".")
    return True if text in _YES else False if text in _NO else None


def year_in(text: str, wave: Wave | None = None) -> int | None:
    """The only calendar year a text names; None for none or several.

    The school year ``2020/21`` or ``2020/2021`` is 2020 for what was written in autumn, else 2021.

    >>> year_in("ВПР 2021"), year_in("2020/2021 учебный год"), year_in("2020–2022"), year_in("№ 12021")
    (2021, 2021, None, None)
    >>> year_in("2020/21", Wave.AUTUMN)
    2020
    """
    ends = {int(start) + 1 for start, end in _SCHOOL_YEAR.findall(text) if (int(start) + 1) % 100 == int(end)}
    if ends:
        return ends.pop() - (wave is Wave.AUTUMN) if len(ends) == 1 else None
    years = {int(year) for year in _YEAR.findall(text)}
    return years.pop() if len(years) == 1 else None


def year_of(table: SchoolTable, ctx: ReadContext, log: ProblemLog) -> int | None:
    """The year of a whole table: of its title, the sheet, the file name, the nearest folder, else as assumed."""
    for text in (table.above(), table.sheet.name, *ctx.path_parts, *ctx.folders_above):
        year = year_in(text)
        if year is not None:
            return year
    if ctx.assume.year is None:
        log.add("attribute-unknown", values={"what": "какого года данные", "option": "year"})
    return ctx.assume.year


def report_personal(headings: Iterable[str], log: ProblemLog) -> None:
    """Say which columns with personal data were not read."""
    dropped = sorted({name for name in headings if _PERSONAL.search(name)})
    if dropped:
        log.add("personal-data-dropped", values={"columns": ", ".join(dropped)})


def is_personal(name: str) -> bool:
    """Is this heading of a column with personal data?"""
    return _PERSONAL.search(name) is not None


Collect = Callable[[SchoolTable, ReadContext, int, ProblemLog], Iterable[TableBatch]]


def read_school_table(
    sheet: Sheet, ctx: ReadContext, table: SchoolTable | None, collect: Collect
) -> FileReading:
    """What every reader of such a table does around its rows; ``collect`` gets their number and makes the batches.

    Personal columns are named and a table without rows is refused before ``collect`` is asked.
    """
    assert table is not None  # the layout recognised the sheet
    log = ctx.log(sheet)
    report_personal(table.headings, log)
    rows = sum(1 for _ in table.rows())
    if not rows:
        log.add("table-header-only")
        return FileReading(problems=log.problems())
    batches = tuple(collect(table, ctx, rows, log))
    return FileReading(batches, log.problems())


def batch(
    table: Table,
    records: Sequence[Mapping[str, object]],
    ctx: ReadContext,
    sheet: Sheet,
    layout: str,
    rows: int,
) -> TableBatch:
    """Records as a declared table; ``rows`` counts the data rows of the file, used or not."""
    columns = {name: [record.get(name) for record in records] for name in table.names}
    return TableBatch(
        table.name, pa.table(columns, schema=arrow_schema(table)), ctx.source(sheet, layout, rows)
    )
