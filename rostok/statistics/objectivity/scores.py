"""Distributions of raw scores: what the items alone make of them, a smooth one, and one moved to a school's level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.schema.scales import MARKS
from rostok.statistics.elementary import multiply, one
from rostok.statistics.objectivity.answers import summed

Floats = NDArray[np.float64]

# Of the window around a bound: scores a lifted work comes from, and one score above, to which nobody is lifted.
BELOW, ABOVE = 2, 1
LEAST_GAMMA = 1e-12  # against the largest: of a score that no answers add up to
_DEGREE = 3  # of the polynomial in the logarithm: level, spread and skewness of a region's pupils
_STEPS, _LARGEST_TILT = 60, 3.0


@dataclass(frozen=True, slots=True)
class Window:
    """Scores ``first … last`` around the least score ``bound`` of ``mark``; None: no mark begins there."""

    first: int
    bound: int
    last: int
    mark: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.first < self.bound <= self.last:
            raise ValueError(f"a window is below, bound, above: {self.first}, {self.bound}, {self.last}")

    @property
    def scores(self) -> slice:
        return slice(self.first, self.last + 1)


def windows(bounds: Sequence[int], maximum: int) -> tuple[Window, ...]:
    """Windows of the bounds of marks 3, 4, …, none of which share a score: a lower one gives way to the next.

    A bound right above another has no score of its own below it, and no window: nothing can be told of it.
    """
    found: list[Window] = []
    for place, bound in enumerate(bounds):
        ceiling = bounds[place + 1] - BELOW - 1 if place + 1 < len(bounds) else maximum
        floor = found[-1].last + 1 if found else 0
        first = max(bound - BELOW, floor)
        if first < bound <= maximum:
            last = max(min(bound + ABOVE, ceiling, maximum), bound)
            found.append(Window(first, bound, last, MARKS[1 + place]))
    return tuple(found)


def generating_function(log_weights: Sequence[Floats]) -> Floats:
    """γ_r, r = 0 … maximum: how many ways, weighted, lead to each raw score (Andersen 1972; Masters 1982).

    ``log_weights``: per item the log weight of 0, 1, … points, −∞ for points nobody can have; an item of partial
    credit makes the lumps. Scaled so that the largest is 1.
    """
    weights, lowest, highest = from_lowest(log_weights)
    empty = one(highest - lowest, 1)
    gamma = multiply(empty, weights, np.ones((len(weights), 1)), range(len(weights))).values[:, 0]
    return np.concatenate([np.zeros(lowest), gamma / gamma.max()])


def from_lowest(log_weights: Sequence[Floats]) -> tuple[Floats, int, int]:
    """(items × points) weights of the lowest possible points of each item, which get 1, and of those above it.

    Also the lowest and the highest raw score they add up to.
    """
    lowest = [int(np.isfinite(item).argmax()) for item in log_weights]
    weights = np.zeros((len(log_weights), max(map(len, log_weights), default=1)))
    for row, item, low in zip(weights, log_weights, lowest, strict=True):
        row[: len(item) - low] = np.exp(item[low:] - item[low])
    return weights, sum(lowest), sum(len(item) - 1 for item in log_weights)


def possible(gamma: Floats, scores: int) -> Floats:
    """γ of 0 … ``scores`` − 1, none of them impossible: totals and items need not say the same.

    Scores the answers do add up to keep their γ, however rare they are in a long paper.
    """
    whole = np.concatenate([gamma, np.zeros(scores - len(gamma))])
    return np.where(whole > 0, whole, LEAST_GAMMA)


def smooth_distribution(counts: Floats, gamma: Floats, left_out: Sequence[Window]) -> Floats:
    """γ_r·exp(polynomial of r) fitted to ``counts``, in which a window counts as one cell.

    How a window's pupils spread over its scores is not looked at: that is the question. Shares that sum to 1;
    all NaN where the counts cannot carry the curve. Source: composite link model, Thompson and Baker (1981).
    """
    cells = _cells(len(counts), left_out)
    observed = summed(cells, counts)
    if (observed > 0).sum() <= _DEGREE + 1:
        return np.full(len(counts), np.nan)
    basis = np.vander(np.linspace(-1, 1, len(counts)), _DEGREE + 1, increasing=True)
    curve = _Curve(gamma / gamma.sum() * counts.sum(), basis, cells, observed)
    density = curve.density(curve.best())
    return np.asarray(density / density.sum())


@dataclass(frozen=True, slots=True)
class _Curve:
    """Poisson likelihood of cells that are sums of base·exp(basis·coefficients)."""

    base: Floats
    basis: Floats
    cells: NDArray[np.int64]
    observed: Floats

    def density(self, coefficients: Floats) -> Floats:
        return np.asarray(self.base * np.exp(np.clip(self.basis @ coefficients, -60, 60)))

    def _expected(self, coefficients: Floats) -> Floats:
        return np.maximum(summed(self.cells, self.density(coefficients)), 1e-300)

    def likelihood(self, coefficients: Floats) -> float:
        expected = self._expected(coefficients)
        return float((self.observed * np.log(expected) - expected).sum())

    def step(self, coefficients: Floats) -> Floats:
        """Fisher scoring."""
        expected, density = self._expected(coefficients), self.density(coefficients)
        inside = np.stack([summed(self.cells, density * column) for column in self.basis.T], axis=1)
        information = inside.T @ (inside / expected[:, None]) + 1e-9 * np.eye(inside.shape[1])
        return np.asarray(np.linalg.solve(information, inside.T @ (self.observed / expected - 1)))

    def best(self) -> Floats:
        """Scoring with halved steps from the base, until nothing is gained."""
        coefficients: Floats = np.zeros(self.basis.shape[1])
        reached = self.likelihood(coefficients)
        step = self.step(coefficients)
        for _ in range(_STEPS):
            gain = self.likelihood(coefficients + step) - reached
            if gain < -1e-9:
                step = step / 2
                continue
            coefficients, reached = coefficients + step, reached + gain
            if gain < 1e-9:
                break
            step = self.step(coefficients)
        return coefficients


def _cells(scores: int, together: Sequence[Window]) -> NDArray[np.int64]:
    """The number of each score's cell: its own, or that of its window."""
    leader = np.arange(scores)
    for window in together:
        leader[window.scores] = window.first
    return np.asarray(np.unique(leader, return_inverse=True)[1], dtype=np.int64)


def tilted(density: Floats, mean: Floats) -> Floats:
    """``density`` moved to each mean: f(r)·exp(θr), θ solved for; one row per mean.

    ``density``: (scores) or (schools × scores), not negative. The exponential tilt is the distribution of that
    mean which is nearest to f (Kullback–Leibler), and what another level of ability does to a Rasch score.
    Rows of NaN where the mean is missing; means beyond reach stop at θ = ±3 a point.
    """
    scores = np.arange(density.shape[-1], dtype=float)
    with np.errstate(divide="ignore"):
        logs = np.broadcast_to(np.log(density), (len(mean), len(scores)))
    theta = np.zeros(len(mean))
    low, high = np.full(len(mean), -_LARGEST_TILT), np.full(len(mean), _LARGEST_TILT)
    for _ in range(_STEPS):
        shares = _normalised(logs + theta[:, None] * scores)
        reached = shares @ scores
        spread = np.maximum(shares @ scores**2 - reached**2, 1e-12)
        low, high = np.where(reached < mean, theta, low), np.where(reached < mean, high, theta)
        step = theta + (mean - reached) / spread
        inside = (step > low) & (step < high)
        following = np.where(inside, step, (low + high) / 2)
        if np.nanmax(np.abs(following - theta), initial=0.0) < 1e-10:
            break
        theta = following
    shares = _normalised(logs + theta[:, None] * scores)
    return np.where(np.isnan(mean)[:, None], np.nan, shares)


def _normalised(logs: Floats) -> Floats:
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
