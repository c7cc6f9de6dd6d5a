"""Sufficient statistics of the items of one paper: counts and sums per unit, added up to larger units.

``PaperSums`` is what a reduction leaves of millions of scripts. Everything in ``gaps`` and ``subscores`` is
computed from it, so no procedure ever sees a script.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Whole = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class PaperSums:
    """Sums over the participants of each unit; rows are units (U), columns items and then skills (I).

    ``answered`` counts participants whose answer counts: a score or «X», which is 0 points; blank and not taught
    answers are in no sum. ``complete…`` are the same sums over complete papers only (every item answered), the
    one group for which a total and its correlation with an item mean the same for everybody;
    ``complete_products`` are Σ score × total of the paper's items, ``totals`` and ``total_squares`` Σ and Σ² of
    that total. All are exact whole numbers, of 32 bits where units are small: squares of them are taken as floats.
    """

    participants: Whole  # (U,)
    answered: Whole  # (U, I)
    scores: Whole
    squares: Whole
    not_attempted: Whole
    not_taught: Whole
    complete: Whole  # (U,)
    totals: Whole  # (U,)
    total_squares: Whole  # (U,)
    complete_scores: Whole  # (U, I)
    complete_squares: Whole
    complete_products: Whole

    def __post_init__(self) -> None:
        units = len(self.participants)
        for field in fields(self):
            if len(getattr(self, field.name)) != units:
                raise ValueError(f"{field.name} has {len(getattr(self, field.name))} units, not {units}")

    @property
    def units(self) -> int:
        return len(self.participants)

    def grouped(self, parent: NDArray[np.integer], count: int) -> PaperSums:
        """Sums of ``count`` larger units; ``parent`` is the larger unit of each, negative = of none."""
        inside = parent >= 0
        rows, columns = parent[inside], np.flatnonzero(inside)
        adding = sparse.csr_matrix(
            (np.ones(len(rows), np.int64), (rows, columns)), shape=(count, self.units), dtype=np.int64
        )
        return PaperSums(**{field.name: adding @ getattr(self, field.name) for field in fields(self)})

    def taken(
        self, units: NDArray[np.integer] | slice, columns: NDArray[np.integer] | slice = slice(None)
    ) -> PaperSums:
        """The same sums of some units, and of some items."""
        return PaperSums(**{
            field.name: value[units] if (value := getattr(self, field.name)).ndim == 1 else value[units][:, columns]
            for field in fields(self)
        })  # fmt: skip
