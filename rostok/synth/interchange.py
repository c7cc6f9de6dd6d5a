"""Scripts as batches of the interchange: what the store takes without going through a file."""

from __future__ import annotations

import pyarrow as pa

from rostok.formats.batches import ScriptBatch, Source
from rostok.schema.assessments import Assessment
from rostok.schema.scales import Item

LAYOUT = "synthetic"


def batch(assessment: Assessment, table: pa.Table, items: tuple[Item, ...]) -> ScriptBatch:
    """The scripts of one assessment as if a reader had read them."""
    return ScriptBatch(assessment, items, table, Source(assessment.key, "", LAYOUT, "", table.num_rows))
