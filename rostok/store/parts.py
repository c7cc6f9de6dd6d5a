"""Parts: scripts of one table of one file, sorted, on disk aside, waiting to be merged into an assessment.

Workers write parts and hand over the small descriptor; scripts never travel between processes. A part is an
Arrow file read through memory mapping, so the merge touches only the rows it is at.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rostok.schema.arrow import scripts_schema
from rostok.schema.assessments import Assessment
from rostok.schema.scales import Item
from rostok.store.content import row_hashes
from rostok.store.incoming import ScriptsLike, SourceLike
from rostok.store.manifest import StoredAssessment
from rostok.store.parquet import conform, sort_canonically

# The municipality is a fact of the register, not of the results: a school's form lacks it, an export has it.
_NOT_COMPARED = ("municipality_id",)


@dataclass(frozen=True, slots=True)
class Part:
    """Descriptor of a part. ``groups``: one row per municipality × school in the order of the part, with
    ``municipality_id, school_id, start, rows``, ``knows_absent`` (does every row say whether the pupil was absent?)
    and ``digest`` (uint64, sum of the hashes of its rows)."""

    path: Path
    assessment: Assessment
    items: tuple[Item, ...]
    source: SourceLike
    groups: pa.Table


def write_part(directory: Path, batch: ScriptsLike) -> Part:
    """Sort the scripts of ``batch`` and write them under ``directory`` (``StoreBuilder.parts_directory``)."""
    table = sort_canonically(conform(batch.table, scripts_schema(batch.items)))
    path = directory / f"{uuid.uuid4().hex}.arrow"
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return Part(path, batch.assessment, batch.items, batch.source, school_groups(table))


def read_part(path: Path) -> pa.Table:
    """The whole part without copying it into memory."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def school_groups(table: pa.Table) -> pa.Table:
    """Runs of one municipality and school in a table sorted canonically."""
    schools = table.select(["municipality_id", "school_id"])
    starts = np.flatnonzero(_begins_group(schools))
    sizes = np.diff(starts, append=table.num_rows)
    hashes = row_hashes(_comparable(table), _NOT_COMPARED)
    digests = np.add.reduceat(hashes, starts) if len(starts) else np.empty(0, np.uint64)
    says = table.column("absent").is_valid().to_numpy()
    knows = np.logical_and.reduceat(says, starts) if len(starts) else np.empty(0, bool)
    columns = {
        name: schools.column(name).take(pa.array(starts)).combine_chunks() for name in schools.column_names
    }
    return pa.table(columns | {"start": starts, "rows": sizes, "knows_absent": knows, "digest": digests})


def _comparable(table: pa.Table) -> pa.Table:
    """Not saying who was absent contradicts nobody who says: both tables hold the same papers."""
    place = table.schema.get_field_index("absent")
    return table.set_column(place, "absent", pc.fill_null(table.column("absent"), False))


def _begins_group(schools: pa.Table) -> np.ndarray:
    begins = np.zeros(schools.num_rows, bool)
    begins[:1] = True
    for column in schools.columns:
        codes = column.combine_chunks().dictionary_encode(null_encoding="encode").indices
        begins[1:] |= np.diff(codes.to_numpy(zero_copy_only=False)) != 0
    return begins


@dataclass(frozen=True, slots=True)
class _Stored:
    assessment: Assessment
    items: tuple[Item, ...]
    table: pa.Table
    source: SourceLike


def part_of_file(directory: Path, file: Path, entry: StoredAssessment, source: SourceLike) -> Part:
    """A stored assessment as a part again, to be merged with others."""
    table = pq.read_table(file, schema=scripts_schema(entry.items))
    return write_part(directory, _Stored(entry.assessment, entry.items, table, source))
