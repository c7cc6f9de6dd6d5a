"""The rules by which a row of any results file becomes a row of SCRIPTS. One place for every layout.

A participant is not absent and has a recorded total or at least one item. The recorded total is kept; one
that differs from its items is reported; a missing one is the sum of the items. «X» counts as 0 and is kept
apart, «не пройд.» is not a score, blank is missing, a score above the item's maximum makes that item missing.
Doubled pupil codes are kept and reported. Every row of the file becomes a row of the table, except rows that
name no school. Nothing here loops over rows in Python, except over the few that are reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rostok.formats.cells import (
    FLAW_CODES,
    Distinct,
    Flaw,
    class_name,
    code_text,
    is_absent,
    is_no_mark,
    item_score,
    mark,
    text_of,
    whole_number,
)
from rostok.formats.mark_rules import marks_by_scale, report_differing, settle_with_protocol
from rostok.formats.problem_log import ProblemLog
from rostok.formats.pupil_rules import MISSING, UNUSABLE, Bools, Ints, journal_and_sex, places, report_doubled
from rostok.formats.workbook import Cell
from rostok.schema.arrow import scripts_schema
from rostok.schema.keys import municipality_key, school_key
from rostok.schema.scales import NOT_ATTEMPTED, NOT_TAUGHT, Item, Scale


class MarkSource(StrEnum):
    """Who gives marks: the scale alone, or (exams) the scale and, where it cannot decide, the protocol."""

    SCALE = "scale"
    PROTOCOL = "protocol"


@dataclass(frozen=True, slots=True)
class ScriptColumns:
    """The columns of one table as the file has them, of equal length; None = the file has no such column.

    ``rows`` are the numbers a spreadsheet shows. ``names`` are the headings, for messages: of the total and
    of each item in order. ``knows_absent``: can ``variants`` say that somebody was absent? Without any of them
    nothing can.
    """

    rows: npt.NDArray[np.int64]
    school: Sequence[Cell]
    items: Sequence[Sequence[Cell]]
    item_names: Sequence[str]
    total: Sequence[Cell] | None = None
    total_name: str = ""
    municipality: Sequence[Cell] | None = None
    class_name: Sequence[Cell] | None = None
    pupil_code: Sequence[Cell] | None = None
    sex: Sequence[Cell] | None = None
    variants: Sequence[Sequence[Cell]] = ()
    knows_absent: bool = True
    journal_mark: Sequence[Cell] | None = None
    written_mark: Sequence[Cell] | None = None
    test_score: Sequence[Cell] | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """What the rules need to know of the paper. ``maximum`` None = not known: totals are not checked.

    ``formula_total``: the total is computed by the form itself, so a 0 beside no score at all records nothing.
    """

    items: tuple[Item, ...]
    scale: Scale | None
    maximum: int | None
    mark_source: MarkSource = MarkSource.SCALE
    formula_total: bool = False


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the scores of each row come to; ``items`` are items × rows, all missing for the absent."""

    absent: Bools
    participant: Bools
    variant: pa.Array
    items: Ints
    raw: Ints
    test_score: Ints
    written_mark: Ints


def build_scripts(columns: ScriptColumns, paper: Paper, log: ProblemLog) -> pa.Table:
    """The table of SCRIPTS with an int8 column per item of ``paper``; problems go to ``log``.

    ``columns.items`` and ``paper.items`` are of one length. Rows without a school are reported and left out.
    """
    columns, schools = _rows_with_school(columns, log)
    judged = _judge(columns, paper, log)
    length = len(judged.absent)
    journal, sexes = journal_and_sex(columns.rows, columns.journal_mark, columns.sex, log)
    marks = _marks(columns, paper, judged, log)
    codes = _texts(columns.pupil_code, code_text, length)
    report_doubled(columns.rows, schools, codes, log)
    arrays = (
        schools,
        _texts(columns.municipality, municipality_key, length),
        _texts(columns.class_name, class_name, length),
        codes,
        sexes,
        judged.variant,
        _said_absent(columns, judged),
        pa.array(judged.participant),
        _nullable(journal, pa.int8()),
        _nullable(judged.raw, pa.int16()),
        _nullable(judged.test_score, pa.int16()),
        _nullable(marks, pa.int8()),
        _under_minimum(paper, marks, judged.raw, judged.test_score),
    )
    scores = [_nullable(column, pa.int8()) for column in judged.items]
    return pa.Table.from_arrays([*arrays, *scores], schema=scripts_schema(paper.items))


def _judge(columns: ScriptColumns, paper: Paper, log: ProblemLog) -> _Judged:
    absent, variant = _attendance(columns)
    items, written_sum = _items(columns, paper, log)
    total, total_out = _total(columns, paper, log)
    test_score, written_mark = _test_score(columns, log), _written_mark(columns)
    recorded = (items >= 0) | (items == NOT_ATTEMPTED)
    any_item = recorded.any(axis=0) if len(items) else np.zeros(len(absent), np.bool_)
    if paper.formula_total:
        total = np.where((total == 0) & ~any_item, np.int16(MISSING), total)
    _report_absent(columns, absent, any_item, total, log)
    items[:, absent] = MISSING
    scored = any_item | (total != MISSING)
    # A protocol of an exam may hold nothing but its own result.
    result = (test_score != MISSING) | (
        (written_mark != MISSING) & (paper.mark_source is MarkSource.PROTOCOL)
    )
    participant = ~absent & (scored | result)
    item_sum = np.where(items > 0, items, 0).sum(axis=0, dtype=np.int32).astype(np.int16)
    raw = np.where(total != MISSING, total, item_sum)
    raw = np.where(participant & scored, raw, np.int16(MISSING))
    _report_scores(columns, participant, absent, any_item, total, total_out, item_sum, written_sum, log)
    _report_items(items, participant, log)
    nothing = np.int16(MISSING)
    return _Judged(
        absent, participant, variant, items, raw,
        np.where(participant, test_score, nothing), np.where(participant, written_mark, nothing),
    )  # fmt: skip


def _nullable(values: Ints, type_: pa.DataType) -> pa.Array:
    return pa.array(values, type_, mask=values <= UNUSABLE)


def _texts(column: Sequence[Cell] | None, parse: Callable[[Cell], str | None], length: int) -> pa.Array:
    if column is None:
        return pa.nulls(length, pa.string())
    return Distinct.of(column).strings(parse)


# --- school


def _rows_with_school(columns: ScriptColumns, log: ProblemLog) -> tuple[ScriptColumns, pa.Array]:
    schools = Distinct.of(columns.school).strings(school_key)
    if not schools.null_count:
        return columns, schools
    kept = np.asarray(schools.is_valid())
    for row in columns.rows[~kept]:
        log.add("row-no-school", row=int(row))
    return _only(columns, kept), schools.drop_null()


def _only(columns: ScriptColumns, kept: Bools) -> ScriptColumns:
    kept_places = places(kept)

    def pick(column: Sequence[Cell] | None) -> list[Cell] | None:
        return None if column is None else [column[place] for place in kept_places]

    return ScriptColumns(
        rows=columns.rows[kept],
        school=pick(columns.school) or [],
        items=[pick(item) or [] for item in columns.items],
        item_names=columns.item_names,
        total=pick(columns.total),
        total_name=columns.total_name,
        municipality=pick(columns.municipality),
        class_name=pick(columns.class_name),
        pupil_code=pick(columns.pupil_code),
        sex=pick(columns.sex),
        variants=[pick(variant) or [] for variant in columns.variants],
        knows_absent=columns.knows_absent,
        journal_mark=pick(columns.journal_mark),
        written_mark=pick(columns.written_mark),
        test_score=pick(columns.test_score),
    )


# --- attendance


def _attendance(columns: ScriptColumns) -> tuple[Bools, pa.Array]:
    """Absent where some part says so and no part has a variant: a paper of two days may have one half."""
    length = len(columns.rows)
    absent, present = np.zeros(length, np.bool_), np.zeros(length, np.bool_)
    variant = pa.nulls(length, pa.string())
    for column in columns.variants:
        part = Distinct.of(column)
        says_absent = part.flags(is_absent)
        absent |= says_absent
        present |= part.flags(lambda cell: bool(text_of(cell)) and not is_absent(cell))
        written = part.strings(lambda cell: None if is_absent(cell) else code_text(cell))
        variant = pa.compute.coalesce(variant, written)
    return absent & ~present, variant


def _said_absent(columns: ScriptColumns, judged: _Judged) -> pa.Array:
    """Missing in every row of a table that has no place for it: that nobody was absent is not known then."""
    if columns.variants and columns.knows_absent:
        return pa.array(judged.absent)
    return pa.nulls(len(judged.absent), pa.bool_())


def _report_absent(
    columns: ScriptColumns, absent: Bools, any_item: Bools, total: Ints, log: ProblemLog
) -> None:
    if absent.any():
        log.add("rows-absent", count=int(absent.sum()))
    for place in places(absent & (any_item | (total > 0))):
        log.add("absent-with-scores", row=int(columns.rows[place]))


# --- scores


def _items(columns: ScriptColumns, paper: Paper, log: ProblemLog) -> tuple[Ints, npt.NDArray[np.int32]]:
    """Scores as items × rows, and the sum as written (scores above a maximum included)."""
    scores = np.full((len(paper.items), len(columns.rows)), MISSING, np.int16)
    written_sum = np.zeros(len(columns.rows), np.int32)
    for position, (item, cells, name) in enumerate(
        zip(paper.items, columns.items, columns.item_names, strict=True)
    ):
        values = _numbers(cells, columns.rows, name, item.maximum, item_score, log)
        written_sum += np.where(values > 0, values, 0)
        above = values > item.maximum
        for place in places(above):
            log.add(
                "item-above-maximum", row=int(columns.rows[place]), column=name,
                value=int(values[place]), values={"maximum": item.maximum},
            )  # fmt: skip
        scores[position] = np.where(above, np.int16(UNUSABLE), values)
    return scores, written_sum


def _numbers(
    cells: Sequence[Cell],
    rows: npt.NDArray[np.int64],
    name: str,
    maximum: int | None,
    parse: Callable[[Cell], tuple[int, Flaw]],
    log: ProblemLog,
) -> Ints:
    """One column of whole numbers; what is none is reported by its kind and becomes missing."""
    column = Distinct.of(cells)
    parsed = [parse(cell) for cell in column.cells]
    instead = {Flaw.BLANK: MISSING}
    values = np.array(
        [number if flaw is Flaw.NONE else instead.get(flaw, UNUSABLE) for number, flaw in parsed], np.int16
    )
    flaws = np.array([flaw for _, flaw in parsed], np.int8)
    by_row = flaws[column.codes]
    for place in places(by_row > Flaw.BLANK):
        limits = "0–" + ("…" if maximum is None else str(maximum))
        log.add(
            FLAW_CODES[Flaw(by_row[place])], row=int(rows[place]), column=name,
            value=text_of(cells[place]), values={"limits": limits},
        )  # fmt: skip
    return values[column.codes] if len(column.cells) else np.zeros(0, np.int16)


def _total(columns: ScriptColumns, paper: Paper, log: ProblemLog) -> tuple[Ints, Bools]:
    """The recorded total, missing where there is none, and where it was out of range."""
    length = len(columns.rows)
    if columns.total is None:
        return np.full(length, MISSING, np.int16), np.zeros(length, np.bool_)
    total = _numbers(columns.total, columns.rows, columns.total_name, paper.maximum, whole_number, log)
    out = np.zeros(length, np.bool_) if paper.maximum is None else total > paper.maximum
    for place in places(out):
        log.add(
            "total-out-of-range", row=int(columns.rows[place]), column=columns.total_name,
            value=int(total[place]), values={"maximum": paper.maximum},
        )  # fmt: skip
    return np.where(out | (total == UNUSABLE), np.int16(MISSING), total), out


def _report_scores(
    columns: ScriptColumns, participant: Bools, absent: Bools, any_item: Bools, total: Ints,
    total_out: Bools, item_sum: Ints, written_sum: npt.NDArray[np.int32], log: ProblemLog,
) -> None:  # fmt: skip
    rows = columns.rows
    for place in places(~absent & ~participant):
        log.add("row-empty-script", row=int(rows[place]))
    if columns.total is not None:
        for place in places(participant & any_item & (total == MISSING) & ~total_out):
            log.add("total-missing", row=int(rows[place]), values={"sum": int(item_sum[place])})
    # The sum as written: a score above its maximum is reported by itself and is not a second finding here.
    differs = participant & any_item & (total != MISSING) & (total != written_sum) & (total != item_sum)
    for place in places(differs):
        log.add(
            "total-differs", row=int(rows[place]), column=columns.total_name,
            value=int(total[place]), values={"sum": int(written_sum[place])},
        )  # fmt: skip


def _report_items(items: Ints, participant: Bools, log: ProblemLog) -> None:
    """Three counts over the cells of participants; a paper known by its total only has no empty items."""
    theirs = items[:, participant]
    with_items = theirs[:, (theirs != MISSING).any(axis=0)] if len(theirs) else theirs
    for code, value in (
        ("item-not-attempted", NOT_ATTEMPTED),
        ("item-not-taught", NOT_TAUGHT),
        ("item-missing", MISSING),
    ):
        number = int((with_items == value).sum())
        if number:
            log.add(code, count=number)


# --- marks


def _written_mark(columns: ScriptColumns) -> Ints:
    if columns.written_mark is None:
        return np.full(len(columns.rows), MISSING, np.int16)
    column = Distinct.of(columns.written_mark)
    return np.array([mark(cell) or MISSING for cell in column.cells], np.int16)[column.codes]


def _marks(columns: ScriptColumns, paper: Paper, judged: _Judged, log: ProblemLog) -> Ints:
    by_scale = marks_by_scale(paper.scale, paper.items, judged.items, judged.raw)
    written, cells = judged.written_mark, columns.written_mark
    if cells is not None:
        no_mark = Distinct.of(cells).flags(is_no_mark)
        for place in places(judged.participant & (written == MISSING) & ~no_mark):
            log.add("cell-not-a-number", row=int(columns.rows[place]), column="отметка",
                    value=text_of(cells[place]))  # fmt: skip
    if paper.mark_source is MarkSource.PROTOCOL:
        return settle_with_protocol(by_scale, written, columns.rows, log)
    report_differing(by_scale.marks, written, columns.rows, log)
    return by_scale.marks


def _test_score(columns: ScriptColumns, log: ProblemLog) -> Ints:
    if columns.test_score is None:
        return np.full(len(columns.rows), MISSING, np.int16)
    values = _numbers(columns.test_score, columns.rows, "тестовый балл", 100, whole_number, log)
    for place in places(values > 100):
        log.add(
            "value-out-of-range", row=int(columns.rows[place]), column="тестовый балл",
            value=int(values[place]), values={"limits": "0–100"},
        )  # fmt: skip
    return np.where((values >= 0) & (values <= 100), values, np.int16(MISSING))


def _under_minimum(paper: Paper, marks: Ints, raw: Ints, test_score: Ints) -> pa.Array:
    """By the mark where there is one, else by the minimum on the scale's own unit."""
    if paper.scale is not None and paper.scale.lower is None and paper.scale.unit != "mark":
        score = test_score if paper.scale.unit == "test" else raw
        return pa.array(score < paper.scale.minimum, pa.bool_(), mask=score == MISSING)
    return pa.array(marks == 2, pa.bool_(), mask=marks == MISSING)
