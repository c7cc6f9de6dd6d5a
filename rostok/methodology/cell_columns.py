"""Indicators and rules of one assessment as columns of the cells (Ibis)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import ibis

from rostok.methodology.dependencies import used_names
from rostok.methodology.expressions import Arithmetic
from rostok.methodology.grid import KEY, WAVE_ORDER, IbisTable
from rostok.methodology.ibis_expressions import Column, Compiler
from rostok.methodology.nodes import (
    SCHOOL_ATTRIBUTES,
    Definition,
    Formula,
    Parent,
    Previous,
    Scope,
    Shrunken,
    When,
)
from rostok.methodology.parameters import Value
from rostok.methodology.whole import Methodology


def add_cell_columns(
    methodology: Methodology,
    base: IbisTable,
    schools: IbisTable,
    values: Mapping[str, Value],
    only: Collection[str] | None = None,
) -> IbisTable:
    """``base`` with a column per cell indicator and rule, in order of dependence; ``only`` limits to some names."""
    wanted = [
        definition
        for definition in methodology.ordered
        if definition.scope is Scope.CELL and (only is None or definition.name in only)
    ]
    cells = base
    if _attributes_used(methodology, wanted, only):
        cells = cells.left_join(schools.select("school_id", *SCHOOL_ATTRIBUTES), "school_id").drop(
            "school_id_right"
        )
    for definition in wanted:
        if isinstance(definition, Previous):
            cells = _with_previous(cells, definition)
        elif isinstance(definition, Shrunken):
            variance = Compiler(cells, values)(definition.variance)
            cells = with_shrunken(cells, definition.name, cells[definition.of], variance, list(KEY))
        else:
            cells = cells.mutate(**{definition.name: _column(methodology, definition, cells, values)})
    return cells


def _attributes_used(
    methodology: Methodology, wanted: list[Definition], only: Collection[str] | None
) -> bool:
    # Conditions of aggregates and counts are evaluated on the cells too, and may name a school's attributes.
    readers = [item for item in methodology.ordered if only is None or item.name in only]
    used = {name for definition in (*wanted, *readers) for name in used_names(definition)}
    by_municipality = any(isinstance(item, Parent) and item.level == "municipality" for item in readers)
    return by_municipality or bool(used & set(SCHOOL_ATTRIBUTES))


def _column(
    methodology: Methodology, definition: Definition, cells: IbisTable, values: Mapping[str, Value]
) -> Column:
    compiled = Compiler(cells, values)
    match definition:
        case Formula(value=value):
            return compiled(value)
        case When(when=when, needs=needs):
            return compiled(when) if needs is None else ibis.cases((compiled(needs), compiled(when)))
        case Parent(of=of, level=level):
            return _parent(methodology, of, level, cells, values)
        case _:
            raise TypeError(f"{type(definition).__name__} is not about one assessment")


def _parent(
    methodology: Methodology, of: str, level: str, cells: IbisTable, values: Mapping[str, Value]
) -> Column:
    """Ratio of sums over all schools of the same assessment, where both parts of the quotient are known."""
    quotient = methodology.by_name[of]
    assert isinstance(quotient, Formula) and isinstance(
        quotient.value, Arithmetic
    )  # refused by the loader otherwise
    compiled = Compiler(cells, values)
    above, under = compiled(quotient.value.left), compiled(quotient.value.right)
    known = above.notnull() & under.notnull()
    group = [*KEY, *(["municipality_id"] if level == "municipality" else [])]
    sums = [ibis.cases((known, part)).sum().over(group_by=group) for part in (above, under)]
    ratio = sums[0] / sums[1].nullif(0.0)
    return ratio if level == "region" else ibis.cases((cells.municipality_id.notnull(), ratio))


def with_shrunken(
    table: IbisTable, name: str, figure: Column, variance: Column, group: list[str]
) -> IbisTable:
    """``table`` with empirical-Bayes estimates within groups (of all rows when none are named).

    See ``nodes.Shrunken``. In steps, because each step's window would otherwise be written out in the next.
    """
    columns = table.columns
    known = figure.notnull() & (variance > 0)
    table = table.mutate(
        _figure=ibis.cases((known, figure)), _variance=ibis.cases((known, variance)),
        _weight=ibis.cases((known, 1.0 / variance.nullif(0.0))),
    )  # fmt: skip
    window = ibis.window(group_by=group)
    table = table.mutate(
        _count=table._figure.count().over(window),
        _weights=table._weight.sum().over(window),
        _squares=(table._weight * table._weight).sum().over(window),
        _centre=(table._weight * table._figure).sum().over(window) / table._weight.sum().over(window),
    )
    distance = table._figure - table._centre
    table = table.mutate(_spread=(table._weight * distance * distance).sum().over(window))
    spare = (table._weights - table._squares / table._weights).nullif(0.0)
    between = (table._spread - (table._count - 1)) / spare
    table = table.mutate(_between=ibis.cases((between > 0, between), else_=0.0))
    kept = table._between / (table._between + table._variance)
    table = table.mutate(**{name: table._centre + (table._figure - table._centre) * kept})
    return table.select(*columns, name)


def _with_previous(cells: IbisTable, definition: Previous) -> IbisTable:
    """The same kind, subject and grade a year earlier; of several waves the latest with a value."""
    rank = ibis.cases(*((cells.wave == str(wave), place) for place, wave in enumerate(WAVE_ORDER)))
    known = cells.mutate(_rank=rank).filter(cells[definition.of].notnull())
    key = ["school_id", "kind", "subject", "grade", "period"]
    earlier = known.group_by(*key).agg(**{definition.name: known[definition.of].argmax(known._rank)})
    earlier = earlier.mutate(period=(earlier.period + 1).cast("int16"))
    joined = cells.left_join(earlier, key)
    return joined.select(*cells.columns, definition.name)
