"""Versions: what they depend on, how parts are merged, what happens when sources meet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rostok.schema.assessments import Kind, Subject
from rostok.schema.problems import InputRefused
from rostok.schema.scales import Item, Scale
from rostok.store import DataVersion, StoreBuilder, merge, write_assessment, write_part
from tests.unit.store.papers import (
    ITEMS,
    MATH_5,
    OGE_MATH,
    RUSSIAN_5,
    Row,
    batch,
    build,
    paper,
    rows_of,
    table,
)

ROWS = [paper(school, str(pupil), pupil % 6) for school in ("11", "12", "13") for pupil in range(1, 5)]


def stored(version: DataVersion, assessment: object = MATH_5) -> list[Row]:
    return pq.read_table(version.scripts_path(assessment)).to_pylist()  # type: ignore[arg-type]


def of_school(*schools: str) -> list[Row]:
    return [row for row in ROWS if row["school_id"] in schools]


def test_version_is_the_same_for_any_order_and_any_cutting(tmp_path: Path) -> None:
    one = build(tmp_path / "1", batch(ROWS))
    other = build(tmp_path / "2", batch(ROWS[::-1], "z.xlsx"))
    forms = build(tmp_path / "3", *(batch(of_school(s), f"{s}.xlsx") for s in ("13", "11", "12")))
    assert one.version.name == other.version.name == forms.version.name
    assert len(one.version.name) == 16
    assert stored(one.version) == stored(other.version) == stored(forms.version) == ROWS


@pytest.mark.parametrize(
    "changed",
    [
        batch(ROWS[:-1]),
        batch([*ROWS, ROWS[-1]]),
        batch([ROWS[0] | {"mark": 5}, *ROWS[1:]]),
        batch(ROWS, assessment=RUSSIAN_5),
        batch(ROWS, items=(ITEMS[0], replace(ITEMS[1], label="2.1"))),
        batch(ROWS, assessment=replace(MATH_5, pupil_grade=6)),
    ],
)
def test_version_differs_when_anything_said_differs(tmp_path: Path, changed: object) -> None:
    same, other = build(tmp_path, batch(ROWS)), build(tmp_path, changed)  # type: ignore[arg-type]
    assert same.version.name != other.version.name
    assert same.version.directory.is_dir()
    assert other.version.directory.is_dir()


def test_large_and_small_parts_are_merged_in_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "CHUNK", 5)
    region = [row for row in ROWS if row["school_id"] != "12"]
    built = build(tmp_path, batch(region), batch(of_school("12"), "form.xlsx"))
    assert stored(built.version) == ROWS
    assert built.codes == []


def test_one_school_larger_than_a_range_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merge, "CHUNK", 3)
    branch = [row | {"municipality_id": "m2"} for row in of_school("13")]
    rows = [
        *of_school("11", "12"),
        *branch,
        *(paper("14", str(p), 2, municipality_id=None) for p in range(5)),
    ]
    assert stored(build(tmp_path, batch(rows[::-1])).version) == rows


def test_doubled_codes_inside_one_file_are_kept(tmp_path: Path) -> None:
    twice = [*ROWS, ROWS[0], ROWS[0] | {"raw_score": 5, "mark": 5}]
    assert len(stored(build(tmp_path, batch(twice)).version)) == len(ROWS) + 2


def test_the_same_file_twice_counts_once_with_a_notice(tmp_path: Path) -> None:
    built = build(tmp_path, batch(ROWS[::-1], "copy.xlsx"), batch(ROWS, "a.xlsx"))
    assert stored(built.version) == ROWS
    assert [(p.code, p.file, p.values["other"]) for p in built.problems] == [
        ("file-repeated", "copy.xlsx", "a.xlsx")
    ]
    used = {source.file: source.used for source in built.version.manifest.sources}
    assert used == {"a.xlsx": True, "copy.xlsx": False}


def test_a_school_form_within_the_export_counts_once(tmp_path: Path) -> None:
    # The export knows the municipality, the form does not: that is no difference of results.
    form = [row | {"municipality_id": None} for row in of_school("12")]
    built = build(tmp_path, batch(ROWS, "region.xlsx"), batch(form, "a-form.xlsx"))
    assert stored(built.version) == ROWS
    assert [(p.code, p.file, p.value, p.count) for p in built.problems] == [
        ("schools-repeated", "a-form.xlsx", "12", 1)
    ]


def test_a_copy_that_does_not_say_who_was_absent_gives_way(tmp_path: Path) -> None:
    silent = [row | {"absent": None} for row in ROWS]
    built = build(tmp_path, batch(silent, "a.xlsx"), batch(ROWS, "b.xlsx"))
    assert stored(built.version) == ROWS
    assert [(p.code, p.file, p.values["other"]) for p in built.problems] == [
        ("file-repeated", "a.xlsx", "b.xlsx")
    ]


def test_different_results_of_one_school_stop_the_job_and_name_both(tmp_path: Path) -> None:
    other = [*of_school("11"), *(row | {"raw_score": 0, "mark": 2} for row in of_school("12", "13"))]
    with pytest.raises(InputRefused) as refused:
        build(tmp_path, batch(ROWS, "a.xlsx"), batch(other, "b.xlsx"))
    conflict = next(p for p in refused.value.problems if p.code == "assessment-conflict")
    assert (conflict.file, conflict.values["other"], conflict.value, conflict.count) == (
        "b.xlsx",
        "a.xlsx",
        "12",
        2,
    )
    assert "математика, 5 класс, весна 2021" in conflict.sentence
    assert list(tmp_path.iterdir()) == []


def test_other_assessments_of_the_same_schools_do_not_meet(tmp_path: Path) -> None:
    built = build(tmp_path, batch(ROWS), batch(ROWS, "b.xlsx", RUSSIAN_5))
    assert built.codes == []
    assert built.version.assessments == (MATH_5, RUSSIAN_5)


def test_items_described_otherwise_are_left_out_and_reported(tmp_path: Path) -> None:
    odd = batch(of_school("13"), "odd.xlsx", items=(Item(1, "1", 2), Item(2, "2", 9)))
    built = build(tmp_path, batch(of_school("11", "12")), odd)
    assert built.codes == ["items-differ"]
    assert built.version.entry(MATH_5).items == ITEMS
    rows = stored(built.version)
    assert {row["item_01"] for row in rows if row["school_id"] == "13"} == {None}
    assert [row["raw_score"] for row in rows] == [row["raw_score"] for row in ROWS]


def test_a_file_of_totals_only_joins_one_with_items(tmp_path: Path) -> None:
    totals = batch(of_school("13"), "totals.xlsx", items=())
    built = build(tmp_path, totals, batch(of_school("11", "12")))
    assert built.codes == []
    assert built.version.entry(MATH_5).items == ITEMS
    assert len(stored(built.version)) == len(ROWS)


def test_the_grade_most_pupils_were_in_is_taken_and_reported(tmp_path: Path) -> None:
    odd = batch(of_school("13"), "odd.xlsx", replace(MATH_5, pupil_grade=6))
    built = build(tmp_path, batch(of_school("11", "12")), odd)
    assert [(p.code, p.file) for p in built.problems] == [("pupil-grade-differs", "odd.xlsx")]
    assert built.version.assessments[0].pupil_grade == 5


def test_parts_written_elsewhere_are_taken(tmp_path: Path) -> None:
    with StoreBuilder(tmp_path) as builder:
        builder.add_part(write_part(builder.parts_directory, batch(ROWS[::-1])))
        version = builder.finish()
    assert stored(version) == ROWS
    assert not (version.directory / "parts").exists()


def test_a_version_is_linked_into_a_larger_one(tmp_path: Path) -> None:
    first = build(tmp_path, batch(ROWS), rows_of("schools", [{"school_id": "11", "name": "№ 11"}]))
    with StoreBuilder(tmp_path) as builder:
        builder.add_version(first.version)
        builder.add_scripts(batch(ROWS, "b.xlsx", RUSSIAN_5))
        second = builder.finish()
    assert second.assessments == (MATH_5, RUSSIAN_5)
    assert second.scripts_path(MATH_5).samefile(first.version.scripts_path(MATH_5))
    assert second.table("schools").to_pylist()[0]["name"] == "№ 11"
    assert second.name == build(tmp_path / "3", batch(ROWS), batch(ROWS, "b.xlsx", RUSSIAN_5),
                                rows_of("schools", [{"school_id": "11", "name": "№ 11"}])).version.name  # fmt: skip


def test_a_version_and_a_file_of_one_assessment_are_merged(tmp_path: Path) -> None:
    first = build(tmp_path, batch(of_school("11", "13")))
    with StoreBuilder(tmp_path) as builder:
        builder.add_version(first.version)
        builder.add_scripts(batch(of_school("12", "13"), "new.xlsx"))
        second = builder.finish()
        assert [problem.code for problem in builder.problems] == ["schools-repeated"]
    assert stored(second) == ROWS
    assert stored(first.version) == of_school("11", "13")


def test_written_in_order_and_merged_give_one_version(tmp_path: Path) -> None:
    with StoreBuilder(tmp_path / "1") as builder:
        builder.adopt(write_assessment(builder.directory, MATH_5, ITEMS, [table(ROWS[:5]), table(ROWS[5:])]))
        written = builder.finish()
    assert written.name == build(tmp_path / "2", batch(ROWS[::-1])).version.name


def test_the_scale_goes_into_the_manifest_and_the_version(tmp_path: Path) -> None:
    scale = Scale(Kind.VPR, Subject.MATH, 5, 2021, 20, (7, 11, 15), 7, source="описание", confirmed=True)
    with StoreBuilder(tmp_path) as builder:
        builder.add_scripts(batch(ROWS))
        version = builder.finish(scale_of=lambda assessment: scale)
    assert version.scales == {"vpr/2021/math/5": True}
    assert version.entry(MATH_5).raw_maximum == 20
    plain = build(tmp_path, batch(ROWS)).version
    assert plain.entry(MATH_5).raw_maximum == 5
    assert plain.name != version.name


def test_items_table_lists_all_items(tmp_path: Path) -> None:
    version = build(tmp_path, batch(ROWS)).version
    assert version.items().to_pylist() == [
        {"assessment": MATH_5.key, "position": 1, "label": "1", "maximum": 2, "level": None},
        {"assessment": MATH_5.key, "position": 2, "label": "2", "maximum": 3, "level": "Б"},
    ]


def test_a_batch_without_rows_is_an_assessment_without_scripts(tmp_path: Path) -> None:
    version = build(tmp_path, batch([])).version
    assert (version.entry(MATH_5).rows, stored(version)) == (0, [])
    DataVersion.open(version.directory).verify()


def test_registers_are_joined_and_differences_reported(tmp_path: Path) -> None:
    one = rows_of(
        "schools", [{"school_id": "12", "name": "№ 12"}, {"school_id": "11", "name": "№ 11"}], "a.csv"
    )
    two = rows_of(
        "schools", [{"school_id": "11", "name": "№ 11"}, {"school_id": "12", "name": "Лицей"}], "b.csv"
    )
    built = build(tmp_path, two, one)
    assert [(r["school_id"], r["name"]) for r in built.version.table("schools").to_pylist()] == [
        ("11", "№ 11"), ("12", "№ 12"),
    ]  # fmt: skip
    assert [(p.code, p.file, p.value) for p in built.problems] == [("school-repeated", "b.csv", "12")]


def test_a_register_given_twice_counts_once(tmp_path: Path) -> None:
    rows = [{"school_id": "12"}, {"school_id": "11"}]
    built = build(tmp_path, rows_of("schools", rows, "a.csv"), rows_of("schools", rows[::-1], "b.csv"))
    assert built.version.table("schools").num_rows == 2
    assert [(p.code, p.file) for p in built.problems] == [("file-repeated", "b.csv")]


def test_context_values_that_differ_are_reported(tmp_path: Path) -> None:
    key = {"school_id": "11", "year": 2021, "indicator": "pupils", "unit": "count"}
    built = build(tmp_path, rows_of("context", [key | {"value": 100.0}, key | {"year": 2022, "value": None}], "a.csv"),
                  rows_of("context", [key | {"value": 120.0}, key | {"year": 2022, "value": None}], "b.csv"))  # fmt: skip
    assert [r["value"] for r in built.version.table("context").to_pylist()] == [100.0, None]
    assert [(p.code, p.column, p.value, p.values["year"]) for p in built.problems] == [
        ("value-repeated", "pupils", "11", 2021)
    ]
    assert "2021" in built.problems[0].sentence


def test_counts_that_differ_stop_the_job(tmp_path: Path) -> None:
    row = {"school_id": "11", "assessment": OGE_MATH.key, "participants": 20, "under_minimum": 3}
    built = build(tmp_path, rows_of("counts", [row], "a.csv"), rows_of("counts", [row], "b.csv"))
    assert (built.codes, built.version.counted) == (["file-repeated"], (OGE_MATH,))
    with pytest.raises(InputRefused) as refused:
        build(
            tmp_path,
            rows_of("counts", [row], "a.csv"),
            rows_of("counts", [row | {"participants": 21}], "b.csv"),
        )
    assert [(p.code, p.file, p.values["other"]) for p in refused.value.problems] == [
        ("assessment-conflict", "b.csv", "a.csv")
    ]


def test_a_table_nobody_declared_is_refused(tmp_path: Path) -> None:
    with StoreBuilder(tmp_path) as builder, pytest.raises(KeyError):
        builder.add_table("pupils", table(ROWS))
