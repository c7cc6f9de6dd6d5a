"""Sums of rows by unit and by cell of what is the same for all rows of a cell → the cross products of a design.

A cell is a unit (school) with one value of each category and of each number that has few values in it (sex, the
school's context). In a cell such things are constants, so an engine needs sums of the other numbers only; the
products with constants are made here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rostok.statistics.multilevel.formula import CONSTANT, Column, Term
from rostok.statistics.multilevel.sums import INTERCEPT, Floats, Ints, Sums, nested

OUTCOME = "\0outcome"  # no column of a file has such a name


@dataclass(frozen=True)
class Recipe:
    """What to sum: ``summed`` numbers within cells, ``constant`` ones as keys of cells, after less their ``shifts``."""

    columns: tuple[Column, ...]  # without the intercept
    summed: frozenset[str]
    shifts: Mapping[str, float]  # OUTCOME too

    @property
    def monomials(self) -> list[Term]:
        """The part of each column that varies in cells, the outcome last, each once."""
        found = dict.fromkeys([(), *(self._varying(column) for column in self.columns), (OUTCOME,)])
        return list(found)

    def _varying(self, column: Column) -> Term:
        return tuple(name for name in column.numbers if name in self.summed)

    @property
    def products(self) -> list[Term]:
        """The products of numbers whose weighted sums are needed, ``()`` for the sum of weights first."""
        parts = self.monomials
        return sorted(
            {_product(one, other) for one in parts for other in parts}, key=lambda term: (len(term), term)
        )


def _product(one: Term, other: Term) -> Term:
    return tuple(sorted(one + other))


@dataclass(frozen=True)
class Cells:
    """Sums by cell. ``keys``: of each level the text of every cell's unit, the lowest level first.

    ``categories``: of each variable the level of every cell. ``numbers``: constant numbers less their shifts.
    ``sums``: for each product of the recipe its weighted sum.
    """

    keys: Mapping[str, Sequence[str]]
    categories: Mapping[str, Sequence[str]]
    numbers: Mapping[str, Floats]
    sums: Mapping[Term, Floats]
    rows: Ints
    log_weights: float


def sums_of_cells(recipe: Recipe, cells: Cells) -> Sums:
    """The cross products of the design by unit. Raises NotNested."""
    levels, unit = nested(cells.keys)
    order = np.argsort(unit, kind="stable")
    starts = np.flatnonzero(np.diff(unit[order], prepend=-1))
    factors, monomials = _factors(recipe, cells, order)
    size = len(factors)
    cross = np.empty((len(starts), size, size))
    for i in range(size):
        for j in range(i + 1):
            products = cells.sums[_product(monomials[i], monomials[j])][order]
            for factor in (factors[i], factors[j]):
                products = products if factor is None else products * factor
            cross[:, i, j] = cross[:, j, i] = np.add.reduceat(products, starts)
    names = (INTERCEPT, *(column.name for column in recipe.columns))
    return Sums(names, levels, cross, np.add.reduceat(cells.rows[order], starts), cells.log_weights,
                basis_of_shifts(recipe), recipe.shifts.get(OUTCOME, 0.0))  # fmt: skip


def _factors(recipe: Recipe, cells: Cells, order: Ints) -> tuple[list[Floats | None], list[Term]]:
    """For each column and the outcome what a cell's constants multiply it by (None: 1), and its varying part."""
    indicators: dict[tuple[str, str], Floats] = {}
    values = {name: np.asarray(levels) for name, levels in cells.categories.items()}
    factors: list[Floats | None] = [None]
    monomials: list[Term] = [()]
    for column in recipe.columns:
        parts = [cells.numbers[name][order] for name in column.numbers if name not in recipe.summed]
        for name, level in column.indicators:
            if (name, level) not in indicators:
                indicators[name, level] = (values[name] == level)[order].astype(np.float64)
            parts.append(indicators[name, level])
        factors.append(np.prod(parts, axis=0) if parts else None)
        monomials.append(tuple(name for name in column.numbers if name in recipe.summed))
    return [*factors, None], [*monomials, (OUTCOME,)]


def basis_of_shifts(recipe: Recipe) -> Floats:
    """[columns as summed] = [columns] · this: a product of (number − shift) in terms of products of numbers."""
    place = {column.parts: at for at, column in enumerate((CONSTANT, *recipe.columns))}
    basis = np.eye(len(place))
    for at, column in enumerate(recipe.columns, 1):
        for kept in _subsets(column.numbers):
            shift = np.prod([-recipe.shifts.get(name, 0.0) for name in column.numbers if name not in kept])
            if shift != 0:
                basis[place[kept, column.indicators], at] = shift
    return basis


def _subsets(names: Term) -> list[Term]:
    found: list[Term] = [()]
    for name in names:
        found += [(*one, name) for one in found]
    return found
