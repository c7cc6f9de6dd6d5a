"""Precision weights, collinear and constant columns, slopes and levels that cannot be fitted, nesting."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics.multilevel import NotNested, Remark, Sums, fit, sums_of_rows

I = np.arange(60)  # noqa: E741 - rows of the example given to R
SCHOOL, TOWN = I // 6, I // 18
X, WEIGHT = (I * 7) % 11, 1 + (I * 5) % 4
Y = X / 2 + (SCHOOL * 3) % 7 + ((I * I * 13) % 17) / 4 + X * (SCHOOL % 4) / 5


def example(*, towns: bool = False, **more: np.ndarray) -> Sums:
    groups = {"school": SCHOOL.astype(str)}
    if towns:
        groups["town"] = TOWN.astype(str)
    return sums_of_rows(Y, {"x": X, **more}, groups, WEIGHT)


# lme4 1.1-31: lmer(y ~ x + (1 | school), weights = w) and (x | school). Of the second its deviance function was
# minimised further with nlm: the default optimiser stops at a deviance larger by 9e-9, in the fifth digit.
LME4 = {
    ("", True): (254.77119739335, 4.261958384347, 0.896241179151, 0.06308432705, 5.562673638, 5.694629811),
    ("", False): (252.33649739527, 4.261808843291, 0.896305590021, 0.06244347225, 4.968774285, 5.582043774),
    ("x", True): (
        254.04666125649,
        4.257552085489,
        0.898353041765,
        0.07557275363,
        5.71569678564,
        5.18638189967,
    ),
    ("x", False): (
        251.91767707685,
        4.257533400594,
        0.898050007521,
        0.07133511693,
        5.04646859772,
        5.19374022321,
    ),
}


@pytest.mark.parametrize(("slope", "reml"), LME4)
def test_precision_weights_are_those_of_lme4(slope: str, reml: bool) -> None:
    found = fit(example(), slopes={"school": [slope]} if slope else {}, reml=reml)
    between = found.levels[0].covariance[0, 0]
    figures = (found.criterion, *found.estimates, found.standard_errors[1], between, found.residual_variance)
    assert figures == pytest.approx(LME4[slope, reml], rel=1e-7)
    assert found.criterion == pytest.approx(LME4[slope, reml][0], abs=1e-8)


def test_weighted_effects_are_those_of_lme4() -> None:
    level = fit(example(), slopes={"school": ["x"]}).levels[0]
    assert level.effects[:2] == pytest.approx(
        np.array([[-4.274674875, -0.00750197435], [0.590517489, -0.06697040205]]), abs=1e-7
    )
    expected = np.array([[0.7398755859, -0.0673896389], [-0.0673896389, 0.0123427896]])
    assert level.conditional[0] == pytest.approx(expected, rel=1e-7)


def test_a_level_without_variance_changes_nothing_as_in_lme4() -> None:
    found = fit(example(towns=True))
    assert found.criterion == pytest.approx(254.77119739335, abs=1e-8)
    assert found.level("town").covariance[0, 0] == 0
    assert not found.level("town").standard_errors.any()
    assert Remark("variance-none", {"level": "town", "term": "(Intercept)"}) in found.remarks


def test_weights_times_a_constant_scale_the_residual_variance_only() -> None:
    one = fit(example())
    other = fit(sums_of_rows(Y, {"x": X}, {"school": SCHOOL.astype(str)}, 1000 * WEIGHT))
    assert other.residual_variance == pytest.approx(1000 * one.residual_variance, rel=1e-9)
    assert other.levels[0].covariance[0, 0] == pytest.approx(one.levels[0].covariance[0, 0], rel=1e-9)
    assert other.criterion == pytest.approx(one.criterion, abs=1e-8)


def test_the_later_of_collinear_columns_is_left_out_by_name() -> None:
    other = (I * 3) % 5
    plain = fit(example(other=other))
    found = fit(example(other=other, both=2 * X - other + 7, same=np.full(60, 0.1)))
    assert found.terms == plain.terms
    assert found.estimates == pytest.approx(plain.estimates, rel=1e-9)
    said = {remark.code: remark.values for remark in found.remarks}
    assert said["column-collinear"] == {"term": "both", "others": ("x", "other")}
    assert said["column-constant"] == {"term": "same", "others": ()}


def test_coefficients_stay_the_users_when_a_part_of_a_product_is_left_out() -> None:
    """x is named after its double: the double stays, x goes, and x:z keeps its meaning."""
    z = (I * 3) % 5
    groups = {"school": SCHOOL.astype(str)}
    full = fit(sums_of_rows(Y, {"x": X, "z": z, "x:z": X * z}, groups))
    left = fit(sums_of_rows(Y, {"double": 2 * X, "x": X, "z": z, "x:z": X * z}, groups))
    assert left.terms == ("(Intercept)", "double", "z", "x:z")
    assert left.estimates * [1, 2, 1, 1] == pytest.approx(full.estimates, rel=1e-8)


def test_slopes_that_cannot_vary_are_left_out_and_said() -> None:
    context = np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3])[SCHOOL]
    found = fit(example(context=context), slopes={"school": ["context"]})
    assert found.levels[0].terms == ("(Intercept)",)
    assert found.remarks == (Remark("slope-same-within", {"level": "school", "term": "context"}),)
    towns = fit(example(towns=True, context=context), slopes={"town": ["x", "context", "x:context"][:2]})
    assert towns.level("town").terms == ("(Intercept)", "x", "context")


def test_more_effects_than_units_or_rows_are_left_out_and_said() -> None:
    rng = np.random.default_rng(1)
    a, b, c = rng.normal(size=(3, 12))
    sums = sums_of_rows(rng.normal(size=12), {"a": a, "b": b, "c": c}, {"s": [str(k % 3) for k in range(12)]})
    found = fit(sums, slopes={"s": ["a", "b", "c"]})
    assert found.levels[0].terms == ("(Intercept)", "a", "b")
    codes = [remark.code for remark in found.remarks]
    assert codes[:2] == ["units-few", "slope-too-many"]


def test_a_level_of_one_unit_or_of_the_same_units_is_left_out_and_said() -> None:
    one = sums_of_rows(Y, {}, {"school": SCHOOL.astype(str), "region": ["22"] * 60})
    same = sums_of_rows(Y, {}, {"school": SCHOOL.astype(str), "town": [f"t{k}" for k in SCHOOL]})
    between = sums_of_rows(Y, {}, {"school": SCHOOL.astype(str), "town": [f"t{k}" for k in SCHOOL],
                                   "district": (SCHOOL // 2).astype(str)})  # fmt: skip
    assert [level.name for level in fit(one).levels] == ["school"]
    assert Remark("level-one-unit", {"level": "region", "below": "school"}) in fit(one).remarks
    assert Remark("level-repeats", {"level": "town", "below": "school"}) in fit(same).remarks
    assert [level.name for level in fit(between).levels] == ["school", "district"]


def test_a_school_in_two_towns_is_refused_with_its_key() -> None:
    with pytest.raises(NotNested) as refused:
        sums_of_rows(Y, {}, {"school": (I % 10).astype(str), "town": ["a"] * 59 + ["b"]})
    assert (refused.value.level, refused.value.unit) == ("school", "9")
    assert set(refused.value.parents) == {"a", "b"}


def test_four_levels_add_up() -> None:
    """One more level of its own variance: found again within its error (as no other program was asked)."""
    rng = np.random.default_rng(2)
    school = np.repeat(np.arange(2000), 5)
    town, district = school // 10, school // 100
    y = rng.normal(size=10_000) + rng.normal(size=2000)[school] + rng.normal(0, 0.7, 200)[town]
    y = y + rng.normal(0, 0.8, 20)[district]
    keys = {
        "s": [f"{k:04d}" for k in school],
        "t": [f"{k:03d}" for k in town],
        "d": [f"{k:02d}" for k in district],
    }
    found = fit(sums_of_rows(y, {}, keys))
    variances = [level.covariance[0, 0] for level in found.levels]
    assert variances == pytest.approx([1, 0.49, 0.64], rel=0.45)
    assert found.residual_variance == pytest.approx(1, rel=0.05)


def test_three_effects_of_which_two_make_the_third_converge_and_are_said() -> None:
    """Λ has no last diagonal then, and what stands beside it may turn at no cost: a flat valley."""
    rng = np.random.default_rng(3)
    school = np.repeat(np.arange(40), 12)
    a, b = rng.normal(size=(2, 480))
    own, slope = rng.normal(size=(2, 40))
    y = own[school] + slope[school] * a + (own + slope)[school] * b + 0.5 * rng.normal(size=480)
    sums = sums_of_rows(y, {"a": a, "b": b}, {"s": [f"{k:02d}" for k in school]})
    found = fit(sums, slopes={"s": ["a", "b"]})
    codes = [remark.code for remark in found.remarks]
    assert "not-converged" not in codes
    low = np.linalg.eigvalsh(found.levels[0].correlation)[0]
    assert ("effects-tied" in codes) == (low < 1e-6)
