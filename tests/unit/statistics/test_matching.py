"""Similar schools: distances by hand and by scipy, neighbours by brute force, verdicts by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import mahalanobis

from rostok.schema.verdicts import Verdict
from rostok.statistics.matching import (
    Distance,
    against_group,
    compare,
    distances,
    metric_of,
    nearest,
    nearest_of_all,
)

NAN = math.nan
RNG = np.random.default_rng(5)


def region(schools: int = 60, indicators: int = 4, missing: float = 0.0) -> np.ndarray:
    z = RNG.normal(size=(schools, indicators)) + 0.7 * RNG.normal(size=(schools, 1))
    z[RNG.random(z.shape) < missing] = NAN
    return z


def test_weighted_euclid_by_hand() -> None:
    z = np.array([[0.0, 0], [1, 1], [2, 0], [0, NAN]])
    metric = metric_of(z, np.array([3.0, 1]), Distance.EUCLID)
    # √((3·1 + 1·1) ÷ 4) = 1; √(3·4 ÷ 4) = √3; the last has three quarters of the weight, and is 0 away there.
    np.testing.assert_allclose(distances(z, 0, metric), [NAN, 1, math.sqrt(3), 0])
    assert math.isnan(distances(z, 0, metric, least=0.8)[3])


def test_mahalanobis_against_scipy() -> None:
    z = region()
    metric = metric_of(z, np.ones(4), Distance.MAHALANOBIS)
    inverse = np.linalg.inv(np.cov(z.T))
    told = [mahalanobis(z[3], row, inverse) / 2 for row in z]  # ÷ √4: per indicator
    told[3] = NAN
    np.testing.assert_allclose(distances(z, 3, metric), told)


def test_indicators_that_repeat_each_other_count_once() -> None:
    z = region(indicators=2)
    twice = np.column_stack([z, z[:, 1]])
    metric = metric_of(twice, np.ones(3), Distance.MAHALANOBIS)
    assert metric.rank == 2
    once = distances(z, 0, metric_of(z, np.ones(2), Distance.MAHALANOBIS))
    np.testing.assert_allclose(distances(twice, 0, metric) * math.sqrt(3), once * math.sqrt(2), atol=1e-9)


def test_what_one_of_them_lacks_is_left_out() -> None:
    z = region()
    z[5, 2] = NAN
    metric = metric_of(z, np.ones(4), Distance.MAHALANOBIS)
    others = [0, 1, 3]
    inverse = np.linalg.pinv(metric.covariance[np.ix_(others, others)])  # type: ignore[index]
    told = mahalanobis(z[0, others], z[5, others], inverse) / math.sqrt(3)
    assert distances(z, 0, metric)[5] == pytest.approx(told)


def test_nearest_within_the_caliper_and_in_a_group() -> None:
    z = np.array([[0.0], [0.1], [0.4], [-0.2], [5]])
    metric = metric_of(z, np.ones(1), Distance.EUCLID)
    found = nearest(z, np.array([0, 4]), metric, most=2)
    assert found.school.tolist() == [[1, 3], [-1, -1]]
    np.testing.assert_allclose(found.distance, [[0.1, 0.2], [NAN, NAN]])
    group = np.array([False, False, True, False, True])
    far = nearest(z, np.array([0]), metric, most=3, caliper=math.inf, candidates=group)
    assert far.school.tolist() == [[2, 4, -1]]


@pytest.mark.parametrize("kind", list(Distance))
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_all_at_once_is_each_by_itself(kind: Distance, missing: float) -> None:
    z = region(80, 4, missing)
    metric = metric_of(z, np.array([1.0, 2, 1, 1]), kind)
    one = nearest(z, np.arange(80), metric, 5, caliper=0.9)
    every = nearest_of_all(z, metric, 5, caliper=0.9)
    np.testing.assert_allclose(every.distance, one.distance, atol=1e-7)
    assert (every.school == one.school).all() and (one.school >= 0).any() and (one.school < 0).any()


def test_equal_schools_are_not_their_own_neighbours() -> None:
    z = np.zeros((12, 2))
    z[0] = 1.0
    found = nearest_of_all(z, metric_of(z, np.ones(2), Distance.EUCLID), 3, caliper=2)
    assert (found.school != np.arange(12)[:, None]).all() and (found.school >= 0).all()


def row(*values: float) -> np.ndarray:
    return np.array([values], float)


def test_comparison_by_hand() -> None:
    found = compare(np.array([10.0]), np.array([9.0]), row(20, 15, 0, NAN), row(16, 16, 16, 16))
    np.testing.assert_allclose(found.difference, row(10, 5, -10, NAN))
    np.testing.assert_allclose(found.lower[0, :2], [10 - 1.959964 * 5, 5 - 1.959964 * 5], atol=1e-5)
    # Two of three at p = 0.0455: 0.0455·3 ÷ 2 = 0.068 is not below 0.05.
    np.testing.assert_allclose(found.q_value[0, :2], [0.0455 * 1.5, 2 * 0.1587], atol=2e-4)
    assert set(found.verdicts.flat) == {Verdict.CANNOT_TELL}
    sure = compare(np.array([10.0]), np.array([9.0]), row(30, -10), row(16, 16))
    assert sure.verdicts.tolist() == [["better", "worse"]]
    unknown = compare(np.array([NAN]), np.array([NAN]), row(30, -10), row(16, 16))
    assert unknown.verdicts.tolist() == [["cannot_tell"] * 2]


def test_rates_of_each_row_are_those_of_scipy() -> None:
    others, variances = RNG.normal(0, 8, (30, 7)), RNG.uniform(4, 16, (30, 7))
    others[RNG.random(others.shape) < 0.2] = NAN
    found = compare(np.zeros(30), np.ones(30), others, variances)
    for values, spread, rates in zip(others, variances, found.q_value, strict=True):
        known = np.isfinite(values)
        p_values = 2 * stats.norm.sf(np.abs(values[known]) / np.sqrt(spread[known] + 1))
        np.testing.assert_allclose(rates[known], stats.false_discovery_control(p_values))
        assert np.isnan(rates[~known]).all()


def test_better_is_not_noise() -> None:
    """Ten neighbours no better than the school: in one region of twenty at most is any called better or worse."""
    errors = RNG.uniform(1, 4, (1000, 11))
    results = RNG.normal(0, errors)
    found = compare(results[:, 0], errors[:, 0] ** 2, results[:, 1:], errors[:, 1:] ** 2)
    named = (found.verdicts != Verdict.CANNOT_TELL).any(axis=1).mean()
    assert named < 0.08  # they share the school's own error: a little above 0.05


def test_against_the_group_by_hand_and_by_simulation() -> None:
    # Neighbours 0, 2, 4: mean 2, variance 4; √(1 + 4/3) = 1.5275; t with two degrees 4.3027.
    found = against_group(10, 1, np.array([0.0, 2, 4, NAN]), np.array([1.0, 1, 1, 1]))
    assert (found.neighbours, found.difference) == (3, 8)
    assert found.lower == pytest.approx(8 - 4.302653 * math.sqrt(1 + 4 / 3))
    assert found.verdict is Verdict.BETTER
    assert against_group(1, 1, np.array([0.0]), np.array([1.0])).verdict is Verdict.CANNOT_TELL
    hits = 0
    for _ in range(600):
        errors = RNG.uniform(1, 3, 8)
        truth = RNG.normal(0, 2, 8)
        told = against_group(RNG.normal(0, 2), 4, truth + RNG.normal(0, errors), errors**2)
        hits += told.lower <= 0 <= told.upper
    assert hits / 600 > 0.93
