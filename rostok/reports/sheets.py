"""A sheet of the workbook: its columns and rows, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# A sheet of more rows takes minutes to write and cannot be read: it keeps the schools that wait for an
# answer, or, if these are too many as well, stays empty. The CSV files always have every row.
MAX_ROWS = 100_000

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """Head, width in characters, and how values are shown: ``text``, ``long``, ``number``, ``share``, ``figure``, ``chance``."""

    head: str
    width: int
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the workbook; ``rows`` are written as they come, ``notes`` under them."""

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value]]
    notes: tuple[str, ...] = ()
