"""Publications of the usual shape: categories of pupils in units that lie in larger units."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from rostok.disclosure.publications import Cell, Publication, Relation

SIZE = "n"


def nested(
    table: Hashable, counts: Mapping[str, Mapping[str, int]], parent: Mapping[str, str]
) -> Publication:
    """Counts of the smallest units by category, with every total: of a unit, of a larger unit, of a category.

    ``table`` names what is counted for good (a paper of a year), so that the same table published again has the
    same keys: ``(table, unit, category)``, and ``(table, unit, "n")`` for a unit's pupils. ``parent`` gives each
    unit its larger one, to any depth. Raises ValueError for a larger unit that has counts of its own.

    >>> two = nested("5 класс", {"11": {"«2»": 3, "«3»": 9}, "12": {"«2»": 6, "«3»": 8}}, {"11": "М", "12": "М"})
    >>> {cell.key[1:]: cell.value for cell in two.cells if cell.key[1] == "М"}
    {('М', 'n'): 26, ('М', '«2»'): 9, ('М', '«3»'): 17}
    """
    if both := sorted(set(parent.values()) & set(counts)):
        raise ValueError(f"{both[0]}: a larger unit is the sum of its parts and has no counts of its own")
    categories = tuple(dict.fromkeys(category for held in counts.values() for category in held))
    totals = {unit: {one: held.get(one, 0) for one in categories} for unit, held in counts.items()}
    children: dict[str, list[str]] = {}
    for unit in counts:
        _add_above(unit, totals, parent, children)
    cells, sums = [], []
    for unit, held in totals.items():
        size = (table, unit, SIZE)
        cells.append(Cell(size, sum(held.values())))
        cells += [Cell((table, unit, one), n, of=size) for one, n in held.items()]
        sums.append(Relation(size, tuple((table, unit, one) for one in categories)))
    for unit, parts in children.items():
        for kind in (SIZE, *categories):
            sums.append(Relation((table, unit, kind), tuple((table, part, kind) for part in parts)))
    return Publication(tuple(cells), tuple(sums))


def _add_above(
    unit: str, totals: dict[str, dict[str, int]], parent: Mapping[str, str], children: dict[str, list[str]]
) -> None:
    """Add a smallest unit to every unit it lies in."""
    held, below = totals[unit], unit
    while below in parent:
        above = parent[below]
        inside = children.setdefault(above, [])
        if below not in inside:
            inside.append(below)
        whole = totals.setdefault(above, dict.fromkeys(held, 0))
        for category, count in held.items():
            whole[category] += count
        below = above
