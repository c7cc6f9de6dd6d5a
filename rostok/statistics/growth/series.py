"""Several moments of one school: how many points there are, and, from five on, whether the level changed.

Two points are a difference, three are not a trend: only from LEAST_POINTS on is a change looked for, by the largest
standardised difference of means before and after a moment (Worsley 1979), its significance by simulation, and over
all schools by the rate of false discoveries. Years differ by more than the sampling of pupils (each brings another
generation); that variance is found over all schools and added, else every school would "change".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.discoveries import discovery_rates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_POINTS = 5
RATE = 0.05
_SIMULATIONS = 20_000
_SEED = 1979


@dataclass(frozen=True)
class Detection:
    """Per school: ``points``; of those with enough, ``after``: column from which the level is another, its
    ``size``, ``p_value`` and ``q_value``. ``after`` is −1 and the rest NaN where not looked for."""

    points: Ints
    after: Ints
    size: Floats
    p_value: Floats
    q_value: Floats
    generations: float

    @property
    def changed(self) -> NDArray[np.bool_]:
        """Schools of whom a change is said."""
        return np.nan_to_num(self.q_value, nan=1.0) <= RATE


def detect(values: Floats, variances: Floats) -> Detection:
    """Look for a change in each row of deviations from the region (schools × moments, NaN: no result)."""
    known = np.isfinite(values) & np.isfinite(variances) & (variances > 0)
    points = known.sum(axis=1)
    more = generation_variance(values, variances, known)
    schools = len(values)
    after, size = np.full(schools, -1), np.full(schools, np.nan)
    p_value = np.full(schools, np.nan)
    for place in np.flatnonzero(points >= LEAST_POINTS).tolist():
        at = np.flatnonzero(known[place])
        split, size[place], top = _largest(values[place, at], variances[place, at] + more)
        after[place] = at[split]
        p_value[place] = (1 + (_null(len(at)) >= top).sum()) / (1 + _SIMULATIONS)
    return Detection(points, after, size, p_value, discovery_rates(p_value), more)


def generation_variance(values: Floats, variances: Floats, known: NDArray[np.bool_]) -> float:
    """Variance of a school's years beyond the sampling of pupils, by moments over all schools, not below 0.

    True changes make it larger, so that fewer of them are seen: it errs to the safe side.
    """
    weight = np.where(known, 1 / np.where(known, variances, 1.0), 0.0)
    whole = weight.sum(axis=1)
    use = known.sum(axis=1) > 1
    if not use.any():
        return 0.0
    weight, whole = weight[use], whole[use]
    y = np.where(known[use], values[use], 0.0)
    centre = (weight * y).sum(axis=1) / whole
    excess = (weight * (y - centre[:, None]) ** 2).sum() - (known[use].sum() - use.sum())
    return float(max(excess, 0) / (whole - (weight**2).sum(axis=1) / whole).sum())


def _largest(y: Floats, v: Floats) -> tuple[int, float, float]:
    """First point of the second part, the difference of means after − before, and its standardised size."""
    w = 1 / v
    left, sums = np.cumsum(w)[:-1], np.cumsum(w * y)[:-1]
    right, rest = w.sum() - left, (w * y).sum() - sums
    difference = rest / right - sums / left
    standard = np.abs(difference) / np.sqrt(1 / left + 1 / right)
    best = int(np.argmax(standard))
    return best + 1, float(difference[best]), float(standard[best])


@cache
def _null(points: int) -> Floats:
    """The largest standardised difference where nothing changed, for equally exact points."""
    draws = np.random.default_rng([_SEED, points]).standard_normal((_SIMULATIONS, points))
    sums, count = np.cumsum(draws, axis=1)[:, :-1], np.arange(1, points)
    rest = draws.sum(axis=1, keepdims=True) - sums
    difference = rest / (points - count) - sums / count
    return np.asarray((np.abs(difference) / np.sqrt(1 / count + 1 / (points - count))).max(axis=1))
