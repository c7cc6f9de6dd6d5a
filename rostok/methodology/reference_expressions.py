"""The value of an expression over a plain dict: None is missing, None as a truth is unknown. Slow and obvious."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

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

Known = Mapping[str, object]


def value_of(expression: Expression, known: Known) -> object:
    """A float, a word, a truth, or None. ``known["assigned"]`` is the set of categories lists give the school."""
    match expression:
        case Number(value) | Text(value):
            return value
        case Name(name):
            found = known[name]
            return float(found) if isinstance(found, int) and not isinstance(found, bool) else found
        case Negative(operand):
            return _lifted(lambda a: -a, value_of(operand, known))
        case Arithmetic(operator, left, right):
            return _arithmetic(operator, value_of(left, known), value_of(right, known))
        case Comparison(operator, left, right):
            return _compare(operator, value_of(left, known), value_of(right, known))
        case Membership(operand, options):
            return _any([_compare("==", value_of(operand, known), option.value) for option in options])
        case Logic("and", operands):
            return _all([value_of(operand, known) for operand in operands])
        case Logic(_, operands):
            return _any([value_of(operand, known) for operand in operands])
        case Not(operand):
            truth = value_of(operand, known)
            return None if truth is None else not truth
        case Call(function, arguments):
            return _call(function, arguments, known)


def number_of(expression: Expression, known: Known) -> float | None:
    """The value of an expression that is a number."""
    value = value_of(expression, known)
    assert value is None or isinstance(value, float)  # types were checked by the loader
    return value


def truth_of(expression: Expression | None, known: Known) -> bool | None:
    """The value of an expression that is a condition; True where there is none."""
    if expression is None:
        return True
    value = value_of(expression, known)
    assert value is None or isinstance(value, bool)  # types were checked by the loader
    return value


def _lifted(function: Callable[..., float], *values: object) -> float | None:
    return None if any(value is None for value in values) else function(*values)


def _arithmetic(operator: str, left: object, right: object) -> float | None:
    if operator == "+":
        return _lifted(lambda a, b: a + b, left, right)
    if operator == "-":
        return _lifted(lambda a, b: a - b, left, right)
    if operator == "*":
        return _lifted(lambda a, b: a * b, left, right)
    return None if right == 0 else _lifted(lambda a, b: a / b, left, right)


def _compare(operator: str, left: object, right: object) -> bool | None:
    if left is None or right is None:
        return None
    if isinstance(left, str):
        return (left == right) if operator == "==" else (left != right)
    assert isinstance(left, float) and isinstance(right, float)  # types were checked by the loader
    if abs(left - right) <= TOLERANCE:
        return operator in {"<=", ">=", "=="}
    return {
        "<": left < right,
        "<=": left < right,
        ">": left > right,
        ">=": left > right,
        "==": False,
        "!=": True,
    }[operator]


def _all(truths: list[object]) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True


def _any(truths: list[object]) -> bool | None:
    if True in truths:
        return True
    return None if None in truths else False


def _call(function: str, arguments: tuple[Expression, ...], known: Known) -> object:
    if function == "assigned":
        category, lists = arguments[0], known["assigned"]
        assert isinstance(category, Text) and isinstance(lists, frozenset)  # types were checked by the loader
        return category.value in lists
    given = [value_of(argument, known) for argument in arguments]
    if function == "known":
        return given[0] is not None
    if function == "coalesce":
        return next((value for value in given if value is not None), None)
    if function == "if_else":
        return None if given[0] is None else given[1] if given[0] else given[2]
    if function == "abs":
        return _lifted(abs, *given)
    if function == "round_half_up":
        return _lifted(lambda a: float(math.floor(a + 0.5 + TOLERANCE)), *given)
    return _lifted(min if function == "min" else max, *given)
