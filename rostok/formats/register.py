"""Registers of schools: login, name, kind, municipality, territory; codes of ГИА as aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rostok.formats.assumptions import Codes
from rostok.formats.batches import FileReading, TableBatch
from rostok.formats.cells import text_of
from rostok.formats.problem_log import ProblemLog
from rostok.formats.pupil_tables import about_pupils
from rostok.formats.reading import Layout, ReadContext
from rostok.formats.school_tables import (
    SCHOOL_HEADINGS,
    YEAR_HEADINGS,
    SchoolTable,
    after_bar,
    batch,
    before_bar,
    locate,
    read_school_table,
    schools_of,
)
from rostok.formats.workbook import Cell, Sheet, heading
from rostok.schema.keys import is_login, municipality_key, school_key
from rostok.schema.tables import ALIASES, SCHOOLS

CODE = "register"

# Kind of the exam whose protocols use the code; ``gia`` = both.
ALIAS_HEADINGS = {
    "gia": ("gia_code", "код гиа", "код оо в гиа", "код оо гиа", "код оо (гиа)"),
    "oge": ("oge_code", "код огэ", "код оо огэ"),
    "ege": ("ege_code", "код егэ", "код оо егэ"),
}
ROLES = {
    "school": SCHOOL_HEADINGS,
    "name": (
        "name", "school_name", "наименование", "название", "название оо", "наименование оо", "краткое наименование",
        "полное наименование", "название школы", "наименование школы", "сокращенное наименование",
    ),
    "kind": ("kind", "school_kind", "вид", "вид оо", "тип оо", "тип школы", "вид школы"),
    "municipality_code": ("municipality_code", "municipality_id", "код муниципалитета", "код мсу", "код ате"),
    "municipality": ("municipality", "муниципалитет", "мсу", "район", "муниципальное образование"),
    "territory": ("territory", "территория", "местность", "тип местности", "тип населенного пункта", "город/село"),
    **ALIAS_HEADINGS,
}  # fmt: skip
_DESCRIBES = ("name", "kind", "municipality", "municipality_code", "territory")
# At the beginning of a word: «населённый пункт» and «посёлок» say nothing about village or town.
_RURAL = re.compile(r"\b(?:сел[оаь]|дерев|хутор|rural)")
_URBAN = re.compile(r"\b(?:город|столиц|пгт|рабоч|urban)")


def recognises(sheet: Sheet, ctx: ReadContext) -> bool:
    """A column of schools, something that describes them, and nothing about single pupils or years."""
    table = _table(sheet)
    return (
        table is not None
        and any(role in table.columns for role in (*_DESCRIBES, *ALIAS_HEADINGS))
        and not about_pupils(table.headings)
        and not set(YEAR_HEADINGS) & set(table.headings)
    )


def read(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """One row of SCHOOLS per school, the first where a school stands twice, and its codes of ГИА."""
    return read_school_table(sheet, ctx, _table(sheet), _collect)


def _collect(table: SchoolTable, ctx: ReadContext, rows: int, log: ProblemLog) -> Iterator[TableBatch]:
    schools: dict[str, dict[str, object]] = {}
    aliases: dict[tuple[str, str], str] = {}
    _report_codes(table, ctx, log)
    for index, key in schools_of(table, log):
        record = _record(table, index, key)
        if schools.setdefault(key, record) != record:
            log.add("school-repeated", row=table.sheet.row_number(index), value=key)
        _collect_aliases(table, index, key, aliases, log)
    yield batch(SCHOOLS, list(schools.values()), ctx, table.sheet, CODE, rows)
    if aliases:
        records = [{"school_id": key, "alias": code, "kind": kind} for (kind, code), key in aliases.items()]
        yield batch(ALIASES, records, ctx, table.sheet, CODE, rows)


def _table(sheet: Sheet) -> SchoolTable | None:
    return locate(sheet, ROLES, ["school"])


def _record(table: SchoolTable, index: int, key: str) -> dict[str, object]:
    code = table.cell(index, "municipality_code")
    name = table.cell(index, "municipality")
    return {
        "school_id": key,
        "name": table.text(index, "name") or after_bar(table.cell(index, "school")),
        "kind": table.text(index, "kind"),
        "municipality_id": municipality_key(before_bar(code if text_of(code) else name)),
        "municipality": after_bar(name) or table.text(index, "municipality"),
        "territory": territory(table.cell(index, "territory")),
    }


def _report_codes(table: SchoolTable, ctx: ReadContext, log: ProblemLog) -> None:
    """A register without logins joins protocols of ГИА and nothing else, or by chance what it should not."""
    if not _names_schools_by_code(table) or ctx.assume.codes is Codes.LOGIN:
        return
    cells = [table.cell(index, "school") for index in table.rows()]
    codes = [text_of(cell) for cell in cells if text_of(cell) and not is_login(cell)]
    if codes:
        log.add("register-by-code", value=codes[0], count=len(codes))


def _names_schools_by_code(table: SchoolTable) -> bool:
    return table.headings[table.columns["school"]] == "код оо"


def territory(cell: Cell) -> str | None:
    """``urban`` or ``rural`` from what registers write; None for anything else.

    >>> territory("сельская"), territory("Город"), territory("4. Населенный пункт сельского типа"), territory("")
    ('rural', 'urban', 'rural', None)
    """
    text = heading(text_of(cell))
    if _RURAL.search(text):
        return "rural"
    return "urban" if _URBAN.search(text) else None


def _collect_aliases(
    table: SchoolTable, index: int, key: str, aliases: dict[tuple[str, str], str], log: ProblemLog
) -> None:
    for kind, code in alias_codes(table, index):
        if aliases.setdefault((kind, code), key) != key:
            log.add(
                "alias-ambiguous",
                row=table.sheet.row_number(index),
                value=code,
                values={"school": key, "other": aliases[(kind, code)]},
            )


def alias_codes(table: SchoolTable, index: int) -> Iterator[tuple[str, str]]:
    """Kind and code of ГИА of a row. A column of codes that is itself the key of the school is one too."""
    for kind in ALIAS_HEADINGS:
        code = school_key(table.cell(index, kind))
        if code is not None:
            yield kind, code
    if _names_schools_by_code(table):
        code = school_key(table.cell(index, "school"))
        if code is not None:
            yield "gia", code


LAYOUT = Layout(CODE, recognises, read)
