"""What a reduction of one paper leaves: sums per item by unit, and by school and mark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.statistics.item_sums import PaperSums
from rostok.store.columns import Units, Whole


@dataclass(frozen=True, slots=True)
class ReducedPaper:
    """The sums of one paper by unit, sorted by school and class."""

    units: Units
    sums: PaperSums


@dataclass(frozen=True, slots=True)
class MarkSums:
    """School × mark of one paper: participants, and per item how many answers count and their sum."""

    school: pa.Array
    mark: NDArray[np.int8]
    participants: Whole
    answered: Whole  # (groups, items)
    scores: Whole
