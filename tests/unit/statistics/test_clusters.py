"""Differences of units whose pupils come in schools or classes: likeness by hand, and nothing named without a cause."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics import gaps
from rostok.statistics.clusters import Clusters, likeness
from rostok.statistics.item_sums import PaperSums
from tests.unit.statistics.paper_sums import paper_sums


def test_likeness_by_hand() -> None:
    # One unit of two groups of ten, 8 and 2 right: p = 0.5, s² = 0.25. d = ±3: Σd²/(s²n) = 7.2. Weight of each group
    # 1 − 10/20 = 0.5: Σw = 1, Σw(n−1) = 9. ρ = (7.2 − 1) / 9.
    groups = paper_sums([[(1,)] * 8 + [(0,)] * 2, [(1,)] * 2 + [(0,)] * 8])
    unit = np.zeros(2, int)
    found = likeness(Clusters(groups, unit), groups.grouped(unit, 1), np.full((1, 1), 0.25), (1,))
    assert found.correlation[0] == pytest.approx(6.2 / 9)
    assert (found.degrees[0], found.squares[0, 0], found.groups[0, 0]) == (1, 200, 2)


def test_groups_of_unlike_sizes_give_fewer_degrees_of_freedom() -> None:
    # Groups of 1, 1 and 18 with 0, 1 and 9 right: p = 0.5, s² = 0.25, d = ∓0.5, ±0.5, 0: Σd²/(s²n) = 2. Weights
    # 0.95, 0.95, 0.1 add up to 2: ρ = 0. Degrees (3 − 1) · 2² / (2 · 0.95² + 0.1²) / 3.
    groups = paper_sums([[(0,)], [(1,)], [(1,)] * 9 + [(0,)] * 9])
    unit = np.zeros(3, int)
    found = likeness(Clusters(groups, unit), groups.grouped(unit, 1), np.full((1, 1), 0.25), (1,))
    assert found.correlation[0] == pytest.approx(0, abs=1e-12)
    assert found.degrees[0] == pytest.approx(2 * 4 / 1.815 / 3)


def test_groups_that_agree_are_not_unlike() -> None:
    groups = paper_sums([[(1,)] * 5 + [(0,)] * 5] * 4)
    unit = np.array([0, 0, 1, 1])
    found = likeness(Clusters(groups, unit), groups.grouped(unit, 2), np.full((2, 1), 0.25), (1,))
    assert found.correlation[0] == 0 and found.degrees[0] == pytest.approx(2)


def test_one_group_each_tells_nothing_of_likeness() -> None:
    groups = paper_sums([[(1,)] * 9 + [(0,)] * 1, [(1,)] * 1 + [(0,)] * 9])
    unit = np.arange(2)
    found = likeness(Clusters(groups, unit), groups, np.full((2, 1), 0.25), (1,))
    assert found.correlation[0] == 0 and found.degrees[0] == 0


# --- differences


def drawn(random: np.random.Generator, units: int, groups: int, pupils: int, spread: float, items: int = 3,
          shift: float = 0.0, uneven: bool = False) -> tuple[PaperSums, np.ndarray]:  # fmt: skip
    """Sums of groups, logits normal around each item's level; the first unit is moved by ``shift`` logits.

    ``uneven``: 1 to twice ``groups`` groups of a unit, sizes lognormal with a deviation of 1.
    """
    unit = np.repeat(np.arange(units), random.integers(1, 2 * groups, units) if uneven else groups)
    logit = (
        random.normal(0, spread, (len(unit), 1)) + np.linspace(-0.5, 1, items) + shift * (unit == 0)[:, None]
    )
    sizes = pupils * random.lognormal(-0.5, 1, len(unit)) if uneven else np.full(len(unit), pupils)
    size = np.maximum(3, sizes).astype(int)
    right = random.binomial(size[:, None], 1 / (1 + np.exp(-logit)))
    wide = dict.fromkeys(
        ("scores", "squares", "complete_scores", "complete_squares", "complete_products"), right
    )
    none = np.zeros_like(right)
    return PaperSums(
        participants=size, complete=size, totals=right.sum(axis=1), total_squares=right.sum(axis=1) ** 2,
        answered=np.repeat(size[:, None], items, axis=1), not_attempted=none, not_taught=none, **wide,
    ), unit  # fmt: skip


def named(groups: PaperSums, unit: np.ndarray, least: int) -> np.ndarray:
    """Units named in any item, all within one larger unit."""
    units = groups.grouped(unit, unit[-1] + 1)
    parent = np.zeros(units.units, int)
    items = (1,) * groups.answered.shape[1]
    found = gaps.differences(units, parent, units.grouped(parent, 1), items, Clusters(groups, unit, least))
    return np.flatnonzero((found.q <= gaps.FALSE_DISCOVERY_RATE).any(axis=1))


@pytest.mark.parametrize(("units", "groups", "pupils", "spread", "uneven"), [
    (30, 10, 50, 0.5, False),  # municipalities of ten schools: as independent pupils something was named in all regions
    (30, 10, 50, 0.0, False),
    (100, 3, 25, 0.4, False),  # schools of three classes
    (30, 10, 60, 0.5, True),  # villages and towns
])  # fmt: skip
def test_groups_that_differ_are_not_taken_for_units_that_differ(
    units: int, groups: int, pupils: int, spread: float, uneven: bool
) -> None:
    """No unit has an effect of its own: what is named is false, at 5 % in one region of twenty at most."""
    random = np.random.default_rng(11)
    false = 0
    for _ in range(100):
        false += bool(len(named(*drawn(random, units, groups, pupils, spread, uneven=uneven), least=1)))
    assert false <= 11  # 5 of 100 expected at most; eleven or fewer with probability 0.99


def test_a_municipality_that_differs_is_still_named() -> None:
    """One of thirty is lower by 1 logit, six standard errors of its mean (0.5 / √10 = 0.16)."""
    random = np.random.default_rng(12)
    assert all(0 in named(*drawn(random, 30, 10, 50, 0.5, shift=-1.0), least=3) for _ in range(10))


def test_a_municipality_of_two_schools_is_not_tested() -> None:
    groups, unit = drawn(np.random.default_rng(13), 5, 4, 50, 0.5)
    kept = np.array([0, 1, *range(4, 20)])  # two schools of the first, four of each of the others
    units = groups.taken(kept).grouped(unit[kept], 5)
    parent = np.zeros(5, int)
    found = gaps.differences(
        units, parent, units.grouped(parent, 1), (1, 1, 1), Clusters(groups.taken(kept), unit[kept], least=3)
    )
    assert np.isnan(found.q[0]).all() and not np.isnan(found.q[1:]).any()
