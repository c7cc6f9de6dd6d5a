"""Classical statistics of a test from sums over pairs of items: alpha, correlations, error of measurement.

Covariances are pairwise-complete: each pair of items over the pupils who have a score for both, as ``alpha`` of
R's package psych takes them. With nothing missing these are the ordinary ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rostok.statistics.item_scores import Ints, Scores
from rostok.statistics.products import outer_sum

Floats = NDArray[np.float64]

_ROWS = 65_536  # pupils turned into floating point at a time


@dataclass(frozen=True)
class PairwiseSums:
    """Sums over the pupils who have scores for both items of a pair; all (I, I).

    ``counts`` pupils, ``sums`` of the score of the row's item, ``cross`` of the product. The diagonals are the
    sums of each item over all who have it.
    """

    counts: Floats
    sums: Floats
    cross: Floats

    def __add__(self, other: PairwiseSums) -> PairwiseSums:
        return PairwiseSums(self.counts + other.counts, self.sums + other.sums, self.cross + other.cross)

    @property
    def items(self) -> int:
        return len(self.counts)

    @cached_property
    def covariance(self) -> Floats:
        """Pairwise-complete covariances with divisor n − 1; NaN for a pair that fewer than two pupils have."""
        safe = np.where(self.counts > 1, self.counts, np.nan)
        return np.asarray((self.cross - self.sums * self.sums.T / safe) / (safe - 1), np.float64)

    @property
    def n(self) -> Ints:
        """Pupils with a score, by item."""
        return np.diagonal(self.counts).astype(np.int64)

    @property
    def means(self) -> Floats:
        """Mean score by item, NaN where nobody has one."""
        n = np.diagonal(self.counts)
        return np.asarray(np.diagonal(self.sums) / np.where(n > 0, n, np.nan), np.float64)


def pairwise_sums(scores: Scores) -> PairwiseSums:
    """One pass over a table, items × pupils, negative for missing."""
    items, pupils = scores.shape
    shape = (items, items)
    counts, sums, cross = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for first in range(0, pupils, _ROWS):
        part = scores[:, first : first + _ROWS]
        present = (part >= 0).astype(np.float64)
        values = np.maximum(part, 0).astype(np.float64)
        cross += outer_sum(values, values)
        if present.all():
            # Nothing missing here: what the items have in common are all pupils of the piece.
            counts += part.shape[1]
            sums += values.sum(axis=1)[:, None]
        else:
            counts += outer_sum(present, present)
            sums += outer_sum(values, present)
    return PairwiseSums(counts, sums, cross)


@dataclass(frozen=True)
class WholeTest:
    """A test and its items (I). NaN where a figure is not defined.

    ``mean`` and ``sd`` are those of the sum of all items: with missing scores, of a pupil who would have
    answered everything (sum of means, root of the sum of covariances).
    """

    alpha: float
    mean: float
    sd: float
    standard_error_of_measurement: float
    item_total: Floats
    item_rest: Floats
    alpha_if_deleted: Floats


def describe(sums: PairwiseSums) -> WholeTest:
    """Alpha, its error of measurement, and how each item goes with the others.

    Items without a score or with one value only must be left out beforehand: they carry no covariance. Alpha
    is NaN for fewer than two items and where a pair of items was never answered together.
    Source: Cronbach (1951); item–rest from covariances as psych::alpha's ``r.drop``.
    """
    covariance = sums.covariance
    variances = np.diagonal(covariance)
    with_all = covariance.sum(axis=0)
    total = float(covariance.sum())
    sd = _root(total)
    alpha = float(cronbach_alpha(sums.items, variances.sum(), total))
    return WholeTest(
        alpha=alpha,
        mean=float(sums.means.sum()),
        sd=sd,
        standard_error_of_measurement=sd * _root(1 - alpha),
        item_total=_correlations(with_all, variances, np.full(sums.items, total)),
        item_rest=item_rest(variances, with_all, total),
        alpha_if_deleted=alpha_if_deleted(sums.items, variances, with_all, variances.sum(), total),
    )


# --- of variances and covariances of any shape: one test, or units × items


def cronbach_alpha(items: ArrayLike, within: Floats | float, total: Floats | float) -> Floats:
    """Alpha of ``items`` items whose variances add up to ``within`` and whose sum has the variance ``total``.

    NaN for fewer than two items and where the sum does not vary. Source: Cronbach (1951).
    """
    number, inside, whole = np.broadcast_arrays(*(np.asarray(one, float) for one in (items, within, total)))
    known = (number >= 2) & (whole > 0)
    number, whole = np.where(known, number, 2.0), np.where(known, whole, 1.0)
    return np.where(known, number / (number - 1) * (1 - inside / whole), np.nan)


def item_rest(own: Floats, with_all: Floats, total: Floats | float) -> Floats:
    """Correlation of items with the sum of all others, from variances ``own`` and covariances ``with_all``.

    ``with_all``: with the sum of all items, the item itself included; ``total``: the variance of that sum.
    """
    return _correlations(with_all - own, own, total - 2 * with_all + own)


def alpha_if_deleted(
    items: ArrayLike, own: Floats, with_all: Floats, within: Floats | float, total: Floats | float
) -> Floats:
    """Alpha of the test without each item; arguments as of ``cronbach_alpha`` and ``item_rest``."""
    return cronbach_alpha(np.asarray(items) - 1, within - own, total - 2 * with_all + own)


def _root(value: float) -> float:
    return float(np.sqrt(value)) if value >= 0 else float("nan")


def _correlations(covariance: Floats, one: Floats, other: Floats) -> Floats:
    product = one * other
    known = np.isfinite(product) & (product > 0)
    return np.where(known, covariance / np.sqrt(np.where(known, product, 1.0)), np.nan)
