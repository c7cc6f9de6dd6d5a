"""What was written, when and by whom: kinds, subjects, waves, school years, assessments, cohorts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from rostok.wording import N_, gettext


class Kind(StrEnum):
    """Kind of assessment. ``EGE`` is an exam without base and profile (Russian), and the two joined."""

    VPR = "vpr"
    OGE = "oge"
    EGE = "ege"
    EGE_BASE = "ege_base"
    EGE_PROFILE = "ege_profile"
    GVE = "gve"
    RPR = "rpr"

    @property
    def label(self) -> str:
        return gettext(_KIND_LABELS[self])

    @property
    def is_exam(self) -> bool:
        """State final examination (ГИА), as against a test written in the classroom."""
        return self in {Kind.OGE, Kind.EGE, Kind.EGE_BASE, Kind.EGE_PROFILE, Kind.GVE}


_KIND_LABELS = {
    Kind.VPR: N_("ВПР"),
    Kind.OGE: N_("ОГЭ"),
    Kind.EGE: N_("ЕГЭ"),
    Kind.EGE_BASE: N_("ЕГЭ, базовый уровень"),
    Kind.EGE_PROFILE: N_("ЕГЭ, профильный уровень"),
    Kind.GVE: N_("ГВЭ"),
    Kind.RPR: N_("РПР"),
}


class Subject(StrEnum):
    """School subject; the value is the code used in files, tables and methodologies."""

    RUSSIAN = "russian"
    MATH = "math"
    WORLD = "world"
    HISTORY = "history"
    SOCIAL = "social"
    GEOGRAPHY = "geography"
    BIOLOGY = "biology"
    PHYSICS = "physics"
    CHEMISTRY = "chemistry"
    INFORMATICS = "informatics"
    LITERATURE = "literature"
    ENGLISH = "english"
    GERMAN = "german"
    FRENCH = "french"
    SPANISH = "spanish"
    CHINESE = "chinese"

    @property
    def label(self) -> str:
        return gettext(_SUBJECT_LABELS[self])

    @property
    def by_label(self) -> str:
        """The subject after «по»: «по математике»."""
        return gettext(_SUBJECT_DATIVE[self])


_SUBJECT_LABELS = {
    Subject.RUSSIAN: N_("русский язык"),
    Subject.MATH: N_("математика"),
    Subject.WORLD: N_("окружающий мир"),
    Subject.HISTORY: N_("история"),
    Subject.SOCIAL: N_("обществознание"),
    Subject.GEOGRAPHY: N_("география"),
    Subject.BIOLOGY: N_("биология"),
    Subject.PHYSICS: N_("физика"),
    Subject.CHEMISTRY: N_("химия"),
    Subject.INFORMATICS: N_("информатика"),
    Subject.LITERATURE: N_("литература"),
    Subject.ENGLISH: N_("английский язык"),
    Subject.GERMAN: N_("немецкий язык"),
    Subject.FRENCH: N_("французский язык"),
    Subject.SPANISH: N_("испанский язык"),
    Subject.CHINESE: N_("китайский язык"),
}

_SUBJECT_DATIVE = {
    Subject.RUSSIAN: N_("русскому языку"),
    Subject.MATH: N_("математике"),
    Subject.WORLD: N_("окружающему миру"),
    Subject.HISTORY: N_("истории"),
    Subject.SOCIAL: N_("обществознанию"),
    Subject.GEOGRAPHY: N_("географии"),
    Subject.BIOLOGY: N_("биологии"),
    Subject.PHYSICS: N_("физике"),
    Subject.CHEMISTRY: N_("химии"),
    Subject.INFORMATICS: N_("информатике"),
    Subject.LITERATURE: N_("литературе"),
    Subject.ENGLISH: N_("английскому языку"),
    Subject.GERMAN: N_("немецкому языку"),
    Subject.FRENCH: N_("французскому языку"),
    Subject.SPANISH: N_("испанскому языку"),
    Subject.CHINESE: N_("китайскому языку"),
}


class Wave(StrEnum):
    """Part of the calendar year. Exams: ``SPRING`` is the main period, ``RETAKES`` the result after retakes."""

    SPRING = "spring"
    AUTUMN = "autumn"
    RETAKES = "retakes"

    @property
    def label(self) -> str:
        return gettext(_WAVE_LABELS[self])


_WAVE_LABELS = {
    Wave.SPRING: N_("весна"),
    Wave.AUTUMN: N_("осень"),
    Wave.RETAKES: N_("после пересдач"),
}


@dataclass(frozen=True, slots=True, order=True)
class SchoolYear:
    """The school year that starts in September of ``start``: an int inside, ``2024/25`` outside.

    >>> str(SchoolYear(2024))
    '2024/25'
    """

    start: int

    def __post_init__(self) -> None:
        if not 1990 <= self.start <= 2100:
            raise ValueError(f"a school year starts between 1990 and 2100, not in {self.start}")

    def __str__(self) -> str:
        return f"{self.start}/{(self.start + 1) % 100:02d}"


def class_label(programme: int, pupils: int) -> str:
    """Which grade wrote, and on the programme of which grade where that is another one.

    >>> class_label(6, 6), class_label(5, 6)
    ('6 класс', '6 класс по программе 5 класса')
    """
    if programme == pupils:
        return gettext("{grade} класс", grade=pupils)
    return gettext("{grade} класс по программе {programme} класса", grade=pupils, programme=programme)


@dataclass(frozen=True, slots=True, order=True)
class Assessment:
    """Kind × subject × programme grade × calendar year × wave; ``pupil_grade`` stands beside the identity.

    Autumn papers are written on the programme of the previous grade (``domain.md`` §1, §6.1), so
    ``pupil_grade`` defaults to ``grade + 1`` for an autumn ВПР and to ``grade`` otherwise. A file whose
    pupil codes say another grade gives it explicitly.

    >>> autumn = Assessment(Kind.VPR, 2020, Wave.AUTUMN, Subject.MATH, 5)
    >>> spring = Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.MATH, 6)
    >>> autumn.cohort == spring.cohort, autumn.cohort
    (True, '2020/21-6')
    """

    kind: Kind
    year: int
    wave: Wave
    subject: Subject
    grade: int
    pupil_grade: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= self.grade <= 12:
            raise ValueError(f"a grade is 1 to 12, not {self.grade}")
        if not 2000 <= self.year <= 2100:
            raise ValueError(f"a calendar year is 2000 to 2100, not {self.year}")
        if self.pupil_grade == 0:
            written_later = self.kind is Kind.VPR and self.wave is Wave.AUTUMN
            object.__setattr__(self, "pupil_grade", self.grade + 1 if written_later else self.grade)

    @property
    def key(self) -> str:
        """``vpr/2021/spring/math/5``: unique, a path, and the order in which assessments are listed."""
        return f"{self.kind}/{self.year}/{self.wave}/{self.subject}/{self.grade}"

    @property
    def school_year(self) -> SchoolYear:
        """Autumn belongs to the school year that begins, every other wave to the one that ends."""
        return SchoolYear(self.year if self.wave is Wave.AUTUMN else self.year - 1)

    @property
    def cohort(self) -> str:
        """The children of one school year and grade, whatever programme they wrote."""
        return f"{self.school_year}-{self.pupil_grade}"

    @property
    def generation(self) -> int:
        """The year these children entered grade 1: the same children keep it as they move up."""
        return self.school_year.start - self.pupil_grade + 1

    @property
    def last_day(self) -> dt.date:
        """The last day of the wave, for ``--on``: 31 December for autumn, 31 August otherwise."""
        return dt.date(self.year, 12, 31) if self.wave is Wave.AUTUMN else dt.date(self.year, 8, 31)

    @property
    def label(self) -> str:
        """«ВПР, математика, 6 класс, весна 2021»; «… 6 класс по программе 5 класса, осень 2020»."""
        return gettext(
            "{kind}, {subject}, {class_written}, {wave} {year}",
            kind=self.kind.label,
            subject=self.subject.label,
            class_written=class_label(self.grade, self.pupil_grade),
            wave=self.wave.label,
            year=self.year,
        )

    @classmethod
    def from_key(cls, key: str, pupil_grade: int = 0) -> Assessment:
        """The assessment of a ``key``; raises ValueError for anything else."""
        kind, year, wave, subject, grade = key.split("/")
        return cls(Kind(kind), int(year), Wave(wave), Subject(subject), int(grade), pupil_grade)
