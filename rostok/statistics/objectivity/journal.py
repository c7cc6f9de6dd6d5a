"""Journal marks beside results: how often they lie far apart, and whether they say the same. Described, not judged.

Marks of a term and one paper measure different things; the difference of the two is neither value added nor a sign
of anybody's work.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.schema.scales import MARKS

FAR_APART = 2  # marks: from here on the recommendations of 2026 ask to look (``domain.md`` §4.3)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class JournalGaps:
    """Per school: ``pupils`` with both marks, how many ``lower``, ``equal``, ``higher`` than the journal, ``far`` apart."""

    pupils: Floats
    lower: Floats
    equal: Floats
    higher: Floats
    far: Floats


def journal_gaps(counts: NDArray[np.integer], mark_of: NDArray[np.integer]) -> JournalGaps:
    """``counts``: (schools × journal marks 2…5 × scores); ``mark_of``: mark of each score by the scale."""
    gap = mark_of[None, :] - np.array(MARKS)[:, None]
    chosen = [np.ones(gap.shape, bool), gap < 0, gap == 0, gap > 0, np.abs(gap) >= FAR_APART]
    cells = counts.reshape(len(counts), -1).astype(np.float32)  # exact up to 16 million pupils
    sums = cells @ np.stack([one.ravel() for one in chosen], axis=1).astype(np.float32)
    return JournalGaps(*(column.astype(float) for column in sums.T))
