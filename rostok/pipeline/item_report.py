"""Tables of ``rostok items`` → the page ``items.html``, with what only a picture needs: who stands where on the scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

import rostok
from rostok.disclosure import is_share_shown
from rostok.pipeline.item_scale import Scale
from rostok.reports.item_charts import MapCell, MapRow
from rostok.reports.items_model import ItemFigures, ItemsPage, Shift
from rostok.reports.wright_map import AbilityBin, WrightItem
from rostok.schema.problems import Problem
from rostok.statistics.abilities import weighted_levels
from rostok.statistics.gaps import FALSE_DISCOVERY_RATE
from rostok.wording import gettext

Codes = NDArray[np.int16]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVELS = 5  # parts of equal size the pupils are cut into, by level
LEAST_OF_LEVEL = 10  # answers behind a point of the line through them
BIN = 0.5  # logits of one bar of the Wright map


@dataclass(frozen=True)
class Spread:
    """``levels``: pupils by level; ``by_level`` (items × parts): percent correct; ``groups``: rows, all pupils first."""

    levels: tuple[AbilityBin, ...]
    by_level: Floats
    groups: tuple[MapRow, ...]


def spread_of(
    scores: Codes, possible: Ints, scale: Scale, group: Ints | None, names: Sequence[str]
) -> Spread:
    """``possible``: highest scores by item; ``group``: place of each pupil's among ``names``, −1 for none."""
    by_level = np.full((len(scores), LEVELS), np.nan)
    if scale.calibration is None or scale.grouping is None:
        return Spread((), by_level, _groups(scores, possible, group, names))
    grouped = scale.grouping.grouped
    present = grouped.presented[grouped.pattern]
    level = weighted_levels(scale.calibration, present, grouped.raw_score).level
    part = _parts(level, grouped.pupils)
    base = possible[scale.placed].astype(float)
    for number in range(LEVELS):
        cells = part == number
        n = (grouped.pupils[cells, None] * present[cells]).sum(axis=0)
        total = grouped.score_sums[cells].sum(axis=0) + n * scale.lowest[scale.placed]
        by_level[scale.placed, number] = np.where(
            n >= LEAST_OF_LEVEL, 100 * total / (np.maximum(n, 1) * base), np.nan
        )
    return Spread(_bins(level, grouped.pupils), by_level, _groups(scores, possible, group, names))


def _parts(level: Floats, pupils: Ints) -> Ints:
    """The part of each cell, lowest first, −1 without a level; a cell falls where its middle pupil does."""
    part = np.full(len(level), -1)
    known = np.flatnonzero(np.isfinite(level))
    order = known[np.argsort(level[known], kind="stable")]
    middle = np.cumsum(pupils[order]) - pupils[order] / 2
    part[order] = np.minimum(LEVELS * middle / max(pupils[order].sum(), 1), LEVELS - 1).astype(np.int64)
    return part


def _bins(level: Floats, pupils: Ints) -> tuple[AbilityBin, ...]:
    known = np.isfinite(level)
    place = np.floor(level[known] / BIN).astype(np.int64)
    if not len(place):
        return ()
    counts = np.bincount(place - place.min(), weights=pupils[known]).astype(np.int64)
    first = int(place.min())
    return tuple(
        AbilityBin((first + number) * BIN, (first + number + 1) * BIN, count)
        for number, count in enumerate(counts.tolist())
    )


def _groups(scores: Codes, possible: Ints, group: Ints | None, names: Sequence[str]) -> tuple[MapRow, ...]:
    if group is None:
        return ()
    everybody = _cells(scores, possible, np.ones(scores.shape[1], np.bool_))
    rows = [MapRow(gettext("все"), everybody, of_region=True)]
    rows += [MapRow(name, _cells(scores, possible, group == number)) for number, name in enumerate(names)]
    return tuple(rows)


def _cells(scores: Codes, possible: Ints, pupils: NDArray[np.bool_]) -> tuple[MapCell, ...]:
    mine = scores[:, pupils]
    n = (mine >= 0).sum(axis=1)
    total = np.maximum(mine, 0).sum(axis=1, dtype=np.int64)
    return tuple(
        MapCell(100 * points / (answers * most) if most and is_share_shown(answers) else None, None, answers)
        for answers, points, most in zip(n.tolist(), total.tolist(), possible.tolist(), strict=True)
    )


def page_of(
    source: str, tables: Mapping[str, pa.Table], spread: Spread, problems: tuple[Problem, ...], group: str
) -> ItemsPage:
    """The page of these tables; ``group``: the name of the column of groups, empty without one."""
    test = tables["test"].to_pylist()[0]
    difficulty = _difficulties(tables)
    infit = tables["fit"].column("infit").to_pylist()
    lines = tuple(
        ItemFigures(row["item"], row["n"], row["max_score"], row["percent_correct"], row["item_rest"],
                    row["alpha_if_deleted"], difficulty.get(row["item"]), fit, _known(by_level))
        for row, fit, by_level in zip(tables["classical"].to_pylist(), infit, spread.by_level, strict=True)
    )  # fmt: skip
    return ItemsPage(
        source=source, pupils=test["pupils"], items=test["items"], alpha=test["alpha"], mean=test["mean"],
        sd=test["sd"], error=test["standard_error_of_measurement"], lines=lines, scale=_scale(tables),
        levels=spread.levels, group_name=group, groups=spread.groups, shifts=_shifts(tables), problems=problems,
        outputs=(*(f"{name}.csv" for name in sorted(tables)), "run.json"), code_version=rostok.__version__,
    )  # fmt: skip


def _known(values: Floats) -> tuple[float | None, ...]:
    return tuple(float(value) if np.isfinite(value) else None for value in values)


def _difficulties(tables: Mapping[str, pa.Table]) -> dict[str, float]:
    if "rasch" in tables:
        rows = tables["rasch"].to_pylist()
        return {row["item"]: row["difficulty"] for row in rows if row["difficulty"] is not None}
    found: dict[str, list[float]] = {}
    for row in tables["pcm"].to_pylist():
        if row["threshold"] is not None:
            found.setdefault(row["item"], []).append(row["threshold"])
    return {item: sum(steps) / len(steps) for item, steps in found.items()}


def _scale(tables: Mapping[str, pa.Table]) -> tuple[WrightItem, ...]:
    """Items of one point at their difficulty; each score of a dearer item at its threshold, «7 (2)»."""
    if "rasch" in tables:
        return tuple(
            WrightItem(row["item"], row["difficulty"], row["standard_error"])
            for row in tables["rasch"].to_pylist()
            if row["difficulty"] is not None
        )
    rows = [row for row in tables["pcm"].to_pylist() if row["threshold"] is not None]
    names = [row["item"] for row in rows]
    return tuple(
        WrightItem(
            row["item"] if names.count(row["item"]) == 1 else f"{row['item']} ({row['category']})",
            row["threshold"], row["standard_error"],
        )
        for row in rows
    )  # fmt: skip


def _shifts(tables: Mapping[str, pa.Table]) -> tuple[Shift, ...]:
    """Pairs of classes B and C that a false discovery rate of five percent names."""
    return tuple(
        Shift(row["item"], row["reference"], row["focal"], _easier(row), row["class"] == "C")
        for row in tables["dif_pairs"].to_pylist()
        if row["class"] in ("B", "C")
        and row["q_value"] is not None
        and row["q_value"] <= FALSE_DISCOVERY_RATE
    )


def _easier(row: Mapping[str, float | None]) -> bool:
    """For the focal group: odds above one, or for an item of several scores a higher mean."""
    odds, difference = row["odds_ratio"], row["standardised_difference"]
    return odds > 1 if odds is not None else (difference or 0) > 0
