"""Protocols of ОГЭ, ЕГЭ and ГВЭ: both layouts of ``domain.md`` §6.5, regional sparse ones, several in one sheet.

Names, documents, participants' codes and blanks are never read (``gia_columns``). The mark of ОГЭ comes from the
scale (``mark_rules``), of basic ЕГЭ and of ГВЭ from the protocol; the test score of ЕГЭ is compared with the
minimum of the year. ``school_id`` is ``gia:<code of the protocol>``: a register
with codes of ГИА turns it into the key of the school (``aliases``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa

from rostok.formats.aliases import exam_school
from rostok.formats.batches import FileReading, ScriptBatch
from rostok.formats.cells import text_of
from rostok.formats.gia_answers import Answers, parse_answers
from rostok.formats.gia_columns import (
    Block,
    column_of,
    find_blocks,
    safe_class,
    safe_municipality,
    safe_number,
    safe_school,
    safe_short_number,
    says_absent,
)
from rostok.formats.gia_titles import Evidence, identify
from rostok.formats.mark_rules import report_exam_scale
from rostok.formats.problem_log import ProblemLog
from rostok.formats.reading import Layout, ReadContext
from rostok.formats.row_rules import MarkSource, Paper, ScriptColumns, build_scripts
from rostok.formats.workbook import Cell, Sheet
from rostok.schema.assessments import Assessment, Kind
from rostok.schema.keys import is_login
from rostok.schema.scales import NOT_ATTEMPTED, Scale

CODE = "gia-protocol"

# Above this share of papers whose items do not give the total, the fault is in what «+» is worth, not in rows.
SHARE_OF_OTHER_SUMS = 0.2

_Kept = TypeVar("_Kept")

_BY_MARK = (Kind.OGE, Kind.EGE_BASE, Kind.GVE)
_ABSENT_WORD = "отсутствовал"


def recognises(sheet: Sheet, ctx: ReadContext) -> bool:
    """A header with a mark or a test score beside columns only protocols have."""
    return bool(find_blocks(sheet, within=30))


def read(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """One batch per exam of the sheet."""
    log = ctx.log(sheet)
    groups: dict[Assessment, list[Block]] = {}
    blocks = find_blocks(sheet)
    personal = sorted({name for block in blocks for name in block.personal})
    if personal:
        log.add("personal-data-dropped", values={"columns": ", ".join(personal)})
    if not any(block.rows for block in blocks):
        log.add("table-header-only")
        return FileReading(problems=log.problems())
    for block in blocks:
        if block.rows and _has_school(block, ctx, log):
            assessment = identify(_evidence(sheet, block, ctx), ctx, log)
            if assessment is not None:
                groups.setdefault(assessment, []).append(block)
    batches = [_batch(sheet, ctx, assessment, group, log) for assessment, group in groups.items()]
    return FileReading(tuple(batches), log.problems())


def _has_school(block: Block, ctx: ReadContext, log: ProblemLog) -> bool:
    if "school" in block.columns or _school_of_file(ctx):
        return True
    log.add("school-unknown")
    return False


def _school_of_file(ctx: ReadContext) -> str | None:
    """The school of a protocol without a column of schools: the login in its name, else as assumed."""
    words = ctx.path_parts[0].replace("_", " ").replace(".", " ").split() if ctx.path_parts else []
    logins = {word for word in words if is_login(word)}
    return logins.pop() if len(logins) == 1 else ctx.assume.school


def _evidence(sheet: Sheet, block: Block, ctx: ReadContext) -> Evidence:
    classes = {safe_class(cell) for cell in column_of(sheet, block, "class")}
    return Evidence(
        title=block.title,
        texts=(
            block.title.name if block.title else "",
            block.above,
            sheet.name,
            *ctx.path_parts,
            *ctx.folders_above,
        ),
        has_mark="mark" in block.columns,
        has_test_score="test" in block.columns,
        classes=tuple(sorted(classes - {""})),
    )


# --- one exam


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of an exam, row by row, already free of anything personal."""

    rows: list[int]
    school: list[str]
    municipality: list[str]
    class_name: list[str]
    number: list[str]
    attendance: list[Cell]
    knows_absent: bool  # a column of attendance, or the word in another one
    raw: list[Cell]
    test: list[Cell]
    mark: list[Cell]
    answers: Answers


def _batch(
    sheet: Sheet, ctx: ReadContext, assessment: Assessment, blocks: Sequence[Block], log: ProblemLog
) -> ScriptBatch:
    cells = _gather(sheet, ctx, blocks, log)
    scale = ctx.scales.find(
        assessment.kind, assessment.subject, assessment.grade, assessment.year, ctx.assume.region
    )
    table = _scripts(cells, assessment, scale, blocks, log)
    report_exam_scale(assessment, scale, table, log)
    source = ctx.source(sheet, CODE, len(cells.rows))
    return ScriptBatch(assessment, cells.answers.items, table, source)


def _gather(sheet: Sheet, ctx: ReadContext, blocks: Sequence[Block], log: ProblemLog) -> _Cells:
    def over(role: str) -> list[Cell]:
        return [cell for block in blocks for cell in column_of(sheet, block, role)]

    def safe(role: str, keep: Callable[[Cell], _Kept]) -> list[_Kept]:
        known: dict[Cell, _Kept] = {}
        return [known[cell] if cell in known else known.setdefault(cell, keep(cell)) for cell in over(role)]

    rows = [sheet.row_number(index) for block in blocks for index in block.rows]
    named = [says_absent(cell) for cell in over("status")]
    for role in ("raw", "test", "mark", "brief"):
        named = [before or says_absent(cell) for before, cell in zip(named, over(role), strict=True)]
    schools = [school for block in blocks for school in _schools(sheet, ctx, block)]
    variants = safe("variant", safe_short_number)
    return _Cells(
        rows=rows,
        school=schools,
        municipality=safe("municipality", safe_municipality),
        class_name=safe("class", safe_class),
        number=safe("number", safe_short_number),
        attendance=[
            _ABSENT_WORD if absent else variant for absent, variant in zip(named, variants, strict=True)
        ],
        knows_absent=any(named) or any("status" in block.columns for block in blocks),
        raw=safe("raw", safe_number),
        test=safe("test", safe_number),
        mark=safe("mark", safe_number),
        answers=_answers(rows, over("brief"), over("detailed"), named, log),
    )


def _schools(sheet: Sheet, ctx: ReadContext, block: Block) -> list[str]:
    """Keys of schools or ``gia:<code>``, "" where the cell names no school."""
    if "school" not in block.columns:
        return [_school_of_file(ctx) or ""] * len(block.rows)
    cells = [safe_school(cell) for cell in column_of(sheet, block, "school")]
    known = {cell: exam_school(cell, block.school_heading, ctx.assume.codes) or "" for cell in set(cells)}
    return [known[cell] for cell in cells]


def _answers(
    rows: Sequence[int],
    briefs: Sequence[Cell],
    details: Sequence[Cell],
    absent: Sequence[bool],
    log: ProblemLog,
) -> Answers:
    def present(cells: Sequence[Cell]) -> list[Cell]:
        return ["" if gone else cell for cell, gone in zip(cells, absent, strict=True)]

    answers = parse_answers(present(briefs), present(details))
    names = {"brief": "ответы в краткой форме", "detailed": "ответы в развернутой форме"}
    for place, column in answers.unreadable:
        log.add("answers-unreadable", row=rows[place], column=names[column])
    return answers


def _scripts(
    cells: _Cells, assessment: Assessment, scale: Scale | None, blocks: Sequence[Block], log: ProblemLog
) -> pa.Table:
    by_mark = assessment.kind in _BY_MARK
    has = {role for block in blocks for role in block.columns}
    # Basic mathematics may carry its mark in the column of the result.
    marks = cells.mark if "mark" in has else cells.test
    columns = ScriptColumns(
        rows=np.array(cells.rows, np.int64),
        school=cells.school,
        items=[[_item_cell(score) for score in item] for item in cells.answers.scores],
        item_names=[item.label for item in cells.answers.items],
        total=cells.raw if "raw" in has else None,
        total_name="первичный балл",
        municipality=cells.municipality,
        class_name=cells.class_name,
        variants=[cells.attendance],
        knows_absent=cells.knows_absent,
        written_mark=marks if by_mark else None,
        test_score=cells.test if not by_mark and "test" in has else None,
    )
    paper = Paper(
        items=cells.answers.items,
        scale=scale,
        maximum=scale.maximum if scale is not None and scale.unit == "raw" else None,
        mark_source=MarkSource.PROTOCOL if by_mark else MarkSource.SCALE,
    )
    inner = ProblemLog(log.file, log.sheet)
    table = build_scripts(columns, paper, inner)
    _pass_on(inner, table, log)
    kept = [place for place, school in enumerate(cells.school) if school]
    return _numbered(table, [cells.number[place] for place in kept])


def _item_cell(score: int | None) -> Cell:
    return "" if score is None else "X" if score == NOT_ATTEMPTED else score


def _pass_on(inner: ProblemLog, table: pa.Table, log: ProblemLog) -> None:
    """Problems of the rows; sums that differ nearly everywhere say that «+» is worth more than a point."""
    participants = int(table["participant"].to_numpy(zero_copy_only=False).sum())
    differing = inner.count("total-differs")
    weights_unknown = differing > SHARE_OF_OTHER_SUMS * participants
    if weights_unknown:
        log.add("exam-weights-unknown")
    for problem in inner.problems():
        if weights_unknown and problem.code == "total-differs":
            continue
        log.add(
            problem.code, row=problem.row, column=problem.column, value=problem.value,
            values=problem.values, count=problem.count,
        )  # fmt: skip


def _numbered(table: pa.Table, numbers: Sequence[str]) -> pa.Table:
    """The running number of the protocol stands for the participant's code, which is not read."""
    place = table.schema.get_field_index("pupil_code")
    values = pa.array([text_of(number) or None for number in numbers], pa.string())
    return table.set_column(place, table.schema.field(place), values)


LAYOUT = Layout(CODE, recognises, read)
