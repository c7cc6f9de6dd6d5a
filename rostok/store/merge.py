"""Merge the parts of one assessment into canonical order, a bounded number of rows at a time.

Every part is sorted, so the rows of a range of schools are one slice of it. The merge walks over ranges of
whole schools of about ``CHUNK`` rows, sorts each range and passes it on: thousands of school forms and one
regional export cost the same memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from rostok.schema.arrow import scripts_schema
from rostok.schema.scales import Item
from rostok.store.parquet import conform, sort_canonically, sort_rows
from rostok.store.parts import Part, read_part

CHUNK = 200_000
_OPEN_PARTS = 64  # memory maps kept open; a part of one school is needed once, large ones in every range


def merged(
    parts: Sequence[Part],
    groups: pa.Table,
    items: tuple[Item, ...],
    without_items: frozenset[Path] = frozenset(),
) -> Iterator[pa.Table]:
    """Tables in canonical order with the rows of ``groups`` (columns of ``Part.groups`` and ``part``, an index).

    Items of the parts in ``without_items`` are left empty: those parts describe other items.
    """
    schema = scripts_schema(items)
    opened = lru_cache(maxsize=_OPEN_PARTS)(read_part)
    for chunk in _ranges(groups):
        pieces = []
        for index, start, rows in _slices(chunk):
            piece = opened(parts[index].path).slice(start, rows)
            if parts[index].path in without_items:
                piece = piece.select([name for name in piece.column_names if not name.startswith("item_")])
            pieces.append(conform(piece, schema))
        yield sort_canonically(pa.concat_tables(pieces).combine_chunks())


def _ranges(groups: pa.Table) -> Iterator[pa.Table]:
    """Cut the groups, sorted by municipality and school, where a school ends after CHUNK rows or more."""
    groups = sort_rows(groups, ("municipality_id", "school_id"))
    ends = np.cumsum(groups.column("rows").to_numpy())
    first, written = 0, 0
    while first < groups.num_rows:
        last = int(np.searchsorted(ends, written + CHUNK)) + 1
        last = _end_of_school(groups, min(last, groups.num_rows))
        yield groups.slice(first, last - first)
        first, written = last, int(ends[last - 1])


def _end_of_school(groups: pa.Table, end: int) -> int:
    """The first place at or after ``end`` where another school begins."""
    keys = groups.select(["municipality_id", "school_id"])
    while end < groups.num_rows and keys.slice(end, 1).equals(keys.slice(end - 1, 1)):
        end += 1
    return end


def _slices(groups: pa.Table) -> Iterator[tuple[int, int, int]]:
    """(part, start, rows) of neighbouring groups joined into one slice."""
    groups = groups.sort_by([("part", "ascending"), ("start", "ascending")])
    part, start, rows = (groups.column(name).to_numpy() for name in ("part", "start", "rows"))
    follows = (part[1:] == part[:-1]) & (start[1:] == start[:-1] + rows[:-1])
    firsts = np.flatnonzero(np.concatenate(([True], ~follows)))
    for first, size in zip(firsts, np.add.reduceat(rows, firsts), strict=True):
        yield int(part[first]), int(start[first]), int(size)
