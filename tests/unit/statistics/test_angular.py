"""The angular scale by hand: n = 1 has two outcomes and everything can be written down."""

from math import asin, comb, pi, sin, sqrt

import numpy as np
import pytest
from scipy.special import ndtri

from rostok.statistics import angular

Y0 = asin(sqrt(0.375 / 1.75))  # nobody of one
Y1 = asin(sqrt(1.375 / 1.75))  # one of one


def test_score_is_symmetric_about_a_half() -> None:
    scores = angular.score(np.array([0.0, 1.0, 2.0]), np.array([2.0, 2.0, 2.0]))
    assert scores == pytest.approx([asin(sqrt(0.375 / 2.75)), pi / 4, pi / 2 - asin(sqrt(0.375 / 2.75))])


def test_moments_of_one_pupil_in_schools_all_alike() -> None:
    share = 0.25  # θ = π/6
    found = angular.score_moments(np.array([1.0]), pi / 6, 1e-4)
    assert found.mean[0] == pytest.approx((1 - share) * Y0 + share * Y1, abs=1e-7)
    assert found.variance[0] == pytest.approx(share * (1 - share) * (Y1 - Y0) ** 2, abs=1e-7)
    assert found.slope[0] == pytest.approx(sin(pi / 3) * (Y1 - Y0), abs=1e-6)


def test_moments_of_a_small_class_are_not_the_textbook_ones() -> None:
    # n = 5, p = 0.05: the outcomes enumerated, against 1/(4n + 2) = 0.045
    outcomes = [(comb(5, k) * 0.05**k * 0.95 ** (5 - k), asin(sqrt((k + 0.375) / 5.75))) for k in range(6)]
    mean = sum(p * y for p, y in outcomes)
    variance = sum(p * (y - mean) ** 2 for p, y in outcomes)
    found = angular.score_moments(np.array([5.0]), asin(sqrt(0.05)), 1e-4)
    assert found.mean[0] == pytest.approx(mean, abs=1e-6)
    assert found.variance[0] == pytest.approx(variance, abs=1e-6)
    assert variance < 0.015


def test_moments_of_a_large_grade_are_the_textbook_ones() -> None:
    found = angular.score_moments(np.array([400.0]), pi / 4, 1e-3)
    assert found.mean[0] == pytest.approx(pi / 4, abs=1e-6)
    assert found.slope[0] == pytest.approx(1.0, abs=0.002)
    assert found.variance[0] == pytest.approx(1 / 1602, rel=0.002)


def test_moments_between_the_nodes_of_the_grid_are_interpolated_well() -> None:
    sizes = np.array([37.0, 61.0, 113.0])
    together = angular.score_moments(sizes, 0.4, 0.2)
    for i, size in enumerate(sizes):
        alone = angular.score_moments(np.array([size]), 0.4, 0.2)  # the largest size is a node
        assert together.variance[i] == pytest.approx(alone.variance[0], rel=0.01)
        assert together.mean[i] == pytest.approx(alone.mean[0], abs=1e-4)


def test_moments_of_no_cells() -> None:
    assert angular.score_moments(np.array([]), 0.4, 0.2).mean.size == 0


def test_share_and_angle_are_inverse_and_ends_are_kept() -> None:
    shares = np.array([0.0, 0.3, 1.0])
    assert angular.share_of(angular.angle_of(shares)) == pytest.approx(shares)
    assert angular.share_of(np.array([-0.3, 2.0])) == pytest.approx([0.0, 1.0])


def test_counts_of_normal_angles_are_binomial() -> None:
    # n = 10, share 0.2: P(x = 0) = 0.8^10 = 0.1074, P(x ≤ 2) = 0.6778, by the quantiles of the normal
    deviates = ndtri((np.arange(20_000) + 0.5) / 20_000)
    angle = asin(sqrt(0.2)) + deviates / sqrt(43)
    counts = angular.counts_of(angle.astype(np.float32)[None, :], np.array([10.0]))
    assert (counts == 0).mean() == pytest.approx(0.1074, abs=0.01)
    assert (counts <= 2).mean() == pytest.approx(0.6778, abs=0.01)


def test_counts_end_at_none_and_all() -> None:
    angles = np.array([[-1.0, 0.0, 1.5707964, 3.0]], dtype=np.float32)
    assert angular.counts_of(angles, np.array([7.0])).tolist() == [[0, 0, 7, 7]]
    assert angular.counts_of(angles.copy(), np.array([0.0])).tolist() == [[0, 0, 0, 0]]


def test_mean_share_is_that_of_a_normal_angle() -> None:
    # E sin² θ for θ ~ N(0.5, 0.2²) is (1 − e^{−0.08} cos 1) / 2 = 0.250619…
    rng = np.random.default_rng(2)
    drawn = (np.sin(0.5 + 0.2 * rng.normal(size=400_000)) ** 2).mean()
    found = float(angular.mean_share(np.array([0.5]), np.array([0.04]))[0])
    assert found == pytest.approx(0.250619, abs=1e-6)
    assert found == pytest.approx(drawn, abs=0.001)


def test_level_of_the_region_solves_the_mean_of_a_normal_angle() -> None:
    variance = np.array([0.04, 0.0, 0.02])
    found = angular.centre_with_share(np.array([0.250619, 0.25, 0.001]), variance)
    # The third share is less than the variance alone brings: the nearest is an angle of 0.
    assert found == pytest.approx([0.5, np.pi / 6, 0.0], abs=1e-5)
