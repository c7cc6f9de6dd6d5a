"""Scripts → sums per item and unit: the one pass over the scripts behind learning-gap maps.

On one machine columns are added up here (``item_columns``), on a cluster by its engine (``item_queries``); results
are the same to the last number.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from rostok.store.columns import read_columns
from rostok.store.engines import in_process
from rostok.store.item_columns import columns_needed, count_scores, reduce_columns, reduce_columns_by_mark
from rostok.store.item_queries import query_marks, query_paper, query_score_counts
from rostok.store.reduced import MarkSums, ReducedPaper


def reduce_paper(
    engine: Any, path: Path, count: int, *, skills: Sequence[Sequence[int]] = (), by_class: bool = False
) -> ReducedPaper:
    """Sums of the ``count`` items of the stored paper at ``path`` and of its ``skills`` (places of items of each).

    A skill is answered by a pupil who answered all its items. An item nobody answered makes no paper incomplete.
    """
    if in_process(engine):
        table = read_columns(path, columns_needed(count, by_class=by_class))
        return reduce_columns(table, count, skills=skills, by_class=by_class)
    return query_paper(engine, engine.read_parquet(str(path)), count, skills=skills, by_class=by_class)


def reduce_marks(engine: Any, path: Path, count: int) -> MarkSums:
    """Per school and mark: answers that count and their sum for every item; participants with a mark only."""
    if in_process(engine):
        table = read_columns(path, [*columns_needed(count, by_class=False), "mark"])
        return reduce_columns_by_mark(table, count)
    return query_marks(engine, engine.read_parquet(str(path)), count)


def score_counts(engine: Any, path: Path, *, by_class: bool = False) -> pa.Table:
    """How many participants of each unit have each raw score: ``school_id[, class_name], raw_score, participants``."""
    if in_process(engine):
        table = read_columns(path, [*columns_needed(0, by_class=by_class), "raw_score"])
        return count_scores(table, by_class=by_class)
    return query_score_counts(engine, engine.read_parquet(str(path)), by_class=by_class)
