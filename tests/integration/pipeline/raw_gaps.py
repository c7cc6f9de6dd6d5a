"""Learning-gap maps of single schools counted from the raw cells, without anything of the product.

Cells and columns are found by ``raw_region``; what an answer is worth is written again here, one cell at a time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from tests.integration.pipeline.raw_region import Cells, Test, columns_named, is_x, rows_of, whole


@dataclass
class Answers:
    """Answers of one unit to one item."""

    scores: list[int] = field(default_factory=list)
    not_attempted: int = 0
    not_taught: int = 0

    def percent(self, most: int) -> Decimal | None:
        if not self.scores:
            return None
        return Decimal(100 * sum(self.scores)) / (len(self.scores) * most)


@dataclass
class RawUnit:
    """A school or a class: participants, and the answers to each item of the paper in its order."""

    participants: int
    items: list[Answers]


def raw_maps(path: Path, test: Test) -> tuple[dict[str, RawUnit], dict[tuple[str, str], RawUnit]]:
    """Schools, and (school, class as written, upper-cased), of one file."""
    names, *rows = rows_of(path)
    school = columns_named(names, r"user|логин школы")[0]
    class_name = columns_named(names, r"klass|класс")[0]
    total = columns_named(names, r"sum|всего баллов")[0]
    variants = columns_named(names, r"var-\d|вариант")
    items = columns_named(names, r"a-\d+-grade|балл за .+")[: len(test.items)]
    schools: dict[str, RawUnit] = defaultdict(lambda: RawUnit(0, [Answers() for _ in items]))
    classes: dict[tuple[str, str], RawUnit] = defaultdict(lambda: RawUnit(0, [Answers() for _ in items]))
    for row in rows:
        digits = re.sub(r"\D", "", row.get(school, ""))
        if len(digits) == 6 and _wrote(row, variants, total, items, test):
            written = row.get(class_name, "").strip().upper()
            for unit in (schools[digits], classes[digits, written]):
                _add(unit, row, items, test)
    return dict(schools), dict(classes)


def _wrote(row: Cells, variants: list[str], total: str, items: list[str], test: Test) -> bool:
    said = [row[variant] for variant in variants if row.get(variant)]
    if said and all(text.lower().startswith("отсутст") for text in said):
        return False
    points = whole(row.get(total, ""))
    if points is not None and points <= test.maximum:
        return True
    return any(
        _score(row.get(column, ""), most) is not None for column, most in zip(items, test.items, strict=True)
    )


def _add(unit: RawUnit, row: Cells, items: list[str], test: Test) -> None:
    unit.participants += 1
    for answers, column, most in zip(unit.items, items, test.items, strict=True):
        text = row.get(column, "")
        answers.not_attempted += is_x(text)
        answers.not_taught += "пройд" in text.lower()
        score = _score(text, most)
        if score is not None:
            answers.scores.append(score)


def _score(text: str, most: int) -> int | None:
    """«X» is an answer of 0 points; blank, not taught and more than the maximum are none."""
    if is_x(text):
        return 0
    points = whole(text)
    return points if points is not None and points <= most else None
