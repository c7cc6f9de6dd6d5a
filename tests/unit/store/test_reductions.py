"""Reductions on DuckDB against the plain-Python twin and numbers worked by hand."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rostok.schema.arrow import arrow_schema
from rostok.schema.tables import CLASS_FACTS, FACTS
from rostok.store import DataVersion
from rostok.store.engines import duckdb_engine
from rostok.store.reductions import class_facts, facts, municipalities, reduce_version, to_arrow
from tests.unit.store import reductions_reference as reference
from tests.unit.store.papers import (
    AUTUMN_MATH_5,
    MATH_5,
    OGE_MATH,
    RUSSIAN_5,
    Row,
    batch,
    build,
    paper,
    rows_of,
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    with duckdb_engine(threads=2) as running:
        yield running


def reduced(engine: Any, version: DataVersion) -> tuple[list[Row], list[Row]]:
    reduction = reduce_version(engine, version)
    both = to_arrow(reduction.facts, FACTS), to_arrow(reduction.class_facts, CLASS_FACTS)
    assert [table.schema for table in both] == [arrow_schema(FACTS), arrow_schema(CLASS_FACTS)]
    return both[0].to_pylist(), both[1].to_pylist()


def test_facts_of_one_school_worked_by_hand(engine: Any, tmp_path: Path) -> None:
    # Two classes, 3 and 1 participants, one absent: concentration (3² + 1²) ÷ 4² = 0.625.
    rows = [
        paper("11", "1", 1), paper("11", "2", 2), paper("11", "3", 5),
        paper("11", "4", 0, class_name="5Б"), paper("11", "5", None, class_name="5Б"),
    ]  # fmt: skip
    version = build(tmp_path, batch(rows, assessment=AUTUMN_MATH_5)).version
    assert facts(engine, version).to_pylist() == [{
        "school_id": "11", "kind": "vpr", "subject": "math", "grade": 5, "pupil_grade": 6, "year": 2020,
        "wave": "autumn", "school_year": "2020/21", "cohort": "2020/21-6", "participants": 4, "absent": 1,
        "under_minimum": 2, "marks_2": 2, "marks_3": 1, "marks_4": 0, "marks_5": 1, "raw_sum": 8, "raw_maximum": 5,
        "class_concentration": 0.625,
    }]  # fmt: skip
    assert class_facts(engine, version).to_pylist() == [
        {"school_id": "11", "assessment": AUTUMN_MATH_5.key, "class_name": "5А", "participants": 3, "under_minimum": 1},
        {"school_id": "11", "assessment": AUTUMN_MATH_5.key, "class_name": "5Б", "participants": 1, "under_minimum": 1},
    ]  # fmt: skip


def test_without_a_scale_counts_are_missing_not_zero(engine: Any, tmp_path: Path) -> None:
    rows = [paper("11", "1", 1, mark=None, under_minimum=None, class_name=None)]
    fact = facts(engine, build(tmp_path, batch(rows)).version).to_pylist()[0]
    assert [fact[name] for name in ("participants", "under_minimum", "marks_2", "marks_5", "raw_sum")] == [
        1, None, None, None, 1,
    ]  # fmt: skip
    assert fact["class_concentration"] is None


def test_a_school_where_everybody_was_absent_has_zero_participants(engine: Any, tmp_path: Path) -> None:
    version = build(tmp_path, batch([paper("11", "1", None), paper("12", "1", 3)])).version
    first = facts(engine, version).to_pylist()[0]
    assert [first[n] for n in ("school_id", "participants", "absent", "under_minimum", "class_concentration")] == [
        "11", 0, 1, 0, None,
    ]  # fmt: skip
    assert [row["school_id"] for row in class_facts(engine, version).to_pylist()] == ["12"]


def test_absent_is_missing_where_a_source_cannot_say(engine: Any, tmp_path: Path) -> None:
    # School 11 comes from a silent file, 13 from one that speaks; of 12, one class each.
    silent = [
        paper("11", "1", 3, absent=None),
        paper("12", "1", 3, absent=None),
        paper("12", "2", 3, class_name="5Б"),
    ]
    version = build(tmp_path, batch(silent), batch([paper("13", "1", None)], "b.xlsx")).version
    table = facts(engine, version)
    assert table["participants"].to_pylist() == [1, 2, 0]
    assert table["absent"].to_pylist() == [None, None, 1]
    assert DataVersion.open(version.directory).manifest.assessments[0].absent is None


def test_participants_without_a_class_are_one_more_class(engine: Any, tmp_path: Path) -> None:
    rows = [paper("11", "1", 3), paper("11", "2", 3, class_name=None)]
    version = build(tmp_path, batch(rows)).version
    assert facts(engine, version)["class_concentration"].to_pylist() == [0.5]
    assert class_facts(engine, version)["class_name"].to_pylist() == ["5А", None]


def test_only_assessments_asked_for_are_reduced(engine: Any, tmp_path: Path) -> None:
    rows = [paper("11", "1", 3)]
    version = build(tmp_path, batch(rows), batch(rows, "b.xlsx", RUSSIAN_5)).version
    version.scripts_path(MATH_5).unlink()  # would fail if it were read
    assert facts(engine, version, [RUSSIAN_5])["subject"].to_pylist() == ["russian"]
    with pytest.raises(KeyError, match="vpr/2020/autumn/math/5"):
        facts(engine, version, [AUTUMN_MATH_5])


def test_counts_join_where_no_scripts_are(engine: Any, tmp_path: Path) -> None:
    counts = [
        {"school_id": "11", "assessment": OGE_MATH.key, "participants": 20, "under_minimum": 3, "marks_2": 3},
        {"school_id": "12", "assessment": OGE_MATH.key, "participants": 9, "absent": 1, "under_minimum": 9},
        {"school_id": "11", "assessment": MATH_5.key, "participants": 1, "under_minimum": 0, "absent": 7},
    ]
    version = build(tmp_path, batch([paper("11", "1", 3)]), rows_of("counts", counts, "counts.csv")).version
    rows = facts(engine, version).to_pylist()
    names = ("kind", "school_id", "participants", "absent", "under_minimum", "marks_2", "marks_3", "raw_sum")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("oge", "11", 20, None, 3, 3, None, None),
        ("oge", "12", 9, 1, 9, None, None, None),
        ("vpr", "11", 1, 0, 0, 0, 0, 3),
    ]
    assert [row["class_concentration"] for row in rows] == [None, None, 1.0]


def test_counts_alone_are_facts(engine: Any, tmp_path: Path) -> None:
    row = {"school_id": "11", "assessment": OGE_MATH.key, "participants": 20, "under_minimum": 3}
    version = build(tmp_path, rows_of("counts", [row], "counts.csv")).version
    rows, classes = reduced(engine, version)
    assert [(r["cohort"], r["participants"], r["under_minimum"]) for r in rows] == [("2020/21-9", 20, 3)]
    assert classes == []


def test_reducing_twice_on_one_engine_gives_the_second(engine: Any, tmp_path: Path) -> None:
    one = build(tmp_path, batch([paper("11", "1", 3)])).version
    two = build(tmp_path, batch([paper("12", "1", 3)])).version
    assert [facts(engine, v)["school_id"].to_pylist() for v in (one, two, one)] == [["11"], ["12"], ["11"]]


PAPERS = st.builds(
    paper,
    st.sampled_from(["11", "12", "13"]),
    st.sampled_from(["1", "2", "3"]),
    st.none() | st.integers(0, 5),
    class_name=st.sampled_from(["5А", "5Б", None]),
    municipality_id=st.just("m1"),
)
SILENT = PAPERS.map(lambda row: row | {"absent": None})
SCRIPTS = st.dictionaries(
    st.sampled_from([MATH_5, RUSSIAN_5, AUTUMN_MATH_5]),
    st.lists(PAPERS | SILENT, min_size=1, max_size=30),
    min_size=1,
)


@settings(max_examples=25)
@given(scripts=SCRIPTS)
def test_reductions_agree_with_plain_python(engine: Any, scripts: dict[Any, list[Row]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        batches = [batch(rows, f"{a.key}.xlsx", a) for a, rows in scripts.items()]
        rows, classes = reduced(engine, build(Path(folder), *batches).version)
    expected = reference.facts(scripts, maximum=5)
    for row, wanted in zip(rows, expected, strict=True):
        shares = row.pop("class_concentration"), wanted.pop("class_concentration")
        assert shares[0] == (None if shares[1] is None else pytest.approx(shares[1], rel=1e-14))
        assert row == wanted
    assert classes == reference.class_facts(scripts)


@settings(max_examples=15)
@given(rows=st.lists(PAPERS, min_size=1, max_size=40), seed=st.integers(0, 2**16))
def test_order_cutting_and_renumbering_change_no_fact(engine: Any, rows: list[Row], seed: int) -> None:
    shuffled = rows[:]
    random.Random(seed).shuffle(shuffled)
    by_school = [[row for row in shuffled if row["school_id"] == school] for school in ("12", "11", "13")]
    numbers = {"1": "701", "2": "44", "3": "9"}
    renumbered = [row | {"pupil_code": numbers[row["pupil_code"]]} for row in shuffled]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        whole = build(root, batch(rows)).version
        cut = build(root, *(batch(part, f"{n}.xlsx") for n, part in enumerate(by_school) if part)).version
        other = build(root, batch(renumbered)).version
        assert whole.name == cut.name
        assert reduced(engine, whole) == reduced(engine, other)


def test_municipality_of_a_school_is_the_first_its_results_name(engine: Any, tmp_path: Path) -> None:
    math = [
        paper("11", "1", 3, municipality_id="b"), paper("12", "1", 3, municipality_id=None),
        paper("13", "1", 3, municipality_id=None),
    ]  # fmt: skip
    russian = [paper("11", "1", 3, municipality_id="a"), paper("12", "1", 3, municipality_id="c")]
    version = build(tmp_path, batch(math), batch(russian, "b.xlsx", RUSSIAN_5)).version
    assert municipalities(engine, version) == {"11": "a", "12": "c"}
