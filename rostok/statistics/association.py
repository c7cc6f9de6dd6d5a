"""How two figures of schools go together: correlation and slope with intervals. Never a cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.intervals import reach, student_reach

Floats = NDArray[np.float64]

LEAST_PLACES = 10  # municipalities that errors can be gathered by; fewer say nothing of their spread
LEAST_SCHOOLS = 5


@dataclass(frozen=True, slots=True)
class Association:
    """``slope``: of the second figure per standard deviation of the first. NaN where nothing can be said."""

    schools: int
    correlation: float
    lower: float
    upper: float
    slope: float
    slope_lower: float
    slope_upper: float
    clustered: bool  # were errors gathered by municipality?


def associate(x: Floats, y: Floats, places: NDArray[np.int64] | None = None) -> Association:
    """Over schools that have both. ``places``: number of the municipality of each school, −1 for none.

    Interval of the correlation: Fisher's z. Of the slope: errors of any spread, gathered by municipality where there
    are at least ``LEAST_PLACES`` (CR1: Cameron and Miller 2015), else by school (HC3: MacKinnon and White 1985).
    """
    both = np.isfinite(x) & np.isfinite(y)
    count = int(both.sum())
    a, b = x[both], y[both]
    if count < LEAST_SCHOOLS or a.std() == 0 or b.std() == 0:
        nan = float("nan")
        return Association(count, nan, nan, nan, nan, nan, nan, False)
    r = float(np.clip(np.corrcoef(a, b)[0, 1], -1, 1))
    with np.errstate(divide="ignore"):
        centre, half = np.arctanh(r), reach() / np.sqrt(count - 3)
    unit = (a - a.mean()) / a.std(ddof=1)
    slope = float(unit @ b / (unit @ unit))
    groups = None if places is None else _groups(places[both])
    error, freedom = _slope_error(unit, b, slope, groups)
    half_slope = student_reach(freedom) * error
    return Association(
        count, r, float(np.tanh(centre - half)), float(np.tanh(centre + half)), slope, slope - half_slope,
        slope + half_slope, clustered=groups is not None,
    )  # fmt: skip


def _groups(places: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Groups 0, 1, …; a school of no municipality is one of its own. None where there are too few."""
    own = np.where(places >= 0, places, places.max(initial=0) + 1 + np.arange(len(places)))
    groups = np.unique(own, return_inverse=True)[1]
    return groups if groups.max(initial=-1) + 1 >= LEAST_PLACES and (places >= 0).any() else None


def _slope_error(
    unit: Floats, y: Floats, slope: float, groups: NDArray[np.int64] | None
) -> tuple[float, int]:
    """Standard error and degrees of freedom; ``unit`` has mean 0."""
    count, squares = len(unit), float(unit @ unit)
    residual = y - y.mean() - slope * unit
    if groups is None:
        leverage = 1 / count + unit**2 / squares
        scores = unit * residual / np.maximum(1 - leverage, 1e-12)
        return float(np.sqrt(scores @ scores)) / squares, count - 2
    sums = np.bincount(groups, weights=unit * residual)
    number = len(sums)
    correction = number / (number - 1) * (count - 1) / (count - 2)
    return float(np.sqrt(correction * (sums @ sums))) / squares, number - 1
