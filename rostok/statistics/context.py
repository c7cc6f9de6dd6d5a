"""A social index of schools from indicators of context: z-scores, weights, what is missing, tenths.

The index is a weighted mean of z-scores, each turned so that more is better off. Start with ``standardise``, then one
of the weightings, then ``combine``. What the indicators are is not known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LIMIT = 3.0  # further than this many deviations tells no more: one odd answer must not decide the index
TENTHS = 10
LEAST_FOR_TENTHS = 20  # domain.md §2.4: below, a tenth would hold a school or two
FOLDS = 10
LEAST_PER_INDICATOR = 10  # schools with results per coefficient of a regression
_NOTHING = 1e-9  # of the largest value: a smaller deviation is rounding


class Weighting(StrEnum):
    """Where the weights of indicators come from."""

    EQUAL = "equal"
    GIVEN = "given"
    PRINCIPAL = "principal"  # first principal component of the correlations
    REGRESSION = "regression"  # of results on indicators, each school by coefficients that did not see it


class Missing(StrEnum):
    """What becomes of a school that lacks some indicators, if it has enough of the weight."""

    KNOWN = "known"  # the mean of those it has
    MEAN = "mean"  # the region's mean stands in for the others: drawn to the middle
    COMPLETE = "complete"  # no index


@dataclass(frozen=True, slots=True)
class Scores:
    """``z``: schools × indicators, more is better off, NaN where missing or the indicator does not vary."""

    z: Floats
    mean: Floats  # of the values as they came
    deviation: Floats  # 0 for an indicator that is the same everywhere, NaN for one nobody has
    known: Whole  # schools with a value
    limited: Whole  # values drawn in to ``LIMIT`` deviations


def standardise(values: Floats, signs: Sequence[int], limit: float = LIMIT) -> Scores:
    """Values of schools × indicators as z-scores over the schools that have them; NaN and infinities are missing.

    ``signs``: +1 where more is better off, −1 where it is worse. The deviation has n − 1 below.
    """
    found = np.where(np.isfinite(values), values, np.nan)
    known = np.isfinite(found).sum(axis=0)
    mean, deviation = _moments(found, known)
    varies = deviation > 0
    z = (found - mean) / np.where(varies, deviation, np.nan) * np.asarray(signs, float)
    beyond = np.abs(np.nan_to_num(z)) > limit
    return Scores(np.clip(z, -limit, limit), mean, deviation, known, beyond.sum(axis=0))


def _moments(values: Floats, known: Whole) -> tuple[Floats, Floats]:
    """Mean and deviation of each column; a deviation lost in the rounding of large values is 0."""
    largest = np.max(np.abs(np.nan_to_num(values)), axis=0, initial=0.0)
    unit = np.where(largest > 0, largest, 1.0)  # squares of 1e200 have no number
    scaled = values / unit
    count = np.where(known > 0, known, np.nan)
    mean = np.nansum(scaled, axis=0) / count
    spread = np.sqrt(np.nansum((scaled - mean) ** 2, axis=0) / np.maximum(count - 1, 1))
    return mean * unit, np.where(spread > _NOTHING, spread, 0.0) * unit


# --- weights


@dataclass(frozen=True, slots=True)
class Principal:
    """``weights`` of the first principal component, turned to agree with the signs of most indicators."""

    weights: Floats
    share: float  # of the variance of the indicators


def principal_component(z: Floats) -> Principal:
    """The first component of the correlations of the columns that vary; weights of the others are 0.

    Correlations are of the schools that have both; with values missing their matrix may be of no real data, so its
    eigenvectors are an approximation then. Source: Jolliffe (2002), ch. 3.
    """
    used = np.flatnonzero(varying(z))
    weights = np.zeros(z.shape[1])
    if len(used) < 2:
        weights[used] = 1.0
        return Principal(weights, 1.0 if len(used) else float("nan"))
    values, vectors = np.linalg.eigh(correlations(z[:, used]))
    first = vectors[:, -1]
    # A tie of signs goes to the largest weight; without a rule the turn would be the library's whim.
    turn = first.sum() if abs(first.sum()) > _NOTHING else first[np.argmax(np.abs(first))]
    weights[used] = first * np.sign(turn)
    return Principal(weights, float(values[-1] / len(used)))


def correlations(z: Floats) -> Floats:
    """Correlations of columns, each over the rows that have both; 0 where fewer than three have, 1 on the diagonal."""
    has = np.isfinite(z).astype(float)
    filled = np.nan_to_num(z)
    n = has.T @ has
    at_least = np.maximum(n, 1)
    mean_own = (filled.T @ has) / at_least  # of the row's column over the rows that both have
    products = (filled.T @ filled) / at_least - mean_own * mean_own.T
    squares = (filled**2).T @ has / at_least - mean_own**2
    scale = np.sqrt(np.maximum(squares * squares.T, 0))
    found = np.where((n >= 3) & (scale > _NOTHING), products / np.where(scale > 0, scale, 1.0), 0.0)
    np.fill_diagonal(found, 1.0)
    return np.asarray(np.clip(found, -1, 1))


def varying(z: Floats) -> NDArray[np.bool_]:
    """Which columns have at least two different values."""
    return np.array([len(np.unique(column[np.isfinite(column)])) > 1 for column in z.T], bool)


def folds_of(keys: Sequence[str], count: int = FOLDS) -> Whole:
    """A fold 0 … ``count`` − 1 for each key: the same for the same keys in any order, sizes differ by one at most."""
    digests = [hashlib.sha256(key.encode()).digest() for key in keys]
    place = np.empty(len(keys), np.int64)
    place[sorted(range(len(keys)), key=lambda k: (digests[k], keys[k]))] = np.arange(len(keys))
    return place % count


@dataclass(frozen=True, slots=True)
class CrossFitted:
    """``weights``: schools × indicators, of the fold; ``mean_weights``: over the folds, for people."""

    weights: Floats
    mean_weights: Floats
    used: int  # schools with results


def cross_fitted(z: Floats, results: Floats, precision: Floats, folds: Whole) -> CrossFitted:
    """Coefficients of results on indicators for each school, fitted without its own fold.

    With the school's own result in its weights, its index would know how well it does, and what it does beyond its
    context could no longer be seen: value added over such an index is circular. A missing indicator is the region's
    mean here. Least squares, of least norm where indicators repeat each other. Schools without results get the
    coefficients of all others. No intercept goes into the index: the mean of the other folds falls where the own
    result is high. Source: Chernozhukov et al. (2018) for cross-fitting.
    """
    filled, known = np.nan_to_num(z), np.isfinite(results)
    every = _coefficients(filled[known], results[known], precision[known])
    weights = np.tile(every, (len(z), 1))
    own = []
    for fold in np.unique(folds[known]):
        others = known & (folds != fold)
        fitted = _coefficients(filled[others], results[others], precision[others])
        weights[known & (folds == fold)] = fitted
        own.append(fitted)
    return CrossFitted(weights, np.mean(own, axis=0) if own else every, int(known.sum()))


def _coefficients(z: Floats, results: Floats, precision: Floats) -> Floats:
    columns = np.column_stack([np.ones(len(z)), z]) * np.sqrt(precision)[:, None]
    found, *_ = np.linalg.lstsq(columns, results * np.sqrt(precision), rcond=1e-8)
    return np.asarray(found[1:])


# --- the index


@dataclass(frozen=True, slots=True)
class Combined:
    """``index``: NaN where too little is known; ``coverage``: share of the weight that is known."""

    index: Floats
    coverage: Floats


def combine(z: Floats, weights: Floats, *, least: float, rule: Missing = Missing.KNOWN) -> Combined:
    """Σ w·z ÷ Σ|w|. ``weights``: one per indicator, or schools × indicators. Columns that do not vary weigh nothing.

    ``least``: share of the weight a school must have. Raises ValueError for one outside (0, 1].
    """
    if not 0 < least <= 1:
        raise ValueError(f"the least share of the weight lies in (0, 1], not {least}")
    own = np.where(varying(z), np.broadcast_to(weights, z.shape), 0.0)
    has = np.isfinite(z)
    size = np.abs(own)
    whole = size.sum(axis=1)
    known = (size * has).sum(axis=1)
    coverage = np.where(whole > 0, known / np.where(whole > 0, whole, 1.0), 0.0)
    below = known if rule is Missing.KNOWN else whole
    needed = 1.0 if rule is Missing.COMPLETE else least
    enough = (coverage >= needed - _NOTHING) & (below > 0)
    sums = (own * np.nan_to_num(z)).sum(axis=1)
    return Combined(np.where(enough, sums / np.where(below > 0, below, 1.0), np.nan), coverage)


def scaled(index: Floats) -> Floats:
    """1 … 10, more is better off: the tenth of the schools, or min–max where fewer than ``LEAST_FOR_TENTHS`` have one."""
    return tenths(index) if is_by_tenths(index) else min_max(index)


def is_by_tenths(index: Floats) -> bool:
    return int(np.isfinite(index).sum()) >= LEAST_FOR_TENTHS


def tenths(index: Floats) -> Floats:
    """The tenth of the schools each lies in, 1 the worst off; equal schools share the one of their middle place.

    >>> tenths(np.array([5.0, 1.0, 1.0, np.nan, 9.0])).tolist()
    [7.0, 3.0, 3.0, nan, 9.0]
    """
    from scipy.stats import rankdata

    found = np.full(len(index), np.nan)
    known = np.isfinite(index)
    count = int(known.sum())
    if count:
        # Rounded, so that sums made in another order still tie.
        place = rankdata(np.round(index[known], 9))
        found[known] = np.minimum(np.floor((place - 0.5) * TENTHS / count) + 1, TENTHS)
    return found


def min_max(index: Floats) -> Floats:
    """1 for the least, 10 for the largest, straight between; 5.5 for all where all are equal.

    >>> min_max(np.array([0.0, 1.0, 4.0])).tolist()
    [1.0, 3.25, 10.0]
    """
    known = index[np.isfinite(index)]
    if not len(known):
        return np.full(len(index), np.nan)
    low, high = known.min(), known.max()
    if high - low <= _NOTHING:
        return np.where(np.isfinite(index), (1 + TENTHS) / 2, np.nan)
    return np.asarray(1 + (TENTHS - 1) * (index - low) / (high - low))
