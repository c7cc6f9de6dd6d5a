"""Equal answer patterns within a class above what the pupils' levels explain.

Two pupils of one raw score give the same pattern with a chance that depends on the items alone: the raw score is
sufficient in the partial credit model (Masters 1982). The chance is γ_r(2β) ÷ γ_r(β)². Pairs of pupils of
different schools show it without a model. The larger of the two is taken, then multiplied by what classes share
in the whole region (taught together), and the numbers of schools may vary more than by chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import nbinom, poisson

from rostok.statistics.objectivity.answers import Answers, summed
from rostok.statistics.objectivity.scores import generating_function

RARE = 0.02  # chance of an equal pair; where it is larger, as near full marks, equal works say nothing
LEAST_PAIRS = 20  # pairs of one class and score
_TRIMMED = 0.01  # schools that unlikely do not take part in estimating what is usual
_ROUNDS = 6

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


def chance_of_equal_answers(log_weights: Sequence[Floats]) -> Floats:
    """By raw score: chance that two pupils of that score answered alike, by the partial credit model."""
    one = generating_function(log_weights)
    two = generating_function([2 * (item - item.max()) for item in log_weights])
    # Both are scaled to a largest value of 1; the lowest score has one pattern, whose chance 1 gives the scale back.
    lowest = int(np.flatnonzero(one)[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = two / one**2
        return np.where(one > 0, np.clip(chance / chance[lowest], 0.0, 1.0), 1.0)


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


def repeats(answers: Answers, log_weights: Sequence[Floats] | None) -> Repeats:
    """What each school shows and should show in one paper. Pupils whose class is not known are left out.

    ``log_weights`` None: the pairs between schools alone, where there are enough of them.
    """
    equal, pairs = equal_pairs_between_schools(answers)
    with np.errstate(divide="ignore", invalid="ignore"):
        # One more pair, so that a score at which nobody agreed is not called impossible.
        chance = np.where(pairs > 0, (equal + 1) / (pairs + 1), 1.0)
    if log_weights is not None:
        chance = np.maximum(chance, _padded(chance_of_equal_answers(log_weights), len(chance)))
    known = answers.klass >= 0
    rare = chance < RARE
    pairs_of, expected = _class_pairs(answers, known, np.where(rare, chance, 0.0), rare)
    cell, where = _cells(answers, known & rare[answers.score])
    seen = summed(where, answers.pupils[known & rare[answers.score]], len(cell)) - 1
    pupils = summed(answers.school[known], answers.pupils[known], answers.schools)
    return Repeats(pupils, pairs_of, summed(cell, seen, answers.schools), expected)


def _padded(values: Floats, length: int) -> Floats:
    return np.concatenate([values, np.ones(max(length - len(values), 0))])[:length]


def _cells(answers: Answers, chosen: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Class × pattern: the school of each cell, and the cell of each chosen entry."""
    number = _pattern_numbers(answers.points[chosen])
    klass = answers.klass[chosen]
    key = number * (int(klass.max(initial=0)) + 1) + klass
    _, first, where = np.unique(key, return_index=True, return_inverse=True)
    return answers.school[chosen][first], np.asarray(where, dtype=np.int64)


def _class_pairs(
    answers: Answers, known: NDArray[np.bool_], chance: Floats, rare: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Per school: pairs of one class and a rare score, and how many of them should be equal."""
    width = answers.maximum + 1
    key, where = np.unique(answers.klass[known] * width + answers.score[known], return_inverse=True)
    pairs = _pairs(summed(where, answers.pupils[known], len(key)))
    school = np.zeros(len(key), dtype=np.int64)
    school[where] = answers.school[known]
    score = key % width
    return (
        summed(school, pairs * rare[score], answers.schools),
        summed(school, pairs * chance[score], answers.schools),
    )


@dataclass(frozen=True, slots=True)
class Usual:
    """What schools of the region usually show: ``factor`` ≥ 1 on the expectation, ``dispersion`` of its gamma (0 = none)."""

    factor: float
    dispersion: float


def usual_repeats(found: Repeats) -> Usual:
    """Gamma–Poisson by maximum likelihood; schools too unlikely under it are left out and it is fitted again."""
    use = found.expected > 0
    kept = use.copy()
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
        size = 1 / dispersion
        chance = size / (size + factor * expected)
        return float(-nbinom.logpmf(seen, size, chance).sum())

    start = np.log([max(seen.sum() / expected.sum(), 0.05), 0.5])
    best = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-6})
    factor, dispersion = np.exp(best.x)
    return Usual(max(float(factor), 1.0), float(dispersion) if dispersion > 1e-4 else 0.0)


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
