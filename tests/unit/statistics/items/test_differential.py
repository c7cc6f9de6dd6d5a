"""Mantel–Haenszel and its kin against identities that need no program, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from rostok.statistics.differential import compare, compare_many

RNG = np.random.default_rng(9)


def test_one_stratum_by_hand() -> None:
    """Right 30 of 40 and 15 of 30: odds ratio of the second to the first 1·10/30 = 1/3."""
    found = compare(np.array([[10.0, 30.0]]), np.array([[15.0, 15.0]]))
    assert found.odds_ratio == pytest.approx(1 / 3)
    # Woolf's variance of the logarithm, which Robins, Breslow & Greenland meet in one stratum.
    assert found.log_error == pytest.approx(np.sqrt(1 / 10 + 1 / 30 + 1 / 15 + 1 / 15))
    # |30 − 45·40/70| − ½ squared over 40·30·45·25 / (70²·69)
    gap = abs(30 - 45 * 40 / 70) - 0.5
    assert found.chi_square == pytest.approx(gap**2 / (40 * 30 * 45 * 25 / (70**2 * 69)))
    assert found.pupils == (40, 30)
    # Difference of means −0.25, deviation of the item √(45·25/(70·69)).
    assert found.standardised_difference == pytest.approx(-0.25 / np.sqrt(45 * 25 / (70 * 69)))


def test_gap_within_the_correction_is_left_as_it_is() -> None:
    """As mantelhaen.test: no correction where it would turn the gap."""
    found = compare(np.array([[5.0, 5.0]]), np.array([[5.0, 6.0]]))
    gap = 5 - 11 * 10 / 21
    assert found.chi_square == pytest.approx(gap**2 / (10 * 11 * 11 * 10 / (21**2 * 20)))


def test_more_scores_in_one_stratum_are_a_correlation() -> None:
    """Mantel's statistic in one stratum is (n − 1)·r² of group and score."""
    first, second = np.array([[4.0, 7, 9]]), np.array([[8.0, 6, 3]])
    group = np.repeat([0, 0, 0, 1, 1, 1], np.concatenate([first[0], second[0]]).astype(int))
    score = np.repeat([0, 1, 2, 0, 1, 2], np.concatenate([first[0], second[0]]).astype(int))
    r = np.corrcoef(group, score)[0, 1]
    assert compare(first, second).chi_square == pytest.approx((len(score) - 1) * r**2)


def test_ratio_over_cuts_by_hand() -> None:
    """Liu–Agresti in one stratum: Σ over cuts of low₁·high₂ over Σ of high₁·low₂."""
    found = compare(np.array([[4.0, 7, 9]]), np.array([[8.0, 6, 3]]))
    assert found.odds_ratio == pytest.approx((4 * 9 + 11 * 3) / (16 * 8 + 9 * 14))


def test_error_of_the_ratio_over_cuts_by_simulation() -> None:
    """Five hundred tables under a common ratio of cumulative odds of 1 in forty thin strata."""
    cuts = RNG.dirichlet([2, 2, 2], size=40)
    logs, errors = [], []
    for _ in range(500):
        first, second = (np.array([RNG.multinomial(size, row) for row in cuts], float) for size in (6, 9))
        found = compare(first, second)
        logs.append(np.log(found.odds_ratio))
        errors.append(found.log_error)
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(logs), rel=0.1)
    assert np.mean(logs) == pytest.approx(0, abs=0.03)


def test_strata_of_one_group_say_nothing() -> None:
    first, second = np.array([[10.0, 30.0], [5.0, 0.0]]), np.array([[15.0, 15.0], [0.0, 0.0]])
    assert compare(first, second).chi_square == compare(first[:1], second[:1]).chi_square
    nothing = compare(np.array([[3.0, 4.0]]), np.zeros((1, 2)))
    assert np.isnan(nothing.chi_square)
    assert nothing.size == ""


@pytest.mark.parametrize(("ratio", "size"), [(1.0, "A"), (1.4, "A"), (1.7, "B"), (3.0, "C"), (1 / 3, "C")])
def test_classes_of_large_groups(ratio: float, size: str) -> None:
    """−2.35·ln ratio: 0; 0.79 below 1; 1.25; 2.58 and −2.58 beyond 1.5."""
    first = np.array([[5000.0, 5000.0]])
    share = ratio / (1 + ratio)
    assert compare(first, np.array([[10000 * (1 - share), 10000 * share]])).size == size


def test_large_effect_of_few_pupils_is_no_class_c() -> None:
    assert compare(np.array([[5.0, 5.0]]), np.array([[2.0, 6.0]])).size == "A"


def test_two_groups_of_many_are_two_groups() -> None:
    first, second = RNG.integers(1, 9, (5, 3)).astype(float), RNG.integers(1, 9, (5, 3)).astype(float)
    chi_square, p_value = compare_many([first, second])
    assert chi_square == pytest.approx(compare(first, second).chi_square)
    assert p_value == pytest.approx(stats.chi2.sf(chi_square, 1))


def test_three_groups_hold_their_level() -> None:
    """Under no difference the p-value of three groups is about uniform."""
    cuts = RNG.dirichlet([3, 3], size=10)
    p_values = [
        compare_many([np.array([RNG.multinomial(20, row) for row in cuts], float) for _ in range(3)])[1]
        for _ in range(400)
    ]
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
