"""Intervals: how far a normal one and Student's reach, and Wilson's of a share."""

from __future__ import annotations

from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95  # level of every interval the platform prints


def reach(confidence: float = CONFIDENCE) -> float:
    """How many standard errors a normal interval of that level reaches to either side.

    >>> round(reach(), 4), round(reach(0.9), 4)
    (1.96, 1.6449)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence lies between 0 and 1, not {confidence}")
    return NormalDist().inv_cdf(0.5 + confidence / 2)


@cache
def student_reach(freedom: int) -> float:
    """The same at CONFIDENCE where the spread is estimated with that many degrees of freedom.

    >>> round(student_reach(4), 4)
    2.7764
    """
    from scipy.stats import t

    return float(t.ppf(0.5 + CONFIDENCE / 2, freedom))


def wilson(
    count: ArrayLike, base: ArrayLike, confidence: float = CONFIDENCE
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wilson score interval (lower, upper) of ``count`` out of ``base``, elementwise.

    NaN where the base is 0 or either value is missing (NaN). The lower bound is exactly 0 for a count of 0
    and the upper exactly 1 for a count equal to the base. Raises ValueError for a count outside 0..base.
    Source: Wilson (1927), formula (4) without continuity correction; Newcombe (1998), method 3.
    """
    x, n = np.broadcast_arrays(np.asarray(count, float), np.asarray(base, float))
    if np.any((x < 0) | (x > n) | (n < 0)):
        raise ValueError("a count lies between 0 and its base")
    z2 = reach(confidence) ** 2
    known = (n > 0) & ~np.isnan(x)
    safe = np.where(known, n, 1.0)
    hits = np.where(known, x, 0.0)
    centre = (hits + z2 / 2) / (safe + z2)
    half = np.sqrt(z2 * (hits * (safe - hits) / safe + z2 / 4)) / (safe + z2)
    lower = np.where(hits == 0, 0.0, centre - half)
    upper = np.where(hits == safe, 1.0, centre + half)
    return np.where(known, lower, np.nan), np.where(known, upper, np.nan)
