"""Conditional likelihood worked by hand, by counting all answers, and by numerical derivatives."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from rostok.statistics.conditional import Parameters, information, likelihood
from rostok.statistics.elementary import leave_one_out, multiply, one
from rostok.statistics.item_scores import group
from rostok.statistics.rasch import NotEstimable, calibrate

RNG = np.random.default_rng(5)


def answers(*blocks: tuple[list[int], int]) -> np.ndarray:
    """Items × pupils from (answers of a pupil, how many such pupils)."""
    return np.array([row for row, times in blocks for _ in range(times)]).T


def counted(weights: np.ndarray, raw: int) -> float:
    """γ by listing all answers."""
    total = 0.0
    for scores in product(*(range(len(row)) for row in weights)):
        if sum(scores) == raw:
            total += float(np.prod([row[score] for row, score in zip(weights, scores, strict=True)]))
    return total


def test_symmetric_functions_are_sums_over_all_answers() -> None:
    weights = np.array([[1, 0.5, 2.0], [1, 3.0, 0.0], [1, 0.2, 0.7], [1, 1.5, 0.4]])
    present = np.ones((4, 1))
    gamma = multiply(one(7, 1), weights, present, range(4))
    found = (gamma.values * np.exp(gamma.log))[:, 0]
    np.testing.assert_allclose(found, [counted(weights, raw) for raw in range(8)], rtol=1e-13)
    for item, rest in leave_one_out(one(7, 1), weights, present):
        others = np.delete(weights, item, axis=0)
        expected = [counted(others, raw) for raw in range(8)]
        np.testing.assert_allclose((rest.values * np.exp(rest.log))[:, 0], expected, rtol=1e-13)


def test_symmetric_functions_of_a_thousand_items_do_not_overflow() -> None:
    """Of n items with weight 1 the functions are binomial coefficients."""
    gamma = multiply(one(1000, 1), np.ones((1000, 2)), np.ones((1000, 1)), range(1000))
    ratio = gamma.values[500, 0] / gamma.values[499, 0]
    assert ratio == pytest.approx(501 / 500, rel=1e-12)
    assert np.log(gamma.values[1, 0]) + gamma.log[0] == pytest.approx(np.log(1000), rel=1e-12)


def test_two_items_by_hand() -> None:
    """Of 40 pupils with one point 30 have it for the first item: the difficulties differ by ln 3."""
    calibration = calibrate(group(answers(([1, 0], 30), ([0, 1], 10), ([1, 1], 7), ([0, 0], 5))).grouped)
    difficulty, error = calibration.difficulties()
    np.testing.assert_allclose(difficulty, [-np.log(3) / 2, np.log(3) / 2], atol=1e-12)
    # The variance of a logarithm of odds is 1/30 + 1/10, half of the difference has a quarter of it.
    np.testing.assert_allclose(error, [np.sqrt(1 / 30 + 1 / 10) / 2] * 2, atol=1e-6)
    assert calibration.log_likelihood == pytest.approx(30 * np.log(0.75) + 10 * np.log(0.25))
    assert calibration.pupils == 40


def test_chain_of_booklets_by_hand() -> None:
    """Two booklets of two items with one in common: each gives its own logarithm of odds."""
    first = answers(([1, 0, -1], 30), ([0, 1, -1], 10))
    second = answers(([-1, 1, 0], 20), ([-1, 0, 1], 5))
    difficulty, error = calibrate(group(np.hstack([first, second])).grouped).difficulties()
    steps = np.log(3), np.log(4)
    expected = np.array([0, steps[0], sum(steps)])
    np.testing.assert_allclose(difficulty, expected - expected.mean(), atol=1e-9)
    # difficulty of the first = −(2·step₁ + step₂)/3
    variance = (4 * (1 / 30 + 1 / 10) + (1 / 20 + 1 / 5)) / 9
    assert error[0] == pytest.approx(np.sqrt(variance), abs=1e-9)


def test_partial_credit_by_hand() -> None:
    """Two items of 0–2 points; pupils with 1 point and with 3 points give one step each, 2 points the third.

    Given 1 point: P(first) ∝ exp(−b11), exp(−b21). Given 3: exp(−b12−b21), exp(−b11−b22). Three odds, three
    free parameters: they are met exactly.
    """
    blocks = (([1, 0], 30), ([0, 1], 10), ([2, 1], 12), ([1, 2], 24), ([2, 0], 9), ([1, 1], 18), ([0, 2], 6))
    calibration = calibrate(group(answers(*blocks)).grouped)
    b = calibration.cumulated
    assert b[1, 1] - b[0, 1] == pytest.approx(np.log(30 / 10), abs=1e-7)
    found = calibration.parameters, calibration.thresholds()[0]
    assert found[1].sum() == pytest.approx(0, abs=1e-12)
    # Pupils with 2 and 3 points share parameters, so only their likelihood equations hold: expected = observed.
    weights = np.exp(-b)
    expected = 0.0  # how many have 2 points for the first item
    for raw, pupils in ((2, 33), (3, 36)):
        ways = {x: weights[0, x] * weights[1, raw - x] for x in range(3) if 0 <= raw - x <= 2}
        expected += pupils * ways[2] / sum(ways.values())
    assert expected == pytest.approx(12 + 9, abs=1e-5)


def test_derivatives_against_differences() -> None:
    """Gradient and exact information of a table with booklets and items of 1 to 3 points."""
    scores = np.stack([RNG.integers(0, top + 1, 400) for top in (1, 3, 2, 1, 2)])
    scores[RNG.random(scores.shape) < 0.3] = -1
    grouped = group(scores).grouped
    parameters = Parameters.of(grouped.category_counts)
    at = RNG.normal(size=len(parameters))
    found = likelihood(grouped, parameters, at)
    exact = information(grouped, parameters, at)
    for place in range(len(parameters)):
        step = np.zeros(len(parameters))
        step[place] = 1e-5
        up, down = (likelihood(grouped, parameters, at + sign * step) for sign in (1, -1))
        assert found.gradient[place] == pytest.approx((up.value - down.value) / 2e-5, abs=1e-4)
        np.testing.assert_allclose(exact[place], (down.gradient - up.gradient) / 2e-5, atol=1e-5)


def test_missing_completely_at_random_lies_about_the_complete_estimate() -> None:
    level = RNG.normal(size=6000)
    true = np.linspace(-1.5, 1.5, 8)
    scores = (RNG.random((8, 6000)) < 1 / (1 + np.exp(true[:, None] - level))).astype(int)
    complete, _ = calibrate(group(scores).grouped).difficulties()
    thinned = np.where(RNG.random(scores.shape) < 0.2, -1, scores)
    some, error = calibrate(group(thinned).grouped).difficulties()
    assert np.abs((some - complete) / error).max() < 3


def test_booklets_that_hold_everything_are_the_complete_table() -> None:
    """Cells split over patterns say together what they say alone: an item nobody has makes no booklet."""
    scores = (RNG.random((5, 300)) < np.linspace(0.3, 0.8, 5)[:, None]).astype(int)
    padded = np.vstack([scores, np.full((1, 300), -1)])
    whole, one_more = calibrate(group(scores).grouped), calibrate(group(padded).grouped)
    np.testing.assert_allclose(one_more.difficulties()[0][:5], whole.difficulties()[0], atol=1e-12)
    assert np.isnan(one_more.difficulties()[0][5])


def test_score_nobody_got_has_no_parameter() -> None:
    """Points doubled: the model of 0 and 2 is that of 0 and 1 with the raw scores of the others doubled too."""
    scores = (RNG.random((4, 500)) < np.linspace(0.3, 0.7, 4)[:, None]).astype(int)
    plain, doubled = calibrate(group(scores).grouped), calibrate(group(scores * 2).grouped)
    assert doubled.parameters.score.tolist() == [2] * 4
    # The threshold over the missing score is the mean of both steps: half of the whole way.
    np.testing.assert_allclose(doubled.thresholds()[0], plain.thresholds()[0] / 2, atol=1e-9)
    assert doubled.log_likelihood == pytest.approx(plain.log_likelihood)


@pytest.mark.parametrize(
    "scores",
    [
        answers(([1, 0], 5), ([1, 1], 3), ([0, 0], 2)),  # who has a point has it for the first
        answers(([1, 0], 5), ([0, 0], 3)),  # nobody solved the second
        answers(([1, 1], 5), ([0, 0], 3)),  # extreme pupils only
        answers(([1], 5), ([0], 3)),
    ],
)
def test_what_has_no_maximum_is_refused(scores: np.ndarray) -> None:
    with pytest.raises(NotEstimable):
        calibrate(group(scores).grouped)


def test_lowest_score_must_be_zero() -> None:
    with pytest.raises(ValueError, match="start at 0"):
        calibrate(group(answers(([1, 2], 3), ([2, 1], 2), ([1, 1], 1))).grouped)


def test_grouping_counts_pupils() -> None:
    scores = np.array([[1, 1, 0, -1, -1], [2, 0, 0, 2, -1]])
    grouping = group(scores)
    grouped = grouping.grouped
    assert grouping.cell[4] == -1  # no score, no cell
    assert grouped.pupils.sum() == 4
    assert grouped.category_counts.tolist() == [[1, 2, 0], [2, 0, 2]]
    assert grouped.maxima.tolist() == [1, 2]
    alone = grouping.cell[3]
    assert grouped.presented[grouped.pattern[alone]].tolist() == [False, True]
    assert grouped.raw_score[alone] == 2
    assert not grouped.informative[alone]


def test_more_items_than_a_word_has_bits() -> None:
    """Patterns of 130 items are told apart by their last item too."""
    scores = np.ones((130, 3), int)
    scores[129, 0] = -1
    scores[0, 1] = -1
    assert len(group(scores).grouped.presented) == 3
