"""Strings of answers in protocols of ГИА → scores by item.

Brief answers: ``++-+`` with a digit where an item is worth more than a point. Detailed answers:
``2(2)1(2)``, points and their maximum. A protocol does not say what «+» is worth, so it counts as 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from rostok.formats.cells import text_of
from rostok.formats.workbook import Cell
from rostok.schema.scales import NOT_ATTEMPTED, Item

_BRIEF = re.compile(r"[+\-−–0-9]*")
_DETAILED = re.compile(r"(?:(?:\d{1,2}|[-−–XxХх])\(\d{1,2}\))*")
_ONE_DETAILED = re.compile(r"(\d{1,2}|[-−–XxХх])\((\d{1,2})\)")
_Score = TypeVar("_Score", int, tuple[int, int])
_TRIES_NOT = frozenset("XxХх")


@dataclass(frozen=True, slots=True)
class Answers:
    """Scores of a table as items × rows; None = the row says nothing. ``unreadable``: places of rows refused."""

    items: tuple[Item, ...]
    scores: tuple[tuple[int | None, ...], ...]
    unreadable: tuple[tuple[int, str], ...] = ()


def brief(text: str) -> list[int] | None:
    """Scores of a brief string; None when it is not one.

    >>> brief("+-2 +"), brief("++?")
    ([1, 0, 2, 1], None)
    """
    text = "".join(text.split())
    if not _BRIEF.fullmatch(text):
        return None
    return [1 if sign == "+" else int(sign) if sign.isdecimal() else 0 for sign in text]


def detailed(text: str) -> list[tuple[int, int]] | None:
    """Points and maxima of a detailed string, −1 for «X»; None when it is not one.

    >>> detailed("2(2)1(3)Х(2)"), detailed("2(2)1")
    ([(2, 2), (1, 3), (-1, 2)], None)
    """
    text = re.sub(r"[\s;,]", "", text)
    if not _DETAILED.fullmatch(text):
        return None
    return [
        (NOT_ATTEMPTED if points in _TRIES_NOT else int(points) if points.isdecimal() else 0, int(maximum))
        for points, maximum in _ONE_DETAILED.findall(text)
    ]


def parse_answers(briefs: Sequence[Cell], details: Sequence[Cell]) -> Answers:
    """Both columns of a protocol (empty sequences where it has none) as items.

    Brief items are labelled ``1``, ``2`` …, detailed ones ``Р1``, ``Р2`` …: a protocol gives no numbers, and in
    Russian the detailed part is criteria. A row whose points pass the item's maximum, or whose string is none,
    says nothing and is listed.
    """
    unreadable: list[tuple[int, str]] = []
    brief_rows = [_read(brief, cell, place, "brief", unreadable) for place, cell in enumerate(briefs)]
    detail_rows = [_read(detailed, cell, place, "detailed", unreadable) for place, cell in enumerate(details)]
    maxima = _maxima(detail_rows)
    for place, row in enumerate(detail_rows):
        if any(points > maximum for points, maximum in row):
            unreadable.append((place, "detailed"))
            detail_rows[place] = []
    brief_items = [
        (f"{n + 1}", max([1, *(row[n] for row in brief_rows if n < len(row))]))
        for n in range(max(map(len, brief_rows), default=0))
    ]
    labelled = brief_items + [(f"Р{n + 1}", maximum) for n, maximum in enumerate(maxima)]
    items = tuple(
        Item(position, label, maximum) for position, (label, maximum) in enumerate(labelled, start=1)
    )
    points = [[score for score, _ in row] for row in detail_rows]
    scores = [_column(brief_rows, n) for n in range(len(brief_items))]
    scores += [_column(points, n) for n in range(len(maxima))]
    return Answers(items, tuple(scores), tuple(sorted(unreadable)))


def _read(
    parse: Callable[[str], list[_Score] | None],
    cell: Cell,
    place: int,
    name: str,
    unreadable: list[tuple[int, str]],
) -> list[_Score]:
    row = parse(text_of(cell))
    if row is None:
        unreadable.append((place, name))
        return []
    return row


def _maxima(rows: Sequence[Sequence[tuple[int, int]]]) -> list[int]:
    """The largest maximum a position is given anywhere: variants of one exam have the same ones."""
    width = max(map(len, rows), default=0)
    return [max([1, *(row[n][1] for row in rows if n < len(row))]) for n in range(width)]


def _column(rows: Sequence[Sequence[int]], n: int) -> tuple[int | None, ...]:
    return tuple(row[n] if n < len(row) else None for row in rows)
