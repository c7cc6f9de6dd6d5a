"""What a methodology is made of. Frozen; each node checks itself when built, so a wrong one cannot exist.

Two scopes. A **cell** is one school in one assessment (ВПР, математика, 6 класс, весна 2021). A **school** is the
school as a whole. A definition's scope follows from the names it uses and is never written down. Cells come from
``selectors`` and ``window``; indicators are numbers, rules are true, false or unknown, ``category`` is the first
condition that holds. Order of definitions does not matter; a circle is refused (``order``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from rostok.methodology.errors import MethodologyError, WordingError, perhaps
from rostok.methodology.expressions import Call, Comparison, Expression, Name, Number, Text, Type, names, walk
from rostok.methodology.parameters import Parameter, Value, written
from rostok.schema.assessments import Kind, Subject, Wave
from rostok.wording import current_language, gettext

COUNTS = (
    "participants", "absent", "below", "under_minimum", "marks_2", "marks_3", "marks_4", "marks_5",
    "raw_sum", "raw_maximum",
)  # fmt: skip
# ``years_back``: 0 in the latest year of the window, 1 in the year before it …
CELL_NAMES: Mapping[str, Type] = {
    **dict.fromkeys((*COUNTS, "grade", "pupil_grade", "year", "years_back"), Type.NUMBER),
    **dict.fromkeys(("kind", "subject", "wave"), Type.TEXT),
}
SCHOOL_ATTRIBUTES = ("school_kind", "territory", "municipality_id")  # known in both scopes
SCHOOL_NAMES: Mapping[str, Type] = {"window_years": Type.NUMBER}  # years of the window found in the data
COUNTING_UNITS = ("assessment", "procedure", "cohort")
RESERVED = frozenset(
    {*CELL_NAMES, *SCHOOL_ATTRIBUTES, *SCHOOL_NAMES, "school_id", "school_year", "cohort", "period", "category",
     "assigned", "differs", "verdict", "n", "coverage"}
)  # fmt: skip


class Scope(StrEnum):
    CELL = "cell"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in both languages; an empty English falls back to Russian."""

    ru: str
    en: str = ""

    def __str__(self) -> str:
        return self.en if self.en and current_language() == "en" else self.ru


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a methodology comes from, and whether the document confirms what is written."""

    document: str
    confirmed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Selector:
    """Assessments to look at. Several ``kinds`` are joined: their counts add up into one row of ``row_kind``."""

    kinds: tuple[Kind, ...]
    row_kind: Kind
    subjects: tuple[Subject, ...]
    grades: tuple[int, ...]
    waves: tuple[Wave, ...]
    below: Expression

    def overlaps(self, other: Selector) -> bool:
        pairs = (
            ((*self.kinds, self.row_kind), (*other.kinds, other.row_kind)),
            (self.subjects, other.subjects),
            (self.grades, other.grades),
            (self.waves, other.waves),
        )
        return all(set(mine) & set(theirs) for mine, theirs in pairs)


@dataclass(frozen=True, slots=True)
class Window:
    """The ``latest`` years that the data have among the selected assessments, up to the day asked about."""

    latest: Expression
    of: str  # calendar_years or school_years


# --- indicators -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression over what its scope knows."""

    name: str
    unit: str
    scope: Scope
    value: Expression
    note: str = ""


@dataclass(frozen=True, slots=True)
class Previous:
    """The cell indicator ``of`` for the same kind, subject and grade in the year before, inside the window."""

    name: str
    unit: str
    of: str
    scope: Scope = Scope.CELL
    note: str = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One number per school from its cells: sum, mean (weighted), count of a condition, min or max.

    Cells whose value, weight or ``where`` is missing are left out; ``coverage`` is the part of the cells in
    ``where`` that were used, ``n`` the participants in them. ``years``: all, or the school's latest or first year
    with a value, or their difference (missing where both are one year).
    """

    name: str
    unit: str
    how: str  # sum, mean, count, min, max
    of: Expression
    weight: Expression | None = None
    where: Expression | None = None
    years: str = "all"  # all, latest, first, change
    scope: Scope = Scope.SCHOOL
    note: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """The school's latest value of a context indicator up to the day, or the value of the year before that one."""

    name: str
    unit: str
    code: str
    year: str = "latest"  # latest, previous
    scope: Scope = Scope.SCHOOL
    note: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """Weighted mean of school indicators; weights of missing ones are shared out among the rest (coverage)."""

    name: str
    unit: str
    parts: tuple[tuple[str, Expression], ...]
    scope: Scope = Scope.SCHOOL
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Number → band number: by rising ``cuts`` (first band ``first``) or by equal steps ceil(x ÷ width) + offset.

    ``closed`` says to which band a value on the bound belongs: right is (a, b], left is [a, b). Values nearer
    than the tolerance of the language lie on the bound.
    """

    closed: str
    cuts: tuple[float, ...] = ()
    first: int = 1
    width: float | None = None
    offset: int = 0

    def __post_init__(self) -> None:
        if bool(self.cuts) == (self.width is not None):
            raise WordingError(
                gettext("в bands нужно одно из двух: cuts или width."), gettext("Оставьте пороги или шаг.")
            )
        if list(self.cuts) != sorted(set(self.cuts)) or (self.width is not None and self.width <= 0):
            raise WordingError(
                gettext("пороги в bands должны расти, а шаг быть больше нуля."), gettext("Проверьте числа.")
            )
        if self.closed not in {"left", "right"}:
            raise WordingError(
                gettext("side «{side}» неизвестна.", side=self.closed), gettext("Можно: (a,b] или [a,b).")
            )


@dataclass(frozen=True, slots=True)
class Bands:
    """The band of a school indicator; kinds of school may have scales of their own."""

    name: str
    unit: str
    of: str
    scale: Scale
    by_kind: tuple[tuple[str, Scale], ...] = ()
    scope: Scope = Scope.SCHOOL
    note: str = ""


@dataclass(frozen=True, slots=True)
class Parent:
    """The indicator ``of`` for the whole region or municipality: ratio of sums, never a mean of schools' ratios.

    A cell indicator must be a quotient ``a / b`` and is summed over the schools of the same assessment; an
    aggregate is computed again over all cells of the parent.
    """

    name: str
    unit: str
    of: str
    level: str  # region, municipality
    scope: Scope
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Empirical Bayes: ``of`` drawn towards the precision-weighted mean of all schools, the more the larger its
    sampling ``variance``. The spread of true values is estimated by moments (DerSimonian and Laird 1986); cells are
    shrunken within their assessment."""

    name: str
    unit: str
    of: str
    variance: Expression
    scope: Scope
    note: str = ""


Indicator: TypeAlias = Formula | Previous | Aggregate | Context | Index | Bands | Parent | Shrunken


# --- rules ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class When:
    """``when`` where ``needs`` holds; unknown where ``needs`` is false or unknown."""

    name: str
    scope: Scope
    when: Expression
    needs: Expression | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class AtLeast:
    """True when the known trues of rule ``of`` reach ``least``; false when even all unknown ones together could
    not; else unknown. Unknown where there is nothing to count.

    ``count_by`` merges cells first: each assessment for itself, kind × subject × grade once, or each cohort once
    (one true makes the unit true). ``each_year`` gives a verdict per year of the window, to be counted by another
    ``AtLeast`` over that name.
    """

    name: str
    least: Expression
    of: str
    where: Expression | None = None
    count_by: Expression | None = None
    each_year: bool = False
    needs: Expression | None = None
    note: str = ""
    scope: Scope = Scope.SCHOOL


Rule: TypeAlias = When | AtLeast
Definition: TypeAlias = Indicator | Rule


def expressions_of(definition: Definition) -> tuple[Expression, ...]:
    """Every expression a definition holds."""
    found: list[Expression] = []
    for field in fields(definition):
        value = getattr(definition, field.name)
        if isinstance(value, Expression):
            found.append(value)
    if isinstance(definition, Index):
        found += [weight for _, weight in definition.parts]
    return tuple(found)


def constant(expression: Expression, values: Mapping[str, Value]) -> Value:
    """The value of a number, a quoted word or the name of a parameter."""
    if isinstance(expression, Name):
        return values[expression.name]
    if isinstance(expression, Number | Text):
        return expression.value
    raise TypeError("the loader lets only numbers, words and parameters stand here")


def figure_and_threshold(
    condition: Expression, parameters: Collection[str]
) -> tuple[Expression, Expression] | None:
    """What a condition compares, and with what; None where it is not one comparison of numbers.

    The threshold is the side without school data; when both sides have some, the right one.
    """
    if not isinstance(condition, Comparison):
        return None
    left_fixed = names(condition.left) <= set(parameters)
    right_fixed = names(condition.right) <= set(parameters)
    if left_fixed and not right_fixed:
        return condition.right, condition.left
    return condition.left, condition.right


def used_names(definition: Definition) -> frozenset[str]:
    """Every name a definition depends on, written in an expression or as ``of``."""
    used = frozenset[str]().union(*(names(expression) for expression in expressions_of(definition)))
    if isinstance(definition, Index):
        used |= {part for part, _ in definition.parts}
    of = getattr(definition, "of", None)
    return used | {of} if isinstance(of, str) else used


class CircleError(WordingError):
    """Definitions that need one another; ``name`` is one of them."""

    def __init__(self, path: tuple[str, ...]) -> None:
        self.name = path[0]
        super().__init__(
            gettext("определения идут по кругу: {path}.", path=" → ".join(path)),
            gettext("Уберите одну из ссылок."),
        )


def order(definitions: tuple[Definition, ...]) -> tuple[Definition, ...]:
    """The definitions, each after those it uses; CircleError where there is no such order."""
    by_name = {definition.name: definition for definition in definitions}
    done: dict[str, Definition] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise CircleError((*path[path.index(name) :], name))
        if name in by_name and name not in done:
            for used in sorted(used_names(by_name[name])):
                visit(used, (*path, name))
            done[name] = by_name[name]

    for definition in definitions:
        visit(definition.name, ())
    return tuple(done.values())


# --- the whole --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example: tables as text, and what is expected of each school (name → value)."""

    name: str
    given: str
    schools: str
    context: str
    categories: str
    on: dt.date | None
    expect: tuple[tuple[str, tuple[tuple[str, object], ...]], ...]
    line: int


@dataclass(frozen=True)
class Methodology:
    """One version of a methodology. ``settings`` are the parameters given by hand, in order of names."""

    id: str
    version: str
    title: Wording
    about: Wording
    source: Origin
    author: str
    checked_by: str
    valid_from: dt.date
    review_on: dt.date
    parameters: tuple[Parameter, ...]
    selectors: tuple[Selector, ...]
    taught: tuple[tuple[str, int], ...]
    window: Window | None
    indicators: tuple[Indicator, ...]
    rules: tuple[Rule, ...]
    category: tuple[tuple[str, Expression], ...]
    otherwise: str | None
    verdict: str | None
    low_results: bool
    reason: Wording
    examples: tuple[Example, ...]
    file: str = ""
    settings: tuple[tuple[str, Value], ...] = ()

    @property
    def label(self) -> str:
        """``2021.1``, or ``2021.1+threshold=0.25`` with values given by hand."""
        return "+".join([self.version, *(f"{name}={written(value)}" for name, value in self.settings)])

    @cached_property
    def hash(self) -> str:
        """sha256 of what is said, not of the file: neither comments nor the order of keys matter."""
        said = {
            field.name: _plain(getattr(self, field.name)) for field in fields(self) if field.name != "file"
        }
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    @cached_property
    def ordered(self) -> tuple[Definition, ...]:
        return order((*self.indicators, *self.rules))

    @cached_property
    def by_name(self) -> Mapping[str, Definition]:
        return {definition.name: definition for definition in self.ordered}

    def needed(self) -> frozenset[str]:
        """Every name the verdict and the category depend on."""
        names_left = [self.verdict] if self.verdict else []
        names_left += [name for _, condition in self.category for name in names(condition)]
        found: set[str] = set()
        while names_left:
            name = names_left.pop()
            if name not in found:
                found.add(name)
                names_left += used_names(self.by_name[name]) if name in self.by_name else []
        return frozenset(found)

    @cached_property
    def listed_categories(self) -> tuple[str, ...]:
        """Categories whose lists matter here: the methodology's own and those its conditions ask for."""
        asked = [expression for definition in self.ordered for expression in expressions_of(definition)]
        asked += [condition for _, condition in self.category]
        labels = {label for label, _ in self.category}
        for expression in asked:
            for part in walk(expression):
                if (
                    isinstance(part, Call)
                    and part.function == "assigned"
                    and isinstance(part.arguments[0], Text)
                ):
                    labels.add(part.arguments[0].value)
        return tuple(sorted(labels))

    @cached_property
    def cell_rule(self) -> When | None:
        """The rule about one assessment that stands behind the verdict, else the first such rule, else None."""
        name = self.verdict
        while name is not None and isinstance(rule := self.by_name[name], AtLeast):
            name = rule.of
        if name is not None and isinstance(rule := self.by_name[name], When) and rule.scope is Scope.CELL:
            return rule
        return next(
            (rule for rule in self.rules if isinstance(rule, When) and rule.scope is Scope.CELL), None
        )

    @cached_property
    def counting_rule(self) -> AtLeast | None:
        """The rule that counts ``cell_rule`` on the way to the verdict, else the first that does."""
        counting = [
            rule
            for rule in self.rules
            if isinstance(rule, AtLeast) and self.by_name[rule.of] is self.cell_rule
        ]
        name = self.verdict
        while name is not None and isinstance(rule := self.by_name[name], AtLeast):
            if rule in counting:
                return rule
            name = rule.of
        return counting[0] if counting else None

    def parameter_values(self, on: dt.date) -> dict[str, Value]:
        """Name → value in force on a day."""
        return {parameter.name: parameter.on(on) for parameter in self.parameters}

    def with_parameters(self, given: Mapping[str, str]) -> Methodology:
        """The methodology with parameters set by hand; they enter the label and the hash.

        MethodologyError without a line for an unknown name or a wrong value.
        """
        try:
            changed = self._changed(given)
        except WordingError as wrong:
            raise MethodologyError(self.id, None, wrong.sentence, wrong.remedy) from None
        settings = dict(self.settings) | {name: parameter.dated[0][1] for name, parameter in changed.items()}
        return replace(
            self,
            parameters=tuple(changed.get(parameter.name, parameter) for parameter in self.parameters),
            settings=tuple(sorted(settings.items())),
        )

    def _changed(self, given: Mapping[str, str]) -> dict[str, Parameter]:
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise WordingError(
                    gettext("параметра «{name}» в методике нет.", name=name), perhaps(name, known)
                )
        return {name: known[name].set(value) for name, value in given.items()}


def _plain(value: object) -> object:
    """A node as JSON; the class name keeps ``Text('1')`` and ``Name('1')`` apart."""
    if is_dataclass(value):
        inside = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        return {"node": type(value).__name__, **{key: item for key, item in inside.items() if key != "line"}}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
