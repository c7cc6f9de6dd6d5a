"""Sums per item from scripts, against the same counted row by row in plain Python: of columns and of an engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rostok.schema.tables import SCRIPTS, item_column
from rostok.store.engines import duckdb_engine
from rostok.store.item_columns import count_scores, reduce_columns, reduce_columns_by_mark
from rostok.store.item_queries import query_marks, query_paper, query_score_counts
from rostok.store.item_reductions import reduce_marks, reduce_paper, score_counts
from rostok.store.reduced import MarkSums, ReducedPaper
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


def by_columns(table: pa.Table, count: int, **options: object) -> ReducedPaper:
    return reduce_columns(table, count, **options)  # type: ignore[arg-type]


def by_engine(table: pa.Table, count: int, **options: object) -> ReducedPaper:
    with duckdb_engine(threads=1) as engine:
        return query_paper(engine, engine.create_table("scripts", table, temp=True), count, **options)  # type: ignore[arg-type]


Reduction = Callable[..., ReducedPaper]
both = pytest.mark.parametrize("reduced", [by_columns, by_engine])


SCORES = st.tuples(*[st.sampled_from([None, -2, -1, 0, 1, 2, 5, 100])] * 3)
PUPILS = st.lists(st.tuples(st.sampled_from(["A", "B", "Ш"]), st.just("а"), SCORES), min_size=1, max_size=25)


@both
@given(pupils=PUPILS)
def test_sums_are_those_counted_row_by_row(reduced: Reduction, pupils: list[Pupil]) -> None:
    pupils = [*pupils, ("A", "а", (0, 0, 0))]  # an item nobody answered has a rule of its own, see below
    found = reduced(scripts(pupils), 3)
    schools = sorted({school for school, _, _ in pupils})
    expected = paper_sums([[scores for name, _, scores in pupils if name == school] for school in schools])
    assert found.units.school.to_pylist() == schools
    for field in ("participants", "answered", "scores", "squares", "not_attempted", "not_taught", "complete",
                  "totals", "total_squares", "complete_scores", "complete_squares", "complete_products"):  # fmt: skip
        assert np.array_equal(getattr(found.sums, field), getattr(expected, field)), field


@both
def test_only_participants_count(reduced: Reduction) -> None:
    table = scripts([("A", "а", (1,)), ("A", "а", (0,))], participants=[True, False])
    assert reduced(table, 1).sums.answered.tolist() == [[1]]


@both
def test_classes_are_as_written_upper_cased_and_nobody_is_lost(reduced: Reduction) -> None:
    pupils: list[Pupil] = [
        ("A", " а ", (1,)), ("A", "А", (0,)), ("A", None, (1,)), ("A", "", (1,)), ("B", "5б", (1,)),
    ]  # fmt: skip
    found = reduced(scripts(pupils), 1, by_class=True)
    assert found.units.class_name is not None
    assert dict(zip(zip(found.units.school.to_pylist(), found.units.class_name.to_pylist(), strict=True),
                    found.sums.participants.tolist(), strict=True)) == {
        ("A", "А"): 2, ("A", None): 2, ("B", "5Б"): 1}  # fmt: skip


@both
def test_skill_is_answered_by_those_who_answered_all_its_items(reduced: Reduction) -> None:
    pupils: list[Pupil] = [("A", None, (1, 2, 0)), ("A", None, (1, None, 1)), ("A", None, (-1, 2, -2))]
    found = reduced(scripts(pupils), 3, skills=[(0, 1), (1, 2)]).sums
    assert found.answered[0].tolist() == [3, 2, 2, 2, 1]
    assert found.scores[0].tolist() == [2, 4, 1, 5, 2]
    assert found.squares[0].tolist() == [2, 8, 1, 13, 4]
    # Answers not tried and not taught are those of the skill's items.
    assert found.not_attempted[0].tolist() == [1, 0, 0, 1, 0]
    assert found.not_taught[0].tolist() == [0, 0, 1, 0, 1]


@both
def test_item_nobody_answered_makes_no_paper_incomplete(reduced: Reduction) -> None:
    pupils: list[Pupil] = [("A", None, (1, None, -2)), ("A", None, (0, None, -2))]
    found = reduced(scripts(pupils), 3).sums
    assert (found.complete.tolist(), found.totals.tolist()) == ([2], [1])
    assert (found.complete_scores.tolist(), found.complete_squares.tolist()) == ([[1, 0, 0]], [[1, 0, 0]])


@both
def test_paper_nobody_answered_is_complete_for_nobody(reduced: Reduction) -> None:
    found = reduced(scripts([("A", None, (None, -2))]), 2).sums
    assert (found.participants.tolist(), found.complete.tolist()) == ([1], [0])


@both
def test_no_participants_are_no_units(reduced: Reduction) -> None:
    found = reduced(scripts([("A", "а", (1,))], participants=[False]), 1, by_class=True)
    assert (len(found.units.school), found.sums.units) == (0, 0)


def marks_and_counts_of_engine(table: pa.Table, path: Path) -> tuple[MarkSums, pa.Table]:
    with duckdb_engine(threads=1) as engine:
        given = engine.create_table("scripts", table, temp=True)
        return query_marks(engine, given, 2), query_score_counts(engine, given, by_class=True)


def marks_and_counts_of_columns(table: pa.Table, path: Path) -> tuple[MarkSums, pa.Table]:
    return reduce_columns_by_mark(table, 2), count_scores(table, by_class=True)


def marks_and_counts_of_file(table: pa.Table, path: Path) -> tuple[MarkSums, pa.Table]:
    pq.write_table(table, path / "paper.parquet")
    with duckdb_engine(threads=1) as engine:
        stored = path / "paper.parquet"
        return reduce_marks(engine, stored, 2), score_counts(engine, stored, by_class=True)


@pytest.mark.parametrize(
    "counted", [marks_and_counts_of_engine, marks_and_counts_of_columns, marks_and_counts_of_file]
)
def test_marks_and_scores_by_hand(
    counted: Callable[[pa.Table, Path], tuple[MarkSums, pa.Table]], tmp_path: Path
) -> None:
    pupils: list[Pupil] = [("B", "а", (1, -1)), ("B", "А", (1, -2)), ("B", "а", (0, 2)), ("A", "а", (1, 1))]
    table = scripts(pupils, marks=[3, 3, 2, None])
    marks, counts = counted(table, tmp_path)
    assert (marks.school.to_pylist(), marks.mark.tolist()) == (["B", "B"], [2, 3])
    assert marks.participants.tolist() == [1, 2]
    assert marks.answered.tolist() == [[1, 1], [2, 1]]
    assert marks.scores.tolist() == [[0, 2], [2, 0]]
    assert counts.to_pylist() == [
        {"school_id": "A", "class_name": "А", "raw_score": 2, "participants": 1},
        {"school_id": "B", "class_name": "А", "raw_score": 1, "participants": 2},
        {"school_id": "B", "class_name": "А", "raw_score": 2, "participants": 1},
    ]


@both
@pytest.mark.parametrize("by_class", [False, True])
def test_order_of_rows_changes_nothing(reduced: Reduction, by_class: bool) -> None:
    random = np.random.default_rng(5)
    pupils: list[Pupil] = [
        (f"{random.integers(9)}", "абв"[random.integers(3)], tuple(random.integers(-2, 3, 4).tolist())) for _ in range(300)
    ]  # fmt: skip
    one = reduced(scripts(pupils), 4, by_class=by_class)
    other = reduced(scripts(pupils[::-1]), 4, by_class=by_class)
    assert one.units == other.units
    assert np.array_equal(one.sums.complete_products, other.sums.complete_products)


def test_squares_of_long_papers_outgrow_32_bits() -> None:
    """3000 pupils with 100 points in each of 20 items: 3000 · 2000² = 12 000 000 000."""
    table = scripts([("A", None, (100,) * 20)] * 3000)
    found = reduce_columns(table, 20).sums
    assert (found.totals.tolist(), found.total_squares.tolist()) == ([6_000_000], [12_000_000_000])
    assert found.complete_products[0, 0] == 600_000_000


def test_scores_far_apart_are_counted_without_the_cells_between() -> None:
    """2000 schools × scores up to 32 000 would be 64 million cells; 2001 of them are filled."""
    schools = [(f"{number:04d}", None, (1,)) for number in range(2000)]
    table = scripts([*schools, ("1999", None, (1,))])  # the last school has two pupils
    scores = pa.array([1] * 2000 + [32_000], pa.int16())
    table = table.set_column(table.schema.get_field_index("raw_score"), "raw_score", scores)
    found = count_scores(table)
    assert (found.num_rows, pc.sum(found["participants"]).as_py()) == (2001, 2001)
    assert found.slice(1999).to_pylist() == [
        {"school_id": "1999", "raw_score": 1, "participants": 1},
        {"school_id": "1999", "raw_score": 32_000, "participants": 1},
    ]


def test_stored_paper_is_the_paper(tmp_path: Path) -> None:
    table = scripts([("B", "б", (1, 2, None)), ("A", None, (0, -1, -2)), ("B", "А", (1, 1, 1))])
    pq.write_table(table, tmp_path / "paper.parquet", row_group_size=1)
    with duckdb_engine(threads=1) as engine:
        found = reduce_paper(engine, tmp_path / "paper.parquet", 3, by_class=True)
    assert found.units.school.to_pylist() == ["A", "B", "B"]
    assert found.units.class_name is not None
    assert found.units.class_name.to_pylist() == [None, "А", "Б"]
    assert found.sums.scores.tolist() == [[0, 0, 0], [1, 1, 1], [1, 2, 0]]
