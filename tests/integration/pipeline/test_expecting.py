"""What a model expects of a school, by hand: its mean covariates times the coefficients."""

from __future__ import annotations

import pytest

from rostok.pipeline.expecting import _means, sign_of
from rostok.reports.effect_charts import Sign
from rostok.statistics.multilevel.sums import sums_of_rows


def test_expected_means_are_mean_covariates_times_coefficients() -> None:
    """Of а: x is 1 and 2, y is 2 and 4; expected 1 + 2 · 1.5 = 4. Of б: x 3 and 7, y 10 and 20; expected 11."""
    sums = sums_of_rows([2, 4, 10, 20], {"x": [1, 2, 3, 7]}, {"school_id": list("аабб")})
    found = _means(sums, {"(Intercept)": 1.0, "x": 2.0})
    assert found.of["а"] == pytest.approx((3, 4))
    assert found.of["б"] == pytest.approx((15, 11))
    assert found.overall["x"] == pytest.approx(3.25)


def test_a_column_that_left_the_model_adds_nothing() -> None:
    sums = sums_of_rows([2, 4, 10, 20], {"x": [1, 2, 3, 7]}, {"school_id": list("аабб")})
    assert _means(sums, {"(Intercept)": 9.0}).of["б"] == pytest.approx((15, 9))


@pytest.mark.parametrize(
    ("effect", "error", "sign"),
    [
        (2.0, 1.0, Sign.ABOVE),
        (1.9, 1.0, Sign.CANNOT_TELL),
        (-2.0, 1.0, Sign.BELOW),
        (9.0, float("inf"), Sign.CANNOT_TELL),
    ],
)
def test_a_verdict_goes_by_the_own_interval(effect: float, error: float, sign: Sign) -> None:
    assert sign_of(effect, error) is sign
