"""Pupils who came in groups: how alike those of one class or school answer, and what that does to a mean.

Children taught together answer alike, so a class or a school tells less than as many children one by one. The
likeness is found inside units: a difference *between* units is what is asked about and must not pass for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from rostok.statistics.item_sums import PaperSums

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clusters:
    """The groups that units consist of: classes of schools, schools of municipalities.

    ``unit``: the unit of each group (negative: none). ``least``: with fewer groups on a side nothing is tested.
    """

    sums: PaperSums
    unit: NDArray[np.integer]
    least: int = 1

    def taken(self, columns: NDArray[np.integer] | slice) -> Clusters:
        """The same groups, some items."""
        return Clusters(self.sums.taken(slice(None), columns), self.unit, self.least)


@dataclass(frozen=True, slots=True)
class Likeness:
    """``correlation`` of two pupils of one group (I,), and the ``degrees`` of freedom it was estimated with (I,).

    Per unit and item (U, I): ``squares`` of the sizes of its groups added up, and how many ``groups`` there are.
    """

    correlation: Numbers
    degrees: Numbers
    squares: Numbers
    groups: Numbers


def likeness(clusters: Clusters, units: PaperSums, spread: Numbers, maxima: ArrayLike) -> Likeness:
    """The intraclass correlation that makes the squares of groups around their units as large as they are.

    ``spread``: variance of a pupil's share of the maximum, by unit (U, I). A group of n of a unit of N lies by
    d = y − p·n from it; with y of variance s²·n·(1 + (n−1)ρ) the expected Σd² is linear in ρ, and is solved for it
    over all units together (method of moments; Cochran 1977, 9.4 and 10.6). Between 0 and 1; 0 where no unit
    has two groups.
    """
    inside = clusters.unit >= 0
    unit = clusters.unit[inside]
    adding = sparse.csr_matrix(
        (np.ones(len(unit)), (unit, np.arange(len(unit)))), shape=(units.units, len(unit))
    )
    size = clusters.sums.answered[inside].astype(float)
    whole = units.answered.astype(float)
    squares, groups = adding @ size**2, adding @ (size > 0).astype(float)
    points = clusters.sums.scores[inside] / np.asarray(maxima, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = units.scores / whole / np.asarray(maxima, float)
        weight = 1 - 2 * size / whole[unit] + (squares / whole**2)[unit]
        off = (points - mean[unit] * size) ** 2 / spread[unit]
    known = (size > 0) & np.isfinite(off)
    found = _sum(off, known) - _sum(size * weight, known)
    base = _sum(size * (size - 1) * weight, known)
    rho = np.clip(np.divide(found, base, out=np.zeros_like(base), where=base > 1e-9), 0, 1)
    degrees = groups.sum(axis=0) - (groups > 0).sum(axis=0)
    return Likeness(rho, degrees.astype(float), squares, groups)


def _sum(values: Numbers, known: NDArray[np.bool_]) -> Numbers:
    total: Numbers = np.where(known, values, 0).sum(axis=0)
    return total
