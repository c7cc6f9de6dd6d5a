"""One version of a methodology as a whole: what it is called, what it says, its hash and its parameters.

Definitions are in ``nodes``; this is what the loader builds of them and every other module takes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property

from rostok.methodology.dependencies import expressions_of, order, used_names
from rostok.methodology.errors import MethodologyError, WordingError, perhaps
from rostok.methodology.expressions import Call, Expression, Number, Text, names, walk
from rostok.methodology.nodes import (
    AtLeast,
    Definition,
    Indicator,
    Origin,
    Rule,
    Scope,
    Selector,
    When,
    Window,
    Wording,
)
from rostok.methodology.parameters import Parameter, Value, written
from rostok.wording import gettext


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

    def __post_init__(self) -> None:
        for years in self._window_values():
            if isinstance(years, float | int) and years < 1:
                raise MethodologyError(
                    self.file or self.id,
                    None,
                    gettext("в окно входит {years} лет, а нужно не меньше одного.", years=written(years)),
                    gettext("Укажите 1 или больше."),
                )

    def _window_values(self) -> list[Value]:
        """Every length of the window that may be in force."""
        if self.window is None:
            return []
        latest = self.window.latest
        if isinstance(latest, Number):
            return [latest.value]
        named = names(latest)
        return [
            value for parameter in self.parameters if parameter.name in named for _, value in parameter.dated
        ]

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
    def asked_categories(self) -> frozenset[str]:
        """Categories some condition asks for: ``assigned('ШНОР')``."""
        asked = [expression for definition in self.ordered for expression in expressions_of(definition)]
        asked += [condition for _, condition in self.category]
        calls = [part for expression in asked for part in walk(expression) if isinstance(part, Call)]
        return frozenset(
            call.arguments[0].value
            for call in calls
            if call.function == "assigned" and isinstance(call.arguments[0], Text)
        )

    @cached_property
    def listed_categories(self) -> tuple[str, ...]:
        """Categories whose lists matter here: the methodology's own and those its conditions ask for."""
        return tuple(sorted({label for label, _ in self.category} | self.asked_categories))

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
        """Name → value in force on a day; MethodologyError where a parameter has none yet."""
        try:
            return {parameter.name: parameter.on(on) for parameter in self.parameters}
        except WordingError as wrong:
            raise MethodologyError(self.id, None, wrong.sentence, wrong.remedy) from None

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
