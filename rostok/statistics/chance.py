"""How many schools would be listed if all were alike: the expected number by size, with its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from rostok.statistics.intervals import CONFIDENCE

# Lower bounds of size bands, in participants per assessment on average.
SIZE_BANDS = (0, 10, 25, 50, 100)
_EXACT_TO = 2000  # schools; beyond, the sum is normal for any purpose


@dataclass(frozen=True, slots=True)
class Band:
    """Schools of one size: how many there are, how many chance alone would list, how many are listed."""

    smallest: int
    largest: int | None  # None: no upper bound
    schools: int
    expected: float
    lower: int
    upper: int
    listed: int


def size_band(participants_per_assessment: ArrayLike) -> NDArray[np.int64]:
    """Index into ``SIZE_BANDS`` of schools with that many participants per assessment on average."""
    mean = np.asarray(participants_per_assessment, dtype=np.float64)
    return np.searchsorted(np.asarray(SIZE_BANDS, dtype=np.float64), mean, side="right").astype(np.int64) - 1


def by_size(
    participants_per_assessment: ArrayLike,
    chance: ArrayLike,
    listed: ArrayLike,
    confidence: float = CONFIDENCE,
) -> tuple[Band, ...]:
    """One ``Band`` per size with any school, from each school's probability of being listed by chance.

    The three arrays have one entry per school; a school with 0 participants wrote nothing and is in no band.
    Schools are independent given the region, so the number listed is a Poisson-binomial variable; the interval
    is of that variable, not of its mean.
    """
    band = np.where(_wrote(participants_per_assessment), size_band(participants_per_assessment), -1)
    found = []
    for index, smallest in enumerate(SIZE_BANDS):
        largest = SIZE_BANDS[index + 1] - 1 if index + 1 < len(SIZE_BANDS) else None
        inside = band == index
        if inside.any():
            found.append(_band(smallest, largest, inside, chance, listed, confidence))
    return tuple(found)


def of_all_sizes(
    participants_per_assessment: ArrayLike,
    chance: ArrayLike,
    listed: ArrayLike,
    confidence: float = CONFIDENCE,
) -> Band:
    """All sizes as one band, for the same arrays: an interval of the whole is not the sum of the bands' intervals."""
    return _band(SIZE_BANDS[0], None, _wrote(participants_per_assessment), chance, listed, confidence)


def _wrote(participants_per_assessment: ArrayLike) -> NDArray[np.bool_]:
    return np.asarray(np.asarray(participants_per_assessment, dtype=np.float64) > 0)


def _band(
    smallest: int,
    largest: int | None,
    inside: NDArray[np.bool_],
    chance: ArrayLike,
    listed: ArrayLike,
    confidence: float,
) -> Band:
    probabilities = np.asarray(chance, dtype=np.float64)[inside]
    lower, upper = sum_interval(probabilities, confidence)
    # Sorted, so that the order of schools does not change the last bit of the sum.
    expected = float(np.sort(probabilities).sum())
    flagged = int(np.asarray(listed, dtype=bool)[inside].sum())
    return Band(smallest, largest, int(inside.sum()), expected, lower, upper, flagged)


def sum_interval(probabilities: ArrayLike, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Central interval of the number of successes of independent trials with these probabilities.

    Exact by convolution up to 2,000 trials, normal with continuity correction beyond.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    if np.any((p < 0) | (p > 1)):
        raise ValueError("probabilities lie between 0 and 1")
    tail = (1.0 - confidence) / 2.0
    if p.size > _EXACT_TO:
        return _normal_interval(p, tail)
    cumulative = np.cumsum(_sum_distribution(p))
    lower = int(np.searchsorted(cumulative, tail, side="right"))
    upper = int(np.searchsorted(cumulative, 1.0 - tail, side="left"))
    return min(lower, p.size), min(upper, p.size)


def _sum_distribution(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of 0, 1, … successes."""
    distribution = np.zeros(p.size + 1)
    distribution[0] = 1.0
    for done, chance in enumerate(p, start=1):
        # The right-hand side is computed before anything is overwritten.
        distribution[1 : done + 1] = distribution[1 : done + 1] * (1 - chance) + distribution[:done] * chance
        distribution[0] *= 1 - chance
    return distribution


def _normal_interval(p: NDArray[np.float64], tail: float) -> tuple[int, int]:
    mean, deviation = float(p.sum()), float(np.sqrt((p * (1 - p)).sum()))
    reach = -float(ndtri(tail)) * deviation
    lower, upper = np.floor(mean - reach + 0.5), np.ceil(mean + reach - 0.5)
    return int(max(lower, 0)), int(min(upper, p.size))
