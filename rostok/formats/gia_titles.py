"""Which exam a protocol of ГИА is: its title ``01 - Русский язык 2025.06.09``, its columns, its file name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from rostok.formats.exam_words import EXAM_GRADES, exam_wave_in, kind_in, level_in, subjects_in
from rostok.formats.problem_log import ProblemLog
from rostok.formats.reading import ReadContext
from rostok.formats.school_tables import year_in
from rostok.schema.assessments import Assessment, Kind, Subject, Wave

_TITLE = re.compile(
    r"(?<!\d)(?P<code>\d{1,2})\s*[-–—]\s*(?P<name>[^\d].*?)?\s*(?P<year>20\d\d)[.\-](?P<month>\d\d)[.\-](?P<day>\d\d)(?!\d)"
)
_TITLE_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<code>\d{1,2})\s*[-–—]\s*(?P<name>[^\d].*?)?\s*(?P<day>\d\d)[.\-](?P<month>\d\d)[.\-](?P<year>20\d\d)(?!\d)"
)
_Word = TypeVar("_Word", Subject, Kind)

_CLASS = re.compile(r"\s*(\d{1,2})(?!\d)")

# The additional period of exams begins in September.
FIRST_MONTH_OF_RETAKES = 9

_EGE = (Kind.EGE, Kind.EGE_BASE, Kind.EGE_PROFILE)


@dataclass(frozen=True, slots=True)
class Title:
    """The title line of a protocol."""

    code: str
    name: str
    held_on: dt.date


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a table shows of its exam: the title, every text near it, its columns, the classes it lists."""

    title: Title | None
    texts: tuple[str, ...]  # from the nearest: lines above, sheet, file, folders
    has_mark: bool
    has_test_score: bool
    classes: tuple[str, ...]


def title_in(text: str) -> Title | None:
    """The title a line holds; None for any other line.

    >>> title = title_in("01 - Русский язык 2025.06.09")
    >>> title.code, title.name, title.held_on.isoformat()
    ('01', 'Русский язык', '2025-06-09')
    """
    found = _TITLE.search(text) or _TITLE_DAY_FIRST.search(text)
    if found is None:
        return None
    try:
        day = dt.date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return Title(found["code"].zfill(2), (found["name"] or "").strip(" ,.-–—("), day)


def identify(evidence: Evidence, ctx: ReadContext, log: ProblemLog) -> Assessment | None:
    """The exam of a protocol; None, reported with the option to give, where it is not clear."""
    subject = _subject(evidence, ctx, log)
    if subject is None:
        return None
    year = _year(evidence, ctx, log)
    kind = _kind(evidence, subject, ctx, log)
    if year is None or kind is None:
        return None
    grade = EXAM_GRADES.get(kind) or _grade(evidence, ctx, log)
    if grade is None:
        return None
    return Assessment(kind, year, _wave(evidence, ctx), subject, grade)


# --- subject


def _subject(evidence: Evidence, ctx: ReadContext, log: ProblemLog) -> Subject | None:
    title = evidence.title
    if title is None:
        return _subject_without_title(evidence, ctx, log)
    code = ctx.scales.subject_codes.get(title.code)
    by_code = set(code.subjects) if code else set()
    by_name = subjects_in(title.name)
    if ctx.assume.subject is not None and len(by_name) != 1:
        return ctx.assume.subject
    if len(by_name) == 1:
        (named,) = by_name
        if len(by_code) != 1 or named in by_code or ctx.assume.subject is named:
            return named
        return _ask(log, "какой предмет", by_name | by_code, "subject", ctx.assume.subject)
    if len(by_code) == 1 and "родн" not in title.name.casefold():
        return by_code.pop()
    if title.name or not by_code:
        log.add("exam-subject-skipped", value=f"{title.code} {title.name}".strip())
        return None
    return _ask(log, "какой предмет", by_code, "subject", ctx.assume.subject)


def _subject_without_title(evidence: Evidence, ctx: ReadContext, log: ProblemLog) -> Subject | None:
    for text in evidence.texts:
        named = subjects_in(text)
        if len(named) == 1:
            return named.pop()
        if named:
            return _ask(log, "какой предмет", named, "subject", ctx.assume.subject)
    if ctx.assume.subject is None:
        log.add("attribute-unknown", values={"what": "какой предмет", "option": "subject"})
    return ctx.assume.subject


def _ask(
    log: ProblemLog, what: str, options: Iterable[_Word], option: str, assumed: _Word | None
) -> _Word | None:
    """The assumed value, else the question with its options."""
    if assumed is None:
        listed = ", ".join(sorted(str(word) for word in options))
        log.add("attribute-ambiguous", values={"what": what, "options": listed, "option": option})
    return assumed


# --- kind, year, wave, grade


def _kind(evidence: Evidence, subject: Subject, ctx: ReadContext, log: ProblemLog) -> Kind | None:
    code = ctx.scales.subject_codes.get(evidence.title.code) if evidence.title else None
    if code is not None and code.kind is not None:
        return code.kind
    said = next((kind for text in evidence.texts if (kind := kind_in(text)) is not None), None)
    if said is Kind.GVE:
        return said
    family = _by_columns(evidence)
    if evidence.title is None and said is not None and not said.is_exam:
        # A table of ВПР that looks like a protocol: no layout of ВПР took it.
        assumed = ctx.assume.kind if ctx.assume.kind is not None and ctx.assume.kind.is_exam else None
        return _ask(log, "ВПР это или экзамен", {said, family or Kind.OGE}, "kind", assumed)
    if said is not None and family is not None and (said in _EGE) != (family is Kind.EGE):
        # A base exam has marks; everything else that contradicts itself is asked.
        if said in _EGE and subject is Subject.MATH and evidence.has_mark:
            return Kind.EGE_BASE
        return _ask(log, "ОГЭ это или ЕГЭ", {said, family}, "kind", ctx.assume.kind)
    kind = family or said or ctx.assume.kind
    if kind is None:
        return _ask(log, "ОГЭ это или ЕГЭ", {Kind.OGE, Kind.EGE}, "kind", None)
    return _level(kind, said, evidence, subject)


def _by_columns(evidence: Evidence) -> Kind | None:
    """A test score means ЕГЭ, a mark alone ОГЭ; with both the classes decide, if they can."""
    if evidence.has_mark != evidence.has_test_score:
        return Kind.EGE if evidence.has_test_score else Kind.OGE
    grades = {int(found[1]) for name in evidence.classes if (found := _CLASS.match(name))}
    if grades and grades <= {9, 10}:
        return Kind.OGE
    return Kind.EGE if grades and grades <= {11, 12} else None


def _level(kind: Kind, said: Kind | None, evidence: Evidence, subject: Subject) -> Kind:
    """Mathematics of ЕГЭ under code 02 is the profile level unless something says base."""
    if kind not in _EGE or subject is not Subject.MATH:
        return Kind.EGE if kind in _EGE else kind
    named = level_in(evidence.title.name) if evidence.title else None
    return named or (said if said in (Kind.EGE_BASE, Kind.EGE_PROFILE) else None) or Kind.EGE_PROFILE


def _year(evidence: Evidence, ctx: ReadContext, log: ProblemLog) -> int | None:
    if evidence.title is not None:
        return evidence.title.held_on.year
    for text in evidence.texts:
        year = year_in(text)
        if year is not None:
            return year
    if ctx.assume.year is None:
        log.add("attribute-unknown", values={"what": "какого года экзамен", "option": "year"})
    return ctx.assume.year


def _wave(evidence: Evidence, ctx: ReadContext) -> Wave:
    """The main period unless the date or a word says retakes."""
    if evidence.title is not None and evidence.title.held_on.month >= FIRST_MONTH_OF_RETAKES:
        return Wave.RETAKES
    said = next((wave for text in evidence.texts if (wave := exam_wave_in(text)) is not None), None)
    return said or ctx.assume.wave or Wave.SPRING


def _grade(evidence: Evidence, ctx: ReadContext, log: ProblemLog) -> int | None:
    """The grade of ГВЭ, which both 9 and 11 write: by the classes of the protocol."""
    grades = {int(found[1]) for name in evidence.classes if (found := _CLASS.match(name))}
    if len(grades) == 1:
        return grades.pop()
    if ctx.assume.grade is None:
        log.add(
            "attribute-ambiguous",
            values={
                "what": "какой класс",
                "options": ", ".join(map(str, sorted(grades) or (9, 11))),
                "option": "grade",
            },
        )
    return ctx.assume.grade
