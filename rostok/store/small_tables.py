"""Registers, context, categories and counts from several files joined into one table each.

A row that stands twice is kept once. Rows of one key that differ: the first by name of source is taken and
the rest reported; counts of one exam that differ stop the job, as scripts do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from rostok.schema.arrow import arrow_schema
from rostok.schema.assessments import Assessment
from rostok.schema.problems import Problem
from rostok.store.content import content_hash
from rostok.store.incoming import RowsLike
from rostok.store.parquet import conform, sort_rows, tied_rows
from rostok.store.repeats import shown
from rostok.store.version import SMALL_TABLES

_KEYS = {
    "schools": ("school_id",),
    "context": ("school_id", "year", "indicator"),
    "categories": ("school_id", "year", "category", "source"),
    "counts": ("school_id", "assessment"),
}
_LISTED = 200  # differing rows told one by one; a mismatched register differs in all of them


@dataclass(frozen=True, slots=True)
class Joined:
    table: pa.Table
    unused: frozenset[int]
    problems: tuple[Problem, ...]


def join(name: str, batches: Sequence[RowsLike]) -> Joined:
    """One table of the batches (in the order of their sources), sorted by all columns, key first."""
    schema = arrow_schema(SMALL_TABLES[name])
    tables = [sort_rows(conform(batch.table, schema), _KEYS[name]) for batch in batches]
    unused, problems = _whole_repeats(batches, tables)
    used = [index for index in range(len(batches)) if index not in unused]
    rows = pa.concat_tables(
        tables[index].append_column("from", pa.array([index] * tables[index].num_rows, pa.int32()))
        for index in used
    )
    rows = sort_rows(rows, (*_KEYS[name], "from"))
    repeated = tied_rows(rows, _KEYS[name])
    differing = pc.and_not(repeated, tied_rows(rows, schema.names))
    problems += _differences(name, rows, differing, batches)
    kept = rows.filter(pc.invert(repeated)).select(schema.names)
    return Joined(sort_rows(kept, _KEYS[name]), frozenset(unused), tuple(problems))


def _whole_repeats(batches: Sequence[RowsLike], tables: list[pa.Table]) -> tuple[set[int], list[Problem]]:
    seen: dict[str, int] = {}
    unused, problems = set(), []
    for index, table in enumerate(tables):
        first = seen.setdefault(content_hash(table), index)
        if first != index:
            unused.add(index)
            one, other = batches[first].source, batches[index].source
            problems.append(
                Problem("file-repeated", file=shown(other, one), values={"other": shown(one, other)})
            )
    return unused, problems


def _differences(
    name: str, rows: pa.Table, differing: pa.ChunkedArray, batches: Sequence[RowsLike]
) -> list[Problem]:
    places = pc.indices_nonzero(differing).to_pylist()
    listed = len(places) if name == "counts" else _LISTED
    told = [_difference(name, rows.slice(at - 1, 2).to_pylist(), batches) for at in places[:listed]]
    if len(places) > listed:
        told[-1] = _difference(name, rows.slice(places[listed - 1] - 1, 2).to_pylist(), batches,
                               count=len(places) - listed + 1)  # fmt: skip
    return told


def _difference(
    name: str, pair: list[dict[str, object]], batches: Sequence[RowsLike], count: int = 1
) -> Problem:
    kept, other = pair
    first, second = (batches[int(str(row["from"]))].source for row in pair)
    file, school = shown(second, first), str(other["school_id"])
    if name == "counts":
        assessment = Assessment.from_key(str(kept["assessment"])).label
        values = {"other": shown(first, second), "assessment": assessment}
        return Problem("assessment-conflict", file=file, value=school, values=values)
    if name == "context":
        return Problem("value-repeated", file=file, column=str(other["indicator"]), value=school,
                       values={"year": other["year"]}, count=count)  # fmt: skip
    return Problem("school-repeated", file=file, value=school, count=count)
