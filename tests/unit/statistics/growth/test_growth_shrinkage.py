"""Changes and their errors → what is known of each school: by hand, against published figures, by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from rostok.schema.verdicts import Verdict
from rostok.statistics.growth.intake import intake_change
from rostok.statistics.growth.pooling import pooled, pooled_variance, weights_of
from rostok.statistics.growth.precision import Means, Sums, means, of_shares
from rostok.statistics.growth.shrinkage import (
    balanced,
    dersimonian_laird,
    reml_variance,
    shrink,
    verdicts,
)

# Colditz et al. (1994), thirteen trials of BCG: cases and others, vaccinated and not.
BCG = np.array([
    [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619], [33, 5036, 47, 5761],
    [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892], [29, 7470, 45, 7232], [17, 1699, 65, 1600],
    [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825],
], float).T  # fmt: skip


def _bcg() -> tuple[np.ndarray, np.ndarray]:
    a, b, c, d = BCG
    return np.log(a / (a + b) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def test_variance_of_true_changes_is_that_of_metafor() -> None:
    # Viechtbauer (2010), J. Stat. Softw. 36(3): τ² = 0.3088 by DL, 0.3132 by REML.
    assert dersimonian_laird(*_bcg()) == pytest.approx(0.3088, abs=5e-5)
    assert reml_variance(*_bcg()) == pytest.approx(0.3132, abs=5e-5)


def test_variance_of_equally_exact_changes_is_what_errors_leave() -> None:
    # s² of 0, 4, 8 is 16, of which errors are 1.
    changes, variances = np.array([0.0, 4.0, 8.0]), np.ones(3)
    assert dersimonian_laird(changes, variances) == pytest.approx(15)
    assert reml_variance(changes, variances) == pytest.approx(15, abs=1e-4)


def test_many_schools_are_drawn_by_their_reliability() -> None:
    # τ² is known well among ten thousand: the effect is reliability × (change − centre), the error √(τ²·(1−r)).
    rng = np.random.default_rng(3)
    variances = np.where(np.arange(10_000) % 2, 1.0, 9.0)
    true = rng.normal(2, 1, 10_000)
    changes = true + np.sqrt(variances) * rng.normal(size=10_000)
    found = shrink(changes, variances)
    kept = 1 / (1 + variances)
    assert found.centre == pytest.approx(2, abs=0.05)
    assert found.between == pytest.approx(1, abs=0.15)
    np.testing.assert_allclose(
        found.effects, (changes - 2) * kept, atol=0.08 * (1 + np.abs(changes)).max() / 4
    )
    np.testing.assert_allclose(found.errors, np.sqrt(1 - kept), rtol=0.1)
    np.testing.assert_allclose(found.whole, found.centre + found.effects)


def test_what_is_not_known_of_the_region_is_not_added_twice() -> None:
    # Errors of 1e-6: each change is known, the region's is not (√(τ²/n), τ a little larger for not being known).
    changes = np.random.default_rng(2).normal(size=30)
    found = shrink(changes, np.full(30, 1e-12))
    np.testing.assert_allclose(found.whole, changes, atol=1e-5)
    assert found.whole_errors.max() < 1e-5
    assert found.centre_error == pytest.approx(changes.std(ddof=1) / 30**0.5, rel=0.1)
    np.testing.assert_allclose(found.errors, found.centre_error, rtol=1e-3)


def test_a_jump_of_a_small_school_is_no_news() -> None:
    changes, variances = np.array([3.0, -3.0, 2.0, -2.0, 0.0, 20.0]), np.array([1.0] * 5 + [400.0])
    found = shrink(changes, variances)
    assert abs(found.effects[5]) < 2
    assert verdicts(found)[5] == Verdict.CANNOT_TELL


def test_verdicts_follow_what_is_better() -> None:
    changes, variances = np.tile([5.0, -5.0, 0.1, 4.0, -4.0], 8), np.full(40, 0.1)
    found = shrink(changes, variances)
    assert [str(v) for v in verdicts(found)][:5] == ["better", "worse", "cannot_tell", "better", "worse"]
    falling = [str(v) for v in verdicts(found, higher_is_better=False)][:5]
    assert falling == ["worse", "better", "cannot_tell", "worse", "better"]


def test_too_few_schools_say_nothing() -> None:
    found = shrink(np.array([1.0, 2.0, np.nan, 3.0, 4.0]), np.array([1.0, 1.0, 1.0, 0.0, 1.0]))
    assert np.isnan(found.effects).all()
    assert verdicts(found).tolist() == ["cannot_tell"] * 5


@pytest.mark.parametrize(("schools", "between"), [(30, 0.0), (30, 1.0), (300, 0.5), (300, 3.0)])
def test_intervals_hold_the_truth(schools: int, between: float) -> None:
    """Coverage of 95 % intervals on simulated regions, errors from half of τ to many times it."""
    rng = np.random.default_rng([7, schools, int(between * 10)])
    held = []
    for _ in range(60):
        variances = rng.uniform(0.2, 6, schools) ** 1.5
        true = between * rng.normal(size=schools)
        found = shrink(true + np.sqrt(variances) * rng.normal(size=schools), variances)
        held.append(np.mean((found.lower <= true) & (true <= found.upper)))
    assert 0.92 < np.mean(held) <= 1


def test_shrinking_loses_less_than_believing() -> None:
    rng = np.random.default_rng(11)
    variances = rng.uniform(0.2, 9, 400)
    true = rng.normal(size=400)
    changes = true + np.sqrt(variances) * rng.normal(size=400)
    found = shrink(changes, variances)
    assert np.mean((found.effects - true) ** 2) < 0.4 * np.mean((changes - true) ** 2)


def test_means_know_that_pupils_come_in_classes() -> None:
    # Classes 2,4 · 6,8 of one school and 5,7 · 7,9 of another. Within: 8 ÷ 4 = 2; between classes inside schools 20,
    # of which 2·2 is pupils: (20 − 4) ÷ (8 − 4) = 4. A mean: 4·(4 + 4) ÷ 16 + 2 ÷ 4 = 2.5.
    sums = Sums(np.array([0, 0, 1, 1]), np.full(4, 2.0), np.array([6.0, 14.0, 12.0, 16.0]),
                np.array([20.0, 100.0, 74.0, 130.0]))  # fmt: skip
    found = means(sums, 3)
    assert (found.within, found.classes) == (2.0, 4.0)
    assert found.mean[:2].tolist() == [5.0, 7.0]
    assert found.variance[:2].tolist() == [2.5, 2.5]
    assert np.isnan(found.variance[2])
    assert found.region == 6.0


def test_single_pupils_everywhere_say_nothing_of_errors() -> None:
    sums = Sums(np.arange(3), np.ones(3), np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 9.0]))
    assert np.isnan(means(sums, 3).variance).all()


def test_a_share_of_nought_is_not_known_without_error() -> None:
    sums = Sums(np.arange(3), np.full(3, 20.0), np.array([0.0, 10.0, 2.0]), np.array([0.0, 10.0, 2.0]))
    found = of_shares(means(sums, 3))
    # Region: 12 of 60. The shares 0 and 0.1 are taken no more exactly than the region's 0.2.
    assert found.variance[0] == found.variance[2] > 0
    assert found.variance[1] > found.variance[0]


def test_pooling_takes_papers_of_one_generation_as_one() -> None:
    # Two papers of the same children, variances 1 and 1: the mean is no more exact than one of them; of others, twice.
    variances = np.ones((2, 1))
    weights = weights_of(variances, variances)
    assert pooled(np.array([[2.0], [4.0]]), weights).tolist() == [3.0]
    assert pooled_variance(variances, weights, ["a", "a"]).tolist() == [1.0]
    assert pooled_variance(variances, weights, ["a", "b"]).tolist() == [0.5]


def test_pooling_leaves_out_what_is_missing() -> None:
    first = np.array([[1.0, np.nan], [np.nan, np.nan]])
    weights = weights_of(first, np.ones((2, 2)))
    found = pooled(np.array([[2.0, 5.0], [9.0, 5.0]]), weights)
    assert found[0] == 2.0
    assert np.isnan(found[1])


def test_an_intake_is_flagged_when_it_is_another_beyond_chance() -> None:
    # 60 → 30 is; 6 → 3 may be chance; 60 → 55 is small; 100 with 5 absent → 80 with 25 is another absence.
    first, second = np.array([60.0, 6.0, 60.0, 100.0]), np.array([30.0, 3.0, 55.0, 80.0])
    absent = np.array([np.nan, 0.0, 5.0, 5.0]), np.array([3.0, 0.0, 6.0, 25.0])
    found = intake_change(first, second, *absent)
    assert found.size.tolist() == [True, False, False, False]
    assert found.absence.tolist() == [False, False, False, True]


def test_balanced_values_differ_as_true_ones_do() -> None:
    rng = np.random.default_rng(13)
    variances = np.where(np.arange(4000) % 2, 0.1, 3.0)
    values = rng.normal(size=4000) + np.sqrt(variances) * rng.normal(size=4000)
    found, reliability = balanced(values, variances)
    for part in (slice(0, None, 2), slice(1, None, 2)):  # of exact and of inexact schools alike
        assert found[part].var() == pytest.approx(1, abs=0.1)
    np.testing.assert_allclose(reliability[:2], [1 / 4, 1 / 1.1], atol=0.03)


def test_values_without_differences_cannot_be_balanced() -> None:
    found, _ = balanced(np.full(30, 2.0), np.ones(30))
    assert np.isnan(found).all()


def test_region_that_falls_in_one_ratio_names_next_to_nobody() -> None:
    """620 schools whose shares all fall from 8.2 to 3.3 %: schools near nought must not pull the region's change there.

    The weights of a variance by a school's own share alone gave −0.028 and six schools «worse» a region.
    """
    rng = np.random.default_rng(1)
    pupils = np.maximum(3, rng.lognormal(3.2, 0.9, 620).astype(int))
    true = np.clip(rng.beta(0.98, 11.02, 620), 0, 1)

    def paper(share: NDArray[np.float64]) -> Means:
        under = rng.binomial(pupils, share).astype(float)
        return of_shares(means(Sums(np.arange(620), pupils.astype(float), under, under), 620))

    named, centres = 0, []
    for _ in range(10):
        first, second = paper(true), paper(true * 0.4)
        found = shrink(second.mean - first.mean, first.variance + second.variance)
        named += int((verdicts(found) != str(Verdict.CANNOT_TELL)).sum())
        centres.append(found.centre)
    assert named <= 10  # of 6,200
    assert np.mean(centres) < -0.036  # the truth is −0.049
