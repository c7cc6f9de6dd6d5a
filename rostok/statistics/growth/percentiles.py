"""Growth percentiles: where a pupil's result lies among pupils with the same earlier result (Betebenner 2009).

Conditional quantiles of the later score given the earlier one, a cubic B-spline with knots at fifths as in the SGP
package, at 0.005, 0.015 … 0.995; crossing quantiles are put in order (Chernozhukov, Fernández-Val and Galichon 2010).
The percentile is the number of quantiles below the score; scores are whole points, so quantiles equal to the score
count half. The growth of a school is the median of its pupils' percentiles, with the interval between two of them
that holds the median whatever the distribution is (by binomial tails).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline
from scipy.stats import binom

from rostok.statistics.growth.linear import quantile_coefficients
from rostok.statistics.intervals import CONFIDENCE

Floats = NDArray[np.float64]

QUANTILES = np.arange(100) / 100 + 0.005
LEAST_PUPILS = 200  # with fewer in a region the outer quantiles are single pupils
_KNOTS = (0.2, 0.4, 0.6, 0.8)
_DEGREE = 3
_SAME = 1e-6


@dataclass(frozen=True)
class Median:
    """A school's median percentile; the interval is NaN where pupils are too few for one."""

    pupils: int
    median: float
    lower: float
    upper: float


def growth_percentiles(earlier: Floats, later: Floats, pupils: Floats) -> Floats:
    """Percentile (1–99) of each kind of pupil: an ``earlier`` and a ``later`` score, and how many ``pupils`` have both.

    Raises NotSolved, and ValueError for fewer than LEAST_PUPILS or one earlier score alone.
    """
    if pupils.sum() < LEAST_PUPILS or len(np.unique(earlier)) < 2:
        raise ValueError("too few pupils or scores for growth percentiles")
    columns = spline_columns(earlier, pupils)
    curves = np.stack(
        [columns @ quantile_coefficients(columns, later, pupils, float(q)) for q in QUANTILES], axis=1
    )
    curves = np.sort(curves, axis=1)
    below = (curves < later[:, None] - _SAME).sum(axis=1)
    equal = (np.abs(curves - later[:, None]) <= _SAME).sum(axis=1)
    return np.asarray(np.clip(below + equal / 2, 1, 99))


def spline_columns(values: Floats, pupils: Floats) -> Floats:
    """Cubic B-splines over the values, as many as their different values allow; a straight line for two or three."""
    different = np.unique(values)
    low, high = different[0], different[-1]
    degree = min(_DEGREE, len(different) - 1)
    inner = np.unique(_weighted_quantiles(values, pupils, np.array(_KNOTS)))
    inner = inner[(inner > low) & (inner < high)][: max(len(different) - degree - 1, 0)]
    knots = np.concatenate([[low] * (degree + 1), inner, [high] * (degree + 1)])
    columns = BSpline.design_matrix(values, knots, degree).toarray()
    return np.asarray(columns[:, columns.any(axis=0)])


def _weighted_quantiles(values: Floats, weights: Floats, shares: Floats) -> Floats:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    return np.asarray(values[order][np.searchsorted(reached, shares)])


def median_of(percentiles: Floats, pupils: Floats) -> Median:
    """The median of a school's pupils, ``pupils`` of each percentile, and its distribution-free interval."""
    every = np.sort(np.repeat(percentiles, pupils.astype(int)))
    count = len(every)
    if not count:
        return Median(0, np.nan, np.nan, np.nan)
    middle = float(np.median(every))
    # Ranks first … count+1−first hold the median with at least the confidence asked for.
    first = int(binom.ppf((1 - CONFIDENCE) / 2, count, 0.5))
    if first < 1:
        return Median(count, middle, np.nan, np.nan)
    return Median(count, middle, float(every[first - 1]), float(every[count - first]))
