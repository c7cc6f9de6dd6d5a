"""The smooth expectation beside a histogram of scores: it follows honest scores and ignores lifted ones."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from rostok.pipeline.gap_report import _expected
from rostok.reports.item_charts import Boundary
from rostok.schema.scales import Item

ITEMS = tuple(Item(at, str(at), 1) for at in range(1, 21))
BOUNDS = (Boundary(0, "«2»"), Boundary(7, "«3»"), Boundary(12, "«4»"), Boundary(16, "«5»"))


def paper(counts: np.ndarray) -> SimpleNamespace:
    """What the expectation takes of a paper: twenty items of one point, equally hard."""
    n = int(counts.sum())
    solved = int(counts @ np.arange(21))
    sums = SimpleNamespace(
        answered=np.full((1, 20), n), scores=np.full((1, 20), solved / 20), participants=np.array([n])
    )
    return SimpleNamespace(
        items=20,
        maxima=np.ones(20),
        content=SimpleNamespace(items=ITEMS),
        units=SimpleNamespace(country=sums),
    )


def honest() -> np.ndarray:
    """10 000 pupils spread as a normal curve of mean 10 and deviation 3."""
    scores = np.exp(-(((np.arange(21) - 10) / 3) ** 2) / 2)
    return np.round(10_000 * scores / scores.sum())


def test_honest_scores_are_what_is_expected() -> None:
    counts = honest()
    found = _expected(paper(counts), counts, BOUNDS)
    assert found == pytest.approx(counts, abs=0.05 * counts.max())


def test_lifted_scores_stand_out_against_the_same_expectation() -> None:
    counts = honest()
    lifted = counts.copy()
    lifted[6] -= 300  # two thirds of those one point short of «3»
    lifted[7] += 300
    found = _expected(paper(lifted), lifted, BOUNDS)
    assert lifted[7] - found[7] == pytest.approx(300, abs=30)
    assert found.sum() == pytest.approx(counts.sum())


def test_nothing_is_expected_without_bounds_or_pupils() -> None:
    counts = honest()
    assert np.isnan(_expected(paper(counts), counts, ())).all()
    assert np.isnan(_expected(paper(counts), np.zeros(21), BOUNDS)).all()
