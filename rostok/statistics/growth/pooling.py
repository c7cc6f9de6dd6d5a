"""Changes of one school in several papers → one change.

Papers of one generation are written by the same children, so their errors go together; how much is not known without
links between pupils. They are taken as going together wholly, which errs to the safe side; errors of different
generations are independent.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def weights_of(first: Floats, second: Floats) -> Floats:
    """Weight of each paper in the change of each school (papers × schools), by variances; adding up to 1 or 0."""
    variance = first + second
    known = np.isfinite(variance) & (variance > 0)
    raw = np.where(known, 1 / np.where(known, variance, 1.0), 0.0)
    whole = raw.sum(axis=0)
    return np.asarray(raw / np.where(whole > 0, whole, 1.0))


def pooled(values: Floats, weights: Floats) -> Floats:
    """Weighted values of each school; NaN for a school without a paper."""
    found = (np.nan_to_num(values) * weights).sum(axis=0)
    return np.where(weights.any(axis=0), found, np.nan)


def pooled_variance(variances: Floats, weights: Floats, generations: Sequence[Hashable]) -> Floats:
    """Variance of the pooled results of one moment; ``generations``: who wrote each paper (papers × schools)."""
    errors = weights * np.sqrt(np.nan_to_num(variances))
    found = np.zeros(errors.shape[1])
    for generation in dict.fromkeys(generations):
        same = [place for place, one in enumerate(generations) if one == generation]
        found += errors[same].sum(axis=0) ** 2
    return np.where(weights.any(axis=0), found, np.nan)
