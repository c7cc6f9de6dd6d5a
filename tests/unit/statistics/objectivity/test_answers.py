"""Equal patterns, easy and hard items, combination: worked by hand or by enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import cauchy

from rostok.statistics.objectivity.answers import Answers
from rostok.statistics.objectivity.combining import (
    Combination,
    bonferroni,
    cauchy_combination,
    listed,
)
from rostok.statistics.objectivity.crossing import (
    crossing,
    crossing_p_values,
    spread_between_schools,
    standardised,
)
from rostok.statistics.objectivity.participation import absences
from rostok.statistics.objectivity.patterns import (
    Repeats,
    Usual,
    chance_of_equal_answers,
    equal_pairs_between_schools,
    repeat_p_values,
    repeats,
    usual_repeats,
)

NAN = float("nan")


def test_chance_of_equal_answers_by_enumeration() -> None:
    # Items of 1, 1 and 2 points with weights of each score; all patterns are listed.
    weights = [np.log([1, 2.0]), np.log([1, 0.5]), np.log([1, 0.3, 0.8])]
    chance = chance_of_equal_answers(weights)
    for score in range(5):
        ways = [np.exp(sum(w[x] for w, x in zip(weights, pattern, strict=True)))
                for pattern in product(range(2), range(2), range(3)) if sum(pattern) == score]  # fmt: skip
        assert chance[score] == pytest.approx(sum(way**2 for way in ways) / sum(ways) ** 2)


def test_an_item_on_which_everybody_scored_changes_no_chance() -> None:
    # The third item gives 1 or 2 points, never 0: scores move up by one, patterns stay.
    two = [np.zeros(2), np.log([1, 3.0])]
    third = np.array([-np.inf, 0.0, np.log(0.5)])
    moved = chance_of_equal_answers([*two, third])
    assert moved[0] == 1.0
    assert moved[1:] == pytest.approx(chance_of_equal_answers([*two, third[1:]]))


def _answers(rows: list[tuple[int, int, list[int], int]], schools: int) -> Answers:
    school, klass, points, pupils = zip(*rows, strict=True)
    return Answers(
        np.array(school), np.array(klass), np.array(points, dtype=np.int8), np.array(pupils), schools
    )


def test_pairs_between_schools() -> None:
    # Pattern 10: two pupils of school 0, one of school 1; pattern 01: one of school 1. Score 1 everywhere.
    # Pairs of different schools: 2·2 = 4, of them equal 2·1 = 2.
    answers = _answers([(0, 0, [1, 0], 2), (1, 1, [1, 0], 1), (1, 1, [0, 1], 1)], 2)
    equal, pairs = equal_pairs_between_schools(answers)
    assert (equal[1], pairs[1]) == (2, 4)


def test_repeats_count_works_within_a_class() -> None:
    # Twelve items solved by half: a score of 6 has 924 patterns. One class of 20 with 3 equal works and the rest
    # different; another class of the same school has the pattern once more, which is no repeat.
    patterns = [p for p in product((0, 1), repeat=12) if sum(p) == 6]
    rows = [(0, 0, list(patterns[0]), 3), (0, 1, list(patterns[0]), 1)]
    rows += [(0, 0, list(p), 1) for p in patterns[1:18]]
    rows += [(1, 2, list(p), 1) for p in patterns[18:60]]
    found = repeats(_answers(rows, 2), [np.zeros(2)] * 12)
    assert found.seen.tolist() == [2, 0]
    assert found.pairs.tolist() == [20 * 19 / 2, 42 * 41 / 2] and found.pupils.tolist() == [21, 42]
    # None of the 21 × 42 = 882 pairs between schools agree: (0 + 1) ÷ (882 + 1), above the 1 ÷ 924 of the items.
    assert found.expected[0] == pytest.approx(190 / 883)


def test_pupils_without_a_class_are_left_out() -> None:
    patterns = [p for p in product((0, 1), repeat=12) if sum(p) == 6]
    found = repeats(
        _answers([(0, -1, list(patterns[0]), 5), (1, 0, list(patterns[1]), 1)], 2), [np.zeros(2)] * 12
    )
    assert found.seen.tolist() == [0, 0] and found.pairs.tolist() == [0, 0]


def test_repeats_of_a_poisson_region() -> None:
    # Mean 1: P(X ≥ 4) − ½P(4): 1 − e⁻¹(1 + 1 + 1/2 + 1/6) − e⁻¹/48.
    found = Repeats(np.array([25.0, 9.0]), np.array([50.0, 10.0]), np.array([4.0, 9.0]), np.array([1.0, 1.0]))
    p = repeat_p_values(found, Usual(1.0, 0.0))
    assert p[0] == pytest.approx(1 - np.exp(-1) * (8 / 3) - np.exp(-1) / 48)
    assert np.isnan(p[1])


def test_what_is_usual_is_not_moved_by_a_few_schools() -> None:
    rng = np.random.default_rng(1)
    expected = np.full(400, 1.0)
    seen = rng.poisson(2.0 * expected).astype(float)
    seen[:20] = 30
    usual = usual_repeats(Repeats(np.full(400, 50.0), np.full(400, 99.0), seen, expected))
    assert usual.factor == pytest.approx(2.0, abs=0.2) and usual.dispersion < 0.1


def test_hard_items_better_than_elsewhere() -> None:
    # Two items, everyone has one point. Elsewhere 3 of 4 solve the easy one; in school 0 all solve the hard one.
    rows = [(0, 0, [0, 1], 12)]
    rows += [(s, s, [1, 0], 9) for s in range(1, 41)] + [(s, s, [0, 1], 3) for s in range(1, 41)]
    answers = _answers(rows, 41)
    found = crossing(answers)
    # Weights: 1 − share: easy 1 − 360/492, hard 1 − 132/492; a pupil who moves gains their difference 228/492.
    assert found.difference[0] == pytest.approx(0.75 * 228 / 492)
    assert found.difference[1:] == pytest.approx((0.25 - (120 + 12 - 3) / 480) * 228 / 492)
    scores = standardised(found)
    assert np.argmax(scores) == 0


def test_real_differences_of_most_schools_are_not_moved_by_a_few() -> None:
    rng = np.random.default_rng(2)
    from rostok.statistics.objectivity.crossing import Crossing

    difference = rng.normal(0, np.sqrt(0.04 + 0.01), 2000)
    difference[:100] += 3
    found = Crossing(np.full(2000, 50.0), difference, np.full(2000, 0.01))
    assert spread_between_schools(found) == pytest.approx(0.04, rel=0.25)


def test_few_schools_cannot_tell() -> None:
    assert np.isnan(crossing_p_values([np.array([1.0, 2.0, NAN])])).all()


def test_bonferroni_counts_only_tests_that_say_anything() -> None:
    found = bonferroni(np.array([[0.01, 0.5, NAN], [0.4, 0.6, 0.9], [NAN, NAN, NAN]]))
    assert found[:2] == pytest.approx([0.02, 1.0]) and np.isnan(found[2])


def test_cauchy_combination_of_equal_values_is_that_value() -> None:
    found = cauchy_combination(np.array([[0.01, 0.01, 0.01], [1e-12, NAN, NAN], [NAN, NAN, NAN]]))
    assert (
        found[0] == pytest.approx(0.01) and found[1] == pytest.approx(1e-12, rel=1e-6) and np.isnan(found[2])
    )
    # tan((½ − 0.05)π) = 6.3138, tan(0) = 0: mean 3.1569.
    assert cauchy_combination(np.array([[0.05, 0.5]]))[0] == pytest.approx(cauchy.sf(6.313752 / 2), rel=1e-6)


def test_the_list_holds_the_rate_of_benjamini_and_hochberg() -> None:
    # Sorted 0.01, 0.02, 0.9 of three: 0.01 ≤ 0.05/3, 0.02 ≤ 0.05·2/3; the fourth school is unknown and not counted.
    found = listed(np.array([[0.01], [0.9], [0.02], [NAN]]), 0.05, Combination.BONFERRONI)
    assert found.q_value[:3] == pytest.approx([0.03, 0.9, 0.03]) and np.isnan(found.q_value[3])
    assert found.flagged.tolist() == [True, False, True, False]
    with pytest.raises(ValueError, match="rate"):
        listed(np.array([[0.01]]), 0.0)


def test_absences_beyond_the_register() -> None:
    # Thirty schools with 5 absent of 50, thirty rural with 10 of 50; an urban school with 10 stands out, a rural not.
    absent = np.array([5.0] * 30 + [10.0] * 30 + [16.0, 10.0, NAN, 3.0])
    listed_pupils = np.array([50.0] * 63 + [5.0])
    rural = np.array([0.0] * 30 + [1.0] * 30 + [0.0, 1.0, 0.0, 0.0])[:, None]
    found = absences(absent, listed_pupils, rural)
    assert found.flagged.tolist() == [False] * 60 + [True, False, False, False]
    assert found.expected[59] == pytest.approx(0.2, abs=0.002)
    assert np.isnan(found.share[62:]).all()


def test_no_more_schools_lie_above_the_limit_of_absences_than_it_says() -> None:
    """2,5 % of 1,000 schools are 25; chances of absence skewed to the right, as of real schools, gave twice as many."""
    rng = np.random.default_rng(1)
    chance = np.clip(0.08 * np.exp(rng.normal(0, 0.6, 1000)), 0, 1)
    absent = rng.binomial(60, chance).astype(float)
    found = absences(absent, np.full(1000, 60.0), np.zeros((1000, 1)))
    assert 15 <= found.flagged.sum() <= 25
