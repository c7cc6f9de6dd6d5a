"""What sections of a report are made of, by hand: expected means, and nothing told of fewer than ten scripts."""

from __future__ import annotations

import pytest

from rostok.pipeline.conditions_sections import resilience_line, similar_line
from rostok.pipeline.expecting import _means, sign_of
from rostok.reports.effect_charts import Sign
from rostok.schema.verdicts import Verdict
from rostok.statistics.matching import AgainstGroup
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


def test_of_fewer_than_ten_scripts_nothing_is_told_of_resilience() -> None:
    row = {
        "school_id": "1",
        "context": -1.0,
        "effect": 0.4,
        "conditional_se": 0.1,
        "probability": 0.9,
        "verdict": "resilient",
    }
    told, silent = resilience_line(row, 10), resilience_line(row, 9)
    assert (told.effect, told.probability, told.verdict) == (0.4, 0.9, "resilient")
    assert (silent.context, silent.effect, silent.probability, silent.verdict) == (
        -1.0,
        None,
        None,
        "cannot_tell",
    )


def test_of_fewer_than_ten_scripts_nothing_is_told_beside_neighbours() -> None:
    said = AgainstGroup(4, 5.0, 1.0, 9.0, Verdict.BETTER)
    told, silent = (similar_line("1", 4, said, (), shown=shown) for shown in (True, False))
    assert (told.difference, told.lower, told.upper, told.sign) == (5.0, 1.0, 9.0, Sign.ABOVE)
    assert (silent.neighbours, silent.difference, silent.sign) == (4, None, Sign.CANNOT_TELL)
