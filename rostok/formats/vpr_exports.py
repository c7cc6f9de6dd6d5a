"""The two regional exports of ВПР: 2020 (``groups, user, … a-1-grade``) and 2021 («логин школы … балл за 1»).

In both, score columns stand in the order of the paper, not by the numbers of its items, and year, subject and
grade stand in the path only (``domain.md`` §6.2).
"""

from __future__ import annotations

import re

from rostok.formats.batches import FileReading
from rostok.formats.reading import Layout, ReadContext
from rostok.formats.vpr_papers import ItemColumn, PaperTable, lines_naming_paper, read_paper, texts_above
from rostok.formats.workbook import Cell, Sheet, heading

HEADER_WITHIN = 20

_ITEM_2020 = re.compile(r"a-(\d+)-grade")
_ROLES_2020 = {
    "user": "school", "groups": "municipality", "klass": "class", "code": "code", "gender": "sex",
    "otc": "journal", "sum": "total",
}  # fmt: skip
_KNOWN_2020 = {"id", "учебник"}

_ITEM_2021 = re.compile(r"балл за (?:задание )?(.+)")
_ROLES_2021 = {
    "логин школы": "school", "логин оо": "school", "логин": "school", "регион": "municipality",
    "муниципалитет": "municipality", "класс": "class", "код обучающегося": "code", "код участника": "code",
    "пол": "sex", "всего баллов": "total", "отметка": "mark",
}  # fmt: skip
_KNOWN_2021 = {"номер обучающегося", "учебник", "др.уч. автор", "др.уч. название"}


def _header_2020(sheet: Sheet) -> int | None:
    """A row with the scores or the total of this layout beside some other heading of its own."""
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        names = {heading(cell) for cell in row}
        own = names & {"groups", "user", "otc", "klass", "var-1", "sum"}
        if len(own) >= 3 and ("sum" in own or any(_ITEM_2020.fullmatch(name) for name in names)):
            return index
    return None


def recognises_2020(sheet: Sheet, ctx: ReadContext) -> bool:
    return _header_2020(sheet) is not None


def read_2020(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """One regional file of one paper; scores end where the column of the textbook begins."""
    header = _header_2020(sheet)
    assert header is not None  # the layout recognised the sheet
    roles: dict[str, int] = {}
    items, variants, known = [], [], set()
    ended = False
    for index, cell in enumerate(sheet.rows[header]):
        name = heading(cell)
        ended = ended or name == "учебник"
        if name in _ROLES_2020:
            roles.setdefault(_ROLES_2020[name], index)
        elif name.startswith("var-"):
            variants.append(index)
        elif _ITEM_2020.fullmatch(name) and not ended:
            items.append(ItemColumn(index, name))
        elif name in _KNOWN_2020:
            known.add(index)
    return read_paper(
        sheet,
        ctx,
        PaperTable(
            "vpr-2020-export", header, roles, tuple(items), tuple(variants), frozenset(known),
            texts_above(sheet, header), lines_naming_paper(sheet, header), municipality_of=_municipality_of_groups,
        ),
    )  # fmt: skip


def _municipality_of_groups(cell: Cell) -> Cell:
    """``99-RU-REG,VPR_99,reg99_vpr_m069`` → ``reg99_vpr_m069``."""
    return str(cell).rpartition(",")[2]


def _header_2021(sheet: Sheet) -> int | None:
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        names = {heading(cell) for cell in row}
        own = names & {"логин школы", "код обучающегося", "номер обучающегося", "всего баллов", "вариант"}
        scores = any(_ITEM_2021.fullmatch(name) for name in names)
        if len(own) >= 3 or (scores and len(own) >= 2):
            return index
    return None


def recognises_2021(sheet: Sheet, ctx: ReadContext) -> bool:
    return _header_2021(sheet) is not None


def read_2021(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """One regional file of one paper, «балл за 1» … in the order of the paper."""
    header = _header_2021(sheet)
    assert header is not None  # the layout recognised the sheet
    roles: dict[str, int] = {}
    items, variants, known = [], [], set()
    for index, cell in enumerate(sheet.rows[header]):
        name = heading(cell)
        if name in _ROLES_2021:
            roles.setdefault(_ROLES_2021[name], index)
        elif name.startswith("отметка за предыдущ"):
            roles.setdefault("journal", index)
        elif name == "вариант":
            variants.append(index)
        elif _ITEM_2021.fullmatch(name):
            items.append(ItemColumn(index, " ".join(str(cell).split())))
        elif name in _KNOWN_2021:
            known.add(index)
    return read_paper(
        sheet,
        ctx,
        PaperTable(
            "vpr-2021-export", header, roles, tuple(items), tuple(variants), frozenset(known),
            texts_above(sheet, header), lines_naming_paper(sheet, header),
        ),
    )  # fmt: skip


EXPORT_2020 = Layout("vpr-2020-export", recognises_2020, read_2020)
EXPORT_2021 = Layout("vpr-2021-export", recognises_2021, read_2021)
