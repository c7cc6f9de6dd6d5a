"""A social index: z-scores, weights, missing indicators, tenths; by hand, by singular values, by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rostok.statistics import context
from rostok.statistics.context import Missing, combine, standardise
from rostok.statistics.context_sensitivity import agreement, jackknife_errors, without

NAN = math.nan
RNG = np.random.default_rng(7)


def test_scores_are_turned_so_that_more_is_better_off() -> None:
    scores = standardise(np.array([[1.0, 10], [2, 20], [3, NAN]]), [-1, 1])
    # Deviations with n − 1 below: 1 and √50; (10 − 15) ÷ √50 = −1/√2.
    np.testing.assert_allclose(scores.z, [[1, -math.sqrt(0.5)], [0, math.sqrt(0.5)], [-1, NAN]])
    assert scores.mean.tolist() == [2, 15] and scores.known.tolist() == [3, 2]


def test_infinities_are_missing_and_far_values_are_drawn_in() -> None:
    values = np.array([0.0] * 50 + [1000.0, math.inf])[:, None]
    scores = standardise(values, [1])
    # Mean 1000/51, deviation √(1000²·(1/51)·(50/51)·51/50) = 1000/√51; the odd one lies (50/51)·√51 = 7 away.
    assert scores.z[50, 0] == 3.0 and scores.limited.tolist() == [1]
    assert scores.z[0, 0] == pytest.approx(-1 / math.sqrt(51))
    assert math.isnan(scores.z[51, 0]) and scores.known.tolist() == [51]


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
def test_scores_do_not_depend_on_the_unit(size: float) -> None:
    values = np.array([[1.0], [2], [6]]) * size
    np.testing.assert_allclose(standardise(values, [1]).z, standardise(values / size, [1]).z)


def test_an_indicator_that_is_the_same_everywhere_tells_nothing() -> None:
    scores = standardise(np.array([[0.1, 1], [0.1, 2], [0.1, 4]]), [1, 1])
    assert np.isnan(scores.z[:, 0]).all() and scores.deviation[0] == 0
    found = combine(scores.z, np.ones(2), least=0.6)
    np.testing.assert_allclose(found.index, scores.z[:, 1])
    assert found.coverage.tolist() == [1, 1, 1]


def test_what_is_missing_by_the_three_rules() -> None:
    z = np.array([[2.0, 1.0, NAN], [0.0, 3.0, -1.0], [NAN, NAN, 4.0]])
    weights = np.array([1.0, 2.0, 1.0])
    known = combine(z, weights, least=0.6)
    # First: (2 + 2·1) ÷ 3; second: (0 + 6 − 1) ÷ 4; third has a quarter of the weight.
    np.testing.assert_allclose(known.index, [4 / 3, 5 / 4, NAN])
    np.testing.assert_allclose(known.coverage, [0.75, 1, 0.25])
    np.testing.assert_allclose(combine(z, weights, least=0.2, rule=Missing.MEAN).index, [1, 5 / 4, 1])
    np.testing.assert_allclose(combine(z, weights, least=0.2, rule=Missing.COMPLETE).index, [NAN, 5 / 4, NAN])
    with pytest.raises(ValueError, match="least share"):
        combine(z, weights, least=0)


def test_principal_component_by_hand() -> None:
    # Correlation 0.6: eigenvalues 1.6 and 0.4, the first along (1, 1).
    x = np.array([1.0, 1, -1, -1] * 5)
    y = 0.6 * x + 0.8 * np.array([1.0, -1, 1, -1] * 5)
    found = context.principal_component(np.column_stack([x, y]))
    np.testing.assert_allclose(found.weights, [math.sqrt(0.5)] * 2)
    assert found.share == pytest.approx(0.8)


@pytest.mark.parametrize("columns", [2, 5, 12])
def test_principal_component_against_singular_values(columns: int) -> None:
    values = RNG.normal(size=(80, columns)) + RNG.normal(size=(80, 1))
    z = standardise(values, [1] * columns, limit=100).z
    found = context.principal_component(z)
    _, singular, rows = np.linalg.svd(z)  # of the data, not of their correlations
    np.testing.assert_allclose(found.weights, rows[0] * np.sign(rows[0].sum()), atol=1e-10)
    assert found.share == pytest.approx(singular[0] ** 2 / (singular**2).sum())


def test_correlations_are_of_those_who_have_both() -> None:
    z = RNG.normal(size=(60, 3)) + RNG.normal(size=(60, 1))
    z[RNG.random(z.shape) < 0.3] = NAN
    found = context.correlations(z)
    for i in range(3):
        for j in range(i):
            both = np.isfinite(z[:, i]) & np.isfinite(z[:, j])
            assert found[i, j] == pytest.approx(np.corrcoef(z[both, i], z[both, j])[0, 1])


def test_an_indicator_against_the_others_gets_a_negative_weight() -> None:
    core = RNG.normal(size=300)
    z = np.column_stack([core + RNG.normal(size=300) * 0.5 for _ in range(3)] + [-core])
    assert (context.principal_component(z).weights < 0).tolist() == [False, False, False, True]


def test_folds_are_the_same_in_any_order_and_of_one_size() -> None:
    keys = [f"s{k}" for k in range(103)]
    folds = dict(zip(keys, context.folds_of(keys), strict=True))
    again = dict(zip(keys[::-1], context.folds_of(keys[::-1]), strict=True))
    assert folds == again
    sizes = np.bincount(list(folds.values()))
    assert len(sizes) == 10 and set(sizes.tolist()) == {10, 11}


def test_regression_finds_the_weights_and_serves_schools_without_results() -> None:
    z = RNG.normal(size=(400, 2))
    results = z @ [3.0, 1.0] + 5
    results[:10] = NAN
    folds = context.folds_of([str(k) for k in range(400)])
    found = context.cross_fitted(z, results, np.ones(400), folds)
    np.testing.assert_allclose(found.weights, np.tile([3.0, 1.0], (400, 1)))
    assert found.used == 390


def test_cross_fitting_does_not_find_what_is_not_there() -> None:
    """Twenty indicators of noise: fitted on all schools they «explain» a fifth of the results, cross-fitted nothing."""
    inside, across = [], []
    for _ in range(40):
        z, results = RNG.normal(size=(100, 20)), RNG.normal(size=100)
        own = context.cross_fitted(z, results, np.ones(100), context.folds_of([str(k) for k in range(100)]))
        index = combine(z, own.weights, least=0.6).index
        across.append(np.corrcoef(index, results)[0, 1])
        fitted = z @ np.linalg.lstsq(z, results)[0]
        inside.append(np.corrcoef(fitted, results)[0, 1])
    assert np.mean(inside) > 0.4
    assert abs(np.mean(across)) < 0.06  # standard error of a mean of 40 correlations of 100 schools: 0.016


def test_regression_weights_of_a_school_do_not_know_its_result() -> None:
    z, results = RNG.normal(size=(60, 3)), RNG.normal(size=60)
    folds = context.folds_of([str(k) for k in range(60)])
    changed = results.copy()
    changed[17] += 1000
    before = context.cross_fitted(z, results, np.ones(60), folds).weights
    after = context.cross_fitted(z, changed, np.ones(60), folds).weights
    same = (before == after).all(axis=1)
    assert same.tolist() == (folds == folds[17]).tolist()


def test_tenths_hold_equal_numbers_and_ties_share_one() -> None:
    index = RNG.permutation(40).astype(float)
    assert np.bincount(context.tenths(index).astype(int)).tolist() == [0, *[4] * 10]
    # All equal: the middle place is the border of the fifth tenth and the sixth.
    assert set(context.tenths(np.zeros(30)).tolist()) == {6.0}
    assert context.tenths(index)[index == 39] == 10 and context.tenths(index)[index == 0] == 1
    assert not context.is_by_tenths(np.arange(19.0)) and context.is_by_tenths(np.arange(20.0))


def test_jackknife_by_hand() -> None:
    # Scores 1 and 3: without the first 3, without the second 1; √(½·(1 + 1)) = 1, as the error of a mean of two.
    z = np.array([[1.0, 3.0, NAN], [2.0, NAN, NAN], [0, 0, 0], [0, 0, 1]])
    base = combine(z, np.ones(3), least=0.1).index
    left = [without(z, np.ones(3), k, least=0.1, rule=Missing.KNOWN).index for k in range(3)]
    np.testing.assert_allclose(jackknife_errors(base, left, np.isfinite(z))[:3], [1.0, NAN, 0])


def test_agreement_by_hand() -> None:
    first = np.arange(20.0)
    assert agreement(first, first * 2 + 1).rank_correlation == pytest.approx(1)
    other = first.copy()
    other[[0, 19]] = other[[19, 0]]
    found = agreement(first, other)
    # Two of twenty change places: Σd² = 2·19², 1 − 6·722 ÷ (20·399) = 0.457; of the lower six one leaves.
    assert found.rank_correlation == pytest.approx(1 - 6 * 722 / 7980)
    assert (found.same, found.moved, found.kept_low) == pytest.approx((0.9, 0.1, 5 / 6))
    assert math.isnan(agreement(np.array([1.0, NAN]), np.array([NAN, 2.0])).same)
