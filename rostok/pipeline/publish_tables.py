"""Files of ``rostok gaps`` → the numbers a publication ties together, and back to files with hidden cells empty.

Of each item of a paper two numbers of a unit are published: how many answered and the sum of their points. All
else in a row is computed from them or left out. Sums of municipalities and regions stand in the publication too,
printed or not: whoever has another table knows them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rostok.disclosure import Cell, Publication, Reason, Relation, Suppressed

PAPER = ("kind", "subject", "grade", "year", "wave")
LEVELS = ("school", "municipality", "region")
ANSWERED, POINTS = "answered", "points"
LEDGER_COLUMNS = (*PAPER, "item", "unit_level", "unit_id", "quantity", "value", "most", "reason")
# Functions of more than the two numbers, so that they are never printed: a correlation, the intervals of units whose
# schools differ or whose points are more than one, shares of a few pupils.
NEVER = ("item_rest", "not_attempted_share", "not_taught_share")
_ROUNDED = 0.000051  # half of the last digit of a percent, and what a float leaves
OF_POINTS = ("mean_score", "percent_correct", "lower", "upper", "difference", "status")

PaperKey = tuple[str, ...]
Unit = tuple[str, str]  # level and key
Row = dict[str, str]


@dataclass(frozen=True)
class Places:
    """The municipality ("" = none known) and region of every unit."""

    of: Mapping[Unit, tuple[str, str]]

    def above(self, unit: Unit) -> Unit | None:
        """The next larger unit; schools of no known municipality make up one that is never printed."""
        level = unit[0]
        if level == "region":
            return None
        municipality, region = self.of.get(unit, ("", ""))
        return ("municipality", municipality or f"?{region}") if level == "school" else ("region", region)

    def with_municipalities(self) -> Places:
        """The same with the municipalities of schools as units."""
        found = dict(self.of)
        for (level, _), (municipality, region) in self.of.items():
            if level == "school":
                found.setdefault(("municipality", municipality or f"?{region}"), ("", region))
        return Places(found)


@dataclass(frozen=True)
class ItemNumbers:
    """One item of one paper: the two numbers of each unit asked for, and the most points a pupil can get."""

    most: int
    numbers: Mapping[Unit, tuple[int, int]]


def read_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def paper_of(row: Mapping[str, str]) -> PaperKey:
    return tuple(row[name] for name in PAPER)


def unit_of(row: Mapping[str, str]) -> Unit:
    return row["unit_level"], row["unit_id"]


def numbers_of(row: Mapping[str, str]) -> tuple[int, int]:
    """How many answered and the sum of their points: six digits of a mean give it exactly, of less than a million."""
    answered = int(row["participants"])
    return answered, round(float(row["mean_score"]) * answered) if answered else 0


def items_of(rows: Iterable[Row]) -> dict[PaperKey, dict[str, ItemNumbers]]:
    """Papers and their items in the order of the file."""
    held: dict[PaperKey, dict[str, dict[Unit, tuple[int, int]]]] = {}
    most: dict[tuple[PaperKey, str], int] = {}
    for row in rows:
        paper, item = paper_of(row), row["item"]
        held.setdefault(paper, {}).setdefault(item, {})[unit_of(row)] = numbers_of(row)
        most[paper, item] = int(row["max_score"])
    return {
        paper: {item: ItemNumbers(most[paper, item], numbers) for item, numbers in items.items()}
        for paper, items in held.items()
    }


def publication(
    paper: PaperKey, item: str, found: ItemNumbers, places: Places, closed: frozenset[Unit]
) -> Publication:
    """The two numbers of every unit and of all larger ones, with every sum. Units in ``closed`` are not printed."""
    totals = {unit: list(numbers) for unit, numbers in found.numbers.items()}
    parts: dict[Unit, list[Unit]] = defaultdict(list)
    waiting = list(found.numbers)
    for unit in waiting:  # grows by the larger units
        above = places.above(unit)
        if above is None:
            continue
        if above not in totals:
            totals[above] = [0, 0]
            waiting.append(above)
        parts[above].append(unit)
        for at in (0, 1):
            totals[above][at] += totals[unit][at]
    return _published(paper, item, found.most, totals, parts, closed)


def _published(
    paper: PaperKey, item: str, most: int, totals: Mapping[Unit, list[int]], parts: Mapping[Unit, list[Unit]],
    closed: frozenset[Unit],
) -> Publication:  # fmt: skip
    cells = []
    for unit, (answered, points) in totals.items():
        shown = unit not in closed and not unit[1].startswith("?")
        group = key_of(paper, item, unit, ANSWERED)
        cells.append(Cell(group, answered, shown=shown))
        cells.append(Cell(key_of(paper, item, unit, POINTS), points, group, most, most == 1, shown))
    sums = tuple(
        Relation(key_of(paper, item, above, what), tuple(key_of(paper, item, unit, what) for unit in units))
        for above, units in parts.items()
        for what in (ANSWERED, POINTS)
    )
    return Publication(tuple(cells), sums)


def key_of(paper: PaperKey, item: str, unit: Unit, quantity: str) -> tuple[object, ...]:
    """The name of a number for good: the same in every publication."""
    return (*paper, item, *unit, quantity)


# --- the authority's own record


def ledger_rows(found: Suppressed) -> Iterator[dict[str, object]]:
    """Every number with the reason it is hidden for; the next publication needs them."""
    for cell in found.publication.cells:
        assert isinstance(cell.key, tuple)
        values = (*cell.key, int(cell.value), int(cell.most), str(found.hidden.get(cell.key, "")))
        yield dict(zip(LEDGER_COLUMNS, values, strict=True))


def read_ledger(rows: Iterable[Row], places: Places) -> dict[tuple[PaperKey, str], Suppressed]:
    """The publications an earlier run left, by paper and item."""
    held: dict[tuple[PaperKey, str], list[Row]] = defaultdict(list)
    for row in rows:
        held[paper_of(row), row["item"]].append(row)
    return {key: _kept(key[0], key[1], found, places.with_municipalities()) for key, found in held.items()}


def _kept(paper: PaperKey, item: str, rows: list[Row], places: Places) -> Suppressed:
    totals: dict[Unit, list[int]] = defaultdict(lambda: [0, 0])
    hidden: dict[object, Reason] = {}
    unprinted = set()
    for row in rows:
        unit, quantity = unit_of(row), row["quantity"]
        totals[unit][quantity == POINTS] = int(row["value"])
        if row["reason"]:
            hidden[key_of(paper, item, unit, quantity)] = Reason(row["reason"])
        if row["reason"] == Reason.NOT_SHOWN:
            unprinted.add(unit)
    parts: dict[Unit, list[Unit]] = defaultdict(list)
    for unit in totals:
        above = places.above(unit)
        if above in totals:
            parts[above].append(unit)
    most = max(int(row["most"]) for row in rows)
    return Suppressed(_published(paper, item, most, totals, parts, frozenset(unprinted)), hidden)


# --- what leaves


@dataclass(frozen=True)
class Printed:
    """One paper after the choice: which numbers of which units and items may be read."""

    paper: PaperKey
    found: Mapping[str, Suppressed]

    def is_shown(self, item: str, unit: Unit, quantity: str) -> bool:
        return self.found[item].is_shown(key_of(self.paper, item, unit, quantity))

    def is_open(self, item: str, unit: Unit) -> bool:
        return self.is_shown(item, unit, ANSWERED) and self.is_shown(item, unit, POINTS)

    def is_percent_of(self, item: str, unit: Unit, percent: str) -> bool:
        """Is it the percent of the units below ``unit`` that stand here, and of nobody else?

        A region has schools of no municipality, too. Printed beside its municipalities, it would give them away.
        """
        cells = self.found[item].publication.by_key
        answered, points = (cells[key_of(self.paper, item, unit, what)] for what in (ANSWERED, POINTS))
        if not answered.value:
            return not percent
        return abs(100 * points.value / (answered.value * points.most) - float(percent)) < _ROUNDED


def printed_row(row: Row, shown: Printed, region: Unit) -> Row:
    """A row of gaps.csv with hidden cells empty."""
    item, unit = row["item"], unit_of(row)
    empty = set(NEVER)
    if row["unit_level"] != "school" or row["max_score"] != "1":
        empty |= {"lower", "upper"}
    if not shown.is_shown(item, unit, ANSWERED):
        empty.add("participants")
    if not shown.is_open(item, unit):
        empty.update(OF_POINTS)
    if not shown.is_open(item, region) or not shown.is_percent_of(item, region, row["region_percent"]):
        empty |= {"region_percent", "difference"}
    return {name: "" if name in empty else text for name, text in row.items()}


def printed_skill(row: Row, labels: tuple[str, ...], shown: Printed, numbers: Mapping[str, int]) -> Row:
    """A row of skills.csv: where every item may be read and all were answered alike, its points are their sum.

    ``numbers``: how many answered each item in the unit. Else the difference would be of the few who left one out.
    """
    unit, answered = unit_of(row), int(row["participants"])
    open_ = all(shown.is_open(label, unit) and numbers[label] == answered for label in labels)
    empty = {*NEVER, "lower", "upper", "region_percent", "difference"}
    if not open_:
        empty |= {"participants", *OF_POINTS}
    return {name: "" if name in empty else text for name, text in row.items()}
