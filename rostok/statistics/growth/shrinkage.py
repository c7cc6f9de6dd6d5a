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
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from rostok.statistics.intervals import reach

Floats = NDArray[np.float64]

LEAST_SCHOOLS = 5  # with fewer schools the region's change and τ² are anybody's guess
_FARTHEST = 10.0  # standard deviations of the changes that τ may reach
_STEPS = 17
_DROP = 9.0  # log-likelihood below its top at which a τ adds nothing


class Verdict(StrEnum):
    """A school's change beside the region's."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Shrunken:
    """``centre``: the mean true change; ``between``: τ² by REML; ``effects``: each school beyond the centre.

    NaN for a school without a change or its variance, and for all where fewer than LEAST_SCHOOLS have one.
    """

    centre: float
    centre_error: float
    between: float
    effects: Floats
    errors: Floats

    @property
    def lower(self) -> Floats:
        return self.effects - reach() * self.errors

    @property
    def upper(self) -> Floats:
        return self.effects + reach() * self.errors


def shrink(changes: Floats, variances: Floats, least: int = LEAST_SCHOOLS) -> Shrunken:
    """True changes of schools from observed ones and the variances of their errors, which must be positive."""
    known = np.isfinite(changes) & np.isfinite(variances) & (variances > 0)
    nothing = np.full(len(changes), np.nan)
    if known.sum() < least:
        return Shrunken(np.nan, np.nan, np.nan, nothing, nothing.copy())
    y, v = changes[known], variances[known]
    between = reml_variance(y, v)
    centre, error, effect, spread = _averaged(y, v)
    effects, errors = nothing, nothing.copy()
    effects[known], errors[known] = effect, spread
    return Shrunken(centre, error, between, effects, errors)


def verdicts(found: Shrunken, *, higher_is_better: bool = True) -> list[Verdict | None]:
    """Where the interval lies beside 0; None where nothing was computed."""
    sign = 1 if higher_is_better else -1
    low, high = (found.lower, found.upper) if sign > 0 else (-found.upper, -found.lower)
    return [None if np.isnan(a) else _verdict(a, b) for a, b in zip(low.tolist(), high.tolist(), strict=True)]


def _verdict(low: float, high: float) -> Verdict:
    if low > 0:
        return Verdict.BETTER
    return Verdict.WORSE if high < 0 else Verdict.CANNOT_TELL


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


def _averaged(y: Floats, v: Floats) -> tuple[float, float, Floats, Floats]:
    """Centre, its error, effects and their errors, over the τ the data leave possible."""
    taus, weights = _possible(y, v)
    centre = square = 0.0
    effect, second = np.zeros(len(y)), np.zeros(len(y))
    for tau, weight in zip(taus.tolist(), weights.tolist(), strict=True):
        w = 1 / (v + tau * tau)
        mean, mean_variance = (w * y).sum() / w.sum(), 1 / w.sum()
        kept = tau * tau * w
        own = kept * (y - mean)
        # What is not known of the centre goes the other way in the effect: their sum is the school's true change.
        spread = tau * tau * (1 - kept) + kept**2 * mean_variance
        centre += weight * mean
        square += weight * (mean**2 + mean_variance)
        effect += weight * own
        second += weight * (own**2 + spread)
    return centre, max(square - centre**2, 0.0) ** 0.5, effect, np.sqrt(np.maximum(second - effect**2, 0))


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
