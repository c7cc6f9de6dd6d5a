"""Scripts of one assessment → moments of scores by class and sex: what growth and resilience are computed from.

On one machine columns are added up in memory, on a cluster by its engine through Ibis; results are the same numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rostok.schema.assessments import Assessment
from rostok.store.columns import Rows, read_columns
from rostok.store.engines import in_process
from rostok.store.version import DataVersion

if TYPE_CHECKING:
    import ibis.expr.types as ir

SEXES = ("m", "f")
_NO_SCORE = -1
_COLUMNS = ("school_id", "class_name", "participant", "raw_score", "under_minimum", "absent", "sex")


def class_moments(engine: Any, version: DataVersion, assessment: Assessment) -> pa.Table:
    """Per school and class, pupils without a class as one more of their school; in no order.

    ``school_id``; ``pupils, total, squares``: participants with a score, Σx, Σx²; the same of each sex (``m_pupils``
    …); ``judged, under``: participants of whom it is known whether they are under the minimum, and how many are;
    ``absent``: null where a row of the class does not say.
    """
    path = version.scripts_path(assessment)
    return _of_columns(path) if in_process(engine) else _of_engine(engine, path)


def _of_columns(path: Path) -> pa.Table:
    table = read_columns(path, _COLUMNS)
    sexes = pc.index_in(table["sex"].cast(pa.string()), pa.array(SEXES))
    table = table.append_column("sex_place", pc.fill_null(sexes, -1))
    rows = Rows.of(table, np.ones(table.num_rows, bool), by_class=True)
    groups = rows.groups
    score = rows.whole("raw_score", _NO_SCORE).astype(np.int64)
    takes_part = rows.flags("participant")
    wrote = takes_part & (score != _NO_SCORE)
    sex = rows.whole("sex_place", -1)
    columns: dict[str, Any] = {"school_id": rows.units.school.dictionary_encode()}
    for prefix, chosen in (("", wrote), *((f"{one}_", wrote & (sex == k)) for k, one in enumerate(SEXES))):
        kept = np.where(chosen, score, 0)
        for name, values in (("pupils", chosen), ("total", kept), ("squares", kept * kept)):
            columns[prefix + name] = groups.sums(values).astype(float)
    judged = takes_part & rows.filled("under_minimum")
    columns["judged"] = groups.sums(judged).astype(float)
    columns["under"] = groups.sums(judged & rows.flags("under_minimum")).astype(float)
    said = pa.array(groups.sums(~rows.filled("absent")) == 0)
    absent = pa.array(groups.sums(rows.flags("absent")).astype(float))
    columns["absent"] = pc.if_else(said, absent, pa.scalar(None, pa.float64()))
    return pa.table(columns)


def _of_engine(engine: Any, path: Path) -> pa.Table:
    scripts = engine.read_parquet(str(path))
    score = scripts.raw_score.cast("float64")
    wrote = scripts.participant & scripts.raw_score.notnull()
    summed: dict[str, ir.Value] = {}
    for prefix, chosen in (("", wrote), *((f"{one}_", wrote & (scripts.sex == one)) for one in SEXES)):
        chosen = chosen.fill_null(False)
        summed[f"{prefix}pupils"] = scripts.count(where=chosen).cast("float64")
        summed[f"{prefix}total"] = score.sum(where=chosen).fill_null(0.0)
        summed[f"{prefix}squares"] = (score * score).sum(where=chosen).fill_null(0.0)
    judged = scripts.participant & scripts.under_minimum.notnull()
    summed["judged"] = scripts.count(where=judged).cast("float64")
    summed["under"] = scripts.count(where=judged & scripts.under_minimum).cast("float64")
    absent = scripts.count(where=scripts.absent).cast("float64")
    summed["absent"] = ibis.ifelse(scripts.absent.isnull().any(), ibis.null("float64"), absent)
    found = engine.to_pyarrow(
        scripts.group_by("school_id", "class_name").aggregate(**summed).drop("class_name")
    )
    schools = found["school_id"].combine_chunks().dictionary_encode()
    return found.set_column(found.column_names.index("school_id"), "school_id", schools)


def linked_scores(
    engine: Any, version: DataVersion, first: Assessment, second: Assessment
) -> tuple[pa.Table, float | None]:
    """``school_id, earlier, later, pupils``: scores of pupils whom school and code link between two assessments.

    And the share of linked pupils whose sex is the same in both (None where it is nowhere given): codes that only look
    alike link strangers, and then it is a half. Codes that stand twice in a school link nobody.
    """
    one, other = (_once(engine, version, paper) for paper in (first, second))
    both = one.join(other, ["school_id", "pupil_code"], rname="later_{name}")
    cells = both.group_by("school_id", earlier=both.raw_score, later=both.later_raw_score).aggregate(
        pupils=both.count().cast("float64"),
        same=both.count(where=both.sex == both.later_sex).cast("float64"),
        known=both.count(where=both.sex.notnull() & both.later_sex.notnull()).cast("float64"),
    )
    found = engine.to_pyarrow(cells.order_by("school_id", "earlier", "later"))
    known, same = (pc.sum(found[name]).as_py() or 0.0 for name in ("known", "same"))
    return found.select(["school_id", "earlier", "later", "pupils"]), same / known if known else None


def _once(engine: Any, version: DataVersion, paper: Assessment) -> ir.Table:
    """Participants with a score and a code that no other participant of their school has."""
    scripts = engine.read_parquet(str(version.scripts_path(paper)))
    wrote = scripts.filter(scripts.participant, scripts.raw_score.notnull(), scripts.pupil_code.notnull())
    return wrote.group_by("school_id", "pupil_code").aggregate(
        raw_score=wrote.raw_score.max().cast("float64"), sex=wrote.sex.max(), rows=wrote.count()
    ).filter(lambda t: t.rows == 1).drop("rows")  # fmt: skip
