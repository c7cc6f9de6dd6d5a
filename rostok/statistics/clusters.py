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
    d = y − p·n from it; with y of variance s²·n·(1 + (n−1)ρ) the sum of squares between groups Σd²/(s²n) is expected
    to be Σ(1 − n/N)(1 + (n−1)ρ), and is solved for ρ over all units together (analysis of variance, Donner and
    Koval 1980). Between 0 and 1; 0 where no unit has two groups. Groups of unlike sizes give fewer degrees of
    freedom (Satterthwaite 1946).
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
        weight = 1 - size / whole[unit]
        off = (points - mean[unit] * size) ** 2 / size / spread[unit]
    known = (size > 0) & np.isfinite(off)
    weight, more = np.where(known, weight, 0), np.maximum(size - 1, 0)
    base = (weight * more).sum(axis=0)
    found = np.where(known, off, 0).sum(axis=0) - weight.sum(axis=0)
    rho = np.clip(np.divide(found, base, out=np.zeros_like(base), where=base > 1e-9), 0, 1)
    independent = groups.sum(axis=0) - (groups > 0).sum(axis=0)
    return Likeness(rho, _degrees(weight * (1 + more * rho), independent), squares, groups)


def _degrees(parts: Numbers, independent: Numbers) -> Numbers:
    """Degrees of freedom of a sum of squares with these expected parts; ``independent`` where all are alike."""
    groups = (parts > 0).sum(axis=0)
    alike = parts.sum(axis=0) ** 2 / np.maximum((parts**2).sum(axis=0), 1e-300)
    found: Numbers = independent * alike / np.maximum(groups, 1)
    return np.where(groups > 0, found, 0.0)
