"""Residuals of pupils, counted: the second pass over rows, when it is asked for.

A residual is the outcome less what is expected of the pupil in this school, in units of its standard deviation. No
row comes back, only how many fall where, and four sums.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.statistics.multilevel.formula import Column
from rostok.store.model_reductions import UsedColumns, number_of, text_of

if TYPE_CHECKING:
    import ibis.expr.types as ir

# Bins of half a standard deviation; the outermost hold all that is farther.
WIDTH, FARTHEST = 0.5, 10


@dataclass(frozen=True)
class LevelEffects:
    """Effects of the units of a column of groups, by the column of the design they multiply."""

    group: str
    units: Sequence[str]
    effects: Mapping[Column, NDArray[np.float64]]


@dataclass(frozen=True)
class ResidualCounts:
    """``counts`` of bins from −FARTHEST to FARTHEST − 1 (numbers of WIDTH), and Σr, Σr², Σr³, Σr⁴."""

    counts: NDArray[np.int64]
    powers: tuple[float, float, float, float]

    @property
    def rows(self) -> int:
        return int(self.counts.sum())


def count_residuals(
    engine: Any,
    rows: ir.Table,
    used: UsedColumns,
    fixed: Mapping[Column, float],
    levels: Sequence[LevelEffects],
    deviation: float,
) -> ResidualCounts:
    """``rows``: complete ones, typed; ``fixed``: coefficients by column, the intercept's too."""
    joined = rows.mutate(**{_key(k): rows[text_of(level.group)].strip() for k, level in enumerate(levels)})
    for k, level in enumerate(levels):
        effects = {_effect(k, j): pa.array(values) for j, values in enumerate(level.effects.values())}
        units = ibis.memtable(pa.table({_key(k): pa.array(level.units, pa.string()), **effects}))
        joined = joined.join(units, _key(k))
    expected = [_value(joined, column) * float(estimate) for column, estimate in fixed.items()]
    for k, level in enumerate(levels):
        expected += [_value(joined, column) * joined[_effect(k, j)] for j, column in enumerate(level.effects)]
    residual = (joined[number_of(used.outcome)] - functools.reduce(operator.add, expected)) / deviation
    if used.weights:
        residual = residual * joined[number_of(used.weights)].sqrt()
    table = joined.select(r=residual)
    place = (table.r / WIDTH).floor().clip(-FARTHEST, FARTHEST - 1).cast("int64")
    powers = {f"p{power}": functools.reduce(operator.mul, [table.r] * power).sum() for power in range(1, 5)}
    found = engine.to_pyarrow(
        table.group_by(place=place).aggregate(rows=table.count().cast("int64"), **powers)
    )
    counts = np.zeros(2 * FARTHEST, np.int64)
    counts[found["place"].to_numpy() + FARTHEST] = found["rows"].to_numpy()
    one, two, three, four = (float(np.sort(found[f"p{power}"].to_numpy()).sum()) for power in range(1, 5))
    return ResidualCounts(counts, (one, two, three, four))


def _key(level: int) -> str:
    return f"unit{level}"


def _effect(level: int, term: int) -> str:
    return f"effect{level}_{term}"


def _value(rows: ir.Table, column: Column) -> Any:
    factors = [rows[number_of(name)] for name in column.numbers]
    factors += [(rows[text_of(name)].strip() == level).cast("float64") for name, level in column.indicators]
    return functools.reduce(operator.mul, factors) if factors else ibis.literal(1.0)
