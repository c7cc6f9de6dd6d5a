"""What was written in one assessment: scores by item, totals, marks, absences. One object per assessment.

Deterministic by seed and computed on demand, so a region holds its schools only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.schema.assessments import Assessment, Kind, Wave
from rostok.schema.scales import NOT_TAUGHT
from rostok.synth import children, papers
from rostok.synth.blueprints import Blueprint
from rostok.synth.children import Population

ABSENT_SELECTION = 0.3  # the weaker are absent a little more often: change of the logit per unit of ability
LIFTED = (0.95, 0.75)  # chance that a total one, two points under a bound is lifted to it
NOT_TAUGHT_RATE = 0.006  # of school × item
_AUTUMN_ABSENT = 0.35
_EXAM_ABSENT = -1.8
_TAKERS = {(Kind.EGE_PROFILE, True): 0.55, (Kind.EGE_PROFILE, False): 0.60, (Kind.EGE_BASE, False): 0.40}

Int8s = NDArray[np.int8]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scripts:
    """Scripts of one assessment, one entry per pupil, ordered by school, class and code.

    ``scores`` (items × pupils): points, −1 not attempted, −2 not taught; of absent pupils meaningless.
    ``mark`` 0 = the exam has no marks. ``journal`` 0 = no mark.
    """

    assessment: Assessment
    blueprint: Blueprint
    school: Ints
    klass: Ints
    number: Ints  # from 1 within the school
    female: NDArray[np.bool_]
    variant: Int8s
    absent: NDArray[np.bool_]
    journal: Int8s
    scores: Int8s
    total: NDArray[np.int16]
    mark: Int8s
    under_minimum: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.school)

    @property
    def code(self) -> Ints:
        """Codes of pupils: the grade they are in and their number, as in 60001."""
        return self.assessment.pupil_grade * 10_000 + self.number


def not_taught(population: Population, assessment: Assessment, blueprint: Blueprint) -> NDArray[np.bool_]:
    """(schools × items): topics the school had not taught yet. Never the first three items, never in exams."""
    shape = (len(population.schools), len(blueprint.items))
    drawn = population.rng("not taught", assessment.key).random(shape) < NOT_TAUGHT_RATE
    drawn[:, :3] = False
    return drawn & (assessment.kind is Kind.VPR)


def absent_logit(population: Population, assessment: Assessment) -> NDArray[np.float64]:
    """Logit of being absent for a pupil of average ability of the school."""
    shift = _AUTUMN_ABSENT if assessment.wave is Wave.AUTUMN else 0.0
    noise = population.rng("absence", assessment.key).normal(0, 0.3, len(population.schools))
    if assessment.kind.is_exam:
        return np.full(len(population.schools), -3.5) + _EXAM_ABSENT * 0.1 + noise
    return population.schools.absent_logit + shift + noise


def write(population: Population, assessment: Assessment, blueprint: Blueprint) -> Scripts:
    """The scripts of one assessment; the same each time it is asked."""
    writers = _takers(population, assessment, children.who_writes(population, assessment))
    rng = population.rng("scripts", assessment.key)
    count = len(writers.school)
    mean = children.school_mean(population, assessment)[writers.school]
    logit = absent_logit(population, assessment)[writers.school] - ABSENT_SELECTION * (writers.ability - mean)
    absent = rng.random(count) < 1 / (1 + np.exp(-logit))
    paper = papers.calibrate(blueprint)
    scores = papers.draw(paper, (writers.ability * blueprint.logit_sd).astype(np.float32), rng)
    untaught = not_taught(population, assessment, blueprint)
    for item in np.flatnonzero(untaught.any(axis=0)):
        scores[item][untaught[writers.school, item]] = NOT_TAUGHT
    lifted = (
        np.flatnonzero(population.schools.lifts[writers.school]) if blueprint.bounds else np.array([], int)
    )
    if len(lifted) and assessment.kind is Kind.VPR:
        scores[:, lifted] = lift(scores[:, lifted], blueprint, rng)
    total = np.maximum(scores, 0).sum(axis=0, dtype=np.int16)
    mark = marks(scores, total, blueprint)
    return Scripts(
        assessment=assessment,
        blueprint=blueprint,
        school=writers.school,
        klass=writers.klass,
        number=_numbers(writers.school),
        female=rng.random(count) < 0.5,
        variant=rng.integers(1, 3, count, dtype=np.int8),
        absent=absent,
        journal=_journal(population, writers, rng),
        scores=scores,
        total=total,
        mark=mark,
        under_minimum=mark == 2 if blueprint.bounds else total < blueprint.minimum,
    )


def _takers(population: Population, assessment: Assessment, writers: children.Children) -> children.Children:
    """Exams of choice take a part of the pupils; the rows are shuffled within classes from year to year."""
    rng = population.rng("order", assessment.school_year, assessment.pupil_grade)
    shuffled = np.lexsort((rng.random(len(writers.school)), writers.klass, writers.school))
    early = assessment.year < 2022
    share = _TAKERS.get((assessment.kind, early), 1.0)
    if share < 1.0:
        chosen = population.rng("level", assessment.school_year).random(len(shuffled))
        base = assessment.kind is Kind.EGE_BASE
        shuffled = shuffled[chosen >= 1 - share if base else chosen < share]
    return children.Children(writers.school[shuffled], writers.klass[shuffled], writers.ability[shuffled])


def _numbers(school: Ints) -> Ints:
    """1, 2, 3 … within each school; ``school`` is ordered."""
    first = np.concatenate([[0], np.flatnonzero(np.diff(school)) + 1]).astype(np.int64)
    starts = np.repeat(first, np.diff(np.concatenate([first, [len(school)]])))
    return np.arange(len(school)) - starts + 1


def _journal(population: Population, writers: children.Children, rng: np.random.Generator) -> Int8s:
    """Marks of the previous term: ability, less than half of the school's level, leniency and noise."""
    schools = population.schools
    seen = writers.ability - 0.55 * schools.effect[writers.school] + schools.leniency[writers.school]
    seen = seen + rng.normal(0, 0.55, len(seen))
    bounds = np.array([-2.2, -0.15, 1.25])
    return np.asarray(2 + np.searchsorted(bounds, seen), dtype=np.int8)


def lift(scores: Int8s, blueprint: Blueprint, rng: np.random.Generator) -> Int8s:
    """Marking that lifts totals one or two points under the bound of a mark up to the bound.

    Points are added to items that have room, never to topics not taught.
    """
    assert blueprint.bounds is not None
    scores = scores.copy()
    maxima = np.array([item.maximum for item in blueprint.items], dtype=np.int8)[:, None]
    total = np.maximum(scores, 0).sum(axis=0)
    below = np.zeros(len(total), dtype=np.int64)
    for bound in blueprint.bounds:
        for gap, chance in enumerate(LIFTED, start=1):
            below[(total == bound - gap) & (rng.random(len(total)) < chance)] = gap
    for step in range(1, len(LIFTED) + 1):
        needed = np.flatnonzero(below >= step)
        part = scores[:, needed]
        has_room = (part < maxima) & (part != NOT_TAUGHT)
        chosen = (rng.random(part.shape) * has_room).argmax(axis=0)
        # A total under a bound of a mark leaves room unless almost nothing was taught.
        usable = has_room[chosen, np.arange(len(needed))]
        rows, columns = chosen[usable], needed[usable]
        scores[rows, columns] = np.maximum(scores[rows, columns], 0) + 1
    return scores


def marks(scores: Int8s, total: NDArray[np.int16], blueprint: Blueprint) -> Int8s:
    """Marks by the bounds and the extra conditions; zeros where the exam has no marks."""
    if blueprint.bounds is None:
        return np.zeros(len(total), dtype=np.int8)
    mark = np.full(len(total), 2, dtype=np.int8)
    for bound in blueprint.bounds:
        mark += total >= bound
    for condition in blueprint.conditions:
        rows = [position - 1 for position in condition.positions]
        gained = np.maximum(scores[rows], 0).sum(axis=0)
        mark = np.where(gained < condition.least, np.minimum(mark, condition.mark - 1), mark).astype(np.int8)
    return mark
