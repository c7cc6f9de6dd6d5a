"""Counts by score and by answers, on rows worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from rostok.store import score_reductions
from rostok.store.engines import duckdb_engine
from rostok.store.score_reductions import answer_counts, class_sums, score_cells
from tests.unit.store.papers import MATH_5, batch, build, paper

ROWS = [
    paper("11", "1", 3), paper("11", "2", 3), paper("11", "3", 5, journal_mark=None, class_name="5Б"),
    paper("11", "4", None, class_name="5Б"),
    paper("12", "1", 2, item_02=-1), paper("12", "2", 2, item_01=-2), paper("12", "3", 1, item_02=None, class_name=None),
]  # fmt: skip


@pytest.fixture(params=["columns", "engine"], autouse=True)
def where(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything here holds of columns in memory, and of an engine that would run on a cluster."""
    monkeypatch.setattr(score_reductions, "in_process", lambda engine: request.param == "columns")


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, list[dict[str, Any]]]:
    version = build(tmp_path, batch(ROWS)).version
    with duckdb_engine(threads=2) as engine:
        found = {f.__name__: f(engine, version, MATH_5) for f in (class_sums, answer_counts)}
    return {name: sorted(table.to_pylist(), key=str) for name, table in found.items()}


def test_scores_are_counted_by_journal_mark(tmp_path: Path) -> None:
    version = build(tmp_path, batch(ROWS)).version
    with duckdb_engine(threads=2) as engine:
        cells = score_cells(engine, version, MATH_5, pa.array(["11", "12"]), 6)
    # Rows: no mark, 2, 3, 4, 5.
    assert {place: int(cells[place]) for place in zip(*map(list, cells.nonzero()), strict=True)} == {
        (0, 3, 3): 2, (0, 0, 5): 1, (1, 3, 2): 2, (1, 3, 1): 1,
    }  # fmt: skip


def test_classes_are_summed_with_their_absent(tables: dict[str, list[dict[str, Any]]]) -> None:
    found = sorted(
        (r["school_id"], r["pupils"], r["total"], r["largest"], r["absent"]) for r in tables["class_sums"]
    )
    assert found == [
        ("11", 1, 5.0, 5, 1.0), ("11", 2, 6.0, 3, 0.0), ("12", 1, 1.0, 1, 0.0), ("12", 2, 4.0, 2, 0.0),
    ]  # fmt: skip


def test_equal_answers_are_counted_once_and_gaps_left_out(tables: dict[str, list[dict[str, Any]]]) -> None:
    # «X» is 0 points; a topic not taught and a missing score leave the script out.
    found = {
        (r["school_id"], r["class_name"], r["item_01"], r["item_02"]): r["pupils"]
        for r in tables["answer_counts"]
    }
    assert found == {("11", "5А", 2, 1): 2, ("11", "5Б", 2, 3): 1, ("12", "5А", 2, 0): 1}


def test_silence_about_absence_stays_silence(tmp_path: Path) -> None:
    version = build(tmp_path, batch([paper("11", "1", 3), paper("11", "2", 3, absent=None)])).version
    with duckdb_engine(threads=2) as engine:
        assert class_sums(engine, version, MATH_5)["absent"].to_pylist() == [None]
