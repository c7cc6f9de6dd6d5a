"""Resilience: probabilities mean what they say, the error of the index is carried along."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.schema.verdicts import ResilienceVerdict as Verdict
from rostok.statistics.resilience import Effects, Index, resilience

SLOPE, OWN, ERROR = 0.3, 0.05, 0.15  # of true conditions; variance of own effects; of a school's mean


def _region(
    schools: int, index_error: float, slope: float = SLOPE
) -> tuple[Effects, Index, np.ndarray, np.ndarray]:
    """True conditions of variance 1, and what a mixed model with known variances would say of schools."""
    rng = np.random.default_rng([5, schools, int(100 * index_error), int(100 * slope) + 100])
    true, own = rng.normal(size=schools), np.sqrt(OWN) * rng.normal(size=schools)
    seen = true + index_error * rng.normal(size=schools)
    reliability = 1 / (1 + index_error**2)
    between = OWN + slope**2 * (1 - reliability)
    beyond = slope * true + own + ERROR * rng.normal(size=schools) - slope * reliability * seen
    kept = between / (between + ERROR**2)
    errors = np.full(schools, np.sqrt(between * (1 - kept)))
    effects = Effects(kept * beyond, errors, between, slope * reliability)
    return effects, Index(seen, np.full(schools, index_error)), true, own


@pytest.mark.parametrize(("index_error", "slope"), [(0.5, SLOPE), (0.5, -SLOPE), (0.2, SLOPE), (1.0, SLOPE)])
def test_of_schools_given_a_probability_so_many_are(index_error: float, slope: float) -> None:
    effects, index, true, own = _region(40_000, index_error, slope)
    found = resilience(effects, index, delta=0.1, lower_part=0.25)
    low = true <= np.quantile(true, 0.25)
    for said, truth in ((found.low, low), (found.probability, low & (own > 0.1))):
        for bound in np.arange(0, 0.9, 0.1):
            inside = (said >= bound) & (said < bound + 0.1)
            if inside.sum() >= 300:
                error = np.sqrt(0.25 / inside.sum())
                assert truth[inside].mean() == pytest.approx(said[inside].mean(), abs=4 * error), bound
    assert np.mean(np.abs(own - found.own_effect) < 1.96 * found.own_error) == pytest.approx(0.95, abs=0.01)
    assert found.own_variance == pytest.approx(OWN, rel=0.1)


def test_an_index_known_exactly_leaves_the_effect_as_it_is() -> None:
    # P(effect > δ) of a normal: effect 0.3, error 0.1, δ 0.1 → Φ(2) = 0.977; the other school stands high.
    value = np.array([-1.0, 1.0, 1.0, 1.0])
    effects = Effects(np.array([0.3, 0.3, 0.0, 0.0]), np.full(4, 0.1), 0.2, 0.1)
    found = resilience(effects, Index(value, np.zeros(4)), delta=0.1, lower_part=0.25)
    assert found.probability[0] == pytest.approx(0.97725, abs=1 / 201)  # averaged over 201 points
    assert found.probability[1] == 0
    np.testing.assert_allclose(found.low, [1, 0, 0, 0], atol=1e-12)
    np.testing.assert_allclose(found.own_effect, effects.effect)


def test_verdicts_leave_room_between() -> None:
    value = np.array([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    effects = Effects(np.array([0.5, 0.12, -0.5, 0.5, 0, 0, 0, 0]), np.full(8, 0.1), 0.2, 0.1)
    found = resilience(effects, Index(value, np.zeros(8)), delta=0.1, lower_part=0.25)
    assert found.verdicts(0.9)[:4] == [
        Verdict.RESILIENT, Verdict.CANNOT_TELL, Verdict.NOT_RESILIENT, Verdict.BETTER_CONDITIONS,
    ]  # fmt: skip


def test_an_index_of_nothing_but_error_says_nothing() -> None:
    effects, _, _, _ = _region(200, 0.5)
    index = Index(np.random.default_rng(1).normal(size=200), np.full(200, 3.0))
    found = resilience(effects, index)
    assert Verdict.RESILIENT not in found.verdicts(0.8)


def test_where_schools_do_not_differ_nothing_is_said_of_the_lower_part() -> None:
    value = np.linspace(-1, 1, 21)
    found = resilience(Effects(np.zeros(21), np.zeros(21), 0.0, 0.1), Index(value, np.zeros(21)))
    assert found.verdicts(0.9)[0] is Verdict.CANNOT_TELL
    assert found.verdicts(0.9)[-1] is Verdict.BETTER_CONDITIONS


def test_no_link_with_conditions_is_no_trouble() -> None:
    effects, index, true, own = _region(4000, 0.5, 0.0)
    found = resilience(effects, index)
    assert np.isfinite(found.probability).all()
    both = (true <= np.quantile(true, 0.25)) & (own > 0.1)
    assert found.probability.mean() == pytest.approx(both.mean(), abs=0.02)
