"""What a paper is made of: items, bounds of marks, how well the region does. Data, mostly.

Items and bounds of ВПР come from ``scales/`` where a scale is known; years without one reuse the items of
2021, and their files are then read with the problem «нет шкалы», as real ones would be. Papers of ОГЭ and ЕГЭ
are simplified here (numbers of items and points are right, content there is none).
"""

from __future__ import annotations

from dataclasses import dataclass

from rostok.formats.reading import ScaleLookup
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.scales import Item

VPR_BASE_YEAR = 2021

# Percent correct of the whole region: ВПР by subject, autumn of the next grade is written worse.
_SPRING = {Subject.MATH: {4: 0.60}, Subject.RUSSIAN: {4: 0.62, 5: 0.59, 6: 0.66}}
_SPRING_DEFAULT = {Subject.MATH: 0.53, Subject.RUSSIAN: 0.62}
_AUTUMN_LOSS = 0.04
# Spread of pupils in logits, so that totals spread as in real papers (about 20 % of the maximum).
_LOGIT_SD = {Subject.MATH: 0.78, Subject.RUSSIAN: 0.66}
_LOGIT_SD_DEFAULT = 0.75


@dataclass(frozen=True, slots=True)
class Condition:
    """Points demanded from some items for a mark: with less, the mark is at most ``mark`` − 1."""

    positions: tuple[int, ...]
    least: int
    mark: int


@dataclass(frozen=True, slots=True)
class Blueprint:
    """``bounds``: least raw scores of marks 3, 4, 5; ``minimum``: least raw score that passes."""

    kind: Kind
    subject: Subject
    grade: int
    items: tuple[Item, ...]
    minimum: int
    percent_correct: float
    logit_sd: float
    bounds: tuple[int, int, int] | None = None
    conditions: tuple[Condition, ...] = ()
    test_minimum: int | None = None  # ЕГЭ: the least test score that passes

    @property
    def maximum(self) -> int:
        return sum(item.maximum for item in self.items)

    def test_score(self, raw: int) -> int | None:
        """Test score of ЕГЭ, two straight lines through the minimum: not the official table."""
        if self.test_minimum is None:
            return None
        if raw <= self.minimum:
            return round(self.test_minimum * raw / self.minimum)
        above = (raw - self.minimum) / (self.maximum - self.minimum)
        return self.test_minimum + round((100 - self.test_minimum) * above)


def _items(*maxima: int) -> tuple[Item, ...]:
    return tuple(Item(n, str(n), maximum) for n, maximum in enumerate(maxima, start=1))


_GEOMETRY = (15, 16, 17, 18, 19, 23, 24, 25)
_LITERACY = (15, 16, 17, 18)

_EXAMS = {
    (Kind.OGE, Subject.MATH): Blueprint(
        Kind.OGE, Subject.MATH, 9, _items(*[1] * 19, *[2] * 6), 8, 0.51, 0.75, (8, 15, 22),
        (Condition(_GEOMETRY, 2, 3),)),
    (Kind.OGE, Subject.RUSSIAN): Blueprint(
        Kind.OGE, Subject.RUSSIAN, 9, _items(*[1] * 7, 2, 3, 2, 2, 3, 2, 2, 2, 2, 2, 2, 2), 15, 0.68, 0.70,
        (15, 23, 29), (Condition(_LITERACY, 4, 4), Condition(_LITERACY, 6, 5))),
    (Kind.EGE, Subject.RUSSIAN): Blueprint(
        Kind.EGE, Subject.RUSSIAN, 11,
        _items(*[1] * 7, 4, *[1] * 16, 4, 2, 1, 6, 1, 1, 2, 2, 3, 3, 2, 2, 1, 1), 10, 0.66, 0.75, test_minimum=24),
    (Kind.EGE_PROFILE, Subject.MATH): Blueprint(
        Kind.EGE_PROFILE, Subject.MATH, 11, _items(*[1] * 11, 2, 3, 2, 2, 3, 4, 4), 5, 0.40, 0.90, test_minimum=27),
    (Kind.EGE_BASE, Subject.MATH): Blueprint(
        Kind.EGE_BASE, Subject.MATH, 11, _items(*[1] * 21), 7, 0.66, 0.80, (7, 12, 17)),
}  # fmt: skip


def blueprint(assessment: Assessment, scales: ScaleLookup) -> Blueprint | None:
    """The blueprint of an assessment; None where the platform knows no items for it."""
    if assessment.kind.is_exam:
        return _EXAMS.get((assessment.kind, assessment.subject))
    for year in (assessment.year, VPR_BASE_YEAR):
        scale = scales.find(assessment.kind, assessment.subject, assessment.grade, year)
        if scale is not None and scale.items and scale.lower is not None:
            return Blueprint(
                assessment.kind, assessment.subject, assessment.grade, scale.items, scale.minimum,
                _percent_correct(assessment), _LOGIT_SD.get(assessment.subject, _LOGIT_SD_DEFAULT), scale.lower)  # fmt: skip
    return None


def _percent_correct(assessment: Assessment) -> float:
    by_grade = _SPRING.get(assessment.subject, {})
    spring = by_grade.get(assessment.grade, _SPRING_DEFAULT.get(assessment.subject, 0.52))
    return spring - (_AUTUMN_LOSS if assessment.wave is Wave.AUTUMN else 0.0)
