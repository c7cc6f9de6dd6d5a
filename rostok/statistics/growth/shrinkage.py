"""Changes of schools with their errors → true changes: how far they differ, what is known of each.

The model: change y of a school is normal around its true change with a known variance v, true changes are normal
around the region's with variance τ². A small school's jump is mostly v, so its estimate is drawn to the region's
change (empirical Bayes: Efron and Morris 1975). τ² is estimated by restricted likelihood; what is told of a school is
averaged over the τ that the data leave possible, or intervals would be too short wherever τ² happens to be estimated
by nought (the answer is that of ``bayesmeta`` with a flat prior of τ: Röver 2020).

>>> found = shrink(np.array([5.0, -5.0, 0.0, 1.0, -1.0]), np.array([1.0, 1.0, 1.0, 1.0, 400.0]))
>>> [round(float(x), 1) for x in (found.centre, found.between**0.5)], bool(abs(found.effects[4]) < 0.2)
([0.2, 4.0], True)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from rostok.schema.verdicts import Verdict
from rostok.statistics.intervals import reach

Floats = NDArray[np.float64]

LEAST_SCHOOLS = 5  # with fewer schools the region's change and τ² are anybody's guess
_FARTHEST = 10.0  # standard deviations of the changes that τ may reach
_STEPS = 17
_DROP = 9.0  # log-likelihood below its top at which a τ adds nothing


@dataclass(frozen=True)
class Shrunken:
    """``centre``: the mean true change; ``between``: τ² by REML; ``effects``: each school beyond the centre.

    ``whole``: each school's true change itself, centre and effect; what is not known of the centre goes opposite ways
    in the two, so it has errors of its own. NaN for a school without a change or its variance, and for all where fewer
    than LEAST_SCHOOLS have one.
    """

    centre: float
    centre_error: float
    between: float
    effects: Floats
    errors: Floats
    whole: Floats
    whole_errors: Floats

    @property
    def lower(self) -> Floats:
        return self.effects - reach() * self.errors

    @property
    def upper(self) -> Floats:
        return self.effects + reach() * self.errors


def shrink(changes: Floats, variances: Floats, least: int = LEAST_SCHOOLS) -> Shrunken:
    """True changes of schools from observed ones and the variances of their errors, which must be positive."""
    known = np.isfinite(changes) & np.isfinite(variances) & (variances > 0)
    found = np.full((4, len(changes)), np.nan)
    if known.sum() < least:
        return Shrunken(np.nan, np.nan, np.nan, *found)
    y, v = changes[known], variances[known]
    centre, error, found[:, known] = _averaged(y, v)
    return Shrunken(centre, error, reml_variance(y, v), *found)


def balanced(values: Floats, variances: Floats) -> tuple[Floats, Floats]:
    """Estimates that differ between schools as much as true values do, and the reliability of each.

    Shrunken values of small schools lie too close together and observed ones too far apart; halfway, the deviation times
    √reliability, they have the variance τ² whatever their errors (Louis 1984). For procedures that look at the shape of
    all schools together, not for telling of one. All NaN where τ² is 0.
    """
    known = np.isfinite(values) & np.isfinite(variances) & (variances > 0)
    found = shrink(values, variances)
    if not found.between > 0:
        return np.full(len(values), np.nan), np.full(len(values), np.nan)
    reliability = np.where(known, found.between / (found.between + np.where(known, variances, 1.0)), np.nan)
    return found.centre + np.sqrt(reliability) * (values - found.centre), reliability


def verdicts(found: Shrunken, *, higher_is_better: bool = True) -> NDArray[np.str_]:
    """A Verdict by where the interval lies beside 0; ``cannot_tell`` also where nothing could be computed."""
    rising, falling = np.nan_to_num(found.lower) > 0, np.nan_to_num(found.upper) < 0
    better, worse = (rising, falling) if higher_is_better else (falling, rising)
    return np.select([better, worse], [str(Verdict.BETTER), str(Verdict.WORSE)], str(Verdict.CANNOT_TELL))


# --- the variance of true changes


def dersimonian_laird(y: Floats, v: Floats) -> float:
    """τ² by moments (DerSimonian and Laird 1986), not below 0."""
    w = 1 / v
    centre = (w * y).sum() / w.sum()
    heterogeneity = (w * (y - centre) ** 2).sum()
    return float(max(heterogeneity - (len(y) - 1), 0) / (w.sum() - (w**2).sum() / w.sum()))


def reml_variance(y: Floats, v: Floats) -> float:
    """τ² by restricted maximum likelihood, not below 0."""
    top = float(np.var(y)) * _FARTHEST + 1e-300
    found = minimize_scalar(
        lambda t: -restricted(y, v, t * t), bounds=(0, top**0.5), method="bounded", options={"xatol": 1e-9 * top**0.5}
    )  # fmt: skip
    best = float(found.x) ** 2
    return best if restricted(y, v, best) > restricted(y, v, 0.0) else 0.0


def restricted(y: Floats, v: Floats, between: float) -> float:
    """Restricted log-likelihood of τ² up to a constant."""
    w = 1 / (v + between)
    centre = (w * y).sum() / w.sum()
    return float(0.5 * (np.log(w).sum() - np.log(w.sum()) - (w * (y - centre) ** 2).sum()))


# --- what is known of each school


def _averaged(y: Floats, v: Floats) -> tuple[float, float, Floats]:
    """Centre, its error, and rows of effects, their errors, whole changes, theirs, over the τ that are possible."""
    taus, weights = _possible(y, v)
    centre = square = 0.0
    sums = np.zeros((4, len(y)))
    for tau, weight in zip(taus.tolist(), weights.tolist(), strict=True):
        w = 1 / (v + tau * tau)
        mean, mean_variance = (w * y).sum() / w.sum(), 1 / w.sum()
        kept = tau * tau * w
        own = kept * (y - mean)
        known = tau * tau * (1 - kept)
        centre += weight * mean
        square += weight * (mean**2 + mean_variance)
        sums[0] += weight * own
        sums[1] += weight * (own**2 + known + kept**2 * mean_variance)
        sums[2] += weight * (mean + own)
        sums[3] += weight * ((mean + own) ** 2 + known + (1 - kept) ** 2 * mean_variance)
    for place in (0, 2):
        sums[place + 1] = np.sqrt(np.maximum(sums[place + 1] - sums[place] ** 2, 0))
    return centre, max(square - centre**2, 0.0) ** 0.5, sums


def _possible(y: Floats, v: Floats) -> tuple[Floats, Floats]:
    """τ in equal steps over where their likelihood is not negligible, and the weights of each."""
    low, high = 0.0, max(float(np.std(y)) * _FARTHEST, 1e-12)
    for _ in range(8):
        taus = np.linspace(low, high, _STEPS)
        heights = np.array([restricted(y, v, tau * tau) for tau in taus.tolist()])
        near = np.flatnonzero(heights > heights.max() - _DROP)
        step = taus[1] - taus[0]
        narrowed = max(float(taus[near[0]] - step), 0.0), float(taus[near[-1]] + step)
        if len(near) > _STEPS // 2 or narrowed == (low, high):
            break
        low, high = narrowed
    weights = np.exp(heights - heights.max())
    weights[[0, -1]] /= 2  # trapezium
    return taus, weights / weights.sum()
