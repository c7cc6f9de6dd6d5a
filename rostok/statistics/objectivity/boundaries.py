"""Peaks at the bounds of marks: more works exactly at the least score of a mark than an honest distribution gives.

Conditional on how many works lie in a window around the bound, the number at the bound is compared with the larger
of two expectations: other schools of the region moved to the level of this one, and a smooth curve through the
scores outside the windows times what the items alone make of a score. The first knows what all pupils of the
region share, the second is not lifted by a region in which many totals end at a bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

from rostok.statistics.objectivity.scores import Window, smooth_distribution, tilted

LEAST_IN_WINDOWS = 20  # works: with fewer no peak can be told (``domain.md`` §4.3: under 20 of limited use)
LEAST_OF_OTHERS = 100  # works of other schools in a window, for an expectation

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Peaks:
    """(schools × windows): works ``at_bound``, in the window ``around``, ``share`` expected at the bound (NaN: not known).

    ``certainty``: works of other schools in the window, the sample that the share was taken from.
    """

    at_bound: Floats
    around: Floats
    share: Floats
    certainty: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        return np.asarray(~np.isnan(self.share) & (self.around > 0))

    @property
    def excess(self) -> Floats:
        """Works at the bound above expectation; 0 where nothing is known."""
        return np.where(self.known, self.at_bound - self.around * np.nan_to_num(self.share), 0.0)


def peaks(counts: NDArray[np.integer], chosen: Sequence[Window], gamma: Floats | None) -> Peaks:
    """What each window of one paper holds and should hold. ``counts``: (schools × scores from 0).

    ``gamma``: γ_r of the items, None where they are not known (a curve without lumps is taken).
    """
    region = counts.sum(axis=0).astype(float)
    number = counts.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(number > 0, counts @ np.arange(counts.shape[1], dtype=float) / number, np.nan)
    curve = smooth_distribution(region, np.ones(len(region)) if gamma is None else gamma, chosen)
    smooth = tilted(curve, mean) if not np.isnan(curve).any() else np.full(counts.shape, np.nan)
    others = np.maximum(region - counts, 0.0)
    moved = tilted(np.maximum(others, 1e-9), mean)
    columns = [_window(counts, window, others, moved, smooth) for window in chosen]
    shape = (len(counts), len(chosen))
    at, around, share, certainty = (
        np.stack(parts, axis=1) if chosen else np.zeros(shape) for parts in _columns(columns)
    )
    return Peaks(at, around, share, certainty)


def _columns(columns: Sequence[tuple[Floats, ...]]) -> tuple[tuple[Floats, ...], ...]:
    return tuple(zip(*columns, strict=True)) if columns else ((), (), (), ())


def _window(
    counts: NDArray[np.integer], window: Window, others: Floats, moved: Floats, smooth: Floats
) -> tuple[Floats, ...]:
    inside, bound = window.scores, window.bound
    of_others = others[:, inside].sum(axis=1)
    share = np.fmax(_share(moved, window), _share(smooth, window))
    share = np.where(of_others >= LEAST_OF_OTHERS, share, np.nan)
    return counts[:, bound].astype(float), counts[:, inside].sum(axis=1).astype(float), share, of_others


def _share(shares: Floats, window: Window) -> Floats:
    """Share of the bound in its window."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(shares[:, window.bound] / shares[:, window.scores].sum(axis=1))


def joined(parts: Sequence[Peaks]) -> Peaks:
    """Windows of several papers side by side; all parts list the same schools."""
    return Peaks(*(np.concatenate([getattr(p, name) for p in parts], axis=1)
                   for name in ("at_bound", "around", "share", "certainty")))  # fmt: skip


def correlation_of(placebo: Peaks) -> float:
    """Likeness ρ ≥ 0 of two works of one school in one window, from windows where no mark begins.

    Method of moments for the beta-binomial: E[(x − nπ)² ÷ (nπ(1 − π))] = 1 + (n − 1)ρ, over all schools and
    windows with at least two works. 0 where there are none: pupils then count as independent.
    """
    known = placebo.known & (placebo.around > 1)
    n, p, x = placebo.around[known], placebo.share[known], placebo.at_bound[known]
    inside = (p > 0) & (p < 1)
    n, p, x = n[inside], p[inside], x[inside]
    if not len(n):
        return 0.0
    squares = (x - n * p) ** 2 / (n * p * (1 - p))
    return float(np.clip((squares - 1).sum() / (n - 1).sum(), 0.0, 0.5))


def placebo_windows(chosen: Sequence[Window], maximum: int) -> tuple[Window, ...]:
    """Windows of the same form that touch none of ``chosen``, nor the two scores below one."""
    taken = {score for w in chosen for score in range(w.first - 1, w.last + 1)}
    found: list[Window] = []
    first = 1
    while first + 3 < maximum:
        if taken.isdisjoint(range(first, first + 4)):
            found.append(Window(first, first + 2, first + 3))
            first += 4
        else:
            first += 1
    return tuple(found)


def peak_p_values(found: Peaks, correlation: float) -> Floats:
    """Mid-p of the number of works at bounds, over all windows of each school; NaN = cannot tell.

    Under honest marking the numbers are independent given the windows, each beta-binomial with the expected
    share and the likeness ρ plus that of a share estimated from a finite sample. Their sum is convolved exactly.
    """
    known = found.known
    around = np.where(known, found.around, 0)
    enough = around.sum(axis=1) >= LEAST_IN_WINDOWS
    p_values = np.full(len(around), np.nan)
    for school in np.flatnonzero(enough):
        use = np.flatnonzero(known[school])
        likeness = correlation + 1 / (1 + found.certainty[school, use])
        p_values[school] = _mid_p(
            int(found.at_bound[school, use].sum()), around[school, use], found.share[school, use], likeness
        )
    return p_values


def _mid_p(observed: int, around: Floats, share: Floats, likeness: Floats) -> float:
    distribution = np.ones(1)
    for n, p, rho in zip(around.astype(int), share, likeness, strict=True):
        distribution = np.convolve(distribution, beta_binomial(n, float(p), float(rho)))
    return float(np.clip(distribution[observed + 1 :].sum() + distribution[observed] / 2, 0.0, 1.0))


def beta_binomial(n: int, share: float, correlation: float) -> Floats:
    """P(0 … n) of a beta-binomial with mean n·share and intraclass correlation; binomial at 0."""
    x = np.arange(n + 1, dtype=float)
    share = min(max(share, 1e-12), 1 - 1e-12)
    ways = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    if correlation < 1e-9:
        return np.asarray(np.exp(ways + x * np.log(share) + (n - x) * np.log1p(-share)))
    size = 1 / correlation - 1
    a, b = size * share, size * (1 - share)
    return np.asarray(np.exp(ways + betaln(x + a, n - x + b) - betaln(a, b)))
