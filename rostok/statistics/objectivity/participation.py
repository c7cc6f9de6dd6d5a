"""Absences beyond what the register explains: kind of school, size, territory. Described, not judged.

An epidemic, a road under snow, a class at a competition look the same in the counts. Real differences between
schools are inside the interval, so that it holds for one more school of the same kind, not for its mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.intervals import CONFIDENCE, reach
from rostok.statistics.objectivity.limits import LEAST_SCHOOLS, MEDIAN_OF_SQUARE

LEAST_LISTED = 10  # pupils on the list: with fewer an absence rate says nothing
_BELOW = 0.5 + CONFIDENCE / 2  # share of schools that lie below ``upper``
_LEVEL = reach()  # the same of a normal: the least the limit may be, in standard errors
_RIDGE, _STEPS = 1e-3, 50

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Absences:
    """Per school: ``share`` absent, ``expected`` by the register, ``upper``: at most 2.5 % of such schools lie above it.

    NaN where fewer than LEAST_LISTED pupils are listed, or fewer than LEAST_SCHOOLS schools can be compared.
    """

    share: Floats
    expected: Floats
    upper: Floats

    @property
    def flagged(self) -> NDArray[np.bool_]:
        return np.asarray(self.share > self.upper)


def absences(absent: Floats, listed: Floats, design: Floats) -> Absences:
    """``absent`` of ``listed`` pupils per school (NaN = the source does not say); ``design``: (schools × columns).

    Logistic regression on the columns and a constant; variance n·p·(1 − p)·(1 + (n − 1)ρ) with ρ from the
    median of the squared residuals. Absences have a longer tail than the normal (one class in quarantine), so the
    limit is the 97.5 % quantile of the standardised residuals themselves where that is larger than 1.96.
    """
    nothing = np.full(len(listed), np.nan)
    known = ~np.isnan(absent) & (listed >= LEAST_LISTED)
    if known.sum() < LEAST_SCHOOLS:
        return Absences(nothing, nothing, nothing)
    columns = np.column_stack([np.ones(known.sum()), design[known]])
    x, n = absent[known], listed[known]
    p = 1 / (1 + np.exp(-(columns @ _coefficients(columns, x, n))))
    spread = np.sqrt(p * (1 - p) * (1 + (n - 1) * _likeness(x, n, p)) / n)
    share, expected, upper = nothing.copy(), nothing.copy(), nothing.copy()
    share[known], expected[known] = x / n, p
    level = max(_LEVEL, float(np.quantile((x / n - p) / spread, _BELOW)))
    upper[known] = np.minimum(p + level * spread, 1.0)
    return Absences(share, expected, upper)


def _coefficients(columns: Floats, x: Floats, n: Floats) -> Floats:
    """Newton's method; a trace of ridge keeps a group without absences finite."""
    found = np.zeros(columns.shape[1])
    share = np.clip(x.sum() / n.sum(), 1e-4, 1 - 1e-4)
    found[0] = np.log(share / (1 - share))
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(columns @ found, -30, 30)))
        information = columns.T @ (columns * (n * p * (1 - p))[:, None]) + _RIDGE * np.eye(len(found))
        step = np.linalg.solve(information, columns.T @ (x - n * p) - _RIDGE * found)
        found = found + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(found)


def _likeness(x: Floats, n: Floats, p: Floats) -> float:
    """Intraclass correlation with which the median squared standardised residual is that of a normal."""
    squares = (x - n * p) ** 2 / (n * p * (1 - p))

    low, high = 0.0, 1.0
    for _ in range(50):  # the median falls as ρ grows
        rho = (low + high) / 2
        over = np.median(squares / (1 + (n - 1) * rho)) > MEDIAN_OF_SQUARE
        low, high = (rho, high) if over else (low, rho)
    return low
