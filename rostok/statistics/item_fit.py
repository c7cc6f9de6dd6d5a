"""How answers to an item agree with the model: infit, outfit and their standardised forms.

From cells: pupils of one pattern and raw score have one level, so sums of scores and squares suffice. Extreme
raw scores have no finite level and take no part. Source: Wright & Masters (1982), chapter 5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.abilities import Abilities, moments
from rostok.statistics.item_scores import GroupedScores
from rostok.statistics.rasch import Calibration

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ItemFit:
    """By item (I), NaN where the item has no parameter or nobody says anything of it.

    ``infit``, ``outfit``: mean squares, 1 where answers vary as the model says. ``…_t``: the same as about
    standard normal deviates (Wilson–Hilferty).
    """

    infit: Floats
    infit_t: Floats
    outfit: Floats
    outfit_t: Floats


def item_fit(calibration: Calibration, grouped: GroupedScores, levels: Abilities) -> ItemFit:
    """Fit of every item; ``levels``: of the cells of ``grouped``."""
    found = np.full((4, grouped.items), np.nan)
    finite = np.isfinite(levels.level)
    for item in np.flatnonzero(calibration.maxima > 0).tolist():
        cells = finite & grouped.presented[grouped.pattern, item]
        if cells.any():
            found[:, item] = _one(calibration, grouped, levels, item, cells)
    return ItemFit(*found)


def _one(
    calibration: Calibration,
    grouped: GroupedScores,
    levels: Abilities,
    item: int,
    cells: NDArray[np.bool_],
) -> tuple[float, float, float, float]:
    at = moments(calibration.cumulated[item], levels.level[cells])
    pupils = grouped.pupils[cells].astype(np.float64)
    n = float(pupils.sum())
    squares = (
        grouped.square_sums[cells, item] - 2 * at.mean * grouped.score_sums[cells, item] + pupils * at.mean**2
    )
    variance = float(pupils @ at.variance)
    infit = float(squares.sum()) / variance
    outfit = float((squares / at.variance).sum()) / n
    infit_spread = float(pupils @ (at.fourth - at.variance**2)) / variance**2
    outfit_spread = float(pupils @ (at.fourth / at.variance**2)) / n**2 - 1 / n
    return infit, _standardised(infit, infit_spread), outfit, _standardised(outfit, outfit_spread)


def _standardised(mean_square: float, variance: float) -> float:
    """The cube root of a mean square is nearly normal (Wilson & Hilferty 1931)."""
    if not variance > 0:
        return float("nan")
    spread = float(np.sqrt(variance))
    return float((np.cbrt(mean_square) - 1) * 3 / spread + spread / 3)
