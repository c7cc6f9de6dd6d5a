"""The angular scale: y = arcsin √((x + 3/8) / (n + 3/4)) of a count x out of n (Anscombe 1948).

Why this scale. A share of 2 out of 6 and one of 40 out of 120 vary very differently; on this scale the
variance of sampling pupils is close to 1/(4n + 2) whatever the share, and effects of schools are closer to
normal than on the logit scale (a region of 640 schools: skewness about 0.2 against −0.8). For classes
under about ten pupils and shares under 10 % the approximation fails (n = 5, share 5 %: variance 0.014, not
0.045; the mean too high by 0.09), so ``score_moments`` computes mean, slope and variance exactly by
quadrature over the spread of schools.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_EXACT_TO = 32  # every n is computed exactly up to here; beyond, a geometric grid interpolated in 1/n


def score(count: Floats, base: Floats) -> Floats:
    """Anscombe's angular score; NaN stays NaN."""
    return np.asarray(np.arcsin(np.sqrt((count + 0.375) / (base + 0.75))))


def pupil_variance(base: Floats) -> Floats:
    """Variance that sampling ``base`` pupils adds on this scale, 1/(4n + 2)."""
    return np.asarray(1.0 / (4.0 * base + 2.0))


def share_of(angle: Floats) -> Floats:
    """The share whose angle this is; angles outside 0..π/2 are taken to the nearer end."""
    return np.asarray(np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2)


def angle_of(share: Floats | float) -> Floats:
    """arcsin √share."""
    return np.asarray(np.arcsin(np.sqrt(share)))


@dataclass(frozen=True, slots=True)
class ScoreMoments:
    """y of n pupils in a school of angle θ ~ N(centre, spread²): y ≈ mean + slope · (θ − centre) + error.

    ``variance`` is that of the error. These are the exact first and second moments of (y, θ), so the linear
    predictor built on them is the best linear one even for three pupils.
    """

    mean: Floats
    slope: Floats
    variance: Floats


def score_moments(base: Floats, centre: float, spread: float) -> ScoreMoments:
    """Moments of the score for each ``base`` (integers ≥ 1) in one assessment."""
    if base.size == 0:
        return ScoreMoments(base, base, base)
    grid = _grid(int(base.max()))
    exact = np.array([_moments_at(n, centre, spread) for n in grid])
    # np.interp wants rising abscissae: 1/n falls as n rises.
    at, known = 1.0 / base, 1.0 / grid[::-1]
    mean, slope, variance = (np.interp(at, known, exact[::-1, i]) for i in range(3))
    return ScoreMoments(mean, slope, variance)


def _grid(largest: int) -> NDArray[np.int64]:
    sizes = list(range(1, min(largest, _EXACT_TO) + 1))
    while sizes[-1] < largest:
        sizes.append(min(largest, int(np.ceil(sizes[-1] * 1.2))))
    return np.array(sizes, dtype=np.int64)


def _moments_at(n: int, centre: float, spread: float) -> tuple[float, float, float]:
    share = np.clip(share_of(centre + spread * _NODES), 1e-9, 1 - 1e-9)[:, None]
    k = np.arange(n + 1.0)
    log_choose = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    chance = np.exp(log_choose + k * np.log(share) + (n - k) * np.log1p(-share))
    y = score(k, np.full_like(k, n))
    mean_at, square_at = (chance * y).sum(axis=1), (chance * y * y).sum(axis=1)
    mean = float((_WEIGHTS * mean_at).sum())
    slope = float((_WEIGHTS * _NODES * mean_at).sum()) / spread
    total = float((_WEIGHTS * square_at).sum()) - mean * mean
    return mean, slope, total - (slope * spread) ** 2
