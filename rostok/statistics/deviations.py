"""How far each cell lies from the region, in units of the spread of schools."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.angular import Floats, ScoreMoments, score, score_moments
from rostok.statistics.cells import Cells

# The weight of defaults in the estimation, in schools with perfectly reliable data: for the spread of schools
# half of the answer in a region of ten and nothing in one of hundreds.
PRIOR_SCHOOLS = 10.0


@dataclass(frozen=True)
class Standardised:
    """Per sorted cell: deviation from the region and what the score tells of it, in units of λ."""

    deviation: Floats  # (score − mean) ÷ λ, 0 for an unusable cell
    slope: Floats  # of the score on the school's effect, 0 for an unusable cell
    variance: Floats  # of sampling pupils, in units of λ²; 1 for an unusable cell

    @property
    def reliability(self) -> Floats:
        signal = self.slope**2
        return np.asarray(signal / (signal + self.variance))

    def without(self, hidden: NDArray[np.bool_]) -> Standardised:
        """The same with some cells made no evidence."""
        return Standardised(
            deviation=np.where(hidden, 0.0, self.deviation),
            slope=np.where(hidden, 0.0, self.slope),
            variance=np.where(hidden, 1.0, self.variance),
        )


def moments_of(cells: Cells, centre: Floats, spread: Floats) -> ScoreMoments:
    """Moments of the score of every cell; NaN for a cell that is no evidence."""
    mean, slope, variance = (np.full(len(cells), np.nan) for _ in range(3))
    for index in np.unique(cells.assessment[cells.usable]):
        at = np.flatnonzero(cells.usable & (cells.assessment == index))
        found = score_moments(cells.participants[at], float(centre[index]), float(spread[index]))
        mean[at], slope[at], variance[at] = found.mean, found.slope, found.variance
    return ScoreMoments(mean, slope, variance)


def standardise(cells: Cells, centre: Floats, spread: Floats) -> Standardised:
    """Deviations of the cells from the region, in units of the spread of schools."""
    moments = moments_of(cells, centre, spread)
    unit = spread[cells.assessment]
    deviation = (score(cells.under_minimum, cells.participants) - moments.mean) / unit
    return Standardised(
        deviation=np.where(cells.usable, deviation, 0.0),
        slope=np.where(cells.usable, moments.slope, 0.0),
        variance=np.where(cells.usable, moments.variance / unit**2, 1.0),
    )
