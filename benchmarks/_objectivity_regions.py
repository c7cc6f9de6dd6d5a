"""Made-up regions with real differences between schools and planted inflation of several kinds and sizes.

Honest part: schools differ in level, spread and in what they teach (each school and each class has its own
easier and harder items); classes differ; a pupil keeps the level from paper to paper. Items and bounds are those
of real papers, difficulties are drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.objectivity.answers import Answers
from rostok.statistics.objectivity.battery import Paper

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASS_SIZE = 25


@dataclass(frozen=True)
class Form:
    """Maxima of the items and least scores of the marks."""

    maxima: tuple[int, ...]
    bounds: tuple[int, int, int]


MATH_5 = Form((1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 1, 1, 1, 1, 1, 2), (7, 11, 15))
MATH_6 = Form((1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 2), (6, 10, 14))
RUSSIAN_5 = Form((4, 3, 2, 3, 3, 3, 3, 2, 3, 2, 2, 2, 2, 1, 2, 1, 2, 2, 1, 1, 1), (18, 29, 39))
RUSSIAN_6 = Form((4, 3, 2, 3, 3, 3, 3, 1, 1, 2, 3, 2, 1, 1, 2, 1, 2, 3, 2, 1, 2, 1, 1, 2, 2), (25, 35, 45))
FORMS = (MATH_5, MATH_6, RUSSIAN_5, RUSSIAN_6)


@dataclass(frozen=True)
class Honest:
    """How schools really differ, in logits; ``lifting``: share of totals just under a bound lifted everywhere."""

    school_sd: float = 0.4
    class_sd: float = 0.2
    pupil_sd: float = 0.9
    spread: float = 0.12  # of the logarithm of a school's pupil_sd
    school_item_sd: float = 0.35
    class_item_sd: float = 0.35
    slope_sd: float = (
        0.1  # of a school in all its papers: logits a hard item comes easier, an easy one harder
    )
    heavy_tails: bool = True  # item effects of schools by Student's t with 5 degrees of freedom
    lifting: float = 0.0
    median_pupils: int = 45
    profile_tail: float = 0.0  # > 0: item effects of a school times one |t| of so many degrees of freedom


@dataclass(frozen=True)
class Inflation:
    """``kind``: bounds (totals one or two under a bound lifted to it), copies (pupils of a class hand in one work),
    hard (the hardest quarter of items given), all (points added anywhere). ``size``: share of the pupils touched."""

    kind: str
    size: float

    @property
    def name(self) -> str:
        return f"{self.kind} {self.size:.2f}"


INFLATIONS = tuple(
    Inflation(kind, size)
    for kind, sizes in {"bounds": (0.3, 0.6, 0.9), "copies": (0.1, 0.2, 0.4), "hard": (0.2, 0.4, 0.8), "all": (0.5,)}.items()
    for size in sizes
)  # fmt: skip


@dataclass(frozen=True)
class Region:
    """``planted``: the inflation of each school, None for an honest one."""

    papers: tuple[Paper, ...]
    planted: tuple[Inflation | None, ...]
    pupils: Ints = field(repr=False)


def region(
    seed: int, schools: int = 300, per_inflation: int = 3, honest: Honest | None = None,
    forms: Sequence[Form] = FORMS, inflations: Sequence[Inflation] = INFLATIONS,
) -> Region:  # fmt: skip
    """A region in which ``per_inflation`` schools are planted with each of ``inflations``."""
    honest, rng = honest or Honest(), np.random.default_rng(seed)
    pupils = np.clip(np.rint(np.exp(rng.normal(np.log(honest.median_pupils), 0.7, schools))), 8, 180).astype(
        int
    )
    planted: list[Inflation | None] = [None] * schools
    for place, school in enumerate(rng.permutation(schools)[: per_inflation * len(inflations)]):
        planted[school] = inflations[place % len(inflations)]
    level = rng.normal(0, honest.school_sd, schools)
    slope = rng.normal(0, honest.slope_sd, schools)
    spread = honest.pupil_sd * np.exp(rng.normal(0, honest.spread, schools))
    school = np.repeat(np.arange(schools), pupils)
    classes = -(-pupils // CLASS_SIZE)
    place = np.arange(len(school)) - np.repeat(np.cumsum(pupils) - pupils, pupils)
    klass = np.repeat(np.cumsum(classes) - classes, pupils) + place % np.repeat(classes, pupils)
    ability = level[school] + spread[school] * rng.normal(size=len(school))
    ability += honest.class_sd * rng.normal(size=classes.sum())[klass]
    papers = tuple(_paper(rng, form, honest, planted, school, klass, ability, slope) for form in forms)
    return Region(papers, tuple(planted), pupils)


def _paper(
    rng: np.random.Generator, form: Form, honest: Honest, planted: Sequence[Inflation | None],
    school: Ints, klass: Ints, ability: Floats, slope: Floats,
) -> Paper:  # fmt: skip
    schools = len(slope)
    maxima = np.array(form.maxima)
    hardness = rng.normal(0, 1.0, len(maxima))
    points = _answered(rng, maxima, hardness, honest, school, klass, ability, slope)
    if honest.lifting:
        lift(rng, points, maxima, form.bounds, np.full(len(points), honest.lifting))
    for kind in ("bounds", "copies", "hard", "all"):
        sizes = np.array([p.size if p is not None and p.kind == kind else 0.0 for p in planted])[school]
        if sizes.any():
            _PLANT[kind](rng, points, maxima, form.bounds, sizes, klass, hardness)
    total = points.sum(axis=1)
    width = int(maxima.sum()) + 1
    counts = np.bincount(school * width + total, minlength=schools * width).reshape(schools, width)
    answers = Answers(school, klass, points.astype(np.int8), np.ones(len(school), dtype=np.int64), schools)
    return Paper(counts, form.bounds, answers)


def _answered(
    rng: np.random.Generator, maxima: Ints, hardness: Floats, honest: Honest, school: Ints, klass: Ints,
    ability: Floats, slope: Floats,
) -> Ints:  # fmt: skip
    """Partial credit with effects of school × item and class × item."""
    shape = (len(slope), len(maxima))
    drawn = rng.standard_t(5, shape) * np.sqrt(3 / 5) if honest.heavy_tails else rng.normal(size=shape)
    if honest.profile_tail:  # a few schools differ in every item at once, which tails item by item never give
        drawn *= np.abs(rng.standard_t(honest.profile_tail, (len(slope), 1)))
    shift = honest.school_item_sd * drawn[school] + np.outer(slope[school], hardness)
    shift += honest.class_item_sd * rng.normal(size=(int(klass.max()) + 1, len(maxima)))[klass]
    subject = ability + 0.4 * rng.normal(size=len(ability))
    points = np.zeros((len(school), len(maxima)), dtype=np.int64)
    for item, top in enumerate(maxima):
        location = subject - hardness[item] + shift[:, item]
        steps = rng.normal(0, 0.4, top)
        logits = np.concatenate(
            [np.zeros((len(school), 1)), np.cumsum(location[:, None] - steps, axis=1)], axis=1
        )
        chance = np.exp(logits - logits.max(axis=1, keepdims=True))
        passed = np.cumsum(chance, axis=1) / chance.sum(axis=1, keepdims=True)
        points[:, item] = (rng.random(len(school))[:, None] > passed[:, :-1]).sum(axis=1)
    return points


def lift(rng: np.random.Generator, points: Ints, maxima: Ints, bounds: Sequence[int], share: Floats) -> None:
    """Totals one or two under a bound get the missing points on items with room, each with its chance ``share``."""
    total = points.sum(axis=1)
    for bound in bounds:
        for gap in (1, 2):
            chosen = np.flatnonzero((total == bound - gap) & (rng.random(len(total)) < share))
            for _ in range(gap):
                room = (points[chosen] < maxima) * rng.random((len(chosen), len(maxima)))
                points[chosen, room.argmax(axis=1)] += 1


def _plant_bounds(
    rng: np.random.Generator, points: Ints, maxima: Ints, bounds: Sequence[int], size: Floats, *_: object
) -> None:
    lift(rng, points, maxima, bounds, size)


def _plant_copies(
    rng: np.random.Generator, points: Ints, maxima: Ints, bounds: Sequence[int], size: Floats, klass: Ints,
    hardness: Floats,
) -> None:  # fmt: skip
    """In each class a share of pupils hands in the work of one of its better pupils."""
    total = points.sum(axis=1)
    for one in np.unique(klass[size > 0]):
        members = np.flatnonzero(klass == one)
        model = members[np.argsort(total[members])[int(0.75 * len(members))]]
        points[members[rng.random(len(members)) < size[members]]] = points[model]


def _plant_hard(
    rng: np.random.Generator, points: Ints, maxima: Ints, bounds: Sequence[int], size: Floats, klass: Ints,
    hardness: Floats,
) -> None:  # fmt: skip
    """A share of pupils has full marks on the hardest quarter of the items."""
    hardest = np.argsort(hardness)[-max(2, len(maxima) // 4) :]
    chosen = np.flatnonzero(rng.random(len(points)) < size)
    points[np.ix_(chosen, hardest)] = maxima[hardest]


def _plant_all(
    rng: np.random.Generator, points: Ints, maxima: Ints, bounds: Sequence[int], size: Floats, *_: object
) -> None:
    """A share of pupils has a fifth of the points more, anywhere: what a better school looks like."""
    chosen = np.flatnonzero(rng.random(len(points)) < size)
    for _step in range(int(maxima.sum()) // 5):
        room = (points[chosen] < maxima) * rng.random((len(chosen), len(maxima)))
        best = room.argmax(axis=1)
        points[chosen, best] = np.minimum(points[chosen, best] + 1, maxima[best])


_PLANT = {"bounds": _plant_bounds, "copies": _plant_copies, "hard": _plant_hard, "all": _plant_all}
