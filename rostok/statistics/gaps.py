"""What pupils cannot do: percent correct with its interval, the verdict by the interval, test statistics by unit.

Everything is computed from ``PaperSums``; arrays are units × items (U, I) unless said otherwise, percents are
0–100, NaN means «not known». An item is judged by where its whole interval lies, never by the point, and not at all
on fewer answers than ``Thresholds.least_answers``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from rostok.schema.verdicts import Status
from rostok.statistics import classical
from rostok.statistics.clusters import Clusters, Likeness, likeness
from rostok.statistics.discoveries import discovery_rates
from rostok.statistics.intervals import CONFIDENCE, reach, wilson
from rostok.statistics.item_sums import PaperSums

Numbers = NDArray[np.float64]

# Least complete papers behind a correlation or a reliability: recommendations of ФИОКО 2026 call a distribution of
# 50 papers informative (domain.md §4.3); the standard error of a correlation of 0.4 is 0.12 then.
MIN_FOR_CORRELATION = 50
# Least pupils of a group by marks, and of either side of a difference (ФИОКО 2026, domain.md §4.3).
MIN_GROUP = 10
# Least answers behind a verdict: the same ten, because three pupils who all failed say more of chance than of teaching,
# though their interval may lie under a threshold.
MIN_ANSWERS = MIN_GROUP
# Least expected points got and lost on either side of a difference, in full answers: below it the normal
# approximation of the test does not hold (Cochran 1954).
MIN_EXPECTED = 5
# Share of false ones among the differences that are named, per paper and level.
FALSE_DISCOVERY_RATE = 0.05


@dataclass(frozen=True, slots=True)
class Threshold:
    """Percent correct that is enough at a level, and how far around it nothing is said; both in percent."""

    enough: float
    margin: float

    def __post_init__(self) -> None:
        if not 0 < self.enough < 100 or not 0 <= self.margin < min(self.enough, 100 - self.enough):
            raise ValueError(
                f"a threshold lies within 0–100 with its margin, not {self.enough} ± {self.margin}"
            )


def _levels() -> dict[str, Threshold]:
    """Recommendations of ФИОКО 2026 on ВПР (domain.md §4.3): Б 60 ± 3, П and В 30 ± 1.5."""
    return {"Б": Threshold(60, 3), "П": Threshold(30, 1.5), "В": Threshold(30, 1.5)}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds by level of an item. An item without a level has none and gets no verdict.

    ``least_answers``: a unit with fewer answers gets no verdict. Raises ValueError for less than one.
    """

    levels: Mapping[str, Threshold] = field(default_factory=_levels)
    least_answers: int = MIN_ANSWERS

    def __post_init__(self) -> None:
        if self.least_answers < 1:
            raise ValueError(f"a verdict rests on at least one answer, not {self.least_answers}")

    def bounds(
        self, levels: Sequence[str | None], maxima: Sequence[int], parts: Sequence[Sequence[int]]
    ) -> tuple[Numbers, Numbers]:
        """Lower and upper bound of the zone where nothing is said, per column; NaN without a level.

        ``parts``: the items (places) of each column. A skill of items of several levels takes their thresholds
        weighted by maxima: the percent a unit would have that is exactly at the threshold of every item.
        """
        lower, upper = [], []
        for places in parts:
            known = [self.levels.get(levels[place] or "") for place in places]
            weights = np.array([maxima[place] for place in places], float)
            if not places or any(one is None for one in known):
                lower.append(np.nan)
                upper.append(np.nan)
                continue
            enough = float(np.average([one.enough for one in known if one], weights=weights))
            margin = float(np.average([one.margin for one in known if one], weights=weights))
            lower.append(enough - margin)
            upper.append(enough + margin)
        return np.array(lower), np.array(upper)


def percent_correct(sums: PaperSums, maxima: ArrayLike) -> Numbers:
    """Σ scores ÷ (n · maximum) · 100; «X» is 0 points, blank and not taught are in neither (domain.md §6.3)."""
    return 100 * _means(sums, maxima)


def _means(sums: PaperSums, maxima: ArrayLike) -> Numbers:
    """Mean share of the maximum."""
    base = sums.answered * np.asarray(maxima, float)
    mean: Numbers = np.divide(sums.scores, base, out=np.full(base.shape, np.nan), where=base > 0)
    return mean


def _variances(sums: PaperSums, maxima: ArrayLike) -> Numbers:
    """Variance (÷ n) of a pupil's share of the maximum."""
    n = np.where(sums.answered > 0, sums.answered, np.nan)
    mean = sums.scores / n
    spread: Numbers = np.maximum(sums.squares / n - mean**2, 0) / np.asarray(maxima, float) ** 2
    return spread


def effective_answers(sums: PaperSums, maxima: ArrayLike, confidence: float = CONFIDENCE) -> Numbers:
    """How many answers «right or wrong» would tell as much about the mean as these scores do; never fewer than n.

    For an item of one point it is n itself. A score between nothing and the maximum tells more: n · p(1−p) / s²
    with s² (÷ n − 1) the variance of the share of the maximum, made smaller by (z/t)² because s² itself is an
    estimate. Source: Korn and Graubard (1998), effective sample size with Student's t.
    """
    most = np.asarray(maxima)
    effective = sums.answered.astype(float)
    polytomous = np.flatnonzero(most > 1)
    if len(polytomous):
        of_items = sums.taken(slice(None), polytomous)
        effective[:, polytomous] = _effective_scores(of_items, most[polytomous], confidence)
    return effective


def _effective_scores(sums: PaperSums, maxima: NDArray[np.integer], confidence: float) -> Numbers:
    n = sums.answered.astype(float)
    p, spread = _means(sums, maxima), _variances(sums, maxima)
    with np.errstate(invalid="ignore", divide="ignore"):
        unbiased = spread * n / (n - 1)
        found = n * p * (1 - p) / unbiased * _normal_to_student(sums.answered, confidence) ** 2
    return np.where((spread > 0) & (n > 1), np.maximum(found, n), n)


def _normal_to_student(n: NDArray[np.integer], confidence: float) -> Numbers:
    """z / t with n − 1 degrees of freedom; each size is looked up once, of millions of groups few differ."""
    sizes, place = np.unique(n, return_inverse=True)
    z = reach(confidence)
    ratio: Numbers = z / special.stdtrit(np.maximum(sizes - 1, 1).astype(float), 0.5 + confidence / 2)
    return ratio[place].reshape(n.shape)


def design_effects(
    members: PaperSums, parent: NDArray[np.integer], whole: PaperSums, maxima: ArrayLike, effective: Numbers
) -> Numbers:
    """Larger units: how many times the variance of the mean exceeds that of independent pupils; at least 1.

    ``members`` are the schools, ``parent`` the larger unit of each (negative: none), ``whole`` the sums of the
    larger units, ``effective`` their ``effective_answers``. Schools are clusters: ratio estimator linearised
    (Cochran 1977, 6.3), S/(S−1) Σ (y − p·n)² / N². With one school there is nothing to compare: 1.
    """
    most = np.asarray(maxima, float)
    p = _means(whole, most)
    inside = parent >= 0
    deviation = members.scores[inside] / most - np.nan_to_num(p[parent[inside]]) * members.answered[inside]
    squares = np.zeros(p.shape)
    schools = np.zeros(p.shape)
    np.add.at(squares, parent[inside], deviation**2)
    np.add.at(schools, parent[inside], (members.answered[inside] > 0).astype(float))
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = squares * schools / (schools - 1) / whole.answered.astype(float) ** 2
        effect = variance * effective / (p * (1 - p))
    return np.where((schools > 1) & np.isfinite(effect), np.maximum(effect, 1), 1.0)


def interval(sums: PaperSums, maxima: ArrayLike, effective: Numbers) -> tuple[Numbers, Numbers]:
    """Wilson's interval of percent correct on ``effective`` answers; NaN where nobody answered."""
    p = _means(sums, maxima)
    base = np.where(sums.answered > 0, effective, np.nan)
    hits = np.clip(p, 0, 1) * base
    lower, upper = wilson(np.where(p >= 1, base, hits), base)
    return 100 * lower, 100 * upper


def statuses(
    lower: Numbers,
    upper: Numbers,
    bounds: tuple[Numbers, Numbers],
    answered: NDArray[np.integer],
    least: int = MIN_ANSWERS,
) -> NDArray[np.int8]:
    """−1 the whole interval lies under the zone of its threshold, 1 above it, 0 cannot tell.

    ``bounds``: per item, as ``Thresholds.bounds`` gives them. Fewer answers than ``least`` tell nothing.
    """
    with np.errstate(invalid="ignore"):
        found = (lower > bounds[1]).astype(np.int8) - (upper < bounds[0]).astype(np.int8)
    return np.where(answered >= least, found, 0).astype(np.int8)


STATUS_WORDS = {-1: Status.BELOW, 0: Status.CANNOT_TELL, 1: Status.ABOVE}


def systemic(
    below: NDArray[np.bool_], items: int, parts: Sequence[Sequence[int]]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """How many items of each skill are below in each unit; is it a systemic gap: most of them, and the skill itself?

    Both (units, skills). ``below``: columns are items, then skills. ``parts``: the items (places) of each skill.
    Most of the items alone (``domain.md`` §4.3) contradicts a verdict «cannot tell» or «above» of the same skill.
    """
    counted = np.zeros((len(below), len(parts)), np.int64)
    for skill, places in enumerate(parts):
        counted[:, skill] = below[:, list(places)].sum(axis=1)
    sizes = np.array([len(places) for places in parts], np.int64)
    return counted, (2 * counted > sizes) & below[:, items : items + len(parts)]


# --- the paper as a test


@dataclass(frozen=True, slots=True)
class PaperStatistics:
    """Per unit (U,), over complete papers; NaN where they are fewer than ``MIN_FOR_CORRELATION`` or do not vary.

    ``item_rest`` and ``alpha_if_deleted`` are (U, I) over the items of the paper.
    """

    mean: Numbers
    deviation: Numbers  # ÷ n − 1
    alpha: Numbers
    error: Numbers  # standard error of measurement, points
    item_rest: Numbers
    alpha_if_deleted: Numbers


def paper_statistics(sums: PaperSums, items: int, least: int = MIN_FOR_CORRELATION) -> PaperStatistics:
    """Cronbach's alpha, correlation of each item with the rest, alpha without it (Lord and Novick 1968, 4.4, 15.2).

    ``items``: the first columns are items of the paper, the others skills, whose correlation is with the rest of
    the paper too; alpha counts items only. Mean and deviation are given from two complete papers on.
    """
    shape = sums.complete_scores.shape
    rest, without = np.full(shape, np.nan), np.full((shape[0], items), np.nan)
    alpha, error = np.full(shape[0], np.nan), np.full(shape[0], np.nan)
    n = sums.complete.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums.totals / n
        deviation = np.sqrt((sums.total_squares - sums.totals * mean) / (n - 1))
    # Most units of a country are too small, and nothing is computed for them.
    enough = np.flatnonzero(sums.complete >= max(least, 2))
    if len(enough):
        rest[enough], alpha[enough], without[enough] = _reliability(sums.taken(enough), items)
        error[enough] = deviation[enough] * np.sqrt(1 - alpha[enough])
    return PaperStatistics(_kept(mean), _kept(deviation), alpha, _kept(error), rest, without)


def _reliability(sums: PaperSums, items: int) -> tuple[Numbers, Numbers, Numbers]:
    """Correlation with the rest (U, I), alpha (U,), alpha without each item (U, items)."""
    n = sums.complete.astype(float)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        total = sums.totals[:, None].astype(float)
        of_total = (sums.total_squares[:, None] - total**2 / n) / (n - 1)
        of_items = (sums.complete_squares - sums.complete_scores.astype(float) ** 2 / n) / (n - 1)
        common = (sums.complete_products - sums.complete_scores * total / n) / (n - 1)
    # Items nobody of the unit answered are none of the test; the definition of a complete paper leaves them out.
    counted = (sums.answered[:, :items] > 0).sum(axis=1, keepdims=True)
    own, with_all = of_items[:, :items], common[:, :items]
    within = own.sum(axis=1, keepdims=True)
    return (
        classical.item_rest(of_items, common, of_total),
        classical.cronbach_alpha(counted, within, of_total)[:, 0],
        classical.alpha_if_deleted(counted, own, with_all, within, of_total),
    )


def _kept(values: Numbers) -> Numbers:
    """Finite values; NaN for the others."""
    return np.where(np.isfinite(values), values, np.nan)


# --- differences to larger units


@dataclass(frozen=True, slots=True)
class Differences:
    """Unit against its larger unit, (U, I). ``difference`` is to the larger unit as a whole, in percent points.

    ``q``: the least false discovery rate at which the difference would be named; NaN where the test cannot tell.
    """

    difference: Numbers
    q: Numbers


def differences(
    units: PaperSums, parent: NDArray[np.integer], whole: PaperSums, maxima: ArrayLike,
    clusters: Clusters | None = None,
) -> Differences:  # fmt: skip
    """Tested against the rest of the larger unit, which the unit is no part of; held over all units and items.

    Two means with the variance of the larger unit, two-sided. The null: the groups of the unit (``clusters``) were
    drawn from those of the larger unit, whose pupils are as alike as they are inside units; without groups, its
    pupils were. Not tested with fewer than ``MIN_GROUP`` answers, ``MIN_EXPECTED`` expected full answers got or
    lost, or the least number of groups on either side. False discovery rate by Benjamini and Hochberg (1995).
    """
    place = np.maximum(parent, 0)
    known = (parent >= 0)[:, None]
    n, all_n = units.answered.astype(float), whole.answered.astype(float)[place]
    p, of_all = _means(units, maxima), _means(whole, maxima)[place]
    rest, spread = all_n - n, _variances(whole, maxima)[place]
    mine = theirs = np.ones(n.shape)
    degrees, enough = np.zeros(n.shape[1]), np.ones(n.shape, bool)
    if clusters is not None:
        found = likeness(clusters, units, np.where(known, spread, np.nan), maxima)
        mine, theirs, enough = _grouped(found, units, parent, whole.units, clusters.least)
        degrees = found.degrees
    with np.errstate(invalid="ignore", divide="ignore"):
        of_rest = (of_all * all_n - p * n) / rest
        z = (p - of_rest) / np.sqrt(spread * (mine / n + theirs / rest))
    smaller = np.minimum(n, rest)
    testable = known & (smaller >= MIN_GROUP) & (smaller * np.minimum(of_all, 1 - of_all) >= MIN_EXPECTED)
    chance = np.where(testable & enough & np.isfinite(z), _two_sided(z, degrees), np.nan)
    return Differences(np.where(known, 100 * (p - of_all), np.nan), discovery_rates(chance))


def _grouped(
    found: Likeness, units: PaperSums, parent: NDArray[np.integer], wholes: int, least: int
) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
    """Design effects of each unit and of the rest of its larger unit (Kish 1965, 5.4), and are there groups enough?"""
    place = np.maximum(parent, 0)
    answered = units.answered.astype(float)

    def rest(values: Numbers) -> Numbers:
        total = np.zeros((wholes, values.shape[1]))
        np.add.at(total, parent[parent >= 0], values[parent >= 0])
        left: Numbers = total[place] - values
        return left

    with np.errstate(invalid="ignore", divide="ignore"):
        effects = [
            1 + np.maximum(squares / pupils - 1, 0) * found.correlation
            for squares, pupils in ((found.squares, answered), (rest(found.squares), rest(answered)))
        ]
    return effects[0], effects[1], (found.groups >= least) & (rest(found.groups) >= least)


def _two_sided(z: Numbers, degrees: Numbers) -> Numbers:
    """Of Student with these degrees of freedom per item; normal where no likeness was estimated (0)."""
    chance: Numbers = 2 * special.ndtr(-np.abs(z))
    some = degrees > 0
    chance[:, some] = 2 * special.stdtr(degrees[some], -np.abs(z[:, some]))
    return chance


# --- groups by marks


class Crossing(StrEnum):
    """Does a group with a higher mark do an item worse than the group below it?"""

    YES = "yes"
    CANNOT_TELL = "cannot_tell"
    NO = "no"


def crossing(
    lower_mark: tuple[ArrayLike, ArrayLike], higher_mark: tuple[ArrayLike, ArrayLike]
) -> NDArray[np.int8]:
    """1 the higher mark's group did the item worse, beyond what chance gives; 0 it did, but chance may; −1 it did not.

    Each group: share of the maximum and answers. Chance: Newcombe's interval of the difference of two shares
    (1998, method 10) with Wilson's intervals. Groups under ``MIN_GROUP`` answers: −1, nothing is pointed out.
    """
    (p, n), (q, m) = ((np.asarray(a, float), np.asarray(b, float)) for a, b in (lower_mark, higher_mark))
    enough = (n >= MIN_GROUP) & (m >= MIN_GROUP)
    worse = enough & (q < p)
    low_p, _ = wilson(np.where(enough, p * n, np.nan), n)
    _, high_q = wilson(np.where(enough, q * m, np.nan), m)
    with np.errstate(invalid="ignore"):
        surely = p - q - np.sqrt((p - low_p) ** 2 + (high_q - q) ** 2) > 0
    return np.where(worse & surely, 1, np.where(worse, 0, -1)).astype(np.int8)


def mark_groups(
    answered: NDArray[np.integer], scores: NDArray[np.integer], maxima: ArrayLike
) -> tuple[Numbers, NDArray[np.int8]]:
    """Of groups by marks (…, marks rising, items): share of the maximum, and ``crossing`` with the group below.

    NaN for groups under ``MIN_GROUP`` answers, of which nothing is said.
    """
    base = answered * np.asarray(maxima, float)
    share = np.divide(scores, base, out=np.full(base.shape, np.nan), where=answered >= MIN_GROUP)
    found = np.full(share.shape, -1, np.int8)
    found[..., 1:, :] = crossing(
        (share[..., :-1, :], answered[..., :-1, :]), (share[..., 1:, :], answered[..., 1:, :])
    )
    return share, found
