"""Equal answer patterns within a class above what the pupils' levels explain.

Two pupils of one raw score give the same pattern with a chance that depends on the items alone: the raw score is
sufficient in the partial credit model (Masters 1982). The chance is γ_r(2β) ÷ γ_r(β)². Pairs of pupils of
different schools show it without a model. The larger of the two is taken, then multiplied by what the class's own
profile makes of it (``profiles``: taught together, pupils know the same and do not know the same) and by what
classes share beyond that in the whole region; the numbers of schools may still vary more than by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln, xlogy
from scipy.stats import nbinom, poisson

from rostok.statistics.objectivity.answers import Answers, summed
from rostok.statistics.objectivity.limits import LEAST_SCHOOLS
from rostok.statistics.objectivity.profiles import chance_of_equal_answers, class_profiles

RARE = 0.02  # chance of an equal pair; where it is larger, as near full marks, equal works say nothing
LEAST_PAIRS = 20  # pairs of one class and score
SUSPECTED = 0.1  # share of schools that does not take part in the first estimate of what is usual
_TRIMMED = 0.01  # schools that unlikely do not take part in estimating what is usual
_ROUNDS = 20
_NONE = 1e-4  # a dispersion below it is none
_IMPOSSIBLE = 1e-300  # instead of 0 below a ratio of chances

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Repeats:
    """Per school: ``pupils`` looked at, ``pairs`` of one class and score that could be equal, ``seen``: works that
    repeat another, ``expected``."""

    pupils: Floats
    pairs: Floats
    seen: Floats
    expected: Floats

    def __add__(self, other: Repeats) -> Repeats:
        return Repeats(
            self.pupils + other.pupils, self.pairs + other.pairs, self.seen + other.seen,
            self.expected + other.expected,
        )  # fmt: skip

    def times(self, factor: float) -> Repeats:
        return Repeats(self.pupils, self.pairs, self.seen, self.expected * factor)


def equal_pairs_between_schools(answers: Answers) -> tuple[Floats, Floats]:
    """By raw score: pairs of pupils of different schools who answered alike, and all such pairs."""
    score_of_pattern, everywhere, within = _patterns(answers)
    width = answers.maximum + 1
    equal = summed(score_of_pattern, _pairs(everywhere) - within, width)
    by_school = answers.by_school_and_score()
    return equal, _pairs(by_school.sum(axis=0)) - _pairs(by_school).sum(axis=0)


def _pairs(number: Floats | Ints) -> Floats:
    return np.asarray(number * (number - 1) / 2, dtype=float)


def _patterns(answers: Answers) -> tuple[Ints, Floats, Floats]:
    """Per pattern: its score, pupils everywhere, and pairs that are of one school."""
    number = _pattern_numbers(answers.points)
    count = int(number.max(initial=-1)) + 1
    score = np.zeros(count, dtype=np.int64)
    score[number] = answers.score
    everywhere = summed(number, answers.pupils, count)
    cell, where = np.unique(number * answers.schools + answers.school, return_inverse=True)
    of_school = summed(where, answers.pupils)
    within = summed(cell // max(answers.schools, 1), _pairs(of_school), count)
    return score, everywhere, within


def _pattern_numbers(points: NDArray[np.int8]) -> Ints:
    """0, 1, …: equal for equal rows."""
    rows = np.ascontiguousarray(points).view(np.dtype((np.void, points.shape[1]))).ravel()
    return np.asarray(np.unique(rows, return_inverse=True)[1], dtype=np.int64)


def repeats(answers: Answers, log_weights: Sequence[Floats]) -> Repeats:
    """What each school shows and should show in one paper. Pupils whose class is not known are left out."""
    known, classes = _of_known_classes(answers)
    profiles = class_profiles(known, classes)
    region, by_class = _chances(log_weights, profiles, answers.maximum + 1)
    usual = np.maximum(region, _chance_between_schools(answers))
    rare = usual < RARE
    chance = np.where(rare, usual, 0.0)[:, None] * (by_class / np.maximum(region, _IMPOSSIBLE)[:, None])
    pairs, expected = _class_pairs(known, np.minimum(chance, 1.0), rare)
    cell, where = _cells(known, rare[known.score])
    seen = summed(where, known.pupils[rare[known.score]], len(cell)) - 1
    pupils = summed(known.school, known.pupils, known.schools)
    return Repeats(pupils, pairs, summed(cell, seen, known.schools), expected)


def _of_known_classes(answers: Answers) -> tuple[Answers, int]:
    """The entries whose class is known, classes numbered 0, 1, …, and the number of classes."""
    known = answers.klass >= 0
    names, klass = np.unique(answers.klass[known], return_inverse=True)
    school, points, pupils = answers.school[known], answers.points[known], answers.pupils[known]
    return Answers(school, np.asarray(klass, dtype=np.int64), points, pupils, answers.schools), len(names)


def _chances(log_weights: Sequence[Floats], profiles: Floats, width: int) -> tuple[Floats, Floats]:
    """By raw score below ``width``: chance of equal answers by the items of the region, and (scores × classes)."""
    region_and_classes = np.concatenate([np.zeros((1, len(log_weights))), profiles])
    chance = chance_of_equal_answers(log_weights, region_and_classes)[:width]
    whole = np.ones((width, len(region_and_classes)))
    whole[: len(chance)] = chance
    return whole[:, 0], whole[:, 1:]


def _chance_between_schools(answers: Answers) -> Floats:
    equal, pairs = equal_pairs_between_schools(answers)
    # One more pair, so that a score at which nobody agreed is not called impossible.
    return np.where(pairs > 0, (equal + 1) / (pairs + 1), 1.0)


def _cells(answers: Answers, chosen: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Class × pattern: the school of each cell, and the cell of each chosen entry."""
    number = _pattern_numbers(answers.points[chosen])
    klass = answers.klass[chosen]
    key = number * (int(klass.max(initial=0)) + 1) + klass
    _, first, where = np.unique(key, return_index=True, return_inverse=True)
    return answers.school[chosen][first], np.asarray(where, dtype=np.int64)


def _class_pairs(answers: Answers, chance: Floats, rare: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Per school: pairs of one class and a rare score, and how many of them should be equal.

    ``chance``: (scores × classes).
    """
    width = len(rare)
    key, where = np.unique(answers.klass * width + answers.score, return_inverse=True)
    pairs = _pairs(summed(where, answers.pupils, len(key)))
    school = np.zeros(len(key), dtype=np.int64)
    school[where] = answers.school
    klass, score = np.divmod(key, width)
    return (
        summed(school, pairs * rare[score], answers.schools),
        summed(school, pairs * chance[score, klass], answers.schools),
    )


@dataclass(frozen=True, slots=True)
class Usual:
    """What schools of the region usually show: ``factor`` ≥ 1 on the expectation, ``dispersion`` of its gamma (0 = none)."""

    factor: float
    dispersion: float


def usual_repeats(found: Repeats) -> Usual | None:
    """Gamma–Poisson by maximum likelihood over the schools not unlikely under it; None where there are too few schools.

    The first fit leaves out the SUSPECTED schools with most repeats for what they should show: begun with all, a
    few schools that copy would make copying usual where honest repeats are rare, and hide behind that. Then every
    school that is not unlikely comes back, until none does (a reweighting step, Rousseeuw and Leroy 1987).
    """
    use = found.expected > 0
    if use.sum() < LEAST_SCHOOLS:
        return None
    p_values = _upper(found.seen, found.expected, _fitted(found.seen[use], found.expected[use]), half=0.5)
    kept = use & (p_values >= np.quantile(p_values[use], SUSPECTED))
    usual = Usual(1.0, 0.0)
    for _ in range(_ROUNDS):
        usual = _fitted(found.seen[kept], found.expected[kept])
        p_values = _upper(found.seen, found.expected, usual, half=0.5)
        following = use & ~(p_values < _TRIMMED)
        if (following == kept).all():
            break
        kept = following
    return usual


def _fitted(seen: Floats, expected: Floats) -> Usual:
    if not len(seen) or seen.sum() == 0:
        return Usual(1.0, 0.0)

    def loss(parameters: Floats) -> float:
        factor, dispersion = np.exp(parameters)
        size, mean = 1 / max(dispersion, _NONE / 100), factor * expected
        ways = gammaln(seen + size) - gammaln(size)  # less ln seen!, which no parameter moves
        return float(-(ways + size * np.log(size / (size + mean)) + xlogy(seen, mean / (size + mean))).sum())

    start = np.log([max(seen.sum() / expected.sum(), 0.05), 0.5])
    best = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-6})
    factor, dispersion = np.exp(best.x)
    return Usual(max(float(factor), 1.0), float(dispersion) if dispersion > _NONE else 0.0)


def repeat_p_values(found: Repeats, usual: Usual) -> Floats:
    """Mid-p of as many repeating works or more; NaN where fewer than LEAST_PAIRS pairs could show any."""
    p_values = _upper(found.seen, found.expected, usual, half=0.5)
    return np.where(found.pairs >= LEAST_PAIRS, p_values, np.nan)


def _upper(seen: Floats, expected: Floats, usual: Usual, half: float) -> Floats:
    mean = np.maximum(expected * usual.factor, 1e-12)
    if usual.dispersion > 0:
        size = 1 / usual.dispersion
        chance = size / (size + mean)
        return np.asarray(nbinom.sf(seen, size, chance) + half * nbinom.pmf(seen, size, chance))
    return np.asarray(poisson.sf(seen, mean) + half * poisson.pmf(seen, mean))
