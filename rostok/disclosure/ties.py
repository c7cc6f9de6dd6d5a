"""Everything that ties the quantities of several publications together, as sparse matrices.

One column is one quantity: a key with one value. A key whose value changed between editions has a column for
each and a column for the change. Rows are sums (= 0) and limits (≤ 0): a part is no more than its group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rostok.disclosure.publications import ROUNDING, Cell, Key, Publication, Relation

BEYOND = 1000.0  # so far above twice the largest number known, a number counts as having no upper end

Column = tuple[str, Key, float]  # "" or "change", the key, the value: what makes a quantity one


@dataclass(frozen=True)
class Ties:
    """``values``, ``signed``, ``whole`` (a count) and ``wide`` (width asked of one pupil) by column.

    ``sums @ x = 0`` and ``limits @ x ≤ 0`` hold for the true x and for every x a reader may think of.
    """

    columns: Mapping[Column, int]
    cells: tuple[Cell, ...]
    values: NDArray[np.float64]
    signed: NDArray[np.bool_]
    whole: NDArray[np.bool_]
    sums: sparse.csr_matrix
    limits: sparse.csr_matrix
    touching: sparse.csr_matrix  # rows of both kinds: 1 where a column takes part

    def column(self, cell: Cell) -> int:
        return self.columns["", cell.key, cell.value]

    @cached_property
    def most(self) -> float:
        """A number that could be as large as this counts as having no upper end."""
        return 2 * float(np.abs(self.values).max(initial=0.0)) + BEYOND

    @cached_property
    def _by_column(self) -> tuple[sparse.csc_matrix, sparse.csc_matrix]:
        return self.sums.tocsc(), self.limits.tocsc()

    def cut(self, columns: NDArray[np.int64]) -> Part:
        """What ties ``columns`` while every other column keeps its true value."""
        sums, limits = (rows[:, columns].tocsr() for rows in self._by_column)
        used, bound = np.flatnonzero(sums.getnnz(axis=1)), np.flatnonzero(limits.getnnz(axis=1))
        return Part(
            columns, self.values[columns], self.signed[columns], self.whole[columns], sums[used], limits[bound],
            -(self.limits[bound] @ self.values), self.most,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """Some columns and the rows they take part in; ``room``: what is left in each limit at the true values."""

    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    signed: NDArray[np.bool_]
    whole: NDArray[np.bool_]
    sums: sparse.csr_matrix
    limits: sparse.csr_matrix
    room: NDArray[np.float64]
    most: float


def tie(publications: Sequence[Publication]) -> Ties:
    """The ties of ``publications``, earliest first.

    Raises ValueError when a sum does not hold or names a cell no publication has.
    """
    return _Tying(publications).ties()


class _Tying:
    def __init__(self, publications: Sequence[Publication]) -> None:
        self.publications = publications
        self.columns: dict[Column, int] = {}
        self.cells: list[Cell] = []
        self.sums: list[dict[int, float]] = []
        self.limits: list[dict[int, float]] = []
        self.latest: dict[Key, Cell] = {}

    def ties(self) -> Ties:
        for publication in self.publications:
            self._add(publication)
        values = np.array([cell.value for cell in self.cells], dtype=float)
        sums, limits = _matrix(self.sums, len(self.cells)), _matrix(self.limits, len(self.cells))
        return Ties(
            self.columns, tuple(self.cells), values,
            np.array([cell.signed for cell in self.cells], dtype=bool),
            np.array([cell.counts for cell in self.cells], dtype=bool),
            sums, limits, sparse.vstack([abs(sums), abs(limits)]).sign().tocsr(),
        )  # fmt: skip

    def _add(self, publication: Publication) -> None:
        before = dict(self.latest)
        for cell in publication.cells:
            self._place("", cell)
            self.latest[cell.key] = cell
        for cell in publication.cells:
            if cell.of is not None:
                group = publication.by_key[cell.of]
                self.limits.append({self._at(cell): 1.0, self._at(group): -cell.most})
        for relation in publication.relations:
            self._sum(relation)
        for cell in publication.cells:
            if cell.key in before and before[cell.key].value != cell.value:
                self._change(before[cell.key], cell, publication, before)

    def _at(self, cell: Cell) -> int:
        return self.columns["", cell.key, cell.value]

    def _place(self, kind: str, cell: Cell) -> int:
        column = (kind, cell.key, cell.value)
        if column not in self.columns:
            self.columns[column] = len(self.cells)
            self.cells.append(cell)
        return self.columns[column]

    def _sum(self, relation: Relation) -> None:
        try:
            total = self.latest[relation.total]
            parts = [self.latest[key] for key in relation.parts]
        except KeyError as error:
            raise ValueError(f"a sum names {error}, which no publication has") from None
        if abs(total.value - sum(part.value for part in parts)) > ROUNDING * max(1.0, abs(total.value)):
            raise ValueError(f"{relation.total}: {total.value:g} is not the sum of its parts")
        self.sums.append({self._at(total): 1.0, **{self._at(part): -1.0 for part in parts}})

    def _change(self, old: Cell, new: Cell, publication: Publication, before: Mapping[Key, Cell]) -> None:
        """new = old + change: the pupils who came or left between two editions are a group too."""
        group = None
        if new.of is not None and new.of in before:
            group = publication.by_key[new.of].value - before[new.of].value
        change = Cell(
            (new.key, old.value, group), new.value - old.value, None, new.most, new.counts, False, True
        )
        at = self._place("change", change)
        self.sums.append({self._at(new): 1.0, self._at(old): -1.0, at: -1.0})


def changes(ties: Ties) -> list[tuple[int, Cell, Key, float | None]]:
    """Column, cell, key and change of the group (None: a group itself) of every change between editions."""
    found = []
    for (kind, key, _), at in ties.columns.items():
        if kind == "change":
            assert isinstance(key, tuple)
            found.append((at, ties.cells[at], key[0], key[2]))
    return found


def _matrix(rows: Sequence[Mapping[int, float]], width: int) -> sparse.csr_matrix:
    entries = [(row, at, value) for row, held in enumerate(rows) for at, value in held.items()]
    if not entries:
        return sparse.csr_matrix((len(rows), width))
    at_row, at_column, values = zip(*entries, strict=True)
    return sparse.csr_matrix((values, (at_row, at_column)), shape=(len(rows), width))
