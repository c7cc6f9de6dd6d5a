"""Terms asked for → columns of a design, coded and named as R does; which sums of rows they need.

A category gives a column per level but the first (treatment coding), named column + value. In an interaction that
has no term without the category all its levels get a column. Terms go by the number of their parts; parts of a term
in the order in which variables were first named.

>>> sex = Variable("sex", ("F", "M"))
>>> [column.name for column in columns_of(parse_terms(["sex,ses,ses:sex"]), {"sex": sex, "ses": Variable("ses")})]
['sexM', 'ses', 'sexM:ses']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

Term = tuple[str, ...]


@dataclass(frozen=True)
class Variable:
    """A number, or a category with its ``levels``, the base first."""

    name: str
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A product of ``numbers`` (variables) and of indicators that a category (variable) has a level."""

    name: str
    numbers: Term
    indicators: tuple[tuple[str, str], ...]

    def without(self, number: str) -> tuple[Term, tuple[tuple[str, str], ...]]:
        """What is left of the product without one number."""
        return tuple(name for name in self.numbers if name != number), self.indicators

    @property
    def parts(self) -> tuple[Term, tuple[tuple[str, str], ...]]:
        return self.numbers, self.indicators


CONSTANT = Column("(Intercept)", (), ())


def parse_terms(texts: Sequence[str]) -> list[Term]:
    """``["a,b", "a:b"]`` → terms in R's order, each once; ValueError with the text that is no term.

    >>> parse_terms(["b:a, a", "c"])
    [('a',), ('c',), ('b', 'a')]
    """
    found: list[Term] = []
    for text in (part.strip() for one in texts for part in one.split(",")):
        parts = tuple(dict.fromkeys(part.strip() for part in text.split(":")))
        if not all(parts):
            raise ValueError(text)
        found.append(parts)
    order = list(dict.fromkeys(name for term in found for name in term))
    unique = dict.fromkeys(tuple(sorted(term, key=order.index)) for term in found)
    return sorted(unique, key=len)


def columns_of(terms: Sequence[Term], variables: Mapping[str, Variable]) -> list[Column]:
    """Columns of the terms, without the intercept, which every model has."""
    sets: set[frozenset[str]] = {frozenset(), *map(frozenset, terms)}
    return [column for term in terms for column in _columns(term, variables, sets)]


def _columns(term: Term, variables: Mapping[str, Variable], sets: set[frozenset[str]]) -> list[Column]:
    choices: list[list[str | None]] = []
    for name in term:
        levels = variables[name].levels
        contrasts = frozenset(term) - {name} in sets
        choices.append([*levels[1:]] if levels and contrasts else [*levels] or [None])
    # In R the levels of the first part change fastest.
    combinations = (one[::-1] for one in product(*choices[::-1]))
    return [_column(term, levels) for levels in combinations]


def _column(term: Term, levels: Sequence[str | None]) -> Column:
    pairs = list(zip(term, levels, strict=True))
    return Column(
        ":".join(name + (level or "") for name, level in pairs),
        tuple(name for name, level in pairs if level is None),
        tuple((name, level) for name, level in pairs if level is not None),
    )


def numbers_to_centre(columns: Sequence[Column]) -> set[str]:
    """Variables that may be centred before sums are made: what centring adds to a product must be a column too."""
    known = {column.parts for column in (CONSTANT, *columns)}
    named = {number for column in columns for number in column.numbers}
    return {number for number in named
            if all(column.without(number) in known for column in columns if number in column.numbers)}  # fmt: skip
