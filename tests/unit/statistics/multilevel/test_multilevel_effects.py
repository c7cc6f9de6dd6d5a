"""What is read off a fit, by hand; coverage of effects and the test of equal spreads, by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics.multilevel import Sums, fit, sums_of_rows
from rostok.statistics.multilevel.diagnostics import residual_squares, shape, spread
from rostok.statistics.multilevel.effects import (
    bars,
    difference,
    expected,
    reliability,
    rows_for,
    shares_of_variance,
)


def region(seed: int, schools: int = 400, spreads: np.ndarray | None = None) -> tuple[Sums, np.ndarray]:
    """Schools of 3 to 40 pupils, true effects of variance 4, residuals of variance 36."""
    rng = np.random.default_rng(seed)
    school = np.repeat(np.arange(schools), rng.integers(3, 41, schools))
    truth = rng.normal(0, 2, schools)
    sd = np.full(schools, 6.0) if spreads is None else spreads
    x = rng.normal(10, 3, len(school))
    y = 1 + 0.5 * x + truth[school] + rng.normal(size=len(school)) * sd[school]
    return sums_of_rows(y, {"x": x}, {"school": [f"{k:04d}" for k in school]}), truth


def test_effects_cover_the_truth_as_often_as_they_say() -> None:
    sums, truth = region(1, schools=2000)
    level = fit(sums).levels[0]
    inside = np.abs(level.effects[:, 0] - truth) < 1.96 * level.standard_errors[:, 0]
    assert inside.mean() == pytest.approx(0.95, abs=0.015)
    # A bar is for two schools: one school's truth lies outside it one time in six.
    lower, upper = bars(level)
    assert ((lower[:, 0] < truth) & (truth < upper[:, 0])).mean() == pytest.approx(0.835, abs=0.025)


def test_bars_that_just_touch_differ_at_the_five_percent_level() -> None:
    """Two effects of the same error e, apart by 2·1.39·e: z = 2·1.39/√2 = 1.966."""
    sums, _ = region(2)
    level = fit(sums).levels[0]
    one, other = "0000", level.units[int(np.argmin(np.abs(level.rows[1:] - level.rows[0]))) + 1]
    both = [level.units.index(unit) for unit in (one, other)]
    found = difference(level, one, other)
    errors = level.standard_errors[both, 0]
    assert found.standard_error == pytest.approx(np.sqrt((errors**2).sum()))
    assert 2 * 1.39 / np.sqrt(2) == pytest.approx(1.96, abs=0.01)


def test_reliability_of_a_random_intercept_has_its_formula() -> None:
    sums, _ = region(3)
    found = fit(sums)
    level = found.levels[0]
    between, within = level.covariance[0, 0], found.residual_variance
    # σ²/n of τ² + σ²/n is lost; that the slope is estimated too is not in conditional errors.
    assert reliability(level)[:, 0] == pytest.approx(between / (between + within / level.rows), rel=1e-9)
    half = rows_for(found, 0.5)
    assert half == pytest.approx(within / between)
    assert shares_of_variance(found) == pytest.approx(
        {"school": between / (between + within), "residual": within / (between + within)}
    )


def test_expected_result_of_a_context() -> None:
    sums, _ = region(4)
    found = fit(sums)
    a, b = found.estimates
    at = expected(found, {"x": 12.0})
    assert at.value == pytest.approx(a + 12 * b)
    v = found.covariance
    assert at.standard_error == pytest.approx(np.sqrt(v[0, 0] + 24 * v[0, 1] + 144 * v[1, 1]))
    with pytest.raises(KeyError):
        expected(found, {})


def test_equal_spreads_are_not_doubted_and_unequal_ones_are() -> None:
    alike = [spread(fit(sums), sums) for sums, _ in (region(seed, 100) for seed in range(60))]
    doubted = np.mean([one is not None and one.p_value < 0.05 for one in alike])
    assert doubted < 0.17  # a little liberal where freedom is near 10, as its authors say
    sums, _ = region(5, 100, np.where(np.arange(100) % 2, 9.0, 4.0))
    unequal = spread(fit(sums), sums)
    assert unequal is not None and unequal.p_value < 1e-6
    assert unequal.lowest < 4.1 < 8.9 < unequal.highest + 0.9


def test_residual_squares_are_those_of_rows() -> None:
    rng = np.random.default_rng(6)
    school = np.repeat(np.arange(15), 8)
    x = rng.normal(50, 3, 120)
    y = 2 * x + rng.normal(size=15)[school] + rng.normal(size=120)
    sums = sums_of_rows(y, {"x": x}, {"school": [f"{k:02d}" for k in school]})
    found = fit(sums)
    left = (y - found.estimates[0] - found.estimates[1] * x).reshape(15, 8)
    expected_ = ((left - left.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    squares, freedom = residual_squares(found, sums)
    assert squares == pytest.approx(expected_, rel=1e-8)
    assert freedom.tolist() == [7] * 15


def test_shape_of_effects() -> None:
    rng = np.random.default_rng(7)
    school = np.repeat(np.arange(600), 20)
    heavy = rng.exponential(2, 600)
    sums = sums_of_rows(heavy[school] + rng.normal(size=12_000), {}, {"s": [f"{k:03d}" for k in school]})
    found = shape(fit(sums).levels[0])
    assert found is not None
    assert found.skewness == pytest.approx(2, abs=0.6)  # of an exponential: 2, its excess kurtosis 6
    assert found.far > 3
    normal, _ = region(8)
    calm = shape(fit(normal).levels[0])
    assert calm is not None and abs(calm.skewness) < 0.4 and calm.far <= 5


def test_worked_example_of_the_manual() -> None:
    """Means 10, 14, 18 of four pupils, squares within 16 a school: by hand, three figures."""
    y = [8, 8, 12, 12, 12, 12, 16, 16, 16, 16, 20, 20]
    found = fit(sums_of_rows(y, {}, {"school": [school for school in "abc" for _ in range(4)]}))
    level = found.levels[0]
    assert (found.residual_variance, level.covariance[0, 0]) == pytest.approx((16 / 3, 44 / 3), rel=1e-8)
    assert level.effects[:, 0] == pytest.approx([-4 * 11 / 12, 0, 4 * 11 / 12], abs=1e-8)
    assert level.standard_errors[:, 0] == pytest.approx([(44 / 3 / 12) ** 0.5] * 3)
