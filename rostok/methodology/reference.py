"""The second evaluator: plain Python over rows as dicts, slow and obvious. The judge of ``evaluate``.

It shares the nodes with ``evaluate`` and nothing else, and is written the way the documents are: for each school,
for each assessment, look and decide. Worked examples and ``rostok methodology check`` run on it without an engine.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rostok.methodology.dependencies import figure_and_threshold
from rostok.methodology.expressions import TOLERANCE, Arithmetic, Expression, Name
from rostok.methodology.nodes import (
    Aggregate,
    AtLeast,
    Bands,
    Context,
    Formula,
    Index,
    Parent,
    Previous,
    Scope,
    Shrunken,
    When,
)
from rostok.methodology.reference_expressions import number_of, truth_of, value_of
from rostok.methodology.reference_figures import (
    Row,
    band,
    by_school,
    minus,
    paper_of,
    place_of,
    shrink,
    sorted_key,
    whole,
    word,
)
from rostok.methodology.reference_grid import WAVES, grid_of
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
    return _Judge(methodology, list(facts), list(schools), list(context), list(categories), on).judge()


class _Judge:
    def __init__(
        self, methodology: Methodology, facts: list[Row], schools: list[Row], context: list[Row], categories: list[Row],
        on: dt.date,
    ) -> None:  # fmt: skip
        self.methodology, self.on = methodology, on
        self.facts, self.context, self.categories = facts, by_school(context), by_school(categories)
        self.values: dict[str, object] = dict(methodology.parameter_values(on))
        self.schools = self._schools(schools)
        self.periods: list[int] = []
        self.cells: list[Row] = []
        self.counts: dict[tuple[object, str], tuple[int, int, int]] = {}
        self.beside: dict[tuple[object, str], tuple[float | None, float | None]] = {}

    def judge(self) -> ReferenceEvaluation:
        self.cells, self.periods = grid_of(self.methodology, self.facts, self.schools, self.values, self.on)
        for definition in self.methodology.ordered:
            if definition.scope is Scope.CELL:
                self._define_cells(definition)
        for definition in self.methodology.ordered:
            if definition.scope is Scope.SCHOOL:
                self._define_schools(definition)
        return ReferenceEvaluation(self._results(), self._cells(), self._indicators(), self._rules())

    # --- schools and cells

    def _schools(self, register: list[Row]) -> dict[object, Row]:
        """school_id → what is known of it: parameters, attributes, lists; indicators and rules are added later."""
        ids = {row["school_id"] for row in (*self.facts, *register)}
        if any(isinstance(item, Context) for item in self.methodology.indicators):
            ids |= set(self.context)
        if self.methodology.listed_categories:
            ids |= set(self.categories)
        by_id = {row["school_id"]: row for row in register}
        known: dict[object, Row] = {}
        for school in sorted(ids, key=str):
            row = by_id.get(school, {})
            attributes = {"school_kind": row.get("kind"), "territory": row.get("territory"),
                          "municipality_id": row.get("municipality_id")}  # fmt: skip
            known[school] = {
                **self.values,
                **attributes,
                "school_id": school,
                "assigned": self._lists(school),
            }
        return known

    def _lists(self, school: object) -> frozenset[object]:
        """Categories that the latest list speaking of the school gives it."""
        rows = [
            row for row in self.categories[school]
            if row["category"] in self.methodology.listed_categories
            and whole(row["year"]) <= self.on.year
        ]  # fmt: skip
        latest = max((whole(row["year"]) for row in rows), default=None)
        return frozenset(row["category"] for row in rows if row["year"] == latest)

    def _of(self, cell: Row) -> Row:
        """Everything a condition about this cell may name."""
        school = self.schools[cell["school_id"]]
        attributes = {name: school[name] for name in ("school_kind", "territory", "municipality_id")}
        return {**self.values, **attributes, **cell}

    # --- indicators and rules of one assessment

    def _define_cells(self, definition: object) -> None:
        match definition:
            case Formula(name=name, value=value):
                self._fill(name, lambda cell: number_of(value, self._of(cell)))
            case When(name=name, when=when, needs=needs):
                self._fill(
                    name,
                    lambda cell: truth_of(when, self._of(cell)) if truth_of(needs, self._of(cell)) else None,
                )
            case Previous(name=name, of=of):
                self._fill(name, lambda cell: self._year_before(cell, of))
            case Parent(name=name, of=of, level=level):
                quotient = self.methodology.by_name[of]
                assert isinstance(quotient, Formula) and isinstance(quotient.value, Arithmetic)
                self._fill(name, self._ratio_of_sums(quotient.value, level))
            case Shrunken(name=name, of=of, variance=variance):
                for paper in {paper_of(cell) for cell in self.cells}:
                    group = [cell for cell in self.cells if paper_of(cell) == paper]
                    figures = [(cell[of], number_of(variance, self._of(cell))) for cell in group]
                    for cell, estimate in zip(group, shrink(figures), strict=True):
                        cell[name] = estimate

    def _fill(self, name: str, compute: Callable[[Row], object]) -> None:
        for cell, value in [(cell, compute(cell)) for cell in self.cells]:
            cell[name] = value

    def _year_before(self, cell: Row, of: str) -> object:
        before = [
            other for other in self.cells
            if all(other[name] == cell[name] for name in ("school_id", "kind", "subject", "grade"))
            and whole(other["period"]) == whole(cell["period"]) - 1 and other[of] is not None
        ]  # fmt: skip
        return max(before, key=lambda other: WAVES.index(str(other["wave"])))[of] if before else None

    def _ratio_of_sums(self, quotient: Arithmetic, level: str) -> Callable[[Row], object]:
        sums: dict[object, list[float]] = {}

        def group(cell: Row) -> tuple[object, ...]:
            return (*paper_of(cell), self._of(cell)["municipality_id"] if level == "municipality" else None)

        for cell in self.cells:
            above, under = number_of(quotient.left, self._of(cell)), number_of(quotient.right, self._of(cell))
            if above is not None and under is not None:
                total = sums.setdefault(group(cell), [0.0, 0.0])
                total[0], total[1] = total[0] + above, total[1] + under

        def ratio(cell: Row) -> object:
            above, under = sums.get(group(cell), [0.0, 0.0])
            nowhere = level == "municipality" and self._of(cell)["municipality_id"] is None
            return None if nowhere or under == 0 else above / under

        return ratio

    # --- indicators and rules of the school

    def _define_schools(self, definition: object) -> None:
        match definition:
            case Shrunken(name=name, of=of, variance=variance):
                figures = [
                    (school[of], number_of(variance, self._with_years(school)))
                    for school in self.schools.values()
                ]
                for school, estimate in zip(self.schools.values(), shrink(figures), strict=True):
                    school[name] = estimate
            case Parent(name=name, of=of, level=level):
                for school in self.schools.values():
                    school[name] = self._parent(school, name, of, level)
            case _:
                for school in self.schools.values():
                    self._define_school(definition, school)

    def _with_years(self, school: Row) -> Row:
        return {**school, "window_years": len(self.periods)}

    def _define_school(self, definition: object, school: Row) -> None:
        known, key = self._with_years(school), school["school_id"]
        match definition:
            case Formula(name=name, value=value):
                school[name] = number_of(value, known)
            case When(name=name, when=when, needs=needs):
                school[name] = truth_of(when, known) if truth_of(needs, known) else None
            case Aggregate(name=name):
                own = [cell for cell in self.cells if cell["school_id"] == key]
                school[name], *beside = self._aggregate(definition, own)
                self.beside[key, name] = (beside[0], beside[1])
            case Context(name=name, code=code, year=year):
                school[name] = self._context(key, code, year)
            case Index(name=name, parts=parts):
                school[name], coverage = self._index(school, parts)
                self.beside[key, name] = (None, coverage)
            case Bands(name=name, of=of, scale=scale, by_kind=by_kind):
                own_scale = dict(by_kind).get(str(school["school_kind"]), scale)
                school[name] = band(school[of], own_scale)
            case AtLeast(name=name) if not definition.each_year:
                own = [cell for cell in self.cells if cell["school_id"] == key]
                verdict = self._at_least(definition, own, key)
                school[name] = verdict if truth_of(definition.needs, known) else None

    def _aggregate(
        self, item: Aggregate, cells: list[Row]
    ) -> tuple[float | None, float | None, float | None]:
        """Value, n and coverage over some cells."""
        if not cells:
            return None, None, None
        inside = [cell for cell in cells if item.where is None or truth_of(item.where, self._of(cell))]
        used = [cell for cell in inside if self._weighted(item, cell) is not None]
        years = [whole(cell["period"]) for cell in used]
        first = [cell for cell in used if cell["period"] == min(years)]
        last = [cell for cell in used if cell["period"] == max(years)]
        if item.years == "change":
            value = None
            if used and min(years) != max(years):
                value = minus(self._figure(item, last), self._figure(item, first))
            used = [cell for cell in used if cell in first or cell in last]
        else:
            used = {"all": used, "first": first, "latest": last}[item.years]
            value = self._figure(item, used)
        n = float(sum(whole(cell["participants"]) for cell in used)) if used else None
        return value, n, (len(used) / len(inside) if inside else None)

    def _weighted(self, item: Aggregate, cell: Row) -> tuple[float, float] | None:
        value = value_of(item.of, self._of(cell))
        weight = 1.0 if item.weight is None else number_of(item.weight, self._of(cell))
        return None if value is None or weight is None else (float(value), weight)  # type: ignore[arg-type]

    def _figure(self, item: Aggregate, cells: list[Row]) -> float | None:
        pairs = [pair for pair in (self._weighted(item, cell) for cell in cells) if pair is not None]
        if item.how == "count":
            return float(sum(value for value, _ in pairs))
        if not pairs:
            return None
        if item.how == "mean":
            weights = sum(weight for _, weight in pairs)
            return sum(value * weight for value, weight in pairs) / weights if weights else None
        values = [value for value, _ in pairs]
        return {"sum": sum(values), "min": min(values), "max": max(values)}[item.how]

    def _parent(self, school: Row, name: str, of: str, level: str) -> float | None:
        item = self.methodology.by_name[of]
        assert isinstance(item, Aggregate)  # checked by the loader
        place = school["municipality_id"]
        if level == "municipality" and place is None:
            return None
        cells = [
            cell for cell in self.cells if level == "region" or self._of(cell)["municipality_id"] == place
        ]
        value, n, _ = self._aggregate(item, cells)
        self.beside[school["school_id"], name] = (n, None)
        return value

    def _context(self, school: object, code: str, year: str) -> float | None:
        by_year: dict[int, float] = {}
        for row in self.context[school]:
            value, when = row["value"], whole(row["year"])
            if (
                row["school_id"] == school
                and row["indicator"] == code
                and value is not None
                and when <= self.on.year
            ):
                assert isinstance(value, float | int)
                by_year[when] = max(float(value), by_year.get(when, -math.inf))
        if not by_year:
            return None
        return by_year.get(max(by_year) - (1 if year == "previous" else 0))

    def _index(
        self, school: Row, parts: tuple[tuple[str, Expression], ...]
    ) -> tuple[float | None, float | None]:
        weighted = [(school[part], number_of(weight, self.values)) for part, weight in parts]
        whole = sum(weight or 0.0 for _, weight in weighted)
        known = [
            (value, weight) for value, weight in weighted if isinstance(value, float) and weight is not None
        ]
        weight_known = sum(weight for _, weight in known)
        coverage = weight_known / whole if whole else None
        return (
            sum(value * weight for value, weight in known) / weight_known if weight_known else None
        ), coverage

    # --- counting

    def _at_least(self, rule: AtLeast, cells: list[Row], school: object) -> bool | None:
        of = self.methodology.by_name[rule.of]
        if isinstance(of, AtLeast):
            periods = sorted({whole(cell["period"]) for cell in cells})
            units = [
                self._units(of, [cell for cell in cells if cell["period"] == period]) for period in periods
            ]
            truths = [self._decide(of, truths) for truths in units if truths]
        else:
            truths = self._units(rule, cells)
        self.counts[school, rule.name] = (truths.count(True), truths.count(None), len(truths))
        return self._decide(rule, truths)

    def _units(self, rule: AtLeast, cells: list[Row]) -> list[bool | None]:
        """The truths to be counted: one per assessment, procedure or cohort."""
        inside = [cell for cell in cells if rule.where is None or truth_of(rule.where, self._of(cell))]
        unit = "assessment" if rule.count_by is None else str(value_of(rule.count_by, self.values))
        merged: dict[object, list[object]] = {}
        for place, cell in enumerate(inside):
            key = {"assessment": place, "procedure": place_of(cell)[:3], "cohort": cell["cohort"]}[unit]
            merged.setdefault(key, []).append(cell[rule.of])
        return [True if True in truths else None if None in truths else False for truths in merged.values()]

    def _decide(self, rule: AtLeast, truths: list[bool | None]) -> bool | None:
        least = number_of(rule.least, self.values)
        assert least is not None
        if not truths:
            return None
        if truths.count(True) >= least - TOLERANCE:
            return True
        return False if truths.count(True) + truths.count(None) < least - TOLERANCE else None

    # --- output

    def _category(self, school: Row) -> tuple[str | None, bool]:
        """The category and whether it is decided."""
        for label, condition in self.methodology.category:
            truth = truth_of(condition, self._with_years(school))
            if truth is None:
                return None, False
            if truth:
                return label, True
        return self.methodology.otherwise, bool(self.methodology.category)

    def _results(self) -> list[Row]:
        return [self._result(school) for school in self.schools.values()]

    def _result(self, school: Row) -> Row:
        category, decided = self._category(school)
        lists = school["assigned"]
        assert isinstance(lists, frozenset)
        assigned = " / ".join(sorted(lists)) or None
        row: Row = {"school_id": school["school_id"], "category": category}
        verdict = self.methodology.verdict
        row["verdict"] = word(school[verdict]) if verdict else None
        row |= self._low_counts(school["school_id"])
        return {**row, "assigned": assigned, "differs": self._differs(category, decided, assigned)}

    def _low_counts(self, school: object) -> Row:
        rule, counting = self.methodology.cell_rule, self.methodology.counting_rule
        names = ("low_count", "assessment_count", "unknown_count", "cohorts")
        if rule is None or counting is None:
            return dict.fromkeys(names)
        own = [cell for cell in self.cells if cell["school_id"] == school]
        truths = [cell[rule.name] for cell in own]
        counts = (truths.count(True), truths.count(None), len(truths))
        if not counting.each_year:
            counts = self.counts[school, counting.name]
        cohorts = len({cell["cohort"] for cell in own if cell[rule.name] is True})
        return dict(zip(names, (counts[0], counts[2], counts[1], cohorts), strict=True))

    def _differs(self, category: str | None, decided: bool, assigned: str | None) -> bool | None:
        own = [label for label, _ in self.methodology.category]
        speaks = assigned is not None
        if self.methodology.low_results:
            speaks = any(school["assigned"] for school in self.schools.values())
        if not (own and decided and speaks):
            return None
        return (category if category in own else "") != (assigned or "")

    def _cells(self) -> list[Row]:
        rule = self.methodology.cell_rule
        compared = figure_and_threshold(rule.when, self.values) if rule else None
        extra = [item.name for item in self.methodology.indicators if item.scope is Scope.CELL]
        rows = []
        for cell in sorted(self.cells, key=lambda cell: (str(cell["school_id"]), *sorted_key(cell))):
            row = {name: cell[name] for name in (
                "school_id", "kind", "subject", "grade", "pupil_grade", "year", "school_year", "wave", "cohort",
                "participants", "absent", "below")}  # fmt: skip
            share = number_of(Arithmetic("/", Name("below"), Name("participants")), cell)
            row["share_below"] = cell.get("share_below", share)
            row["threshold"] = number_of(compared[1], self._of(cell)) if compared else None
            row["low"] = word(cell[rule.name]) if rule else None
            rows.append({**row, **{name: cell[name] for name in extra}})
        return rows

    def _indicators(self) -> list[Row]:
        rows: list[Row] = []
        for school in self.schools.values():
            for item in self.methodology.indicators:
                if item.scope is Scope.SCHOOL:
                    n, coverage = self.beside.get((school["school_id"], item.name), (None, None))
                    rows.append({
                        "school_id": school["school_id"], "indicator": item.name, "value": school[item.name],
                        "n": None if n is None else int(n), "coverage": coverage, "unit": item.unit,
                    })  # fmt: skip
        return rows

    def _rules(self) -> list[Row]:
        rows = []
        shown = [rule for rule in self.methodology.rules
                 if rule.scope is Scope.SCHOOL and not (isinstance(rule, AtLeast) and rule.each_year)]  # fmt: skip
        for school in self.schools.values():
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
            trues = self.counts[school["school_id"], rule.name][0]
            return float(trues), number_of(rule.least, self.values), rule.least
        compared = figure_and_threshold(rule.when, self.values)
        if compared is None:
            return None, None, None
        figure, threshold = (value_of(side, self._with_years(school)) for side in compared)
        if isinstance(figure, str) or isinstance(threshold, str):
            return None, None, None
        return figure, threshold, compared[1]  # type: ignore[return-value]  # numbers: words were sent back above

    def _source(self, threshold: Expression | None) -> str:
        for parameter in self.methodology.parameters:
            if isinstance(threshold, Name) and threshold.name == parameter.name:
                return parameter.source
        return self.methodology.source.document
