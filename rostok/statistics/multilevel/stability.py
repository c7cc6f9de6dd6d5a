"""Do effects of schools stay from year to year? Two fits of different pupils, compared school by school.

The correlation of two estimated effects is that of the true ones made smaller by the errors of both. A conditional
mode is reliability × (effect + error), so the products of two modes add up to the covariance of true effects times
the sum of the products of reliabilities: no school is left out, and one with few pupils weighs little. Pupils of the
two fits must differ: otherwise their errors go together and look like stability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rostok.statistics.multilevel.effects import reliability
from rostok.statistics.multilevel.fitting import LevelFit
from rostok.statistics.multilevel.sums import Floats

LEAST_UNITS = 20  # common ones; with fewer the interval covers nearly everything
LEAST_WEIGHT = 5.0  # sum of products of reliabilities: so many schools known without error
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Stability:
    """``estimated``: correlation of effects as estimated. ``true``: of the effects themselves, with its 95 % interval.

    ``units``: schools in both fits. An interval by resampling of schools, cut to −1…1; the point may be cut too.
    """

    units: int
    estimated: float
    true: float
    lower: float
    upper: float


def stability(first: LevelFit, second: LevelFit) -> Stability | None:
    """Of the intercepts of two fits; None where one cannot tell (few common units, or no variance)."""
    place = {unit: at for at, unit in enumerate(second.units)}
    pairs = np.array([(at, place[unit]) for at, unit in enumerate(first.units) if unit in place], np.int64)
    if len(pairs) < LEAST_UNITS or min(first.covariance[0, 0], second.covariance[0, 0]) <= 0:
        return None
    scale = float(np.sqrt(first.covariance[0, 0] * second.covariance[0, 0]))
    one, other = first.effects[pairs[:, 0], 0], second.effects[pairs[:, 1], 0]
    weight = reliability(first)[pairs[:, 0], 0] * reliability(second)[pairs[:, 1], 0]
    if weight.sum() < LEAST_WEIGHT:
        return None
    products = one * other / scale
    drawn = _resampled(products, weight)
    lower, upper = np.clip(np.percentile(drawn, (2.5, 97.5)), -1, 1)
    true = float(np.clip(products.sum() / weight.sum(), -1, 1))
    return Stability(len(pairs), float(np.corrcoef(one, other)[0, 1]), true, float(lower), float(upper))


def _resampled(products: Floats, weight: Floats) -> Floats:
    """The ratio of sums of schools drawn with replacement; always the same draws."""
    rng = np.random.default_rng(0)
    found = np.empty(RESAMPLES)
    for k in range(RESAMPLES):
        times = np.bincount(rng.integers(0, len(products), len(products)), minlength=len(products))
        found[k] = times @ products / (times @ weight)
    return found
