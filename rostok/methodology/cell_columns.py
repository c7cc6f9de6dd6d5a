"""Indicators and rules of one assessment as columns of the cells (Ibis)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

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
    for batch in _batches(wanted):
        cells = _with(methodology, batch, cells, values)
    return cells


# Computed by joining sums over other cells back to the cells; each such step reads the cells once more.
_JOINING = (Parent, Previous, Shrunken)


def _batches(definitions: list[Definition]) -> Iterator[list[Definition]]:
    """The definitions in an order of dependence; joining ones of one kind together and as late as they can be."""
    pending = definitions
    while pending:
        left = {definition.name for definition in pending}
        ready = [definition for definition in pending if not used_names(definition) & left]
        batch: list[Definition] = [item for item in ready if not isinstance(item, _JOINING)]
        for kind in _JOINING:
            batch = batch or [item for item in ready if isinstance(item, kind)]
        yield batch
        pending = [definition for definition in pending if definition not in batch]


def _with(
    methodology: Methodology, batch: list[Definition], cells: IbisTable, values: Mapping[str, Value]
) -> IbisTable:
    """``cells`` with the columns of one batch."""
    match batch[0]:
        case Previous():
            return _with_previous(cells, [item for item in batch if isinstance(item, Previous)])
        case Parent():
            parents = [item for item in batch if isinstance(item, Parent)]
            for level in ("region", "municipality"):
                cells = _with_parents(
                    methodology, level, [item for item in parents if item.level == level], cells, values
                )
            return cells
        case Shrunken():
            return with_shrunken(
                cells, [item for item in batch if isinstance(item, Shrunken)], values, list(KEY)
            )
    for definition in batch:
        cells = cells.mutate(**{definition.name: _column(definition, Compiler(cells, values))})
    return cells


def _attributes_used(
    methodology: Methodology, wanted: list[Definition], only: Collection[str] | None
) -> bool:
    # Conditions of aggregates and counts are evaluated on the cells too, and may name a school's attributes.
    readers = [item for item in methodology.ordered if only is None or item.name in only]
    used = {name for definition in (*wanted, *readers) for name in used_names(definition)}
    by_municipality = any(isinstance(item, Parent) and item.level == "municipality" for item in readers)
    return by_municipality or bool(used & set(SCHOOL_ATTRIBUTES))


def _column(definition: Definition, compiled: Compiler) -> Column:
    match definition:
        case Formula(value=value):
            return compiled(value)
        case When(when=when, needs=needs):
            return compiled(when) if needs is None else ibis.cases((compiled(needs), compiled(when)))
        case _:
            raise TypeError(f"{type(definition).__name__} is not about one assessment")


def _with_parents(
    methodology: Methodology, level: str, parents: list[Parent], cells: IbisTable, values: Mapping[str, Value]
) -> IbisTable:
    """Ratios of sums over all schools of the same assessment, where both parts of the quotient are known."""
    if not parents:
        return cells
    group = [*KEY, *(["municipality_id"] if level == "municipality" else [])]
    compiled = Compiler(cells, values)
    ratios: dict[str, Column] = {}
    for item in parents:
        quotient = methodology.by_name[item.of]
        assert isinstance(quotient, Formula) and isinstance(
            quotient.value, Arithmetic
        )  # refused by the loader otherwise
        above, under = compiled(quotient.value.left), compiled(quotient.value.right)
        known = above.notnull() & under.notnull()
        ratios[item.name] = above.sum(where=known) / under.sum(where=known).nullif(0.0)
    return _joined(cells, cells.group_by(*group).agg(**ratios), group)


def _joined(table: IbisTable, other: IbisTable, key: list[str]) -> IbisTable:
    """Left join that keeps the key once; without a key ``other`` is one row for all."""
    new = [name for name in other.columns if name not in key]
    joined = table.left_join(other, key) if key else table.cross_join(other)
    return joined.select(*table.columns, *new)


def with_shrunken(
    table: IbisTable, definitions: list[Shrunken], values: Mapping[str, Value], group: list[str]
) -> IbisTable:
    """``table`` with empirical-Bayes estimates within groups (of all rows when none are named).

    See ``nodes.Shrunken``; the sum of squares about the centre is Σwy² − (Σwy)² ÷ Σw.
    """
    columns, names_ = table.columns, [item.name for item in definitions]
    parts: dict[str, Column] = {}
    sums: dict[str, Column] = {}
    compiled = Compiler(table, values)
    for item in definitions:
        figure, variance = table[item.of], compiled(item.variance)
        known = figure.notnull() & (variance > 0)
        parts |= {
            f"_figure_{item.name}": ibis.cases((known, figure)), f"_variance_{item.name}": ibis.cases((known, variance)),
            f"_weight_{item.name}": ibis.cases((known, 1.0 / variance.nullif(0.0))),
        }  # fmt: skip
    table = table.mutate(**parts)
    for name in names_:
        figure, weight = table[f"_figure_{name}"], table[f"_weight_{name}"]
        sums |= {
            f"_count_{name}": figure.count(), f"_sum_{name}": weight.sum(), f"_squares_{name}": (weight * weight).sum(),
            f"_first_{name}": (weight * figure).sum(), f"_second_{name}": (weight * figure * figure).sum(),
        }  # fmt: skip
    table = _joined(table, table.group_by(*group).agg(**sums) if group else table.agg(**sums), group)
    return table.mutate(**{name: _estimate(table, name) for name in names_}).select(*columns, *names_)


def _estimate(table: IbisTable, name: str) -> Column:
    weights, centre = table[f"_sum_{name}"], table[f"_first_{name}"] / table[f"_sum_{name}"].nullif(0.0)
    spread = table[f"_second_{name}"] - table[f"_first_{name}"] * centre
    spare = (weights - table[f"_squares_{name}"] / weights.nullif(0.0)).nullif(0.0)
    between = (spread - (table[f"_count_{name}"] - 1)) / spare
    between = ibis.cases((between > 0, between), else_=0.0)
    figure, variance = table[f"_figure_{name}"], table[f"_variance_{name}"]
    return centre + (figure - centre) * (between / (between + variance))


def _with_previous(cells: IbisTable, definitions: list[Previous]) -> IbisTable:
    """The same kind, subject and grade a year earlier; of several waves the latest with a value."""
    rank = ibis.cases(*((cells.wave == str(wave), place) for place, wave in enumerate(WAVE_ORDER)))
    key = ["school_id", "kind", "subject", "grade", "period"]
    latest = {item.name: cells[item.of].argmax(rank, where=cells[item.of].notnull()) for item in definitions}
    earlier = cells.group_by(*key).agg(**latest)
    earlier = earlier.mutate(period=(earlier.period + 1).cast("int16"))
    joined = cells.left_join(earlier, key)
    return joined.select(*cells.columns, *latest)
