"""Words of exam titles and headings → kind, subject, level, wave. A text that names two of them names none."""

from __future__ import annotations

import re

from rostok.formats.words import exam_waves_in, levels_in, said_in
from rostok.formats.workbook import heading
from rostok.schema.assessments import Kind, Subject, Wave

# The grade of an exam needs no column; ГВЭ is written in both.
EXAM_GRADES = {Kind.OGE: 9, Kind.EGE: 11, Kind.EGE_BASE: 11, Kind.EGE_PROFILE: 11}

# «Родной язык», «родная литература» are other subjects, whatever word follows.
_NATIVE = re.compile(r"(?<!\w)родн\w+")


def subjects_in(text: str) -> set[Subject]:
    """Every subject a text names.

    >>> sorted(subjects_in("Русский язык и математика")), subjects_in("Родной язык (русский)")
    ([<Subject.MATH: 'math'>, <Subject.RUSSIAN: 'russian'>], set())
    """
    return set() if _NATIVE.search(heading(text)) else set(said_in(text).subjects)


def kind_in(text: str) -> Kind | None:
    """The one kind a text names; mathematics of ЕГЭ with its level where the text says it.

    >>> kind_in("Протокол ОГЭ"), kind_in("ЕГЭ, математика базовая"), kind_in("ОГЭ и ЕГЭ"), kind_in("план")
    (<Kind.OGE: 'oge'>, <Kind.EGE_BASE: 'ege_base'>, None, None)
    """
    kinds = said_in(text).kinds
    return next(iter(kinds)) if len(kinds) == 1 else None


def level_in(text: str) -> Kind | None:
    """Base or profile mathematics of ЕГЭ; None where the text says neither or both."""
    levels = levels_in(text)
    return next(iter(levels)) if len(levels) == 1 else None


def waves_in(text: str, kind: Kind) -> frozenset[Wave]:
    """Waves a text names, in the words of the kind: September is the autumn of ВПР and the retakes of exams.

    >>> [str(*waves_in("сентябрь", kind)) for kind in (Kind.VPR, Kind.OGE)]
    ['autumn', 'retakes']
    """
    return exam_waves_in(text) if kind.is_exam else said_in(text).waves


def exam_wave_in(text: str) -> Wave | None:
    """The one wave of an exam a text names; None where it names none or several."""
    waves = exam_waves_in(text)
    return next(iter(waves)) if len(waves) == 1 else None
