"""Tables of school × exam × counts, where single papers are not known: headings Russian or English."""

from __future__ import annotations

from collections.abc import Iterator

from rostok.formats.aliases import exam_school
from rostok.formats.batches import FileReading, TableBatch
from rostok.formats.cells import text_of
from rostok.formats.exam_words import EXAM_GRADES, kind_in, subjects_in, waves_in
from rostok.formats.problem_log import ProblemLog
from rostok.formats.pupil_tables import about_pupils
from rostok.formats.reading import Layout, ReadContext
from rostok.formats.recognise import wave_or_question
from rostok.formats.school_tables import (
    SCHOOL_HEADINGS,
    YEAR_HEADINGS,
    SchoolTable,
    batch,
    before_bar,
    count_in,
    locate,
    read_school_table,
    schools_of,
    year_in,
)
from rostok.formats.workbook import Sheet
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.tables import COUNTS

CODE = "counts"

ROLES = {
    "school": SCHOOL_HEADINGS,
    "assessment": ("assessment", "работа", "оценочная процедура"),
    "kind": ("kind", "вид", "экзамен", "процедура", "вид процедуры", "форма"),
    "subject": ("subject", "предмет"),
    "grade": ("grade", "класс", "параллель"),
    "year": YEAR_HEADINGS,
    "wave": ("wave", "волна", "этап", "период"),
    "participants": (
        "participants", "участников", "участники", "кол-во участников", "количество участников", "писали", "сдавали",
        "число участников", "всего участников",
    ),
    "absent": ("absent", "отсутствовали", "отсутствовало", "не явились", "неявка", "не писали", "не явилось"),
    "under_minimum": (
        "under_minimum", "below", "ниже минимума", "не преодолели минимум", "не преодолели порог", "ниже порога",
        "не сдали", "ниже минимального балла",
    ),
    **{
        f"marks_{mark}": (
            f"marks_{mark}", str(mark), f"«{mark}»", f'"{mark}"', f"отметка {mark}", f"отметка «{mark}»",
            f"отметок «{mark}»", f"на «{mark}»", f"на {mark}", f"получили «{mark}»", f"оценка {mark}", f"«{mark}», чел.",
        )
        for mark in (2, 3, 4, 5)
    },
}  # fmt: skip
MARKS = ("marks_2", "marks_3", "marks_4", "marks_5")


def recognises(sheet: Sheet, ctx: ReadContext) -> bool:
    """A school, how many took part, which exam, and at least one result; nothing about single pupils."""
    table = _table(sheet)
    return (
        table is not None
        and ("assessment" in table.columns or "subject" in table.columns)
        and any(role in table.columns for role in ("under_minimum", *MARKS))
        and not about_pupils(table.headings)
    )


def read(sheet: Sheet, ctx: ReadContext) -> FileReading:
    """Rows of COUNTS. A row whose exam is not clear or whose counts contradict themselves is left out."""
    return read_school_table(sheet, ctx, _table(sheet), _collect)


def _collect(table: SchoolTable, ctx: ReadContext, rows: int, log: ProblemLog) -> Iterator[TableBatch]:
    records: list[dict[str, object]] = []
    known: dict[tuple[object, ...], Assessment | None] = {}
    for index, key in schools_of(table, log):
        written = tuple(text_of(table.cell(index, role)) for role in _IDENTITY)
        if written not in known:
            known[written] = _assessment(table, index, ctx, log)
        assessment = known[written]
        if assessment is None:
            continue
        counts = _counts(table, index, assessment, ctx, log)
        if counts is not None:
            school = _school(table, index, ctx) if assessment.kind.is_exam else key
            records.append({"school_id": school, "assessment": assessment.key, **counts})
    yield batch(COUNTS, records, ctx, table.sheet, CODE, rows)


_IDENTITY = ("assessment", "kind", "subject", "grade", "year", "wave")


def _table(sheet: Sheet) -> SchoolTable | None:
    return locate(sheet, ROLES, ["school", "participants"])


def _school(table: SchoolTable, index: int, ctx: ReadContext) -> str | None:
    """The school of a row of an exam: a key, or a code of ГИА marked as one."""
    column = table.columns["school"]
    return exam_school(before_bar(table.cell(index, "school")), table.headings[column], ctx.assume.codes)


def _counts(
    table: SchoolTable, index: int, assessment: Assessment, ctx: ReadContext, log: ProblemLog
) -> dict[str, int | None] | None:
    """The counts of a row; None, reported, where they cannot all be true."""
    found = {
        role: count_in(table, index, table.columns.get(role), log)
        for role in ("participants", "absent", "under_minimum", *MARKS)
    }
    marks = [found[role] for role in MARKS]
    total = sum(mark for mark in marks if mark is not None)
    complete = all(mark is not None for mark in marks)
    if found["participants"] is None and complete:
        found["participants"] = total
    participants, under = found["participants"], found["under_minimum"]
    if under is None and "under_minimum" not in table.columns:
        under = found["under_minimum"] = found["marks_2"]  # mark 2 is what is under the minimum
    if participants is None or (complete and total != participants) or max(total, under or 0) > participants:
        log.add(
            "counts-inconsistent",
            row=table.sheet.row_number(index),
            value="—" if participants is None else participants,
            values={"sum": max(total, under or 0)},
        )
        return None
    return found


# --- which exam


def _assessment(table: SchoolTable, index: int, ctx: ReadContext, log: ProblemLog) -> Assessment | None:
    """The assessment a row names, completed from the title, the name of the file and the assumptions."""
    if (key := table.text(index, "assessment")) and key.count("/") == 4:
        try:
            return Assessment.from_key(key)
        except ValueError:
            log.add("counts-assessment-unknown", row=table.sheet.row_number(index), value=key)
            return None
    subjects = subjects_in(table.text(index, "subject") or key or "")
    around = " ".join((table.above(), table.sheet.name, *ctx.path_parts, *ctx.folders_above))
    own = " ".join(filter(None, (table.text(index, "kind"), key, table.text(index, "subject"))))
    subject = subjects.pop() if len(subjects) == 1 else ctx.assume.subject
    kind = kind_in(own) or kind_in(around) or ctx.assume.kind
    if kind is None or subject is None:
        log.add("counts-assessment-unknown", row=table.sheet.row_number(index), value=own or "—")
        return None
    waves = waves_in(table.text(index, "wave") or "", kind) or waves_in(around, kind)
    wave = next(iter(waves)) if len(waves) == 1 else ctx.assume.wave
    year = year_in(table.text(index, "year") or "", wave) or year_in(around, wave) or ctx.assume.year
    if year is None:
        log.add("counts-assessment-unknown", row=table.sheet.row_number(index), value=own or "—")
        return None
    return _complete(table, index, ctx, log, (kind, subject, year), waves)


def _complete(
    table: SchoolTable,
    index: int,
    ctx: ReadContext,
    log: ProblemLog,
    known: tuple[Kind, Subject, int],
    waves: frozenset[Wave],
) -> Assessment | None:
    kind, subject, year = known
    if kind is Kind.EGE and subject is Subject.MATH:
        log.add("counts-math-level", row=table.sheet.row_number(index))
        return None
    number = count_in(table, index, table.columns.get("grade"), log)
    grade = number or EXAM_GRADES.get(kind) or ctx.assume.grade
    if grade is None or not 1 <= grade <= 12:
        log.add("counts-assessment-unknown", row=table.sheet.row_number(index), value=kind.label)
        return None
    wave = wave_or_question(kind, year, waves, ctx.assume.wave, log, row=table.sheet.row_number(index))
    return None if wave is None else Assessment(kind, year, wave, subject, grade)


LAYOUT = Layout(CODE, recognises, read)
