"""Rows of a table → sums by unit and cell: the one pass over pupils behind a model of value added.

A cell is a school with one value of each category. A number with few values in a school (sex as 0 and 1, the
school's context) becomes one more key of cells instead of a dozen more sums: half the time on a country. Which do is
found on the first rows; it changes the speed, not the result. Ibis only.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rostok.statistics.multilevel.cells import OUTCOME, Cells, Recipe
from rostok.statistics.multilevel.formula import Column, Term

if TYPE_CHECKING:
    import ibis.expr.types as ir

LARGEST = 1e150  # squares of larger numbers are infinite
LARGEST_CODE = 2.0**53  # larger whole numbers are no longer exact, and the largest fit no integer
LOOKED_AT = 50_000  # first rows that tell means and how many values a school has
# A number is a key of cells where that leaves so few cells per school, and so many rows per cell.
MOST_CELLS, LEAST_ROWS = 16, 8
SUMS_AT_ONCE = 400  # expressions an engine compiles quickly


@dataclass(frozen=True)
class UsedColumns:
    """The columns of a table a model uses. ``groups``: the lowest level first; ``categories`` are texts.

    ``weights``: a column, or nothing for weights of 1.
    """

    outcome: str
    groups: tuple[str, ...]
    numbers: tuple[str, ...]
    categories: tuple[str, ...]
    weights: str | None = None

    @property
    def numeric(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.outcome, *self.numbers, *((self.weights,) if self.weights else ()))))

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.groups, *self.categories)))


def typed(table: ir.Table, used: UsedColumns) -> ir.Table:
    """The used columns, numbers as floating, the rest as text, both as they stand: see ``complete``.

    A column may be a number and a group at once: names are those of ``number_of`` and ``text_of``.
    """
    numbers = {number_of(name): _number(table[name]) for name in used.numeric}
    texts = {text_of(name): _text(table[name]) for name in used.texts}
    return table.select(**numbers, **texts)


def number_of(name: str) -> str:
    return f"n:{name}"


def text_of(name: str) -> str:
    return f"t:{name}"


def _number(column: Any) -> Any:
    if column.type().is_string():
        column = column.strip().replace(",", ".").try_cast("float64")
    return column.cast("float64")


def _text(column: Any) -> Any:
    kind = column.type()
    if kind.is_boolean():
        return column.cast("string").upper()  # TRUE and FALSE, as R names levels of a logical
    if kind.is_floating():  # codes of a column with gaps come as 12.0
        whole = column.cast("float64")
        number = ibis.ifelse(whole == whole.floor(), whole.cast("int64").cast("string"), whole.cast("string"))
        number = ibis.ifelse(whole.abs() < LARGEST_CODE, number, whole.cast("string"))
        return ibis.ifelse(whole.isnan() | whole.isinf(), ibis.null("string"), number)
    return column.cast("string")


def _is_there(rows: ir.Table, name: str) -> Any:
    """Blank texts count as there: looking into each costs as much as the sums; ``reduce_cells`` leaves them out.

    NaN is larger than any number for DuckDB and Spark alike.
    """
    column = rows[name]
    return (
        column.notnull()
        if name.startswith("t:")
        else ibis.coalesce(column, np.nan).between(-LARGEST, LARGEST)
    )


def levels_of(engine: Any, rows: ir.Table, category: str, most: int) -> list[str] | None:
    """The distinct texts of a category, no order; None for more than ``most``."""
    column = rows[text_of(category)]
    spelt = rows.filter(column.notnull()).select(level=column).distinct()
    # Blanks are taken off before the limit: a level whose spellings did not fit under it would pass for the base.
    found = engine.to_pyarrow(spelt.select(level=spelt.level.strip()).distinct().limit(most + 2))
    texts = {str(one).strip() for one in found["level"].to_pylist()} - {""}
    return None if len(texts) > most or found.num_rows > most + 1 else list(texts)


def missing_by_column(engine: Any, rows: ir.Table, used: UsedColumns) -> dict[str, int]:
    """How many rows lack each used column."""
    wanted = {name: ~ibis.coalesce(_is_there(rows, number_of(name)), False) for name in used.numeric}
    for name in used.texts:
        text = rows[text_of(name)]
        wanted[name] = wanted.get(name, ibis.literal(False)) | text.isnull() | (text.strip() == "")
    counts = {f"c{k}": missing.sum().cast("int64") for k, missing in enumerate(wanted.values())}
    found = engine.to_pyarrow(rows.aggregate(**counts)).to_pylist()[0]
    return {name: int(found[f"c{k}"] or 0) for k, name in enumerate(wanted)}


def least_weight(engine: Any, rows: ir.Table, weights: str) -> float | None:
    found = engine.to_pyarrow(rows[number_of(weights)].min()).as_py()
    return None if found is None else float(found)


def complete(rows: ir.Table, used: UsedColumns) -> ir.Table:
    """Rows with every used column there, and with a weight above 0."""
    names = [*map(number_of, used.numeric), *map(text_of, used.texts)]
    kept = rows.filter([_is_there(rows, name) for name in names])
    return kept.filter(kept[number_of(used.weights)] > 0) if used.weights else kept


def recipe_of(
    head: pa.Table, used: UsedColumns, columns: Sequence[Column], may_shift: Collection[str]
) -> Recipe:
    """What to sum and from where to count, as ``head`` tells: the first complete rows, in any order.

    ``may_shift``: numbers that may be centred.
    """
    names = {OUTCOME: used.outcome, **{name: name for name in used.numbers}}
    keys = [head[text_of(name)].dictionary_encode() for name in (*used.groups, *used.categories)]
    place = _places([column.combine_chunks().indices.to_numpy() for column in keys], head.num_rows)
    units = max(1, len(np.unique(_places([keys[0].combine_chunks().indices.to_numpy()], head.num_rows))))
    summed = set()
    for name in used.numbers:
        finer = _places(
            [place, np.unique(head[number_of(name)].to_numpy(), return_inverse=True)[1]], head.num_rows
        )
        cells = int(finer.max(initial=0)) + 1
        if cells <= MOST_CELLS * units and cells * LEAST_ROWS <= head.num_rows:
            place = finer
        else:
            summed.add(name)
    shifts = {key: _centre(head[number_of(name)].to_numpy()) for key, name in names.items()
              if key == OUTCOME or key in may_shift}  # fmt: skip
    return Recipe(tuple(columns), frozenset(summed), shifts)


def _places(keys: Sequence[np.ndarray], rows: int) -> np.ndarray:
    """Rows with equal keys get equal places 0, 1, …"""
    found = np.zeros(rows, np.int64)
    for key in keys:
        codes = np.asarray(key, np.int64)
        found = np.unique(found * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)[1].reshape(-1)
    return found


def _centre(values: np.ndarray) -> float:
    """The mean; of a constant its value, so that nothing but nought is left of it."""
    if not len(values):
        return 0.0
    # Sorted: a sum depends on its order, and the order of rows on the engine's threads.
    return float(values[0] if values.min() == values.max() else np.sort(values).mean())


def reduce_cells(engine: Any, rows: ir.Table, used: UsedColumns, recipe: Recipe) -> Cells:
    """Sums of ``rows`` (complete ones) by cell."""
    constants = [name for name in used.numbers if name not in recipe.summed]
    keys = {f"k{k}": rows[text_of(name)] for k, name in enumerate(used.texts)}
    keys |= {f"v{k}": rows[number_of(name)] for k, name in enumerate(constants)}
    numbers = {name: rows[number_of(name)] - recipe.shifts.get(name, 0.0) for name in recipe.summed}
    numbers[OUTCOME] = rows[number_of(used.outcome)] - recipe.shifts[OUTCOME]
    named = {name: f"x{k}" for k, name in enumerate(numbers)}
    prepared = rows.select(**keys, **{named[name]: column for name, column in numbers.items()},
                           **({"w": rows[number_of(used.weights)]} if used.weights else {}))  # fmt: skip
    found = _summed(engine, prepared, list(keys), named, recipe.products, weighted=used.weights is not None)
    texts = {name: _stripped(found[f"k{k}"]) for k, name in enumerate(used.texts)}
    filled = np.logical_and.reduce([column != "" for column in texts.values()])
    texts = {name: column[filled] for name, column in texts.items()}

    def figures(name: str) -> np.ndarray:
        return np.asarray(found[name].to_numpy()[filled])

    return Cells(
        {name: texts[name].tolist() for name in used.groups},
        {name: texts[name].tolist() for name in used.categories},
        {name: figures(f"v{k}") - recipe.shifts.get(name, 0.0) for k, name in enumerate(constants)},
        {product: figures(f"s{k}") for k, product in enumerate(recipe.products)},
        figures("rows"),
        float(figures("log_weights").sum()) if used.weights else 0.0,
    )


def _stripped(column: pa.ChunkedArray) -> np.ndarray:
    return np.array(pc.utf8_trim_whitespace(column).to_pylist(), dtype=str)


def _summed(
    engine: Any, prepared: ir.Table, keys: list[str], named: Mapping[str, str], products: Sequence[Term], *, weighted: bool
) -> pa.Table:  # fmt: skip
    """A row per cell, sorted by its keys: ``rows``, ``log_weights``, and ``s0`` … for the products."""
    whole: pa.Table | None = None
    for start in range(0, len(products), SUMS_AT_ONCE):
        sums = {f"s{start + k}": _sum(prepared, named, product, weighted=weighted)
                for k, product in enumerate(products[start : start + SUMS_AT_ONCE])}  # fmt: skip
        if not start:
            sums["rows"] = prepared.count().cast("int64")
            if weighted:
                sums["log_weights"] = prepared.w.ln().sum()
        part = engine.to_pyarrow(prepared.group_by(*keys).aggregate(**sums))
        part = part.sort_by([(key, "ascending") for key in keys]).combine_chunks()
        for name in () if whole is None else sums:
            whole = whole.append_column(name, part[name])  # type: ignore[union-attr]
        whole = part if whole is None else whole
    assert whole is not None
    return whole


def _sum(prepared: ir.Table, named: Mapping[str, str], product: Term, *, weighted: bool) -> Any:
    factors = [prepared[named[name]] for name in product]
    if weighted:
        factors.append(prepared.w)
    if not factors:
        return prepared.count().cast("float64")
    return functools.reduce(operator.mul, factors).sum()


def numbers_among(engine: Any, table: ir.Table, names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Of columns of texts how many cells are filled, and how many of them are numbers."""
    counts = {}
    for k, name in enumerate(names):
        column = table[name].strip()
        counts[f"f{k}"] = (column != "").sum().cast("int64")
        counts[f"n{k}"] = _number(table[name]).notnull().sum().cast("int64")
    if not counts:
        return {}
    found = engine.to_pyarrow(table.aggregate(**counts)).to_pylist()[0]
    return {name: (int(found[f"f{k}"] or 0), int(found[f"n{k}"] or 0)) for k, name in enumerate(names)}


def count_nought(engine: Any, rows: ir.Table, weights: str) -> int:
    """Rows with a weight of 0."""
    return int(engine.to_pyarrow((rows[number_of(weights)] == 0).sum()).as_py() or 0)
