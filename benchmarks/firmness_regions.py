"""Regions with known truth for ``benchmarks.firmness``: generated pupil by pupil, not by the model tested.

School, occasion, subject, cohort and class effects are added on the logit scale; a pupil's ability is common
to all papers of the pupil; a grade has as many classes as 25 pupils a class need. ``make_region`` makes what
stays, ``draw_intake`` other children of the same schools.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.statistics.cells import Cells, ClassCells

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASS_SIZE = 25
LOGISTIC_VARIANCE = float(np.pi**2 / 3)
SMALLEST, TYPICAL, LARGEST = 3, 22, 200  # pupils a grade; two thirds of schools have under forty
PRESENT = 0.9


def _papers(kind: Kind, year: int, wave: Wave, grades: tuple[int, ...]) -> tuple[Assessment, ...]:
    subjects = (Subject.MATH, Subject.RUSSIAN)
    return tuple(Assessment(kind, year, wave, subject, grade) for grade in grades for subject in subjects)


ONE_YEAR = _papers(Kind.VPR, 2021, Wave.SPRING, (5, 6))
TWO_YEARS = _papers(Kind.VPR, 2020, Wave.AUTUMN, (5, 6)) + ONE_YEAR
WITH_EXAM = TWO_YEARS + _papers(Kind.OGE, 2021, Wave.SPRING, (9,))
ONE_GENERATION = _papers(Kind.VPR, 2021, Wave.SPRING, (6,))
RATES = (0.21, 0.23, 0.23, 0.28, 0.15, 0.16, 0.15, 0.18, 0.12, 0.04)


@dataclass(frozen=True)
class World:
    """How a region is made. Variances of effects are shares of the variance between schools."""

    name: str
    papers: tuple[Assessment, ...] = TWO_YEARS
    rates: tuple[float, ...] = RATES  # at the average school
    schools: int = 640
    icc: float = 0.15  # on the logit scale, of everything above the pupil but classes
    school: float = 0.62
    occasion: float = 0.14
    subject: float = 0.08
    cohort: float = 0.08
    paper: float = 0.08  # of one cohort in one subject
    classes: float = 0.10  # between classes of a grade; half of it common to all papers
    pupil_correlation: float = 0.55  # of the latent abilities behind two papers
    skewed: bool = False  # school effects with skewness 1.2
    size_slope: float = 0.0  # change of the logit when the school is e times larger


WORLDS = (
    World("основной: логит-нормальный, ICC 0,15"),
    World("ICC 0,10", icc=0.10),
    World("ICC 0,20", icc=0.20),
    World(
        "сильные различия потоков и классов", school=0.4, occasion=0.1, cohort=0.25, paper=0.17, classes=0.3
    ),
    World("скошенное распределение школ", skewed=True),
    World("результаты связаны с размером школы", size_slope=-0.15),
    World("один год: четыре работы", papers=ONE_YEAR, rates=RATES[4:8]),
    World("одна параллель: две работы одних детей", papers=ONE_GENERATION, rates=(0.22, 0.26)),
    World("с ОГЭ: десять работ", papers=WITH_EXAM),
    World("«2» редки: 5–9 %", rates=(0.05, 0.06, 0.07, 0.08, 0.06, 0.07, 0.08, 0.09)),
    World("80 школ", schools=80),
    World("20 школ", schools=20),
)

# Nothing persists: schools differ by cohorts and pupils, then by pupils only.
_NOTHING = {"school": 0.0, "occasion": 0.0, "subject": 0.0}
ALIKE = (
    World("различаются потоки и ученики", **_NOTHING),
    World("различаются только ученики", **_NOTHING, cohort=0.0, paper=0.0, classes=0.0),
)


@dataclass(frozen=True)
class Region:
    """What stays: schools, numbers of pupils, effects."""

    world: World
    grade_sizes: Ints  # (S, generations)
    sizes: Ints  # (S, papers), participants
    persisting: Floats  # (S, papers), logit
    deviation: float  # between schools, logit


def make_region(world: World, rng: np.random.Generator) -> Region:
    """Schools of 3 to 200 pupils a grade and what persists in them."""
    s, generation = world.schools, labels(world.papers, "generation")
    typical = np.clip(np.exp(rng.normal(np.log(TYPICAL), 1.1, s)), SMALLEST, LARGEST)
    wobble = np.exp(rng.normal(0.0, 0.15, (s, generation.max() + 1)))
    grade_sizes = np.clip(np.rint(typical[:, None] * wobble), SMALLEST, LARGEST).astype(np.int64)
    sizes = np.maximum(rng.binomial(grade_sizes[:, generation], PRESENT), 1)
    deviation = float(np.sqrt(world.icc / (1 - world.icc) * LOGISTIC_VARIANCE))
    effects = np.sqrt(world.school) * _school_effects(world, rng)[:, None]
    for share, name in ((world.occasion, "occasion"), (world.subject, "subject")):
        label = labels(world.papers, name)
        effects = effects + np.sqrt(share) * rng.normal(size=(s, label.max() + 1))[:, label]
    size_effect = world.size_slope * (np.log(typical) - np.log(TYPICAL))
    level = logit(np.array(world.rates[: len(world.papers)])) + size_effect[:, None]
    return Region(world, grade_sizes, sizes, level + deviation * effects, deviation)


def labels(papers: tuple[Assessment, ...], name: str) -> Ints:
    """Small integers for what papers share: ``generation``, ``occasion`` or ``subject``."""
    key = {
        "generation": lambda a: str(a.generation),
        "occasion": lambda a: f"{a.year}{a.wave}",
        "subject": lambda a: str(a.subject),
    }[name]
    return np.unique([key(paper) for paper in papers], return_inverse=True)[1].astype(np.int64)


def _school_effects(world: World, rng: np.random.Generator) -> Floats:
    if not world.skewed:
        return rng.normal(size=world.schools)
    shape = 2.8  # of a gamma: skewness 2/√2.8 = 1.2
    return (rng.gamma(shape, 1.0, world.schools) - shape) / np.sqrt(shape)


def draw_intake(region: Region, rng: np.random.Generator) -> tuple[Cells, ClassCells]:
    """Other children of every school; cells are ordered by school, then paper."""
    world, (s, k) = region.world, region.sizes.shape
    generation, subject = labels(world.papers, "generation"), labels(world.papers, "subject")
    cohort = rng.normal(size=(s, generation.max() + 1))
    paper = rng.normal(size=(s, generation.max() + 1, subject.max() + 1))
    shock = (
        np.sqrt(world.cohort) * cohort[:, generation] + np.sqrt(world.paper) * paper[:, generation, subject]
    )
    level = region.persisting + region.deviation * shock
    under, concentration = np.zeros((s, k)), np.zeros((s, k))
    classes: list[tuple[Ints, Ints, Ints]] = []
    for g in range(generation.max() + 1):
        grade = _Grade(region, region.grade_sizes[:, g], rng)
        for j in np.flatnonzero(generation == g):
            found = grade.write(level[:, j], region.sizes[:, j], rng)
            cell = found.school * k + j
            classes.append((cell, found.participants, found.under))
            under[:, j] = np.bincount(found.school, found.under, s)
            concentration[:, j] = (
                np.bincount(found.school, found.participants**2.0, s) / region.sizes[:, j] ** 2.0
            )
    school, number = np.divmod(np.arange(s * k), k)
    cells = Cells.of(
        world.papers,
        unit=school,
        assessment=number,
        participants=region.sizes.ravel(),
        under_minimum=under.ravel(),
        class_concentration=concentration.ravel(),
    )
    return cells, ClassCells(*(np.concatenate(column) for column in zip(*classes, strict=True)))


@dataclass(frozen=True)
class _Written:
    """Per class of a paper: its school, participants, under the minimum."""

    school: Ints
    participants: Ints
    under: Ints


class _Grade:
    """The children of one grade in every school: class and ability, common to all their papers."""

    def __init__(self, region: Region, sizes: Ints, rng: np.random.Generator) -> None:
        self._world = region.world
        self._school = np.repeat(np.arange(sizes.size), sizes)
        number = np.arange(self._school.size) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        classes = -(-sizes // CLASS_SIZE)
        first = np.cumsum(classes) - classes
        in_school = number * classes[self._school] // sizes[self._school]
        self._class = first[self._school] + in_school
        self._school_of_class = np.repeat(np.arange(sizes.size), classes)
        self._deviation = region.deviation * np.sqrt(region.world.classes / 2)
        self._climate = rng.normal(size=self._school_of_class.size)
        self._ability = rng.normal(size=self._school.size)

    def write(self, level: Floats, participants: Ints, rng: np.random.Generator) -> _Written:
        """One paper: absent are children at random."""
        order = np.lexsort((rng.random(self._school.size), self._school))
        first = np.searchsorted(self._school, np.arange(level.size))
        rank = np.empty(order.size, dtype=np.int64)
        rank[order] = np.arange(order.size) - first[self._school[order]]
        present = rank < participants[self._school]
        of_class = self._deviation * (self._climate + rng.normal(size=self._climate.size))
        chance = expit(level[self._school] + of_class[self._class])
        common, own = np.sqrt(self._world.pupil_correlation), np.sqrt(1 - self._world.pupil_correlation)
        latent = common * self._ability + own * rng.normal(size=self._ability.size)
        size = self._school_of_class.size
        return _Written(
            self._school_of_class,
            np.bincount(self._class[present], minlength=size),
            np.bincount(self._class[present & (latent < ndtri(chance))], minlength=size),
        )
