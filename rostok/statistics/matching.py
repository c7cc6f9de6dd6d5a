"""Schools in like conditions: distances of context, the nearest within a caliper, and who did better there.

Distances are per indicator: 0.5 says that two schools differ by half a deviation on each, on average. So one caliper
serves any number of indicators.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from rostok.schema.verdicts import Verdict
from rostok.statistics.intervals import reach, student_reach

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

CALIPER = 0.5  # of a deviation on each indicator
LEAST_COMMON = 0.6  # share of the weight that two schools must both have
RATE = 0.05  # of false «better» and «worse» among those named
_NOTHING = 1e-9
_BLOCK = 4_000_000  # distances in memory at once


class Distance(StrEnum):
    """Weighted Euclid takes indicators as they are weighted; Mahalanobis counts what two of them share once."""

    EUCLID = "euclid"
    MAHALANOBIS = "mahalanobis"


@dataclass(frozen=True, slots=True)
class Metric:
    """``root``: for Mahalanobis the inverse covariance of the indicators; ``rank``: independent ones among them."""

    kind: Distance
    weights: Floats  # add up to 1
    inverse: Floats | None
    covariance: Floats | None
    rank: int


def metric_of(z: Floats, weights: Floats, kind: Distance) -> Metric:
    """The metric of a region. ``z``: schools × indicators, of one unit, NaN where missing; signs do not matter.

    Mahalanobis: covariances over the schools that have both indicators; directions with next to no spread are left
    out (pseudo-inverse). Raises ValueError where all weights are 0.
    """
    size = np.abs(weights) * np.isfinite(z).any(axis=0)
    if size.sum() <= 0:
        raise ValueError("no indicator has a weight")
    share = size / size.sum()
    used = share > 0
    if kind is Distance.EUCLID:
        return Metric(kind, share, None, None, int(used.sum()))
    covariance = _covariance(z) * np.outer(used, used)
    rank = int(
        np.linalg.matrix_rank(
            covariance, tol=1e-8 * max(float(np.trace(covariance)), _NOTHING), hermitian=True
        )
    )
    return Metric(kind, share, _inverse(covariance), covariance, rank)


def _covariance(z: Floats) -> Floats:
    has = np.isfinite(z)
    n = (has.T.astype(float) @ has).clip(1)
    centred = np.where(has, z - np.nansum(z, axis=0) / np.maximum(has.sum(axis=0), 1), 0.0)
    found = centred.T @ centred / np.maximum(n - 1, 1)
    if has.all():
        return np.asarray(found)
    # Of pairs: may have a negative eigenvalue, which would make a distance imaginary.
    values, vectors = np.linalg.eigh(found)
    return np.asarray((vectors * np.maximum(values, 0)) @ vectors.T)


def _inverse(covariance: Floats) -> Floats:
    return np.asarray(np.linalg.pinv(covariance, rcond=1e-8, hermitian=True))


def distances(z: Floats, target: int, metric: Metric, least: float = LEAST_COMMON) -> Floats:
    """From one school to every other; NaN to itself and where the two have too few indicators in common.

    Over the indicators both have: √(Σ w·d² ÷ Σ w), or √(d' S⁻¹ d ÷ their number) with S of those indicators.
    """
    difference = z - z[target]
    both = np.isfinite(difference)
    common = (both * metric.weights).sum(axis=1)
    d = np.where(both, difference, 0.0)
    if metric.kind is Distance.EUCLID:
        squares = (d**2 * metric.weights).sum(axis=1) / np.maximum(common, _NOTHING)
    else:
        squares = _mahalanobis(d, both & (metric.weights > 0), metric)
    found = np.sqrt(np.maximum(squares, 0))
    found[(common < least - _NOTHING) | ~both.any(axis=1)] = np.nan
    found[target] = np.nan
    return np.asarray(found)


def _mahalanobis(d: Floats, both: NDArray[np.bool_], metric: Metric) -> Floats:
    """Schools with the same indicators are taken together: their covariance is inverted once."""
    assert metric.covariance is not None and metric.inverse is not None
    patterns, of_row = np.unique(both, axis=0, return_inverse=True)
    found = np.full(len(d), np.nan)
    for number, pattern in enumerate(patterns):
        count = int(pattern.sum())
        if not count:
            continue
        rows = of_row.reshape(-1) == number
        whole = bool(pattern[metric.weights > 0].all())
        inverse = metric.inverse if whole else _inverse(metric.covariance * np.outer(pattern, pattern))
        own = d[rows]
        found[rows] = np.einsum("ij,jk,ik->i", own, inverse, own) / count
    return found


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest of each target, nearest first: targets × most, −1 and NaN where there are fewer."""

    school: Whole
    distance: Floats


def nearest(
    z: Floats, targets: Whole, metric: Metric, most: int, caliper: float = CALIPER,
    least: float = LEAST_COMMON, candidates: NDArray[np.bool_] | None = None,
) -> Neighbours:  # fmt: skip
    """At most ``most`` schools within the caliper of each target; ties go to the first in order."""
    schools, found = np.full((len(targets), most), -1), np.full((len(targets), most), np.nan)
    for row, target in enumerate(targets.tolist()):
        away = distances(z, target, metric, least)
        if candidates is not None:
            away[~candidates] = np.nan
        near = np.flatnonzero(away <= caliper)
        order = near[np.argsort(away[near], kind="stable")][:most]
        schools[row, : len(order)], found[row, : len(order)] = order, away[order]
    return Neighbours(schools, found)


def nearest_of_all(
    z: Floats, metric: Metric, most: int, caliper: float = CALIPER, least: float = LEAST_COMMON
) -> Neighbours:
    """The same for every school of a country at once.

    Schools that have every indicator find each other by a tree; pairs with something missing are looked at one by one,
    in blocks. Among equal distances the order may differ from ``nearest``.
    """
    used = metric.weights > 0
    whole = np.flatnonzero(np.isfinite(z[:, used]).all(axis=1))
    partial = np.setdiff1d(np.arange(len(z)), whole)
    school, away = np.full((len(z), 2 * most), -1), np.full((len(z), 2 * most), np.inf)
    school[whole, :most], away[whole, :most] = _by_tree(z[whole][:, used], whole, metric, most, caliper)
    if len(partial):
        school[whole, most:], away[whole, most:] = _by_blocks(z, whole, partial, metric, most, least)
        school[partial, :most], away[partial, :most] = _by_blocks(
            z, partial, np.arange(len(z)), metric, most, least
        )
    away[~(away <= caliper)] = np.inf
    order = np.argsort(away, axis=1, kind="stable")[:, :most]
    found, near = np.take_along_axis(school, order, 1), np.take_along_axis(away, order, 1)
    none = ~np.isfinite(near)
    return Neighbours(np.where(none, -1, found), np.where(none, np.nan, near))


def _by_tree(z: Floats, names: Whole, metric: Metric, most: int, caliper: float) -> tuple[Whole, Floats]:
    """Nearest among rows that have everything; ``names``: their numbers in the region."""
    from scipy.spatial import cKDTree

    school, away = np.full((len(z), most), -1), np.full((len(z), most), np.inf)
    if len(z) < 2:
        return school, away
    scaled = _whitened(z, metric)
    count = min(most + 1, len(z))
    # The bound is strict in the tree.
    found, place = cKDTree(scaled).query(scaled, k=count, distance_upper_bound=caliper * (1 + _NOTHING) + _NOTHING,
                                          workers=-1)  # fmt: skip
    own = place == np.arange(len(z))[:, None]
    own[~own.any(axis=1), -1] = True  # among many equal schools one may not be its own nearest: the last goes
    found, place = found[~own].reshape(len(z), -1), place[~own].reshape(len(z), -1)
    school[:, : count - 1] = np.append(names, -1)[np.where(np.isfinite(found), place, len(names))]
    away[:, : count - 1] = found
    return school, away


def _whitened(z: Floats, metric: Metric) -> Floats:
    """Coordinates whose straight distance is that of the metric."""
    used = metric.weights > 0
    if metric.inverse is None:
        return np.asarray(z * np.sqrt(metric.weights[used]))
    values, vectors = np.linalg.eigh(metric.inverse[np.ix_(used, used)] / used.sum())
    return np.asarray(z @ (vectors * np.sqrt(np.maximum(values, 0))))


def _by_blocks(
    z: Floats, targets: Whole, candidates: Whole, metric: Metric, most: int, least: float
) -> tuple[Whole, Floats]:
    school, away = np.full((len(targets), most), -1), np.full((len(targets), most), np.inf)
    step = max(1, _BLOCK // max(len(candidates), 1)) if metric.kind is Distance.EUCLID else 1
    for start in range(0, len(targets), step):
        rows = targets[start : start + step]
        found = _pairs(z, rows, candidates, metric, least)
        found[rows[:, None] == candidates] = np.inf
        count = min(most, len(candidates))
        near = np.argpartition(found, count - 1, axis=1)[:, :count]
        school[start : start + step, :count] = candidates[near]
        away[start : start + step, :count] = np.take_along_axis(found, near, 1)
    return school, away


def _pairs(z: Floats, rows: Whole, candidates: Whole, metric: Metric, least: float) -> Floats:
    """Distances of rows × candidates; infinite where too little is common."""
    if metric.kind is not Distance.EUCLID:
        found = np.stack([distances(z, target, metric, least)[candidates] for target in rows.tolist()])
        return np.where(np.isnan(found), np.inf, found)
    has, other = np.isfinite(z[rows]).astype(float), np.isfinite(z[candidates]).astype(float)
    a, b = np.nan_to_num(z[rows]), np.nan_to_num(z[candidates])
    common = (has * metric.weights) @ other.T
    squares = (a**2 * metric.weights) @ other.T + (has * metric.weights) @ (b**2).T
    squares -= 2 * (a * metric.weights) @ b.T
    enough = (common >= least - _NOTHING) & (common > 0)
    return np.asarray(
        np.where(enough, np.sqrt(np.maximum(squares, 0) / np.where(enough, common, 1.0)), np.inf)
    )


# --- who did better


@dataclass(frozen=True, slots=True)
class Compared:
    """Neighbours' results less the school's, of the shape of the neighbours; NaN where there is nothing to compare.

    ``q_value``: over all the neighbours of one school, so that the best of many is no news.
    """

    difference: Floats
    error: Floats
    lower: Floats
    upper: Floats
    q_value: Floats

    @property
    def verdicts(self) -> NDArray[np.str_]:
        named = self.q_value <= RATE
        told = np.where(self.difference > 0, str(Verdict.BETTER), str(Verdict.WORSE))
        return np.where(named, told, str(Verdict.CANNOT_TELL))


def compare(own: Floats, own_variance: Floats, others: Floats, variances: Floats) -> Compared:
    """Schools × neighbours; ``own``: a school per row. Independent normal errors.

    Verdicts by Benjamini and Hochberg (1995) at ``RATE``; a NaN result cannot be told and counts as no test.
    """
    from scipy.stats import norm

    difference = others - own[:, None]
    error = np.sqrt(variances + own_variance[:, None])
    half = reach() * error
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(
            error > 0, difference / error, np.where(difference == 0, 0.0, np.sign(difference) * np.inf)
        )
    p_values = np.where(np.isfinite(difference), 2 * norm.sf(np.abs(z)), np.nan)
    return Compared(difference, error, difference - half, difference + half, _rates_by_row(p_values))


def _rates_by_row(p_values: Floats) -> Floats:
    """``discovery_rates`` of each row by itself, all rows at once."""
    order = np.argsort(p_values, axis=1)  # NaN last
    ordered = np.take_along_axis(p_values, order, 1)
    tests = np.isfinite(p_values).sum(axis=1, keepdims=True)
    rates = ordered * tests / np.arange(1, p_values.shape[1] + 1)
    falling = np.fmin.accumulate(rates[:, ::-1], axis=1)[:, ::-1]
    found = np.empty_like(p_values)
    np.put_along_axis(found, order, np.where(np.isfinite(ordered), np.minimum(falling, 1.0), np.nan), 1)
    return found


@dataclass(frozen=True, slots=True)
class AgainstGroup:
    """The school's result less the mean of its neighbours; NaN where nothing can be said."""

    neighbours: int
    difference: float
    lower: float
    upper: float
    verdict: Verdict


def against_group(own: float, own_variance: float, others: Floats, variances: Floats) -> AgainstGroup:
    """Neighbours count once each; how they differ among themselves is the error of their mean, by Student's t."""
    known = np.isfinite(others)
    count = int(known.sum())
    if count < 2 or not np.isfinite(own):
        return AgainstGroup(count, np.nan, np.nan, np.nan, Verdict.CANNOT_TELL)
    values = others[known]
    spread = max(float(np.var(values, ddof=1)), float(np.mean(variances[known])))
    error = float(np.sqrt(own_variance + spread / count))
    difference = own - float(values.mean())
    half = student_reach(count - 1) * error
    verdict = Verdict.CANNOT_TELL
    if abs(difference) > half:
        verdict = Verdict.BETTER if difference > 0 else Verdict.WORSE
    return AgainstGroup(count, difference, difference - half, difference + half, verdict)
