"""Does an item favour one of two groups among pupils of one raw score? Mantel–Haenszel and its kin.

For scores 0/1: the Mantel–Haenszel chi-square with continuity correction and common odds ratio, as R's
``mantelhaen.test``. For more scores: Mantel's chi-square with one degree of freedom, without correction, and the
cumulative common odds ratio of Liu and Agresti, which for 0/1 is that of Mantel and Haenszel. Strata are raw
scores within patterns of presented items; those with pupils of one group only say nothing.
Source: Mantel & Haenszel (1959); Mantel (1963); Liu & Agresti (1996); Robins, Breslow & Greenland (1986);
classes A, B, C: Dorans & Holland (1993) for 0/1, Zwick, Thayer & Mazzeo (1997) for more scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtr

Floats = NDArray[np.float64]

SIGNIFICANT = 0.05
SMALL, LARGE = 1.0, 1.5  # on the delta scale, −2.35 · ln odds ratio
SMALL_DIFFERENCE, LARGE_DIFFERENCE = 0.17, 0.25  # standardised mean difference of an item with more scores
DELTA = 2.35
RELATIVE_ZERO = 1e-10  # an eigenvalue below this share of the largest one is rounding


@dataclass(frozen=True)
class Differential:
    """One item between two groups. NaN and "" where no stratum has both groups and both kinds of answers.

    ``odds_ratio`` above 1: at one raw score the second group does better. ``log_error``: standard error of its
    logarithm. ``standardised_difference``: mean difference at equal raw score, weighted by the second group,
    over the item's standard deviation in both groups. ``size`` is the class A (negligible), B, C (large).
    """

    chi_square: float
    p_value: float
    odds_ratio: float
    log_error: float
    standardised_difference: float
    size: str
    pupils: tuple[int, int]


_NOTHING = (float("nan"),) * 5


def compare(first: Floats, second: Floats) -> Differential:
    """``first``, ``second`` (S, m + 1): pupils of each group by stratum and score of the item."""
    pupils = int(first.sum()), int(second.sum())
    both = (first.sum(axis=1) > 0) & (second.sum(axis=1) > 0)
    a, b = first[both], second[both]
    used = np.flatnonzero((a + b).sum(axis=0))
    if len(used) < 2:
        return Differential(*_NOTHING, "", pupils)
    scores = used.astype(np.float64)
    a, b = a[:, used], b[:, used]
    chi_square = _mantel(a, b, scores, corrected=_is_binary(used))
    if not np.isfinite(chi_square):
        return Differential(*_NOTHING, "", pupils)
    p_value = float(chdtrc(1, chi_square))
    ratio, error = _common_odds_ratio(a, b)
    difference = _standardised_difference(a, b, scores)
    size = (
        _class_of_ratio(ratio, error, p_value)
        if _is_binary(used)
        else _class_of_difference(difference, p_value)
    )
    return Differential(chi_square, p_value, ratio, error, difference, size, pupils)


def _is_binary(used: NDArray[np.int64]) -> bool:
    return len(used) == 2


def _mantel(first: Floats, second: Floats, scores: Floats, *, corrected: bool) -> float:
    """Chi-square of the sum of the first group's scores against its expectation given the margins."""
    n1, n = first.sum(axis=1), (first + second).sum(axis=1)
    both = first + second
    total, squares = both @ scores, both @ scores**2
    gap = float(((first @ scores) - n1 * total / n).sum())
    variance = float((n1 * (n - n1) * (n * squares - total**2) / (n**2 * np.maximum(n - 1, 1))).sum())
    if not variance > 0:
        return float("nan")
    if corrected:
        # One unit of the score is the height of its step: 1 for 0/1, and the same for 0 and 2.
        step = float(scores[1] - scores[0])
        gap, variance = gap / step, variance / step**2
        # As R does: a gap within the correction is left as it is, not made zero.
        gap = abs(gap) - (0.5 if abs(gap) >= 0.5 else 0.0)
    return gap**2 / variance


def _common_odds_ratio(first: Floats, second: Floats) -> tuple[float, float]:
    """Ratio of the odds of a higher score, second group to first, and the standard error of its logarithm."""
    n = (first + second).sum(axis=1)
    height = np.arange(first.shape[1])
    better = np.maximum(
        height[None, :] - height[:, None], 0
    )  # cuts between a score of the first and the second
    up = float((np.einsum("su,uv,sv->s", first, better, second) / n).sum())
    down = float((np.einsum("su,vu,sv->s", first, better, second) / n).sum())
    if not (up > 0 and down > 0):
        return (float("inf") if up > 0 else 0.0), float("nan")
    ratio = up / down
    if first.shape[1] == 2:
        return ratio, float(np.sqrt(_robins(first, second)))
    kernel = better - ratio * better.T
    return ratio, float(np.sqrt(_pair_variance(first, second, kernel))) / up


def _robins(first: Floats, second: Floats) -> float:
    """Variance of the logarithm of the Mantel–Haenszel ratio (Robins, Breslow & Greenland 1986)."""
    n = (first + second).sum(axis=1)
    agree, differ = (first[:, 0] + second[:, 1]) / n, (first[:, 1] + second[:, 0]) / n
    up, down = first[:, 0] * second[:, 1] / n, first[:, 1] * second[:, 0] / n
    total_up, total_down = up.sum(), down.sum()
    return float(
        (agree @ up) / (2 * total_up**2)
        + (agree @ down + differ @ up) / (2 * total_up * total_down)
        + (differ @ down) / (2 * total_down**2)
    )


def _pair_variance(first: Floats, second: Floats, kernel: Floats) -> float:
    """Variance of Σ over strata of Σ over pairs of kernel(score in the first, score in the second) ÷ n.

    The kernel has expectation 0 in each stratum where the ratio is common, so that only pairs which share a
    pupil are correlated, and their squares estimate that without bias, however thin the strata. This stands in
    for the longer formula of Liu and Agresti (1996), which is consistent under the same conditions.
    """
    n = (first + second).sum(axis=1)
    of_first, of_second = second @ kernel.T, first @ kernel
    twice = np.einsum("su,uv,sv->s", first, kernel**2, second)
    total = (first * of_first**2).sum(axis=1) + (second * of_second**2).sum(axis=1) - twice
    return max(float((total / n**2).sum()), 0.0)


def _standardised_difference(first: Floats, second: Floats, scores: Floats) -> float:
    """Mean of the second group less that of the first at equal raw score, in standard deviations of the item."""
    n1, n2 = first.sum(axis=1), second.sum(axis=1)
    difference = (second @ scores) / n2 - (first @ scores) / n1
    counts = (first + second).sum(axis=0)
    mean = counts @ scores / counts.sum()
    spread = float(np.sqrt(counts @ (scores - mean) ** 2 / (counts.sum() - 1)))
    return float(n2 @ difference / n2.sum()) / spread


def _class_of_ratio(ratio: float, error: float, p_value: float) -> str:
    """A, B or C of the Educational Testing Service, from the odds ratio of a 0/1 item."""
    if not np.isfinite(error):
        return ""
    delta, spread = DELTA * abs(np.log(ratio)), DELTA * error
    if delta < SMALL or p_value >= SIGNIFICANT:
        return "A"
    above_small = 1 - ndtr((delta - SMALL) / spread) < SIGNIFICANT
    return "C" if delta >= LARGE and above_small else "B"


def _class_of_difference(difference: float, p_value: float) -> str:
    """A, B or C from the standardised mean difference of an item with more than two scores."""
    if not np.isfinite(difference):
        return ""
    if abs(difference) <= SMALL_DIFFERENCE or p_value >= SIGNIFICANT:
        return "A"
    return "C" if abs(difference) > LARGE_DIFFERENCE else "B"


def compare_many(groups: Sequence[Floats]) -> tuple[float, float]:
    """Chi-square with groups − 1 degrees of freedom that no group differs, and its p-value; NaN for no evidence.

    The statistic of mean scores of Landis, Heyman and Koch (1978), without continuity correction.
    """
    counts = np.stack(list(groups))  # (G, S, m + 1)
    scores = np.arange(counts.shape[2], dtype=np.float64)
    held = counts.sum(axis=2)
    n = held.sum(axis=0)
    use = n > 1
    held, n, counts = held[:, use], n[use], counts[:, use]
    total = counts.sum(axis=0)
    mean = total @ scores / n
    spread = (total @ scores**2 - n * mean**2) / (n - 1)
    gap = (counts @ scores - held * mean).sum(axis=1)
    covariance = np.diag(held @ spread) - (held * (spread / n)) @ held.T
    if not n.size:
        return float("nan"), float("nan")
    # Gaps of all groups sum to zero, and groups without a common stratum have more such sums.
    size, axes = np.linalg.eigh(covariance)
    free = size > RELATIVE_ZERO * size.max()
    if not free.any() or not size.max() > 0:
        return float("nan"), float("nan")
    chi_square = float(((gap @ axes[:, free]) ** 2 / size[free]).sum())
    return chi_square, float(chdtrc(int(free.sum()), chi_square))
