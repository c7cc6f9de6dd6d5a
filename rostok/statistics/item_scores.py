"""What of a table of item scores the item models need: counts by pattern of presented items and raw score.

A pattern is the set of items a pupil has scores for: a booklet, or what missing answers leave of it. A cell is
a pattern with a raw score. Given both, conditional likelihood, person estimates, fit and Mantel–Haenszel need
nothing else of the pupil, so a million pupils become some hundred cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Scores = NDArray[np.signedinteger]  # items × pupils, whole scores from 0; anything negative is missing

_BITS = 62  # items per word of a pattern's code: the sign of an int64 stays free


@dataclass(frozen=True)
class GroupedScores:
    """Sufficient statistics of a table of scores; I items, P patterns, C cells that hold pupils.

    ``presented`` (P, I): the items of a pattern. ``pattern``, ``raw_score``, ``pupils`` (C): the cells, by
    pattern and raw score. ``score_sums``, ``square_sums`` (C, I): sums of x and x² of an item over the pupils
    of a cell, 0 where it was not presented. ``category_counts`` (I, m + 1): pupils by item and score, m being
    the highest score of any item.
    """

    presented: Bools
    pattern: Ints
    raw_score: Ints
    pupils: Ints
    score_sums: Ints
    square_sums: Ints
    category_counts: Ints

    @property
    def items(self) -> int:
        return int(self.presented.shape[1])

    @cached_property
    def maxima(self) -> Ints:
        """The highest score anyone got for each item."""
        top = self.category_counts.shape[1] - 1
        return np.asarray(top - (self.category_counts[:, ::-1] > 0).argmax(axis=1), np.int64)

    @cached_property
    def pattern_maxima(self) -> Ints:
        """The highest raw score of each pattern."""
        return self.presented.astype(np.int64) @ self.maxima

    @cached_property
    def informative(self) -> Bools:
        """Cells (C) whose raw score is neither 0 nor the highest of their pattern."""
        return (self.raw_score > 0) & (self.raw_score < self.pattern_maxima[self.pattern])


@dataclass(frozen=True)
class Grouping:
    """Grouped scores, and for each pupil the number of the cell (−1 for a pupil without a single score)."""

    grouped: GroupedScores
    cell: Ints


def group(scores: Scores) -> Grouping:
    """Group pupils (columns of ``scores``) by the items they have and by raw score.

    Raises ValueError where there is no item.
    """
    if scores.ndim != 2 or not scores.shape[0]:
        raise ValueError("scores are items × pupils with at least one item")
    presented, pattern = _patterns(scores)
    raw = _raw_scores(scores)
    width = int(raw.max(initial=0)) + 1
    known, cell = _numbered(pattern * width + raw, len(presented) * width)
    kept = presented[known // width].any(axis=1)  # pupils without a single score are of no cell
    number = np.where(kept, np.cumsum(kept) - 1, -1)
    cell = number[cell]
    return Grouping(_count(scores, presented, (known // width)[kept], (known % width)[kept], cell), cell)


def _raw_scores(scores: Scores) -> Ints:
    total = np.zeros(scores.shape[1], np.int32)
    for column in scores:
        total += np.maximum(column, 0)
    return total.astype(np.int64)


def _patterns(scores: Scores) -> tuple[Bools, Ints]:
    """The patterns there are (P, I) and the number of each pupil's."""
    items, pupils = scores.shape
    number = np.zeros(pupils, np.int64)
    if scores.size == 0 or scores.min() >= 0:
        return np.ones((1, items), np.bool_), number
    for first in range(0, items, _BITS):
        word = np.zeros(pupils, np.int64)
        for place, column in enumerate(scores[first : first + _BITS]):
            word |= (column >= 0).astype(np.int64) << place
        words, numbered = np.unique(word, return_inverse=True)
        # Together with the words before: never more patterns than pupils, so the product stays small.
        _, number = np.unique(number * len(words) + numbered.reshape(-1), return_inverse=True)
        number = number.reshape(-1).astype(np.int64)
    _, example = np.unique(number, return_index=True)
    return np.ascontiguousarray((scores[:, example] >= 0).T), number


def _numbered(codes: Ints, size: int) -> tuple[Ints, Ints]:
    """The codes there are, ascending, and the place of each pupil's code among them."""
    if size > 4 * len(codes) + 1_000_000:
        known, place = np.unique(codes, return_inverse=True)
        return known, place.reshape(-1).astype(np.int64)
    counts = np.bincount(codes, minlength=size)
    place = np.cumsum(counts > 0) - 1
    return np.flatnonzero(counts), place[codes]


def _count(scores: Scores, presented: Bools, pattern: Ints, raw: Ints, cell: Ints) -> GroupedScores:
    items, cells = scores.shape[0], len(pattern)
    top = int(max(scores.max(initial=0), 0))
    slots = top + 2  # the last one for missing answers
    sums = np.zeros((cells, items), np.int64)
    squares = np.zeros_like(sums)
    counts = np.zeros((items, top + 1), np.int64)
    values = np.arange(top + 1)
    inside = cell >= 0
    base = cell * slots if inside.all() else np.where(inside, cell, cells) * slots
    for item, column in enumerate(scores):
        slot = np.where(column < 0, top + 1, column) + base
        table = np.bincount(slot, minlength=(cells + 1) * slots).reshape(-1, slots)[:cells, : top + 1]
        sums[:, item], squares[:, item] = table @ values, table @ values**2
        counts[item] = table.sum(axis=0)
    pupils = np.bincount(cell[inside], minlength=cells)
    return GroupedScores(presented, pattern, raw, pupils, sums, squares, counts)
