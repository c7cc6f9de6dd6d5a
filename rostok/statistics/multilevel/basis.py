"""Columns centred and scaled inside, those that add nothing left out, coefficients led back to the user's columns.

A likelihood does not care for the scale of columns, digits and optimisers do. [columns standardised] = [the user's
columns]·``matrix``; the outcome is centred and scaled too. Of collinear columns the later one is left out, as R does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from rostok.statistics.multilevel.sums import Floats, Ints, Sums

# Share of a column's squares that must remain beside the columns before it. Cross products of some ten million rows
# keep about thirteen digits; a column that differs from others by less cannot be told from rounding.
LEAST_LEFT = 1e-10


@dataclass(frozen=True)
class Basis:
    """``transform`` (c+1 × c+1) turns summed columns and outcome into standardised ones.

    ``kept``: places of the fixed columns of the model; ``dropped``: those left out, each with the places of the
    columns it follows from (empty for a constant one). ``back`` turns coefficients of standardised columns into the
    user's, before scale and mean of the outcome.
    """

    transform: Floats
    matrix: Floats
    kept: Ints
    dropped: tuple[tuple[int, tuple[int, ...]], ...]
    back: Floats
    outcome_mean: float
    outcome_scale: float

    @property
    def log_determinant(self) -> float:
        """log|XᵀV⁻¹X| of the user's kept columns less that of the standardised ones."""
        return -2 * float(np.linalg.slogdet(self.back)[1])

    def coefficients(self, standardised: Floats) -> Floats:
        found = self.outcome_scale * (self.back @ standardised)
        found[0] += self.outcome_mean
        return np.asarray(found)

    def covariance(self, standardised: Floats) -> Floats:
        return np.asarray(self.outcome_scale**2 * (self.back @ standardised @ self.back.T))

    def of_effects(self, places: Ints) -> Floats:
        """Turns effects of standardised columns into effects of the user's; the intercept is among ``places``."""
        return np.asarray(self.outcome_scale * self.matrix[np.ix_(places, places)])


def basis_of(sums: Sums, fixed: Ints) -> Basis:
    """The basis of ``fixed`` columns (places, the intercept first)."""
    total = sums.cross.sum(axis=0)
    transform, spread = _standardising(total)
    standard = transform.T @ total @ transform
    matrix = sums.to_user @ transform[:-1, :-1]
    constant = [int(place) for place in fixed if spread[place] == 0]
    kept, dropped, follows = _swept(standard, [int(place) for place in fixed if spread[place] != 0])
    return Basis(
        transform,
        matrix,
        np.array(kept),
        (*((place, ()) for place in constant), *dropped),
        _way_back(matrix, kept, [place for place, _ in dropped], follows),
        float(sums.outcome_shift - transform[0, -1] / transform[-1, -1]),
        float(1 / transform[-1, -1]),
    )


def _standardising(total: Floats) -> tuple[Floats, Floats]:
    """The transform, and the standard deviation of every column as summed (the intercept's is 1)."""
    mean = total[0] / total[0, 0]
    squares = np.diagonal(total) / total[0, 0]
    variance = np.maximum(squares - mean**2, 0)
    # What is left of a constant summed near its value is rounding.
    variance[variance <= 1e-14 * squares] = 0
    spread = np.sqrt(variance)
    spread[0] = 1
    scale = np.where(spread > 0, spread, 1)
    transform = np.diag(1 / scale)
    transform[0, 1:] = -mean[1:] / scale[1:]
    return transform, spread


def _swept(total: Floats, places: list[int]) -> tuple[list[int], list[tuple[int, tuple[int, ...]]], Floats]:
    """Columns kept, columns dropped with what they follow from, and how (kept × dropped)."""
    kept: list[int] = []
    dropped: list[tuple[int, tuple[int, ...]]] = []
    lower = np.zeros((0, 0))
    follows: list[Floats] = []
    for place in places:
        half = solve_triangular(lower, total[kept, place], lower=True) if kept else np.zeros(0)
        left = float(total[place, place] - half @ half)
        if left <= LEAST_LEFT * total[place, place]:
            found = solve_triangular(lower, half, lower=True, trans="T")
            dropped.append((place, tuple(kept[k] for k in np.flatnonzero(np.abs(found) > 1e-6))))
            follows.append(found)
            continue
        lower = np.block([[lower, np.zeros((len(kept), 1))], [half[None, :], np.sqrt(left)]])
        kept.append(place)
    gamma = np.zeros((len(kept), len(dropped)))
    for k, found in enumerate(follows):
        gamma[: len(found), k] = found
    return kept, dropped, gamma


def _way_back(matrix: Floats, kept: list[int], dropped: list[int], follows: Floats) -> Floats:
    """β of the user's columns = this · β of standardised ones.

    [user's] = [standardised]·matrix⁻¹, and a dropped column is what it follows from.
    """
    inverse = np.linalg.inv(matrix)
    found = inverse[np.ix_(kept, kept)]
    if dropped:
        found = found + follows @ inverse[np.ix_(dropped, kept)]
    return np.asarray(np.linalg.inv(found))
