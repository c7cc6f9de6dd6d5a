"""The two regional exports of ВПР: 2020 (``groups, user, … a-1-grade``) and 2021 («логин школы … балл за 1»).

In both, score columns stand in the order of the paper, not by the numbers of its items, and year, subject and
grade stand in the path only (``domain.md`` §6.2). One reader, two descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rostok.formats.batches import FileReading
from rostok.formats.reading import Layout, ReadContext
from rostok.formats.vpr_papers import ItemColumn, PaperTable, lines_naming_paper, read_paper, texts_above
from rostok.formats.workbook import Cell, Sheet, heading

HEADER_WITHIN = 20


@dataclass(frozen=True, slots=True)
class _Export:
    """What tells one export from the other: its headings, and what its columns are.

    ``own``: headings of this export only. A row is its header with ``enough`` of them, or with a score beside
    ``enough_beside_scores``, and with one of ``needed`` or a score. ``known`` columns are passed over in silence;
    scores after the column ``ends_scores`` are none.
    """

    layout: str
    roles: Mapping[str, str]
    known: frozenset[str]
    item: re.Pattern[str]
    variant: re.Pattern[str]
    own: frozenset[str]
    enough: int
    enough_beside_scores: int
    needed: frozenset[str]
    journal: str | None = None  # how the heading of the previous mark begins
    ends_scores: str | None = None
    municipality_of: Callable[[Cell], Cell] | None = None

    def header(self, sheet: Sheet) -> int | None:
        for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
            names = {heading(cell) for cell in row}
            own, scores = names & self.own, any(self.item.fullmatch(name) for name in names)
            enough = len(own) >= (self.enough_beside_scores if scores else self.enough)
            if enough and (scores or not self.needed or own & self.needed):
                return index
        return None

    def recognises(self, sheet: Sheet, ctx: ReadContext) -> bool:
        return self.header(sheet) is not None

    def read(self, sheet: Sheet, ctx: ReadContext) -> FileReading:
        """One regional file of one paper."""
        header = self.header(sheet)
        assert header is not None  # the layout recognised the sheet
        roles: dict[str, int] = {}
        items, variants, known = [], [], set()
        ended = False
        for index, cell in enumerate(sheet.rows[header]):
            name = heading(cell)
            ended = ended or name == self.ends_scores
            if role := self._role(name):
                roles.setdefault(role, index)
            elif self.variant.fullmatch(name):
                variants.append(index)
            elif self.item.fullmatch(name) and not ended:
                items.append(ItemColumn(index, " ".join(str(cell).split())))
            elif name in self.known:
                known.add(index)
        table = PaperTable(
            self.layout, header, roles, tuple(items), tuple(variants), frozenset(known),
            texts_above(sheet, header), lines_naming_paper(sheet, header), municipality_of=self.municipality_of,
        )  # fmt: skip
        return read_paper(sheet, ctx, table)

    def _role(self, name: str) -> str | None:
        if self.journal is not None and name.startswith(self.journal):
            return "journal"
        return self.roles.get(name)


def _municipality_of_groups(cell: Cell) -> Cell:
    """``99-RU-REG,VPR_99,reg99_vpr_m069`` → ``reg99_vpr_m069``."""
    return str(cell).rpartition(",")[2]


_2020 = _Export(
    layout="vpr-2020-export",
    roles={
        "user": "school", "groups": "municipality", "klass": "class", "code": "code", "gender": "sex",
        "otc": "journal", "sum": "total",
    },
    known=frozenset({"id", "учебник"}),
    item=re.compile(r"a-(\d+)-grade"),
    variant=re.compile(r"var-.*"),
    own=frozenset({"groups", "user", "otc", "klass", "var-1", "sum"}),
    enough=3,
    enough_beside_scores=3,
    needed=frozenset({"sum"}),
    ends_scores="учебник",
    municipality_of=_municipality_of_groups,
)  # fmt: skip

_2021 = _Export(
    layout="vpr-2021-export",
    roles={
        "логин школы": "school", "логин оо": "school", "логин": "school", "регион": "municipality",
        "муниципалитет": "municipality", "класс": "class", "код обучающегося": "code", "код участника": "code",
        "пол": "sex", "всего баллов": "total", "отметка": "mark",
    },
    known=frozenset({"номер обучающегося", "учебник", "др.уч. автор", "др.уч. название"}),
    item=re.compile(r"балл за (?:задание )?(.+)"),
    variant=re.compile("вариант"),
    own=frozenset({"логин школы", "код обучающегося", "номер обучающегося", "всего баллов", "вариант"}),
    enough=3,
    enough_beside_scores=2,
    needed=frozenset(),
    journal="отметка за предыдущ",
)  # fmt: skip

EXPORT_2020 = Layout(_2020.layout, _2020.recognises, _2020.read)
EXPORT_2021 = Layout(_2021.layout, _2021.recognises, _2021.read)
