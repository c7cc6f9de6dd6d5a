"""Scripts of one assessment → sums of raw scores by school: what school means and their errors are computed from."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from rostok.schema.assessments import Assessment
from rostok.store.version import DataVersion


def school_sums(engine: Any, version: DataVersion, assessment: Assessment) -> pa.Table:
    """``school_id, n, total, squares`` over participants with a raw score, in the order of keys.

    Sums go through doubles, exact below 2⁵³, as everywhere in reductions.
    """
    scripts = engine.read_parquet(str(version.scripts_path(assessment)))
    scored = scripts.filter(scripts.participant & scripts.raw_score.notnull())
    score = scored.raw_score.cast("float64")
    found = scored.group_by("school_id").agg(
        n=scored.count().cast("float64"), total=score.sum(), squares=(score * score).sum()
    )
    return engine.to_pyarrow(found).sort_by("school_id")
