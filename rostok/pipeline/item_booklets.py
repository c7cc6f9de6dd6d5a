"""Pupils who cannot be counted with the others: their booklet is not said, or its items are not the others' items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.formats.item_tables import BLANK
from rostok.formats.problem_log import LISTED_PER_CODE, ProblemLog, named

Codes = NDArray[np.int16]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Booklets:
    """The column ``column``: ``names`` of booklets, and the place of each pupil's among them, −1 for none."""

    column: str
    names: tuple[str, ...]
    of_pupil: Ints
    first_row: int


def report_without_booklet(codes: Codes, booklet: Ints, column: str, first_row: int, log: ProblemLog) -> int:
    """Name the pupils with scores whose booklet is not said: of which items they are is not known."""
    rows = np.flatnonzero((booklet < 0) & (codes != BLANK).any(axis=0))
    for row in rows[:LISTED_PER_CODE].tolist():
        log.add("pupil-without-booklet", row=row + first_row, column=column)
    if len(rows) > LISTED_PER_CODE:
        next_row = int(rows[LISTED_PER_CODE]) + first_row
        log.add("pupil-without-booklet", row=next_row, column=column, count=len(rows) - LISTED_PER_CODE)
    return len(rows)


def without_booklets(codes: Codes, booklets: Booklets, kept: Bools, log: ProblemLog) -> tuple[Codes, int]:
    """Scores of the ``kept`` booklets only, and how many pupils with scores are left out; both are named.

    Where one column holds other items in another booklet, no figure of the column may hold both, classical
    ones neither; so a pupil without a booklet, who may have written either, goes too.
    """
    out = ~np.append(kept, False)[booklets.of_pupil]  # of pupils without a booklet place −1 is the last
    nowhere = report_without_booklet(codes, booklets.of_pupil, booklets.column, booklets.first_row, log)
    pupils = int((out & (codes != BLANK).any(axis=0)).sum()) - nowhere
    log.add("booklets-left-out", column=booklets.column, values={
        "kept": named([name for name, stays in zip(booklets.names, kept, strict=True) if stays]),
        "others": named([name for name, stays in zip(booklets.names, kept, strict=True) if not stays]),
        "n": pupils,
    })  # fmt: skip
    return np.where(out, codes.dtype.type(BLANK), codes), pupils + nowhere
