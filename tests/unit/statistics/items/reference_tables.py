"""The reference tables of items beside the checkout, and the results other programs have of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np


def table(shared: Path, name: str, items: list[str] | None = None) -> np.ndarray:
    """Items × pupils, −1 for an empty cell; all columns when no items are named."""
    rows = rows_of(shared, name)
    return np.array([[int(row[item] or -1) for row in rows] for item in items or list(rows[0])])


def rows_of(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "reference" / "items" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def results(shared: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "reference" / "items" / name).read_text(encoding="utf-8"))
    return found


def listed(by_item: dict[str, float], items: list[str]) -> np.ndarray:
    return np.array([by_item[item] for item in items])


def every_third_missing(scores: np.ndarray) -> np.ndarray:
    """Three booklets out of a complete table: pupil k lacks the items whose number has the remainder of k by 3."""
    masked = scores.copy()
    for item in range(len(scores)):
        masked[item, np.arange(scores.shape[1]) % 3 == item % 3] = -1
    return masked
