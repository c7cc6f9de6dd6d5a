"""The official markers (method of 2019, ``domain.md`` §4.1), literally, and their variants with ties and classes.

The formulas describe; they are no tests. The null of the first, "the mean of the school is that of the region",
is false for any good school, so it marks many of them. Where schools of several regions stand together, ``region``
says the region of each by its number from 0, and every comparison is with its own; without it all are of one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.statistics.intervals import reach

T_ALPHA = 1.96  # the document's: «ta = 1.96 (на уровне достоверности 95 %)»; other intervals take CONFIDENCE
QUARTILE_RANGES = 3  # «сумма значения 75 процентиля и 3 межквартильных размахов»

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def _regions(region: NDArray[np.integer] | None, schools: int) -> Ints:
    return np.zeros(schools, np.int64) if region is None else np.asarray(region, np.int64)


@dataclass(frozen=True, slots=True)
class InflatedMeans:
    """Per school: ``pupils``, ``mean``, lower end of its interval; NaN with under two pupils; its ``region``.

    ``limit``: the upper end of each region, NaN where nobody of it has a score.
    """

    pupils: Floats
    mean: Floats
    lower: Floats
    limit: Floats
    region: Ints

    @property
    def flagged(self) -> Bools:
        """The interval of the school lies wholly to the right of the region's."""
        return np.asarray(self.lower > self.limit[self.region])


def inflated_means(counts: NDArray[np.integer], region: NDArray[np.integer] | None = None) -> InflatedMeans:
    """Mean scores whose interval lies right of the region's interval. ``counts``: (schools × scores from 0).

    Schools: x̄ ± 1.96·s/√m; region: X̄ ± 1.96·S/√n over all its pupils; both deviations with n − 1.
    """
    pupils, mean, variance = moments(counts)
    regions = _regions(region, len(counts))
    everybody, middle, spread = moments(_regional(counts, regions))
    limit = middle + T_ALPHA * np.sqrt(spread / np.maximum(everybody, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = mean - T_ALPHA * np.sqrt(variance / pupils)
    return InflatedMeans(pupils, mean, lower, limit, regions)


def _regional(counts: NDArray[np.integer], region: Ints) -> Ints:
    """(regions × scores): the schools of each region together; every number up to the largest has schools."""
    number = int(region.max(initial=0)) + 1
    if number == 1:
        return np.asarray(counts.sum(axis=0, keepdims=True), np.int64)
    if (np.diff(region) < 0).any():
        order = np.argsort(region, kind="stable")
        counts, region = counts[order], region[order]
    starts = np.searchsorted(region, np.arange(number))
    return np.asarray(np.add.reduceat(counts, starts, axis=0, dtype=np.int64))


def moments(counts: NDArray[np.integer]) -> tuple[Floats, Floats, Floats]:
    """Number, mean and variance (n − 1) of the scores of each row; NaN where there are too few."""
    scores = np.arange(counts.shape[1], dtype=float)
    powers = np.stack([np.ones_like(scores), scores, scores**2], axis=1)
    number, total, squares = (
        counts.astype(float) @ powers
    ).T  # floats, because only they are multiplied fast
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(number > 0, total / number, np.nan)
        variance = np.where(number > 1, (squares - number * mean**2) / (number - 1), np.nan)
    return number, mean, np.maximum(variance, 0)


def clustered_means(
    means: InflatedMeans, school: NDArray[np.integer], pupils: NDArray[np.integer], total: Floats
) -> InflatedMeans:
    """The same comparison with classes as clusters in a school, and schools as clusters in the region.

    ``school, pupils, total``: one entry per class. Variance of a mean of clusters of unequal size by the ratio
    estimator (Cochran 1977, §9.3) with k − 1; never under that of independent pupils, because a few classes may
    agree by chance. A school of one class has no variance between classes: NaN, nothing can be said.
    """
    count = len(means.pupils)
    residual = total - means.mean[school] * pupils
    clusters = np.bincount(school, minlength=count)
    squares = np.bincount(school, weights=residual**2, minlength=count)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(squares * clusters / (clusters - 1)) / means.pupils
        plain = (means.mean - means.lower) / T_ALPHA
    error = np.where(clusters > 1, np.fmax(error, plain), np.nan)
    return InflatedMeans(
        means.pupils, means.mean, means.mean - T_ALPHA * error, _region_limits(means), means.region
    )


def _region_limits(means: InflatedMeans) -> Floats:
    """Upper ends with schools as clusters of their region; NaN where there are fewer than two."""
    known, number = means.pupils > 0, len(means.limit)
    pupils, mean, region = means.pupils[known], means.mean[known], means.region[known]

    def by_region(values: Floats) -> Floats:
        return np.bincount(region, weights=values, minlength=number).astype(float)

    schools, total = by_region(np.ones(len(pupils))), by_region(pupils)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = by_region(mean * pupils) / total
        squares = by_region((mean - middle[region]) ** 2 * pupils**2) * schools / (schools - 1)
        return np.where(schools > 1, middle + T_ALPHA * np.sqrt(squares) / total, np.nan)


@dataclass(frozen=True, slots=True)
class RankAgreement:
    """Per school: ``pupils`` with both figures, ``official`` rₛ of the document, ``with_ties``: Pearson over mid-ranks.

    NaN: official with under two pupils; with ties also where all have one mark or one score.
    """

    pupils: Floats
    official: Floats
    with_ties: Floats

    @property
    def flagged(self) -> Bools:
        """rₛ < 0, as the document has it."""
        return np.asarray(self.official < 0)

    @property
    def upper(self) -> Floats:
        """Upper end of the interval of ``with_ties``: Fisher's z, variance 1.06 ÷ (n − 3) (Fieller et al. 1957)."""
        room = np.where(self.pupils > 3, self.pupils - 3, np.nan)
        inside = np.clip(self.with_ties, -0.999999, 0.999999)
        return np.asarray(np.tanh(np.arctanh(inside) + reach() * np.sqrt(1.06 / room)))


_CHUNK = 4096  # schools at once: the ranks of a country would take gigabytes


def rank_agreement(counts: NDArray[np.integer]) -> RankAgreement:
    """Spearman's coefficient of journal marks and scores. ``counts``: (schools × marks × scores).

    Equal values share the mean of their ranks. ``official`` is 1 − 6Σd² ÷ (n(n² − 1)), which is Spearman's
    coefficient only without ties; ``with_ties`` is the coefficient itself.
    """
    parts = [_ranked(counts[at : at + _CHUNK].astype(float)) for at in range(0, len(counts), _CHUNK)]
    pupils, official, ties = (np.concatenate(column) for column in zip(*parts, strict=True))
    return RankAgreement(pupils, official, ties)


def _ranked(counts: Floats) -> tuple[Floats, Floats, Floats]:
    by_mark, by_score = counts.sum(axis=2), counts.sum(axis=1)
    number = by_mark.sum(axis=1)
    mark, score = _centred_ranks(by_mark), _centred_ranks(by_score)
    product = (np.matmul(mark[:, None, :], counts)[:, 0] * score).sum(axis=1)
    marks, scores = (by_mark * mark**2).sum(axis=1), (by_score * score**2).sum(axis=1)
    differences = marks + scores - 2 * product
    with np.errstate(divide="ignore", invalid="ignore"):
        official = np.where(number > 1, 1 - 6 * differences / (number * (number**2 - 1)), np.nan)
        with_ties = np.where((marks > 0) & (scores > 0), product / np.sqrt(marks * scores), np.nan)
    return number, official, with_ties


def _centred_ranks(counts: Floats) -> Floats:
    """Mid-rank of each value less the mean rank, which is the same for every variable of n pupils."""
    before = np.cumsum(counts, axis=1) - counts
    return np.asarray(before + (counts - counts.sum(axis=1, keepdims=True)) / 2)


@dataclass(frozen=True, slots=True)
class Changes:
    """Per school ``ratio`` K = S_N ÷ S_{N+1} (NaN where one is missing or zero); per region two critical values."""

    ratio: Floats
    lower: Floats
    upper: Floats
    region: Ints

    @property
    def fell(self) -> Bools:
        return np.asarray(self.ratio > self.upper[self.region])

    @property
    def rose(self) -> Bools:
        return np.asarray(self.ratio < self.lower[self.region])


def changes(before: Floats, after: Floats, region: NDArray[np.integer] | None = None) -> Changes:
    """Sharp changes of one generation of pupils. ``before``, ``after``: percent correct of each school, NaN = none.

    Critical values: third quartile + 3 interquartile ranges, first quartile − 3. Quartiles of type 7 (Hyndman and
    Fan 1996: linear interpolation), which the document leaves open.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(after > 0, before / after, np.nan)
    regions = _regions(region, len(ratio))
    ends = [_critical(ratio[regions == place]) for place in range(int(regions.max(initial=0)) + 1)]
    return Changes(ratio, np.array([low for low, _ in ends]), np.array([high for _, high in ends]), regions)


def _critical(ratio: Floats) -> tuple[float, float]:
    known = ratio[~np.isnan(ratio)]
    if not len(known):
        return float("nan"), float("nan")
    first, third = np.quantile(known, [0.25, 0.75], method="linear")
    far = QUARTILE_RANGES * (third - first)
    return float(first - far), float(third + far)


def objectivity_index(marked: Bools) -> float:
    """100 − percent of schools with at least one marker; NaN without schools."""
    return float(100 - 100 * marked.mean()) if len(marked) else float("nan")
