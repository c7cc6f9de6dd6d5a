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

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_REACH = 4.0  # standard deviations over which the spread of schools is integrated
_EXACT_TO = 32  # every n is computed exactly up to here; beyond, a geometric grid interpolated in 1/n


def score(count: Floats, base: Floats) -> Floats:
    """Anscombe's angular score; NaN stays NaN."""
    return np.asarray(np.arcsin(np.sqrt((count + 0.375) / (base + 0.75))))


def pupil_variance(base: Floats) -> Floats:
    """Variance of the angle behind a drawn count of ``base`` pupils, 1/(4n + 3); see ``counts_of``."""
    return np.asarray(1.0 / (4.0 * base + 3.0))


def counts_of(angle: NDArray[np.float32], base: Floats) -> NDArray[np.int32]:
    """Whole numbers of pupils between 0 and ``base`` (rows) for normal angles (rows × draws); overwrites them.

    If the angle is N(θ, 1/(4n + 3)), the count is binomial with share sin² θ to a good approximation:
    P(x ≤ k) ≈ Φ(√(4n + 3) · (arcsin √((k + 3/4) / (n + 1/2)) − θ)). For n from 3 to 100 and shares of 3–60 %
    the error is 0.004 on average and 0.03 at worst; Anscombe's own constants would give 0.010 and 0.08.
    """
    n = base.astype(np.float32)[:, None]
    np.clip(angle, 0.0, np.float32(np.pi / 2), out=angle)
    np.sin(angle, out=angle)
    np.square(angle, out=angle)
    angle *= n + np.float32(0.5)
    angle += np.float32(0.25)  # − 1/4 of the inverse, + 1/2 to round by cutting off
    np.clip(angle, 0.0, n, out=angle)
    return angle.astype(np.int32)


def share_of(angle: Floats) -> Floats:
    """The share whose angle this is; angles outside 0..π/2 are taken to the nearer end."""
    return np.asarray(np.sin(np.clip(angle, 0.0, np.pi / 2)) ** 2)


def angle_of(share: Floats | float) -> Floats:
    """arcsin √share."""
    return np.asarray(np.arcsin(np.sqrt(share)))


def mean_share(centre: Floats, variance: Floats) -> Floats:
    """The mean of sin² θ for θ ~ N(centre, variance): (1 − exp(−2 variance) cos 2 centre) / 2."""
    return np.asarray((1.0 - np.exp(-2.0 * variance) * np.cos(2.0 * centre)) / 2.0)


def centre_with_share(share: Floats, variance: Floats) -> Floats:
    """The centre at which ``mean_share`` is ``share``: 0 or π/2 where the variance alone brings more."""
    cosine = np.clip((1.0 - 2.0 * share) * np.exp(2.0 * variance), -1.0, 1.0)
    return np.asarray(np.arccos(cosine) / 2.0)


@dataclass(frozen=True, slots=True)
class ScoreMoments:
    """y of n pupils in a school of angle θ ~ N(centre, spread²): y ≈ mean + slope · (θ − centre) + error.

    ``variance`` is that of the error. These are the exact first and second moments of (y, θ) for θ between 0
    and π/2, so the linear predictor built on them is the best linear one even for three pupils.
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


def _schools(centre: float, spread: float) -> tuple[Floats, Floats]:
    """Angles of schools and their weights: the normal distribution cut off where shares end."""
    lower = max(-_REACH, -centre / spread)
    upper = min(_REACH, (np.pi / 2 - centre) / spread)
    deviate = (upper + lower) / 2 + (upper - lower) / 2 * _NODES
    weight = _WEIGHTS * np.exp(-(deviate**2) / 2)
    return centre + spread * deviate, np.asarray(weight / weight.sum())


def _moments_at(n: int, centre: float, spread: float) -> tuple[float, float, float]:
    angle, weight = _schools(centre, spread)
    share = np.clip(share_of(angle), 1e-12, 1 - 1e-12)[:, None]
    k = np.arange(n + 1.0)
    log_choose = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    chance = np.exp(log_choose + k * np.log(share) + (n - k) * np.log1p(-share))
    y = score(k, np.full_like(k, n))
    mean_at, square_at = (chance * y).sum(axis=1), (chance * y * y).sum(axis=1)
    from_mean = angle - float((weight * angle).sum())
    mean = float((weight * mean_at).sum())
    slope = float((weight * from_mean * mean_at).sum() / (weight * from_mean**2).sum())
    error = mean_at - mean - slope * from_mean
    variance = float((weight * (square_at - mean_at**2 + error**2)).sum())
    return mean + slope * (centre - float((weight * angle).sum())), slope, variance
