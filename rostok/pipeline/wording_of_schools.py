"""The reason of each verdict as text, for the tables and for the report."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rostok.methodology.explain import Explainer
from rostok.methodology.grounds import SchoolFigures
from rostok.methodology.questions import is_counted
from rostok.pipeline.calculating import Calculation

Row = dict[str, Any]


def reason_lines(calculation: Calculation) -> list[str]:
    """One line per school, in the order of the results."""
    explainer = Explainer(calculation.methodology, calculation.on)
    cells = _by_school(_worth_telling(calculation, explainer))
    figures = figures_by_school(calculation)
    return [
        explainer.verdict(result, cells.get(result["school_id"], ()), figures.get(result["school_id"]))
        for result in calculation.results.to_pylist()
    ]


def _worth_telling(calculation: Calculation, explainer: Explainer) -> pa.Table:
    """The cells and columns that reasons rest on: of a country, those below the threshold are a small part."""
    table = calculation.cells
    wanted = {"school_id", *explainer.columns}
    table = table.select([name for name in table.column_names if name in wanted])
    if not is_counted(calculation.methodology):
        return table
    return table.filter(pc.fill_null(pc.equal(table["low"], "true"), False))


def figures_by_school(calculation: Calculation) -> dict[str, SchoolFigures]:
    """School → its indicators, rules and attributes; for methodologies that do not simply count."""
    if is_counted(calculation.methodology):
        return {}
    indicators, rules = _by_school(calculation.indicators), _by_school(calculation.rules)
    names = {"kind": "school_kind", "territory": "territory", "municipality_id": "municipality_id"}
    attributes = calculation.register.select(list(names)).rename_columns(list(names.values())).to_pylist()
    schools = calculation.results["school_id"].to_pylist()
    return {
        school: SchoolFigures.of_rows(indicators[school], rules[school], own)
        for school, own in zip(schools, attributes, strict=True)
    }


def _by_school(table: pa.Table) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in table.to_pylist():
        found[row["school_id"]].append(row)
    return found
