"""Suppression on tables small enough to be done with a pencil."""

from __future__ import annotations

import math

import pytest

from rostok.disclosure import Cell, Publication, Reason, Relation, Suppressed, nested, with_rest
from rostok.disclosure.attack import Interval
from rostok.disclosure.suppression import DisclosureError, check_safe, intervals, sensitive, suppress

MARKS = ("2", "3", "4", "5")


def marks_of(unit: str, counts: tuple[int, ...], year: int = 2021) -> Publication:
    """One school's four marks and their sum."""
    size = (unit, year, "n")
    cells = [Cell(size, sum(counts))]
    cells += [Cell((unit, year, mark), n, of=size) for mark, n in zip(MARKS, counts, strict=True)]
    return Publication(tuple(cells), (Relation(size, tuple((unit, year, mark) for mark in MARKS)),))


def sizes(**schools: int) -> Publication:
    """Participants of schools and of their municipality."""
    cells = (Cell("all", sum(schools.values())), *(Cell(name, n) for name, n in schools.items()))
    return Publication(cells, (Relation("all", tuple(schools)),))


def show_all(publication: Publication) -> Suppressed:
    return Suppressed(publication, {})


def test_nothing_is_hidden_where_every_count_and_every_rest_has_five() -> None:
    assert suppress(marks_of("11", (5, 20, 10, 7))).hidden == {}


def test_a_small_count_takes_the_cheapest_partner_with_it() -> None:
    # 3 of 40 got «2». Alone it would be 40 − 20 − 10 − 7; the smallest of the others goes with it.
    found = suppress(marks_of("11", (3, 20, 10, 7)))
    assert found.hidden == {
        ("11", 2021, "2"): Reason.SMALL_GROUP,
        ("11", 2021, "5"): Reason.COMPLEMENT,
    }
    # 40 − 20 − 10 = 10 pupils are left for the two
    assert intervals(found) == {
        ("11", 2021, "2"): Interval(0, 10),
        ("11", 2021, "5"): Interval(0, 10),
    }
    assert found.shown == {("11", 2021, "n"): 40, ("11", 2021, "3"): 20, ("11", 2021, "4"): 10}


def test_two_small_counts_do_not_protect_each_other() -> None:
    # 1 + 2 = 3 pupils would be left for two marks: still a group under five, so a third mark is hidden
    found = suppress(marks_of("11", (1, 20, 17, 2)))
    assert set(found.hidden) == {("11", 2021, mark) for mark in ("2", "4", "5")}


@pytest.mark.parametrize("counts", [(0, 20, 10, 7), (37, 0, 0, 0)])
def test_none_and_all_of_a_group_are_hidden(counts: tuple[int, ...]) -> None:
    found = suppress(marks_of("11", counts))
    mark = ("11", 2021, "2")
    assert found.hidden[mark] is Reason.ALL_OR_NONE
    assert intervals(found)[mark].width >= 5


def test_all_but_a_few_is_a_small_group_too() -> None:
    group = Publication((Cell("n", 40), Cell("below", 38, of="n")))
    assert sensitive(group) == {"below": Reason.SMALL_GROUP}  # two were not below
    assert intervals(suppress(group)) == {"below": Interval(0, 40)}


def test_a_group_under_five_takes_a_neighbour_with_it() -> None:
    # 56 − 40 − 12 would be 4: the smaller neighbour is hidden, the larger stays
    found = suppress(sizes(a=40, b=4, c=12))
    assert found.hidden == {"b": Reason.SMALL_GROUP, "c": Reason.COMPLEMENT}
    assert intervals(found) == {"b": Interval(0, 16), "c": Interval(0, 16)}


def test_the_grand_total_is_hidden_last() -> None:
    # The only school of A has 3 pupils: 53 of the region less 50 of B. The region alone (53 pupils) would cost less than
    # B with a school of it, but every other table quotes it.
    cells = [Cell(key, n) for key, n in {"R": 53, "A": 3, "B": 50, "a": 3, "b": 20, "c": 30}.items()]
    sums = (Relation("R", ("A", "B")), Relation("A", ("a",)), Relation("B", ("b", "c")))
    found = suppress(Publication(tuple(cells), sums))
    assert set(found.hidden) == {"A", "a", "B", "b"}
    assert intervals(found)["a"] == Interval(0, 23)  # with b they are 53 − 30
    check_safe(found)


def test_a_number_may_be_secret_for_a_reason_of_its_own() -> None:
    # 5 of 40 possible points, but all from three pupils
    cell = Cell("points", 5, of="n", most=2, counts=False, secret=True)
    assert sensitive(Publication((Cell("n", 20), cell))) == {"points": Reason.SMALL_GROUP}


def test_everything_about_a_small_group_is_hidden() -> None:
    found = suppress(marks_of("11", (1, 1, 1, 1)))
    assert set(found.hidden) == {cell.key for cell in found.publication.cells}
    assert intervals(found)["11", 2021, "n"] == Interval(0, math.inf)


def test_an_empty_group_says_nothing_of_anybody() -> None:
    assert suppress(marks_of("11", (0, 0, 0, 0))).hidden == {}


def test_sums_of_scores_protect_the_mean_of_a_small_group() -> None:
    # school b has 3 pupils with 5 of 6 points in all: the sum must not follow from the municipality's either
    cells = [Cell("n", 43), Cell("n a", 20), Cell("n c", 20), Cell("n b", 3)]
    cells += [Cell(f"sum{x}", v, of=f"n{x}", most=2, counts=False) for x, v in
              (("", 55), (" a", 30), (" c", 20), (" b", 5))]  # fmt: skip
    publication = Publication(
        tuple(cells), (Relation("n", ("n a", "n b", "n c")), Relation("sum", ("sum a", "sum b", "sum c")))
    )
    found = suppress(publication)
    assert {"n b", "sum b"} < set(found.hidden)
    assert intervals(found)["sum b"].width >= 5 * 2
    check_safe(found)


def test_a_sum_of_scores_that_says_all_solved_it_is_hidden() -> None:
    publication = Publication((Cell("n", 30), Cell("sum", 60, of="n", most=2, counts=False)))
    assert suppress(publication).hidden == {"sum": Reason.ALL_OR_NONE}


def test_a_rest_that_is_never_printed_is_protected_too() -> None:
    # 50 pupils, two listed schools with 30 and 17: three pupils are elsewhere
    publication = with_rest(
        Publication((Cell("all", 50), Cell("a", 30), Cell("b", 17)), (Relation("all", ("a", "b")),))
    )
    found = suppress(publication)
    assert found.hidden[("rest", "all", "a")] is Reason.SMALL_GROUP
    assert found.hidden["b"] is Reason.COMPLEMENT
    check_safe(found)


def test_a_large_rest_is_nobodys_secret() -> None:
    publication = with_rest(
        Publication((Cell("all", 90), Cell("a", 30), Cell("b", 17)), (Relation("all", ("a", "b")),))
    )
    assert set(suppress(publication).hidden) == {("rest", "all", "a")}


def test_last_year_and_the_change_do_not_give_this_year_away() -> None:
    last = suppress(marks_of("11", (3, 20, 10, 7), 2020))
    hidden_last = ("11", 2020, "2")
    this = marks_of("11", (8, 20, 10, 7), 2021)
    change = Cell("change", 5, signed=True)
    publication = Publication(
        (*this.cells, change), (*this.relations, Relation(("11", 2021, "2"), (hidden_last, "change")))
    )
    found = suppress(publication, [last])
    # 8 − 5 would be the three of last year
    assert set(found.hidden) & {"change", ("11", 2021, "2")}
    check_safe(found, [last])
    with pytest.raises(DisclosureError):
        check_safe(show_all(publication), [last])


def test_an_edition_corrected_by_one_pupil_is_a_group_of_one() -> None:
    first = show_all(marks_of("11", (10, 20, 10, 7)))
    second = suppress(marks_of("11", (11, 20, 10, 7)), [first])
    assert {("11", 2021, "n"), ("11", 2021, "2")} <= set(second.hidden)
    check_safe(second, [first])
    with pytest.raises(DisclosureError):
        check_safe(show_all(second.publication), [first])


def test_the_same_edition_again_is_no_news() -> None:
    first = suppress(marks_of("11", (3, 20, 10, 7)))
    again = suppress(marks_of("11", (3, 20, 10, 7)), [first])
    assert set(again.hidden) == set(first.hidden)


def test_what_was_hidden_for_others_sake_stays_hidden() -> None:
    first = suppress(sizes(a=40, b=4, c=12))
    second = suppress(Publication((Cell("c", 12),)), [first])
    assert second.hidden == {"c": Reason.EARLIER}


def test_what_earlier_publications_give_away_is_named() -> None:
    careless = show_all(sizes(a=40, b=4, c=12))
    again = suppress(sizes(a=40, b=4, c=12), [careless])
    assert again.hidden["b"] is Reason.SMALL_GROUP
    assert again.exposed == {"b"}
    check_safe(again, [careless])  # nothing chosen now could help


def test_the_judge_names_what_a_reader_finds() -> None:
    careless = Suppressed(sizes(a=40, b=4, c=12), {"b": Reason.SMALL_GROUP})
    with pytest.raises(DisclosureError, match="b: 4 to 4") as caught:
        check_safe(careless)
    assert caught.value.found == {"b": Interval(4, 4)}


def test_the_judge_refuses_a_shown_small_group() -> None:
    with pytest.raises(DisclosureError, match="1 hidden numbers"):
        check_safe(show_all(Publication((Cell("a", 3),))))


def test_a_school_is_not_found_through_its_municipality_and_region() -> None:
    counts = {
        "11": {"«2»": 3, "«3»": 20, "«4»": 12},
        "12": {"«2»": 8, "«3»": 15, "«4»": 9},
        "21": {"«2»": 7, "«3»": 16, "«4»": 11},
        "22": {"«2»": 9, "«3»": 10, "«4»": 6},
    }
    parent = {"11": "М1", "12": "М1", "21": "М2", "22": "М2", "М1": "регион", "М2": "регион"}
    publication = nested("5 класс", counts, parent)
    assert publication.by_key["5 класс", "регион", "«2»"].value == 27
    found = suppress(publication)
    # a square: the mark beside it in school 11, and the same two marks of the other school of the municipality
    assert set(found.hidden) == {
        ("5 класс", "11", "«2»"), ("5 класс", "11", "«4»"), ("5 класс", "12", "«2»"), ("5 класс", "12", "«4»"),
    }  # fmt: skip
    check_safe(found)


def test_a_larger_unit_has_no_counts_of_its_own() -> None:
    with pytest.raises(ValueError, match="sum of its parts"):
        nested("p", {"11": {"2": 5}, "М1": {"2": 9}}, {"11": "М1"})


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Cell("a", -1), "below zero"),
        (lambda: Cell("a", 1.5), "count"),
        (lambda: Cell("a", 1, most=0), "at most"),
        (lambda: Relation("a", ("b", "b")), "each once"),
        (lambda: Publication((Cell("a", 1), Cell("a", 2))), "twice"),
        (lambda: Publication((Cell("a", 9, of="b"),)), "group"),
        (lambda: Publication((Cell("b", 8), Cell("a", 9, of="b"))), "more than"),
        (lambda: suppress(Publication((Cell("a", 9), Cell("b", 8)), (Relation("a", ("b",)),))), "sum"),
        (lambda: suppress(Publication((Cell("a", 9),), (Relation("a", ("b",)),))), "no publication"),
    ],
)
def test_impossible_tables_are_refused(build, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()
