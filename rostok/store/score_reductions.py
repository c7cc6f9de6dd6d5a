"""Scripts of one assessment → counts by score and by answers: what the objectivity procedures are computed from.

On one machine columns are counted in memory, on a cluster by its engine through Ibis. One paper at a time, because
a country's counts of all papers together would be large and no procedure needs two at once below the level of schools.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.schema.assessments import Assessment
from rostok.schema.scales import MARKS, NOT_ATTEMPTED
from rostok.schema.tables import item_column
from rostok.store.columns import Keys, Rows, Whole, flags, read_columns, whole
from rostok.store.engines import in_process
from rostok.store.version import DataVersion

if TYPE_CHECKING:
    import ibis.expr.types as ir

_ROWS = len(MARKS) + 1  # journal marks, and none
_NO_SCORE = -1


def score_cells(
    engine: Any, version: DataVersion, assessment: Assessment, schools: pa.Array, width: int
) -> NDArray[np.int32]:
    """Participants with a score by school × journal mark × score: (schools × 5 × width), journal mark 0 = none.

    ``schools``: keys, in the order of the result; ``width``: one more than the largest score. Here each script gets
    the number of its cell and numpy counts: grouping a paper of a country on an engine costs three times as much. A
    cluster counts where the scripts are.
    """
    counted = _cells_of_columns if in_process(engine) else _cells_of_engine
    counts = counted(engine, version.scripts_path(assessment), schools, width)
    return counts.astype(np.int32).reshape(len(schools), _ROWS, width)


def _cells_of_columns(engine: Any, path: Path, schools: pa.Array, width: int) -> Whole:
    table = read_columns(path, ["school_id", "participant", "journal_mark", "raw_score"])
    keys = Keys.of(table["school_id"])
    place = pc.fill_null(pc.index_in(keys.words, schools), -1).to_numpy()[keys.place]
    scored = flags(table["participant"]) & flags(pc.is_valid(table["raw_score"])) & (place >= 0)
    found: Whole = np.bincount(_cells(place, table, width)[scored], minlength=len(schools) * _ROWS * width)
    return found


def _cells_of_engine(engine: Any, path: Path, schools: pa.Array, width: int) -> Whole:
    scripts = _participants(engine, path)
    scored = scripts.filter(scripts.raw_score.notnull())
    keys = ["school_id", "journal_mark", "raw_score"]
    rows = engine.to_pyarrow(scored.group_by(keys).aggregate(pupils=scored.count()))
    rows = rows.filter(pc.is_in(rows["school_id"], schools))
    place = pc.index_in(rows["school_id"], schools).to_numpy()
    found = np.zeros(len(schools) * _ROWS * width, np.int64)
    np.add.at(found, _cells(place, rows, width), rows["pupils"].to_numpy())
    return found


def _cells(place: Whole, table: pa.Table, width: int) -> Whole:
    """The number of the cell of each row of ``table``; ``place``: of its school."""
    row = np.maximum(whole(table["journal_mark"], 0) - (MARKS[0] - 1), 0)
    cell: Whole = (place.astype(np.int64) * _ROWS + row) * width + whole(table["raw_score"], 0)
    return cell


def class_sums(engine: Any, version: DataVersion, assessment: Assessment) -> pa.Table:
    """``school_id, pupils, total, largest, absent``: per class the participants with a score, the sum and the
    largest of their scores, and how many were absent (null where a row of the class does not say).

    Pupils without a class are one more class of their school. No order.
    """
    path = version.scripts_path(assessment)
    return _classes_of_columns(path) if in_process(engine) else _classes_of_engine(engine, path)


def _classes_of_columns(path: Path) -> pa.Table:
    table = read_columns(path, ["school_id", "class_name", "participant", "raw_score", "absent"])
    rows = Rows.of(table, np.ones(table.num_rows, bool), by_class=True)
    score, groups = rows.whole("raw_score", _NO_SCORE), rows.groups
    wrote = rows.flags("participant") & (score != _NO_SCORE)
    score = np.where(wrote, score, 0)
    said = pa.array(groups.sums(~rows.filled("absent")) == 0)
    absent = pa.array(groups.sums(rows.flags("absent")).astype(float))
    return pa.table({
        "school_id": rows.units.school.dictionary_encode(),
        "pupils": pa.array(groups.sums(wrote).astype(np.int32)),
        "total": groups.sums(score).astype(float),
        "largest": pa.array(groups.largest(score).astype(np.int16)),
        "absent": pc.if_else(said, absent, pa.scalar(None, pa.float64())),
    })  # fmt: skip


def _classes_of_engine(engine: Any, path: Path) -> pa.Table:
    scripts = engine.read_parquet(str(path))
    scored = scripts.participant & scripts.raw_score.notnull()
    summed = scripts.group_by("school_id", "class_name").aggregate(
        pupils=scripts.count(where=scored).fill_null(0).cast("int32"),
        total=scripts.raw_score.cast("float64").sum(where=scored).fill_null(0.0),
        largest=scripts.raw_score.max(where=scored).fill_null(0),
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
    scripts = _participants(engine, version.scripts_path(assessment))
    whole = scripts.filter([scripts[name] >= NOT_ATTEMPTED for name in items])
    points = {name: ibis.greatest(whole[name], ibis.literal(0, "int8")) for name in items}
    pointed = whole.mutate(**points)
    counted = pointed.group_by("school_id", "class_name", *items).aggregate(
        pupils=pointed.count().cast("int32")
    )
    return _with_short_keys(engine, counted)


def _participants(engine: Any, path: Path) -> ir.Table:
    scripts = engine.read_parquet(str(path))
    return scripts.filter(scripts.participant)


def _with_short_keys(engine: Any, table: ir.Table) -> pa.Table:
    """The table here, with its texts as dictionaries: a country has a million rows and few schools."""
    rows = engine.to_pyarrow(table)
    for name in {"school_id", "class_name"} & set(rows.column_names):
        column = rows.column(name).combine_chunks().dictionary_encode()
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows
