"""The reason of each verdict as text, for the tables and for the report."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow.compute as pc

from rostok.methodology import explain
from rostok.methodology.questions import is_counted
from rostok.pipeline.calculating import Calculation

Row = dict[str, Any]


def reason_lines(calculation: Calculation) -> list[str]:
    """One line per school, in the order of the results."""
    explainer = explain.Explainer(calculation.methodology, calculation.on)
    cells = _worth_telling(calculation)
    figures = figures_by_school(calculation)
    return [
        explainer.verdict(result, cells.get(result["school_id"], ()), figures.get(result["school_id"]))
        for result in calculation.results.to_pylist()
    ]


def _worth_telling(calculation: Calculation) -> dict[str, list[Row]]:
    """The cells that a reason names: those below the threshold. Of a country they are a small part."""
    table = calculation.cells
    told = table.filter(pc.fill_null(pc.equal(table["low"], "true"), False))
    found: dict[str, list[Row]] = defaultdict(list)
    for row in told.to_pylist():
        found[row["school_id"]].append(row)
    return found


def figures_by_school(calculation: Calculation) -> dict[str, Row]:
    """School → its indicators and the verdicts of its rules by name; for methodologies that do not count."""
    methodology = calculation.methodology
    found: dict[str, Row] = defaultdict(dict)
    if is_counted(methodology):
        return found
    for table, value in ((calculation.indicators, "value"), (calculation.rules, "verdict")):
        name = "indicator" if value == "value" else "rule"
        for row in table.to_pylist():
            found[row["school_id"]][row[name]] = row[value]
    return found
