"""Schools that moved between groups, beside how many would have moved by chance.

Groups are parts of the schools of one moment by their result. A school near a bound crosses it with another intake,
so moves alone say nothing. By chance: each school keeps its place, drawn from what both moments say of it, and both
results are drawn anew with their errors; the schools are cut into groups again, and moves are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.growth.shrinkage import shrink
from rostok.statistics.intervals import CONFIDENCE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GROUPS = 5
_DRAWS = 400
_SEED = 1975


@dataclass(frozen=True)
class Transitions:
    """``before``, ``after``: group of each school, from 0, −1 without one. Counts (groups × groups) of schools that
    moved from row to column: ``observed``, and under chance the mean ``expected`` with the interval of draws."""

    before: Ints
    after: Ints
    observed: Floats
    expected: Floats
    lower: Floats
    upper: Floats

    @property
    def stayed(self) -> tuple[float, float]:
        """Schools that stayed in their group: seen, and expected if nothing had changed."""
        return float(np.trace(self.observed)), float(np.trace(self.expected))


def transitions(
    first: Floats, first_variance: Floats, second: Floats, second_variance: Floats, *, groups: int = GROUPS
) -> Transitions | None:
    """Moves between two moments; None where fewer than two schools a group have both results."""
    known = np.isfinite(first) & np.isfinite(second) & (first_variance > 0) & (second_variance > 0)
    if known.sum() < 2 * groups:
        return None
    a, b = first[known] - first[known].mean(), second[known] - second[known].mean()
    before, after = np.full(len(first), -1), np.full(len(first), -1)
    before[known], after[known] = grouped(a, groups), grouped(b, groups)
    counts = _by_chance(a, first_variance[known], b, second_variance[known], groups)
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(counts, [tail, 100 - tail], axis=0)
    return Transitions(
        before, after, _counted(before[known], after[known], groups), counts.mean(axis=0), low, high
    )


def grouped(values: Floats, groups: int) -> Ints:
    """The part of the schools each belongs to, from 0; equal values go to the same part."""
    bounds = np.quantile(values, np.arange(1, groups) / groups)
    return np.searchsorted(bounds, values, side="left")


def _by_chance(a: Floats, va: Floats, b: Floats, vb: Floats, groups: int) -> Floats:
    """Counts of moves (draws × groups × groups) if no school had changed."""
    weight = 1 / va + 1 / vb
    found = shrink((a / va + b / vb) / weight, 1 / weight)
    place, error = found.whole, found.whole_errors
    rng = np.random.default_rng([_SEED, len(a), groups])
    counts = np.empty((_DRAWS, groups, groups))
    for draw in range(_DRAWS):
        true = place + error * rng.standard_normal(len(a))
        one, two = (true + np.sqrt(v) * rng.standard_normal(len(a)) for v in (va, vb))
        counts[draw] = _counted(grouped(one, groups), grouped(two, groups), groups)
    return counts


def _counted(before: Ints, after: Ints, groups: int) -> Floats:
    return (
        np.bincount(before * groups + after, minlength=groups * groups).reshape(groups, groups).astype(float)
    )
