"""Scripts of one assessment → counts by score and by answers: what the objectivity procedures are computed from.

Ibis only, as in ``reductions``. One paper at a time, because a country's counts of all papers together would be
large and no procedure needs two papers at once below the level of schools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.schema.assessments import Assessment
from rostok.schema.scales import MARKS, NOT_ATTEMPTED
from rostok.schema.tables import item_column
from rostok.store.version import DataVersion

if TYPE_CHECKING:
    import ibis.expr.types as ir

_ROWS = len(MARKS) + 1  # journal marks, and none


def places_of(engine: Any, schools: pa.Array) -> ir.Table:
    """A table on the engine: the keys of ``schools`` and their places 0, 1, …"""
    places = pa.table({"school_id": schools, "place": pa.array(range(len(schools)), pa.int32())})
    return engine.create_table("places_of_schools", places, temp=True, overwrite=True)


def score_cells(
    engine: Any, version: DataVersion, assessment: Assessment, places: ir.Table, shape: tuple[int, int]
) -> NDArray[np.int32]:
    """Participants with a score by school × journal mark × score: (schools × 5 × scores), journal mark 0 = none.

    ``places``: as ``places_of`` gives them; ``shape``: number of schools, and one more than the largest score. The
    engine gives each script the number of its cell, numpy counts: grouping a paper of a country on the engine costs
    three times as much, and its result is half as long as the scripts.
    """
    schools, width = shape
    scripts = _participants(engine, version, assessment)
    scored = scripts.filter(scripts.raw_score.notnull()).join(places, "school_id")
    row = ibis.coalesce(scored.journal_mark.cast("int64") - (MARKS[0] - 1), 0)
    cell = (scored.place.cast("int64") * _ROWS + row) * width + scored.raw_score
    numbers = engine.to_pyarrow(scored.select(cell=cell.cast("int64")))["cell"]
    counts = np.bincount(numbers.to_numpy(), minlength=schools * _ROWS * width)
    return counts.astype(np.int32).reshape(schools, _ROWS, width)


def class_sums(engine: Any, version: DataVersion, assessment: Assessment) -> pa.Table:
    """``school_id, pupils, total, largest, absent``: per class the participants with a score, the sum and the
    largest of their scores, and how many were absent (null where a row of the class does not say).

    Pupils without a class are one more class of their school. No order.
    """
    scripts = engine.read_parquet(str(version.scripts_path(assessment)))
    scored = scripts.participant & scripts.raw_score.notnull()
    summed = scripts.group_by("school_id", "class_name").aggregate(
        pupils=scripts.count(where=scored).cast("int32"),
        total=scripts.raw_score.cast("float64").sum(where=scored).fill_null(0.0),
        largest=scripts.raw_score.max(where=scored),
        absent=ibis.ifelse(
            scripts.absent.isnull().any(),
            ibis.null("float64"),
            scripts.count(where=scripts.absent).cast("float64"),
        ),
    )
    return _with_short_keys(engine, summed.drop("class_name"))


def answer_counts(engine: Any, version: DataVersion, assessment: Assessment) -> pa.Table:
    """``school_id, class_name, item_01 …, pupils``: scripts with every item answered, equal answers counted once.

    «X» (not attempted) counts as 0 points. Scripts with a missing item or a topic not taught are left out: what
    they would have scored is not known. No rows for an assessment without items.
    """
    items = [item_column(item.position) for item in version.entry(assessment).items]
    if not items:
        return pa.table({"school_id": pa.array([], pa.string()), "class_name": pa.array([], pa.string()),
                         "pupils": pa.array([], pa.int32())})  # fmt: skip
    scripts = _participants(engine, version, assessment)
    whole = scripts.filter([scripts[name] >= NOT_ATTEMPTED for name in items])
    points = {name: ibis.greatest(whole[name], ibis.literal(0, "int8")) for name in items}
    pointed = whole.mutate(**points)
    counted = pointed.group_by("school_id", "class_name", *items).aggregate(
        pupils=pointed.count().cast("int32")
    )
    return _with_short_keys(engine, counted)


def _participants(engine: Any, version: DataVersion, assessment: Assessment) -> ir.Table:
    scripts = engine.read_parquet(str(version.scripts_path(assessment)))
    return scripts.filter(scripts.participant)


def _with_short_keys(engine: Any, table: ir.Table) -> pa.Table:
    """The table here, with its texts as dictionaries: a country has a million rows and few schools."""
    rows = engine.to_pyarrow(table)
    for name in {"school_id", "class_name"} & set(rows.column_names):
        column = rows.column(name).combine_chunks().dictionary_encode()
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows
