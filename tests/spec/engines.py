"""Both evaluators behind one signature: tables of an example in, rows as dicts out."""

from __future__ import annotations

import datetime as dt

import ibis
import pyarrow as pa

from rostok.methodology import FactTables, Methodology, evaluate
from rostok.methodology.examples import ExampleTables, on_reference
from rostok.methodology.reference import ReferenceEvaluation
from rostok.methodology.reference_figures import Row
from rostok.schema.arrow import arrow_schema
from rostok.schema.tables import CATEGORIES, CONTEXT, FACTS, SCHOOLS, Table

_duckdb = ibis.duckdb.connect()


def memtable(rows: list[Row], table: Table) -> ibis.Table:
    return ibis.memtable(pa.Table.from_pylist(rows, schema=arrow_schema(table)))


def keep(table: ibis.Table) -> ibis.Table:
    """Materialise, so that the four outputs do not compute the same cells four times."""
    return ibis.memtable(_duckdb.to_pyarrow(table))


def fact_tables(tables: ExampleTables) -> FactTables:
    return FactTables(
        facts=memtable(tables.facts, FACTS),
        schools=memtable(tables.schools, SCHOOLS),
        context=memtable(tables.context, CONTEXT),
        categories=memtable(tables.categories, CATEGORIES),
    )


def rows_of(expression: ibis.Table) -> list[Row]:
    return _duckdb.to_pyarrow(expression).to_pylist()


def on_duckdb(methodology: Methodology, tables: ExampleTables) -> ReferenceEvaluation:
    """The Ibis evaluator on DuckDB."""
    found = evaluate(methodology, fact_tables(tables), on=tables.on, keep=keep)
    return ReferenceEvaluation(
        rows_of(found.results), rows_of(found.cells), rows_of(found.indicators), rows_of(found.rules)
    )


def verdicts_on_duckdb(
    methodology: Methodology, tables: ExampleTables
) -> dict[object, tuple[object, object]]:
    """school → (verdict, category) by the cheap way."""
    found = evaluate(methodology, fact_tables(tables), on=tables.on)
    return {row["school_id"]: (row["verdict"], row["category"]) for row in rows_of(found.verdicts_only)}


EVALUATORS = {"reference": on_reference, "duckdb": on_duckdb}


def tables(
    facts: list[Row], schools: list[Row] = [], context: list[Row] = [], categories: list[Row] = [],  # noqa: B006 - never written to
    on: dt.date = dt.date(2030, 12, 31),
) -> ExampleTables:  # fmt: skip
    return ExampleTables(facts, schools, context, categories, on)
