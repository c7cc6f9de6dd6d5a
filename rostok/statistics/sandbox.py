"""What another rule would change in a list: who enters and leaves, what a year before said, whom it touches.

Arrays have one entry per school in one order. ``listed`` is a verdict of yes; ``known`` a verdict of yes or no.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.firmness import FIRM_FROM

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Verdicts of one rule on one day; ``firmness``: probability of the same verdict for another intake, or NaN."""

    listed: Flags
    known: Flags
    firmness: Numbers

    @property
    def firm_share(self) -> float:
        """Share of the list that is firm, of those whose firmness is known; NaN where it is known of nobody."""
        of_list = self.firmness[self.listed & ~np.isnan(self.firmness)]
        return float((of_list >= FIRM_FROM).mean()) if len(of_list) else float("nan")


@dataclass(frozen=True, slots=True)
class Moves:
    """Schools that enter and leave the list beside the rule as it stands."""

    entered: Flags
    left: Flags


def moves(base: Verdicts, other: Verdicts) -> Moves:
    """A school that cannot be told of by one of the rules enters or leaves all the same: it is listed or it is not."""
    return Moves(other.listed & ~base.listed, base.listed & ~other.listed)


@dataclass(frozen=True, slots=True)
class YearBefore:
    """The same rule on data of a year before. Numbers of schools; shares 0–1, NaN of nothing.

    ``overlap``: |both| / |either| of the two lists (Jaccard). ``found_earlier``: share of the present list that the
    rule would have named a year before, of those it could tell of then. ``recovered``: listed then, not listed now;
    ``recovered_by_chance``: how many would no longer be listed had the schools not changed at all (regression to the
    mean): Σ(1 − firmness) over the list of then. Years that both windows hold make it an upper bound.
    """

    listed: int
    listed_before: int
    both: int
    overlap: float
    found_earlier: float
    recovered: int
    recovered_by_chance: float


def year_before(now: Verdicts, before: Verdicts) -> YearBefore:
    both, either = now.listed & before.listed, now.listed | before.listed
    told = now.listed & before.known
    was_listed = before.listed & now.known
    chance = 1 - before.firmness[was_listed]
    return YearBefore(
        int(now.listed.sum()), int(before.listed.sum()), int(both.sum()),
        overlap=_share(both.sum(), either.sum()),
        found_earlier=_share((told & before.listed).sum(), told.sum()),
        recovered=int((was_listed & ~now.listed).sum()),
        recovered_by_chance=float(chance.sum()) if not np.isnan(chance).any() else float("nan"),
    )  # fmt: skip


def _share(part: np.integer, whole: np.integer) -> float:
    return float(part / whole) if whole else float("nan")
