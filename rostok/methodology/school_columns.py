"""From cells to schools: aggregates, counts, context and lists joined to one row per school, then what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce

import ibis

from rostok.methodology.aggregates import aggregate_columns, count_columns, held_units
from rostok.methodology.carried import with_carried
from rostok.methodology.cell_columns import add_cell_columns, with_shrunken
from rostok.methodology.dependencies import constant
from rostok.methodology.expressions import TOLERANCE
from rostok.methodology.grid import IbisTable
from rostok.methodology.ibis_expressions import Column, Compiler
from rostok.methodology.nodes import (
    SCHOOL_ATTRIBUTES,
    Aggregate,
    AtLeast,
    Bands,
    Context,
    Definition,
    Formula,
    Index,
    Parent,
    Scale,
    Scope,
    Shrunken,
    When,
)
from rostok.methodology.parameters import Value
from rostok.methodology.whole import Methodology


@dataclass(frozen=True)
class SchoolFrame:
    """``table``: one row per school with a column per indicator and rule, and beside them ``_n_NAME``,
    ``_coverage_NAME`` of indicators, ``_true_NAME``, ``_unknown_NAME``, ``_count_NAME`` of counts. ``assigned``:
    category → column that says whether the latest list gives it. ``held``: what the counting rules could count in the
    data as a whole (``held_units``)."""

    table: IbisTable
    assigned: Mapping[str, str]
    held: IbisTable


def universe(
    methodology: Methodology,
    facts: IbisTable,
    schools: IbisTable | None,
    context: IbisTable | None,
    categories: IbisTable | None,
) -> IbisTable:
    """One row per school that is in the facts, the register, or a table the methodology reads; with attributes."""
    tables = [facts, schools]
    if any(isinstance(item, Context) for item in methodology.indicators):
        tables.append(context)
    if methodology.listed_categories:
        tables.append(categories)
    ids = reduce(
        lambda a, b: a.union(b), (table.select("school_id") for table in tables if table is not None)
    ).distinct()
    if schools is None:
        return ids.mutate(**{name: ibis.null("string") for name in SCHOOL_ATTRIBUTES})
    register = schools.group_by("school_id").agg(
        school_kind=schools.kind.max(),
        territory=schools.territory.max(),
        municipality_id=schools.municipality_id.max(),
    )
    return ids.left_join(register, "school_id").select("school_id", *SCHOOL_ATTRIBUTES)


def school_frame(
    methodology: Methodology,
    schools: IbisTable,
    cells: IbisTable,
    periods: IbisTable,
    context: IbisTable | None,
    categories: IbisTable | None,
    values: Mapping[str, Value],
    on: dt.date,
) -> SchoolFrame:
    """Everything said of each school of ``schools``."""
    labels = methodology.listed_categories
    assigned = {label: f"_assigned_{place}" for place, label in enumerate(labels)}
    table = _joined(schools, _with_lists(categories, assigned, on)) if labels else schools
    if not labels or categories is None:
        table = table.mutate(
            assigned=ibis.null("string"), **dict.fromkeys(assigned.values(), ibis.literal(False))
        )
    table = table.mutate(**{name: table[name].fill_null(False) for name in assigned.values()})
    table = table.cross_join(periods.agg(window_years=periods.count()))
    table = _joined(table, _with_context(methodology, context, on))
    held = held_units(methodology, cells, values)
    table = _with_cells(methodology, table, cells, held, values)
    for definition in methodology.ordered:
        if definition.scope is Scope.SCHOOL:
            table = _with(definition, table, Compiler(table, values, assigned), values)
            table = with_carried(methodology, definition, table, values, assigned)
    return SchoolFrame(table, assigned, held)


def _joined(table: IbisTable, other: IbisTable | None, key: str = "school_id") -> IbisTable:
    """Left join that keeps the key once."""
    if other is None:
        return table
    new = [name for name in other.columns if name != key]
    return table.left_join(other, key).select(*table.columns, *new)


def _with_lists(categories: IbisTable | None, assigned: Mapping[str, str], on: dt.date) -> IbisTable | None:
    """Per school: the categories of the latest list that speaks of it, joined, and one truth per category."""
    if categories is None:
        return None
    listed = categories.filter((categories.year <= on.year) & categories.category.isin(list(assigned)))
    listed = listed.select("school_id", "year", "category").distinct()
    listed = listed.mutate(_latest=listed.year.max().over(group_by="school_id"))
    listed = listed.filter(listed.year == listed._latest)
    truths = {column: (listed.category == label).any() for label, column in assigned.items()}
    return listed.group_by("school_id").agg(
        assigned=listed.category.group_concat(" / ", order_by=listed.category), **truths
    )


def _with_context(methodology: Methodology, context: IbisTable | None, on: dt.date) -> IbisTable | None:
    """Per school: each context indicator of the methodology, the latest value or that of the year before it."""
    wanted = [item for item in methodology.indicators if isinstance(item, Context)]
    if not wanted:
        return None
    if context is None:
        raise ValueError("a methodology with context indicators needs a context table, if only an empty one")
    known = context.filter(
        (context.year <= on.year)
        & context.value.notnull()
        & context.indicator.isin(sorted({item.code for item in wanted}))
    )
    known = known.group_by("school_id", "indicator", "year").agg(value=known.value.max())
    known = known.mutate(_latest=known.year.max().over(group_by=["school_id", "indicator"]))
    columns = {
        item.name: known.value.max(
            where=(known.indicator == item.code)
            & (known.year == known._latest - int(item.year == "previous"))
        )
        for item in wanted
    }
    return known.group_by("school_id").agg(**columns)


def _with_cells(
    methodology: Methodology,
    table: IbisTable,
    cells: IbisTable,
    held: IbisTable,
    values: Mapping[str, Value],
) -> IbisTable:
    aggregates = [item for item in methodology.indicators if isinstance(item, Aggregate)]
    if aggregates:
        table = _joined(table, aggregate_columns(cells, aggregates, values, ["school_id"]))
    for item in methodology.indicators:
        if isinstance(item, Parent) and item.scope is Scope.SCHOOL:
            table = _with_parent(methodology, item, table, cells, values)
    for rule in methodology.rules:
        if isinstance(rule, AtLeast) and not rule.each_year:
            table = _joined(table, count_columns(methodology, rule, cells, held, values))
    return table


def _with_parent(
    methodology: Methodology, item: Parent, table: IbisTable, cells: IbisTable, values: Mapping[str, Value]
) -> IbisTable:
    of = methodology.by_name[item.of]
    assert isinstance(of, Aggregate)  # refused by the loader otherwise
    key = [] if item.level == "region" else ["municipality_id"]
    whole = aggregate_columns(cells, [of], values, key)
    whole = whole.select(*key, **{item.name: whole[of.name], f"_n_{item.name}": whole[f"_n_{of.name}"]})
    return table.cross_join(whole) if not key else _joined(table, whole, "municipality_id")


def _with(
    definition: Definition, table: IbisTable, compiled: Compiler, values: Mapping[str, Value]
) -> IbisTable:
    """``table`` with the column of one school indicator or rule."""
    name = definition.name
    match definition:
        case Formula(value=value):
            return table.mutate(**{name: compiled(value)})
        case When(when=when, needs=needs):
            return table.mutate(
                **{name: compiled(when) if needs is None else ibis.cases((compiled(needs), compiled(when)))}
            )
        case Index(parts=parts):
            weights = [(table[part], float(constant(weight, values))) for part, weight in parts]
            return table.mutate(**_index(name, weights))
        case Bands(of=of, scale=scale, by_kind=by_kind):
            own = [(table.school_kind == kind, _band(table[of], other)) for kind, other in by_kind]
            return table.mutate(
                **{name: ibis.cases(*own, else_=_band(table[of], scale)) if own else _band(table[of], scale)}
            )
        case Shrunken():
            return with_shrunken(table, [definition], values, [])
        case AtLeast(each_year=False):
            return table.mutate(**{name: at_least(definition, table, compiled, values)})
        case _:
            return table  # joined before


def at_least(rule: AtLeast, table: IbisTable, compiled: Compiler, values: Mapping[str, Value]) -> Column:
    """The three-valued verdict from the counts of trues and unknowns."""
    trues, unknown = table[f"_true_{rule.name}"], table[f"_unknown_{rule.name}"]
    least = float(constant(rule.least, values)) - TOLERANCE
    verdict = ibis.cases(
        (table[f"_count_{rule.name}"] == 0, ibis.null("boolean")),
        (table[f"_held_{rule.name}"] < least, ibis.null("boolean")),
        (trues >= least, ibis.literal(True)),
        (trues + unknown < least, ibis.literal(False)),
    )
    return verdict if rule.needs is None else ibis.cases((compiled(rule.needs), verdict))


def _index(name: str, parts: list[tuple[Column, float]]) -> dict[str, Column]:
    known = reduce(lambda a, b: a + b, (part.notnull().ifelse(weight, 0.0) for part, weight in parts))
    total = reduce(lambda a, b: a + b, (part.fill_null(0.0) * weight for part, weight in parts))
    whole = sum(weight for _, weight in parts)
    return {name: total / known.nullif(0.0), f"_coverage_{name}": known / (whole or float("nan"))}


def _band(figure: Column, scale: Scale) -> Column:
    if scale.width is not None:
        steps = figure / scale.width
        near = steps.round().cast("float64")
        # A value on a bound is a whole number of steps, give or take binary fractions.
        on_bound = (figure - near * scale.width).abs() <= TOLERANCE
        last = near if scale.closed == "right" else near + 1.0
        return ibis.cases((on_bound, last), (~on_bound, steps.ceil().cast("float64"))) + float(scale.offset)
    if scale.closed == "right":
        passed = [figure > cut + TOLERANCE for cut in scale.cuts]
    else:
        passed = [figure >= cut - TOLERANCE for cut in scale.cuts]
    return reduce(lambda a, b: a + b, (part.cast("float64") for part in passed)) + float(scale.first)


def category_column(methodology: Methodology, compiled: Compiler) -> tuple[Column, Column]:
    """The category, and whether it is decided: the first condition that is not false decides, unknown too."""
    branches, undecided = [], []
    for label, condition in methodology.category:
        truth = compiled(condition)
        branches += [(truth.isnull(), ibis.null("string")), (truth, ibis.literal(label))]
        undecided += [(truth.isnull(), ibis.literal(False)), (truth, ibis.literal(True))]
    if not branches:
        return ibis.null("string"), ibis.literal(False)
    otherwise = ibis.literal(methodology.otherwise) if methodology.otherwise else ibis.null("string")
    return ibis.cases(*branches, else_=otherwise), ibis.cases(*undecided, else_=ibis.literal(True))


def verdict_column(
    methodology: Methodology, base_cells: IbisTable, values: Mapping[str, Value], frame: SchoolFrame
) -> IbisTable:
    """school_id, verdict, category from cells alone where possible; see ``Evaluation.verdicts_of``.

    Aggregates keep every unit of the cells, so no list of units is computed apart: the first one is the list.
    """
    needed = methodology.needed()
    cells = add_cell_columns(methodology, base_cells, frame.table, values, only=needed)
    table = None
    aggregates = [
        item for item in methodology.indicators if isinstance(item, Aggregate) and item.name in needed
    ]
    if aggregates:
        table = aggregate_columns(cells, aggregates, values, ["school_id"])
    for rule in methodology.rules:
        if isinstance(rule, AtLeast) and not rule.each_year and rule.name in needed:
            counted = count_columns(methodology, rule, cells, frame.held, values)
            table = counted if table is None else table.inner_join(counted, "school_id")
    if table is None:
        table = cells.select("school_id").distinct()
    table = _with_fixed(methodology, table, cells, values, frame, needed)
    for definition in methodology.ordered:
        if definition.scope is Scope.SCHOOL and definition.name in needed:
            table = _with(definition, table, Compiler(table, values, frame.assigned), values)
    category, _ = category_column(methodology, Compiler(table, values, frame.assigned))
    verdict = table[methodology.verdict] if methodology.verdict else ibis.null("boolean")
    return table.select("school_id", verdict=verdict, category=category)


def _with_fixed(
    methodology: Methodology,
    table: IbisTable,
    cells: IbisTable,
    values: Mapping[str, Value],
    frame: SchoolFrame,
    needed: Collection[str],
) -> IbisTable:
    """What does not come from the cells and is needed: attributes, context, lists; and parents' figures."""
    fixed = [name for name in (*SCHOOL_ATTRIBUTES, "window_years") if name in needed]
    fixed += [
        item.name for item in methodology.indicators if isinstance(item, Context) and item.name in needed
    ]
    fixed += list(frame.assigned.values()) if methodology.asked_categories else []
    if any(
        isinstance(item, Bands) and item.by_kind and item.name in needed for item in methodology.indicators
    ):
        fixed.append("school_kind")
    parents = [item for item in methodology.indicators
               if isinstance(item, Parent) and item.scope is Scope.SCHOOL and item.name in needed]  # fmt: skip
    if any(item.level == "municipality" for item in parents):
        fixed.append("municipality_id")
    if fixed:
        table = _joined(table, frame.table.select("school_id", *dict.fromkeys(fixed)))
    for item in parents:
        table = _with_parent(methodology, item, table, cells, values)
    return table
