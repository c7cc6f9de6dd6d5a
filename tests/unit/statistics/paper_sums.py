"""``PaperSums`` from a small table of scores, written again in plain Python: the tests' own reduction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rostok.statistics.item_sums import PaperSums

X, NOT_TAUGHT, BLANK = -1, -2, None
Row = Sequence[int | None]


def paper_sums(units: Sequence[Sequence[Row]]) -> PaperSums:
    """One unit per list of rows, one row per pupil, one column per item."""
    return PaperSums(
        **{name: np.array([_sums(rows)[name] for rows in units], np.int64) for name in _sums(units[0])}
    )


def _sums(rows: Sequence[Row]) -> dict[str, object]:
    columns = list(zip(*rows, strict=True))
    whole = [
        [max(s, 0) for s in row if s is not None]
        for row in rows
        if all(s is not None and s >= X for s in row)
    ]
    totals = [sum(row) for row in whole]
    answered = [[max(s, 0) for s in column if s is not None and s >= X] for column in columns]
    of_whole = [[row[at] for row in whole] for at in range(len(columns))]
    return {
        "participants": len(rows),
        "answered": [len(scores) for scores in answered],
        "scores": [sum(scores) for scores in answered],
        "squares": [sum(s * s for s in scores) for scores in answered],
        "not_attempted": [column.count(X) for column in columns],
        "not_taught": [column.count(NOT_TAUGHT) for column in columns],
        "complete": len(whole),
        "totals": sum(totals),
        "total_squares": sum(t * t for t in totals),
        "complete_scores": [sum(scores) for scores in of_whole],
        "complete_squares": [sum(s * s for s in scores) for scores in of_whole],
        "complete_products": [sum(s * t for s, t in zip(scores, totals, strict=True)) for scores in of_whole],
    }
