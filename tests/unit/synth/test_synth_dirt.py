"""Defects: one per dirty row, none that changes who took part or who is under the minimum."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from rostok.synth import Region
from rostok.synth.dirt import ALL_DEFECTS, DEFECTS, soil
from rostok.synth.grids import Grid, grid_of
from rostok.synth.streams import stream
from rostok.synth.workbooks import Formula


@pytest.fixture
def grid(region: Region) -> Grid:
    return grid_of(region, next(one for one in region.assessments if one.key == "vpr/2021/spring/math/5"))


def points(grid: Grid, row: int) -> int:
    """What the row rules count: whole numbers within the item's maximum."""
    cells = [(cells[row], most) for cells, most in zip(grid.items, grid.item_maxima, strict=True)]
    return sum(int(c) for c, most in cells if isinstance(c, str) and c.isdigit() and int(c) <= most)


def test_no_rate_no_change(region: Region, grid: Grid) -> None:
    clean = grid_of(region, grid.assessment)
    assert soil(grid, 0.0, stream(1), ALL_DEFECTS) == Counter()
    assert all((a == b).all() for a, b in zip(grid.items, clean.items, strict=True))


def test_about_the_rate_of_rows_is_spoilt_in_all_ways(grid: Grid) -> None:
    made = soil(grid, 0.2, stream(1), ALL_DEFECTS)
    assert set(made) == set(DEFECTS)
    assert 0.10 < made.total() / (~grid.absent).sum() < 0.20


def test_not_attempted_is_spelt_in_many_ways(grid: Grid) -> None:
    soil(grid, 0.01, stream(1), ALL_DEFECTS)
    spelt = {cell for cells in grid.items for cell in cells if isinstance(cell, str) and not cell.isdigit()}
    assert spelt >= {"X", "x", "Х", "х", " X", "не пройд."}


def test_spoilt_scores_change_no_sum(grid: Grid) -> None:
    before = [points(grid, row) for row in range(len(grid))]
    soil(grid, 0.3, stream(2), ("item-above-maximum", "cell-formula-error", "cell-date", "cell-not-a-number"))
    assert [points(grid, row) for row in range(len(grid))] == before
    assert any(isinstance(cell, Formula) for cells in grid.items for cell in cells)


def test_wrong_totals_stay_within_their_mark(region: Region, grid: Grid) -> None:
    clean = grid_of(region, grid.assessment)
    soil(grid, 0.5, stream(3), ("total-differs",))
    changed = np.flatnonzero(grid.total != clean.total)
    assert len(changed) > 100
    for row in changed:
        pair = {
            sum(int(total) >= bound for bound in grid.bounds) for total in (grid.total[row], clean.total[row])
        }
        assert len(pair) == 1


def test_doubled_codes_are_counted_once_each(grid: Grid) -> None:
    made = soil(grid, 0.3, stream(4), ("pupil-doubled",))
    times = Counter(zip(grid.school.tolist(), grid.code.tolist(), strict=True))
    assert made["pupil-doubled"] == sum(1 for count in times.values() if count > 1)
