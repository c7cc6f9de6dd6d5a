"""The model of answers: probabilities by hand, totals by enumeration, draws against probabilities."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rostok.schema.assessments import Kind, Subject
from rostok.schema.scales import Item
from rostok.synth import papers
from rostok.synth.blueprints import Blueprint, Condition
from rostok.synth.papers import GRID
from rostok.synth.streams import stream
from rostok.synth.truth import under_curve


def blueprint(*maxima: int, minimum: int, conditions: tuple[Condition, ...] = ()) -> Blueprint:
    items = tuple(Item(n, str(n), most) for n, most in enumerate(maxima, start=1))
    bounds = (minimum, minimum + 1, minimum + 2)
    return Blueprint(Kind.VPR, Subject.MATH, 5, items, minimum, 0.5, 0.8, bounds, conditions)


def at(ability: float) -> int:
    return int(np.argmin(np.abs(GRID - ability)))


def test_one_point_item_is_a_rasch_item() -> None:
    chance = papers.item_probabilities(1.0, 1)
    assert chance[0, at(1.0)] == pytest.approx(0.5)
    # 1 / (1 + e^-1)
    assert chance[0, at(2.0)] == pytest.approx(0.731059, abs=1e-6)


def test_two_point_item_follows_the_partial_credit_model() -> None:
    # Steps at 0.25 and −0.25 around 0; at ability 0 the weights are 1, e^-0.25, e^0 = 1, 0.778801, 1.
    chance = papers.item_probabilities(0.0, 2)
    assert chance[0, at(0.0)] == pytest.approx(1.778801 / 2.778801, abs=1e-6)
    assert chance[1, at(0.0)] == pytest.approx(1 / 2.778801, abs=1e-6)


def test_items_average_to_the_percent_correct_asked_for() -> None:
    paper = papers.calibrate(blueprint(1, 1, 2, 1, 2, 3, minimum=3))
    spread = np.exp(-0.5 * (GRID / 0.8) ** 2)
    points = sum((chance @ spread).sum() / spread.sum() for chance in paper.at_least)
    assert points / 10 == pytest.approx(0.5, abs=0.01)


def test_totals_are_those_of_every_combination() -> None:
    paper = papers.calibrate(blueprint(1, 2, 3, minimum=2))
    place = at(0.4)
    single = []
    for chance in paper.at_least:
        reached = [1.0, *chance[:, place], 0.0]
        single.append([high - low for high, low in itertools.pairwise(reached)])
    expected = np.zeros(7)
    for combination in itertools.product(range(2), range(3), range(4)):
        expected[sum(combination)] += np.prod([row[k] for row, k in zip(single, combination, strict=True)])
    assert papers.totals(paper)[:, place] == pytest.approx(expected)
    assert papers.totals(paper, left_out=(2,))[:, place].sum() == pytest.approx(1.0)
    assert len(papers.totals(paper, left_out=(2,))) == 5  # 0 … 1 + 3 points


def test_draws_follow_the_probabilities() -> None:
    paper = papers.calibrate(blueprint(1, 2, 3, minimum=2))
    drawn = papers.draw(paper, np.full(60_000, 0.4, np.float32), stream(5, "draw"))
    for row, chance in zip(drawn, paper.at_least, strict=True):
        for points, expected in enumerate(chance[:, at(0.4)], start=1):
            # Four standard errors of a share of 60,000.
            assert (row >= points).mean() == pytest.approx(expected, abs=4 * 0.5 / 60_000**0.5)


def test_not_attempted_is_a_part_of_the_zeros() -> None:
    paper = papers.calibrate(blueprint(1, 2, minimum=1))
    drawn = papers.draw(paper, np.full(60_000, -1.0, np.float32), stream(5, "skip"))
    for row, chance, skipped in zip(drawn, paper.at_least, paper.skipped, strict=True):
        assert (row == -1).mean() == pytest.approx(skipped[at(-1.0)], abs=0.01)
        assert (row <= 0).mean() == pytest.approx(1 - chance[0, at(-1.0)], abs=0.01)


def test_condition_of_some_items_lowers_the_chance_to_pass() -> None:
    paper = papers.calibrate(blueprint(1, 1, 1, 1, minimum=2, conditions=(Condition((1, 2), 1, 3),)))
    place = at(0.0)
    p = [chance[0, place] for chance in paper.at_least]
    passed = 0.0
    for answers in itertools.product((0, 1), repeat=4):
        if sum(answers) >= 2 and answers[0] + answers[1] >= 1:
            passed += np.prod([p[i] if right else 1 - p[i] for i, right in enumerate(answers)])
    assert under_curve(paper)[place] == pytest.approx(1 - passed)


def test_lifting_marking_empties_the_scores_under_the_bound() -> None:
    paper = papers.calibrate(blueprint(1, 1, 1, 1, minimum=3))
    totals = papers.totals(paper)[:, at(0.0)]
    # Of those one point short 5 % stay, of those two points short 25 %.
    expected = totals[0] + 0.25 * totals[1] + 0.05 * totals[2]
    assert under_curve(paper, lifted=True)[at(0.0)] == pytest.approx(expected)
