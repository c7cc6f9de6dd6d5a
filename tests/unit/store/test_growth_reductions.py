"""Moments of scores by class, and links between two papers, on rows worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from rostok.store import growth_reductions
from rostok.store.engines import duckdb_engine
from rostok.store.growth_reductions import class_moments, linked_scores
from tests.unit.store.papers import AUTUMN_MATH_5, MATH_5, batch, build, paper

ROWS = [
    paper("11", "1", 1, sex="f"), paper("11", "2", 3), paper("11", "3", 5, class_name="5Б", sex=None),
    paper("11", "4", None, class_name="5Б"), paper("12", "1", 2, class_name=None), paper("12", "2", 4, class_name=None),
]  # fmt: skip


@pytest.fixture(params=["columns", "engine"])
def where(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns in memory, and an engine that would run on a cluster."""
    monkeypatch.setattr(growth_reductions, "in_process", lambda engine: request.param == "columns")


@pytest.mark.usefixtures("where")
def test_classes_are_added_up_by_sex(tmp_path: Path) -> None:
    version = build(tmp_path, batch(ROWS)).version
    with duckdb_engine(threads=2) as engine:
        rows = class_moments(engine, version, MATH_5).to_pylist()
    found = sorted((r["school_id"], r["pupils"], r["total"], r["squares"], r["judged"], r["under"], r["absent"])
                   for r in rows)  # fmt: skip
    # Under the minimum are totals under 2: the pupil with one point.
    assert found == [("11", 1, 5, 25, 1, 0, 1), ("11", 2, 4, 10, 2, 1, 0), ("12", 2, 6, 20, 2, 0, 0)]
    by_sex = {
        (r["school_id"], r["pupils"]): (r["m_pupils"], r["m_total"], r["f_pupils"], r["f_squares"])
        for r in rows
    }
    assert by_sex == {("11", 1): (0, 0, 0, 0), ("11", 2): (1, 3, 1, 1), ("12", 2): (2, 6, 0, 0)}


def test_pupils_are_linked_by_school_and_code(tmp_path: Path) -> None:
    earlier = [
        paper("11", "1", 1, sex="f"), paper("11", "2", 3), paper("11", "7", 2), paper("12", "1", 2), paper("12", "8", None),
    ]  # fmt: skip
    version = build(tmp_path, batch(ROWS), batch(earlier, "b.xlsx", AUTUMN_MATH_5)).version
    with duckdb_engine(threads=2) as engine:
        cells, same_sex = linked_scores(engine, version, AUTUMN_MATH_5, MATH_5)
    assert [tuple(row.values()) for row in cells.to_pylist()] == [
        ("11", 1, 1, 1),
        ("11", 3, 3, 1),
        ("12", 2, 2, 1),
    ]
    assert same_sex == 1.0


def test_strangers_show_by_their_sex(tmp_path: Path) -> None:
    earlier = [paper("11", "1", 1, sex="m"), paper("11", "2", 3)]
    version = build(tmp_path, batch(ROWS), batch(earlier, "b.xlsx", AUTUMN_MATH_5)).version
    with duckdb_engine(threads=2) as engine:
        assert linked_scores(engine, version, AUTUMN_MATH_5, MATH_5)[1] == 0.5
