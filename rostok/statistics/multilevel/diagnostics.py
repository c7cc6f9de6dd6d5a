"""Do the assumptions hold? From the sums alone: no residual of a pupil is looked at.

Effects of units, each divided by its own standard deviation, should look normal. Residuals should spread alike in
all units; the test is that of Raudenbush and Bryk (2002, p. 264) on the logarithms of variances within units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, kurtosis, skew

from rostok.statistics.multilevel.fitting import Fit, LevelFit
from rostok.statistics.multilevel.sums import Floats, Ints, Sums

LEAST_FREEDOM = 10  # of a unit, for the logarithm of its variance to be about normal
FAR = 3.0


@dataclass(frozen=True, slots=True)
class Shape:
    """Of standardised effects: ``kurtosis`` in excess of the normal, how many of ``units`` lie beyond ± 3."""

    units: int
    skewness: float
    kurtosis: float
    far: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Variances of residuals within units: do they differ more than chance lets them?"""

    units: int
    statistic: float
    p_value: float
    lowest: float  # 5th and 95th percentile of standard deviations within units
    highest: float


def standardised(level: LevelFit) -> Floats:
    """Effects divided by the standard deviation they have as estimates (units × q); NaN without variance."""
    variance = np.diagonal(level.covariance) - level.standard_errors**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(level.effects / np.sqrt(np.where(variance > 0, variance, np.nan)))


def shape(level: LevelFit, term: int = 0) -> Shape | None:
    """How normal the effects look; None for fewer than 8 units with any variance."""
    values = standardised(level)[:, term]
    values = values[np.isfinite(values)]
    if len(values) < 8:
        return None
    return Shape(len(values), float(skew(values)), float(kurtosis(values)), int((np.abs(values) > FAR).sum()))


def spread(fit: Fit, sums: Sums) -> Spread | None:
    """The test of equal variances within units; None where fewer than two units have rows enough."""
    squares, freedom = residual_squares(fit, sums)
    use = (freedom >= LEAST_FREEDOM) & (squares > 0)
    if use.sum() < 2:
        return None
    log, weight = np.log(squares[use] / freedom[use]), freedom[use] / 2
    centre = (log * weight).sum() / weight.sum()
    statistic = float((weight * (log - centre) ** 2).sum())
    low, high = np.percentile(np.sqrt(squares[use] / freedom[use]), (5, 95))
    units = int(use.sum())
    return Spread(units, statistic, float(chi2.sf(statistic, units - 1)), float(low), float(high))


def residual_squares(fit: Fit, sums: Sums) -> tuple[Floats, Ints]:
    """Of each lowest unit: squares of y − Xβ about its own fitted intercept (and slopes), and their freedom."""
    lowest = fit.levels[0]
    places = [sums.columns.index(term) for term in fit.terms]
    direction = np.append(-np.linalg.solve(sums.to_user, _spread_out(fit, places, len(sums.columns))), 1.0)
    direction[0] += sums.outcome_shift
    effects = [sums.columns.index(term) for term in lowest.terms]
    products = sums.cross @ direction
    squares = products @ direction
    own = sums.cross[:, effects][:, :, effects]
    inverse = np.linalg.pinv(own, hermitian=True) if len(effects) > 1 else 1 / own
    taken = np.einsum("ui,uij,uj->u", products[:, effects], inverse, products[:, effects])
    rank = np.linalg.matrix_rank(own, hermitian=True) if len(effects) > 1 else np.ones(len(own), np.int64)
    return np.maximum(squares - taken, 0), np.asarray(sums.rows - rank, np.int64)


def _spread_out(fit: Fit, places: list[int], columns: int) -> Floats:
    found = np.zeros(columns)
    found[places] = fit.estimates
    return found
