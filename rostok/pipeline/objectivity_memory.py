"""The objectivity tests on one table of scripts in memory, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.pipeline.objectivity_tests import class_numbers, points_of
from rostok.schema.tables import ITEM_PREFIX
from rostok.statistics.objectivity.answers import Answers
from rostok.statistics.objectivity.battery import TESTS, Paper, battery, examine
from rostok.statistics.objectivity.limits import RATE

Ints = NDArray[np.int64]


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
    counts = _counts(scripts, school, answers, len(order), max(bounds, default=0))
    result = battery([examine(Paper(counts, tuple(bounds), answers))], len(order), rate)
    found = {name: _numbers(result.pooled.p_value[:, at]) for at, name in enumerate(TESTS)}
    listed = result.listed
    return pa.table({
        "school_id": schools.dictionary.take(pa.array(order)), **found, "tests": pa.array(listed.tests),
        "p_value": _numbers(listed.p_value), "q_value": _numbers(listed.q_value),
        "flagged": pa.array(listed.flagged, mask=np.isnan(listed.q_value)),
    })  # fmt: skip


def _numbers(values: NDArray[np.float64]) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))


def _answers(scripts: pa.Table, school: Ints, schools: int) -> Answers | None:
    """Answers of the scripts that have them all; None without items."""
    if not any(name.startswith(ITEM_PREFIX) for name in scripts.column_names):
        return None
    points = points_of(scripts)
    whole = (points >= -1).all(axis=1)
    return Answers(
        school[whole], _classes(scripts, school)[whole], np.maximum(points[whole], 0),
        np.ones(int(whole.sum()), dtype=np.int64), schools,
    )  # fmt: skip


def _classes(scripts: pa.Table, school: Ints) -> Ints:
    if "class_name" not in scripts.column_names:
        return np.full(len(school), -1, dtype=np.int64)
    return class_numbers(scripts["class_name"].cast(pa.string()).combine_chunks().dictionary_encode(), school)


def _counts(scripts: pa.Table, school: Ints, answers: Answers | None, schools: int, least: int) -> Ints:
    """(schools × scores from 0, at least to ``least``) by raw score, or by the sum of the answers without one."""
    if "raw_score" in scripts.column_names:
        score = np.asarray(pc.fill_null(scripts["raw_score"].cast(pa.int64()), -1).to_numpy())
        school, score = school[score >= 0], score[score >= 0]
    elif answers is not None:
        school, score = answers.school, answers.score
    else:
        raise ValueError("a table of scripts has raw_score or item_01, item_02 …")
    width = max(int(score.max(initial=0)), least) + 1
    return np.bincount(school * width + score, minlength=schools * width).reshape(schools, width)
