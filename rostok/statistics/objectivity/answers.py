"""Answers of one paper, counted: the input of the tests on patterns and on easy and hard items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def summed(place: Ints, weights: Floats | Ints, length: int = 0) -> Floats:
    """Sum of ``weights`` by place 0, 1, …, at least ``length`` of them."""
    return np.asarray(np.bincount(place, weights=weights, minlength=length), dtype=float)


@dataclass(frozen=True)
class Answers:
    """One entry per school, class and pattern of answers: ``pupils`` who gave it.

    ``points``: (entries × items), 0 … maximum. ``school``: 0 … ``schools`` − 1; ``klass``: numbers that differ
    between classes, also of different schools; −1 where the class is not known.
    """

    school: Ints
    klass: Ints
    points: NDArray[np.int8]
    pupils: Ints
    schools: int

    def __post_init__(self) -> None:
        if (
            self.points.ndim != 2
            or len({len(self.school), len(self.klass), len(self.points), len(self.pupils)}) > 1
        ):
            raise ValueError("answers: one school, class, pattern and number of pupils per entry")

    @cached_property
    def score(self) -> Ints:
        return np.asarray(self.points.sum(axis=1, dtype=np.int64))

    @cached_property
    def maximum(self) -> int:
        """Largest score that the points met could give."""
        return int(self.points.max(axis=0, initial=0).sum())

    def by_school_and_score(self, weight: Floats | Ints | None = None) -> Floats:
        """(schools × scores): number of pupils, or the sum of a weight of each entry's pupils."""
        width = self.maximum + 1
        per_entry = self.pupils if weight is None else self.pupils * weight
        flat = summed(self.school * width + self.score, per_entry, self.schools * width)
        return flat.reshape(self.schools, width)

    def share_of_points(self) -> Floats:
        """Mean score of each item ÷ the largest met; NaN for an item on which nobody scored."""
        largest = self.points.max(axis=0, initial=0).astype(float)
        mean = self.pupils @ self.points.astype(float) / max(self.pupils.sum(), 1)
        return np.where(largest > 0, mean / np.maximum(largest, 1), np.nan)
