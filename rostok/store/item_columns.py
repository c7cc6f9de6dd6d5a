"""Sums per item and unit from columns in memory: how one machine reduces a paper (a cluster: ``item_queries``).

Rows of a unit stand together, so a sum over them is a product with a sparse matrix of ones: three times as fast as
adding column by column, because schools are small and each sum of its own has a price. Some rows at a time, in several
threads: a piece of a paper fits into a cache, and numpy and scipy let go of the interpreter while they add.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from rostok.schema.scales import NOT_ATTEMPTED, NOT_TAUGHT
from rostok.schema.tables import item_column
from rostok.statistics.item_sums import PaperSums
from rostok.store.columns import MISSING, Flags, Rows, Whole, compact, flags
from rostok.store.reduced import MarkSums, ReducedPaper

_THREADS = max(1, min(4, os.cpu_count() or 1))
_ROWS_AT_ONCE = 1 << 16
_MOST_CELLS = 1 << 25  # of unit × score: a country by class has fewer


def columns_needed(count: int, *, by_class: bool) -> list[str]:
    """Columns that ``reduce_columns`` reads of a stored paper of ``count`` items."""
    keys = ["school_id", "class_name"] if by_class else ["school_id"]
    return [*keys, "participant", *(item_column(place + 1) for place in range(count))]


def reduce_columns(
    table: pa.Table, count: int, *, skills: Sequence[Sequence[int]] = (), by_class: bool = False
) -> ReducedPaper:
    """Sums of the ``count`` items of one paper and of its ``skills`` (places of items of each)."""
    rows = Rows.of(table, flags(table["participant"]), by_class=by_class)
    paper, units = _Paper.of(rows, count, tuple(tuple(skill) for skill in skills)), len(rows.units.school)
    with ThreadPoolExecutor(_THREADS) as threads:
        pieces = list(threads.map(paper.piece, range(0, len(rows.unit), _ROWS_AT_ONCE)))
    of_paper = {name: _joined(units, pieces, name)[:, 0] for name in _OF_PAPER}
    of_items = {name: compact(_joined(units, pieces, name, count + len(skills))) for name in _OF_ITEMS}
    return ReducedPaper(rows.units, PaperSums(**of_paper, **of_items))


def reduce_columns_by_mark(table: pa.Table, count: int) -> MarkSums:
    """The same of school × mark: answers that count and their sum; participants with a mark only."""
    kinds = pc.unique(table["mark"].combine_chunks()).drop_null().sort()
    parts = [reduce_columns(table.filter(pc.equal(table["mark"], kind)), count) for kind in kinds]
    schools = pa.concat_arrays([pa.array([], pa.string()), *(part.units.school for part in parts)])
    marks = np.repeat(np.array(kinds.to_pylist(), np.int8), [len(part.units.school) for part in parts])
    keys = pa.table({"school": schools, "mark": marks})
    order = pc.sort_indices(keys, [("school", "ascending"), ("mark", "ascending")]).to_numpy()

    def beside(name: str, *shape: int) -> Whole:
        found = [np.zeros((0, *shape), np.int64), *(getattr(part.sums, name) for part in parts)]
        joined: Whole = np.concatenate(found)[order]
        return joined

    return MarkSums(
        schools.take(pa.array(order)), marks[order],
        beside("participants"), beside("answered", count), beside("scores", count),
    )  # fmt: skip


_OF_PAPER = ("participants", "complete", "totals", "total_squares")
_OF_ITEMS = (
    "answered", "scores", "squares", "not_attempted", "not_taught",
    "complete_scores", "complete_squares", "complete_products",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Piece:
    """Sums of some rows, by the names of ``PaperSums``, (units, columns); the first of the units is ``first``."""

    first: int
    sums: dict[str, Whole]


@dataclass(frozen=True, slots=True)
class _Paper:
    """Scores of the participants of one paper by item, and which papers are complete.

    Complete: an answer to every item that anybody answered. ``total``: points of complete papers, 0 of others.
    """

    unit: Whole
    items: list[NDArray[np.int8]]
    skills: tuple[tuple[int, ...], ...]
    complete: Flags
    total: NDArray[np.int32]

    @classmethod
    def of(cls, rows: Rows, count: int, skills: tuple[tuple[int, ...], ...]) -> _Paper:
        items = [
            rows.whole(item_column(place + 1), MISSING).astype(np.int8, copy=False) for place in range(count)
        ]
        answered = [column >= NOT_ATTEMPTED for column in items]
        needed = [one for one in answered if one.any()]
        complete = np.logical_and.reduce(needed) if needed else np.zeros(len(rows.unit), bool)
        total = np.zeros(len(rows.unit), np.int32)
        for column in items:
            total += np.maximum(column, 0)
        total[~complete] = 0
        return cls(rows.unit, items, skills, complete, total)

    def piece(self, start: int) -> _Piece:
        """Sums of the rows from ``start``."""
        span = slice(start, start + _ROWS_AT_ONCE)
        scores = [column[span] for column in self.items]
        unit, total, complete = self.unit[span], self.total[span], self.complete[span]
        adding, rest = _Adding.of(unit), np.flatnonzero(~complete)
        incomplete = adding.of_rows(rest)
        answered = [column >= NOT_ATTEMPTED for column in scores]
        points = [np.maximum(column, 0) for column in scores]
        for places in self.skills:
            of_skill = np.logical_and.reduce([answered[place] for place in places])
            answered.append(of_skill)
            points.append(np.sum([points[place] for place in places], axis=0, dtype=np.int32) * of_skill)
        whole = _wide_enough(_beside(points, len(unit)), total)
        totals = total[:, None].astype(np.int64)  # their squares outgrow 32 bits first, and it is one column
        squares = whole * whole
        scored, squared = adding.sums(whole), adding.sums(squares)
        return _Piece(adding.first, {
            "participants": adding.sums(np.ones((len(unit), 1), np.int32)),
            "complete": adding.sums(_beside([complete], len(unit))),
            "totals": adding.sums(totals),
            "total_squares": adding.sums(totals * totals),
            "answered": adding.sums(_beside(answered, len(unit))),
            "scores": scored,
            "squares": squared,
            "not_attempted": self._counted(adding, scores, NOT_ATTEMPTED),
            "not_taught": self._counted(adding, scores, NOT_TAUGHT),
            "complete_scores": scored - incomplete.sums(whole[rest]),
            "complete_squares": squared - incomplete.sums(squares[rest]),
            "complete_products": adding.sums(whole * total[:, None]),
        })  # fmt: skip

    def _counted(self, adding: _Adding, scores: list[NDArray[np.int8]], value: int) -> Whole:
        """How often ``value`` stands in each item, and in the items of each skill together."""
        of_items = adding.sums(_beside([column == value for column in scores], adding.rows))
        of_skills = [of_items[:, places].sum(axis=1) for places in self.skills]
        return np.column_stack([of_items, *of_skills])


@dataclass(frozen=True, slots=True)
class _Adding:
    """Adds rows that stand unit by unit: a matrix (units, rows) of ones. ``first``: the first of these units."""

    first: int
    ones: sparse.csr_array

    @classmethod
    def of(cls, unit: Whole) -> _Adding:
        """``unit`` of each row, ascending; every unit between the first and the last has rows."""
        first, units = int(unit[0]), int(unit[-1] - unit[0]) + 1
        ends = np.searchsorted(unit, np.arange(first, first + units + 1)).astype(np.int32)
        every = np.arange(len(unit), dtype=np.int32)
        ones = np.ones(len(unit), np.int32)
        return cls(first, sparse.csr_array((ones, every, ends), shape=(units, len(unit))))

    def of_rows(self, chosen: NDArray[np.intp]) -> _Adding:
        """Adds these rows alone, to the same units."""
        ends = np.searchsorted(chosen, self.ones.indptr).astype(np.int32)
        every, ones = np.arange(len(chosen), dtype=np.int32), np.ones(len(chosen), np.int32)
        return _Adding(
            self.first, sparse.csr_array((ones, every, ends), shape=(self.ones.shape[0], len(chosen)))
        )

    @property
    def rows(self) -> int:
        return int(self.ones.shape[1])

    def sums(self, values: Whole) -> Whole:
        """(rows, columns) → (units, columns), in the type of ``values``."""
        found: Whole = self.ones @ values
        return found


def _beside(columns: Sequence[NDArray[np.generic]], rows: int) -> NDArray[np.int32]:
    """Columns as the rows of a matrix."""
    found = np.empty((rows, len(columns)), np.int32)
    for place, column in enumerate(columns):
        found[:, place] = column
    return found


def _wide_enough(points: NDArray[np.int32], total: NDArray[np.int32]) -> Whole:
    """Of 64 bits where a unit of all these rows could have larger sums of products than 32 bits hold."""
    most = (
        int(points.max(initial=0)) * max(int(points.max(initial=0)), int(total.max(initial=0))) * len(points)
    )
    return points if most < np.iinfo(np.int32).max else points.astype(np.int64)


def _joined(units: int, pieces: Sequence[_Piece], name: str, columns: int = 1) -> NDArray[np.int64]:
    """Sums of all units; a unit at the edge of two pieces has a part in each."""
    found = np.zeros((units, columns), np.int64)
    for piece in pieces:
        part = piece.sums.pop(name)  # sums of the classes of a country are large
        found[piece.first : piece.first + len(part)] += part
    return found


def count_scores(table: pa.Table, *, by_class: bool = False) -> pa.Table:
    """How many participants of each unit have each raw score: ``school_id[, class_name], raw_score, participants``."""
    scored = flags(table["participant"]) & flags(pc.is_valid(table["raw_score"]))
    rows = Rows.of(table, scored, by_class=by_class)
    score = rows.whole("raw_score", 0).astype(np.int64)
    least, width = int(score.min(initial=0)), int(score.max(initial=0) - score.min(initial=0)) + 1
    cells, counts = _counted(rows.unit * np.int64(width) + (score - least))
    unit = pa.array(cells // width)
    keys = {"school_id": rows.units.school.take(unit)}
    if rows.units.class_name is not None:
        keys["class_name"] = rows.units.class_name.take(unit)
    return pa.table(
        keys | {"raw_score": pa.array((cells % width + least).astype(np.int16)), "participants": counts}
    )


def _counted(numbers: Whole) -> tuple[Whole, Whole]:
    """Different numbers, ascending, and how often each stands there.

    Sorting is slower than counting, but one misprinted score in a country would ask for gigabytes of empty cells.
    """
    if numbers.max(initial=0) > _MOST_CELLS:
        return np.unique(numbers, return_counts=True)
    counts = np.bincount(numbers)
    cells = np.flatnonzero(counts)
    return cells, counts[cells]
