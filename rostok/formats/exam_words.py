"""Words of exam titles and headings → kind, subject, wave. A text that names two of them names none."""

from __future__ import annotations

import re

from rostok.formats.words import said_in
from rostok.formats.workbook import heading
from rostok.schema.assessments import Kind, Subject, Wave

# «Родной язык», «родная литература» are other subjects, whatever word follows.
_NATIVE = re.compile(r"(?<!\w)родн\w+")
_BASE = re.compile(r"(?<!\w)баз(?:ов\w*|а|ы|\.)?(?!\w)|ege_base")
_PROFILE = re.compile(r"(?<!\w)проф(?:ил\w*|\.)?(?!\w)|ege_profile")
# Not as for ВПР: September is the additional period of exams, and May and June say nothing.
_RETAKES = re.compile(r"пересда|повторн|дополнительн\w* (?:период|этап|срок)|retake|(?<!\w)сентябр")
_MAIN = re.compile(r"(?<!\w)(?:весн|spring)|основн\w* (?:период|этап|срок)|досрочн")
_AUTUMN = re.compile(r"(?<!\w)(?:осен|autumn)")


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
    words = heading(text)
    base, profile = bool(_BASE.search(words)), bool(_PROFILE.search(words))
    if base == profile:
        return None
    return Kind.EGE_BASE if base else Kind.EGE_PROFILE


def wave_in(text: str) -> Wave | None:
    """The one wave a text names; None where it names none or several."""
    words = heading(text)
    patterns = {Wave.RETAKES: _RETAKES, Wave.AUTUMN: _AUTUMN, Wave.SPRING: _MAIN}
    named = [wave for wave, pattern in patterns.items() if pattern.search(words)]
    return named[0] if len(named) == 1 else None
