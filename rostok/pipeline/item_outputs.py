"""Figures of items → the tables of the folder of ``rostok items``, column by column as the manual promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.pipeline.item_scale import BookletLink, Scale
from rostok.statistics.abilities import by_raw_score, cell_levels, curves, weighted_levels
from rostok.statistics.classical import PairwiseSums, WholeTest
from rostok.statistics.differential import DELTA, Differential, compare, compare_many
from rostok.statistics.discoveries import discovery_rates
from rostok.statistics.intervals import reach
from rostok.statistics.item_fit import item_fit
from rostok.statistics.item_scores import Grouping

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.int16]


def numbers(values: object) -> pa.Array:
    """Floats with NaN as missing."""
    found = np.asarray(values, np.float64)
    return pa.array(found, mask=~np.isfinite(found))


def whole_test_table(pupils: int, items: int, test: WholeTest, reliability: float) -> pa.Table:
    """``test.csv``."""
    return pa.table({
        "pupils": pa.array([pupils], pa.int64()),
        "items": pa.array([items], pa.int64()),
        "alpha": numbers([test.alpha]),
        "mean": numbers([test.mean]),
        "sd": numbers([test.sd]),
        "standard_error_of_measurement": numbers([test.standard_error_of_measurement]),
        "separation_reliability": numbers([reliability]),
    })  # fmt: skip


def classical_table(
    items: Sequence[str], sums: PairwiseSums, maxima: Ints, varying: Ints, test: WholeTest
) -> pa.Table:
    """``classical.csv``; ``test`` describes the ``varying`` items only."""
    means = sums.means
    top = np.where(maxima > 0, maxima, np.nan)
    return pa.table({
        "item": pa.array(items, pa.string()),
        "n": pa.array(sums.n),
        "mean": numbers(means),
        "max_score": pa.array(maxima, mask=sums.n == 0),
        "percent_correct": numbers(100 * means / top),
        "item_total": _spread(test.item_total, varying, len(items)),
        "item_rest": _spread(test.item_rest, varying, len(items)),
        "alpha_if_deleted": _spread(test.alpha_if_deleted, varying, len(items)),
    })  # fmt: skip


def _spread(values: Floats, places: Ints, length: int) -> pa.Array:
    found = np.full(length, np.nan)
    found[places] = values
    return numbers(found)


def rasch_table(items: Sequence[str], scale: Scale) -> pa.Table:
    """``rasch.csv``: a row per item, empty where it is not on the scale."""
    values, errors = np.full(len(items), np.nan), np.full(len(items), np.nan)
    if scale.calibration is not None:
        values[scale.placed], errors[scale.placed] = scale.calibration.difficulties()
    return pa.table({"item": pa.array(items, pa.string()), "difficulty": numbers(values),
                     "standard_error": numbers(errors)})  # fmt: skip


def pcm_table(items: Sequence[str], scale: Scale, maxima: Ints) -> pa.Table:
    """``pcm.csv``: a row per item and score above the lowest; empty for a score nobody got or an item not placed."""
    found: dict[tuple[int, int], tuple[float, float]] = {}
    if scale.calibration is not None:
        parameters = scale.calibration.parameters
        place = scale.placed[parameters.item]
        scores = parameters.score + scale.lowest[place]
        pairs = zip(*scale.calibration.thresholds(), strict=True)
        found = dict(zip(zip(place.tolist(), scores.tolist(), strict=True), pairs, strict=True))
    rows = [
        (name, score, *found.get((place, score), (np.nan, np.nan)))
        for place, (name, low, top) in enumerate(
            zip(items, scale.lowest.tolist(), maxima.tolist(), strict=True)
        )
        for score in range(low + 1, top + 1)
    ]
    return pa.table({
        "item": pa.array([row[0] for row in rows], pa.string()),
        "category": pa.array([row[1] for row in rows], pa.int64()),
        "threshold": numbers([row[2] for row in rows]),
        "standard_error": numbers([row[3] for row in rows]),
    })  # fmt: skip


def fit_table(items: Sequence[str], scale: Scale) -> pa.Table:
    """``fit.csv``."""
    found = np.full((4, len(items)), np.nan)
    if scale.calibration is not None and scale.grouping is not None:
        grouped = scale.grouping.grouped
        fit = item_fit(scale.calibration, grouped, cell_levels(scale.calibration, grouped))
        found[:, scale.placed] = fit.infit, fit.infit_t, fit.outfit, fit.outfit_t
    names = ("infit", "infit_t", "outfit", "outfit_t")
    return pa.table(
        {"item": pa.array(items, pa.string()), **dict(zip(names, map(numbers, found), strict=True))}
    )


def raw_offset(scale: Scale, maxima: Ints) -> int:
    """What was taken off raw scores before the model: lowest scores, and items in which all have one score."""
    same = (maxima > 0) & (maxima == scale.lowest)
    counted = np.isin(np.arange(len(maxima)), scale.placed) | same
    return int(scale.lowest[counted].sum())


def persons_table(scale: Scale, maxima: Ints) -> pa.Table:
    """``persons.csv``: every raw score of a pupil who has written all items of the scale."""
    if scale.calibration is None:
        level, error = np.zeros(0), np.zeros(0)
    else:
        found = by_raw_score(scale.calibration, np.ones(len(scale.placed), np.bool_))
        level, error = found.level, found.standard_error
    return pa.table({"raw_score": pa.array(np.arange(len(level)) + raw_offset(scale, maxima)),
                     "ability": numbers(level), "standard_error": numbers(error)})  # fmt: skip


def pupils_table(scale: Scale, columns: dict[str, pa.Array], scores: Codes, maxima: Ints) -> pa.Table:
    """``pupils.csv``: a row per row of the input, its level by likelihood and by weighted likelihood."""
    pupils = scores.shape[1]
    ability, error, weighted = (np.full(pupils, np.nan) for _ in range(3))
    if scale.calibration is not None and scale.grouping is not None:
        grouped, cell = scale.grouping.grouped, scale.grouping.cell
        by_pattern = curves(scale.calibration, grouped.presented)
        own = np.array(
            [by_pattern[p].level[r] for p, r in zip(grouped.pattern, grouped.raw_score, strict=True)]
        )
        own_error = np.array(
            [by_pattern[p].standard_error[r] for p, r in zip(grouped.pattern, grouped.raw_score, strict=True)]
        )
        warm = weighted_levels(scale.calibration, grouped.presented[grouped.pattern], grouped.raw_score).level
        known = cell >= 0
        for target, source in ((ability, own), (error, own_error), (weighted, warm)):
            target[known] = source[cell[known]]
    present = scores >= 0
    return pa.table({
        **columns,
        "raw_score": pa.array(np.where(present, scores, 0).sum(axis=0, dtype=np.int64), mask=~present.any(axis=0)),
        "max_score": pa.array((present * maxima[:, None]).sum(axis=0)),
        "ability": numbers(ability), "standard_error": numbers(error), "weighted_ability": numbers(weighted),
    })  # fmt: skip


def dif_tables(
    items: Sequence[str], grouping: Grouping, scores: Codes, group: Ints, names: Sequence[str]
) -> tuple[pa.Table, pa.Table]:
    """``dif.csv`` (all groups at once) and ``dif_pairs.csv`` (two groups at a time).

    With two groups both say the same, and the odds ratio is of the second to the first.
    """
    rows, pairs = [], []
    for place, name in enumerate(items):
        counts = _by_group(grouping, scores[place], group, len(names))
        compared = [(one, other, compare(counts[one], counts[other]))
                    for one, other in combinations(range(len(names)), 2)]  # fmt: skip
        if len(names) == 2:
            only = compared[0][2]
            rows.append((name, only.chi_square, only.p_value, only.odds_ratio, only.size))
        else:
            rows.append((name, *compare_many(counts), np.nan, ""))
        pairs += [(name, names[one], names[other], found) for one, other, found in compared]
    columns = list(zip(*rows, strict=True))
    dif = pa.table({
        "item": pa.array(columns[0], pa.string()), "chi_square": numbers(columns[1]), "p_value": numbers(columns[2]),
        "odds_ratio": numbers(columns[3]), "class": pa.array(columns[4], pa.string()),
    })  # fmt: skip
    return dif, _pairs_table(pairs)


def _by_group(grouping: Grouping, column: Codes, group: Ints, groups: int) -> list[Floats]:
    """For each group pupils by cell and score of the item."""
    slots = int(max(column.max(initial=0), 0)) + 1
    cells = len(grouping.grouped.pupils)
    use = (column >= 0) & (group >= 0) & (grouping.cell >= 0)
    code = (group[use] * cells + grouping.cell[use]) * slots + column[use]
    counted = np.bincount(code, minlength=groups * cells * slots).astype(np.float64)
    return list(counted.reshape(groups, cells, slots))


@dataclass(frozen=True)
class _Pairs:
    rows: list[tuple[str, str, str, Differential]]

    def column(self, name: str) -> Floats:
        return np.array([getattr(row[3], name) for row in self.rows], np.float64)


def _pairs_table(rows: list[tuple[str, str, str, Differential]]) -> pa.Table:
    pairs = _Pairs(rows)
    ratio, error, p_value = pairs.column("odds_ratio"), pairs.column("log_error"), pairs.column("p_value")
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.log(ratio)
    half = reach() * error
    return pa.table({
        "item": pa.array([row[0] for row in rows], pa.string()),
        "reference": pa.array([row[1] for row in rows], pa.string()),
        "focal": pa.array([row[2] for row in rows], pa.string()),
        "pupils_reference": pa.array([row[3].pupils[0] for row in rows], pa.int64()),
        "pupils_focal": pa.array([row[3].pupils[1] for row in rows], pa.int64()),
        "chi_square": numbers(pairs.column("chi_square")), "p_value": numbers(p_value), "q_value": numbers(discovery_rates(p_value)),
        "odds_ratio": numbers(ratio), "lower": numbers(np.exp(log - half)), "upper": numbers(np.exp(log + half)),
        "delta": numbers(-DELTA * log), "standardised_difference": numbers(pairs.column("standardised_difference")),
        "class": pa.array([row[3].size for row in rows], pa.string()),
    })  # fmt: skip


def link_table(items: Sequence[str], links: Sequence[BookletLink], names: Sequence[str]) -> pa.Table:
    """``link.csv``: each common item of each two booklets."""
    rows = [
        (names[link.first], names[link.second], items[int(item)], float(difference), float(error), str(drift), str(link.test.verdict))
        for link in links
        for item, difference, error, drift in zip(
            link.test.items, link.test.difference, link.test.standard_error, link.test.drift, strict=True
        )
    ]  # fmt: skip
    text = {"booklet": 0, "other": 1, "item": 2}
    return pa.table({
        **{name: pa.array([row[place] for row in rows], pa.string()) for name, place in text.items()},
        "difference": numbers([row[3] for row in rows]),
        "standard_error": numbers([row[4] for row in rows]),
        "status": pa.array([row[5] for row in rows], pa.string()),
        "link": pa.array([row[6] for row in rows], pa.string()),
    })  # fmt: skip
