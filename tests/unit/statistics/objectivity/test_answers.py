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
    Crossing,
    crossing,
    crossing_p_values,
    spread_between_schools,
    standardised,
)
from rostok.statistics.objectivity.participation import absences
from rostok.statistics.objectivity.patterns import (
    Repeats,
    Usual,
    equal_pairs_between_schools,
    repeat_p_values,
    repeats,
    usual_repeats,
)
from rostok.statistics.objectivity.profiles import chance_of_equal_answers, class_profiles

NAN = float("nan")


def _region_chance(weights: list[np.ndarray]) -> np.ndarray:
    """Of a class whose profile is the region's."""
    return chance_of_equal_answers(weights, np.zeros((1, len(weights))))[:, 0]


def test_chance_of_equal_answers_by_enumeration() -> None:
    # Items of 1, 1 and 2 points with weights of each score; all patterns are listed.
    weights = [np.log([1, 2.0]), np.log([1, 0.5]), np.log([1, 0.3, 0.8])]
    chance = _region_chance(weights)
    for score in range(5):
        ways = [np.exp(sum(w[x] for w, x in zip(weights, pattern, strict=True)))
                for pattern in product(range(2), range(2), range(3)) if sum(pattern) == score]  # fmt: skip
        assert chance[score] == pytest.approx(sum(way**2 for way in ways) / sum(ways) ** 2)


def test_an_item_on_which_everybody_scored_changes_no_chance() -> None:
    # The third item gives 1 or 2 points, never 0: scores move up by one, patterns stay.
    two = [np.zeros(2), np.log([1, 3.0])]
    third = np.array([-np.inf, 0.0, np.log(0.5)])
    moved = _region_chance([*two, third])
    assert moved[0] == 1.0
    assert moved[1:] == pytest.approx(_region_chance([*two, third[1:]]))


def test_chance_of_equal_answers_in_a_class_with_a_profile() -> None:
    # Two equal items, score 1. The second class has odds 2 and 1/2 of them: patterns 10 and 01 as 4 to 1, so two
    # pupils agree with (16 + 1) ÷ 25. A common shift of all items is the level, which the score already says.
    two = [np.zeros(2), np.zeros(2)]
    a = np.log(2)
    chance = chance_of_equal_answers(two, np.array([[0.0, 0.0], [a, -a], [a, a]]))
    assert chance[1].tolist() == pytest.approx([0.5, 17 / 25, 0.5])
    assert chance[[0, 2]] == pytest.approx(np.ones((2, 3)))


def test_chance_of_equal_answers_by_enumeration_with_a_profile_of_partial_credit() -> None:
    weights, profile = [np.log([1, 2.0]), np.log([1, 0.5]), np.log([1, 0.3, 0.8])], [0.7, -0.2, -0.5]
    chance = chance_of_equal_answers(weights, np.array([profile]))[:, 0]
    for score in range(5):
        ways = [np.exp(sum(w[x] + x * p for w, x, p in zip(weights, pattern, profile, strict=True)))
                for pattern in product(range(2), range(2), range(3)) if sum(pattern) == score]  # fmt: skip
        assert chance[score] == pytest.approx(sum(way**2 for way in ways) / sum(ways) ** 2)


def test_profile_of_a_class() -> None:
    # Two items, everybody has one point, half of the 80 pupils on the first. Of the 19 of class 0 all but 3 have it
    # there: 16 against 9.5, variance 19/4 = 4.75. Items 2, so ½. Shares with one more pupil as expected: 16.5 and
    # 3.5 of 20; steepness 19·¼ ÷ 4.75 = 1. Chi-square: ½·2·6.5² ÷ 4.75, of which 1 by chance alone.
    rows = [(0, 0, [1, 0], 16), (0, 0, [0, 1], 3), (1, 1, [1, 0], 24), (1, 1, [0, 1], 37)]
    found = class_profiles(_answers(rows, 2), 2)
    kept = 1 - 4.75 / 6.5**2
    assert found[0] == pytest.approx([0.5 * kept * np.log(16.5 / 3.5), -0.5 * kept * np.log(16.5 / 3.5)])


def test_a_class_that_differs_by_chance_has_no_profile() -> None:
    # 6 of 10 against 5: chi-square ½·2·1 ÷ 2.5 = 0.4, less than its one degree.
    rows = [(0, 0, [1, 0], 6), (0, 0, [0, 1], 4), (1, 1, [1, 0], 44), (1, 1, [0, 1], 46)]
    assert class_profiles(_answers(rows, 2), 2).tolist() == [[0, 0], [0, 0]]


def test_an_item_settled_by_the_score_tells_nothing_of_a_class() -> None:
    # All points of everybody: no class can do better or worse at the same score.
    rows = [(0, 0, [1, 1], 9), (1, 1, [0, 0], 9)]
    assert class_profiles(_answers(rows, 2), 2).tolist() == [[0, 0], [0, 0]]


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
    # different; another class of the same school has the pattern once more, which is no repeat. The others come as
    # a pattern and its opposite, so that no class has a profile beyond chance.
    patterns = [list(p) for p in product((0, 1), repeat=12) if sum(p) == 6]
    mixed = [patterns[place] for one in range(1, 31) for place in (one, 923 - one)]
    rows = [(0, 0, patterns[0], 3), (0, 1, patterns[0], 1)]
    rows += [(0, 0, p, 1) for p in mixed[:17]] + [(1, 2, p, 1) for p in mixed[18:]]
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
    assert usual is not None
    assert usual.factor == pytest.approx(2.0, abs=0.2) and usual.dispersion < 0.1


def test_schools_that_copy_are_seen_where_honest_repeats_are_rare() -> None:
    # 300 schools should show one repeat in a hundred schools; 15 show five. Fitted with these the mean would be
    # 18/300, six times too much, with a dispersion in which they are nothing unusual.
    seen = np.zeros(300)
    seen[:15], seen[15:18] = 5, 1
    found = Repeats(np.full(300, 50.0), np.full(300, 99.0), seen, np.full(300, 0.01))
    usual = usual_repeats(found)
    assert usual is not None and usual.factor < 2
    assert (repeat_p_values(found, usual)[:15] < 1e-6).all()


def test_what_is_usual_cannot_be_said_of_few_schools() -> None:
    few = Repeats(np.full(19, 50.0), np.full(19, 99.0), np.zeros(19), np.ones(19))
    assert usual_repeats(few) is None


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


def test_unevenness_of_a_school() -> None:
    # Three items, everybody has one point: 50, 30 and 20 of 100 pupils. Of the ten of school 0: 2, 6 and 2, so above
    # by −3, 3, 0 with variances 2.5, 2.1, 1.6; hardness 0.5, 0.7, 0.8. Spread of hardness: 2.678 − 4²/6.2; above by
    # hardness: 0.6. Chi-square 9/2.5 + 9/2.1, of which 0.6²/spread lies on the line; one degree is left.
    patterns = ([1, 0, 0], [0, 1, 0], [0, 0, 1])
    rows = [(0, 0, p, n) for p, n in zip(patterns, (2, 6, 2), strict=True)]
    rows += [(1, 1, p, n) for p, n in zip(patterns, (48, 24, 18), strict=True)]
    spread = 2.678 - 16 / 6.2
    chi_square = 9 / 2.5 + 9 / 2.1 - 0.36 / spread
    assert crossing(_answers(rows, 2)).unevenness[0] == pytest.approx(chi_square * spread / 100)


def test_an_uneven_school_is_judged_by_its_own_unevenness() -> None:
    same = np.full(30, 0.01)
    uneven = np.zeros(30)
    uneven[0] = 1.0
    difference = np.concatenate([[2.0, 2.0], np.linspace(-0.1, 0.1, 28)])
    found = standardised(Crossing(np.full(30, 50.0), difference, same, uneven))
    assert found[0] == pytest.approx(
        2.0 - 0.2 / 27
    )  # the middle of all thirty lies between 14 and 15 steps of 0.2/27
    assert found[1] > 10


def test_real_differences_of_most_schools_are_not_moved_by_a_few() -> None:
    rng = np.random.default_rng(2)
    difference = rng.normal(0, np.sqrt(0.04 + 0.01), 2000)
    difference[:100] += 3
    found = Crossing(np.full(2000, 50.0), difference, np.full(2000, 0.01), np.zeros(2000))
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
