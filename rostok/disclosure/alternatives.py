"""Other tables a reader could not rule out, as near to the true one as can be.

To protect a number is to have such a table in which it differs enough; whatever else differs in it has to be
hidden too. Tables are sought near the number first: most are a square of two schools and two marks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from rostok.disclosure.ties import Part, Ties

TOLERANCE = 1e-6
NEAR = 2  # relations between the number and the farthest cell of the first search

Moves = dict[int, float]  # by how much each column differs from its true value; others do not


@dataclass(frozen=True)
class Alternatives:
    """Seeks tables of ``ties``. ``costs`` of calls: by column, infinite for a column that must not move."""

    ties: Ties

    def around(self, column: int, width: float, costs: NDArray[np.float64]) -> list[Moves]:
        """One table, or two, between which ``column`` differs by ``width``; none if there are none.

        Upwards where that is possible: a small number then looks like any other.
        """
        if not np.isfinite(costs[column]):
            return []
        reach, before = NEAR, 0
        while True:
            near = self._near(column, costs, reach)
            if len(near) == before:
                return []
            found = self._within(near, column, width, costs)
            if found:
                return found
            reach, before = 4 * reach, len(near)

    def _near(self, column: int, costs: NDArray[np.float64], reach: int) -> NDArray[np.int64]:
        """Columns that may move, at most ``reach`` relations away."""
        may_move = np.isfinite(costs)
        reached = np.zeros(len(costs), dtype=bool)
        reached[column] = True
        for _ in range(reach):
            rows = self.ties.touching @ reached
            grown = ((self.ties.touching.T @ rows) > 0) & may_move
            if grown.sum() == reached.sum():
                break
            reached = grown
        return np.flatnonzero(reached)

    def _within(
        self, near: NDArray[np.int64], column: int, width: float, costs: NDArray[np.float64]
    ) -> list[Moves]:
        problem = _Problem.of(self.ties.cut(near))
        at = int(np.searchsorted(near, column))
        for amount in (width, -width):
            moves = problem.cheapest(at, amount, costs[near])
            if moves is not None:
                return [moves]
        highest = problem.highest(at)
        found = [problem.cheapest(at, amount, costs[near]) for amount in (highest, highest - width) if amount]
        return [] if None in found else [moves for moves in found if moves is not None]


@dataclass(frozen=True, slots=True)
class _Problem:
    """Moves of the columns of a part under all ties; ``fall``: how far down each may go."""

    part: Part
    fall: NDArray[np.float64]

    @classmethod
    def of(cls, part: Part) -> _Problem:
        return cls(part, np.where(part.signed, part.most, part.values))

    def cheapest(self, at: int, amount: float, costs: NDArray[np.float64]) -> Moves | None:
        """The cheapest moves with column ``at`` moved by exactly ``amount``; None if there are none."""
        if amount < -self.fall[at] or amount > self.part.most:
            return None
        up, down = np.full(len(costs), self.part.most), self.fall.copy()
        lowest_up, lowest_down = np.zeros(len(costs)), np.zeros(len(costs))
        up[at] = lowest_up[at] = max(amount, 0.0)
        down[at] = lowest_down[at] = max(-amount, 0.0)
        bounds = np.vstack([np.column_stack([lowest_up, up]), np.column_stack([lowest_down, down])])
        return self._solve(np.concatenate([costs, costs]), bounds)

    def highest(self, at: int) -> float:
        """How far up column ``at`` can go at all."""
        size = len(self.part.columns)
        aim = np.zeros(2 * size)
        aim[at], aim[at + size] = -1.0, 1.0
        zero = np.zeros(size)
        bounds = np.vstack(
            [np.column_stack([zero, np.full(size, self.part.most)]), np.column_stack([zero, self.fall])]
        )
        found = self._solve(aim, bounds)
        return 0.0 if found is None else found.get(int(self.part.columns[at]), 0.0)

    def _solve(self, aim: NDArray[np.float64], bounds: NDArray[np.float64]) -> Moves | None:
        """Without whole numbers first: in tables of sums and parts the answer is whole by itself."""
        for whole in (
            np.zeros(2 * len(self.part.columns), dtype=int),
            np.tile(self.part.whole.astype(int), 2),
        ):
            found = linprog(
                aim, A_ub=sparse.hstack([self.part.limits, -self.part.limits]).tocsr() if len(self.part.room) else None,
                b_ub=self.part.room if len(self.part.room) else None,
                A_eq=sparse.hstack([self.part.sums, -self.part.sums]).tocsr() if self.part.sums.shape[0] else None,
                b_eq=np.zeros(self.part.sums.shape[0]) if self.part.sums.shape[0] else None,
                bounds=bounds, integrality=whole, method="highs",
            )  # fmt: skip
            if found.x is None:
                return None
            moves = found.x[: len(self.part.columns)] - found.x[len(self.part.columns) :]
            rounded = np.round(moves)
            if np.abs(moves - rounded)[self.part.whole].max(initial=0.0) < TOLERANCE:
                break
        kept = np.where(self.part.whole, rounded, moves)
        return {
            int(column): float(move)
            for column, move in zip(self.part.columns, kept, strict=True)
            if abs(move) > TOLERANCE
        }
