"""Learning-gap maps on tables small enough to work by hand."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics import gaps
from rostok.statistics.gaps import Threshold, Thresholds
from tests.unit.statistics.paper_sums import BLANK, NOT_TAUGHT, X, paper_sums

# Four pupils, items of 1 and 2 points: «X» is 0 points, blank and not taught are in no base.
FOUR = [(1, 2), (0, X), (1, NOT_TAUGHT), (BLANK, 1)]
MAXIMA = (1, 2)


def test_percent_correct_by_hand() -> None:
    # Item 1: 2 of 3 answers. Item 2: 2 + 0 + 1 of 3 · 2 points.
    found = gaps.percent_correct(paper_sums([FOUR]), MAXIMA)
    assert found[0] == pytest.approx([200 / 3, 50])


def test_percent_of_an_item_nobody_answered_is_missing() -> None:
    assert np.isnan(gaps.percent_correct(paper_sums([[(BLANK, 1), (NOT_TAUGHT, 2)]]), MAXIMA)[0, 0])


def test_sums_of_larger_units_are_sums_of_units() -> None:
    whole = paper_sums([FOUR, [(1, 1)], [(0, 0), (1, 2)]])
    together = whole.grouped(np.array([0, 0, -1]), 1)
    assert together.participants.tolist() == [5]
    assert together.scores.tolist() == paper_sums([[*FOUR, (1, 1)]]).scores.tolist()
    assert together.complete_products.tolist() == paper_sums([[*FOUR, (1, 1)]]).complete_products.tolist()


# --- intervals


def test_one_point_item_has_wilsons_interval() -> None:
    # 8 of 10: Wilson's interval is 0.4902–0.9433 (Newcombe 1998 gives the formula; worked with z = 1.96).
    sums = paper_sums([[(1,)] * 8 + [(0,)] * 2])
    effective = gaps.effective_answers(sums, (1,))
    assert effective[0, 0] == 10
    lower, upper = gaps.interval(sums, (1,), effective)
    assert [lower[0, 0], upper[0, 0]] == pytest.approx([49.02, 94.33], abs=0.01)


def test_scores_between_tell_more_than_right_or_wrong() -> None:
    # Twenty pupils, all near the middle of 0–2: variance ÷ 19 of the share is (20·0.25 − …): 2 at 0, 16 at 1, 2 at 2.
    sums = paper_sums([[(0,)] * 2 + [(1,)] * 16 + [(2,)] * 2])
    # Share: mean 0.5, Σ(d²) = 4 · 0.25 = 1, s² = 1/19; n·p·q/s² = 20 · 0.25 · 19 = 95, times (1.95996/2.09302)².
    assert gaps.effective_answers(sums, (2,))[0, 0] == pytest.approx(
        95 * (1.959964 / 2.093024) ** 2, rel=1e-6
    )


def test_all_alike_count_as_right_or_wrong() -> None:
    # Three pupils with 1 of 2 points do not prove that everybody would have 1.
    assert gaps.effective_answers(paper_sums([[(1,)] * 3]), (2,))[0, 0] == 3


def test_extreme_results_keep_an_interval() -> None:
    sums = paper_sums([[(1, 2)] * 5, [(0, 0)] * 5])
    lower, upper = gaps.interval(sums, MAXIMA, gaps.effective_answers(sums, MAXIMA))
    assert upper[0].tolist() == [100, 100]
    assert lower[1].tolist() == [0, 0]
    # Wilson for 5 of 5: 5 / (5 + 1.96²) = 0.5655.
    assert lower[0] == pytest.approx([56.55, 56.55], abs=0.01)


@pytest.mark.parametrize("chances", [(0.2, 0.2, 0.6), (0.1, 0.8, 0.1), (0.02, 0.08, 0.9), (0.33, 0.34, 0.33)])
@pytest.mark.parametrize("pupils", [5, 10, 30])
def test_interval_covers_the_truth_as_often_as_it_says(chances: tuple[float, ...], pupils: int) -> None:
    """Simulated classes of an item of two points; 3 standard errors of 4,000 draws are one percent."""
    draws = np.random.default_rng(7).multinomial(pupils, np.array(chances) / sum(chances), size=4000)
    sums = _of_counts(draws)
    lower, upper = gaps.interval(sums, (2,), gaps.effective_answers(sums, (2,)))
    truth = 100 * (chances[1] + 2 * chances[2]) / 2 / sum(chances)
    assert np.mean((lower[:, 0] <= truth + 1e-9) & (truth <= upper[:, 0] + 1e-9)) >= 0.94


def _of_counts(draws: np.ndarray) -> gaps.PaperSums:
    n, scores, squares = draws.sum(axis=1), draws @ [0, 1, 2], draws @ [0, 1, 4]
    wide = {"answered": n, "scores": scores, "squares": squares, "not_attempted": 0 * n, "not_taught": 0 * n,
            "complete_scores": scores, "complete_squares": squares, "complete_products": squares}  # fmt: skip
    return gaps.PaperSums(
        participants=n, complete=n, totals=scores, total_squares=squares,
        **{name: value[:, None] for name, value in wide.items()},
    )  # fmt: skip


def test_schools_that_differ_widen_the_interval_of_their_municipality() -> None:
    # Two schools of ten: all right and all wrong. p = 0.5; Σ(y − p·n)² = 25 + 25, S/(S−1) = 2: variance 100/400.
    # Independent pupils: 0.25/20. Effect 0.25 · 20 / 0.25 = 20: the two schools are worth one answer.
    schools = paper_sums([[(1,)] * 10, [(0,)] * 10])
    whole = schools.grouped(np.zeros(2, int), 1)
    effective = gaps.effective_answers(whole, (1,))
    effect = gaps.design_effects(schools, np.zeros(2, int), whole, (1,), effective)
    assert effect[0, 0] == pytest.approx(20)


def test_schools_that_agree_do_not_narrow_it() -> None:
    schools = paper_sums([[(1,)] * 5 + [(0,)] * 5] * 3)
    whole = schools.grouped(np.zeros(3, int), 1)
    assert (
        gaps.design_effects(schools, np.zeros(3, int), whole, (1,), gaps.effective_answers(whole, (1,)))[0, 0]
        == 1
    )


def test_one_school_is_no_cluster_sample() -> None:
    schools = paper_sums([[(1,)] * 5 + [(0,)] * 5])
    whole = schools.grouped(np.zeros(1, int), 1)
    assert (
        gaps.design_effects(schools, np.zeros(1, int), whole, (1,), gaps.effective_answers(whole, (1,)))[0, 0]
        == 1
    )


# --- verdicts


def test_verdict_is_by_the_interval_not_by_the_point() -> None:
    bounds = (np.array([57.0]), np.array([63.0]))
    lower = np.array([[40.0], [40.0], [63.5], [62.0], [np.nan]])
    upper = np.array([[56.9], [57.5], [80.0], [80.0], [np.nan]])
    answered = np.full((5, 1), 30)
    assert gaps.statuses(lower, upper, bounds, answered)[:, 0].tolist() == [-1, 0, 1, 0, 0]


def test_few_answers_decide_nothing() -> None:
    # Three pupils without a point: Wilson's upper bound is z²/(3 + z²) = 56.1 %, under the 57 of level Б.
    sums = paper_sums([[(0,)] * 3, [(0,)] * 9, [(0,)] * 10])
    lower, upper = gaps.interval(sums, (1,), gaps.effective_answers(sums, (1,)))
    assert upper[0, 0] == pytest.approx(56.15, abs=0.005)
    bounds = Thresholds().bounds(["Б"], [1], [(0,)])
    assert gaps.statuses(lower, upper, bounds, sums.answered)[:, 0].tolist() == [0, 0, -1]
    assert gaps.statuses(lower, upper, bounds, sums.answered, least=3)[:, 0].tolist() == [-1, -1, -1]


def test_a_verdict_rests_on_at_least_one_answer() -> None:
    with pytest.raises(ValueError, match="at least one answer"):
        Thresholds(least_answers=0)


def test_thresholds_of_the_recommendations() -> None:
    lower, upper = Thresholds().bounds(["Б", "П", "В", None], [1, 1, 1, 1], [(0,), (1,), (2,), (3,)])
    assert lower[:3].tolist() == [57, 28.5, 28.5]
    assert upper[:3].tolist() == [63, 31.5, 31.5]
    assert np.isnan(lower[3]) and np.isnan(upper[3])


def test_skill_of_two_levels_takes_both_by_their_points() -> None:
    # Б of 1 point and П of 2: (57 + 2 · 28.5) / 3 = 38; (63 + 2 · 31.5) / 3 = 42.
    lower, upper = Thresholds().bounds(["Б", "П"], [1, 2], [(0, 1)])
    assert (lower[0], upper[0]) == (pytest.approx(38), pytest.approx(42))


@pytest.mark.parametrize(("enough", "margin"), [(0, 0), (100, 0), (60, -1), (60, 45), (60, 60)])
def test_impossible_threshold_is_refused(enough: float, margin: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        Threshold(enough, margin)


# --- the paper as a test

# Five pupils, three items of one point: totals 3, 2, 1, 1, 0.
TEST = [(1, 1, 1), (1, 1, 0), (1, 0, 0), (0, 1, 0), (0, 0, 0)]


def test_alpha_and_item_rest_by_hand() -> None:
    found = gaps.paper_statistics(paper_sums([TEST]), 3, least=5)
    # Variances (÷ 4): items 0.3, 0.3, 0.2; totals 1.3. Alpha 3/2 · (1 − 0.8/1.3).
    assert found.mean[0] == pytest.approx(1.4)
    assert found.deviation[0] == pytest.approx(np.sqrt(1.3))
    assert found.alpha[0] == pytest.approx(1.5 * (1 - 0.8 / 1.3))
    assert found.error[0] == pytest.approx(np.sqrt(1.3) * np.sqrt(1 - 1.5 * (1 - 0.8 / 1.3)))
    # The same by numpy from the rows themselves.
    rows = np.array(TEST, float)
    for item in range(3):
        rest = rows.sum(axis=1) - rows[:, item]
        assert found.item_rest[0, item] == pytest.approx(np.corrcoef(rows[:, item], rest)[0, 1])
    # Without item 3: items 0.3 + 0.3, total of two (2, 2, 1, 1, 0) has variance 0.7: 2 · (1 − 0.6/0.7).
    assert found.alpha_if_deleted[0, 2] == pytest.approx(2 * (1 - 0.6 / 0.7))


def test_statistics_are_not_shown_where_papers_are_few() -> None:
    found = gaps.paper_statistics(paper_sums([TEST * 9]), 3)
    assert gaps.MIN_FOR_CORRELATION > 45
    assert (
        np.isnan(found.alpha[0])
        and np.isnan(found.item_rest).all()
        and np.isnan(found.alpha_if_deleted).all()
    )
    assert found.mean[0] == pytest.approx(1.4)


def test_incomplete_papers_are_in_the_percent_but_in_no_correlation() -> None:
    more = [*TEST, (1, BLANK, 1), (0, NOT_TAUGHT, 0)]
    found = gaps.paper_statistics(paper_sums([more]), 3, least=5)
    assert found.alpha[0] == pytest.approx(1.5 * (1 - 0.8 / 1.3))


def test_item_without_variance_has_no_correlation() -> None:
    found = gaps.paper_statistics(paper_sums([[(1, *row) for row in TEST]]), 4, least=5)
    assert np.isnan(found.item_rest[0, 0])
    assert not np.isnan(found.item_rest[0, 1:]).any()


# --- differences


def test_difference_is_to_the_whole_and_tested_against_the_rest() -> None:
    # A school of 50 with 10 right, the rest 150 with 120: whole 130 of 200 = 65 %, difference −45.
    units = paper_sums([[(1,)] * 10 + [(0,)] * 40, [(1,)] * 120 + [(0,)] * 30])
    whole = units.grouped(np.zeros(2, int), 1)
    found = gaps.differences(units, np.zeros(2, int), whole, (1,))
    assert found.difference[:, 0] == pytest.approx([-45, 15])
    # z = (0.2 − 0.8) / sqrt(0.65 · 0.35 · (1/50 + 1/150)) = −7.70: the same for both, of two tests.
    assert found.q[0, 0] == pytest.approx(1.3e-14, rel=0.1)
    assert found.q[0, 0] == found.q[1, 0]


def test_few_pupils_and_rare_failures_are_not_tested() -> None:
    nine = [(0,)] * 9
    units = paper_sums([nine, [(1,)] * 100 + [(0,)] * 100])
    whole = units.grouped(np.zeros(2, int), 1)
    assert np.isnan(gaps.differences(units, np.zeros(2, int), whole, (1,)).q).all()
    # 40 pupils, but only 2 % fail in the whole: 0.8 expected failures.
    rare = paper_sums([[(1,)] * 38 + [(0,)] * 2, [(1,)] * 158 + [(0,)] * 2])
    assert np.isnan(gaps.differences(rare, np.zeros(2, int), rare.grouped(np.zeros(2, int), 1), (1,)).q).all()


def test_without_real_differences_hardly_anything_is_named() -> None:
    """Two hundred schools drawn from one population: at a rate of 5 % a named difference is an exception."""
    random = np.random.default_rng(3)
    named = 0
    for _ in range(40):
        units = paper_sums([[(int(s),) for s in random.random(30) < 0.6] for _ in range(100)])
        found = gaps.differences(units, np.zeros(100, int), units.grouped(np.zeros(100, int), 1), (1,))
        named += bool((found.q <= gaps.FALSE_DISCOVERY_RATE).any())
    assert named <= 6  # 5 % of 40 are 2; six or fewer with probability 0.99


# --- groups by marks


def test_crossing_groups_are_pointed_out_only_beyond_chance() -> None:
    found = gaps.crossing(
        ([0.9, 0.5, 0.4, 0.9], [100, 20, 50, 9]), ([0.5, 0.45, 0.6, 0.1], [100, 20, 50, 100])
    )
    assert found.tolist() == [1, 0, -1, -1]


def test_groups_by_marks_are_told_from_ten_answers_on() -> None:
    # Marks 2 and 3, two items of 2 points: 9 and 100 answers of «2», 100 of «3». Item 2: 150/200 against 80/200.
    answered = np.array([[9, 100], [100, 100]])
    share, crossed = gaps.mark_groups(answered, np.array([[18, 150], [20, 80]]), (2, 2))
    assert np.isnan(share[0, 0])
    assert share[[0, 1, 1], [1, 0, 1]].tolist() == [0.75, 0.1, 0.4]
    assert crossed.tolist() == [[-1, -1], [-1, 1]]


def test_a_skill_is_a_systemic_gap_when_most_of_its_items_are_below() -> None:
    # Skills of items 1–2, 1–3 and 3; the first unit is below in 1 and 3, the second in 2 and 3.
    parts = [(0, 1), (0, 1, 2), (2,)]
    items = np.array([[True, False, True], [False, True, True]])
    # The skill itself: the second unit is not below in 1–3, the first has no verdict in 3.
    skills = np.array([[True, True, False], [True, False, True]])
    counted, named = gaps.systemic(np.hstack([items, skills]), 3, parts)
    assert counted.tolist() == [[1, 2, 1], [1, 2, 1]]
    # Half is not most; and most of the items are not enough where the skill is not below.
    assert named.tolist() == [[False, True, False], [False, False, True]]
    assert gaps.systemic(items, 3, [])[1].shape == (2, 0)
