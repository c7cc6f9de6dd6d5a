"""Rows of ``rostok gaps`` as they may be printed: computed anew from the numbers a publication shows, hidden cells empty.

Nothing here depends on how many answered an item, but whether a row stands at all (``Printed.is_comparable``): two
regions that differ in that alone leave the same files.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rostok.disclosure import Suppressed
from rostok.pipeline.publish_tables import (
    POINTS,
    Chosen,
    PaperKey,
    PaperNumbers,
    Places,
    Row,
    Unit,
    key_of,
    size_of,
    summed,
    unit_of,
)
from rostok.statistics.intervals import wilson

# Not taught, or without any score of an item, may be so many of a unit's participants in a row that is printed: the
# percent is of all participants, and would say too little of those who were. Five pupils, because then a reader cannot
# tell that there are fewer.
ABSENT_PUPILS = 5
ABSENT_SHARE = 0.05
# Functions of more than the printed numbers, so that they are never printed: a correlation, shares of a few pupils.
NEVER = ("item_rest", "not_attempted_share", "not_taught_share")
OF_POINTS = ("mean_score", "percent_correct", "lower", "upper", "region_percent", "difference", "status")
_ROUNDED = 0.000051  # half of the last digit of a percent, and what a float leaves


@dataclass(frozen=True)
class Printed:
    """One paper after the choice: which numbers of which units and items may be read."""

    paper: PaperKey
    numbers: PaperNumbers
    chosen: Chosen
    places: Places
    confidence: float
    _answered: dict[str, dict[Unit, int]] = field(default_factory=dict, compare=False, repr=False)

    def participants(self, unit: Unit) -> int | None:
        """None where they are hidden."""
        return _shown(self.chosen.sizes, size_of(self.paper, unit))

    def points(self, item: str, unit: Unit) -> int | None:
        """The points of a row that stands; None where they, or the participants, are hidden or nobody wrote."""
        if not self.participants(unit) or not self.is_comparable(item, unit):
            return None
        return _shown(self.chosen.items[item], key_of(self.paper, item, unit, POINTS))

    def percent(self, item: str, unit: Unit) -> float | None:
        """Of all points the unit's participants could get; None where the points are."""
        points, n = self.points(item, unit), self.participants(unit)
        return None if points is None or n is None else 100 * points / (n * self.numbers.items[item].most)

    def is_comparable(self, item: str, unit: Unit) -> bool:
        """Have nearly all participants of the unit answered the item?"""
        cell = self.chosen.sizes.publication.by_key[size_of(self.paper, unit)]
        absent = cell.value - self.answered(item, unit)
        return absent <= max(ABSENT_PUPILS, ABSENT_SHARE * cell.value)

    def answered(self, item: str, unit: Unit) -> int:
        if item not in self._answered:
            self._answered[item] = summed(self.numbers.items[item].answered, self.places)[0]
        return self._answered[item][unit]

    def is_percent_of(self, item: str, unit: Unit, percent: str) -> bool:
        """Is ``percent``, of those who answered, that of the units below ``unit`` that stand here, and of nobody else?

        A region has schools of no municipality, too. Printed beside its municipalities, it would give them away.
        """
        points = self.chosen.items[item].publication.by_key[key_of(self.paper, item, unit, POINTS)]
        answered = self.answered(item, unit)
        if not answered:
            return not percent
        return abs(100 * points.value / (answered * points.most) - float(percent)) < _ROUNDED


def _shown(found: Suppressed, key: tuple[object, ...]) -> int | None:
    return int(found.publication.by_key[key].value) if found.is_shown(key) else None


def printed_row(row: Row, shown: Printed, region: Unit) -> Row:
    """A row of gaps.csv, of the unit's participants, with hidden cells empty."""
    item, unit = row["item"], unit_of(row)
    made = _bare(row, shown)
    of_region = shown.percent(item, region)
    if of_region is not None and not shown.is_percent_of(item, region, row["region_percent"]):
        of_region = None
    if of_region is not None:
        made["region_percent"] = _percent_text(of_region)
    n, points, percent = shown.participants(unit), shown.points(item, unit), shown.percent(item, unit)
    if n is None or points is None or percent is None:
        return made
    made |= _of_points(row, points, n, percent)
    if of_region is not None:
        made["difference"] = _percent_text(percent - of_region)
    if row["unit_level"] == "school" and row["max_score"] == "1":
        lower, upper = wilson(points, n, confidence=shown.confidence)
        made |= {"lower": _percent_text(100 * float(lower)), "upper": _percent_text(100 * float(upper))}
    return made


def printed_skill(row: Row, labels: tuple[str, ...], shown: Printed) -> Row:
    """A row of skills.csv: where every item stands, its points are the sum of theirs and say nothing new."""
    unit = unit_of(row)
    made = _bare(row, shown)
    n, points = shown.participants(unit), [shown.points(label, unit) for label in labels]
    known = [one for one in points if one is not None]
    if n is None or len(known) < len(points):
        return made
    most = sum(shown.numbers.items[label].most for label in labels)
    return made | _of_points(row, sum(known), n, 100 * sum(known) / (n * most))


def _bare(row: Row, shown: Printed) -> Row:
    n = shown.participants(unit_of(row))
    empty = dict.fromkeys((*NEVER, *OF_POINTS), "")
    return row | empty | {"participants": "" if n is None else str(n)}


def _of_points(row: Row, points: int, n: int, percent: float) -> Row:
    return {
        "mean_score": f"{points / n:.6f}",
        "percent_correct": _percent_text(percent),
        "status": row["status"],
    }


def _percent_text(value: float) -> str:
    return f"{value:.4f}"
