"""Order of rows, row groups and what the writer refuses."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rostok.store import parquet
from rostok.store.parquet import AssessmentWriter, conform, is_canonical, sort_canonically, write_assessment
from tests.unit.store.papers import ITEMS, MATH_5, paper, table


def test_order_is_municipality_school_class_pupil_with_missing_last() -> None:
    rows = [
        paper("12", "1", 3, municipality_id=None),
        paper("11", "2", 3, class_name=None),
        paper("11", "2", 3, class_name="5Б"),
        paper("11", "2", 3, class_name="5А"),
        paper("11", "10", 3, class_name="5А"),
        paper("90", "1", 3, municipality_id="m0"),
    ]
    ordered = sort_canonically(table(rows))
    said = [
        (r["municipality_id"], r["school_id"], r["class_name"], r["pupil_code"]) for r in ordered.to_pylist()
    ]
    assert said == [
        ("m0", "90", "5А", "1"), ("m1", "11", "5А", "10"), ("m1", "11", "5А", "2"), ("m1", "11", "5Б", "2"),
        ("m1", "11", None, "2"), (None, "12", "5А", "1"),
    ]  # fmt: skip


def test_order_of_doubled_codes_follows_the_other_columns() -> None:
    rows = [paper("11", "1", 3), paper("11", "1", 1), paper("11", "1", None)]
    orders = [rows, rows[::-1], [rows[1], rows[0], rows[2]]]
    ordered = [sort_canonically(table(order)).to_pylist() for order in orders]
    assert ordered[0] == ordered[1] == ordered[2]


def test_is_canonical_looks_at_ties_only() -> None:
    rising = [paper("11", "1", 1, journal_mark=5), paper("11", "2", 1, journal_mark=3)]
    assert is_canonical(table(rising))
    assert not is_canonical(table(rising[::-1]))
    tied = [paper("11", "1", 1, sex="m"), paper("11", "1", 1, sex="f")]
    assert not is_canonical(table(tied))
    assert is_canonical(table(tied[::-1]))
    assert is_canonical(table([]))


def test_conform_decodes_dictionaries_and_fills_items() -> None:
    given = table([paper("11", "1", 3)]).drop_columns(["item_02"])
    at = given.schema.get_field_index("school_id")
    given = given.set_column(at, "school_id", given.column("school_id").dictionary_encode())
    whole = conform(given, table([]).schema)
    assert whole.schema == table([]).schema
    assert (whole["school_id"].to_pylist(), whole["item_02"].to_pylist()) == (["11"], [None])
    with pytest.raises(KeyError, match="pupil_code"):
        conform(given.drop_columns(["pupil_code"]), table([]).schema)


def test_writer_cuts_full_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 4)
    rows = [paper("11", f"{pupil:02d}", pupil % 5) for pupil in range(11)]
    with AssessmentWriter(tmp_path, MATH_5, ITEMS) as writer:
        for start, end in ((0, 1), (1, 6), (6, 6), (6, 11)):
            writer.write(table(rows[start:end]))
        entry = writer.close()
    file = pq.ParquetFile(tmp_path / "scripts/vpr/2021/spring/math/5.parquet")
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [4, 4, 3]
    assert (entry.rows, file.read().to_pylist()) == (11, rows)


def test_writer_counts_and_knows_what_is_filled(tmp_path: Path) -> None:
    rows = [paper("11", "1", 3, class_name=None), paper("11", "2", None, class_name=None)]
    entry = write_assessment(tmp_path, MATH_5, ITEMS, [table(rows)])
    assert (entry.participants, entry.absent, entry.raw_maximum) == (1, 1, 5)
    assert entry.filled == ("mark", "raw_score", "under_minimum")


def test_writer_does_not_count_the_absent_where_a_source_is_silent(tmp_path: Path) -> None:
    rows = [paper("11", "1", 3, absent=None), paper("12", "1", None)]
    entry = write_assessment(tmp_path, MATH_5, ITEMS, [table(rows)])
    assert (entry.participants, entry.absent) == (1, None)
    said = pq.read_table(tmp_path / "scripts/vpr/2021/spring/math/5.parquet")["absent"]
    assert said.to_pylist() == [None, True]


def test_writer_refuses_rows_out_of_order_also_between_tables(tmp_path: Path) -> None:
    first, second = table([paper("11", "1", 3)]), table([paper("11", "2", 3)])
    with pytest.raises(ValueError, match="canonical order"):
        write_assessment(tmp_path, MATH_5, ITEMS, [second, first])


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({"school_id": None}, "school_id is required"),
        ({"participant": None}, "participant is required"),
        ({"participant": False}, "not a participant"),
    ],
)
def test_writer_refuses_what_the_declaration_forbids(
    tmp_path: Path, values: dict[str, object], what: str
) -> None:
    with pytest.raises(ValueError, match=what):
        write_assessment(tmp_path, MATH_5, ITEMS, [table([paper("11", "1", 3, **values)])])


def test_parts_of_any_type_keep_not_attempted_and_not_taught_apart(tmp_path: Path) -> None:
    rows = [paper("11", "1", 0, item_01=-1, item_02=-2), paper("11", "2", 0, item_01=None, item_02=0)]
    write_assessment(tmp_path, MATH_5, ITEMS, [table(rows)])
    read = pq.read_table(tmp_path / "scripts/vpr/2021/spring/math/5.parquet")
    assert read.column("item_01").to_pylist() == [-1, None]
    assert read.column("item_02").to_pylist() == [-2, 0]
    assert read.column("item_01").type == pa.int8()
