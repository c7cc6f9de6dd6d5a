"""Changes within a series, moves between groups, growth percentiles."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics.growth.linear import quantile_coefficients
from rostok.statistics.growth.percentiles import growth_percentiles, median_of, spline_columns
from rostok.statistics.growth.series import LEAST_POINTS, detect
from rostok.statistics.growth.transitions import grouped, transitions

TIMES = np.arange(1, 31.0)
VALUES = np.round(3 + 0.5 * TIMES + 10 * np.sin(TIMES * TIMES), 3)


@pytest.mark.parametrize(
    ("quantile", "weighted", "expected"),
    [
        (0.1, False, (-6.433666666667, 0.485095238095)), (0.25, False, (-4.463444444444, 0.447722222222)),
        (0.5, False, (0.453, 0.417)), (0.9, False, (11.884875, 0.5364375)),
        (0.25, True, (-4.527407407407, 0.479703703704)), (0.5, True, (2.620523809524, 0.311095238095)),
    ],
)  # fmt: skip
def test_quantile_regression_is_that_of_quantreg(
    quantile: float, weighted: bool, expected: tuple[float, float]
) -> None:
    # R 4.2, quantreg 5.94: rq(Y ~ i, tau, weights = 1 + i %% 3).
    weights = 1 + TIMES % 3 if weighted else np.ones(30)
    found = quantile_coefficients(np.column_stack([np.ones(30), TIMES]), VALUES, weights, quantile)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_a_weight_is_so_many_rows() -> None:
    columns, weights = np.column_stack([np.ones(30), TIMES]), 1 + TIMES % 3
    many = np.repeat(np.arange(30), weights.astype(int))
    np.testing.assert_allclose(
        quantile_coefficients(columns, VALUES, weights, 0.3),
        quantile_coefficients(columns[many], VALUES[many], np.ones(len(many)), 0.3),
        rtol=1e-9,
    )


def test_percentiles_compare_pupils_of_one_earlier_score() -> None:
    # Two earlier scores; later ones 0…99 for each, shifted by 50: the percentile is the later score's place.
    earlier = np.repeat([0.0, 1.0], 100)
    later = np.concatenate([np.arange(100.0), np.arange(100.0) + 50])
    found = growth_percentiles(earlier, later, np.full(200, 3.0))
    np.testing.assert_allclose(found[:100], found[100:], atol=1.0)
    np.testing.assert_allclose(found[:100], np.clip(np.arange(100) + 0.5, 1, 99), atol=1.0)


def test_percentiles_of_whole_points_centre_on_fifty() -> None:
    rng = np.random.default_rng(1)
    level = rng.normal(size=4000)
    pairs = np.stack([rng.binomial(15, 1 / (1 + np.exp(-level))) for _ in range(2)])
    (earlier, later), count = np.unique(pairs, axis=1, return_counts=True)
    found = growth_percentiles(earlier.astype(float), later.astype(float), count.astype(float))
    assert np.average(found, weights=count) == pytest.approx(50, abs=0.5)
    by_score = [np.average(found[earlier == x], weights=count[earlier == x]) for x in range(3, 13)]
    np.testing.assert_allclose(by_score, 50, atol=5)  # of weak and strong alike


def test_percentiles_refuse_a_single_earlier_score_and_few_pupils() -> None:
    with pytest.raises(ValueError, match="too few"):
        growth_percentiles(np.zeros(3), np.arange(3.0), np.full(3, 100.0))
    with pytest.raises(ValueError, match="too few"):
        growth_percentiles(np.arange(3.0), np.arange(3.0), np.full(3, 10.0))


def test_splines_add_up_to_one_and_shrink_to_the_values_there_are() -> None:
    assert spline_columns(np.array([1.0, 2.0]), np.ones(2)).tolist() == [[1, 0], [0, 1]]
    many = spline_columns(np.arange(21.0), np.ones(21))
    np.testing.assert_allclose(many.sum(axis=1), 1)
    assert many.shape == (21, 8)


def test_the_median_has_an_interval_from_six_pupils_on() -> None:
    # Ranks by the binomial: 2…8 of nine (1 − 2·10/512 = 0,961), 1…6 of six (1 − 2/64 = 0,969), none of five.
    nine = median_of(np.arange(1.0, 10), np.ones(9))
    assert (nine.pupils, nine.median, nine.lower, nine.upper) == (9, 5.0, 2.0, 8.0)
    six = median_of(np.arange(1.0, 4), np.full(3, 2.0))
    assert (six.median, six.lower, six.upper) == (2.0, 1.0, 3.0)
    assert np.isnan(median_of(np.arange(1.0, 6), np.ones(5)).lower)
    assert median_of(np.zeros(0), np.zeros(0)).pupils == 0


def test_a_change_is_looked_for_from_five_points_on() -> None:
    values = np.tile([0.0, 0.0, 0.0, 9.0, 9.0, 9.0], (6, 1))
    values[:3] = 0
    values[4, 5], values[5, 4:] = np.nan, np.nan
    found = detect(values, np.full(values.shape, 0.01))
    assert found.points.tolist() == [6, 6, 6, 6, 5, 4]
    assert found.after.tolist()[3:] == [3, 3, -1]
    assert found.size[3] == pytest.approx(9)
    assert np.isnan(found.p_value[5])
    assert LEAST_POINTS == 5


def test_nothing_is_found_where_nothing_changed() -> None:
    rng = np.random.default_rng(4)
    # Years differ by their generations (sd 2) beyond the error of pupils (sd 1): that is no change of the school.
    values = 2 * rng.normal(size=(2000, 6)) + rng.normal(size=(2000, 6))
    found = detect(values, np.ones(values.shape))
    assert found.generations == pytest.approx(4, rel=0.1)
    assert np.mean(found.p_value < 0.05) == pytest.approx(0.05, abs=0.015)
    assert found.changed.sum() <= 3


def test_planted_changes_are_found_where_they_are() -> None:
    values = np.random.default_rng(5).normal(size=(1000, 6))
    values[:40, 3:] += 6
    found = detect(values, np.ones(values.shape))
    assert found.changed[:40].mean() > 0.9
    assert found.changed[40:].sum() <= 4
    assert np.median(found.after[:40]) == 3


def test_groups_are_parts_of_the_schools() -> None:
    assert grouped(np.arange(10.0), 5).tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert grouped(np.zeros(4), 2).tolist() == [0, 0, 0, 0]


def test_moves_by_chance_are_expected_where_nothing_changed() -> None:
    rng = np.random.default_rng(6)
    true, variance = rng.normal(size=800), rng.uniform(0.05, 0.6, 800)
    one, two = (true + np.sqrt(variance) * rng.normal(size=800) for _ in range(2))
    found = transitions(one, variance, two, variance)
    assert found is not None
    stayed, expected = found.stayed
    assert stayed == pytest.approx(expected, abs=40)
    assert np.mean((found.lower <= found.observed) & (found.observed <= found.upper)) >= 0.85
    assert stayed < 0.7 * 800  # and yet a third of the schools changed their group


def test_true_moves_stand_out() -> None:
    rng = np.random.default_rng(8)
    true, variance = rng.normal(size=500), np.full(500, 0.02)
    first = true + np.sqrt(variance) * rng.normal(size=500)
    found = transitions(first, variance, rng.permutation(first), variance)
    assert found is not None
    stayed, expected = found.stayed
    assert stayed < 0.5 * expected


def test_moves_of_a_handful_of_schools_are_not_told() -> None:
    few = np.arange(9.0)
    assert transitions(few, np.ones(9), few, np.ones(9)) is None
