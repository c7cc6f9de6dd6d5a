"""Several items in one cell of a table: «1, 2, 11.2», as it is read by people and read back by us."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable


def list_of_items(labels: Iterable[str]) -> str:
    """Labels with a comma between; one that has a comma or a quotation mark itself is quoted as in CSV.

    >>> list_of_items(["1", "11.2", "7, а"])
    '1, 11.2, "7, а"'
    """
    return ", ".join(map(_quoted, labels))


def _quoted(label: str) -> str:
    if any(sign in label for sign in ',"\n\r') or label != label.strip():
        return '"' + label.replace('"', '""') + '"'
    return label


def listed_items(text: str) -> tuple[str, ...]:
    """The labels of such a list.

    >>> listed_items('1, 11.2, "7, а"')
    ('1', '11.2', '7, а')
    """
    return tuple(next(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True), ()))
