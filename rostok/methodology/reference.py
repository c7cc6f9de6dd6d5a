"""The second evaluator: plain Python over rows as dicts, slow and obvious. The judge of ``evaluate``.

It shares the nodes with ``evaluate`` and nothing else, and is written the way the documents are: for each school,
for each assessment, look and decide. Worked examples and ``rostok methodology check`` run on it without an engine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from rostok.methodology.dependencies import figure_and_threshold
from rostok.methodology.expressions import Arithmetic, Expression, Name
from rostok.methodology.nodes import (
    CELL_DETAILS,
    AtLeast,
    Scope,
    When,
)
from rostok.methodology.reference_expressions import number_of, truth_of, value_of
from rostok.methodology.reference_figures import (
    Row,
    sorted_key,
    word,
)
from rostok.methodology.reference_judge import Judge
from rostok.methodology.whole import Methodology


@dataclass(frozen=True)
class ReferenceEvaluation:
    """The tables of ``evaluate.Evaluation`` as lists of dicts, in the same order with the same columns."""

    results: list[Row]
    cells: list[Row]
    indicators: list[Row]
    rules: list[Row]


def evaluate_rows(
    methodology: Methodology,
    facts: Iterable[Row],
    schools: Iterable[Row] = (),
    context: Iterable[Row] = (),
    categories: Iterable[Row] = (),
    *,
    on: dt.date,
) -> ReferenceEvaluation:
    """What the methodology says of every school; rows have the columns of FACTS, SCHOOLS, CONTEXT, CATEGORIES."""
    judge = Judge(methodology, list(facts), list(schools), list(context), list(categories), on)
    judge.judge()
    tables = _Tables(judge)
    return ReferenceEvaluation(tables.results(), tables.cells(), tables.indicators(), tables.rules())


class _Tables:
    """What a judge decided, as rows."""

    def __init__(self, judged: Judge) -> None:
        self.judged = judged

    def _category(self, school: Row) -> tuple[str | None, bool]:
        """The category and whether it is decided."""
        for label, condition in self.judged.methodology.category:
            truth = truth_of(condition, self.judged.with_years(school))
            if truth is None:
                return None, False
            if truth:
                return label, True
        return self.judged.methodology.otherwise, bool(self.judged.methodology.category)

    def results(self) -> list[Row]:
        return [self._result(school) for school in self.judged.schools.values()]

    def _result(self, school: Row) -> Row:
        category, decided = self._category(school)
        lists = school["assigned"]
        assert isinstance(lists, frozenset)
        assigned = " / ".join(sorted(lists)) or None
        row: Row = {"school_id": school["school_id"], "category": category}
        verdict = self.judged.methodology.verdict
        row["verdict"] = word(school[verdict]) if verdict else None
        row |= self._low_counts(school["school_id"])
        return {**row, "assigned": assigned, "differs": self._differs(category, decided, assigned)}

    def _low_counts(self, school: object) -> Row:
        rule, counting = self.judged.methodology.cell_rule, self.judged.methodology.counting_rule
        names = ("low_count", "assessment_count", "unknown_count", "cohorts")
        if rule is None or counting is None:
            return dict.fromkeys(names)
        own = [cell for cell in self.judged.cells if cell["school_id"] == school]
        truths = [cell[rule.name] for cell in own]
        counts = (truths.count(True), truths.count(None), len(truths))
        if not counting.each_year:
            counts = self.judged.counts[school, counting.name]
        cohorts = len({cell["cohort"] for cell in own if cell[rule.name] is True})
        return dict(zip(names, (counts[0], counts[2], counts[1], cohorts), strict=True))

    def _differs(self, category: str | None, decided: bool, assigned: str | None) -> bool | None:
        own = [label for label, _ in self.judged.methodology.category]
        speaks = assigned is not None
        if self.judged.methodology.low_results:
            speaks = any(school["assigned"] for school in self.judged.schools.values())
        if not (own and decided and speaks):
            return None
        return (category if category in own else "") != (assigned or "")

    def cells(self) -> list[Row]:
        rule = self.judged.methodology.cell_rule
        compared = figure_and_threshold(rule.when, self.judged.values) if rule else None
        extra = [item.name for item in self.judged.methodology.indicators if item.scope is Scope.CELL]
        rows = []
        for cell in sorted(self.judged.cells, key=lambda cell: (str(cell["school_id"]), *sorted_key(cell))):
            row = {name: cell[name] for name in (
                "school_id", "kind", "subject", "grade", "pupil_grade", "year", "school_year", "wave", "cohort",
                "participants", "absent", "below")}  # fmt: skip
            share = number_of(Arithmetic("/", Name("below"), Name("participants")), cell)
            row["share_below"] = cell.get("share_below", share)
            row["threshold"] = number_of(compared[1], self.judged.known_of(cell)) if compared else None
            row["low"] = word(cell[rule.name]) if rule else None
            rows.append({**row, **{name: cell[name] for name in (*CELL_DETAILS, *extra)}})
        return rows

    def indicators(self) -> list[Row]:
        rows: list[Row] = []
        for school in self.judged.schools.values():
            for item in self.judged.methodology.indicators:
                if item.scope is Scope.SCHOOL:
                    n, coverage = self.judged.beside.get((school["school_id"], item.name), (None, None))
                    rows.append({
                        "school_id": school["school_id"], "indicator": item.name, "value": school[item.name],
                        "n": None if n is None else int(n), "coverage": coverage, "unit": item.unit,
                    })  # fmt: skip
        return rows

    def rules(self) -> list[Row]:
        rows = []
        shown = [rule for rule in self.judged.methodology.rules
                 if rule.scope is Scope.SCHOOL and not (isinstance(rule, AtLeast) and rule.each_year)]  # fmt: skip
        for school in self.judged.schools.values():
            for rule in shown:
                figure, threshold, by = self._compared(rule, school)
                rows.append({
                    "school_id": school["school_id"], "rule": rule.name, "verdict": word(school[rule.name]),
                    "figure": figure, "threshold": threshold, "source": self._source(by),
                })  # fmt: skip
        return rows

    def _compared(
        self, rule: When | AtLeast, school: Row
    ) -> tuple[float | None, float | None, Expression | None]:
        if isinstance(rule, AtLeast):
            trues = self.judged.counts[school["school_id"], rule.name][0]
            return float(trues), number_of(rule.least, self.judged.values), rule.least
        compared = figure_and_threshold(rule.when, self.judged.values)
        if compared is None:
            return None, None, None
        figure, threshold = (value_of(side, self.judged.with_years(school)) for side in compared)
        if isinstance(figure, str) or isinstance(threshold, str):
            return None, None, None
        return figure, threshold, compared[1]  # type: ignore[return-value]  # numbers: words were sent back above

    def _source(self, threshold: Expression | None) -> str:
        for parameter in self.judged.methodology.parameters:
            if isinstance(threshold, Name) and threshold.name == parameter.name:
                return parameter.source
        return self.judged.methodology.source.document
