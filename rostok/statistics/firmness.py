"""From replicates of a verdict to the probability that it would be the same, and the word for it."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rostok.wording import N_, gettext

# Bounds of the words: the specification of the analysis ("firm ≥ 0.95, likely ≥ 0.8, open").
FIRM_FROM = 0.95
LIKELY_FROM = 0.8
PROBABILITY_DIGITS = 6  # as written to results.csv


class Firmness(StrEnum):
    """How firm a verdict is."""

    FIRM = "firm"
    LIKELY = "likely"
    OPEN = "open"

    @property
    def label(self) -> str:
        return gettext(_LABELS[self])


_LABELS = {
    Firmness.FIRM: N_("уверенно"),
    Firmness.LIKELY: N_("скорее всего"),
    Firmness.OPEN: N_("вывод открыт"),
}


def probability(same: ArrayLike, draws: int) -> NDArray[np.float64]:
    """Probability of the same verdict when ``same`` of ``draws`` replicates gave it.

    (same + 1/2) / (draws + 1): a finite number of draws never proves certainty, so 256 of 256 is 0.998.
    """
    matches = np.asarray(same, dtype=np.float64)
    if draws < 1 or np.any((matches < 0) | (matches > draws)):
        raise ValueError("of the replicates, between none and all give the same verdict")
    return np.round((matches + 0.5) / (draws + 1.0), PROBABILITY_DIGITS)


def word(value: float | None) -> Firmness | None:
    """The word for a probability; None where there is none.

    >>> word(0.95).value, word(0.9499).value, word(0.8).value, word(0.5).value
    ('firm', 'likely', 'likely', 'open')
    """
    if value is None or np.isnan(value):
        return None
    if value >= FIRM_FROM:
        return Firmness.FIRM
    return Firmness.LIKELY if value >= LIKELY_FROM else Firmness.OPEN
