"""What a text says of an assessment: kinds, subjects, grades, years, waves named in it, in any case form.

Used on file names, folder names and the lines above a table. A text may name several of each: deciding
between them is not done here (``recognise``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rostok.schema.assessments import Kind, Subject, Wave

# A word may stand between letters of no alphabet only; «_» and digits part words in file names.
_L = r"(?<![а-яa-z])"
_R = r"(?![а-яa-z])"


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(_L + "(?:" + "|".join(alternatives) + ")" + _R)


_SUBJECTS: tuple[tuple[Subject, re.Pattern[str]], ...] = (
    (Subject.RUSSIAN, _words(r"русск(?:ий|ого|ому|им|ом)(?!\s+лит)", r"рус\.?(?:\s*яз\w*)?", r"русяз", "russian", "rus")),
    (Subject.MATH, _words(r"математик\w*", r"матем\.?", "math", "maths", "matematika", "mathematics")),
    (Subject.WORLD, _words(r"окружающ\w+", r"окр\.?\s*мир\w*", "world")),
    (Subject.HISTORY, _words(r"истори[яиюей]\w{0,2}", "history")),
    (Subject.SOCIAL, _words(r"обществознан\w+", r"обществозн\.?", "social")),
    (Subject.GEOGRAPHY, _words(r"географи\w+", "geography")),
    (Subject.BIOLOGY, _words(r"биологи\w+", "biology")),
    (Subject.PHYSICS, _words(r"физик[аиеуойю]+", "physics")),
    (Subject.CHEMISTRY, _words(r"хими[яиюей]\w{0,2}", "chemistry")),
    (Subject.INFORMATICS, _words(r"информатик\w*", "informatics")),
    (Subject.LITERATURE, _words(r"литератур[аыуеойю]+(?!\w)", "literature")),
    (Subject.ENGLISH, _words(r"английск\w+", r"англ\.?(?:\s*яз\w*)?", "english")),
    (Subject.GERMAN, _words(r"немецк\w+", r"нем\.?\s*яз\w*", "german")),
    (Subject.FRENCH, _words(r"французск\w+", r"франц\.?\s*яз\w*", "french")),
    (Subject.SPANISH, _words(r"испанск\w+", "spanish")),
    (Subject.CHINESE, _words(r"китайск\w+", "chinese")),
)  # fmt: skip
# The two letters of ВПР collections, upper case only: «РУ5», «МА_6». They are also parts of other names
# («ИС МЭДК»), so a code counts before a number, between «_», or as the whole name.
_CODES = {
    "РУ": Subject.RUSSIAN, "РЯ": Subject.RUSSIAN, "МА": Subject.MATH, "ОМ": Subject.WORLD, "ИС": Subject.HISTORY,
    "ОБ": Subject.SOCIAL, "ГГ": Subject.GEOGRAPHY, "БИ": Subject.BIOLOGY, "ФИ": Subject.PHYSICS,
    "ХИ": Subject.CHEMISTRY, "АЯ": Subject.ENGLISH, "НЯ": Subject.GERMAN, "ФЯ": Subject.FRENCH,
}  # fmt: skip
_CODE = re.compile(
    r"(?<![А-Яа-яЁёA-Za-z])(?P<before>" + "|".join(_CODES) + r")[ _-]?(?P<grade>\d{1,2})(?!\d)"
    r"|(?:(?<=_)|^)(?P<alone>" + "|".join(_CODES) + r")(?=_|$|\s*\d)"
)
# Other subjects whose names hold the name of one of ours.
_NOT_OURS = re.compile(r"родн\w+\s+\(?русск\w+\)?(?:\s+язык\w*)?|русск\w+\s+родн\w+|литературн\w+\s+чтени\w+|физическ\w+\s+культур\w+|естествознан\w+")  # fmt: skip

_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.VPR, _words("впр", "vpr", r"всероссийск\w+\s+проверочн\w+")),
    (Kind.OGE, _words("огэ", "oge", r"основн\w+\s+государственн\w+\s+экзамен\w*")),
    (Kind.EGE, _words("егэ", "ege", r"един\w+\s+государственн\w+\s+экзамен\w*")),
    (Kind.GVE, _words("гвэ", "gve")),
    (Kind.RPR, _words("рпр", "rpr", r"региональн\w+\s+проверочн\w+")),
)
_LEVELS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.EGE_BASE, _words(r"баз(?:а|ы|ов\w*)?", "base", "basic")),
    (Kind.EGE_PROFILE, _words(r"проф(?:ил\w*)?", "profile")),
)

_SEASONS: dict[Wave, tuple[str, ...]] = {
    Wave.AUTUMN: (r"осен\w+", "autumn", "fall"),
    Wave.SPRING: (r"весн\w+", r"весен\w+", "spring"),
    Wave.RETAKES: (r"пересда\w*", "retakes?"),
}
# Months tell the wave of a test in the classroom. Of exams May and June say nothing, and September is their
# additional period; their own words («повторный») say nothing of ВПР, where a file may be a repeated export.
_MONTHS: dict[Wave, tuple[str, ...]] = {
    Wave.AUTUMN: (r"сентябр\w+", r"октябр\w+"),
    Wave.SPRING: (r"март\w?", r"апрел\w+", r"ма[йяе]"),
}
_PERIODS: dict[Wave, tuple[str, ...]] = {
    Wave.SPRING: (r"основн\w*\s+(?:период|этап|срок)\w*", r"досрочн\w*"),
    Wave.RETAKES: (r"повторн\w*", r"дополнительн\w*\s+(?:период|этап|срок)\w*", r"сентябр\w*"),
}


def _waves(more: dict[Wave, tuple[str, ...]]) -> tuple[tuple[Wave, re.Pattern[str]], ...]:
    return tuple((wave, _words(*words, *more.get(wave, ()))) for wave, words in _SEASONS.items())


_WAVES = _waves(_MONTHS)
_EXAM_WAVES = _waves(_PERIODS)

_GRADE_WORD = r"(?:класс\w*|кл\.?|параллел\w*|grade)"
_GRADES = (
    re.compile(
        r"(?<!\d)(?P<first>1[0-2]|[1-9])(?:\s*[-–,и]\s*(?P<last>1[0-2]|[1-9]))?"
        r"\s*(?:[-–]?\s*(?:[йяем]|го|ый|ых|ом|му|их))?\s*[«\"]?(?:[а-я](?![а-я]))?[»\"]?\s*"
        + _GRADE_WORD
        + _R
    ),
    re.compile(_L + r"(?:класс|параллель|grade)\s*[:=№]?\s*(?P<first>1[0-2]|[1-9])(?!\d)(?P<last>(?!))?"),
)
_AFTER_SUBJECT = re.compile(r"^[ ,]*(1[0-2]|[2-9])(?![\d)])(?!\s*[а-яa-z])")
_COPY = re.compile(r"\(\d+\)\s*$")  # «Математика (2)»: a second download, not a grade

_SCHOOL_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)\s*[-–/_]\s*(20[0-3]\d|\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Said:
    """What one text, or one place of a file, says: possible values of each attribute; empty = says nothing."""

    kinds: frozenset[Kind] = frozenset()
    years: frozenset[int] = frozenset()
    subjects: frozenset[Subject] = frozenset()
    grades: frozenset[int] = frozenset()
    waves: frozenset[Wave] = frozenset()


def said_in(text: str) -> Said:
    """What a text names.

    >>> said = said_in("Проведение работы по русскому языку, 5 класс. ВПР 2021.xlsx")
    >>> [str(*attribute) for attribute in (said.kinds, said.subjects, said.grades, said.years)]
    ['vpr', 'russian', '5', '2021']
    """
    text = _COPY.sub("", text.rpartition(".")[0] if _has_suffix(text) else text).strip()
    words = _plain(text)
    subjects, grades = _coded(text)
    named = {subject for subject, pattern in _SUBJECTS if pattern.search(_NOT_OURS.sub(" ", words))}
    return Said(
        kinds=_kinds(words),
        years=_years(words),
        subjects=frozenset(named | subjects),
        grades=_grades(words) or grades or _grades_after_subject(words),
        waves=frozenset(wave for wave, pattern in _WAVES if pattern.search(words)),
    )


def exam_waves_in(text: str) -> frozenset[Wave]:
    """Waves of an exam a text names: other words than those of ВПР. Exams have no autumn: it is the retakes.

    >>> [str(wave) for wave in exam_waves_in("ОГЭ, дополнительный период")], exam_waves_in("май")
    (['retakes'], frozenset())
    """
    words = _plain(text)
    named = {wave for wave, pattern in _EXAM_WAVES if pattern.search(words)}
    return frozenset(Wave.RETAKES if wave is Wave.AUTUMN else wave for wave in named)


def levels_in(text: str) -> frozenset[Kind]:
    """Levels of mathematics of ЕГЭ a text names."""
    words = _plain(text)
    return frozenset(kind for kind, pattern in _LEVELS if pattern.search(words))


def said_by_folder(name: str) -> Said:
    """What a folder's name says; a bare number is a grade or a year."""
    bare = name.strip()
    if bare.isdecimal() and 1 <= int(bare) <= 11:
        return Said(grades=frozenset({int(bare)}))
    return said_in(name)


def _has_suffix(text: str) -> bool:
    return re.search(r"\.[a-zA-Z]{3,7}$", text) is not None


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold().replace("ё", "е")


def _coded(text: str) -> tuple[set[Subject], frozenset[int]]:
    """Subjects by their two letters, and the grade written with them."""
    subjects, grades = set(), set()
    for match in _CODE.finditer(text):
        subjects.add(_CODES[match["before"] or match["alone"]])
        if match["grade"] and 1 <= int(match["grade"]) <= 11:
            grades.add(int(match["grade"]))
    return subjects, frozenset(grades)


def _kinds(words: str) -> frozenset[Kind]:
    kinds = {kind for kind, pattern in _KINDS if pattern.search(words)}
    if Kind.EGE in kinds:
        levels = levels_in(words)
        kinds = (kinds - {Kind.EGE}) | levels if levels else kinds
    return frozenset(kinds)


def _years(words: str) -> frozenset[int]:
    years: set[int] = set()
    for match in _SCHOOL_YEAR.finditer(words):
        first = int(match.group(1))
        if int(match.group(2)) % 100 == (first + 1) % 100:
            years |= {first, first + 1}
    rest = _SCHOOL_YEAR.sub(" ", words) if years else words
    return frozenset(years | {int(match.group(1)) for match in _YEAR.finditer(rest)})


def _grades(words: str) -> frozenset[int]:
    grades: set[int] = set()
    for pattern in _GRADES:
        for match in pattern.finditer(words):
            grades |= {int(number) for number in (match["first"], match["last"]) if number}
    return frozenset(grades)


def _grades_after_subject(words: str) -> frozenset[int]:
    """«математика 5»: a number right after the subject."""
    for _, pattern in _SUBJECTS:
        for match in pattern.finditer(words):
            rest = re.sub(r"^\s*язык\w*", "", words[match.end() :])
            number = _AFTER_SUBJECT.match(rest)
            if number:
                return frozenset({int(number.group(1))})
    return frozenset()
