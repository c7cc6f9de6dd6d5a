"""Expressions of the language as Ibis expressions over the columns of one table.

Engine neutral: only casts, comparisons, cases and null tests. ``least`` and ``greatest`` are not used because
engines disagree on missing values in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any, TypeAlias

import ibis

from rostok.methodology.expressions import (
    TOLERANCE,
    Arithmetic,
    Call,
    Comparison,
    Expression,
    Logic,
    Membership,
    Name,
    Negative,
    Not,
    Number,
    Text,
)
from rostok.methodology.parameters import Value

Column: TypeAlias = Any  # ibis carries no types under mypy here (follow_imports = skip)

# Names of the columns that say whether a list assigns a category: _assigned_0, _assigned_1 …
Assigned: TypeAlias = Mapping[str, str]


def number(value: float) -> Column:
    """A literal that is the same binary number in every engine.

    A bare 0.3 in SQL is a decimal for some engines, and its cast to double gives 0.30000000000000004 there.
    """
    return ibis.literal(repr(value)).cast("float64")


class Compiler:
    """Turns expressions into columns of ``table``; parameters become literals."""

    def __init__(self, table: Column, values: Mapping[str, Value], assigned: Assigned | None = None) -> None:
        self.table, self.values, self.assigned = table, values, assigned or {}

    def __call__(self, expression: Expression) -> Column:
        match expression:
            case Number(value):
                return number(value)
            case Text(value):
                return ibis.literal(value, "string")
            case Name(name):
                return self._name(name)
            case Negative(operand):
                return -self(operand)
            case Not(operand):
                # Not NOT: some versions write «NOT a IS NULL» without brackets, which means NOT (a IS NULL).
                return self(operand).cast("int8") == 0
            case Arithmetic(operator, left, right):
                return _arithmetic(operator, self(left), self(right))
            case Comparison(operator, left, right):
                return _compare(operator, self(left), self(right))
            case Membership(operand, options):
                tested = self(operand)
                return reduce(
                    lambda a, b: a | b, (_compare("==", tested, self(option)) for option in options)
                )
            case Logic(operator, operands):
                parts = [self(operand) for operand in operands]
                return reduce((lambda a, b: a & b) if operator == "and" else (lambda a, b: a | b), parts)
            case Call(function, arguments):
                return self._call(function, arguments)

    def _name(self, name: str) -> Column:
        if name in self.values:
            value = self.values[name]
            return ibis.literal(value, "string") if isinstance(value, str) else number(value)
        column = self.table[name]
        return column.cast("float64") if column.type().is_integer() else column

    def _call(self, function: str, arguments: tuple[Expression, ...]) -> Column:
        if function == "assigned":
            assert isinstance(arguments[0], Text)  # refused by the type check otherwise
            return self.table[self.assigned[arguments[0].value]]
        given = [self(argument) for argument in arguments]
        match function:
            case "abs":
                return given[0].abs()
            case "round_half_up":
                return (given[0] + (0.5 + TOLERANCE)).floor().cast("float64")
            case "if_else":
                return ibis.cases((given[0], given[1]), (~given[0], given[2]))
            case "known":
                return given[0].notnull()
            case "coalesce":
                return ibis.coalesce(*given)
            case "min":
                return reduce(lambda a, b: ibis.cases((a <= b, a), (a > b, b)), given)
            case _:
                return reduce(lambda a, b: ibis.cases((a >= b, a), (a < b, b)), given)


def _arithmetic(operator: str, left: Column, right: Column) -> Column:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case _:
            return left / right.nullif(0.0)


def _compare(operator: str, left: Column, right: Column) -> Column:
    """Numbers nearer than the tolerance are equal; words are compared as they stand."""
    if left.type().is_string():
        return left == right if operator == "==" else left != right
    match operator:
        case "<":
            return left < right - TOLERANCE
        case "<=":
            return left <= right + TOLERANCE
        case ">":
            return left > right + TOLERANCE
        case ">=":
            return left >= right - TOLERANCE
        case "==":
            return (left - right).abs() <= TOLERANCE
        case _:
            return (left - right).abs() > TOLERANCE
