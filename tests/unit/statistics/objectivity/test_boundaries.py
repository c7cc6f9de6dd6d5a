"""Windows, curves and p-values of peaks at bounds, worked by hand."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from rostok.statistics.objectivity.battery import Paper, examine
from rostok.statistics.objectivity.boundaries import (
    Peaks,
    beta_binomial,
    correlation_of,
    peak_p_values,
    peaks,
    placebo_windows,
)
from rostok.statistics.objectivity.scores import (
    Window,
    generating_function,
    possible,
    smooth_distribution,
    tilted,
    windows,
)


def test_windows_take_two_scores_below_and_one_above() -> None:
    assert windows((6, 10, 15), 20) == (Window(4, 6, 7, 3), Window(8, 10, 11, 4), Window(13, 15, 16, 5))


def test_windows_of_close_bounds_share_no_score() -> None:
    # Physics of grade 7: «3» from 5, «4» from 8, «5» from 11 of 18.
    assert windows((5, 8, 11), 18) == (Window(3, 5, 5, 3), Window(6, 8, 8, 4), Window(9, 11, 12, 5))


def test_a_bound_at_the_maximum_has_nothing_above() -> None:
    assert windows((3, 6), 6) == (Window(1, 3, 3, 3), Window(4, 6, 6, 4))


def test_a_mark_whose_window_gives_way_does_not_lend_its_name_to_the_next() -> None:
    # «3» from 5, «4» from 6, «5» from 9: nothing lies between 5 and 6, so «4» has no window and «5» stays «5».
    assert windows((5, 6, 9), 12) == (Window(3, 5, 5, 3), Window(7, 9, 10, 5))


def test_scores_below_a_point_everybody_has_are_impossible() -> None:
    # One item always solved, two even ones: 1, 2, 3 points in 1, 2, 1 ways.
    solved = np.array([-np.inf, 0.0])
    assert generating_function([solved, np.zeros(2), np.zeros(2)]).tolist() == [0.0, 0.5, 1.0, 0.5]


def test_rare_scores_of_a_long_paper_keep_their_ways() -> None:
    """Sixty even items: one way to 0 points for C(60, 30) ways to 30; 61 points no answers add up to."""
    gamma = possible(generating_function([np.zeros(2)] * 60), 62)
    assert gamma[0] == pytest.approx(1 / comb(60, 30), rel=1e-9)
    assert gamma[61] == 1e-12


def test_works_at_bounds_are_those_of_their_marks() -> None:
    counts = np.tile(np.arange(1, 14), (2, 1))  # two schools, score r has r + 1 works in each
    found = examine(Paper(counts, (5, 6, 9)))
    assert dict(zip(found.marks, found.at_bounds.tolist(), strict=True)) == {3: 12.0, 5: 20.0}


def test_placebo_windows_touch_no_bound() -> None:
    chosen = windows((18, 29, 39), 45)
    taken = {score for w in chosen for score in range(w.first, w.last + 1)}
    assert placebo_windows(chosen, 45)
    for window in placebo_windows(chosen, 45):
        assert taken.isdisjoint(range(window.first, window.last + 1))


def test_ways_to_a_score_by_two_equal_items() -> None:
    assert generating_function([np.zeros(2), np.zeros(2)]).tolist() == [0.5, 1.0, 0.5]


def test_an_item_of_two_points_that_is_all_or_nothing_makes_a_lump() -> None:
    # (1 + z)(1 + 0·z + z²) = 1 + z + z² + z³: score 2 is as likely as score 1, not rarer.
    item = np.array([0.0, -np.inf, 0.0])
    assert generating_function([np.zeros(2), item]).tolist() == [1.0, 1.0, 1.0, 1.0]


def test_the_curve_does_not_see_a_peak_inside_a_window() -> None:
    r = np.arange(21)
    honest = 1000 * np.exp(-0.5 * ((r - 11) / 4) ** 2)
    moved = honest.copy()
    moved[6] += moved[4] + moved[5]
    moved[4] = moved[5] = 0
    curve = smooth_distribution(moved, np.ones(21), [Window(4, 6, 7)])
    assert curve == pytest.approx(honest / honest.sum(), abs=1e-9)


def test_a_curve_through_too_few_scores_is_refused() -> None:
    counts = np.zeros(21)
    counts[[3, 8]] = 5
    assert np.isnan(smooth_distribution(counts, np.ones(21), [])).all()


def test_tilting_moves_the_mean_and_keeps_log_ratios() -> None:
    # Of three equally likely scores: f ∝ 1, t, t².
    found = tilted(np.ones(3) / 3, np.array([1.0, 1.5, np.nan]))
    assert found[0] == pytest.approx([1 / 3] * 3)
    assert found[1] @ np.arange(3) == pytest.approx(1.5)
    assert found[1][1] ** 2 == pytest.approx(found[1][0] * found[1][2])
    assert np.isnan(found[2]).all()


def test_beta_binomial_with_one_third_is_uniform_over_three() -> None:
    assert beta_binomial(2, 0.5, 1 / 3) == pytest.approx([1 / 3] * 3)


def _peaks(at: list[float], around: list[float], share: list[float]) -> Peaks:
    values = [np.array([row]) for row in (at, around, share)]
    return Peaks(*values, np.full((1, len(at)), np.inf))


def test_mid_p_of_one_window() -> None:
    # Binomial(20, ½): P(X > 15) = 6196/2²⁰ = 0.005909, P(15) = 15504/2²⁰ = 0.014786.
    assert peak_p_values(_peaks([15], [20], [0.5]), 0.0)[0] == pytest.approx((6196 + 15504 / 2) / 2**20)


def test_windows_are_pooled_by_exact_convolution() -> None:
    # Two windows of 10 with share ½ are one of 20.
    assert peak_p_values(_peaks([8, 7], [10, 10], [0.5, 0.5]), 0.0)[0] == pytest.approx(
        (6196 + 15504 / 2) / 2**20
    )


def test_few_works_cannot_tell() -> None:
    assert np.isnan(peak_p_values(_peaks([9, 9], [10, 9], [0.5, 0.5]), 0.0)[0])
    assert np.isnan(peak_p_values(_peaks([15], [30], [float("nan")]), 0.0)[0])


def test_likeness_of_works_from_placebo_windows() -> None:
    # x = 0 or 10 of 10 with share ½: (x − 5)²/2.5 = 10 = 1 + 9ρ → ρ = 1, stopped at one half.
    assert correlation_of(_peaks([0, 10], [10, 10], [0.5, 0.5])) == 0.5
    # x = 5 ± 2 of 10: 4/2.5 = 1.6 = 1 + 9ρ → ρ = 1/15; x = 5: less than chance → 0.
    assert correlation_of(_peaks([3, 7], [10, 10], [0.5, 0.5])) == pytest.approx(1 / 15)
    assert correlation_of(_peaks([5, 5], [10, 10], [0.5, 0.5])) == 0.0


def test_the_larger_expectation_is_taken() -> None:
    # The whole region lifts alike, so a school that lifts as all do is no exception, although the curve says so.
    r = np.arange(21)
    density = np.exp(-0.5 * ((r - 11) / 4) ** 2)
    density[6] += density[4] + density[5]
    density[4] = density[5] = 0.01
    counts = np.tile(np.rint(60 * density / density.sum() * 2), (40, 1)).astype(int)
    chosen = windows((6,), 20)
    found = peaks(counts, chosen, None)
    curve = smooth_distribution(counts.sum(axis=0).astype(float), np.ones(21), chosen)
    by_curve = curve[6] / curve[4:8].sum()
    assert (found.share[:, 0] > by_curve + 0.2).all()
    assert abs(found.excess).max() < 1


def test_a_region_of_one_school_cannot_tell() -> None:
    counts = np.rint(100 * np.exp(-0.5 * ((np.arange(21) - 11) / 4) ** 2)).astype(int)[None, :]
    assert np.isnan(peak_p_values(peaks(counts, windows((6, 10, 15), 20), None), 0.0)).all()
