"""Files of ``rostok gaps`` → the numbers a publication ties together, and back to files with hidden cells empty.

Of a paper the participants of every unit are published, and of each item the sum of their points; all else in a row is
computed from these or left out. How many answered an item is never printed nor computed with: taken from the
participants, it would leave the few who were not taught it. Sums of municipalities and regions stand in the publication
too, printed or not: whoever has another table knows them.
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
PARTICIPANTS, POINTS = "participants", "points"
WHOLE = ""  # stands for the item where a number is of the whole paper
LEDGER_COLUMNS = (*PAPER, "item", "unit_level", "unit_id", "quantity", "value", "most", "reason")

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
    """One item: the most points a pupil can get, and of each unit asked for the points and how many answered."""

    most: int
    points: Mapping[Unit, int]
    answered: Mapping[Unit, int]


@dataclass(frozen=True)
class PaperNumbers:
    """One paper: the participants of each unit asked for, and its items in the order of the file."""

    participants: Mapping[Unit, int]
    items: Mapping[str, ItemNumbers]


@dataclass(frozen=True)
class Chosen:
    """What may be shown of one paper: its participants, and of each item those with its points."""

    sizes: Suppressed
    items: Mapping[str, Suppressed]

    def beside(self, item: str) -> Suppressed:
        """What a reader of ``item`` knows of it; of an item that did not stand here, the participants."""
        return self.items.get(item, self.sizes)


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


def points_of(row: Mapping[str, str]) -> int:
    """The points of a unit: six digits of a mean give them exactly, of less than a million who answered."""
    answered = int(row["participants"])
    return round(float(row["mean_score"]) * answered) if answered else 0


def papers_of(gaps: Iterable[Row], tests: Iterable[Row]) -> dict[PaperKey, PaperNumbers]:
    """Papers in the order of ``gaps``. Raises KeyError for a unit whose participants ``tests`` do not give."""
    participants = {(paper_of(row), unit_of(row)): int(row["participants"]) for row in tests}
    held: dict[PaperKey, dict[str, list[Row]]] = {}
    for row in gaps:
        held.setdefault(paper_of(row), {}).setdefault(row["item"], []).append(row)
    return {
        paper: PaperNumbers(
            {unit_of(row): participants[paper, unit_of(row)] for rows in items.values() for row in rows},
            {item: _item(rows) for item, rows in items.items()},
        )
        for paper, items in held.items()
    }


def _item(rows: list[Row]) -> ItemNumbers:
    return ItemNumbers(
        int(rows[0]["max_score"]),
        {unit_of(row): points_of(row) for row in rows},
        {unit_of(row): int(row["participants"]) for row in rows},
    )


def summed(numbers: Mapping[Unit, int], places: Places) -> tuple[dict[Unit, int], dict[Unit, list[Unit]]]:
    """The number of every unit and of all larger ones, and the parts of these."""
    totals, parts = dict(numbers), defaultdict(list)
    waiting = list(numbers)
    for unit in waiting:  # grows by the larger units
        above = places.above(unit)
        if above is None:
            continue
        if above not in totals:
            totals[above] = 0
            waiting.append(above)
        parts[above].append(unit)
        totals[above] += totals[unit]
    return totals, parts


def sizes_publication(paper: PaperKey, participants: Mapping[Unit, int], places: Places) -> Publication:
    """The participants of every unit and of all larger ones, with every sum."""
    totals, parts = summed(participants, places)
    return _sizes(paper, totals, parts)


def publication(
    paper: PaperKey, item: str, numbers: PaperNumbers, places: Places, sizes: Suppressed, least_group: int
) -> Publication:
    """``sizes`` with the points of an item.

    Points of fewer than ``least_group`` who answered are secret. Where participants are hidden points are not printed.
    """
    found = numbers.items[item]
    points, parts = summed(found.points, places)
    answered, _ = summed(found.answered, places)
    secret = frozenset(unit for unit, n in answered.items() if 0 < n < least_group)
    return _with_points(sizes, paper, item, found.most, points, parts, secret)


def _sizes(paper: PaperKey, totals: Mapping[Unit, int], parts: Mapping[Unit, list[Unit]]) -> Publication:
    cells = tuple(Cell(size_of(paper, unit), n, shown=_is_printed(unit)) for unit, n in totals.items())
    return Publication(cells, _sums(paper, WHOLE, PARTICIPANTS, parts))


def _with_points(
    sizes: Suppressed, paper: PaperKey, item: str, most: int, points: Mapping[Unit, int],
    parts: Mapping[Unit, list[Unit]], secret: frozenset[Unit] = frozenset(),
) -> Publication:  # fmt: skip
    cells = tuple(
        Cell(key_of(paper, item, unit, POINTS), value, size_of(paper, unit), most, most == 1,
             sizes.is_shown(size_of(paper, unit)), secret=unit in secret)
        for unit, value in points.items()
    )  # fmt: skip
    sums = _sums(paper, item, POINTS, parts)
    return Publication((*sizes.publication.cells, *cells), (*sizes.publication.relations, *sums))


def _is_printed(unit: Unit) -> bool:
    return not unit[1].startswith("?")


def _sums(
    paper: PaperKey, item: str, quantity: str, parts: Mapping[Unit, list[Unit]]
) -> tuple[Relation, ...]:
    return tuple(
        Relation(
            key_of(paper, item, above, quantity), tuple(key_of(paper, item, unit, quantity) for unit in units)
        )
        for above, units in parts.items()
    )


def size_of(paper: PaperKey, unit: Unit) -> tuple[object, ...]:
    """The name of the participants of a unit."""
    return key_of(paper, WHOLE, unit, PARTICIPANTS)


def key_of(paper: PaperKey, item: str, unit: Unit, quantity: str) -> tuple[object, ...]:
    """The name of a number for good: the same in every publication."""
    return (*paper, item, *unit, quantity)


# --- the authority's own record


def ledger_rows(chosen: Chosen) -> Iterator[dict[str, object]]:
    """Every number of a paper with the reason it is hidden for; the next publication needs them."""
    for found in (chosen.sizes, *chosen.items.values()):
        for cell in found.publication.cells:
            assert isinstance(cell.key, tuple)
            if cell.of is None and found is not chosen.sizes:
                continue  # the participants stand there once
            values = (*cell.key, int(cell.value), int(cell.most), str(found.hidden.get(cell.key, "")))
            yield dict(zip(LEDGER_COLUMNS, values, strict=True))


def read_ledger(rows: Iterable[Row], places: Places) -> dict[PaperKey, Chosen]:
    """What an earlier run published. Raises KeyError for a record without the participants of a paper."""
    held: dict[PaperKey, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        held[paper_of(row)][row["item"]].append(row)
    return {paper: _kept(paper, items, places.with_municipalities()) for paper, items in held.items()}


def _kept(paper: PaperKey, items: dict[str, list[Row]], places: Places) -> Chosen:
    whole = items.pop(WHOLE)
    totals = {unit_of(row): int(row["value"]) for row in whole}
    parts = _parts(totals, places)
    sizes = Suppressed(_sizes(paper, totals, parts), _reasons(paper, whole))
    return Chosen(
        sizes,
        {
            item: Suppressed(
                _with_points(
                    sizes, paper, item, int(rows[0]["most"]),
                    {unit_of(row): int(row["value"]) for row in rows}, parts,
                ),
                {**sizes.hidden, **_reasons(paper, rows)},
            )
            for item, rows in items.items()
        },
    )  # fmt: skip


def _parts(units: Iterable[Unit], places: Places) -> dict[Unit, list[Unit]]:
    parts: dict[Unit, list[Unit]] = defaultdict(list)
    for unit in units:
        if above := places.above(unit):
            parts[above].append(unit)
    return parts


def _reasons(paper: PaperKey, rows: Iterable[Row]) -> dict[object, Reason]:
    return {
        key_of(paper, row["item"], unit_of(row), row["quantity"]): Reason(row["reason"])
        for row in rows
        if row["reason"]
    }
