"""The map of one table of scripts in memory, for notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from rostok.pipeline import gap_tables
from rostok.pipeline.gap_skills import PaperContent
from rostok.pipeline.gap_tables import PaperMap
from rostok.pipeline.gap_units import Level, PaperUnits, Places, paper_units
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.scales import Item
from rostok.schema.tables import ITEM_PREFIX, SCRIPTS, item_column
from rostok.statistics.gaps import Thresholds
from rostok.store.item_columns import reduce_columns


def gap_map(
    table: Any,
    *,
    by: Level | str = Level.SCHOOL,
    items: Sequence[Item] = (),
    assessment: Assessment | None = None,
    thresholds: Thresholds | None = None,
) -> pa.Table:
    """The map of one paper from an Arrow or pandas table: ``school_id``, ``item_01`` …, and what else is known.

    Items are scores, −1 not attempted, −2 not taught, empty missing. Without ``items`` the maximum of each is its
    largest score and no level is known. Columns of ``SCRIPTS`` that are not there are missing, everybody is a
    participant. Returns the columns of ``gaps.csv``, those of the paper only where ``assessment`` names it.

    >>> import pyarrow as pa
    >>> pupils = pa.table({"school_id": ["990001"] * 4, "class_name": ["а", "А", "Б", "Б"],
    ...                    "item_01": [1, 0, 1, None], "item_02": [2, -1, 0, -2]})
    >>> found = gap_map(pupils, by="class")
    >>> found["unit_id"].to_pylist()
    ['990001/А', '990001/А', '990001/Б', '990001/Б']
    >>> [float(value) for value in found["percent_correct"].to_pylist()]
    [50.0, 50.0, 100.0, 0.0]
    """
    scripts = _scripts(table)
    content = _content(scripts, items)
    paper = PaperMap(
        assessment or _UNNAMED, content, _units(scripts, Level(by), len(content.items)),
        thresholds or Thresholds(),
    )  # fmt: skip
    rows = [gap_tables.gap_rows(paper, figures) for figures in paper.pieces()]
    joined = pa.concat_tables(rows).unify_dictionaries() if rows else gap_tables.GAPS.empty_table()
    return joined if assessment else joined.drop_columns(list(_OF_PAPER))


# The paper of a table that says of itself nothing; its columns are left out of the map.
_UNNAMED = Assessment(Kind.RPR, 2000, Wave.SPRING, Subject.MATH, 1)
_OF_PAPER = ("kind", "subject", "grade", "year", "wave")


def _scripts(table: Any) -> pa.Table:
    """The table with all columns of SCRIPTS and items of int8."""
    arrow = table if isinstance(table, pa.Table) else pa.Table.from_pandas(table, preserve_index=False)
    columns = {}
    for column in SCRIPTS.columns:
        kind = pa.type_for_alias(column.type)
        if column.name in arrow.column_names:
            columns[column.name] = arrow[column.name].cast(kind)
        elif column.name == "participant":
            columns[column.name] = pa.repeat(True, arrow.num_rows)
        else:
            columns[column.name] = pa.nulls(arrow.num_rows, kind)
    items = sorted(name for name in arrow.column_names if name.startswith(ITEM_PREFIX))
    return pa.table(columns | {name: arrow[name].cast(pa.int8()) for name in items})


def _content(scripts: pa.Table, items: Sequence[Item]) -> PaperContent:
    """The items described, or as many as there are columns. Raises ValueError where their numbers differ."""
    count = sum(name.startswith(ITEM_PREFIX) for name in scripts.column_names)
    if items and len(items) != count:
        raise ValueError(f"{len(items)} items are described, the table has {count}")
    return PaperContent(tuple(items) or _items(scripts, count))


def _units(scripts: pa.Table, level: Level, count: int) -> PaperUnits:
    reduced = reduce_columns(scripts, count, by_class=level is Level.CLASS)
    places = {row["school_id"]: row["municipality_id"] for row in
              scripts.select(["school_id", "municipality_id"]).to_pylist() if row["municipality_id"]}  # fmt: skip
    return paper_units(reduced, Places.of(reduced.units.school.to_pylist(), places), level)


def _items(scripts: pa.Table, count: int) -> tuple[Item, ...]:
    found = []
    for place in range(count):
        scores = [score for score in scripts[item_column(place + 1)].to_pylist() if score is not None]
        found.append(Item(place + 1, str(place + 1), max(1, *scores) if scores else 1))
    return tuple(found)
