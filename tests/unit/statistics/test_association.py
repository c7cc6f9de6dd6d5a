"""Correlation and slope of school figures: other programs' formulas, coverage by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from rostok.statistics.association import associate

RNG = np.random.default_rng(11)


def test_correlation_and_slope_against_scipy() -> None:
    x = RNG.normal(size=50)
    y = 2 * x + RNG.normal(size=50) + 7
    found = associate(x, y)
    told = stats.pearsonr(x, y)
    low, high = told.confidence_interval()
    assert (found.correlation, found.lower, found.upper) == pytest.approx(
        (told.statistic, low, high), rel=1e-4
    )
    assert found.slope == pytest.approx(stats.linregress(x, y).slope * x.std(ddof=1))
    assert not found.clustered and found.schools == 50


def test_error_of_the_slope_by_matrices() -> None:
    """HC3: (X'X)⁻¹ X' diag(e² ÷ (1 − h)²) X (X'X)⁻¹, written out."""
    x, y = RNG.normal(size=30), RNG.normal(size=30) ** 2
    design = np.column_stack([np.ones(30), (x - x.mean()) / x.std(ddof=1)])
    inverse = np.linalg.inv(design.T @ design)
    hat = np.diagonal(design @ inverse @ design.T)
    residual = y - design @ inverse @ design.T @ y
    covariance = inverse @ design.T @ np.diag((residual / (1 - hat)) ** 2) @ design @ inverse
    found = associate(x, y)
    half = stats.t.ppf(0.975, 28) * math.sqrt(covariance[1, 1])
    assert found.slope_upper - found.slope == pytest.approx(half)


def test_schools_of_one_municipality_do_not_count_as_independent() -> None:
    """Forty municipalities of ten schools that share half of what they are: 95 % intervals hold the truth."""
    hits, plain = 0, 0
    places = np.repeat(np.arange(40), 10)
    for _ in range(300):
        x = RNG.normal(size=40)[places] + RNG.normal(size=400) * 0.3
        y = RNG.normal(size=40)[places] + RNG.normal(size=400)
        near = associate(x, y, places)
        far = associate(x, y)
        hits += near.slope_lower <= 0 <= near.slope_upper
        plain += far.slope_lower <= 0 <= far.slope_upper
        assert near.clustered
    assert 0.90 <= hits / 300 <= 0.98
    assert plain / 300 < 0.8


def test_few_municipalities_and_unknown_ones() -> None:
    x, y = RNG.normal(size=40), RNG.normal(size=40)
    assert not associate(x, y, np.arange(40) % 5).clustered
    assert not associate(x, y, np.full(40, -1)).clustered
    assert associate(x, y, np.where(np.arange(40) < 30, np.arange(40) % 6, -1)).clustered


@pytest.mark.parametrize("x", [[1.0, 2, 3, 4], [2.0] * 10, [math.nan] * 10], ids=["few", "same", "none"])
def test_nothing_can_be_said(x: list[float]) -> None:
    found = associate(np.array(x), np.arange(float(len(x))))
    assert math.isnan(found.correlation) and math.isnan(found.slope_upper)


def test_a_straight_line_has_no_room() -> None:
    found = associate(np.arange(10.0), np.arange(10.0) * 3)
    assert (found.correlation, found.lower, found.upper) == pytest.approx((1, 1, 1))
