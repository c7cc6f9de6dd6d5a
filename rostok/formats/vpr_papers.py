"""From located columns to a ScriptBatch: what every layout of ВПР has in common.

A layout finds the header and says which column is what (``PaperTable``); here the assessment is recognised,
items and scale are matched, and the row rules are applied.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from rostok.formats.batches import FileReading, ScriptBatch
from rostok.formats.cells import Distinct, item_score, plain, text_of
from rostok.formats.problem_log import ProblemLog, named
from rostok.formats.reading import ReadContext
from rostok.formats.recognise import recognise
from rostok.formats.row_rules import Paper, ScriptColumns, build_scripts
from rostok.formats.words import Said
from rostok.formats.workbook import Cell, Sheet
from rostok.schema.assessments import Assessment, Kind
from rostok.schema.scales import Item, Scale

# A column of items is filled for every participant; stray values of a few rows do not make one.
FILLED_SHARE = 0.05
_NAMES_PAPER = re.compile(
    r"(?:впр|всероссийск|предмет|дата|год|класс|параллел|форма|проведение|ф1|индивидуальн|результат)"
)
_LOGIN = re.compile(r"(?<![A-Za-z0-9])((?:sch|edu)[\s_]?\d{6})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """A column of scores: where it stands, its heading, and what the heading says of the item."""

    index: int
    name: str
    label: str = ""
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class PaperTable:
    """One table of one paper: where the header stands and what each column is.

    ``roles`` gives the column of ``school``, ``municipality``, ``class``, ``code``, ``sex``, ``journal``,
    ``total``, ``mark``; several of ``variant`` stand in ``variants``. ``known`` are further columns that
    are read by nobody on purpose. ``texts`` are the cells above the table, ``naming`` those of its lines that
    name the paper.
    """

    layout: str
    header: int
    roles: dict[str, int]
    items: tuple[ItemColumn, ...]
    variants: tuple[int, ...] = ()
    known: frozenset[int] = frozenset()
    texts: tuple[str, ...] = ()
    naming: tuple[str, ...] = ()
    said: Said = field(default_factory=lambda: Said(kinds=frozenset({Kind.VPR})))
    formula_total: bool = False
    levels: tuple[str, ...] = ()
    municipality_of: Callable[[Cell], Cell] | None = None


def texts_above(sheet: Sheet, header: int) -> tuple[str, ...]:
    """Every written cell above the header."""
    return tuple(
        text
        for row in sheet.rows[:header]
        for cell in row
        if isinstance(cell, str) and (text := text_of(cell))
    )


def lines_naming_paper(sheet: Sheet, header: int) -> tuple[str, ...]:
    """The lines above the header that say which paper it is, one text each.

    Only these: a school «с углублённым изучением английского языка» must not make a paper English.
    """
    lines = (" ".join(filter(None, map(text_of, row))) for row in sheet.rows[:header])
    return tuple(line for line in lines if _NAMES_PAPER.match(plain(line)))


def read_paper(sheet: Sheet, ctx: ReadContext, table: PaperTable) -> FileReading:
    """The batch of one table, or the problems that prevent it."""
    log = ctx.log(sheet)
    places = _data_rows(sheet, table)
    if not places:
        log.add("table-header-only")
        return FileReading(problems=log.problems())
    columns: list[tuple[Cell, ...]] = list(zip(*(sheet.rows[place] for place in places), strict=True))
    school = _school(columns, ctx, table, log)
    if not table.items and "total" not in table.roles:
        log.add("column-missing", column="всего баллов")
    codes = columns[table.roles["code"]] if "code" in table.roles else ()
    assessment = recognise(ctx, log, content=table.said, texts=table.naming, pupil_codes=codes)
    if school is None or assessment is None or log.count("column-missing"):
        return FileReading(problems=log.problems())
    _report_junk(sheet, columns, table, log)
    _report_repeated(table, log)
    scale = ctx.scales.find(
        assessment.kind, assessment.subject, assessment.grade, assessment.year, ctx.assume.region
    )
    items, scale = match_items(table.items, columns, assessment, scale, table.levels, log)
    used = table.items[: len(items)]
    numbers = np.array([sheet.row_number(place) for place in places], np.int64)
    maximum = scale.maximum if scale else _maximum(used)
    paper = Paper(
        items, scale, maximum,
        formula_total=table.formula_total,
    )  # fmt: skip
    scripts = build_scripts(_script_columns(columns, table, used, school, numbers, sheet), paper, log)
    batch = ScriptBatch(assessment, items, scripts, ctx.source(sheet, table.layout, len(places)))
    return FileReading((batch,), log.problems())


def _data_rows(sheet: Sheet, table: PaperTable) -> list[int]:
    """Rows below the header that hold anything; in a form with formulas, anything that a person wrote."""
    start = table.header + 1
    if not table.formula_total:
        return [
            place for place in range(start, len(sheet.rows)) if any(cell != "" for cell in sheet.rows[place])
        ]
    written = [index for role, index in table.roles.items() if role != "total"]
    written += [*table.variants, *(item.index for item in table.items)]
    return [
        place for place in range(start, len(sheet.rows))
        if any(text_of(sheet.rows[place][index]) for index in written)
    ]  # fmt: skip


def _school(
    columns: Sequence[Sequence[Cell]], ctx: ReadContext, table: PaperTable, log: ProblemLog
) -> Sequence[Cell] | None:
    """The column of schools, or the one school a form is of: named in the table, the file, a folder, by the user."""
    if "school" in table.roles:
        return columns[table.roles["school"]]
    length = len(columns[0])
    for place in (table.texts, *((part,) for part in ctx.path_parts)):
        logins = {match.group(1).lower() for text in place for match in _LOGIN.finditer(text)}
        if len(logins) == 1:
            return [logins.pop()] * length
    if ctx.assume.school:
        return [ctx.assume.school] * length
    log.add("school-unknown")
    return None


def _maximum(items: Sequence[ItemColumn]) -> int | None:
    maxima = [item.maximum for item in items]
    return sum(filter(None, maxima)) if maxima and all(maxima) else None


def _script_columns(
    columns: list[tuple[Cell, ...]], table: PaperTable, items: Sequence[ItemColumn],
    school: Sequence[Cell], numbers: np.ndarray, sheet: Sheet,
) -> ScriptColumns:  # fmt: skip
    def of(role: str) -> Sequence[Cell] | None:
        return columns[table.roles[role]] if role in table.roles else None

    municipality = of("municipality")
    if municipality is not None and table.municipality_of is not None:
        renamed = {cell: table.municipality_of(cell) for cell in set(municipality)}
        municipality = [renamed[cell] for cell in municipality]
    return ScriptColumns(
        rows=numbers,
        school=school,
        items=[columns[item.index] for item in items],
        item_names=[item.name for item in items],
        total=of("total"),
        total_name=text_of(sheet.rows[table.header][table.roles["total"]]) if "total" in table.roles else "",
        municipality=municipality,
        class_name=of("class"),
        pupil_code=of("code"),
        sex=of("sex"),
        variants=[columns[index] for index in table.variants],
        journal_mark=of("journal"),
        written_mark=of("mark"),
    )


def _report_junk(sheet: Sheet, columns: Sequence[Sequence[Cell]], table: PaperTable, log: ProblemLog) -> None:
    """Columns that are none of the form and hold something, counted once."""
    used = {*table.roles.values(), *table.variants, *table.known, *(item.index for item in table.items)}
    junk = [
        index for index, column in enumerate(columns)
        if index not in used and any(cell != "" for cell in column)
    ]  # fmt: skip
    if junk:
        titles = [text_of(sheet.rows[table.header][index]) for index in junk]
        log.add("columns-junk", column=titles[0], count=len(junk), values={"columns": named(titles)})


def _report_repeated(table: PaperTable, log: ProblemLog) -> None:
    """Score columns that one heading is given to: only their order says which item is which."""
    times = Counter(_heading(item) for item in table.items)
    again = [item.name for item in table.items if times[_heading(item)] > 1]
    if again:
        log.add("item-heading-repeated", column=again[0], count=len(again), values={"columns": named(again)})


def _heading(item: ItemColumn) -> str:
    return item.label or plain(item.name)


# --- items and scale


def match_items(
    named: Sequence[ItemColumn], columns: Sequence[Sequence[Cell]], assessment: Assessment,
    scale: Scale | None, levels: Sequence[str], log: ProblemLog,
) -> tuple[tuple[Item, ...], Scale | None]:  # fmt: skip
    """The items of the first columns, and the scale when it fits the paper; what does not fit is reported."""
    if not assessment.kind.is_exam:  # what hangs on the scale of an exam is known when its marks are read
        _report_scale(assessment, scale, log)
    if named and all(column.maximum for column in named):
        return _items_of_form(named, assessment, scale, levels, log)
    filled = _filled(named, columns)
    if scale is None or not scale.items:
        return _items_by_scores(named[:filled] if filled else named, columns), scale
    expected = len(scale.items)
    # As many columns as items are believed; where there are more, the filled ones must be as many.
    found = (filled or expected) if len(named) > expected else len(named)
    if named and found != expected:
        log.add("items-unknown", values={"found": found, "expected": expected})
    return scale.items[: min(expected, len(named))], scale


def _report_scale(assessment: Assessment, scale: Scale | None, log: ProblemLog) -> None:
    if scale is None:
        log.add("scale-missing", values={"assessment": assessment.label})
    elif not scale.confirmed:
        log.add("scale-unconfirmed", values={"assessment": assessment.label, "source": scale.source})


def _items_of_form(
    named: Sequence[ItemColumn], assessment: Assessment, scale: Scale | None,
    levels: Sequence[str], log: ProblemLog,
) -> tuple[tuple[Item, ...], Scale | None]:  # fmt: skip
    """Items as the form prints them; a scale of another maximum is a scale of another paper."""
    maxima = [column.maximum or 1 for column in named]
    items = tuple(
        Item(position, column.label, maximum, level or None)
        for position, (column, maximum, level) in enumerate(
            zip(named, maxima, levels or [""] * len(named), strict=True), start=1
        )
    )
    if scale is not None and scale.maximum != sum(maxima):
        log.add(
            "scale-unfit",
            values={"assessment": assessment.label, "found": sum(maxima), "expected": scale.maximum},
        )
        return items, None
    if scale is not None and [item.maximum for item in scale.items] == maxima:
        return scale.items, scale
    return items, scale


def _filled(named: Sequence[ItemColumn], columns: Sequence[Sequence[Cell]]) -> int:
    """How many of the first columns are items by their cells: up to the last that is filled in enough rows."""
    last = 0
    for position, column in enumerate(named, start=1):
        cells = columns[column.index]
        if len(cells) - cells.count("") >= max(1, FILLED_SHARE * len(cells)):
            last = position
    return last


def _items_by_scores(named: Sequence[ItemColumn], columns: Sequence[Sequence[Cell]]) -> tuple[Item, ...]:
    """Without a description: the largest score that one row in a thousand has is taken for the maximum."""
    items = []
    for position, column in enumerate(named, start=1):
        cells = Distinct.of(columns[column.index])
        times = np.bincount(cells.codes, minlength=len(cells.cells))
        scores = [item_score(cell)[0] for cell in cells.cells]
        enough = max(1, len(cells.codes) // 1000)
        largest = max(
            (score for score, number in zip(scores, times, strict=True) if number >= enough), default=1
        )
        items.append(Item(position, column.label or str(position), max(1, min(largest, 100))))
    return tuple(items)
