"""Columns of one paper in memory as arrays: participants only, ordered by the unit they are added up to.

A paper of a country is a million rows of small numbers, forty megabytes, stored by school. Sums over neighbours in an
array cost a nanosecond an answer; an engine that groups by hashing needs twenty times as much (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from rostok.schema.scales import NOT_TAUGHT

Whole = NDArray[np.integer]
Flags = NDArray[np.bool_]

MISSING = NOT_TAUGHT - 1  # an empty cell among scores
_WORDS = ["school_id", "class_name"]


def read_columns(path: Path, names: Sequence[str]) -> pa.Table:
    """Columns of a stored file of scripts; texts as dictionaries, as they are stored."""
    with pq.ParquetFile(path, read_dictionary=[name for name in _WORDS if name in names]) as file:
        return file.read(columns=list(names))


@dataclass(frozen=True, slots=True)
class Groups:
    """Neighbouring rows of one unit. ``starts``: first row of each group; ``unit``: its unit; ``count`` of units."""

    starts: NDArray[np.intp]
    unit: Whole
    count: int

    @classmethod
    def of(cls, unit_of_row: Whole, count: int) -> Groups:
        """``unit_of_row`` ascends."""
        changes = np.flatnonzero(np.diff(unit_of_row)) + 1
        starts = np.concatenate([[0], changes]) if len(unit_of_row) else changes
        return cls(starts, unit_of_row[starts], count)

    def sums(self, values: NDArray[np.generic]) -> Whole:
        """Sum of the rows of each unit, of 64 bits."""
        found = np.zeros(self.count, np.int64)
        if len(self.starts):
            found[self.unit] = np.add.reduceat(values, self.starts, dtype=np.int64)
        return found

    def largest(self, values: Whole) -> Whole:
        """The largest of the rows of each unit; 0 for a unit without rows."""
        found = np.zeros(self.count, values.dtype)
        if len(self.starts):
            found[self.unit] = np.maximum.reduceat(values, self.starts)
        return found


@dataclass(frozen=True, slots=True)
class Keys:
    """Rows numbered by their key: ``place`` of each row in ``words``, ascending; −1 for a missing key."""

    place: Whole
    words: pa.Array

    @classmethod
    def of(cls, column: pa.ChunkedArray, *, plain: bool = False) -> Keys:
        """``plain``: keys as names of classes are compared, upper-cased without blanks around; an empty one is none."""
        chunks = [_dictionary(chunk) for chunk in column.chunks]
        spoken = [plain_names(chunk.dictionary) if plain else chunk.dictionary for chunk in chunks]
        known = pa.chunked_array(spoken, pa.string()).combine_chunks().dictionary_encode()
        order = pc.sort_indices(known.dictionary)
        rank = np.full(len(order) + 1, -1, np.int32)  # the last stands for a missing key
        rank[order.to_numpy()] = np.arange(len(order))
        of_words = rank[pc.fill_null(known.indices, len(order)).to_numpy()]
        ends = np.cumsum([len(words) for words in spoken], dtype=int)
        places = [
            _places(chunk, of_words[end - len(words) : end])
            for chunk, words, end in zip(chunks, spoken, ends, strict=True)
        ]
        return cls(np.concatenate(places) if places else np.array([], np.int32), known.dictionary.take(order))


def _dictionary(chunk: pa.Array) -> pa.DictionaryArray:
    return chunk if pa.types.is_dictionary(chunk.type) else chunk.cast(pa.string()).dictionary_encode()


def _places(chunk: pa.DictionaryArray, of_words: NDArray[np.int32]) -> NDArray[np.int32]:
    indices = chunk.indices
    if not indices.null_count:
        return np.asarray(of_words[indices.to_numpy()])
    return np.asarray(np.append(of_words, np.int32(-1))[pc.fill_null(indices, len(of_words)).to_numpy()])


def plain_names(written: pa.Array) -> pa.Array:
    """Classes as written, upper-cased and without blanks around; an empty name is none."""
    plain = pc.utf8_upper(pc.utf8_trim_whitespace(written))
    return pc.if_else(pc.equal(plain, ""), pa.scalar(None, pa.string()), plain)


@dataclass(frozen=True, slots=True)
class Units:
    """The smallest units of a reduction: school, and class where asked for (None: the file names none)."""

    school: pa.Array  # string
    class_name: pa.Array | None  # string, as written, upper-cased; None when only schools were asked for


@dataclass(frozen=True, slots=True)
class Rows:
    """Participants of a paper in the order of their units. ``unit`` of each row; rows without a class come last."""

    table: pa.Table
    unit: Whole
    units: Units
    _kept: Whole | Flags

    @classmethod
    def of(cls, table: pa.Table, kept: Flags, *, by_class: bool) -> Rows:
        """``kept``: rows of ``table`` that count."""
        schools = Keys.of(table["school_id"])
        classes = Keys.of(table["class_name"], plain=True) if by_class else None
        width = 1 if classes is None else len(classes.words) + 1
        key = schools.place.astype(np.int64)
        if classes is not None:
            key = key * width + np.where(classes.place < 0, width - 1, classes.place)
        key = key[kept]
        order: Whole | Flags = kept
        if (np.diff(key) < 0).any():
            by_key = np.argsort(key, kind="stable")
            key, order = key[by_key], np.flatnonzero(kept)[by_key]
        changes = np.diff(key, prepend=-1) != 0
        found = key[changes]
        units = Units(schools.words.take(pa.array(found // width)), _taken(classes, found % width))
        return cls(table, np.cumsum(changes, dtype=np.int32) - 1, units, order)

    @property
    def groups(self) -> Groups:
        return Groups.of(self.unit, len(self.units.school))

    def whole(self, name: str, missing: int) -> Whole:
        """A column of whole numbers in this order; ``missing`` stands for an empty cell."""
        return np.asarray(whole(self.table[name], missing)[self._kept])

    def flags(self, name: str) -> Flags:
        """A column of yes and no in this order; an empty cell is no."""
        found: Flags = flags(self.table[name])[self._kept]
        return found

    def filled(self, name: str) -> Flags:
        """Where a column says something."""
        found: Flags = np.asarray(pc.is_valid(self.table[name]).to_numpy(), bool)[self._kept]
        return found


def whole(column: pa.ChunkedArray, missing: int) -> Whole:
    """A column of whole numbers; ``missing`` stands for an empty cell."""
    found: Whole = (pc.fill_null(column, missing) if column.null_count else column).to_numpy()
    return found


def compact(values: Whole) -> Whole:
    """In half the memory where the numbers are small, as those of schools and classes are."""
    largest = max(values.max(initial=0), -values.min(initial=0))
    return values.astype(np.int32) if largest < np.iinfo(np.int32).max else values


def flags(column: pa.ChunkedArray) -> Flags:
    """A column of yes and no; an empty cell is no."""
    return np.asarray(pc.fill_null(column, False).to_numpy(), bool)


def _taken(classes: Keys | None, place: Whole) -> pa.Array | None:
    if classes is None:
        return None
    none = len(classes.words)
    return classes.words.take(pa.array(np.where(place == none, 0, place), mask=place == none))
