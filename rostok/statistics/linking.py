"""Do the common items of two forms (variants, booklets, years) keep their difficulties? The test of a link.

Each form is calibrated by itself. Differences of the common items' difficulties, about their median, must be
zero for one scale to exist. With many pupils every item differs significantly, with few none does: therefore an
item is judged by its interval against a stated limit, as everything here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.intervals import CONFIDENCE, reach
from rostok.statistics.item_scores import Ints
from rostok.statistics.rasch import Calibration

Floats = NDArray[np.float64]

DRIFT_LIMIT = (
    0.5  # logits; half a logit moves a solving share of 50 % to 62 %. Customary in equating (0.3–0.5)
)
MOST_DRIFTING = 0.2  # share of common items: with more the link does not hold
LEAST_COMMON = 3  # with two items there is one difference, and no telling which item moved


class Drift(StrEnum):
    """What can be said of a common item."""

    HOLDS = "holds"
    DRIFTS = "drifts"
    CANNOT_TELL = "cannot_tell"


class Link(StrEnum):
    """What can be said of two forms."""

    HOLDS = "holds"
    FAILS = "fails"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class LinkTest:
    """Of two forms. By common item: ``difference`` in logits (second − first, about the median), its error."""

    items: Ints
    difference: Floats
    standard_error: Floats
    drift: tuple[Drift, ...]
    verdict: Link


def check_link(first: Calibration, second: Calibration) -> LinkTest:
    """Compare two calibrations whose items stand in one order (I); an item without parameters is not common.

    The link fails when more than ``MOST_DRIFTING`` of the common items drift; it holds when at least four
    fifths hold; else, and with fewer than ``LEAST_COMMON`` common items, one cannot tell.
    """
    common = np.flatnonzero((first.maxima > 0) & (first.maxima == second.maxima))
    if len(common) < LEAST_COMMON:
        none = np.full(len(common), np.nan)
        return LinkTest(common, none, none, (Drift.CANNOT_TELL,) * len(common), Link.CANNOT_TELL)
    (one, one_error), (other, other_error) = first.difficulties(), second.difficulties()
    difference = (other - one)[common]
    difference = difference - np.median(difference)
    error = np.sqrt(one_error[common] ** 2 + other_error[common] ** 2)
    half = reach(CONFIDENCE ** (1 / len(common))) * error  # the level holds for all common items together
    drift = tuple(
        _judged(gap, room) for gap, room in zip(np.abs(difference).tolist(), half.tolist(), strict=True)
    )
    return LinkTest(common, difference, error, drift, _verdict(drift))


def _judged(gap: float, half: float) -> Drift:
    if gap - half > DRIFT_LIMIT:
        return Drift.DRIFTS
    return Drift.HOLDS if gap + half <= DRIFT_LIMIT else Drift.CANNOT_TELL


def _verdict(drift: tuple[Drift, ...]) -> Link:
    if drift.count(Drift.DRIFTS) > MOST_DRIFTING * len(drift):
        return Link.FAILS
    holding = drift.count(Drift.HOLDS) >= (1 - MOST_DRIFTING) * len(drift)
    return Link.HOLDS if holding else Link.CANNOT_TELL
