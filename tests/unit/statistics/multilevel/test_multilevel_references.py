"""Every reference model, REML and ML, against lme4; and the figures of textbooks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rostok.statistics.multilevel import INTERCEPT, Fit, fit
from tests.unit.statistics.multilevel.reference_models import MODELS, results

# The tolerances of the reference's README. A covariance of effects lies in a flatter valley than a variance, and
# lme4's optimiser stops in it a little earlier than ours: our criterion is the lower one, as is checked too.
FIXED, VARIANCE, RESIDUAL, CRITERION, EFFECTS = 1e-6, 1e-5, 1e-6, 1e-6, 1e-5
COVARIANCE = 5e-5


@pytest.mark.shared
@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("name", MODELS)
def test_model_agrees_with_lme4(shared: Path, name: str, method: str) -> None:
    model, expected = MODELS[name], results(shared, name)[method]
    found = fit(model.sums(shared), slopes=model.slopes, reml=method == "REML")
    assert found.remarks == ()
    assert found.rows == expected["n"]
    assert {level.name: len(level.units) for level in found.levels} == {
        name: n if isinstance(n, int) else n[0] for name, n in expected["ngroups"].items()
    }
    assert found.criterion == pytest.approx(expected["deviance_or_REMLcrit"], abs=CRITERION)
    assert found.criterion < expected["deviance_or_REMLcrit"] + 1e-9 * abs(found.criterion)
    assert found.log_likelihood == pytest.approx(expected["logLik"], abs=CRITERION)
    assert set(found.terms) == set(expected["fixef"])
    for term, estimate, error in zip(found.terms, found.estimates, found.standard_errors, strict=True):
        assert estimate == pytest.approx(expected["fixef"][term], rel=FIXED, abs=FIXED), term
        assert error == pytest.approx(expected["se"][term], rel=VARIANCE), term
    check_components(found, expected["varcomp"])
    check_effects(found, expected["blups"])


def check_components(found: Fit, expected: dict[str, list[object]]) -> None:
    for level, one, other, value in zip(
        *(expected[key] for key in ("grp", "var1", "var2", "vcov")), strict=True
    ):
        if level == "Residual":
            assert found.residual_variance == pytest.approx(value, rel=RESIDUAL)
            continue
        own = found.level(str(level))
        i = own.terms.index(str(one))
        j = i if other is None else own.terms.index(str(other))
        assert own.covariance[i, j] == pytest.approx(value, rel=VARIANCE if i == j else COVARIANCE), (
            level,
            one,
        )


def check_effects(found: Fit, expected: dict[str, dict[str, list[object]]]) -> None:
    for name, table in expected.items():
        level = found.level(name)
        place = {unit: at for at, unit in enumerate(level.units)}
        at = [place[str(unit)] for unit in table["level"]]
        for k, term in enumerate(level.terms):
            np.testing.assert_allclose(level.effects[at, k], table[term], rtol=EFFECTS, atol=EFFECTS)
            np.testing.assert_allclose(level.standard_errors[at, k], table[f"condsd_{term}"], rtol=EFFECTS)


@pytest.mark.shared
def test_textbook_figures_of_inner_london(shared: Path) -> None:
    """MLwiN User's Guide, chapter 2: by maximum likelihood, three decimals."""
    model = MODELS["exam_randomslope"]
    found = fit(model.sums(shared), slopes=model.slopes, reml=False)
    assert found.criterion == pytest.approx(9316.87, abs=0.005)
    assert found.estimates == pytest.approx([-0.012, 0.557], abs=5e-4)
    assert found.levels[0].covariance == pytest.approx(np.array([[0.090, 0.018], [0.018, 0.015]]), abs=5e-4)
    assert found.residual_variance == pytest.approx(0.554, abs=5e-4)


@pytest.mark.shared
def test_textbook_figures_of_high_school_and_beyond(shared: Path) -> None:
    """Raudenbush and Bryk (2002), chapter 4: one-way ANOVA and intercepts as outcomes, REML, two decimals."""
    null = fit(MODELS["hsb82_null"].sums(shared))
    assert (null.estimates[0], null.levels[0].covariance[0, 0], null.residual_variance) == pytest.approx(
        (12.64, 8.61, 39.15), abs=5e-3
    )
    model = MODELS["hsb_rb_intercepts_slopes"]
    found = fit(model.sums(shared), slopes=model.slopes)
    by_term = dict(zip(found.terms, found.estimates, strict=True))
    expected = {
        "MEANSES": 5.33,
        "SectorCatholic": 1.22,
        "gmc": 2.94,
        "gmc:SectorCatholic": -1.64,
        INTERCEPT: 12.10,
    }
    assert {term: by_term[term] for term in expected} == pytest.approx(expected, abs=0.011)
    assert found.levels[0].covariance[0, 0] == pytest.approx(2.38, abs=5e-3)
