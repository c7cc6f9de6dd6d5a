"""Which cells of a publication are hidden, so that nobody learns anything about a handful of pupils.

First the cells that say too much by themselves (``sensitive``), then others beside them, until no hidden number
can be worked out by subtraction from anything printed now or earlier. ``suppress`` chooses, ``check_safe``
judges any choice, ours or another's, and refuses. The choice is the old linear-programming heuristic of cell
suppression (Kelly, Golden, Assad, Networks 22, 1992; Fischetti, Salazar, Management Science 47, 2001): the
cheapest other table, with whole pupils, in which the number to be protected differs enough; whatever differs in
it is hidden too, and at the end whatever turns out not to be needed is shown again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rostok.disclosure.alternatives import TOLERANCE, Alternatives, Moves
from rostok.disclosure.attack import Interval, Reader
from rostok.disclosure.publications import Cell, Key, Publication, Reason, Suppressed
from rostok.disclosure.ties import changes, tie

# The rule of this project: groups under five pupils never leave the school, nor all-or-none of a group.
MIN_GROUP = 5
# A hidden number must be able to differ by as many pupils: a reader can then never tell that it is under five.
MIN_WIDTH = 5
# A shown cell costs log2(2 + pupils): hiding a large number loses more, but far from in proportion. One that is
# hidden already costs almost nothing, yet enough that short ways are preferred.
HIDDEN_COST = 1e-3


class DisclosureError(ValueError):
    """A publication gives away hidden numbers; ``found`` holds what a reader could work out of each."""

    def __init__(self, found: Mapping[Key, Interval]) -> None:
        self.found = found
        listed = "; ".join(f"{key}: {one.lower:g} to {one.upper:g}" for key, one in list(found.items())[:5])
        super().__init__(f"{len(found)} hidden numbers can be worked out: {listed}")


def sensitive(publication: Publication) -> dict[Key, Reason]:
    """The cells that say too much by themselves.

    A group of 1–4 pupils and everything about it; a count of 0–4 pupils, or of all but 0–4, of any group;
    a sum of scores of zero or of all points there are. A group of nobody says nothing of anybody.
    """
    found = {cell.key: _reason(publication, cell) for cell in publication.cells}
    return {key: reason for key, reason in found.items() if reason is not None}


def _reason(publication: Publication, cell: Cell) -> Reason | None:
    if cell.signed:
        return None
    pupils = publication.pupils(cell)
    if cell.secret or 0 < pupils < MIN_GROUP:
        return Reason.SMALL_GROUP
    if cell.of is None or pupils == 0:
        return None
    return _reason_of_part(cell.value, cell.most * pupils, cell.counts)


def _reason_of_part(value: float, everything: float, counts: bool) -> Reason | None:
    if min(abs(value), abs(everything - value)) <= TOLERANCE:
        return Reason.ALL_OR_NONE
    if counts and min(abs(value), abs(everything - value)) < MIN_GROUP:
        return Reason.SMALL_GROUP
    return None


def _is_sensitive_change(cell: Cell, group: float | None) -> bool:
    """Does the change of a cell between two editions speak of a handful of pupils who came or left?"""
    if group:
        return _reason_of_part(cell.value, cell.most * group, cell.counts) is not None or (
            abs(group) < MIN_GROUP
        )
    return cell.counts and abs(cell.value) < MIN_GROUP


def _secret(publication: Publication, hidden: set[Key], says_much: Mapping[Key, Reason]) -> set[Key]:
    """Those of ``hidden`` that must be protected.

    A number never printed that says nothing by itself (most rests of a total) is nobody's secret.
    """
    return {key for key in hidden if publication.by_key[key].shown or key in says_much}


def _grand_totals(publication: Publication) -> set[Key]:
    """Sums that are no part of a larger sum."""
    parts = {key for relation in publication.relations for key in relation.parts}
    return {relation.total for relation in publication.relations} & publication.by_key.keys() - parts


def suppress(publication: Publication, earlier: Sequence[Suppressed] = ()) -> Suppressed:
    """The publication with the fewest hidden cells we find, safe beside all ``earlier`` ones (first to last).

    The same input gives the same choice. What earlier publications already give away stays hidden and is named
    in ``exposed``. Raises ValueError when a sum does not hold.
    """
    choice = _Choice(publication, earlier)
    choice.protect()
    choice.show_what_need_not_be_hidden()
    return choice.result()


def intervals(suppressed: Suppressed, earlier: Sequence[Suppressed] = ()) -> dict[Key, Interval]:
    """All that each hidden cell could be for a reader of this and the ``earlier`` publications."""
    case = _Case(suppressed.publication, earlier)
    reader = Reader(case.ties, case.free(set(suppressed.hidden)))
    return {
        cell.key: reader.interval(case.ties.column(cell))
        for cell in suppressed.publication.cells
        if cell.key in suppressed.hidden
    }


def check_safe(suppressed: Suppressed, earlier: Sequence[Suppressed] = ()) -> None:
    """Refuse a publication that shows a sensitive cell or lets a hidden one be worked out.

    Every hidden number, and every number hidden earlier, must be able to differ by ``MIN_WIDTH`` pupils, unless
    earlier publications alone give it away. Raises DisclosureError with what a reader finds.
    """
    case = _Case(suppressed.publication, earlier)
    hidden = set(suppressed.hidden)
    reader = Reader(case.ties, case.free(hidden))
    narrow = reader.narrow(case.asked(hidden))
    found = [column for column in narrow if column not in case.exposed(narrow)]
    found += [
        at
        for at, cell in case.own.items()
        if cell.key in case.sensitive.keys() - hidden and at not in case.known
    ]
    if found:
        raise DisclosureError({case.name(column): reader.interval(column) for column in found})


class _Case:
    """One publication beside its predecessors, as columns."""

    def __init__(self, publication: Publication, earlier: Sequence[Suppressed]) -> None:
        self.publication = publication
        self.sensitive = sensitive(publication)
        self.ties = tie([*(one.publication for one in earlier), publication])
        self.own = {self.ties.column(cell): cell for cell in publication.cells}
        self.grand = [self.ties.column(publication.by_key[key]) for key in _grand_totals(publication)]
        before = [(one, cell) for one in earlier for cell in one.publication.cells]
        column = self.ties.column
        self.known = {column(cell) for one, cell in before if one.is_shown(cell.key)}
        self.kept = {column(cell) for one, cell in before if not one.is_shown(cell.key)} - self.known
        self.asked_before = {
            column(one.publication.by_key[key])
            for one in earlier
            for key in _secret(one.publication, set(one.hidden), sensitive(one.publication))
        } - self.known
        self.changes = {at for at, *_ in changes(self.ties)}
        self.sensitive_changes = [
            at for at, cell, _, group in changes(self.ties) if _is_sensitive_change(cell, group)
        ]

    def exposed(self, columns: Sequence[int]) -> set[int]:
        """Those of ``columns`` that even hiding this whole publication would not protect."""
        if not columns:
            return set()
        reader = Reader(self.ties, self.free({cell.key for cell in self.publication.cells}))
        return set(reader.narrow([(column, self.width(column)) for column in columns]))

    def free(self, hidden: set[Key]) -> set[int]:
        """The columns a reader does not know when ``hidden`` of this publication is hidden."""
        now = {at for at, cell in self.own.items() if cell.key in hidden}
        shown = set(self.own) - now
        return (now | self.kept | self.changes) - self.known - shown

    def asked(self, hidden: set[Key]) -> list[tuple[int, float]]:
        """The columns that must be protected, each with the width asked of it."""
        secret = _secret(self.publication, hidden, self.sensitive)
        columns = {at for at, cell in self.own.items() if cell.key in secret} | self.asked_before
        return [(at, self.width(at)) for at in sorted(columns | set(self.sensitive_changes))]

    def width(self, column: int) -> float:
        return MIN_WIDTH * self.ties.cells[column].most

    def name(self, column: int) -> Key:
        return self.ties.cells[column].key


class _Choice:
    """The search: ``reasons`` grows until everything asked is protected, then shrinks where it can.

    ``tables`` are other tables found so far in which only hidden cells differ, ``moved`` those of each column.
    """

    def __init__(self, publication: Publication, earlier: Sequence[Suppressed]) -> None:
        self.case = _Case(publication, earlier)
        self.alternatives = Alternatives(self.case.ties)
        self.exposed: set[int] = set()
        self.tables: dict[int, Moves] = {}
        self.moved: dict[int, set[int]] = {}
        self.reasons = {cell.key: Reason.NOT_SHOWN for cell in publication.cells if not cell.shown}
        self.reasons |= self.case.sensitive
        for at, cell in self.case.own.items():
            if at in self.case.kept:
                self.reasons.setdefault(cell.key, Reason.EARLIER)

    def protect(self) -> None:
        """Hide, until of every hidden number there are two tables that differ enough in it."""
        asked = [column for column, _ in self.case.asked(set(self.reasons))]
        done: set[int] = set()
        while asked:
            for column in asked:
                self._protect(column)
            done.update(asked)
            asked = [column for column, _ in self.case.asked(set(self.reasons)) if column not in done]

    def _protect(self, column: int) -> None:
        if self._is_protected(column, frozenset()):
            return
        width = self.case.width(column)
        found = self.alternatives.around(column, width, self._costs(of_shown=True, of_grand=False))
        found = found or self.alternatives.around(column, width, self._costs(of_shown=True))
        if not found:  # no other table exists, whatever is hidden
            self.exposed.add(column)
        for moves in found:
            self._keep(moves)
            for one in moves:
                if one in self.case.own:
                    self.reasons.setdefault(self.case.own[one].key, Reason.COMPLEMENT)

    def _is_protected(self, column: int, without: frozenset[int] | set[int]) -> bool:
        """Do the tables, but for those ``without``, differ enough in ``column``?"""
        moves = [0.0, *(self.tables[one][column] for one in self.moved.get(column, set()) - without)]
        return max(moves) - min(moves) >= self.case.width(column) - TOLERANCE

    def _keep(self, moves: Moves) -> None:
        number = max(self.tables, default=0) + 1
        self.tables[number] = moves
        for column in moves:
            self.moved.setdefault(column, set()).add(number)

    def _costs(self, of_shown: bool, of_grand: bool = True) -> NDArray[np.float64]:
        """What it costs to let each column move by one; infinite for what a reader knows anyhow.

        Without ``of_grand`` a total that is part of nothing stays as it is. The number everybody quotes and compares
        with is hidden only where nothing else helps: near a small school it would be the cheapest by its cost alone.
        """
        costs = np.full(len(self.case.ties.values), np.inf)
        for column, cell in self.case.own.items() if of_shown else ():
            costs[column] = math.log2(2 + abs(cell.value) / cell.most)
        if not of_grand:
            costs[self.case.grand] = np.inf
        costs[list(self.case.free(set(self.reasons)))] = HIDDEN_COST
        costs[list(self.case.known)] = np.inf
        return costs

    def show_what_need_not_be_hidden(self) -> None:
        """Try to show each cell hidden for others' sake, the largest first."""
        own = self.case.publication.by_key
        chosen = [key for key, reason in self.reasons.items() if reason is Reason.COMPLEMENT]
        for key in sorted(chosen, key=lambda one: -abs(own[one].value)):
            self._try_to_show(key, self.case.ties.column(own[key]))

    def _try_to_show(self, key: Key, column: int) -> None:
        """Show it if of every number whose tables it spoils there are others that leave it alone."""
        lost = set(self.moved.get(column, ()))
        costs = self._costs(of_shown=False)
        costs[column] = np.inf
        asked = {one for one, _ in self.case.asked(set(self.reasons) - {key})} - self.exposed
        for one in sorted(asked & {moved for table in lost for moved in self.tables[table]}):
            if self._is_protected(one, lost):
                continue
            found = self.alternatives.around(one, self.case.width(one), costs)
            if not found:
                return
            for moves in found:
                self._keep(moves)
        del self.reasons[key]
        for table in lost:
            for moved in self.tables.pop(table):
                self.moved[moved].discard(table)

    def result(self) -> Suppressed:
        exposed = frozenset(self.case.own[at].key for at in self.exposed if at in self.case.own)
        return Suppressed(self.case.publication, self.reasons, exposed)
