"""An index of context → the tables of ``rostok context``, column by column as the manual promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from rostok.methodology.context_indices import IndexDefinition
from rostok.pipeline.context_values import Floats, Results, Whole
from rostok.pipeline.indexing import ContextIndex
from rostok.pipeline.item_outputs import numbers
from rostok.statistics.association import Association, associate
from rostok.statistics.standing import Standing

RESERVED = ("school_id", "index", "decile", "coverage")
SOCIAL_INDEX = "social_index"  # the code methodologies read an index by
OF_INDEX = "index"


def context_table(found: ContextIndex) -> pa.Table:
    """``context.csv``: a school per row; components as z-scores turned so that more is better off."""
    names = [f"component_{name}" if name in RESERVED else name for name in found.names]
    columns: dict[str, pa.Array] = {
        "school_id": pa.array(found.schools, pa.string()),
        "index": numbers(found.index),
        "decile": numbers(found.decile),
        "coverage": numbers(found.coverage),
    }
    return pa.table(columns | {name: numbers(found.scores.z[:, k]) for k, name in enumerate(names)})


def components_table(found: ContextIndex, definition: IndexDefinition) -> pa.Table:
    """``components.csv``: what went in, and with what weight (their sizes add up to 1)."""
    size = np.abs(found.weights).sum()
    scores = found.scores
    return pa.table({
        "indicator": pa.array(found.names, pa.string()),
        "title": pa.array([str(definition.indicator(name).title) for name in found.names], pa.string()),
        "sign": pa.array([one.sign for one in found.components], pa.int64()),
        "weight": numbers(found.weights / size if size > 0 else found.weights),
        "schools": pa.array(scores.known, pa.int64()),
        "missing": pa.array(len(found.schools) - scores.known, pa.int64()),
        "mean": numbers(scores.mean),
        "sd": numbers(scores.deviation),
        "limited": pa.array(scores.limited, pa.int64()),
    })  # fmt: skip


def stability_table(found: ContextIndex) -> pa.Table:
    """``stability.csv``: how far each school's place rests on the choice of weights and indicators."""
    return pa.table({
        "school_id": pa.array(found.schools, pa.string()),
        "decile": numbers(found.decile),
        "standard_error": numbers(found.errors),
        "decile_low": numbers(found.lowest),
        "decile_high": numbers(found.highest),
    })  # fmt: skip


def sensitivity_table(found: ContextIndex) -> pa.Table:
    """``sensitivity.csv``: the index computed otherwise, beside the one that was asked for."""
    told = [one.agreement for one in found.variants]
    return pa.table({
        "variant": pa.array([one.name for one in found.variants], pa.string()),
        "indicator": pa.array([one.left_out or None for one in found.variants], pa.string()),
        "schools": pa.array([one.schools for one in told], pa.int64()),
        "rank_correlation": numbers([one.rank_correlation for one in told]),
        "same_decile": numbers([one.same for one in told]),
        "moved_two": numbers([one.moved for one in told]),
        "kept_low": numbers([one.kept_low for one in told]),
    })  # fmt: skip


def link_table(found: ContextIndex, standing: Standing | None, places: Whole) -> pa.Table:
    """``link.csv``: how the index and each component go with results. Association, never a cause."""
    rows: list[tuple[str, Association]] = []
    if standing is not None:
        figures: Mapping[str, Floats] = {OF_INDEX: found.index, **{
            name: found.scores.z[:, k] for k, name in enumerate(found.names)}}  # fmt: skip
        rows = [(name, associate(values, standing.result, places)) for name, values in figures.items()]
    return pa.table({
        "indicator": pa.array([name for name, _ in rows], pa.string()),
        "schools": pa.array([one.schools for _, one in rows], pa.int64()),
        "correlation": numbers([one.correlation for _, one in rows]),
        "lower": numbers([one.lower for _, one in rows]),
        "upper": numbers([one.upper for _, one in rows]),
        "slope": numbers([one.slope for _, one in rows]),
        "slope_lower": numbers([one.slope_lower for _, one in rows]),
        "slope_upper": numbers([one.slope_upper for _, one in rows]),
        "by_municipality": pa.array([one.clustered for _, one in rows], pa.bool_()),
    })  # fmt: skip


def social_index_table(found: ContextIndex, year: int) -> pa.Table:
    """``social_index.csv``: the decile as a table of indicators, to be given to ``rostok analyse`` beside results."""
    has = np.flatnonzero(np.isfinite(found.decile)).tolist()
    return pa.table({
        "school_id": pa.array([found.schools[k] for k in has], pa.string()),
        "year": pa.array([year] * len(has), pa.int64()),
        "indicator": pa.array([SOCIAL_INDEX] * len(has), pa.string()),
        "value": numbers(found.decile[has]),
        "unit": pa.array(["level"] * len(has), pa.string()),
    })  # fmt: skip


def index_facts(found: ContextIndex, definition: IndexDefinition, year: int, results: Results | None) -> dict[str, Any]:  # fmt: skip
    """What of ``run.json`` concerns the index."""
    standing = None if results is None else results.standing
    between = float("nan") if standing is None else standing.cohort_variance
    share = found.principal_share
    return {
        "index": {"id": definition.id, "version": definition.version, "confirmed": definition.source.confirmed},
        "year": year,
        "weights": str(found.weighting),
        "scale": "tenths" if found.by_tenths else "min_max",
        "schools": len(found.schools),
        "schools_with_index": int(np.isfinite(found.index).sum()),
        "principal_share": round(share, 6) if np.isfinite(share) else None,
        "results_of": [] if results is None else list(results.papers),
        "cohort_sd": round(float(np.sqrt(between)), 6) if np.isfinite(between) else None,
        "link": "association, not cause",
    }  # fmt: skip
