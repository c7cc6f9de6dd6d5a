"""What is read off a fit: bars for comparing two units, reliability, the expected result of a context.

Errors of effects here are conditional: given the estimated coefficients and variances.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from rostok.statistics.multilevel.fitting import Fit, LevelFit
from rostok.statistics.multilevel.sums import INTERCEPT, Floats

# Bars of ± 1.39 standard errors: two units of like precision whose bars do not overlap differ at the 5 % level
# (Goldstein and Healy 1995, JRSS A 158: 1.96/√2). Not an interval for one unit.
BAR = 1.39


@dataclass(frozen=True, slots=True)
class Expected:
    """An expected outcome and the standard error of it as a mean of many pupils, not of one."""

    value: float
    standard_error: float


def bars(level: LevelFit) -> tuple[Floats, Floats]:
    """Lower and upper ends for comparing two units (units × q)."""
    reach = BAR * level.standard_errors
    return level.effects - reach, level.effects + reach


def reliability(level: LevelFit) -> Floats:
    """Share of the variance of an effect that its estimate catches: 1 − conditional ÷ whole variance (units × q).

    For a random intercept alone it is τ² ÷ (τ² + σ²/n). NaN where there is no variance.
    """
    whole = np.diagonal(level.covariance)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 1 - level.standard_errors**2 / np.where(whole > 0, whole, np.nan)
    return np.asarray(found)


def rows_for(fit: Fit, target: float) -> float | None:
    """How many rows a unit of the lowest level needs for its intercept to be known with reliability ``target``.

    n with n·τ² ÷ (n·τ² + σ²) = target, a fraction as it comes; None without variance between units.
    """
    between = float(fit.levels[0].covariance[0, 0])
    return None if between <= 0 else target / (1 - target) * fit.residual_variance / between


def shares_of_variance(fit: Fit) -> dict[str, float]:
    """Part of each level in the variance of the outcome beside the fixed part, at covariates of 0; then ``residual``."""
    parts = {level.name: float(level.covariance[0, 0]) for level in fit.levels}
    parts["residual"] = fit.residual_variance
    whole = sum(parts.values())
    return {name: part / whole for name, part in parts.items()}


def expected(fit: Fit, context: Mapping[str, float]) -> Expected:
    """The outcome expected by the fixed part for values of the terms; a term ``a:b`` may be left to its parts.

    Raises KeyError for a term neither given nor made of given ones.
    """
    values = np.array([_value(term, context) for term in fit.terms])
    return Expected(float(values @ fit.estimates), sqrt(max(float(values @ fit.covariance @ values), 0.0)))


def _value(term: str, context: Mapping[str, float]) -> float:
    if term == INTERCEPT:
        return 1.0
    if term in context:
        return float(context[term])
    parts = term.split(":")
    if len(parts) == 1:
        raise KeyError(term)
    return float(np.prod([_value(part, context) for part in parts]))


def difference(level: LevelFit, one: str, other: str, term: str = INTERCEPT) -> Expected:
    """Effect of ``one`` unit less that of the ``other``, with its conditional standard error."""
    first, second, place = level.units.index(one), level.units.index(other), level.terms.index(term)
    error = level.standard_errors[[first, second], place]
    return Expected(
        float(level.effects[first, place] - level.effects[second, place]), float(np.hypot(*error))
    )
