"""Verdicts of simulated schools where they follow from how many papers are low: looked up, not computed anew.

A country has tens of millions of simulated cells and few different ones: 7 of 20 is low or it is not. The
methodology itself is asked once about every pair of participants and count, and once about every number of true,
unknown and all papers; what it says fills two small tables. No rule is written here a second time.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.methodology import Evaluation
from rostok.methodology.cell_columns import add_cell_columns
from rostok.methodology.dependencies import constant
from rostok.methodology.nodes import COUNTING_UNITS, Formula, Scope
from rostok.statistics import intake

_TRUE, _FALSE, _UNKNOWN = 1, 0, -1
LARGEST = 4000  # participants of one paper in one school; beyond, the table would outgrow its use


def decides_by_counting(evaluation: Evaluation) -> bool:
    """Does the verdict follow from how many cells are low, and a cell from its participants and count alone?"""
    methodology = evaluation.methodology
    rule, cell_rule = methodology.counting_rule, methodology.cell_rule
    if rule is None or cell_rule is None or methodology.verdict != rule.name or rule.of != cell_rule.name:
        return False
    unit = COUNTING_UNITS[0] if rule.count_by is None else constant(rule.count_by, evaluation.values)
    if unit != COUNTING_UNITS[0] or rule.where is not None or rule.needs is not None or rule.each_year:
        return False
    allowed = {rule.name, cell_rule.name, "participants", "below", *evaluation.values}
    formulas = {
        item.name for item in methodology.ordered if isinstance(item, Formula) and item.scope is Scope.CELL
    }
    return methodology.needed() <= allowed | formulas


class CountingJudge:
    """Looks verdicts up; see ``decides_by_counting`` for when it may. ``cells`` are the real ones."""

    compares_schools = False

    def __init__(self, evaluation: Evaluation, engine: Any, cells: intake.Cells) -> None:
        self._evaluation, self._engine, self._cells = evaluation, engine, cells
        self._low = self._low_of_counts()
        papers = np.bincount(cells.unit) if cells.unit.size else np.zeros(1, np.int64)
        self._verdict = self._verdict_of_numbers(int(papers.max()))

    def tally(self, drawn: intake.Replicates) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Units of the chunk → (schools × 2) numbers of replicates that say true and false."""
        start = int(np.searchsorted(self._cells.unit, drawn.unit[0]))
        participants = self._cells.participants[start : start + drawn.unit.size].astype(np.int64)
        low = self._low[participants[:, None], drawn.under_minimum + 1]
        units, first, papers = np.unique(drawn.unit, return_index=True, return_counts=True)
        trues = np.add.reduceat(low == _TRUE, first, axis=0, dtype=np.int16)
        unknown = np.add.reduceat(low == _UNKNOWN, first, axis=0, dtype=np.int16)
        verdict = self._verdict[trues, unknown, papers[:, None]]
        return units, np.stack([(verdict == _TRUE).sum(axis=1), (verdict == _FALSE).sum(axis=1)], axis=1)

    def _low_of_counts(self) -> NDArray[np.int8]:
        """[participants, count + 1] → is the cell low; column 0 is a count that is not known."""
        sizes = np.unique(self._cells.participants.astype(np.int64))
        pairs = [(n, x) for n in sizes.tolist() for x in range(-1, n + 1)]
        n, x = (np.array(side, dtype=np.int64) for side in zip(*pairs, strict=True))
        table = np.full((int(sizes.max()) + 1, int(sizes.max()) + 2), _UNKNOWN, dtype=np.int8)
        cells = self._given(np.arange(len(pairs)), n, x)
        evaluation = self._evaluation
        rule = evaluation.methodology.cell_rule
        assert rule is not None  # decides_by_counting said so
        judged = add_cell_columns(
            evaluation.methodology, cells, evaluation.frame.table, evaluation.values,
            only=evaluation.methodology.needed(),
        )  # fmt: skip
        said = self._engine.to_pyarrow(judged.select("school_id", low=judged[rule.name]))
        place = said["school_id"].to_numpy()
        table[n[place], x[place] + 1] = _truths(said["low"])
        return table

    def _verdict_of_numbers(self, most: int) -> NDArray[np.int8]:
        """[low, unknown, all] papers → the verdict, by schools made of typical cells."""
        table = np.full((most + 1, most + 1, most + 1), _UNKNOWN, dtype=np.int8)
        typical = {truth: np.argwhere(self._low == truth) for truth in (_TRUE, _FALSE, _UNKNOWN)}
        numbers: list[tuple[int, int, int]] = []
        rows: list[tuple[int, int, int]] = []
        for low, unknown, rest in itertools.product(range(most + 1), repeat=3):
            wanted = ((_TRUE, low), (_UNKNOWN, unknown), (_FALSE, rest))
            possible = all(typical[truth].size or not count for truth, count in wanted)
            if not possible or not 0 < low + unknown + rest <= most:
                continue
            for truth, count in wanted:
                n, column = typical[truth][0].tolist() if count else (0, 0)
                rows += [(len(numbers), n, column)] * count
            numbers.append((low, unknown, low + unknown + rest))
        unit, size, at = (np.array(side, dtype=np.int64) for side in zip(*rows, strict=True))
        verdicts = self._evaluation.verdicts_of(self._given(unit, size, at - 1))
        said = self._engine.to_pyarrow(verdicts.select("school_id", "verdict"))
        table[tuple(np.array(numbers)[said["school_id"].to_numpy()].T)] = _truths(said["verdict"])
        return table

    def _given(self, unit: NDArray[np.int64], n: NDArray[np.int64], x: NDArray[np.int64]) -> Any:
        below = pa.array(x.astype(np.int32), mask=x < 0)
        table = pa.table({"school_id": unit, "participants": n.astype(np.int32), "below": below})
        return self._engine.create_table("asked_cells", table, temp=True, overwrite=True)


def _truths(column: pa.ChunkedArray) -> NDArray[np.int8]:
    """Nullable booleans as 1, 0 and −1."""
    words = {True: _TRUE, False: _FALSE, None: _UNKNOWN}
    return np.array([words[value] for value in column.to_pylist()], dtype=np.int8)
