"""Whatever the scores: who is numbered how changes nothing, and the estimates meet their equations."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rostok.statistics.abilities import cell_levels
from rostok.statistics.classical import describe, pairwise_sums
from rostok.statistics.conditional import likelihood
from rostok.statistics.item_fit import item_fit
from rostok.statistics.item_scores import group
from rostok.statistics.placement import booklet_groups, comparable_groups
from rostok.statistics.rasch import NotEstimable, calibrate


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    """Up to six items of up to three points and up to sixty pupils, some cells missing."""
    seed = draw(st.integers(0, 2**31))
    tops = draw(st.lists(st.integers(1, 3), min_size=2, max_size=6))
    pupils = draw(st.integers(5, 60))
    missing = draw(st.sampled_from([0.0, 0.1, 0.4]))
    rng = np.random.default_rng(seed)
    level = rng.normal(size=pupils)
    scores = np.stack([rng.binomial(top, 1 / (1 + np.exp(rng.normal() - level))) for top in tops])
    scores[rng.random(scores.shape) < missing] = -1
    return scores


def estimable(scores: np.ndarray) -> bool:
    """One connected table with scores from 0 on, as the pipeline hands it over."""
    if any((row[row >= 0]).size == 0 or row[row >= 0].min() > 0 or row.max() < 1 for row in scores):
        return False
    grouped = group(scores).grouped
    return booklet_groups(grouped).max() == 0 and comparable_groups(grouped).max() == 0


@given(tables(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_renumbering_changes_nothing(scores: np.ndarray, random: object) -> None:
    rng = np.random.default_rng(random.randrange(2**31))  # type: ignore[attr-defined]
    order, pupils = rng.permutation(len(scores)), rng.permutation(scores.shape[1])
    other = scores[order][:, pupils]
    one, two = describe(pairwise_sums(scores)), describe(pairwise_sums(other))
    np.testing.assert_allclose(one.alpha, two.alpha, atol=1e-9, equal_nan=True)
    np.testing.assert_allclose(one.item_rest[order], two.item_rest, atol=1e-9, equal_nan=True)
    if not estimable(scores):
        return
    try:
        plain, mixed = calibrate(group(scores).grouped), calibrate(group(other).grouped)
    except NotEstimable:
        return
    for before, after in zip(plain.difficulties(), mixed.difficulties(), strict=True):
        np.testing.assert_allclose(before[order], after, atol=1e-6)
    assert abs(plain.log_likelihood - mixed.log_likelihood) < 1e-7


@given(tables())
@settings(max_examples=60)
def test_estimates_meet_the_likelihood_equations(scores: np.ndarray) -> None:
    """Expected numbers of pupils by score are the observed ones, and thresholds sum to zero."""
    if not estimable(scores):
        return
    grouped = group(scores).grouped
    try:
        calibration = calibrate(grouped)
    except NotEstimable:
        return
    there = likelihood(grouped, calibration.parameters, calibration.values)
    assert np.abs(there.gradient).max() < 1e-5
    top = np.append(calibration.parameters.item[1:] != calibration.parameters.item[:-1], True)
    assert abs(calibration.values[top].sum()) < 1e-9
    fit = item_fit(calibration, grouped, cell_levels(calibration, grouped))
    assert (fit.infit[np.isfinite(fit.infit)] >= 0).all()


@given(tables(), st.integers(2, 4))
@settings(max_examples=40)
def test_everyone_times_over_narrows_the_errors_only(scores: np.ndarray, times: int) -> None:
    if not estimable(scores):
        return
    try:
        once, often = (calibrate(group(np.tile(scores, (1, n))).grouped) for n in (1, times))
    except NotEstimable:
        return
    np.testing.assert_allclose(once.difficulties()[0], often.difficulties()[0], atol=1e-6)
    np.testing.assert_allclose(once.difficulties()[1], often.difficulties()[1] * np.sqrt(times), rtol=1e-4)
