"""Does a pupil's sub-score say more of the skill than the total does? Decided before it is shown on its own.

A question about one pupil: it decides nothing about the percent of a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rostok.statistics.classical import cronbach_alpha
from rostok.statistics.gaps import MIN_FOR_CORRELATION
from rostok.statistics.item_sums import PaperSums


@dataclass(frozen=True, slots=True)
class Subscore:
    """One skill of one paper over a group of pupils; NaN where it cannot be computed.

    ``from_itself`` and ``from_total``: by what share the error of predicting the true sub-score falls when the
    observed sub-score, or the total, is used instead of the mean (PRMSE).
    """

    participants: int
    alpha: float
    from_itself: float
    from_total: float

    @property
    def says_more(self) -> bool | None:
        """Is the sub-score the better predictor of what it measures? None: cannot tell."""
        if np.isnan(self.from_itself) or np.isnan(self.from_total):
            return None
        return self.from_itself > self.from_total


def subscore(
    sums: PaperSums, unit: int, column: int, items: Sequence[int], least: int = MIN_FOR_CORRELATION
) -> Subscore:
    """PRMSE of the skill in ``column`` made of ``items``, over the complete papers of ``unit``.

    Reliability of the sub-score is alpha of its items; errors of a sub-score and of the rest of the paper are
    independent. Needs two items, ``least`` complete papers and alpha above 0. Source: Haberman (2008), When can
    subscores have value?, equations for PRMSE_s and PRMSE_x.
    """
    n = int(sums.complete[unit])
    nothing = Subscore(n, np.nan, np.nan, np.nan)
    if n < least or len(items) < 2:
        return nothing
    total = float(sums.totals[unit])
    scores = sums.complete_scores[unit].astype(float)
    variances = (sums.complete_squares[unit] - scores**2 / n) / (n - 1)
    of_total = (float(sums.total_squares[unit]) - total**2 / n) / (n - 1)
    common = (float(sums.complete_products[unit, column]) - float(scores[column]) * total / n) / (n - 1)
    own = float(variances[column])
    if own <= 0 or of_total <= 0:
        return nothing
    alpha = float(cronbach_alpha(len(items), variances[list(items)].sum(), own))
    if alpha <= 0:
        return Subscore(n, alpha, np.nan, np.nan)
    with_true = common - (1 - alpha) * own  # the error of the sub-score is a part of the total's
    return Subscore(n, alpha, alpha, min(with_true**2 / (alpha * own * of_total), 1.0))
