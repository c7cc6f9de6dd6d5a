"""Made-up papers for the tests of the store: rows as dictionaries, batches, builders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from rostok.formats.batches import ScriptBatch, Source, TableBatch
from rostok.schema.arrow import arrow_schema, scripts_schema
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.scales import Item
from rostok.store import DataVersion, StoreBuilder
from rostok.store.version import SMALL_TABLES

MATH_5 = Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.MATH, 5)
RUSSIAN_5 = Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.RUSSIAN, 5)
AUTUMN_MATH_5 = Assessment(Kind.VPR, 2020, Wave.AUTUMN, Subject.MATH, 5)
OGE_MATH = Assessment(Kind.OGE, 2021, Wave.SPRING, Subject.MATH, 9)
ITEMS = (Item(1, "1", 2), Item(2, "2", 3, "Б"))

Row = dict[str, Any]


def paper(school: str, pupil: str, raw: int | None, **values: Any) -> Row:
    """One script; the mark is 2 under 2 points, 3 under 3, 4 under 4; ``raw`` None means absent."""
    sat = raw is not None
    mark = 2 + sum(raw >= bound for bound in (2, 3, 4)) if raw is not None else None
    row: Row = {
        "school_id": school, "municipality_id": "m1", "class_name": "5А", "pupil_code": pupil, "sex": "m",
        "variant": "1", "absent": not sat, "participant": sat, "journal_mark": 4, "raw_score": raw,
        "test_score": None, "mark": mark, "under_minimum": mark == 2 if sat else None,
        "item_01": min(raw, 2) if raw is not None else None,
        "item_02": max(raw - 2, 0) if raw is not None else None,
    }  # fmt: skip
    return row | values


def table(rows: Iterable[Row], items: tuple[Item, ...] = ITEMS) -> pa.Table:
    schema = scripts_schema(items)
    return pa.Table.from_pylist([{n: row.get(n) for n in schema.names} for row in rows], schema=schema)


def batch(
    rows: Sequence[Row],
    file: str = "a.xlsx",
    assessment: Assessment = MATH_5,
    items: tuple[Item, ...] = ITEMS,
) -> ScriptBatch:
    return ScriptBatch(assessment, items, table(rows, items), source(file, len(rows)))


def source(file: str, rows: int = 0) -> Source:
    return Source(file, "Лист1", "vpr-2021", "0" * 64, rows)


def rows_of(name: str, rows: Sequence[Row], file: str = "schools.csv") -> TableBatch:
    schema = arrow_schema(SMALL_TABLES[name])
    filled = [{column: row.get(column) for column in schema.names} for row in rows]
    return TableBatch(name, pa.Table.from_pylist(filled, schema=schema), source(file, len(rows)))


@dataclass(frozen=True)
class Built:
    version: DataVersion
    codes: list[str]
    problems: tuple[Any, ...]


def build(root: Path, *batches: ScriptBatch | TableBatch) -> Built:
    """A version of all the batches, and the codes of the problems met."""
    with StoreBuilder(root) as builder:
        for one in batches:
            if isinstance(one, ScriptBatch):
                builder.add_scripts(one)
            else:
                builder.add_rows(one)
        version = builder.finish()
        return Built(version, [problem.code for problem in builder.problems], builder.problems)
