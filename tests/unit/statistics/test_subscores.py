"""PRMSE of sub-scores: a case worked by hand, and simulated pupils of one and of two abilities."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics.item_sums import PaperSums
from rostok.statistics.subscores import subscore


def sums_of(rows: np.ndarray, skill: list[int]) -> PaperSums:
    """Complete papers of one unit; the last column is the sub-score."""
    total = rows.sum(axis=1)
    wide = np.column_stack([rows, rows[:, skill].sum(axis=1)]).astype(np.int64)
    n = len(rows)
    scores, squares, products = wide.sum(axis=0), (wide**2).sum(axis=0), (wide * total[:, None]).sum(axis=0)
    count, none = np.full(wide.shape[1], n), np.zeros(wide.shape[1], np.int64)
    return PaperSums(
        np.array([n]), count[None], scores[None], squares[None], none[None], none[None], np.array([n]),
        np.array([total.sum()]), np.array([(total**2).sum()]), scores[None], squares[None], products[None],
    )  # fmt: skip


def test_by_hand() -> None:
    # Items 1 and 2 are the skill, item 3 the rest.
    rows = np.array([(1, 1, 1), (1, 1, 0), (0, 0, 1), (0, 0, 0)])
    found = subscore(sums_of(rows, [0, 1]), 0, 3, [0, 1], least=4)
    # s = 2,2,0,0: variance 4/3; items 1/3 + 1/3. Alpha = 2 · (1 − (2/3)/(4/3)) = 1.
    assert found.from_itself == pytest.approx(1)
    # Total 3,2,1,0: variance 5/3, covariance with s: 4/3. (4/3)² / (4/3 · 5/3) = 0.8.
    assert found.from_total == pytest.approx(0.8)
    assert found.says_more is True


def simulated(correlation: float) -> np.ndarray:
    random = np.random.default_rng(11)
    ability = random.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], size=4000)
    of_item = np.repeat(ability, [6, 6], axis=1)
    return (random.random(of_item.shape) < 1 / (1 + np.exp(-of_item))).astype(int)


def test_two_abilities_are_worth_a_subscore_and_one_is_not() -> None:
    skill = list(range(6))
    assert subscore(sums_of(simulated(0.1), skill), 0, 12, skill).says_more is True
    assert subscore(sums_of(simulated(1.0), skill), 0, 12, skill).says_more is False


@pytest.mark.parametrize(("items", "least"), [([0], 4), ([0, 1], 5)])
def test_one_item_or_few_pupils_cannot_tell(items: list[int], least: int) -> None:
    rows = np.array([(1, 1, 1), (1, 1, 0), (0, 0, 1), (0, 0, 0)])
    assert subscore(sums_of(rows, items), 0, 3, items, least=least).says_more is None


def test_items_that_contradict_each_other_cannot_tell() -> None:
    rows = np.array([(1, 0, 1), (1, 0, 0), (0, 1, 1), (0, 1, 0), (1, 1, 1)])
    assert subscore(sums_of(rows, [0, 1]), 0, 3, [0, 1], least=5).says_more is None
