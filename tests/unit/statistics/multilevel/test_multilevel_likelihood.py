"""The fit against the likelihood written out over all rows, on data drawn at random."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rostok.statistics.multilevel import Fit, FitRefused, Sums, fit, sums_of_rows
from tests.unit.statistics.multilevel.dense import Dense


def drawn(
    seed: int, schools: int, levels: int, pupils: int, *, weighted: bool, slope: bool
) -> tuple[Sums, Dense, dict[str, list[str]]]:
    """Pupils in tiny unequal schools (some of one pupil), columns of far and near scale."""
    rng = np.random.default_rng(seed)
    school = np.concatenate([np.repeat(k, rng.integers(1, pupils + 1)) for k in range(schools)])
    town = school // 3
    n = len(school)
    near, far = rng.normal(0, 1, n), rng.normal(2021, 0.5, n)
    group = (rng.random(n) < 0.4).astype(float)
    outcome = 5 + near - 2 * (far - 2021) + group + rng.normal(0, 1, n) * 2
    outcome = outcome + rng.normal(0, 1.5, schools)[school] + rng.normal(0, 1, schools)[town]
    outcome = outcome + rng.normal(0, 0.7, schools)[school] * near
    weights = rng.uniform(0.5, 3, n) if weighted else np.ones(n)
    columns = {"near": near, "far": far, "group": group}
    groups = {"school": [f"{k:03d}" for k in school], "town": [f"{k:03d}" for k in town]}
    if levels == 2:
        del groups["town"]
    sums = sums_of_rows(outcome, columns, groups, weights)
    ones = np.ones((n, 1))
    effects = [np.column_stack([ones, near]) if slope else ones, ones][: levels - 1]
    dense = Dense(
        outcome, np.column_stack([ones, near, far, group]), [school, town][: levels - 1], effects, weights
    )
    return sums, dense, {"school": ["near"]} if slope else {}


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000), schools=st.integers(12, 25), levels=st.sampled_from([2, 3]), pupils=st.integers(3, 7),
    weighted=st.booleans(), slope=st.booleans(), reml=st.booleans(),
)  # fmt: skip
def test_fit_is_what_the_likelihood_says(
    seed: int, schools: int, levels: int, pupils: int, weighted: bool, slope: bool, reml: bool
) -> None:
    sums, dense, slopes = drawn(seed, schools, levels, pupils, weighted=weighted, slope=slope)
    found = fit(sums, slopes=slopes, reml=reml)
    if len(found.levels[0].terms) < len(dense.effects[0].T):
        return  # schools of so few pupils that the slope was left out, and said so
    covariances, residual = [level.covariance for level in found.levels], found.residual_variance
    assert found.criterion == pytest.approx(dense.criterion(covariances, residual, reml=reml), abs=1e-6)
    inverse = np.linalg.inv(dense.variance(covariances, residual))
    expected = np.linalg.inv(dense.columns.T @ inverse @ dense.columns)
    # The intercept is at a year of 0: its digits are lost by the judge, not by the fit.
    np.testing.assert_allclose(found.estimates, dense.coefficients(inverse), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(found.covariance, expected, rtol=1e-4, atol=1e-7)
    for place, level in enumerate(found.levels):
        modes, conditional = dense.modes(place, covariances, residual)
        np.testing.assert_allclose(level.effects, modes, atol=1e-6)
        np.testing.assert_allclose(level.conditional, conditional, atol=1e-6)
    check_least(found, dense, reml)


def check_least(found: Fit, dense: Dense, reml: bool) -> None:
    """No parameters near by are more likely."""
    rng = np.random.default_rng(0)
    factors = [
        np.linalg.cholesky(level.covariance + 1e-12 * np.eye(len(level.terms))) for level in found.levels
    ]
    for size in (0.003, 0.03, 0.3):
        for _ in range(4):
            moved = [factor + size * rng.normal(size=factor.shape) for factor in factors]
            covariances = [factor @ factor.T for factor in moved]
            residual = found.residual_variance * np.exp(size * rng.normal())
            assert dense.criterion(covariances, residual, reml=reml) > found.criterion - 1e-7


def test_order_of_rows_and_names_of_units_change_nothing() -> None:
    rng = np.random.default_rng(5)
    school, x = rng.integers(0, 20, 200), rng.normal(size=200)
    y = x + rng.normal(size=20)[school] + rng.normal(size=200)
    order = rng.permutation(200)
    names = np.array([f"s{k:02d}" for k in school])
    one = fit(sums_of_rows(y, {"x": x}, {"school": names}))
    other = fit(sums_of_rows(y[order], {"x": x[order]}, {"school": names[order]}))
    np.testing.assert_allclose(one.estimates, other.estimates, rtol=1e-10)
    np.testing.assert_allclose(one.levels[0].effects, other.levels[0].effects, rtol=1e-7, atol=1e-9)


def test_units_of_columns_change_only_their_coefficients() -> None:
    """A column in billionths, another counted from a far origin: the same fit, coefficients in their units."""
    rng = np.random.default_rng(6)
    school, x, z = rng.integers(0, 20, 300), rng.normal(size=300), rng.normal(size=300)
    y = 2 * x + z + rng.normal(size=20)[school] * (1 + x) + rng.normal(size=300)
    groups = {"school": [f"{k:02d}" for k in school]}
    plain = fit(sums_of_rows(y, {"x": x, "z": z}, groups), slopes={"school": ["x"]}, reml=False)
    odd = fit(
        sums_of_rows(1e6 * y + 1e9, {"x": 1e-9 * x, "z": z + 5e4}, groups),
        slopes={"school": ["x"]},
        reml=False,
    )
    assert odd.estimates[1:] / plain.estimates[1:] == pytest.approx([1e15, 1e6], rel=1e-6)
    assert odd.estimates[0] == pytest.approx(
        1e9 + 1e6 * (plain.estimates[0] - 5e4 * plain.estimates[2]), rel=1e-9
    )
    assert odd.criterion == pytest.approx(plain.criterion + 300 * 2 * np.log(1e6), abs=1e-5)
    scale = np.array([[1e12, 1e21], [1e21, 1e30]])
    np.testing.assert_allclose(odd.levels[0].covariance / scale, plain.levels[0].covariance, rtol=1e-4)


@pytest.mark.parametrize("reml", [True, False])
def test_balanced_one_way_layout_has_its_closed_form(reml: bool) -> None:
    """Searle, Casella, McCulloch (1992, 3.7): MSE and (MSA − MSE)/n, with (1 − 1/a)·MSA for ML."""
    rng = np.random.default_rng(7)
    y = rng.normal(size=(30, 8)) + rng.normal(0, 2, (30, 1))
    between = 8 * y.mean(axis=1).var(ddof=1)
    within = ((y - y.mean(axis=1, keepdims=True)) ** 2).sum() / (30 * 7)
    schools = [f"{k:02d}" for k in range(30) for _ in range(8)]
    found = fit(sums_of_rows(y.ravel(), {}, {"school": schools}), reml=reml)
    share = 1 if reml else 1 - 1 / 30
    assert found.residual_variance == pytest.approx(within, rel=1e-9)
    assert found.levels[0].covariance[0, 0] == pytest.approx((share * between - within) / 8, rel=1e-8)


def test_no_variance_between_schools_is_nought_and_said() -> None:
    """Means of schools nearer to one another than chance lets them: the estimate is at the boundary."""
    rng = np.random.default_rng(8)
    y = rng.normal(size=(20, 6))
    y -= y.mean(axis=1, keepdims=True)
    found = fit(sums_of_rows(y.ravel(), {}, {"school": [f"{k:02d}" for k in range(20) for _ in range(6)]}))
    assert found.levels[0].covariance[0, 0] == 0
    assert [remark.code for remark in found.remarks] == ["variance-none"]
    assert not found.levels[0].effects.any()
    assert found.residual_variance == pytest.approx(y.var(ddof=1), rel=1e-9)


def test_refusals_have_codes() -> None:
    rng = np.random.default_rng(9)
    y, x = rng.normal(size=12), rng.normal(size=12)
    three = [str(k % 3) for k in range(12)]
    cases = {
        "one-unit": sums_of_rows(y, {}, {"s": ["a"] * 12}),
        "one-row-per-unit": sums_of_rows(y, {}, {"s": [str(k) for k in range(12)]}),
        "outcome-constant": sums_of_rows(np.ones(12), {}, {"s": three}),
        "outcome-same-within": sums_of_rows([k % 3 for k in range(12)], {}, {"s": three}),
        "residual-none": sums_of_rows(3 + 2 * x, {"x": x}, {"s": three}),
        "rows-few": sums_of_rows(y[:5], {"a": x[:5], "b": x[:5] ** 2, "c": x[:5] ** 3}, {"s": three[:5]}),
    }
    for code, sums in cases.items():
        with pytest.raises(FitRefused) as refused:
            fit(sums)
        assert refused.value.code == code
