"""Sums, means and counts of cells per school or parent unit (Ibis)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import ibis

from rostok.methodology.dependencies import constant
from rostok.methodology.expressions import TOLERANCE
from rostok.methodology.grid import KEY, IbisTable
from rostok.methodology.ibis_expressions import Column, Compiler
from rostok.methodology.nodes import COUNTING_UNITS, Aggregate, AtLeast
from rostok.methodology.parameters import Value
from rostok.methodology.whole import Methodology

_UNIT_KEYS = {
    "assessment": None,
    "procedure": ["kind", "subject", "grade"],
    "cohort": ["cohort"],
}


def aggregate_columns(
    cells: IbisTable, aggregates: list[Aggregate], values: Mapping[str, Value], key: list[str]
) -> IbisTable:
    """Per ``key``: each aggregate under its name, ``_n_NAME`` participants and ``_coverage_NAME``."""
    for item in aggregates:
        cells = _with_inputs(cells, item, values, key)
    columns: dict[str, Column] = {}
    for item in aggregates:
        columns |= _outputs(cells, item)
    return cells.group_by(*key).agg(**columns) if key else cells.agg(**columns)


def _with_inputs(cells: IbisTable, item: Aggregate, values: Mapping[str, Value], key: list[str]) -> IbisTable:
    """The value, the weight, whether the cell is in ``where`` and whether it is used, as columns."""
    compiled = Compiler(cells, values)
    value = compiled(item.of)
    weight = compiled(item.weight) if item.weight else ibis.literal(1.0)
    inside = compiled(item.where).fill_null(False) if item.where else ibis.literal(True)
    used = inside & value.notnull() & weight.notnull()
    cells = cells.mutate(**{
        f"_value_{item.name}": value.cast("float64"), f"_weight_{item.name}": weight,
        f"_inside_{item.name}": inside, f"_used_{item.name}": used,
    })  # fmt: skip
    if item.years == "all":
        return cells
    dated = ibis.cases((cells[f"_used_{item.name}"], cells.period))
    window = ibis.window(group_by=key)
    return cells.mutate(
        **{f"_first_{item.name}": dated.min().over(window), f"_last_{item.name}": dated.max().over(window)}
    )


def _outputs(cells: IbisTable, item: Aggregate) -> dict[str, Column]:
    used, inside = cells[f"_used_{item.name}"], cells[f"_inside_{item.name}"]
    if item.years == "all":
        figure = _figure(cells, item, used)
    else:
        first = used & (cells.period == cells[f"_first_{item.name}"])
        last = used & (cells.period == cells[f"_last_{item.name}"])
        figure = _figure(cells, item, first if item.years == "first" else last)
        used = first if item.years == "first" else last
        if item.years == "change":
            used = first | last
            several = cells.period.max(where=used) > cells.period.min(where=used)
            figure = ibis.cases((several, figure - _figure(cells, item, first)))
    return {
        item.name: figure,
        f"_n_{item.name}": cells.participants.sum(where=used).cast("float64"),
        f"_coverage_{item.name}": used.sum() / inside.sum().nullif(0),
    }


def _figure(cells: IbisTable, item: Aggregate, used: Column) -> Column:
    value, weight = cells[f"_value_{item.name}"], cells[f"_weight_{item.name}"]
    match item.how:
        case "sum":
            return value.sum(where=used)
        case "count":
            # No cell at all is missing; cells of which none holds are 0.
            return ibis.cases((cells.count() > 0, value.sum(where=used).fill_null(0.0)))
        case "min":
            return value.min(where=used)
        case "max":
            return value.max(where=used)
        case _:
            return (value * weight).sum(where=used) / weight.sum(where=used).nullif(0.0)


def held_units(methodology: Methodology, cells: IbisTable, values: Mapping[str, Value]) -> IbisTable:
    """How many units each counting rule could count anywhere in the data: ``rule``, ``period``, ``held``.

    ``period`` is the year for a rule with ``each_year``, else missing. A rule that asks for two papers of data that
    hold one says nothing of anybody.
    """
    parts = []
    for rule in methodology.rules:
        if not isinstance(rule, AtLeast):
            continue
        if isinstance(methodology.by_name[rule.of], AtLeast):
            units = cells.select("period").distinct()
        else:
            inside = cells.filter(Compiler(cells, values)(rule.where)) if rule.where else cells
            keys = _UNIT_KEYS[_unit(rule, values)] or list(KEY)
            units = inside.select(*dict.fromkeys(["period", *keys] if rule.each_year else keys)).distinct()
        period = units.period.cast("int64") if rule.each_year else ibis.null("int64")
        marked = units.select(rule=ibis.literal(rule.name), period=period)
        parts.append(marked.group_by("rule", "period").agg(held=marked.count()))
    return reduce(lambda a, b: a.union(b), parts) if parts else _nothing_held(cells)


def _nothing_held(cells: IbisTable) -> IbisTable:
    return cells.limit(0).select(rule=ibis.null("string"), period=ibis.null("int64"), held=ibis.null("int64"))


def count_columns(
    methodology: Methodology, rule: AtLeast, cells: IbisTable, held: IbisTable, values: Mapping[str, Value]
) -> IbisTable:
    """Per school: ``_true_NAME``, ``_unknown_NAME``, ``_count_NAME`` of a counting rule and ``_held_NAME`` (see
    ``held_units``), the same for every school."""
    of = methodology.by_name[rule.of]
    if isinstance(of, AtLeast):
        units = _years(of, cells, held, values)
    else:
        units = _units(rule, cells, values, ["school_id"])
    own = held.filter(held.rule == rule.name)
    return _counted(rule, units, ["school_id"]).cross_join(
        own.agg(**{f"_held_{rule.name}": own.held.max().fill_null(0)})
    )


def _years(of: AtLeast, cells: IbisTable, held: IbisTable, values: Mapping[str, Value]) -> IbisTable:
    """The verdicts of a rule with ``each_year``, one row per school and year that has something to count."""
    years = _counted(of, _units(of, cells, values, ["school_id", "period"]), ["school_id", "period"])
    own = held.filter(held.rule == of.name).select(_year="period", _held="held")
    years = years.left_join(own, years.period == own._year).drop("_year")
    trues, unknown = years[f"_true_{of.name}"], years[f"_unknown_{of.name}"]
    least = float(constant(of.least, values)) - TOLERANCE
    true = trues >= least
    possible = (trues + unknown >= least) | (years._held < least)
    return years.filter(years[f"_count_{of.name}"] > 0).mutate(
        _true=true, _unknown=~true & possible, _inside=ibis.literal(True)
    )


def _unit(rule: AtLeast, values: Mapping[str, Value]) -> str:
    return str(constant(rule.count_by, values)) if rule.count_by else COUNTING_UNITS[0]


def _units(rule: AtLeast, cells: IbisTable, values: Mapping[str, Value], key: list[str]) -> IbisTable:
    """What is counted, one row each, with ``_true``, ``_unknown`` and ``_inside``.

    Cells outside ``where`` stay as rows that count for nothing, so that no school gets lost here.
    """
    truth = cells[rule.of]
    inside = Compiler(cells, values)(rule.where).fill_null(False) if rule.where else ibis.literal(True)
    marked = cells.mutate(
        _true=truth.fill_null(False) & inside, _unknown=truth.isnull() & inside, _inside=inside
    )
    merged_by = _UNIT_KEYS[_unit(rule, values)]
    if merged_by is None:
        return marked
    merged = marked.group_by(*key, *merged_by).agg(
        _true=marked._true.any(), _unknown=marked._unknown.any(), _inside=marked._inside.any()
    )
    return merged.mutate(_unknown=merged._unknown & ~merged._true)


def _counted(rule: AtLeast, units: IbisTable, key: list[str]) -> IbisTable:
    return units.group_by(*key).agg(**{
        f"_true_{rule.name}": units._true.sum(),
        f"_unknown_{rule.name}": units._unknown.sum(),
        f"_count_{rule.name}": units._inside.sum(),
    })  # fmt: skip
