"""Stability of effects over years: found again where it is known, silent where nothing can be told."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics.multilevel import LevelFit, fit, sums_of_rows
from rostok.statistics.multilevel.stability import stability


def years(seed: int, correlation: float, schools: int = 300, most: int = 25) -> tuple[LevelFit, LevelFit]:
    """Two years of schools of 4 to ``most`` pupils; variance between schools 1, within 6."""
    rng = np.random.default_rng(seed)
    truth = rng.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], schools)
    found = []
    for year in range(2):
        school = np.repeat(np.arange(schools), rng.integers(4, most + 1, schools))
        y = 10 + truth[school, year] + rng.normal(0, 6**0.5, len(school))
        keep = school >= 5 * year  # five schools closed
        found.append(fit(sums_of_rows(y[keep], {}, {"s": [f"{k:03d}" for k in school[keep]]})).levels[0])
    return found[0], found[1]


@pytest.mark.parametrize("correlation", [0.0, 0.6, 0.9])
def test_the_true_correlation_is_found_again(correlation: float) -> None:
    found = [stability(*years(seed, correlation)) for seed in range(12)]
    assert np.mean([one.true for one in found if one]) == pytest.approx(correlation, abs=0.06)
    assert sum(one.lower <= correlation <= one.upper for one in found if one) >= 10
    assert {one.units for one in found if one} == {295}
    if correlation:  # errors of both years make the plain one smaller
        assert np.mean([one.estimated for one in found if one]) < correlation - 0.1


def test_few_schools_or_no_variance_say_nothing() -> None:
    assert stability(*years(1, 0.5, schools=15)) is None
    rng = np.random.default_rng(2)
    y = rng.normal(size=(40, 6))
    y -= y.mean(axis=1, keepdims=True)
    flat = fit(sums_of_rows(y.ravel(), {}, {"s": [f"{k:03d}" for k in range(40) for _ in range(6)]})).levels[
        0
    ]
    assert stability(flat, years(3, 0.5)[1]) is None
