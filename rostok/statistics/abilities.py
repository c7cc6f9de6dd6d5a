"""Levels of pupils on the scale of calibrated items: likelihood, Warm's weighted likelihood, reliability.

The raw score over the items presented is all that counts of a pupil. For a raw score of 0 or the highest one the
likelihood has no finite maximum: there the level is extrapolated along a natural cubic spline through the levels
of the other raw scores, as R's package eRm does, and its standard error is that of the information there.
Source: Andersen (1973); Warm (1989); Wright & Masters (1982), separation reliability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from rostok.statistics.item_scores import Bools, GroupedScores, Ints
from rostok.statistics.rasch import Calibration

Floats = NDArray[np.float64]

LEAST_KNOTS = (
    4  # inner raw scores a spline is laid through; with fewer the extreme scores stay without a level
)
_STEPS = 100
_LONGEST = 1.0  # logits of one step
_DONE = 1e-12
_ROWS = 100_000


@dataclass(frozen=True)
class Moments:
    """Expected score, its variance and further central moments of one item at some levels."""

    mean: Floats
    variance: Floats
    third: Floats
    fourth: Floats


def moments(cumulated: Floats, level: Floats) -> Moments:
    """Of an item with cumulated thresholds (m + 1; infinite for a score nobody got) at each level."""
    used = np.flatnonzero(np.isfinite(cumulated))
    logits = level[:, None] * used - cumulated[used]
    chance = np.exp(logits - logits.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    mean = chance @ used
    away = used - mean[:, None]
    squares = away * away
    return Moments(
        mean,
        (chance * squares).sum(axis=1),
        (chance * squares * away).sum(axis=1),
        (chance * squares * squares).sum(axis=1),
    )


@dataclass(frozen=True)
class Abilities:
    """Levels in logits and their standard errors, elementwise; NaN where there is none."""

    level: Floats
    standard_error: Floats


def likelihood_levels(calibration: Calibration, presented: Bools, raw: Ints) -> Abilities:
    """Maximum likelihood for rows of (items presented (n, I), raw score (n)); NaN for extreme raw scores."""
    return _solved(calibration, presented, raw, weighted=False)


def weighted_levels(calibration: Calibration, presented: Bools, raw: Ints) -> Abilities:
    """Warm's weighted likelihood: finite for every raw score, and nearly without bias."""
    return _solved(calibration, presented, raw, weighted=True)


def _solved(calibration: Calibration, presented: Bools, raw: Ints, *, weighted: bool) -> Abilities:
    level, error = np.full(len(raw), np.nan), np.full(len(raw), np.nan)
    highest = presented @ calibration.maxima
    inner = highest > 0 if weighted else (raw > 0) & (raw < highest)
    rows = np.flatnonzero(inner)
    for first in range(0, len(rows), _ROWS):
        part = rows[first : first + _ROWS]
        level[part], error[part] = _solve(calibration, presented[part], raw[part], highest[part], weighted)
    return Abilities(level, error)


def _solve(
    calibration: Calibration, presented: Bools, raw: Ints, highest: Ints, weighted: bool
) -> tuple[Floats, Floats]:
    # Pulled in by half a point: a finite start for extreme raw scores too.
    level = np.log((raw + 0.5) / (highest - raw + 0.5))
    held = np.ones(len(raw), np.bool_)
    info = np.ones(len(raw))
    for _ in range(_STEPS):
        mean, info[held], third = _sums(calibration, presented[held], level[held])
        gain = raw[held] - mean + (third / (2 * info[held]) if weighted else 0.0)
        step = np.clip(gain / info[held], -_LONGEST, _LONGEST)
        level[held] += step
        held[held] = np.abs(step) > _DONE
        if not held.any():
            break
    return level, 1 / np.sqrt(_sums(calibration, presented, level)[1])


def _sums(calibration: Calibration, presented: Bools, level: Floats) -> tuple[Floats, Floats, Floats]:
    """Expected raw score, information and its slope over the items presented."""
    total = np.zeros((3, len(level)))
    for item in np.flatnonzero((calibration.maxima > 0) & presented.any(axis=0)):
        found = moments(calibration.cumulated[item], level)
        for place, value in enumerate((found.mean, found.variance, found.third)):
            total[place] += np.where(presented[:, item], value, 0.0)
    return total[0], total[1], total[2]


def by_raw_score(calibration: Calibration, presented: Bools) -> Abilities:
    """Levels of every raw score from 0 to the highest of the items presented (I)."""
    return curves(calibration, presented[None, :])[0]


def curves(calibration: Calibration, patterns: Bools) -> list[Abilities]:
    """``by_raw_score`` of each pattern (P, I)."""
    lengths = patterns @ calibration.maxima + 1
    pattern = np.repeat(np.arange(len(patterns)), lengths)
    raw = np.arange(len(pattern)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    found = likelihood_levels(calibration, patterns[pattern], raw)
    level, error = found.level, found.standard_error
    for start, length in zip((np.cumsum(lengths) - lengths).tolist(), lengths.tolist(), strict=True):
        if length > LEAST_KNOTS + 1:
            level[[start, start + length - 1]] = _extrapolated(level[start : start + length])
    ends = (raw == 0) | (raw == lengths[pattern] - 1)
    known = ends & np.isfinite(level)
    error[known] = 1 / np.sqrt(_sums(calibration, patterns[pattern[known]], level[known])[1])
    cuts = np.cumsum(lengths)[:-1]
    return [Abilities(*pair) for pair in zip(np.split(level, cuts), np.split(error, cuts), strict=True)]


def _extrapolated(level: Floats) -> Floats:
    """First and last along the tangents at the ends of the natural spline through the inner raw scores."""
    knots = np.arange(1, len(level) - 1)
    spline = CubicSpline(knots, level[1:-1], bc_type="natural")
    first, last = knots[0], knots[-1]
    return np.array([spline(first) - spline(first, 1), spline(last) + spline(last, 1)])


def cell_levels(calibration: Calibration, grouped: GroupedScores) -> Abilities:
    """Maximum likelihood level of each cell (C) of a grouped table; NaN for extreme raw scores."""
    return likelihood_levels(calibration, grouped.presented[grouped.pattern], grouped.raw_score)


def separation_reliability(abilities: Abilities, pupils: Ints) -> float:
    """(variance of the levels − mean error variance) ÷ variance, over pupils with a finite level.

    Negative where levels vary less than their errors: then the test does not tell these pupils apart. NaN for
    fewer than two pupils.
    """
    known = np.isfinite(abilities.level)
    n = float(pupils[known].sum())
    if n < 2:
        return float("nan")
    level, weight = abilities.level[known], pupils[known]
    mean = float(level @ weight) / n
    variance = float(((level - mean) ** 2) @ weight) / (n - 1)
    error = float((abilities.standard_error[known] ** 2) @ weight) / n
    return (variance - error) / variance if variance > 0 else float("nan")
