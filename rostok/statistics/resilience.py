"""Which schools in worse conditions do better than their conditions let expect: P(effect > δ and conditions low | data).

An effect comes from a mixed model of results on an index of conditions x. The index is measured with an error, which
does three things at once: a school may stand in the lower part only by it; the slope is too flat; and part of the
"effect" is nothing but the error of x carried through the slope. All three follow from one normal model (Fuller 1987,
ch. 1): true conditions ξ, x = ξ + error of variance s², result beyond the region's mean = βξ + u.
Given x, ξ has the mean E and variance V = σ²s²/(σ²+s²); what the mixed model calls the effect is t = u + β(ξ − E).
Given t, ξ and u are on one line, so that P(u > δ, ξ ≤ cut) is one normal probability, averaged over what is known of t.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from rostok.schema.verdicts import ResilienceVerdict as Verdict
from rostok.statistics.school_limits import CERTAINTY, DELTA, LOWER_PART

Floats = NDArray[np.float64]

LEAST_SCHOOLS = 20
_POINTS = 201  # of the distribution of an effect over which is averaged
_LEAST_RELIABILITY = 0.05  # an index that is nothing but error says nothing, and its slope would be infinite


@dataclass(frozen=True)
class Effects:
    """What the mixed model says of schools: ``effect`` and its ``error``, ``between`` τ² of schools, ``slope`` of x."""

    effect: Floats
    error: Floats
    between: float
    slope: float


@dataclass(frozen=True)
class Index:
    """Conditions: ``value`` (higher is better off) and the standard ``error`` of each, 0 where it is known exactly."""

    value: Floats
    error: Floats

    @property
    def true_variance(self) -> float:
        """Variance of true conditions; a share of the observed one at least."""
        observed = float(np.var(self.value))
        return max(observed - float(np.mean(self.error**2)), _LEAST_RELIABILITY * observed)

    @property
    def reliability(self) -> float:
        """Share of the differences between schools that is not error."""
        observed = float(np.var(self.value))
        return self.true_variance / observed if observed > 0 else 0.0

    def cut(self, lower_part: float) -> float:
        """The bound of true conditions below which ``lower_part`` of the schools lie."""
        mean, bound = float(np.mean(self.value)), float(np.quantile(self.value, lower_part))
        return mean + float(np.sqrt(self.reliability)) * (bound - mean)


@dataclass(frozen=True)
class Resilience:
    """Per school: P(in the lower part and effect > δ), P(in the lower part), the effect without the index's error."""

    probability: Floats
    low: Floats
    own_effect: Floats
    own_error: Floats
    own_variance: float

    def verdicts(self, certainty: float = CERTAINTY) -> list[Verdict]:
        """Where no difference between schools is left, nothing can be said of those in the lower part."""
        silent = not self.own_variance > 0
        pairs = zip(self.probability.tolist(), self.low.tolist(), strict=True)
        return [_verdict(both, low, certainty, silent) for both, low in pairs]


def _verdict(both: float, low: float, certainty: float, silent: bool) -> Verdict:
    if low <= 1 - certainty:
        return Verdict.BETTER_CONDITIONS
    if silent:
        return Verdict.CANNOT_TELL
    if both >= certainty:
        return Verdict.RESILIENT
    return Verdict.NOT_RESILIENT if both <= 1 - certainty and low >= certainty else Verdict.CANNOT_TELL


def resilience(
    effects: Effects, index: Index, *, delta: float = DELTA, lower_part: float = LOWER_PART
) -> Resilience:
    """What is known of every school, its index and its effect given; arrays of both in one order."""
    true, cut = index.true_variance, index.cut(lower_part)
    reliability = true / (true + index.error**2)
    expected = np.mean(index.value) + reliability * (index.value - np.mean(index.value))
    left = true * (1 - reliability)  # V: variance of true conditions given the index
    slope = effects.slope / index.reliability
    carried = slope**2 * left
    own_variance = max(effects.between - float(np.mean(carried)), 0.0)
    share = own_variance / np.maximum(own_variance + carried, 1e-300)
    own_error = np.sqrt(share**2 * effects.error**2 + own_variance * (1 - share))
    low, both = np.zeros(len(expected)), np.zeros(len(expected))
    # Quantiles of equal probability; every school at once, one quantile at a time.
    for quantile in ndtri((np.arange(_POINTS) + 0.5) / _POINTS).tolist():
        t = effects.effect + quantile * effects.error
        one, other = _given(t, slope, left, own_variance, cut - expected, delta)
        low += one / _POINTS
        both += other / _POINTS
    return Resilience(both, low, share * effects.effect, own_error, own_variance)


def _given(
    t: Floats, slope: float, left: Floats, own: float, room: Floats, delta: float
) -> tuple[Floats, Floats]:
    """P(ξ − E ≤ room) and P(u > δ too) when u + β(ξ − E) = t.

    With d = ξ − E: d given t is normal with mean βVt/T and variance V·U/T, T = U + β²V, U the variance of u; u > δ means
    βd < t − δ. With a positive slope both ask d to be small, with a negative one they ask it to lie between.
    """
    whole = own + slope**2 * left
    mean = np.divide(slope * left * t, whole, out=np.zeros_like(t), where=whole > 0)
    sd = np.sqrt(np.divide(left * own, whole, out=np.zeros_like(t), where=whole > 0))
    low = _below(room, mean, sd)
    if slope == 0:
        return low, low * (t > delta)
    bound = (t - delta) / slope
    if slope > 0:
        return low, _below(np.minimum(room, bound), mean, sd)
    return low, np.maximum(low - _below(bound, mean, sd), 0)


def _below(bound: Floats, mean: Floats, sd: Floats) -> Floats:
    """P(d ≤ bound); a certainty where d is known."""
    known = sd <= 0
    z = (bound - mean) / np.where(known, 1.0, sd)
    return np.where(known, (bound >= mean).astype(float), ndtr(z))
