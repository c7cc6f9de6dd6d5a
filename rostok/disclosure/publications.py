"""What is published: cells, and the sums that tie them together.

A cell is one number about some pupils: how many there are, how many of them got «2», or how many points they
scored together. A relation says that one cell is the sum of others: a region of its municipalities, the
participants of the four marks, two years of each. Keys name a quantity for good: the same key in two
publications is the same quantity, and if its value changed, the change itself can be read from the two.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

Key = Hashable

ROUNDING = 1e-9  # relative error allowed to sums of scores; counts are exact


class Reason(StrEnum):
    """Why a cell is hidden. For the authority only: published, it would tell which of two cells is small."""

    SMALL_GROUP = "small_group"
    ALL_OR_NONE = "all_or_none"
    EARLIER = "earlier"
    COMPLEMENT = "complement"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True)
class Cell:
    """One quantity. ``of`` names the cell with the number of pupils it is about; None: it is that number itself.

    ``most`` is what one pupil can add: 1 for a count, the maximum score for a sum of scores (``counts`` false).
    ``shown`` false: never printed, but a reader may work it out (the rest of a total). ``signed``: may be below
    zero (a change between two years). ``secret``: says too much by itself for a reason the numbers do not show (points
    of all participants, of whom but three answered). Raises ValueError for a value that cannot be.
    """

    key: Key
    value: float
    of: Key | None = None
    most: float = 1.0
    counts: bool = True
    shown: bool = True
    signed: bool = False
    secret: bool = False

    def __post_init__(self) -> None:
        if self.most <= 0:
            raise ValueError(f"{self.key}: one pupil adds at most {self.most}")
        if self.value < 0 and not self.signed:
            raise ValueError(f"{self.key}: {self.value} is below zero")
        if self.counts and self.value != int(self.value):
            raise ValueError(f"{self.key}: {self.value} does not count pupils")


@dataclass(frozen=True, slots=True)
class Relation:
    """``total`` is the sum of ``parts``, which are different cells."""

    total: Key
    parts: tuple[Key, ...]

    def __post_init__(self) -> None:
        if len(set(self.parts)) != len(self.parts) or self.total in self.parts or not self.parts:
            raise ValueError(f"{self.total}: a sum needs parts, each once")


@dataclass(frozen=True)
class Publication:
    """Cells that leave together. Relations may name cells of earlier publications.

    Raises ValueError when a key stands twice or a cell belongs to a group the publication does not give.
    """

    cells: tuple[Cell, ...]
    relations: tuple[Relation, ...] = ()
    by_key: Mapping[Key, Cell] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {cell.key: cell for cell in self.cells}
        if len(by_key) != len(self.cells):
            raise ValueError("a key stands twice in one publication")
        for cell in self.cells:
            if cell.of is not None:
                _check_part(cell, by_key.get(cell.of))
        object.__setattr__(self, "by_key", MappingProxyType(by_key))

    def __reduce__(self) -> tuple[type[Publication], tuple[tuple[Cell, ...], tuple[Relation, ...]]]:
        """How it travels between processes: without ``by_key``, which is made anew."""
        return Publication, (self.cells, self.relations)

    def pupils(self, cell: Cell) -> float:
        """How many pupils a cell is about."""
        return cell.value if cell.of is None else self.by_key[cell.of].value


def _check_part(cell: Cell, group: Cell | None) -> None:
    if group is None or (group.of is not None and not group.counts):
        raise ValueError(f"{cell.key}: the group {cell.of} is not in the publication or not a count")
    if not cell.signed and cell.value > cell.most * group.value * (1 + ROUNDING):
        raise ValueError(f"{cell.key}: {cell.value} is more than {group.value:g} pupils can add")


@dataclass(frozen=True)
class Suppressed:
    """A publication with what is hidden in it, by key, and why.

    ``exposed``: hidden, yet earlier publications already give it away; no choice made now can help.
    """

    publication: Publication
    hidden: Mapping[Key, Reason]
    exposed: frozenset[Key] = frozenset()

    @property
    def shown(self) -> dict[Key, float]:
        """What may be printed."""
        return {cell.key: cell.value for cell in self.publication.cells if cell.key not in self.hidden}

    def is_shown(self, key: Key) -> bool:
        return key in self.publication.by_key and key not in self.hidden


def with_rest(publication: Publication) -> Publication:
    """The publication with a hidden «rest» wherever shown parts do not make up their total.

    Pupils in no listed part are a group too, and its size is the total less the parts.
    """
    cells, relations = list(publication.cells), []
    for relation in publication.relations:
        total, parts = publication.by_key.get(relation.total), _known(publication, relation.parts)
        if total is None or parts is None:
            relations.append(relation)
            continue
        left = total.value - sum(part.value for part in parts)
        if abs(left) <= ROUNDING * max(1.0, abs(total.value)):
            relations.append(relation)
            continue
        rest = ("rest", relation.total, relation.parts[0])
        cells.append(Cell(rest, left, total.of, total.most, total.counts, shown=False, signed=total.signed))
        relations.append(Relation(relation.total, (*relation.parts, rest)))
    return Publication(tuple(cells), tuple(relations))


def _known(publication: Publication, keys: Iterable[Key]) -> list[Cell] | None:
    found = [publication.by_key.get(key) for key in keys]
    return None if None in found else [cell for cell in found if cell is not None]
