"""Groups of schools: planted kinds are found, degrees are not taken for kinds."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from rostok.statistics.composites import STABLE, TooFew, composite, found_again, set_apart

RNG = np.random.default_rng(12)
KIND = np.repeat([0, 1, 2], [120, 80, 50])
PLANTED = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 5.0]])[KIND] + RNG.normal(size=(250, 2))


def test_planted_kinds_are_found_and_found_again() -> None:
    found = composite(PLANTED, resamples=10)
    assert found.chosen.groups == 3
    assert adjusted_rand_score(KIND, found.group) > 0.9
    assert found.stability > STABLE
    assert (found.found_again > STABLE).all()
    np.testing.assert_allclose(found.probability.sum(axis=1), 1)
    sizes = found.probability.sum(axis=0)
    assert (np.diff(sizes) <= 0).all()  # the largest first


def test_schools_that_differ_by_degrees_are_one_group() -> None:
    found = composite(RNG.normal(size=(300, 3)) @ np.array([[1, 0.8, 0.5], [0, 0.6, 0.3], [0, 0, 0.8]]))
    assert found.chosen.groups == 1
    assert np.isnan(found.stability)
    assert found.probability.tolist() == [[1.0]] * 300


def test_the_choice_is_by_the_least_bic_whatever_the_units() -> None:
    found = composite(PLANTED, resamples=0)
    assert found.chosen.bic == min(choice.bic for choice in found.choices)
    other = composite(PLANTED * [1000, 0.001] + 7, resamples=0)
    assert other.group.tolist() == found.group.tolist()


def test_bic_is_that_of_the_normal_distribution() -> None:
    # One full normal: −2 log L + (d + d(d+1)/2)·ln n, of standardised features with a ridge of 1e-4.
    found = composite(PLANTED, resamples=0)
    scaled = (PLANTED - PLANTED.mean(axis=0)) / PLANTED.std(axis=0)
    cov = np.cov(scaled.T, bias=True) + 1e-4 * np.eye(2)
    deviance = 250 * (2 * np.log(2 * np.pi) + np.log(np.linalg.det(cov)))
    deviance += np.einsum("ij,jk,ik->", scaled, np.linalg.inv(cov), scaled)
    assert found.choices[0].bic == pytest.approx(deviance + 5 * np.log(250), rel=1e-6)


def test_bic_of_two_groups_is_that_of_mclust() -> None:
    # R 4.2, mclust 6.0.0, of the same standardised columns: VVV 351.656, EEE 338.517 (turned: the smaller the better).
    at = np.arange(1, 81.0)
    columns = [np.sin(at * 1.7) + np.where(at > 50, 3, 0), np.cos(at * 2.3) * 0.7 + np.where(at > 50, -2, 0)]
    found = composite(np.column_stack(columns), most=2, resamples=0)
    bic = {choice.form: choice.bic for choice in found.choices if choice.groups == 2}
    assert (bic["full"], bic["tied"]) == pytest.approx((351.656109, 338.516532), abs=1e-3)


def test_features_that_set_a_group_apart_are_named_by_size() -> None:
    assert set_apart(np.array([0.4, -1.2, 0.7]), ["a", "b", "c"]) == [("b", -1.2), ("c", 0.7)]


def test_too_few_schools_are_refused() -> None:
    with pytest.raises(TooFew) as refused:
        composite(np.zeros((19, 1)))
    assert (refused.value.schools, refused.value.needed) == (19, 20)


def test_a_group_is_found_again_by_its_nearest() -> None:
    # Groups {0,1,2} and {3}; the other partition {2,3} and {0,1}: 2/3 and 1/2.
    assert found_again(np.array([0, 0, 0, 1]), np.array([1, 1, 0, 0]), 2).tolist() == pytest.approx(
        [2 / 3, 1 / 2]
    )
