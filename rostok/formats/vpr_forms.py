"""Forms a school fills in: 2022 («Классы», «Протокол») and 2026 («Протокол», «Служебный», «Порядковый номер
класса»), and the report «Ф1 Индивидуальные результаты» (``domain.md`` §6.2, §6.3).

Their headings print the item and its maximum: ``11.1 (1б)``, ``4(1) (3б)``, ``1К1(4б)``. A form is of one
school, named by its login in the name of the file or a folder; the report has a column of schools.
"""

from __future__ import annotations

import re
from dataclasses import replace

from rostok.formats.batches import FileReading
from rostok.formats.cells import text_of
from rostok.formats.reading import Layout, ReadContext
from rostok.formats.vpr_papers import ItemColumn, PaperTable, lines_naming_paper, read_paper, texts_above
from rostok.formats.workbook import Cell, Sheet, heading

PROTOCOL = "Протокол"
CLASS_NUMBERS = "Порядковый номер класса"
SERVICE_SHEETS = ("Классы", "Служебный", CLASS_NUMBERS)
HEADER_WITHIN = 30

# Blanks and brackets are not stable, К is Cyrillic or Latin: it read 323 of 323 headings of 21 real forms
# of 2022 (domain.md §6.2).
_ITEM = re.compile(
    r"^\s*(\d+)\s*(?:[.,(]\s*(\d+)\s*\)?)?\s*(?:[КKкk]\s*(\d+))?\s*\(\s*(\d+)\s*б\s*\)\s*$", re.IGNORECASE
)
_ROLES = {
    "код участника": "code", "порядковый номер класса": "class", "наименование класса": "class",
    "пол": "sex", "итого баллов": "total",
}  # fmt: skip
_ROLES_F1 = {
    "оо": "school", "логин": "school", "логин оо": "school", "муниципалитет": "municipality",
    "код участника": "code", "класс": "class", "пол": "sex", "первичный балл": "total", "отметка": "mark",
    "отметка по журналу": "journal",
}  # fmt: skip
_KNOWN = {"учебник", "название оо", "№", "№ п/п", "фио"}
_LEVELS = {"Б", "П", "В"}


def item_of(cell: Cell) -> tuple[str, int] | None:
    """Label and maximum of a heading; None when it names no item.

    >>> [item_of(name) for name in ("11.1 (1б)", "4(1) (3б)", "1K1(4б)", "5(1б)", "16 (1) (1б)")]
    [('11.1', 1), ('4.1', 3), ('1К1', 4), ('5', 1), ('16.1', 1)]
    """
    match = _ITEM.match(str(cell))
    if match is None or not 1 <= int(match.group(4)) <= 100:
        return None
    number, part, criterion, maximum = match.groups()
    label = number + (f".{part}" if part else "") + (f"К{criterion}" if criterion else "")
    return label, int(maximum)


def _header(sheet: Sheet, needed: str) -> int | None:
    """The row with ``needed`` and at least one item, wherever it stands."""
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        if needed in {heading(cell) for cell in row} and any(item_of(cell) for cell in row):
            return index
    return None


def _table(sheet: Sheet, header: int, layout: str, names: dict[str, str]) -> PaperTable:
    roles: dict[str, int] = {}
    items, variants, known = [], [], set()
    for index, cell in enumerate(sheet.rows[header]):
        name = heading(cell)
        item = item_of(cell)
        if item:
            items.append(ItemColumn(index, text_of(cell), *item))
        elif name in names:
            roles.setdefault(names[name], index)
        elif name.startswith("отметка за предыдущ"):
            roles.setdefault("journal", index)
        elif name.startswith("вариант"):
            variants.append(index)
        elif name in _KNOWN:
            known.add(index)
    return PaperTable(
        layout,
        header,
        roles,
        tuple(items),
        tuple(variants),
        frozenset(known),
        texts_above(sheet, header),
        lines_naming_paper(sheet, header),
    )


# --- forms of a school


def recognises_form(sheet: Sheet, ctx: ReadContext) -> bool:
    return _header(sheet, "код участника") is not None and not recognises_f1(sheet, ctx)


def read_form(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """The protocol of one school; the total is a formula, so its 0 beside no score records nothing."""
    header = _header(sheet, "код участника")
    assert header is not None  # the layout recognised the sheet
    table = replace(_table(sheet, header, _layout_of(sheet, ctx, header), _ROLES), formula_total=True)
    names = _class_names(ctx)
    if "class" not in table.roles or not names:
        return read_paper(sheet, ctx, table)
    return read_paper(_with_class_names(sheet, table, names), ctx, table)


def _layout_of(sheet: Sheet, ctx: ReadContext, header: int) -> str:
    numbered = heading(CLASS_NUMBERS) in {heading(cell) for cell in sheet.rows[header]}
    return "vpr-2026-form" if numbered or ctx.sheet("Служебный") else "vpr-2022-form"


def _class_names(ctx: ReadContext) -> dict[str, Cell]:
    """Number → letter of the sheet «Порядковый номер класса», where a school filled it in."""
    sheet = ctx.sheet(CLASS_NUMBERS)
    pairs = [row[:2] for row in sheet.rows if len(row) >= 2] if sheet else []
    return {text_of(number): name for number, name in pairs if text_of(number).isdecimal() and text_of(name)}


def _with_class_names(sheet: Sheet, table: PaperTable, names: dict[str, Cell]) -> Sheet:
    place = table.roles["class"]
    rows = [
        row if index <= table.header else [*row[:place], names.get(text_of(row[place]), row[place]), *row[place + 1 :]]
        for index, row in enumerate(sheet.rows)
    ]  # fmt: skip
    return replace(sheet, rows=rows)


def recognises_broken_form(sheet: Sheet, ctx: ReadContext) -> bool:
    """A sheet that only serves a form, in a book where no sheet is the protocol."""
    serves = any(heading(sheet.name) == heading(name) for name in SERVICE_SHEETS)
    return serves and not any(_header(other, "код участника") is not None for other in ctx.book)


def read_broken_form(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """The problem that says which sheet is missing, or which of its columns."""
    log = ctx.log(sheet)
    protocol = ctx.sheet(PROTOCOL)
    if protocol is None:
        found = ", ".join(f"«{other.name}»" for other in ctx.book)
        log.add("table-wrong-sheet", values={"expected": PROTOCOL, "found": found})
    else:
        log.add("column-missing", column="Код участника")
    return FileReading(problems=log.problems())


# --- Ф1


def recognises_f1(sheet: Sheet, ctx: ReadContext) -> bool:
    header = _header(sheet, "первичный балл")
    return header is not None and "код участника" in {heading(cell) for cell in sheet.rows[header]}


def read_f1(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """«Ф1 Индивидуальные результаты»: title, subject and date above, levels Б П В right over the headings."""
    header = _header(sheet, "первичный балл")
    assert header is not None  # the layout recognised the sheet
    table = _table(sheet, header, "vpr-f1", _ROLES_F1)
    above: list[Cell] = sheet.rows[header - 1] if header else []
    levels = [text_of(above[item.index]) if above else "" for item in table.items]
    levels = levels if set(levels) <= _LEVELS else []
    return read_paper(sheet, ctx, replace(table, levels=tuple(levels)))


FORM = Layout("vpr-form", recognises_form, read_form)
F1 = Layout("vpr-f1", recognises_f1, read_f1)
BROKEN_FORM = Layout("vpr-form-broken", recognises_broken_form, read_broken_form)
