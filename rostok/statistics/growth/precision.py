"""How exactly a school's mean is known: pupils of a class are alike, and another intake would be other classes.

The variance of a mean of N pupils in classes of n is σ²_c·Σ(n/N)² + σ²/N. Both variances are those of the whole
paper, by analysis of variance inside schools (Searle, Casella and McCulloch 1992, ch. 3): one school has too few
classes to know its own. A paper without names of classes has one class per school: then σ²_c is 0 and said so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Pupils of the region's share lent to a school for the variance of its own: 0 of 5 is not known without error.
LENT = 10.0


@dataclass(frozen=True)
class Sums:
    """Per class: the place of its school, pupils, Σx and Σx². Classes without pupils add nothing."""

    school: Ints
    pupils: Floats
    total: Floats
    squares: Floats


@dataclass(frozen=True)
class Means:
    """Per school: pupils, mean and the variance of it; NaN without pupils. ``within``, ``classes``: σ², σ²_c."""

    pupils: Floats
    mean: Floats
    variance: Floats
    within: float
    classes: float

    @property
    def region(self) -> float:
        """Mean of all pupils; NaN without any."""
        whole = self.pupils.sum()
        return float(np.nansum(self.mean * self.pupils) / whole) if whole else float("nan")


def means(sums: Sums, schools: int) -> Means:
    """Means of ``schools`` schools with their variances.

    Without two pupils in any class nothing is known of σ², and every variance is NaN.
    """
    pupils, total, squares = (
        np.bincount(sums.school, values, schools).astype(np.float64)
        for values in (sums.pupils, sums.total, sums.pupils**2)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / pupils
        within, classes = _components(sums, mean, pupils, squares)
        variance = classes * squares / pupils**2 + within / pupils
    return Means(pupils, mean, np.where(pupils > 0, variance, np.nan), within, classes)


def _components(sums: Sums, mean: Floats, pupils: Floats, squares: Floats) -> tuple[float, float]:
    there = sums.pupils > 0
    n, total = sums.pupils[there], sums.total[there]
    school = sums.school[there]
    degrees = float((n - 1).sum())
    if degrees <= 0:
        return float("nan"), 0.0
    within = max(float((sums.squares[there] - total**2 / n).sum()), 0.0) / degrees
    known = pupils > 0
    between = float((n * (total / n - mean[school]) ** 2).sum())
    spread = float(pupils.sum() - (squares[known] / pupils[known]).sum())
    if spread <= 1e-9 * max(float(pupils.sum()), 1.0):
        return within, 0.0
    more = len(n) - int(known.sum())
    return within, max((between - more * within) / spread, 0.0)


def of_shares(found: Means) -> Means:
    """``found`` of values 0 and 1: the variance of each school by its own share where that is nearer to a half.

    Pupils of a school with a share of 0.5 differ more than of one with 0.1. A school that happened to have nobody is not
    thereby known better than others: never less than by the region's share, or schools at the floor would weigh most and
    pull the region's change to nought.
    """
    share = found.region
    if not 0 < share < 1:
        return found
    own = (np.nan_to_num(found.mean) * found.pupils + LENT * share) / (found.pupils + LENT)
    spread = own * (1 - own)
    typical = float((spread * found.pupils).sum() / found.pupils.sum())
    spread = np.maximum(spread, share * (1 - share))
    return Means(found.pupils, found.mean, found.variance * spread / typical, found.within, found.classes)
