"""Tables that repeat the manifest for engines: they read Parquet, not JSON."""

from __future__ import annotations

import pyarrow as pa

from rostok.schema.assessments import Assessment
from rostok.store.manifest import Manifest, StoredAssessment

_ITEMS = pa.schema(
    [
        ("assessment", pa.string()),
        ("position", pa.int16()),
        ("label", pa.string()),
        ("maximum", pa.int16()),
        ("level", pa.string()),
    ]
)

# knows_…: does the assessment have that at all? A count of zero and a count nobody made look alike otherwise.
_ASSESSMENTS = pa.schema(
    [(name, pa.string()) for name in ("assessment", "kind", "subject", "wave", "school_year", "cohort")]
    + [(name, pa.int16()) for name in ("grade", "pupil_grade", "year", "raw_maximum")]
    + [(name, pa.bool_()) for name in ("knows_minimum", "knows_marks", "knows_scores")]
)


def items_table(manifest: Manifest) -> pa.Table:
    """Items of all assessments: ``assessment, position, label, maximum, level``."""
    rows = [
        (entry.assessment.key, item.position, item.label, item.maximum, item.level)
        for entry in manifest.assessments
        for item in entry.items
    ]
    return pa.Table.from_pylist([dict(zip(_ITEMS.names, row, strict=True)) for row in rows], schema=_ITEMS)


def assessments_table(manifest: Manifest) -> pa.Table:
    """One row per assessment with scripts or counts: its identity and what is known of it."""
    rows = {assessment.key: _attributes(assessment, None) for assessment in manifest.counted}
    rows |= {entry.assessment.key: _attributes(entry.assessment, entry) for entry in manifest.assessments}
    return pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=_ASSESSMENTS)


def _attributes(assessment: Assessment, entry: StoredAssessment | None) -> dict[str, object]:
    filled = entry.filled if entry else ()
    return {
        "assessment": assessment.key,
        "kind": assessment.kind.value,
        "subject": assessment.subject.value,
        "wave": assessment.wave.value,
        "school_year": str(assessment.school_year),
        "cohort": assessment.cohort,
        "grade": assessment.grade,
        "pupil_grade": assessment.pupil_grade,
        "year": assessment.year,
        "raw_maximum": entry.raw_maximum if entry else None,
        "knows_minimum": "under_minimum" in filled,
        "knows_marks": "mark" in filled,
        "knows_scores": "raw_score" in filled,
    }
