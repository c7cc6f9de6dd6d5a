"""The four tables of an evaluation: which columns, in which order of rows (Ibis)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import ibis

from rostok.methodology.dependencies import constant, figure_and_threshold
from rostok.methodology.expressions import Expression, Name
from rostok.methodology.grid import IbisTable
from rostok.methodology.ibis_expressions import Column, Compiler, number
from rostok.methodology.nodes import CELL_DETAILS, AtLeast, Rule, Scope, When
from rostok.methodology.parameters import Value
from rostok.methodology.school_columns import SchoolFrame, category_column
from rostok.methodology.whole import Methodology

CELL_COLUMNS = (
    "school_id", "kind", "subject", "grade", "pupil_grade", "year", "school_year", "wave", "cohort",
    "participants", "absent", "below",
)  # fmt: skip


def words(truth: Column) -> Column:
    """true, false or unknown."""
    return ibis.cases((truth.isnull(), "unknown"), (truth, "true"), else_="false")


def results_output(
    methodology: Methodology, frame: SchoolFrame, cells: IbisTable, values: Mapping[str, Value]
) -> IbisTable:
    table = frame.table
    category, decided = category_column(methodology, Compiler(table, values, frame.assigned))
    table = table.mutate(category=category.cast("string"), _decided=decided)
    verdict = words(table[methodology.verdict]) if methodology.verdict else ibis.null("string")
    counting, cell_rule = methodology.counting_rule, methodology.cell_rule
    table = _with_counts(table, counting, cells, cell_rule)
    return table.select(
        "school_id", "category", verdict=verdict, low_count=table.low_count, assessment_count=table.assessment_count,
        unknown_count=table.unknown_count, cohorts=table.cohorts, assigned=table.assigned,
        differs=_differs(methodology, table),
    ).order_by("school_id")  # fmt: skip


def _with_counts(
    table: IbisTable, counting: AtLeast | None, cells: IbisTable, cell_rule: When | None
) -> IbisTable:
    """Counts in the units of the counting rule; cohorts behind the trues of the cell rule."""
    names = {"low_count": "_true_", "unknown_count": "_unknown_", "assessment_count": "_count_"}
    if cell_rule is None or counting is None:
        return table.mutate(**{name: ibis.null("int64") for name in (*names, "cohorts")})
    if counting.each_year:
        per_school = cells.group_by("school_id").agg(
            low_count=cells[cell_rule.name].sum(), unknown_count=cells[cell_rule.name].isnull().sum(),
            assessment_count=cells.count(), cohorts=cells.cohort.nunique(where=cells[cell_rule.name]),
        )  # fmt: skip
    else:
        per_school = cells.group_by("school_id").agg(
            cohorts=cells.cohort.nunique(where=cells[cell_rule.name])
        )
        table = table.mutate(**{name: table[prefix + counting.name] for name, prefix in names.items()})
    new = [name for name in per_school.columns if name != "school_id"]
    table = table.left_join(per_school, "school_id").select(*table.columns, *new)
    return table.mutate(**{name: table[name].fill_null(0).cast("int64") for name in (*names, "cohorts")})


def _differs(methodology: Methodology, table: IbisTable) -> Column:
    """Does the list say otherwise? A list of low-results schools speaks of those not on it too, others do not."""
    own = [label for label, _ in methodology.category]
    if not own:
        return ibis.null("boolean")
    computed = ibis.cases((table.category.isin(own), table.category), else_="")
    differ = computed != table.assigned.fill_null("")
    speaks = table.assigned.notnull()
    if methodology.low_results:
        speaks = table.assigned.notnull().any().over(ibis.window())
    return ibis.cases((table._decided & speaks, differ))


def cells_output(methodology: Methodology, cells: IbisTable, values: Mapping[str, Value]) -> IbisTable:
    compiled = Compiler(cells, values)
    rule = methodology.cell_rule
    low = words(cells[rule.name]) if rule else ibis.null("string")
    compared = figure_and_threshold(rule.when, values) if rule else None
    share = "share_below" if "share_below" in cells.columns else None
    extra = [
        item.name
        for item in methodology.indicators
        if item.scope is Scope.CELL and item.name != "share_below"
    ]
    output = cells.select(
        *CELL_COLUMNS,
        share_below=cells[share] if share else cells.below / cells.participants.nullif(0).cast("float64"),
        threshold=compiled(compared[1]) if compared else ibis.null("float64"),
        low=low,
        **{name: cells[name] for name in (*CELL_DETAILS, *extra)},
    )
    return output.order_by("school_id", "kind", "year", "wave", "subject", "grade")


def indicators_output(methodology: Methodology, frame: SchoolFrame) -> IbisTable:
    parts = []
    for place, item in enumerate(item for item in methodology.indicators if item.scope is Scope.SCHOOL):
        value = frame.table[item.name].cast("float64")
        coverage = _beside(frame.table, f"_coverage_{item.name}")
        parts.append(
            frame.table.select(
                "school_id", indicator=ibis.literal(item.name), value=value,
                n=_beside(frame.table, f"_n_{item.name}").cast("int64"), coverage=coverage,
                unit=ibis.literal(item.unit), _place=ibis.literal(place, "int32"),
            )
        )  # fmt: skip
    return _stacked(
        parts,
        frame,
        {"indicator": "string", "value": "float64", "n": "int64", "coverage": "float64", "unit": "string"},
    )


def rules_output(methodology: Methodology, frame: SchoolFrame, values: Mapping[str, Value]) -> IbisTable:
    compiled = Compiler(frame.table, values, frame.assigned)
    parts = []
    shown = [
        rule for rule in methodology.rules if rule.scope is Scope.SCHOOL and rule.name in frame.table.columns
    ]
    for place, rule in enumerate(shown):
        figure, threshold, source = _compared(methodology, rule, compiled, values)
        parts.append(
            frame.table.select(
                "school_id", rule=ibis.literal(rule.name), verdict=words(frame.table[rule.name]),
                figure=figure.cast("float64"), threshold=threshold.cast("float64"), source=ibis.literal(source),
                _place=ibis.literal(place, "int32"),
            )
        )  # fmt: skip
    return _stacked(
        parts,
        frame,
        {
            "rule": "string",
            "verdict": "string",
            "figure": "float64",
            "threshold": "float64",
            "source": "string",
        },
    )


def _compared(
    methodology: Methodology, rule: Rule, compiled: Compiler, values: Mapping[str, Value]
) -> tuple[Column, Column, str]:
    """The figure, the threshold and the source of a rule about the school."""
    if isinstance(rule, AtLeast):
        count = compiled.table[f"_true_{rule.name}"].fill_null(0)
        return count, number(float(constant(rule.least, values))), rule_source(methodology, rule.least)
    compared = figure_and_threshold(rule.when, values)
    if compared is None or compiled(compared[0]).type().is_string():
        return ibis.null("float64"), ibis.null("float64"), methodology.source.document
    return compiled(compared[0]), compiled(compared[1]), rule_source(methodology, compared[1])


def rule_source(methodology: Methodology, threshold: Expression) -> str:
    """The source of the parameter that is the threshold, else of the methodology."""
    for parameter in methodology.parameters:
        if isinstance(threshold, Name) and parameter.name == threshold.name:
            return parameter.source
    return methodology.source.document


def _beside(table: IbisTable, name: str) -> Column:
    return table[name] if name in table.columns else ibis.null("float64")


def _stacked(parts: list[IbisTable], frame: SchoolFrame, columns: Mapping[str, str]) -> IbisTable:
    if not parts:
        return frame.table.limit(0).select(
            "school_id", **{name: ibis.null(type_) for name, type_ in columns.items()}
        )
    stacked = reduce(lambda a, b: a.union(b), parts)
    return stacked.order_by("school_id", "_place").drop("_place")
