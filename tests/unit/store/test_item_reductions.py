"""Sums per item from scripts, against the same counted row by row in plain Python."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rostok.schema.tables import SCRIPTS, item_column
from rostok.store.engines import duckdb_engine
from rostok.store.item_reductions import (
    ITEMS_AT_ONCE,
    Footer,
    ReducedPaper,
    reduce_marks,
    reduce_paper,
    score_counts,
)
from tests.unit.statistics.paper_sums import paper_sums

Pupil = tuple[str, str | None, tuple[int | None, ...]]


def scripts(
    pupils: list[Pupil], participants: list[bool] | None = None, marks: list[int | None] | None = None
) -> pa.Table:
    """A table of scripts of these pupils."""
    rows = len(pupils)
    given_columns = {
        "school_id": pa.array([school for school, _, _ in pupils], pa.string()),
        "class_name": pa.array([name for _, name, _ in pupils], pa.string()),
        "participant": pa.array(participants or [True] * rows),
        "mark": pa.array(marks or [None] * rows, pa.int8()),
        "raw_score": pa.array([sum(max(s or 0, 0) for s in scores) for _, _, scores in pupils], pa.int16()),
    }
    columns = {
        column.name: given_columns.get(column.name, pa.nulls(rows, pa.type_for_alias(column.type)))
        for column in SCRIPTS.columns
    }
    for place in range(len(pupils[0][2])):
        columns[item_column(place + 1)] = pa.array([scores[place] for _, _, scores in pupils], pa.int8())
    return pa.table(columns)


def reduced(table: pa.Table, count: int, **options: object) -> ReducedPaper:
    with duckdb_engine(threads=1) as engine:
        return reduce_paper(engine, engine.create_table("scripts", table, temp=True), count, **options)  # type: ignore[arg-type]


SCORES = st.tuples(*[st.sampled_from([None, -2, -1, 0, 1, 2, 5, 100])] * 3)
PUPILS = st.lists(st.tuples(st.sampled_from(["A", "B", "Ш"]), st.just("а"), SCORES), min_size=1, max_size=25)


@given(PUPILS)
def test_sums_are_those_counted_row_by_row(pupils: list[Pupil]) -> None:
    table = scripts(pupils)
    found = reduced(table, 3, footer=Footer(least=Footer.of_table(table, 3).least))
    schools = sorted({school for school, _, _ in pupils})
    expected = paper_sums([[scores for name, _, scores in pupils if name == school] for school in schools])
    assert found.units.school.to_pylist() == schools
    for field in ("participants", "answered", "scores", "squares", "not_attempted", "not_taught", "complete",
                  "totals", "total_squares", "complete_scores", "complete_squares", "complete_products"):  # fmt: skip
        assert np.array_equal(getattr(found.sums, field), getattr(expected, field)), field


def test_only_participants_count() -> None:
    table = scripts([("A", "а", (1,)), ("A", "а", (0,))], participants=[True, False])
    assert reduced(table, 1).sums.answered.tolist() == [[1]]


def test_classes_are_as_written_upper_cased_and_nobody_is_lost() -> None:
    pupils: list[Pupil] = [
        ("A", " а ", (1,)), ("A", "А", (0,)), ("A", None, (1,)), ("A", "", (1,)), ("B", "5б", (1,)),
    ]  # fmt: skip
    found = reduced(scripts(pupils), 1, by_class=True)
    assert found.units.class_name is not None
    assert dict(zip(zip(found.units.school.to_pylist(), found.units.class_name.to_pylist(), strict=True),
                    found.sums.participants.tolist(), strict=True)) == {
        ("A", "А"): 2, ("A", None): 2, ("B", "5Б"): 1}  # fmt: skip


def test_skill_is_answered_by_those_who_answered_all_its_items() -> None:
    pupils: list[Pupil] = [("A", None, (1, 2, 0)), ("A", None, (1, None, 1)), ("A", None, (-1, 2, -2))]
    found = reduced(scripts(pupils), 3, skills=[(0, 1), (1, 2)]).sums
    assert found.answered[0].tolist() == [3, 2, 2, 2, 1]
    assert found.scores[0].tolist() == [2, 4, 1, 5, 2]
    assert found.squares[0].tolist() == [2, 8, 1, 13, 4]
    # Answers not tried and not taught are those of the skill's items.
    assert found.not_attempted[0].tolist() == [1, 0, 0, 1, 0]
    assert found.not_taught[0].tolist() == [0, 0, 1, 0, 1]


def test_item_nobody_answered_makes_no_paper_incomplete(tmp_path: Path) -> None:
    pupils: list[Pupil] = [("A", None, (1, None, -2)), ("A", None, (0, None, -2))]
    path = tmp_path / "paper.parquet"
    pq.write_table(scripts(pupils), path)
    footer = Footer.read(path, 3)
    assert (footer.empty, footer.least) == ({1, 2}, (0, 0, -2))
    assert footer == Footer.of_table(scripts(pupils), 3)
    found = reduced(scripts(pupils), 3, footer=footer).sums
    assert (found.complete.tolist(), found.totals.tolist()) == ([2], [1])
    assert (found.complete_scores.tolist(), found.complete_squares.tolist()) == ([[1, 0, 0]], [[1, 0, 0]])


def test_footer_without_figures_says_nothing_of_items(tmp_path: Path) -> None:
    path = tmp_path / "paper.parquet"
    pq.write_table(scripts([("A", None, (None,))]), path, write_statistics=False)
    assert Footer.read(path, 1) == Footer(frozenset(), (-2,))


def test_marks_and_scores_by_hand() -> None:
    pupils: list[Pupil] = [("B", "а", (1, -1)), ("B", "А", (1, -2)), ("B", "а", (0, 2)), ("A", "а", (1, 1))]
    table = scripts(pupils, marks=[3, 3, 2, None])
    with duckdb_engine(threads=1) as engine:
        given = engine.create_table("scripts", table, temp=True)
        marks = reduce_marks(engine, given, 2)
        counts = score_counts(engine, given, by_class=True)
    assert (marks.school.to_pylist(), marks.mark.tolist()) == (["B", "B"], [2, 3])
    assert marks.participants.tolist() == [1, 2]
    assert marks.answered.tolist() == [[1, 1], [2, 1]]
    assert marks.scores.tolist() == [[0, 2], [2, 0]]
    assert counts.to_pylist() == [
        {"school_id": "A", "class_name": "А", "raw_score": 2, "participants": 1},
        {"school_id": "B", "class_name": "А", "raw_score": 1, "participants": 2},
        {"school_id": "B", "class_name": "А", "raw_score": 2, "participants": 1},
    ]


@pytest.mark.parametrize("by_class", [False, True])
def test_order_of_rows_changes_nothing(by_class: bool) -> None:
    random = np.random.default_rng(5)
    pupils: list[Pupil] = [
        (f"{random.integers(9)}", "абв"[random.integers(3)], tuple(random.integers(-2, 3, 4).tolist())) for _ in range(300)
    ]  # fmt: skip
    one = reduced(scripts(pupils), 4, by_class=by_class)
    other = reduced(scripts(pupils[::-1]), 4, by_class=by_class)
    assert one.units == other.units
    assert np.array_equal(one.sums.complete_products, other.sums.complete_products)


def test_half_a_paper_at_a_time_is_the_whole_paper() -> None:
    """Classes of a paper of more items than are summed at once; schools are always summed in one pass."""
    random = np.random.default_rng(6)
    pupils: list[Pupil] = [
        ("A" if at % 3 else "B", None, tuple(random.integers(-2, 3, 2 * ITEMS_AT_ONCE + 1).tolist())) for at in range(60)
    ]  # fmt: skip
    table = scripts(pupils)
    whole = reduced(table, 2 * ITEMS_AT_ONCE + 1, skills=[(0, 20)]).sums
    halves = reduced(table, 2 * ITEMS_AT_ONCE + 1, skills=[(0, 20)], by_class=True).sums
    assert np.array_equal(whole.scores, halves.scores)
    assert np.array_equal(whole.squares, halves.squares)
    assert np.array_equal(whole.complete_products, halves.complete_products)
