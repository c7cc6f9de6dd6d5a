"""What a reader who knows every printed number can work out about those that are not printed.

The reader takes all sums and limits, every number printed now or before, that nobody is less than zero and that
pupils come whole. The interval of a hidden number is all it could be under that: two integer programs, solved
by HiGHS. Any two tables the reader cannot tell apart prove a width, so a table found for one cell serves all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components

from rostok.disclosure.alternatives import TOLERANCE
from rostok.disclosure.ties import Part, Ties

ROUNDS = 12  # tables drawn for all cells at once before each remaining cell is asked for itself


@dataclass(frozen=True, slots=True)
class Interval:
    """All that a hidden number could be."""

    lower: float
    upper: float

    @property
    def width(self) -> float:
        return self.upper - self.lower


class Reader:
    """A reader who knows the ties and every column but the ``free`` ones."""

    def __init__(self, ties: Ties, free: Iterable[int]) -> None:
        self.ties = ties
        self.free = np.array(sorted(free), dtype=np.int64)
        self._labels = self._components()
        self._place = {int(column): place for place, column in enumerate(self.free)}
        self._parts: dict[int, Part] = {}

    def _components(self) -> NDArray[np.int64]:
        """Which free columns hang together: a number is learnt only from those of its own component."""
        rows = self.ties.touching[:, self.free]
        count = len(self.free)
        joined = sparse.bmat([[None, rows.T], [rows, None]]) if rows.shape[0] else None
        if joined is None:
            return np.arange(count, dtype=np.int64)
        return np.asarray(connected_components(joined, directed=False)[1][:count], dtype=np.int64)

    def _part(self, label: int) -> Part:
        if label not in self._parts:
            self._parts[label] = self.ties.cut(self.free[self._labels == label])
        return self._parts[label]

    def interval(self, column: int) -> Interval:
        """All that ``column`` could be; one that is not free is what it is."""
        if column not in self._place:
            value = float(self.ties.values[column])
            return Interval(value, value)
        part = self._part(int(self._labels[self._place[column]]))
        aim = (part.columns == column).astype(float)
        ends = [_table(part, sign * aim) @ aim for sign in (1, -1)]
        top = math.inf if ends[1] >= self.ties.most - TOLERANCE else float(ends[1])
        return Interval(-math.inf if ends[0] <= -self.ties.most + TOLERANCE else float(ends[0]), top)

    def narrow(self, asked: Sequence[tuple[int, float]]) -> list[int]:
        """Those of ``asked`` (column, least width) whose interval is narrower, in their order."""
        least = dict(asked)
        narrow = {column for column in least if column not in self._place}
        by_label: dict[int, list[int]] = {}
        for column in least:
            if column in self._place:
                by_label.setdefault(int(self._labels[self._place[column]]), []).append(column)
        for label, columns in by_label.items():
            narrow |= self._narrow_in(self._part(label), columns, least)
        return [column for column, _ in asked if column in narrow]

    def _narrow_in(self, part: Part, columns: list[int], least: dict[int, float]) -> set[int]:
        at = np.searchsorted(part.columns, columns)
        needed = np.array([least[column] for column in columns]) - TOLERANCE
        low, high = part.values[at].copy(), part.values[at].copy()
        for aim in _aims(len(columns), part, at, lambda: (high - low) < needed):
            table = _table(part, aim)[at]
            np.minimum(low, table, out=low)
            np.maximum(high, table, out=high)
        return {
            column for column, width, most in zip(columns, high - low, needed, strict=True) if width < most
        }


def _aims(
    count: int, part: Part, at: NDArray[np.int64], open_: Callable[[], NDArray[np.bool_]]
) -> Iterator[NDArray[np.float64]]:
    """What to minimise next: first many open cells at once in drawn directions, then each by itself."""
    draws = np.random.default_rng(0)
    for _ in range(ROUNDS if count > 2 else 0):
        waiting = np.flatnonzero(open_())
        if len(waiting) < 3:
            break
        signs = draws.choice([-1.0, 1.0], size=len(waiting))
        for sign in (1.0, -1.0):
            aim = np.zeros(len(part.columns))
            aim[at[waiting]] = sign * signs
            yield aim
    for cell in range(count):
        for sign in (-1.0, 1.0):
            if open_()[cell]:
                aim = np.zeros(len(part.columns))
                aim[at[cell]] = sign
                yield aim


def _table(part: Part, aim: NDArray[np.float64]) -> NDArray[np.float64]:
    """The table a reader cannot rule out that makes ``aim @ table`` smallest."""
    least = np.where(part.signed, -part.most, 0.0)
    # rows hold for the true values, so what is known moves to the right hand side as it is
    room, total = part.limits @ part.values + part.room, part.sums @ part.values
    found = linprog(
        aim, A_ub=part.limits if part.limits.shape[0] else None, b_ub=room if len(room) else None,
        A_eq=part.sums if part.sums.shape[0] else None, b_eq=total if len(total) else None,
        bounds=np.column_stack([least, np.full(len(least), part.most)]),
        integrality=part.whole.astype(int), method="highs",
    )  # fmt: skip
    if found.x is None:
        # the true table is always possible, so a solver that finds none is at its limits
        raise ArithmeticError(f"the solver gave up: {found.message}")
    table: NDArray[np.float64] = np.where(part.whole, np.round(found.x), found.x)
    return table
