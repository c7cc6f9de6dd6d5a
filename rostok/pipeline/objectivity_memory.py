"""The objectivity tests on one table of scripts in memory, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.schema.tables import ITEM_PREFIX
from rostok.statistics.objectivity.answers import Answers
from rostok.statistics.objectivity.battery import TESTS, Paper, battery, examine
from rostok.statistics.objectivity.limits import RATE


def school_tests(table: Any, *, bounds: Sequence[int] = (), rate: float = RATE) -> pa.Table:
    """Tests of every school of one paper from an Arrow or pandas table of participants, one row per pupil.

    Columns: ``school_id``; ``item_01`` … (points, −1 not attempted) or ``raw_score``; ``class_name`` where known.
    ``bounds``: least scores of the marks. Returns ``school_id``, one p-value per test (null = cannot tell), ``tests``,
    ``p_value``, ``q_value``, ``flagged`` — as schools.csv. Raises ValueError without items and scores.

    >>> import pyarrow as pa
    >>> pupils = pa.table({"school_id": ["1", "1", "2"], "class_name": ["А", "А", "Б"], "item_01": [1, 0, 1],
    ...                    "item_02": [0, 1, 1]})
    >>> school_tests(pupils, bounds=(1, 2)).select(["school_id", "tests", "flagged"]).to_pylist()
    [{'school_id': '1', 'tests': 0, 'flagged': None}, {'school_id': '2', 'tests': 0, 'flagged': None}]
    """
    scripts = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    schools = scripts["school_id"].cast(pa.string()).combine_chunks().dictionary_encode()
    order = np.argsort(np.array(schools.dictionary.to_pylist(), dtype=np.str_))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    school = place[schools.indices.to_numpy(zero_copy_only=False)]
    answers = _answers(scripts, school, len(order))
    score = _scores(scripts, answers)
    width = max(int(score.max(initial=0)), *bounds, 0) + 1
    counts = np.bincount(school[score >= 0] * width + score[score >= 0], minlength=len(order) * width)
    paper = Paper(counts.reshape(-1, width), tuple(bounds), answers)
    result = battery([examine(paper)], len(order), rate)
    found = {name: _numbers(result.pooled.p_value[:, at]) for at, name in enumerate(TESTS)}
    listed = result.listed
    return pa.table({
        "school_id": schools.dictionary.take(pa.array(order)), **found, "tests": pa.array(listed.tests),
        "p_value": _numbers(listed.p_value), "q_value": _numbers(listed.q_value),
        "flagged": pa.array(listed.flagged, mask=np.isnan(listed.q_value)),
    })  # fmt: skip


def _numbers(values: NDArray[np.float64]) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))


def _answers(scripts: pa.Table, school: NDArray[np.int64], schools: int) -> Answers | None:
    items = sorted(name for name in scripts.column_names if name.startswith(ITEM_PREFIX))
    if not items:
        return None
    points = np.stack([pc.fill_null(scripts[name].cast(pa.int8()), -2).to_numpy() for name in items], axis=1)
    whole = (points >= -1).all(axis=1)
    return Answers(
        school[whole], _classes(scripts, school)[whole], np.maximum(points[whole], 0).astype(np.int8),
        np.ones(int(whole.sum()), dtype=np.int64), schools,
    )  # fmt: skip


def _classes(scripts: pa.Table, school: NDArray[np.int64]) -> NDArray[np.int64]:
    if "class_name" not in scripts.column_names:
        return np.full(len(school), -1, dtype=np.int64)
    words = scripts["class_name"].cast(pa.string()).combine_chunks().dictionary_encode()
    named = pc.fill_null(words.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(named < 0, -1, school * max(len(words.dictionary), 1) + named)


def _scores(scripts: pa.Table, answers: Answers | None) -> NDArray[np.int64]:
    """Raw scores, −1 where missing; without that column the sum of the items of scripts that have them all."""
    if "raw_score" in scripts.column_names:
        return np.asarray(pc.fill_null(scripts["raw_score"].cast(pa.int64()), -1).to_numpy())
    items = sorted(name for name in scripts.column_names if name.startswith(ITEM_PREFIX))
    if answers is None:
        raise ValueError("a table of scripts has raw_score or item_01, item_02 …")
    points = np.stack([pc.fill_null(scripts[name].cast(pa.int64()), -2).to_numpy() for name in items], axis=1)
    return np.where((points >= -1).all(axis=1), np.maximum(points, 0).sum(axis=1), -1)
