"""Participants and coverage that a school indicator takes over from the one it is made of (Ibis)."""

from __future__ import annotations

from collections.abc import Mapping

import ibis

from rostok.methodology.dependencies import carriers
from rostok.methodology.grid import IbisTable
from rostok.methodology.ibis_expressions import Column, Compiler
from rostok.methodology.nodes import Definition, Scope
from rostok.methodology.parameters import Value
from rostok.methodology.whole import Methodology


def with_carried(
    methodology: Methodology,
    definition: Definition,
    table: IbisTable,
    values: Mapping[str, Value],
    assigned: Mapping[str, str],
) -> IbisTable:
    """``table`` with ``_n_NAME`` and ``_coverage_NAME`` of a definition that carries them; see ``carriers``."""
    names = [item.name for item in methodology.indicators if item.scope is Scope.SCHOOL]
    sources = carriers(definition, names)
    compiled = Compiler(table, values, assigned)
    columns: dict[str, Column] = {}
    for prefix in ("_n_", "_coverage_"):
        if any(name and prefix + name in table.columns for _, name in sources):
            branches = [(compiled(value).notnull(), _column(table, prefix, name)) for value, name in sources]
            columns[prefix + definition.name] = ibis.cases(*branches)
    return table.mutate(**columns) if columns else table


def _column(table: IbisTable, prefix: str, name: str | None) -> Column:
    if name is None or prefix + name not in table.columns:
        return ibis.null("float64")
    return table[prefix + name].cast("float64")
