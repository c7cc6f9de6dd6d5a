"""``sensitivity.csv``: percent correct and difficulty by the rule for cells without points and by both extremes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.formats.problem_log import ProblemLog
from rostok.pipeline.item_outputs import numbers
from rostok.pipeline.item_scale import Labels, Scale, find_scale
from rostok.pipeline.item_treatments import Skips, Treatment, treated
from rostok.wording import decimal

Codes = NDArray[np.int16]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SKIPS_MATTER = 0.3  # logits between the extreme ways to count skips that are worth a sentence


def sensitivity_table(
    labels: Labels, codes: Codes, booklet: Ints | None, found: Skips, used: Codes, scale: Scale, maxima: Ints,
    log: ProblemLog,
) -> pa.Table:  # fmt: skip
    """``used``: scores behind ``scale``; who has none there stays out. ``maxima``: highest possible scores."""
    outside = ~(used >= 0).any(axis=0)
    columns: dict[str, pa.Array] = {
        "item": pa.array(labels.items, pa.string()),
        "not_attempted": pa.array(found.not_attempted),
        "not_taught": pa.array(found.not_taught),
        "blank": pa.array(found.blank),
    }
    difficulty = {}
    for treatment in Treatment:
        scores = treated(codes, treatment, booklet)
        scores[:, outside] = -1
        ending = "" if treatment is Treatment.RULE else f"_{treatment}"
        columns[f"percent_correct{ending}"] = numbers(_percent(scores, maxima))
        difficulty[ending] = _difficulty(
            scale if treatment is Treatment.RULE else find_scale(scores, labels), len(scores)
        )
    centred = _centred(difficulty)
    columns |= {f"difficulty{ending}": numbers(values) for ending, values in centred.items()}
    _report_skips(labels, centred, log)
    return pa.table(columns)


def _centred(difficulty: Mapping[str, Floats]) -> dict[str, Floats]:
    """Difficulties of the items that all three scales have, each with its mean at zero."""
    common = np.isfinite(np.stack(list(difficulty.values()))).all(axis=0)
    return {
        ending: np.where(common, values - (values[common].mean() if common.any() else np.nan), np.nan)
        for ending, values in difficulty.items()
    }


def _percent(scores: Codes, maxima: Ints) -> Floats:
    n = (scores >= 0).sum(axis=1)
    total = np.maximum(scores, 0).sum(axis=1, dtype=np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(100 * total / (n * maxima), np.float64)


def _difficulty(scale: Scale, length: int) -> Floats:
    found = np.full(length, np.nan)
    if scale.calibration is not None:
        found[scale.placed] = scale.calibration.difficulties()[0]
    return found


def _report_skips(labels: Labels, difficulty: Mapping[str, Floats], log: ProblemLog) -> None:
    table = np.stack(list(difficulty.values()))
    if not np.isfinite(table).any():
        return
    spread = np.where(np.isfinite(table).all(axis=0), np.ptp(np.nan_to_num(table), axis=0), 0.0)
    for place in np.flatnonzero(spread > SKIPS_MATTER).tolist():
        log.add("item-skips-matter", column=labels.items[place],
                values={"low": decimal(float(table[:, place].min()), 2),
                        "high": decimal(float(table[:, place].max()), 2)})  # fmt: skip
