"""Easy items worse and hard items better than pupils of the same raw scores do elsewhere.

Each work is given the points it earned, weighted by how hard each item is in the region. Pupils of one raw score
differ in that sum only by which items they solved. A school's mean difference from others of the same scores has
a variance of pupils and a variance of real differences between schools (what was taught, how criteria are read);
the second is estimated from the region so that a minority of unusual schools does not move it. A school whose
items differ from the region in every direction is judged by its own unevenness, where that is larger: hard items
that came easier are no evidence there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import t as student

from rostok.statistics.objectivity.answers import Answers
from rostok.statistics.objectivity.limits import LEAST_SCHOOLS, MEDIAN_OF_SQUARE
from rostok.statistics.objectivity.profiles import points_against_scores

LEAST_PUPILS = 10  # with answers to every item and a score that leaves a choice
# Sums of weighted points lean to the right, and scale and correlation are estimates: normal tails would give one
# school in a thousand too often where schools differ much (simulated, see the manual). With 20 degrees it is not.
FREEDOM = 20

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Crossing:
    """Per school: ``pupils``, mean ``difference`` in weighted points, its ``variance`` by pupils alone; NaN = not known.

    ``unevenness``: the variance it would have if hardness were a direction like any other of the school's profile.
    """

    pupils: Floats
    difference: Floats
    variance: Floats
    unevenness: Floats


def crossing(answers: Answers) -> Crossing:
    """Hardness-weighted points against those of other schools' pupils of the same score."""
    weights = 1 - np.nan_to_num(answers.share_of_points(), nan=1.0)
    earned = answers.points.astype(float) @ weights
    pupils, total = answers.by_school_and_score(), answers.by_school_and_score(earned)
    squares = answers.by_school_and_score(earned**2).sum(axis=0)
    everybody, everything = pupils.sum(axis=0), total.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        others = everybody - pupils
        usual = (everything - total) / others
        variance = np.where(everybody > 1, squares / everybody - (everything / everybody) ** 2, 0.0)
        variance = np.where(variance > 1e-9, variance, 0.0)
        told = (others > 0) & (pupils > 0) & (variance > 0)
        counted = np.where(told, pupils, 0.0)
        number = counted.sum(axis=1)
        difference = np.where(told, total - pupils * usual, 0.0).sum(axis=1) / number
        noise = np.where(told, counted * variance * (1 + counted / others), 0.0).sum(axis=1) / number**2
        uneven = _unevenness(answers, weights) / number**2
    known = number >= LEAST_PUPILS
    return Crossing(number, *(np.where(known, one, np.nan) for one in (difference, noise, uneven)))


def _unevenness(answers: Answers, weights: Floats) -> Floats:
    """Per school: variance of the sum of weighted points by how far its items lie off a line over their hardness.

    Logits of the items against the region are regressed on ``weights``, each with what it tells; the sum of
    weighted points is the slope times the spread of hardness, and Pearson's chi-square ÷ (k − 2) says how much
    more than by chance it varies (McCullagh and Nelder 1989, §4.5). 0 with two items, which lie on any line.
    """
    earned = points_against_scores(answers, answers.school, answers.schools)
    told = earned.variance
    above = earned.points - earned.expected
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (told @ weights / told.sum(axis=1))[:, None]
        leaning = np.where(told > 0, weights - middle, 0.0)
        spread = (told * leaning**2).sum(axis=1)
        slope = (above * leaning).sum(axis=1) / spread
        off = np.where(told > 0, (above - told * slope[:, None] * leaning) ** 2 / told, 0.0).sum(axis=1)
        freedom = (told > 0).sum(axis=1) - 2
        return np.where((freedom > 0) & (spread > 0), off / freedom * spread, 0.0)


def spread_between_schools(found: Crossing) -> float:
    """Variance τ² of real differences: that with which the median of d² ÷ (v + τ²) is a normal's (0.455)."""
    known = ~np.isnan(found.difference)
    difference, noise = found.difference[known], found.variance[known]
    if len(difference) < LEAST_SCHOOLS:
        return float("nan")
    squares = (difference - np.median(difference)) ** 2

    def over(tau2: float) -> float:
        return float(np.median(squares / (noise + tau2)) - MEDIAN_OF_SQUARE)

    largest = float(squares.max()) * 10 + 1e-12
    return 0.0 if over(0.0) <= 0 else float(brentq(over, 0.0, largest))


def standardised(found: Crossing) -> Floats:
    """Difference ÷ its standard error with real differences inside: those usual in the region, or the school's own.

    NaN where they could not be estimated.
    """
    tau2 = spread_between_schools(found)
    middle = np.nanmedian(found.difference) if not np.isnan(tau2) else np.nan
    spread = np.maximum(found.variance + tau2, found.unevenness)
    return np.asarray((found.difference - middle) / np.sqrt(spread))


def crossing_p_values(scores: Sequence[Floats]) -> Floats:
    """One-sided p of the mean over a school's papers; NaN where no paper says anything.

    ``scores``: ``standardised`` of each paper, the same schools. Papers of one school agree with a correlation
    taken from the region by medians. The scale comes from the side the test does not look at (easy items better),
    where inflated schools are not, the tail from Student's t with FREEDOM degrees.
    """
    table = np.stack(scores, axis=1)
    number = (~np.isnan(table)).sum(axis=1)
    likeness = _correlation(table)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = np.nansum(table, axis=1) / np.sqrt(number * (1 + (number - 1) * likeness))
    pooled = np.where(number > 0, pooled, np.nan)
    known = pooled[~np.isnan(pooled)]
    if len(known) < LEAST_SCHOOLS:
        return np.full(len(table), np.nan)
    middle = float(np.median(known))
    return np.asarray(student.sf((pooled - middle) / _lower_scale(known - middle), FREEDOM))


def _lower_scale(values: Floats) -> float:
    """Scale of the lower half against the t, by three quantiles, the largest of them; at least 1."""
    ratios = [-np.quantile(values, q) / student.ppf(1 - q, FREEDOM) for q in (0.05, 0.1, 0.25)]
    return float(max(1.0, *ratios))


def _median_scale(values: Floats) -> float:
    return float(np.median(np.abs(values)))


def _correlation(table: Floats) -> float:
    """Of two papers of a school, from medians of sums and differences (Gnanadesikan and Kettenring 1972)."""
    sums, differences = [], []
    for one in range(table.shape[1]):
        for other in range(one):
            both = ~np.isnan(table[:, one]) & ~np.isnan(table[:, other])
            sums.append(table[both, one] + table[both, other])
            differences.append(table[both, one] - table[both, other])
    if not sums or not sum(map(len, sums)):
        return 0.0
    up, down = _median_scale(np.concatenate(sums)) ** 2, _median_scale(np.concatenate(differences)) ** 2
    return float(np.clip((up - down) / (up + down), 0.0, 1.0)) if up + down > 0 else 0.0
