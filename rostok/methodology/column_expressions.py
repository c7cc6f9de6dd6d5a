"""The value of an expression over columns of numbers: NaN is missing; a truth is 1, 0, or NaN for unknown.

The same meaning as of the other evaluators (``expressions``), for indicators of school context: numbers only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
)

Floats = NDArray[np.float64]


def column_of(expression: Expression, columns: Mapping[str, Floats], rows: int) -> Floats:
    """A value per row. Names that are no column are missing everywhere; words were refused by the loader."""
    return np.asarray(_column(expression, columns, rows), np.float64)


def _column(expression: Expression, columns: Mapping[str, Floats], rows: int) -> Any:
    match expression:
        case Number(value):
            return np.full(rows, value)
        case Name(name):
            return columns.get(name, np.full(rows, np.nan))
        case Negative(operand):
            return -column_of(operand, columns, rows)
        case Arithmetic(operator, left, right):
            return _arithmetic(operator, column_of(left, columns, rows), column_of(right, columns, rows))
        case Comparison(operator, left, right):
            return _compare(operator, column_of(left, columns, rows), column_of(right, columns, rows))
        case Membership(operand, options):
            found = column_of(operand, columns, rows)
            return _any([_compare("==", found, column_of(option, columns, rows)) for option in options])
        case Logic("and", operands):
            return 1 - _any([1 - column_of(operand, columns, rows) for operand in operands])
        case Logic(_, operands):
            return _any([column_of(operand, columns, rows) for operand in operands])
        case Not(operand):
            return 1 - column_of(operand, columns, rows)
        case Call(function, arguments):
            return _call(function, [column_of(argument, columns, rows) for argument in arguments])
    raise TypeError(f"{expression} is no number")


def _arithmetic(operator: str, left: Floats, right: Floats) -> Any:
    with np.errstate(all="ignore"):
        match operator:
            case "+":
                found = left + right
            case "-":
                found = left - right
            case "*":
                found = left * right
            case _:
                found = np.where(right == 0, np.nan, left / np.where(right == 0, 1.0, right))
    return np.where(np.isfinite(found), found, np.nan)


_COMPARED: Mapping[str, Callable[[Floats], Any]] = {
    "<": lambda d: d < -TOLERANCE,
    "<=": lambda d: d <= TOLERANCE,
    ">": lambda d: d > TOLERANCE,
    ">=": lambda d: d >= -TOLERANCE,
    "==": lambda d: np.abs(d) <= TOLERANCE,
    "!=": lambda d: np.abs(d) > TOLERANCE,
}


def _compare(operator: str, left: Floats, right: Floats) -> Any:
    difference = left - right
    return np.where(np.isnan(difference), np.nan, _COMPARED[operator](difference))


def _any(truths: list[Floats]) -> Any:
    """Kleene's or: a truth wins over an unknown."""
    stacked = np.stack(truths)
    true = (stacked == 1).any(axis=0)
    return np.where(true, 1.0, np.where(np.isnan(stacked).any(axis=0), np.nan, 0.0))


def _call(function: str, values: list[Floats]) -> Any:
    match function:
        case "if_else":
            condition, yes, no = values
            return np.where(np.isnan(condition), np.nan, np.where(condition == 1, yes, no))
        case "coalesce":
            found = values[0]
            for other in values[1:]:
                found = np.where(np.isnan(found), other, found)
            return found
        case "known":
            return np.where(np.isnan(values[0]), 0.0, 1.0)
        case "abs":
            return np.abs(values[0])
        case "round_half_up":
            return np.floor(values[0] + 0.5 + TOLERANCE)
        case "min":
            return np.min(np.stack(values), axis=0)  # missing where any is
        case "max":
            return np.max(np.stack(values), axis=0)
    raise TypeError(f"{function} gives no number")
