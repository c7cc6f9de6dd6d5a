"""Rates of false discoveries, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics.discoveries import discovery_rates


def test_false_discovery_rate_by_hand() -> None:
    # Benjamini and Hochberg: p·m/rank, made monotone from above; missing ones count for nothing.
    found = discovery_rates(np.array([[0.01, np.nan], [0.04, 0.03]]))
    assert found[0, 0] == pytest.approx(0.03)
    assert np.isnan(found[0, 1])
    assert found[1].tolist() == pytest.approx([0.04, 0.04])


def test_nothing_known_gives_nothing() -> None:
    assert np.isnan(discovery_rates(np.array([np.nan, np.nan]))).all()
    assert discovery_rates(np.zeros(0)).shape == (0,)
