"""What a cell without points counts as: the rule, and the two extremes beside it.

The rule: «X» is 0 points, a topic not taught and an empty cell are missing. The extremes: all of them wrong, all
of them missing. Where the three scales differ, the figures rest on the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from rostok.formats.item_tables import BLANK
from rostok.schema.scales import NOT_ATTEMPTED, NOT_TAUGHT

Codes = NDArray[np.int16]
Ints = NDArray[np.int64]

MISSING = -1


class Treatment(StrEnum):
    """How cells without points are counted."""

    RULE = "rule"
    ALL_WRONG = "all_wrong"
    ALL_MISSING = "all_missing"


@dataclass(frozen=True)
class Skips:
    """Cells without points by item: not attempted, not taught, blank (where the pupil's booklet has the item)."""

    not_attempted: Ints
    not_taught: Ints
    blank: Ints

    @property
    def any(self) -> bool:
        return bool(self.not_attempted.sum() + self.not_taught.sum() + self.blank.sum())


def presented(codes: Codes, booklet: Ints | None) -> NDArray[np.bool_]:
    """(I, N): was the item in the pupil's booklet? It was when any pupil of the booklet has a mark for it."""
    marked = codes != BLANK
    if booklet is None:
        return np.broadcast_to(marked.any(axis=1)[:, None], codes.shape)
    found = np.zeros(codes.shape, np.bool_)
    for number in np.unique(booklet):
        pupils = booklet == number
        found[:, pupils] = marked[:, pupils].any(axis=1)[:, None]
    return found


def skips(codes: Codes, booklet: Ints | None) -> Skips:
    """Count the cells without points."""
    blank = (codes == BLANK) & presented(codes, booklet)
    return Skips(*((cells).sum(axis=1) for cells in (codes == NOT_ATTEMPTED, codes == NOT_TAUGHT, blank)))


def treated(codes: Codes, treatment: Treatment, booklet: Ints | None = None) -> Codes:
    """Scores with ``MISSING`` for what does not count; a whole row of blanks stays missing under each treatment."""
    if treatment is Treatment.ALL_MISSING:
        return np.maximum(codes, codes.dtype.type(MISSING))
    if treatment is Treatment.RULE:
        scores = np.maximum(codes, codes.dtype.type(MISSING))
        scores[codes == NOT_ATTEMPTED] = 0
        return scores
    wrong = presented(codes, booklet) & (codes != BLANK).any(axis=0)
    return np.where(codes >= 0, codes, np.where(wrong, 0, MISSING)).astype(codes.dtype)
