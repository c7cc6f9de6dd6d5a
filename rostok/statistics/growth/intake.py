"""Is a school's intake another one than before? Then a change of results may be a change of pupils."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.intervals import reach

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# A third more or fewer pupils, or ten points of absence, is seen on a page; less is how years differ anyway.
SIZE_RATIO = 4 / 3
ABSENCE_POINTS = 0.10


@dataclass(frozen=True)
class IntakeChange:
    """Per school: ``size``, another number of participants; ``absence``, another share of absent (False: not known)."""

    size: Flags
    absence: Flags

    @property
    def flagged(self) -> Flags:
        return np.asarray(self.size | self.absence)


def intake_change(first: Floats, second: Floats, first_absent: Floats, second_absent: Floats) -> IntakeChange:
    """Compare participants and absences of two papers; NaN where a school has none, or absence is not known.

    Both must be large and no play of chance: |n₁−n₂| > 1.96·√(n₁+n₂) for numbers, a z of two shares for absences.
    """
    both = (first > 0) & (second > 0)
    a, b = np.where(both, first, 1.0), np.where(both, second, 1.0)
    ratio = np.maximum(a, b) / np.minimum(a, b)
    size = both & (ratio > SIZE_RATIO) & (np.abs(a - b) > reach() * np.sqrt(a + b))
    return IntakeChange(size, both & _absence(a, b, first_absent, second_absent))


def _absence(a: Floats, b: Floats, first: Floats, second: Floats) -> Flags:
    with np.errstate(invalid="ignore", divide="ignore"):
        listed_a, listed_b = a + first, b + second
        one, two = first / listed_a, second / listed_b
        both = (first + second) / (listed_a + listed_b)
        error = np.sqrt(both * (1 - both) * (1 / listed_a + 1 / listed_b))
        return np.asarray((np.abs(one - two) > ABSENCE_POINTS) & (np.abs(one - two) > reach() * error))
