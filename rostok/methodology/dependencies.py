"""What a definition is made of and what it needs: names, order, constants, the two sides of a comparison."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields

from rostok.methodology.errors import WordingError
from rostok.methodology.expressions import Call, Comparison, Expression, Logic, Name, Number, Text, names
from rostok.methodology.nodes import Bands, Definition, Formula, Index, Shrunken
from rostok.methodology.parameters import Value
from rostok.wording import gettext


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
    """What a condition compares, and with what; None where it does not compare numbers.

    Of conditions joined by ``and`` it is the first comparison of numbers. The threshold is the side without school
    data; when both sides have some, the right one.
    """
    if isinstance(condition, Logic) and condition.operator == "and":
        found = (figure_and_threshold(part, parameters) for part in condition.operands)
        return next((pair for pair in found if pair is not None), None)
    if not isinstance(condition, Comparison) or Text in {type(condition.left), type(condition.right)}:
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


def carriers(
    definition: Definition, indicators: Collection[str]
) -> tuple[tuple[Expression, str | None], ...]:
    """Whose ``n`` and ``coverage`` a figure that is made of another one carries: (value, indicator) in order.

    The first value that is there decides; None where it rests on several indicators or on none. ``coalesce`` picks
    among its arguments, other formulas rest on all they name. ``indicators`` are the names that may have an ``n``.
    """
    if isinstance(definition, Bands | Shrunken):
        return ((Name(definition.of), definition.of),)
    return _picked(definition.value, indicators) if isinstance(definition, Formula) else ()


def _picked(value: Expression, indicators: Collection[str]) -> tuple[tuple[Expression, str | None], ...]:
    if isinstance(value, Call) and value.function == "coalesce":
        return tuple(pair for argument in value.arguments for pair in _picked(argument, indicators))
    used = sorted(names(value) & set(indicators))
    return ((value, used[0] if len(used) == 1 else None),)


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
