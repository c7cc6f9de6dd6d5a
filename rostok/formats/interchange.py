"""Our own interchange (CSV and Parquet): one row per pupil and assessment, ``docs/manual/interchange.md``.

The columns of SCRIPTS, in front of them the identity of the assessment (``kind, year, wave, subject, grade``
and, where it differs from the rule, ``pupil_grade``), behind them ``item_01``, ``item_02`` … A file may hold
many assessments. Nothing in it is believed that can be computed: participants, totals and marks go through
the same row rules as every other file.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from rostok.formats.batches import FileReading, ScriptBatch
from rostok.formats.cells import is_absent, plain, text_of
from rostok.formats.mark_rules import report_exam_scale
from rostok.formats.problem_log import ProblemLog
from rostok.formats.reading import Layout, ReadContext
from rostok.formats.recognise import wave_or_question
from rostok.formats.row_rules import MarkSource, Paper, ScriptColumns, build_scripts
from rostok.formats.vpr_papers import ItemColumn, match_items
from rostok.formats.workbook import Cell, Sheet, heading
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.scales import NOT_ATTEMPTED, NOT_TAUGHT
from rostok.wording import gettext

T = TypeVar("T")

CODE = "interchange"
IDENTITY = ("kind", "year", "wave", "subject", "grade", "pupil_grade")
_NEEDED = frozenset({"kind", "year", "subject", "grade"})
_SCORES = frozenset({"raw_score", "test_score", "mark", "item_01"})
_ITEM = re.compile(r"item_(\d{2})")
_TRUE = frozenset({"true", "1", "да", "yes", "истина"})
_MARKED = {str(NOT_ATTEMPTED): "X", str(NOT_TAUGHT): "не пройд."}


@dataclass(frozen=True, slots=True)
class _Table:
    """The file by columns; ``rows`` are the numbers a spreadsheet shows."""

    columns: dict[str, tuple[Cell, ...]]
    rows: list[int]

    def of(self, name: str, places: Sequence[int]) -> list[Cell] | None:
        column = self.columns.get(name)
        return None if column is None else [column[place] for place in places]


def recognises(sheet: Sheet, ctx: ReadContext) -> bool:
    names = {heading(cell) for cell in sheet.rows[0]} if sheet.rows else set()
    return names >= _NEEDED and bool(names & _SCORES) and "participants" not in names


def read(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """One batch per assessment of the file, in the order of their keys."""
    log = ctx.log(sheet)
    table = _table(sheet)
    if not table.rows:
        log.add("table-header-only")
    elif "school_id" not in table.columns and not ctx.assume.school:
        log.add("school-unknown")
    else:
        groups = _assessments(table, ctx, log)
        batches = [_batch(sheet, ctx, table, assessment, places, log) for assessment, places in groups]
        return FileReading(tuple(batches), log.problems())
    return FileReading(problems=log.problems())


def _table(sheet: Sheet) -> _Table:
    names = [heading(cell) for cell in sheet.rows[0]]
    places = [place for place in range(1, len(sheet.rows)) if any(cell != "" for cell in sheet.rows[place])]
    columns = (
        zip(*(sheet.rows[place] for place in places), strict=True) if places else iter([()] * len(names))
    )
    return _Table(dict(zip(names, columns, strict=True)), [sheet.row_number(place) for place in places])


def _assessments(table: _Table, ctx: ReadContext, log: ProblemLog) -> list[tuple[Assessment, list[int]]]:
    """Places of the rows of each assessment; an identity that cannot be read is reported once."""
    blank: tuple[Cell, ...] = ("",) * len(table.rows)
    identities = list(zip(*(table.columns.get(name, blank) for name in IDENTITY), strict=True))
    places: dict[tuple[Cell, ...], list[int]] = defaultdict(list)
    for place, identity in enumerate(identities):
        places[identity].append(place)
    # pupil_grade is no part of an assessment's identity for Python, so it is joined to the key here.
    found: dict[tuple[str, int], tuple[Assessment, list[int]]] = {}
    for identity, mine in places.items():
        assessment = _assessment(identity, table.rows[mine[0]], ctx, log)
        if assessment is not None:
            known = found.setdefault((assessment.key, assessment.pupil_grade), (assessment, []))
            known[1].extend(mine)
    return [(assessment, sorted(mine)) for _, (assessment, mine) in sorted(found.items())]


def _assessment(identity: tuple[Cell, ...], row: int, ctx: ReadContext, log: ProblemLog) -> Assessment | None:
    kind = _read(identity[0], "kind", lambda text: Kind(text.lower()), row, log)
    year = _read(identity[1], "year", int, row, log)
    subject = _read(identity[3], "subject", lambda text: Subject(text.lower()), row, log)
    grade = _read(identity[4], "grade", int, row, log)
    pupil_grade = _read(text_of(identity[5]) or "0", "pupil_grade", int, row, log)
    if kind is None or year is None or subject is None or grade is None or pupil_grade is None:
        return None
    written = text_of(identity[2])
    if written:
        wave = _read(written, "wave", lambda text: Wave(text.lower()), row, log)
    else:
        wave = wave_or_question(
            kind, year, _by_grades(kind, grade, pupil_grade), ctx.assume.wave, log, row=row
        )
    if wave is None:
        return None
    try:
        return Assessment(kind, year, wave, subject, grade, pupil_grade)
    except ValueError as error:
        log.add("identity-unreadable", row=row, column="year, grade", value=str(error))
        return None


def _by_grades(kind: Kind, grade: int, pupil_grade: int) -> frozenset[Wave]:
    """ВПР of a grade written by those a grade above is the autumn's, by its own pupils the spring's."""
    wave = {grade: Wave.SPRING, grade + 1: Wave.AUTUMN}.get(pupil_grade)
    return frozenset({wave} if wave and kind is Kind.VPR else ())


def _read(cell: Cell, column: str, parse: Callable[[str], T], row: int, log: ProblemLog) -> T | None:
    text = text_of(cell)
    try:
        return parse(text)
    except ValueError:
        log.add("identity-unreadable", row=row, column=column, value=text or gettext("пусто"))
        return None


def _batch(
    sheet: Sheet, ctx: ReadContext, table: _Table, assessment: Assessment, places: list[int], log: ProblemLog
) -> ScriptBatch:
    scale = ctx.scales.find(
        assessment.kind, assessment.subject, assessment.grade, assessment.year, ctx.assume.region
    )
    names = sorted(name for name in table.columns if _ITEM.fullmatch(name))
    scores = [_scores(table.of(name, places) or []) for name in names]
    written = any(text_of(cell) for column in scores for cell in column)
    named = [ItemColumn(position, name) for position, name in enumerate(names if written else ())]
    items, scale = match_items(named, scores, assessment, scale, (), log)
    variants = _variants(table, places)
    columns = ScriptColumns(
        rows=np.array([table.rows[place] for place in places], np.int64),
        school=table.of("school_id", places) or [ctx.assume.school or ""] * len(places),
        items=scores[: len(items)],
        item_names=names[: len(items)],
        total=table.of("raw_score", places),
        total_name="raw_score",
        municipality=table.of("municipality_id", places),
        class_name=table.of("class_name", places),
        pupil_code=table.of("pupil_code", places),
        sex=table.of("sex", places),
        variants=[variants],
        knows_absent=any(map(text_of, table.columns.get("absent", ()))) or any(map(is_absent, variants)),
        journal_mark=table.of("journal_mark", places),
        written_mark=table.of("mark", places),
        test_score=table.of("test_score", places),
    )
    paper = Paper(
        items,
        scale,
        scale.maximum if scale and scale.unit == "raw" else None,
        MarkSource.PROTOCOL if assessment.kind.is_exam else MarkSource.SCALE,
    )
    scripts = build_scripts(columns, paper, log)
    if assessment.kind.is_exam:
        report_exam_scale(assessment, scale, scripts, log)
    return ScriptBatch(assessment, items, scripts, ctx.source(sheet, CODE, len(places)))


def _scores(column: Sequence[Cell]) -> list[Cell]:
    """Scores with −1 and −2 in the words the row rules know."""
    return [_MARKED.get(text_of(cell), cell) if cell != "" else "" for cell in column]


def _variants(table: _Table, places: Sequence[int]) -> list[Cell]:
    """The variant, or «отсутствовал» where the column ``absent`` says so."""
    blank: list[Cell] = [""] * len(places)
    absent = table.of("absent", places) or blank
    variant = table.of("variant", places) or blank
    return [
        "отсутствовал" if plain(says) in _TRUE else written for says, written in zip(absent, variant, strict=True)
    ]  # fmt: skip


INTERCHANGE = Layout(CODE, recognises, read)
