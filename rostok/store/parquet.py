"""Parquet of one assessment: columns, order of rows, row groups, and the writer that hashes as it writes.

Measured choices (docs/performance.md): one int8 column per item, zstd, dictionaries, row groups of 122,880
rows (the engine reads row groups in parallel; below 65 thousand they cost more than they give).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rostok.schema.arrow import scripts_schema
from rostok.schema.assessments import Assessment
from rostok.schema.scales import Item
from rostok.store.content import ContentHash
from rostok.store.manifest import StoredAssessment

ROW_GROUP = 122_880
COMPRESSION = "zstd"
COMPRESSION_LEVEL = 3

# Rows are sorted by these, then by every other column, missing last: equal sets of rows have one order.
SORT_KEYS = ("municipality_id", "school_id", "class_name", "pupil_code")
# Columns that may be empty throughout; whether they are decides what the reduction can say.
OPTIONAL = ("class_name", "mark", "raw_score", "test_score", "under_minimum")


def scripts_path(directory: Path, assessment: Assessment) -> Path:
    """Where the scripts of one assessment lie in the directory of a version."""
    return directory / "scripts" / f"{assessment.key}.parquet"


def write_table(path: Path, table: pa.Table) -> None:
    """Write one small table."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(
        table, path, compression=COMPRESSION, compression_level=COMPRESSION_LEVEL, row_group_size=ROW_GROUP
    )


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The columns of ``schema`` in its order and types, in one chunk; an absent nullable column is empty.

    Dictionaries become plain strings. Raises KeyError for an absent SCRIPTS column, ArrowInvalid where a
    value does not fit its type.
    """
    columns = [_column(table, field) for field in schema]
    return pa.table(columns, schema=schema).combine_chunks()


def _column(table: pa.Table, field: pa.Field) -> pa.ChunkedArray | pa.Array:
    if field.name in table.column_names:
        column = table.column(field.name)
        return column if column.type.equals(field.type) else column.cast(field.type)
    if field.name.startswith("item_"):
        return pa.nulls(table.num_rows, field.type)
    raise KeyError(f"the table has no column {field.name!r}")


def sort_rows(table: pa.Table, first: Iterable[str]) -> pa.Table:
    """Rows by the columns ``first``, then by all others; ascending, strings by bytes, missing last."""
    order = pc.sort_indices(
        table, sort_keys=[(n, "ascending", "at_end") for n in _order(table.schema, first)]
    )
    return table.take(order).combine_chunks()


def _order(schema: pa.Schema, first: Iterable[str]) -> list[str]:
    leading = list(first)
    return leading + [name for name in schema.names if name not in leading]


def sort_canonically(table: pa.Table) -> pa.Table:
    """Rows in canonical order; a table already in it is returned as it is."""
    if is_canonical(table):
        return table
    return sort_rows(table, SORT_KEYS)


def is_canonical(table: pa.Table) -> bool:
    """Are the rows in canonical order? Looks at a further column only for rows equal in all before it."""
    count = table.num_rows
    before, after = table.slice(0, max(count - 1, 0)), table.slice(1)
    for name in _order(table.schema, SORT_KEYS):
        left, right = before.column(name), after.column(name)
        if pc.any(_falls(left, right)).as_py():
            return False
        tied = _is_tied(left, right)
        if not pc.any(tied).as_py():
            return True
        before, after = before.filter(tied), after.filter(tied)
    return True


def _falls(left: pa.ChunkedArray, right: pa.ChunkedArray) -> pa.ChunkedArray:
    missing_first = pc.and_not(left.is_null(), right.is_null())
    return pc.or_(missing_first, pc.fill_null(pc.greater(left, right), False))


def _is_tied(left: pa.ChunkedArray, right: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.or_(pc.and_(left.is_null(), right.is_null()), pc.fill_null(pc.equal(left, right), False))


def tied_rows(table: pa.Table, names: Iterable[str]) -> pa.ChunkedArray:
    """For each row: is it equal to the row before it in all these columns (missing equals missing)?"""
    count = table.num_rows
    before, after = table.slice(0, max(count - 1, 0)), table.slice(1)
    tied: pa.ChunkedArray = pa.chunked_array([pa.array([True] * max(count - 1, 0), pa.bool_())])
    for name in names:
        tied = pc.and_(tied, _is_tied(before.column(name), after.column(name)))
    return pa.chunked_array([pa.array([False] * min(count, 1), pa.bool_()), *tied.chunks])


def check_rows(table: pa.Table) -> None:
    """Raise ValueError for scripts that break the declaration of the table.

    School and ``participant`` are required; total, mark and minimum belong to participants only.
    """
    for name in ("school_id", "participant"):
        if table.column(name).null_count:
            raise ValueError(f"{name} is required in every row of scripts")
    outside = pc.invert(table.column("participant"))
    for name in ("raw_score", "mark", "under_minimum"):
        if pc.any(pc.and_(outside, table.column(name).is_valid())).as_py():
            raise ValueError(f"{name} is given for somebody who is not a participant")


class AssessmentWriter:
    """Writes the scripts of one assessment in canonical order, in full row groups, hashing what it writes.

    Use as a context manager; ``close`` gives the manifest entry. Raises ValueError for rows out of order:
    whoever writes here has sorted them.
    """

    def __init__(self, directory: Path, assessment: Assessment, items: tuple[Item, ...]) -> None:
        self._assessment = assessment
        self._items = items
        self._schema = scripts_schema(items)
        self._path = scripts_path(directory, assessment)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(
            self._path, self._schema, compression=COMPRESSION, compression_level=COMPRESSION_LEVEL
        )
        self._content = ContentHash(self._schema)
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._last = self._schema.empty_table()
        self._filled = dict.fromkeys(OPTIONAL, False)
        self._participants = 0
        self._absent = 0
        self._knows_absent = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._writer.close()

    def write(self, table: pa.Table) -> None:
        """Append rows that follow those written before, in canonical order, in chunks of any size."""
        table = conform(table, self._schema)
        check_rows(table)
        if not is_canonical(pa.concat_tables([self._last, table])):
            raise ValueError(f"rows of {self._assessment.key} are not in canonical order")
        if table.num_rows:
            self._last = table.slice(table.num_rows - 1)
        self._count(table)
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        if self._waiting_rows >= ROW_GROUP:
            self._flush(self._waiting_rows - self._waiting_rows % ROW_GROUP)

    def _count(self, table: pa.Table) -> None:
        self._content.update(table)
        self._participants += pc.sum(table.column("participant")).as_py() or 0
        self._absent += pc.sum(table.column("absent")).as_py() or 0
        self._knows_absent &= table.column("absent").null_count == 0
        for name in OPTIONAL:
            self._filled[name] |= table.column(name).null_count < table.num_rows

    def _flush(self, rows: int) -> None:
        waiting = pa.concat_tables(self._waiting)
        self._writer.write_table(waiting.slice(0, rows).combine_chunks(), row_group_size=ROW_GROUP)
        rest = waiting.slice(rows).combine_chunks()
        self._waiting, self._waiting_rows = [rest], rest.num_rows

    def close(self) -> StoredAssessment:
        """Finish the file and tell what is in it."""
        if self._waiting_rows:
            self._flush(self._waiting_rows)
        self._writer.close()
        return StoredAssessment(
            assessment=self._assessment,
            items=self._items,
            rows=self._content.rows,
            participants=self._participants,
            absent=self._absent if self._knows_absent else None,
            filled=tuple(name for name in OPTIONAL if self._filled[name]),
            sha256=self._content.hexdigest(),
        )


def write_assessment(
    directory: Path, assessment: Assessment, items: tuple[Item, ...], tables: Iterable[pa.Table]
) -> StoredAssessment:
    """Fast path for scripts that are already in canonical order: written as they come, never held whole.

    ``directory`` is ``StoreBuilder.directory``; hand the entry to ``StoreBuilder.adopt``. May run in another
    process. Raises ValueError for rows out of order.
    """
    with AssessmentWriter(directory, assessment, items) as writer:
        for table in tables:
            writer.write(table)
        return writer.close()
