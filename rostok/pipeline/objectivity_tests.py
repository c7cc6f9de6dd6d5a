"""The tests of a stored version: answers of a paper as arrays, and the rows the battery gives.

Apart from the descriptive markers, because the tests load numerical libraries that those do not need.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.pipeline.objectivity_papers import PaperCounts, SchoolList
from rostok.pipeline.objectivity_tables import Row
from rostok.schema.assessments import Assessment
from rostok.schema.tables import ITEM_PREFIX
from rostok.statistics.objectivity.answers import Answers
from rostok.statistics.objectivity.battery import TESTS, Battery, Examined, Figures, Paper, battery, examine
from rostok.store import DataVersion
from rostok.store.score_reductions import answer_counts

Bools = NDArray[np.bool_]

__all__ = ["Battery", "Examined", "battery", "carrying", "examine_paper", "tested"]


def examine_paper(version: DataVersion, engine: Any, counted: PaperCounts, schools: SchoolList) -> Examined:
    """What the tests need of one paper."""
    return examine(_paper(version, engine, counted, schools))


def _paper(version: DataVersion, engine: Any, counted: PaperCounts, schools: SchoolList) -> Paper:
    """The paper with its answers, where there are items and scripts with all of them."""
    table = answer_counts(engine, version, counted.assessment)
    answers = _answers(table, schools) if table.num_rows else None
    return Paper(counted.counts, counted.bounds, answers)


def _answers(table: pa.Table, schools: SchoolList) -> Answers:
    school, words = schools.places(table["school_id"]), table["class_name"].combine_chunks()
    pupils = table["pupils"].to_numpy().astype(np.int64)
    return Answers(school, class_numbers(words, school), points_of(table), pupils, len(schools))


def points_of(table: pa.Table) -> NDArray[np.int8]:
    """(rows × items) of the columns ``item_01`` …; −2 where nothing is written."""
    items = sorted(name for name in table.column_names if name.startswith(ITEM_PREFIX))
    return np.stack([pc.fill_null(table[name].cast(pa.int8()), -2).to_numpy() for name in items], axis=1)


def class_numbers(words: pa.DictionaryArray, school: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers that differ between classes, also those of one name in two schools; −1 without a name."""
    named = pc.fill_null(words.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.where(named < 0, -1, school * max(len(words.dictionary), 1) + named)


def tested(assessment: Assessment | None, figures: Figures, named: Bools | None = None) -> Iterator[Row]:
    """Rows of the tests. ``named``: (schools × tests) which tests a listed school owes its place to."""
    for place, marker in enumerate(TESTS):
        yield Row(
            marker, assessment, figures.pupils[:, place], figures.value[:, place], figures.limit[:, place],
            None if named is None else named[:, place], figures.p_value[:, place],
        )  # fmt: skip


def carrying(battery: Battery) -> Bools:
    """(schools × tests): tests small enough, each taken with Bonferroni's factor, to put the school on the list."""
    result = battery.listed
    if not result.flagged.any():
        return np.zeros(battery.pooled.p_value.shape, dtype=bool)
    largest = result.p_value[result.flagged].max()
    adjusted = battery.pooled.p_value * result.tests[:, None]
    return np.asarray(result.flagged[:, None] & (adjusted <= largest + 1e-15))
