"""A methodology over facts tables as Ibis expressions: nothing is computed until an engine is asked.

The order of work: cells (``grid``), indicators and rules of one assessment as columns of the cells, then aggregates
and counts per school, then indicators and rules of the school. Aggregates depend on cells only, so each step is one
pass. ``reference`` does the same in plain Python and judges this module.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from rostok.methodology.cell_columns import add_cell_columns
from rostok.methodology.grid import IbisTable, build_grid
from rostok.methodology.outputs import cells_output, indicators_output, results_output, rules_output
from rostok.methodology.parameters import Value
from rostok.methodology.school_columns import SchoolFrame, school_frame, universe, verdict_column
from rostok.methodology.whole import Methodology

Keep = Callable[[IbisTable], IbisTable]


@dataclass(frozen=True)
class FactTables:
    """Ibis tables with the columns of FACTS, SCHOOLS, CONTEXT and CATEGORIES; absent ones are None.

    ``school_id`` may be of any type, the same in all tables.
    """

    facts: IbisTable
    schools: IbisTable | None = None
    context: IbisTable | None = None
    categories: IbisTable | None = None


@dataclass(frozen=True)
class Evaluation:
    """What a methodology says, as Ibis expressions in a fixed order of rows and columns. Truths are the words
    ``true``, ``false``, ``unknown``; a missing word means the methodology does not ask.

    results     one row per school: school_id, category, verdict, low_count, assessment_count, unknown_count,
                cohorts (behind the lows), assigned (categories a list gives, joined by « / »), differs
    cells       one row per school and assessment used: the columns of ``reasons.csv`` without lower and upper, then
                counts that rules and reasons may name besides, period, years_back and the indicators of a cell
    indicators  school_id, indicator, value, n, coverage, unit
    rules       school_id, rule, verdict, figure, threshold, source
    held        the assessments of the window: kind, subject, grade, year, wave, pupil_grade, school_year, cohort
    base_cells  cells before any indicator: what ``verdicts_of`` takes
    """

    methodology: Methodology
    values: dict[str, Value]
    frame: SchoolFrame
    base_cells: IbisTable
    held: IbisTable
    results: IbisTable
    cells: IbisTable
    indicators: IbisTable
    rules: IbisTable

    @property
    def verdicts_only(self) -> IbisTable:
        """school_id, verdict (nullable boolean), category: nothing else is computed. Unordered."""
        return self.verdicts_of(self.base_cells)

    def verdicts_of(self, base_cells: IbisTable) -> IbisTable:
        """The verdicts for other cells of the same form, say simulated counts with a unit id as ``school_id``.

        Only columns that the verdict depends on are needed. Methodologies whose verdict uses attributes, context
        or lists read them from this evaluation by ``school_id``.
        """
        return verdict_column(self.methodology, base_cells, self.values, self.frame)


def evaluate(
    methodology: Methodology, tables: FactTables, *, on: dt.date, keep: Keep = lambda table: table
) -> Evaluation:
    """Everything ``methodology`` says of every school in facts, register or (where it is used) context.

    ``keep`` may materialise a table that several outputs share, e.g. ``lambda table: table.cache()``.
    Raises WordingError when a parameter has no value on that day.
    """
    values = methodology.parameter_values(on)
    schools = keep(universe(methodology, tables.facts, tables.schools, tables.context, tables.categories))
    grid = build_grid(methodology, tables.facts, schools, values, on)
    base = keep(grid.cells)
    cells = keep(add_cell_columns(methodology, base, schools, values))
    frame = school_frame(
        methodology, schools, cells, grid.periods, tables.context, tables.categories, values, on
    )
    table = keep(frame.table)
    frame = SchoolFrame(table, frame.assigned, keep(frame.held))
    return Evaluation(
        methodology, values, frame, base, grid.held,
        results=results_output(methodology, frame, cells, values),
        cells=cells_output(methodology, cells, values),
        indicators=indicators_output(methodology, frame),
        rules=rules_output(methodology, frame, values),
    )  # fmt: skip
