"""The small expression language: text → frozen nodes, their types and the names they use.

Text is parsed by Python's own ``ast`` and only the whitelisted forms become nodes, so nothing is ever executed.
Arithmetic, comparisons, ``and``/``or``/``not``, ``in``, and the functions of ``FUNCTIONS``; numbers and quoted
words are literals. Meaning, the same in both evaluators:

- a missing number makes arithmetic missing and a comparison unknown; ``and``/``or``/``not`` follow Kleene;
  a division by zero is missing; ``if_else`` with an unknown condition is missing;
- numbers nearer than ``TOLERANCE`` are equal: 6 ÷ 20 reaches 0.30 and 0.6499999999999999 is 0.65. For the same
  reason ``round_half_up(x)`` is floor(x + 0.5 + TOLERANCE): 0.05 · (800 − 550) may come out as 12.499999999999998
  in binary, and the half it stands for goes up.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from rostok.methodology.errors import WordingError, perhaps
from rostok.wording import N_, gettext

TOLERANCE = 1e-9


class Type(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    TRUTH = "truth"


_TYPE_WORDS = {
    Type.NUMBER: N_("число"),
    Type.TEXT: N_("слово"),
    Type.TRUTH: N_("условие (да, нет, неизвестно)"),
}


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic:
    operator: str  # + - * /
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Comparison:
    operator: str  # < <= > >= == !=
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Membership:
    operand: Expression
    options: tuple[Number | Text, ...]


@dataclass(frozen=True, slots=True)
class Logic:
    operator: str  # and, or
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    operand: Expression


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = (
    Number | Text | Name | Negative | Arithmetic | Comparison | Membership | Logic | Not | Call
)

# Function → least and greatest number of arguments. ``assigned('…')`` asks whether a list or an order
# gives the school this category, ``known(x)`` whether there is a value: both are never unknown.
FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "min": (2, 9), "max": (2, 9), "abs": (1, 1), "round_half_up": (1, 1),
    "if_else": (3, 3), "coalesce": (2, 9), "known": (1, 1), "assigned": (1, 1),
}  # fmt: skip

_ARITHMETIC: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARISON: Mapping[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


def parse(text: str) -> Expression:
    """The expression written in ``text``; WordingError says what is not of this language.

    >>> parse("below / participants >= 0.3").operator
    '>='
    """
    line = " ".join(text.split())
    try:
        tree = ast.parse(line, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: brackets without end
        raise WordingError(
            gettext("выражение «{text}» не читается.", text=line),
            gettext("Проверьте скобки и знаки; сравнение пишется «>=», «==», связки — and, or, not."),
        ) from None
    return _node(tree.body)


def _node(tree: ast.expr) -> Expression:
    match tree:
        case ast.Constant(value=str() as word):
            return Text(word)
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return Number(float(number))
        case ast.Name(id=name):
            return Name(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Negative(_node(operand))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_node(operand))
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _ARITHMETIC:
            return Arithmetic(_ARITHMETIC[type(operator)], _node(left), _node(right))
        case ast.BoolOp(op=operator, values=values):
            word = "and" if isinstance(operator, ast.And) else "or"
            return Logic(word, tuple(_node(value) for value in values))
        case ast.Compare():
            return _comparison(tree)
        case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
            return _call(function, arguments)
    raise WordingError(
        gettext("«{text}» в этом языке нет.", text=ast.unparse(tree)),
        gettext("Есть + − * /, сравнения, and, or, not, in и функции {names}.", names=", ".join(FUNCTIONS)),
    )


def _comparison(tree: ast.Compare) -> Expression:
    """``a < b <= c`` is ``a < b and b <= c``; ``in`` takes literals in brackets."""
    lefts = [tree.left, *tree.comparators]
    parts: list[Expression] = []
    for left, operator, right in zip(lefts, tree.ops, tree.comparators, strict=False):
        if isinstance(operator, ast.In | ast.NotIn):
            member = Membership(_node(left), _options(right))
            parts.append(Not(member) if isinstance(operator, ast.NotIn) else member)
        elif type(operator) in _COMPARISON:
            parts.append(Comparison(_COMPARISON[type(operator)], _node(left), _node(right)))
        else:
            raise WordingError(
                gettext("сравнения «{text}» в этом языке нет.", text=ast.unparse(tree)),
                gettext("Есть <, <=, >, >=, ==, != и in."),
            )
    return parts[0] if len(parts) == 1 else Logic("and", tuple(parts))


def _options(tree: ast.expr) -> tuple[Number | Text, ...]:
    if isinstance(tree, ast.List | ast.Tuple):
        options = tuple(_node(item) for item in tree.elts)
        if options and all(isinstance(option, Number | Text) for option in options):
            return options  # type: ignore[return-value]  # checked in the line above
    raise WordingError(
        gettext("после in нужен перечень, а не «{text}».", text=ast.unparse(tree)),
        gettext("Напишите значения в скобках: kind in ['vpr', 'oge']."),
    )


def _call(function: str, arguments: list[ast.expr]) -> Call:
    if function not in FUNCTIONS:
        raise WordingError(gettext("функции «{name}» нет.", name=function), perhaps(function, FUNCTIONS))
    least, most = FUNCTIONS[function]
    if not least <= len(arguments) <= most:
        raise WordingError(
            gettext("у функции «{name}» {given} аргументов.", name=function, given=len(arguments)),
            gettext("Нужно {least}.", least=least)
            if least == most
            else gettext("Нужно не меньше {least}.", least=least),
        )
    return Call(function, tuple(_node(argument) for argument in arguments))


def children(expression: Expression) -> tuple[Expression, ...]:
    """The direct parts of an expression."""
    match expression:
        case Negative(operand) | Not(operand):
            return (operand,)
        case Membership(operand, options):
            return (operand, *options)
        case Arithmetic(_, left, right) | Comparison(_, left, right):
            return (left, right)
        case Logic(_, operands):
            return operands
        case Call(_, arguments):
            return arguments
        case _:
            return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything in it, outermost first."""
    yield expression
    for part in children(expression):
        yield from walk(part)


def names(expression: Expression) -> frozenset[str]:
    """Every name an expression uses."""
    return frozenset(part.name for part in walk(expression) if isinstance(part, Name))


def type_of(expression: Expression, types: Mapping[str, Type]) -> Type:
    """The type of an expression; WordingError for an unknown name or a wrong type inside it."""
    match expression:
        case Number():
            return Type.NUMBER
        case Text():
            return Type.TEXT
        case Name(name):
            if name not in types:
                raise WordingError(gettext("имя «{name}» неизвестно.", name=name), perhaps(name, types))
            return types[name]
        case Negative(operand):
            return _expect(operand, Type.NUMBER, types)
        case Arithmetic(_, left, right):
            _expect(left, Type.NUMBER, types)
            return _expect(right, Type.NUMBER, types)
        case Comparison(operator, left, right):
            _comparable(operator, left, right, types)
            return Type.TRUTH
        case Membership(operand, options):
            wanted = type_of(operand, types)
            for option in options:
                _expect(option, wanted, types)
            return Type.TRUTH
        case Logic(_, operands):
            for operand in operands:
                _expect(operand, Type.TRUTH, types)
            return Type.TRUTH
        case Not(operand):
            return _expect(operand, Type.TRUTH, types)
        case Call(function, arguments):
            return _type_of_call(function, arguments, types)


def _expect(expression: Expression, wanted: Type, types: Mapping[str, Type]) -> Type:
    found = type_of(expression, types)
    if found is not wanted:
        raise WordingError(
            gettext("«{text}» — {found}, а нужно {wanted}.", text=unparse(expression),
                    found=gettext(_TYPE_WORDS[found]), wanted=gettext(_TYPE_WORDS[wanted])),
            gettext("Слова пишутся в кавычках и сравниваются через ==, числа — без кавычек."),
        )  # fmt: skip
    return wanted


def _comparable(operator: str, left: Expression, right: Expression, types: Mapping[str, Type]) -> None:
    wanted = type_of(left, types)
    if wanted is Type.TEXT and operator in {"==", "!="}:
        _expect(right, Type.TEXT, types)
        return
    _expect(left, Type.NUMBER, types)
    _expect(right, Type.NUMBER, types)


def _type_of_call(function: str, arguments: tuple[Expression, ...], types: Mapping[str, Type]) -> Type:
    if function == "if_else":
        _expect(arguments[0], Type.TRUTH, types)
        _expect(arguments[1], Type.NUMBER, types)
        return _expect(arguments[2], Type.NUMBER, types)
    if function == "assigned":
        if not isinstance(arguments[0], Text):
            raise WordingError(
                gettext("в assigned(…) нужна категория в кавычках."),
                gettext("Например: assigned('резильентная')."),
            )
        return Type.TRUTH
    for argument in arguments:
        _expect(argument, Type.NUMBER, types)
    return Type.TRUTH if function == "known" else Type.NUMBER


# The higher, the tighter; used to put back only the brackets that are needed.
_TIGHTNESS = {"or": 1, "and": 2, "not": 3, "<": 4, "+": 5, "-": 5, "*": 6, "/": 6}


def unparse(expression: Expression) -> str:
    """The expression as text, for people; parses back to the same expression.

    >>> unparse(parse("(a+b)*2 >= -c and not d < 1"))
    '(a + b) * 2 >= -c and not d < 1'
    """
    return _written(expression, 0)


def _written(expression: Expression, outer: int) -> str:
    match expression:
        case Number(value):
            return f"{value:g}" if float(f"{value:g}") == value else repr(value)
        case Text(value):
            return repr(value)
        case Name(name):
            return name
        case Negative(operand):
            return f"-{_written(operand, 8)}"
        case Call(function, arguments):
            return f"{function}({', '.join(_written(argument, 0) for argument in arguments)})"
        case Not(operand):
            own, text = 3, f"not {_written(operand, 3)}"
        case Logic(operator, operands):
            own = _TIGHTNESS[operator]
            text = f" {operator} ".join(_written(operand, own + 1) for operand in operands)
        case Membership(operand, options):
            own, text = 4, f"{_written(operand, 5)} in [{', '.join(_written(item, 0) for item in options)}]"
        case Comparison(operator, left, right):
            own, text = 4, f"{_written(left, 5)} {operator} {_written(right, 5)}"
        case Arithmetic(operator, left, right):
            own = _TIGHTNESS[operator]
            text = f"{_written(left, own)} {operator} {_written(right, own + 1)}"
    return f"({text})" if own < outer else text
