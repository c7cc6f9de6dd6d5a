"""The decisions of the reference evaluator, one school and one assessment after another."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

from rostok.methodology.dependencies import carriers
from rostok.methodology.expressions import TOLERANCE, Arithmetic, Expression
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
    whole,
)
from rostok.methodology.reference_grid import WAVES, grid_of
from rostok.methodology.whole import Methodology


class Judge:
    """Decides about cells, then about schools; afterwards its attributes hold what was decided."""

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

    def judge(self) -> None:
        self.cells, self.periods = grid_of(self.methodology, self.facts, self.schools, self.values, self.on)
        for definition in self.methodology.ordered:
            if definition.scope is Scope.CELL:
                self._define_cells(definition)
        for definition in self.methodology.ordered:
            if definition.scope is Scope.SCHOOL:
                self._define_schools(definition)

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

    def known_of(self, cell: Row) -> Row:
        """Everything a condition about this cell may name."""
        school = self.schools[cell["school_id"]]
        attributes = {name: school[name] for name in ("school_kind", "territory", "municipality_id")}
        return {**self.values, **attributes, **cell}

    # --- indicators and rules of one assessment

    def _define_cells(self, definition: object) -> None:
        match definition:
            case Formula(name=name, value=value):
                self._fill(name, lambda cell: number_of(value, self.known_of(cell)))
            case When(name=name, when=when, needs=needs):
                self._fill(
                    name,
                    lambda cell: (
                        truth_of(when, self.known_of(cell)) if truth_of(needs, self.known_of(cell)) else None
                    ),
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
                    figures = [(cell[of], number_of(variance, self.known_of(cell))) for cell in group]
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
            return (
                *paper_of(cell),
                self.known_of(cell)["municipality_id"] if level == "municipality" else None,
            )

        for cell in self.cells:
            above, under = (
                number_of(quotient.left, self.known_of(cell)),
                number_of(quotient.right, self.known_of(cell)),
            )
            if above is not None and under is not None:
                total = sums.setdefault(group(cell), [0.0, 0.0])
                total[0], total[1] = total[0] + above, total[1] + under

        def ratio(cell: Row) -> object:
            above, under = sums.get(group(cell), [0.0, 0.0])
            nowhere = level == "municipality" and self.known_of(cell)["municipality_id"] is None
            return None if nowhere or under == 0 else above / under

        return ratio

    # --- indicators and rules of the school

    def _define_schools(self, definition: object) -> None:
        match definition:
            case Shrunken(name=name, of=of, variance=variance):
                figures = [
                    (school[of], number_of(variance, self.with_years(school)))
                    for school in self.schools.values()
                ]
                for school, estimate in zip(self.schools.values(), shrink(figures), strict=True):
                    school[name] = estimate
                    self._carry(definition, school)
            case Parent(name=name, of=of, level=level):
                for school in self.schools.values():
                    school[name] = self._parent(school, name, of, level)
            case _:
                for school in self.schools.values():
                    self._define_school(definition, school)

    def with_years(self, school: Row) -> Row:
        return {**school, "window_years": len(self.periods)}

    def _define_school(self, definition: object, school: Row) -> None:
        known, key = self.with_years(school), school["school_id"]
        match definition:
            case Formula(name=name, value=value):
                school[name] = number_of(value, known)
                self._carry(definition, school)
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
                self._carry(definition, school)
            case AtLeast(name=name) if not definition.each_year:
                own = [cell for cell in self.cells if cell["school_id"] == key]
                verdict = self._at_least(definition, own, key)
                school[name] = verdict if truth_of(definition.needs, known) else None

    def _carry(self, item: Formula | Bands | Shrunken, school: Row) -> None:
        """Participants and coverage of the first figure ``item`` is made of that is there."""
        known = self.with_years(school)
        indicators = [other.name for other in self.methodology.indicators if other.scope is Scope.SCHOOL]
        for value, of in carriers(item, indicators):
            if number_of(value, known) is not None:
                nothing = (None, None)
                self.beside[school["school_id"], item.name] = (
                    self.beside.get((school["school_id"], of), nothing) if of else nothing
                )
                return

    def _aggregate(
        self, item: Aggregate, cells: list[Row]
    ) -> tuple[float | None, float | None, float | None]:
        """Value, n and coverage over some cells."""
        if not cells:
            return None, None, None
        inside = [cell for cell in cells if item.where is None or truth_of(item.where, self.known_of(cell))]
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
        value = value_of(item.of, self.known_of(cell))
        weight = 1.0 if item.weight is None else number_of(item.weight, self.known_of(cell))
        return None if value is None or weight is None else (float(value), weight)  # type: ignore[arg-type]  # the loader refuses words here

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
            cell
            for cell in self.cells
            if level == "region" or self.known_of(cell)["municipality_id"] == place
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
                (period, self._units(of, [cell for cell in cells if cell["period"] == period]))
                for period in periods
            ]
            truths = [self._decide(of, truths, period) for period, truths in units if truths]
        else:
            truths = self._units(rule, cells)
        self.counts[school, rule.name] = (truths.count(True), truths.count(None), len(truths))
        return self._decide(rule, truths)

    def _held(self, rule: AtLeast, period: int | None) -> int:
        """How many units the data of all schools hold (in one year of the window)."""
        if isinstance(self.methodology.by_name[rule.of], AtLeast):
            return len({cell["period"] for cell in self.cells})
        inside = [
            cell for cell in self.cells
            if (period is None or cell["period"] == period)
            and (rule.where is None or truth_of(rule.where, self.known_of(cell)))
        ]  # fmt: skip
        unit = "assessment" if rule.count_by is None else str(value_of(rule.count_by, self.values))
        return len({_unit_key(unit, cell) for cell in inside})

    def _units(self, rule: AtLeast, cells: list[Row]) -> list[bool | None]:
        """The truths to be counted: one per assessment, procedure or cohort."""
        inside = [cell for cell in cells if rule.where is None or truth_of(rule.where, self.known_of(cell))]
        unit = "assessment" if rule.count_by is None else str(value_of(rule.count_by, self.values))
        merged: dict[object, list[object]] = {}
        for place, cell in enumerate(inside):
            key = place if unit == "assessment" else _unit_key(unit, cell)
            merged.setdefault(key, []).append(cell[rule.of])
        return [True if True in truths else None if None in truths else False for truths in merged.values()]

    def _decide(self, rule: AtLeast, truths: list[bool | None], period: int | None = None) -> bool | None:
        least = number_of(rule.least, self.values)
        assert least is not None
        if not truths or self._held(rule, period) < least - TOLERANCE:
            return None
        if truths.count(True) >= least - TOLERANCE:
            return True
        return False if truths.count(True) + truths.count(None) < least - TOLERANCE else None


def _unit_key(unit: str, cell: Row) -> object:
    """What cells have in common that count as one."""
    return {"assessment": paper_of(cell), "procedure": place_of(cell)[:3], "cohort": cell["cohort"]}[unit]
