"""Whatever the tables: no hidden number can be worked out, and nothing is hidden for nothing.

Two attackers who share no code with ours: one tries every table of small whole numbers, the other solves the
equations in exact fractions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rostok.disclosure import Cell, Publication, Reason, Relation, Suppressed
from rostok.disclosure.suppression import DisclosureError, check_safe, sensitive, suppress

MOST = 9  # the largest count tried


def square(counts: Sequence[int]) -> Publication:
    """Two schools by two marks, with every total."""
    a, b, c, d = counts
    values = {
        "a2": a,
        "a5": b,
        "b2": c,
        "b5": d,
        "a": a + b,
        "b": c + d,
        "2": a + c,
        "5": b + d,
        "": sum(counts),
    }
    cells = tuple(
        Cell(key, value, of=key[:-1] if key[-1:] in ("2", "5") else None) for key, value in values.items()
    )
    sums = {"a": ("a2", "a5"), "b": ("b2", "b5"), "": ("2", "5"), "2": ("a2", "b2"), "5": ("a5", "b5")}
    return Publication(cells, tuple(Relation(total, parts) for total, parts in sums.items()))


# every table of four whole numbers up to 15: a move of five beyond the largest count fits
ALL = np.indices((MOST + 7,) * 4).reshape(4, -1)


def possible(shown: Mapping[str, int], tables: np.ndarray = ALL) -> dict[str, np.ndarray]:
    """What every cell is in every table that agrees with the shown numbers."""
    a, b, c, d = tables
    every = {
        "a2": a,
        "a5": b,
        "b2": c,
        "b5": d,
        "a": a + b,
        "b": c + d,
        "2": a + c,
        "5": b + d,
        "": a + b + c + d,
    }
    agree = np.ones(tables.shape[1], dtype=bool)
    for key, value in shown.items():
        agree &= every[key] == value
    return {key: values[agree] for key, values in every.items()}


@given(st.tuples(*[st.integers(0, MOST)] * 4))
@settings(max_examples=60)
def test_trying_every_table_leaves_five_pupils_of_doubt(counts: tuple[int, ...]) -> None:
    found = suppress(square(counts))
    held = possible({key: int(value) for key, value in found.shown.items()})
    for key in found.hidden:
        assert held[key].max() - held[key].min() >= 5, (counts, key)
    assert set(sensitive(found.publication)) <= set(found.hidden)


@st.composite
def regions(draw: st.DrawFn) -> Publication:
    """Schools in municipalities in a region, by mark; small counts are common."""
    places = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    marks = draw(st.integers(2, 4))
    count = st.one_of(st.integers(0, 6), st.integers(5, 60))
    table: dict[tuple[str, ...], list[int]] = {}
    children: dict[str, list[str]] = {"region": []}
    for place, schools in enumerate(places):
        children["region"].append(f"m{place}")
        children[f"m{place}"] = [f"m{place}s{school}" for school in range(schools)]
        for school in children[f"m{place}"]:
            table[school,] = draw(st.lists(count, min_size=marks, max_size=marks))
    return publication_of(table, children, marks)


def publication_of(
    table: dict[tuple[str, ...], list[int]], children: dict[str, list[str]], marks: int
) -> Publication:
    for unit in [*(one for one in children if one != "region"), "region"]:
        table[unit,] = [sum(column) for column in zip(*(table[one,] for one in children[unit]), strict=True)]
    cells, sums = [], []
    for (unit,), counts in table.items():
        cells.append(Cell((unit, "n"), sum(counts)))
        cells += [Cell((unit, mark), n, of=(unit, "n")) for mark, n in enumerate(counts)]
        sums.append(Relation((unit, "n"), tuple((unit, mark) for mark in range(marks))))
    for unit, parts in children.items():
        sums += [Relation((unit, kind), tuple((one, kind) for one in parts)) for kind in ("n", *range(marks))]
    return Publication(tuple(cells), tuple(sums))


def determined(found: Sequence[Suppressed]) -> set[object]:
    """Keys of hidden cells that follow from the equations alone, by elimination in exact fractions."""
    shown = {key for one in found for key in one.shown}
    hidden = sorted({cell.key for one in found for cell in one.publication.cells} - shown, key=str)
    place = {key: at for at, key in enumerate(hidden)}
    rows = []
    for one in found:
        for relation in one.publication.relations:
            row = [Fraction(0)] * len(hidden)
            for key, sign in [(relation.total, 1), *((part, -1) for part in relation.parts)]:
                if key in place:
                    row[place[key]] += sign
            rows.append(row)
    return {
        hidden[only[0]] for row in _reduced(rows) if len(only := [at for at, v in enumerate(row) if v]) == 1
    }


def _reduced(rows: list[list[Fraction]]) -> list[list[Fraction]]:
    """Reduced row echelon form: a variable is determined where its row holds nothing else."""
    done: list[list[Fraction]] = []
    width = len(rows[0]) if rows else 0
    for at in range(width):
        pivot = next((row for row in rows if row[at]), None)
        if pivot is None:
            continue
        rows = [row for row in rows if row is not pivot]
        pivot = [value / pivot[at] for value in pivot]
        rows, done = ([_less(row, pivot, at) for row in group] for group in (rows, done))
        done = [*done, pivot]
    return done


def _less(row: list[Fraction], pivot: list[Fraction], at: int) -> list[Fraction]:
    return [value - row[at] * other for value, other in zip(row, pivot, strict=True)] if row[at] else row


@given(regions())
@settings(max_examples=15)
def test_no_hidden_number_follows_from_the_equations(publication: Publication) -> None:
    found = suppress(publication)
    assert determined([found]) == set()
    assert set(sensitive(publication)) <= set(found.hidden)
    check_safe(found)


@given(regions())
@settings(max_examples=15)
def test_nothing_is_hidden_unless_something_says_too_much(publication: Publication) -> None:
    assert bool(suppress(publication).hidden) == bool(sensitive(publication))


@given(regions(), st.data())
@settings(max_examples=12)
def test_a_later_publication_uncovers_nothing(publication: Publication, data: st.DataObject) -> None:
    """Some cells first, then all of them: what was hidden stays hidden, and both together give nothing away."""
    keys = [cell.key for cell in publication.cells if cell.of is None]
    kept = set(data.draw(st.lists(st.sampled_from(keys), min_size=1, unique=True)))
    first = suppress(_cut(publication, kept))
    second = suppress(publication, [first])
    assert set(first.hidden) <= set(second.hidden)
    both = Suppressed(
        publication, {key: why for key, why in second.hidden.items() if not first.is_shown(key)}
    )
    assert determined([both]) <= second.exposed
    check_safe(second, [first])


def _cut(publication: Publication, groups: set[object]) -> Publication:
    """The publication with some units only, and the sums that are whole in it."""
    cells = tuple(cell for cell in publication.cells if (cell.of or cell.key) in groups)
    keys = {cell.key for cell in cells}
    sums = tuple(one for one in publication.relations if {one.total, *one.parts} <= keys)
    return Publication(cells, sums)


@given(regions())
@settings(max_examples=5)
def test_every_number_hidden_for_others_sake_is_needed(publication: Publication) -> None:
    found = suppress(publication)
    for key in (key for key, why in found.hidden.items() if why is Reason.COMPLEMENT):
        fewer = {one: why for one, why in found.hidden.items() if one != key}
        with pytest.raises(DisclosureError):
            check_safe(Suppressed(publication, fewer))


@given(regions())
@settings(max_examples=6)
def test_the_same_table_is_hidden_the_same_way(publication: Publication) -> None:
    assert suppress(publication).hidden == suppress(publication).hidden
