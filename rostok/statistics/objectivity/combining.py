"""One p-value per school from tests that depend on each other, and a list of schools at a stated rate.

The rate is that of false discoveries over schools (Benjamini and Hochberg 1995): among the schools of the list,
the expected share of those for which every null hypothesis is true.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.stats import cauchy

from rostok.statistics.discoveries import discovery_rates
from rostok.statistics.objectivity.limits import RATE

Floats = NDArray[np.float64]


class Combination(StrEnum):
    """Ways to join p-values of dependent tests."""

    BONFERRONI = "bonferroni"
    CAUCHY = "cauchy"


def bonferroni(p_values: Floats) -> Floats:
    """Least p times the number of tests that said anything; valid whatever the dependence. NaN without any."""
    number = (~np.isnan(p_values)).sum(axis=1)
    least = np.where(number > 0, np.nanmin(np.where(np.isnan(p_values), np.inf, p_values), axis=1), np.nan)
    return np.asarray(np.minimum(least * number, 1.0))


def cauchy_combination(p_values: Floats) -> Floats:
    """Mean of tan((½ − p)π), which is Cauchy in the tail whatever the dependence (Liu and Xie 2020).

    A p of 1 would outweigh any small one (its tangent is −∞), so p-values stop at 0.99.
    """
    kept = np.clip(p_values, 1e-300, 0.99)
    with np.errstate(invalid="ignore"):
        # 1/(πp) is the tangent for small p without loss of digits.
        terms = np.where(kept < 1e-8, 1 / (np.pi * kept), np.tan((0.5 - kept) * np.pi))
    number = (~np.isnan(p_values)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.nansum(terms, axis=1) / number
    return np.where(number > 0, cauchy.sf(mean), np.nan)


_WAYS = {Combination.BONFERRONI: bonferroni, Combination.CAUCHY: cauchy_combination}


@dataclass(frozen=True, slots=True)
class Listed:
    """Per school: how many ``tests`` said anything, ``p_value``, ``q_value`` (NaN = cannot tell), on the list or not."""

    tests: NDArray[np.int64]
    p_value: Floats
    q_value: Floats
    flagged: NDArray[np.bool_]


def listed(p_values: Floats, rate: float = RATE, way: Combination = Combination.BONFERRONI) -> Listed:
    """``p_values``: (schools × tests), NaN where a test cannot tell. Schools without any test stay out.

    Raises ValueError for a rate that is not between 0 and 1.
    """
    if not 0 < rate < 1:
        raise ValueError(f"a rate of false discoveries lies between 0 and 1, not {rate}")
    p_value = _WAYS[way](p_values)
    q_value = discovery_rates(p_value)
    return Listed((~np.isnan(p_values)).sum(axis=1), p_value, q_value, q_value <= rate)
