"""Moves between lists and the year before, on six schools worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics.sandbox import Verdicts, moves, year_before


def verdicts(words: str, firmness: tuple[float, ...] | None = None) -> Verdicts:
    """``+`` listed, ``-`` not, ``?`` cannot tell."""
    marks = np.array(list(words))
    return Verdicts(marks == "+", marks != "?", np.array(firmness or (np.nan,) * len(words)))


def test_who_is_no_longer_told_of_leaves_and_who_was_not_enters() -> None:
    found = moves(verdicts("++--??"), verdicts("+?+-+?"))
    assert found.entered.tolist() == [False, False, True, False, True, False]
    assert found.left.tolist() == [False, True, False, False, False, False]


def test_firm_share_is_of_those_listed_whose_firmness_is_known() -> None:
    assert verdicts("+++-", (0.96, 0.5, np.nan, 0.99)).firm_share == 0.5
    assert np.isnan(verdicts("--").firm_share)


def test_year_before_by_hand() -> None:
    now = verdicts("+++--?")
    before = verdicts("+-?++-", (0.9, 0.7, np.nan, 0.6, 0.8, 0.5))
    found = year_before(now, before)
    assert (found.listed, found.listed_before, found.both) == (3, 3, 1)
    assert found.overlap == pytest.approx(1 / 5)  # five schools stand in one list or the other
    assert found.found_earlier == pytest.approx(1 / 2)  # of two that could be told of then
    assert found.recovered == 2
    assert found.recovered_by_chance == pytest.approx(0.1 + 0.4 + 0.2)


def test_nobody_listed_gives_no_shares() -> None:
    found = year_before(verdicts("-"), verdicts("-"))
    assert (found.listed, found.recovered, found.recovered_by_chance) == (0, 0, 0)
    assert np.isnan(found.overlap) and np.isnan(found.found_earlier)
