"""Our own interchange: what it may hold, and that a table written out reads back as the same table."""

from __future__ import annotations

import itertools
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from rostok.formats import FileReading, ScaleBook, ScriptBatch
from rostok.schema.assessments import Kind, Subject, Wave
from rostok.schema.scales import Condition, Item, Scale
from tests.unit.formats.vpr_samples import (
    BOOK,
    column,
    counts,
    csv_bytes,
    only_batch,
    read,
    read_2021,
    row_2021,
    sentences,
)

HEADER = (
    "kind",
    "year",
    "wave",
    "subject",
    "grade",
    "school_id",
    "pupil_code",
    "absent",
    "raw_score",
    "item_01",
    "item_02",
    "item_03",
    "item_04",
)
ROW = ("vpr", 2021, "spring", "math", 6, "990001", "60001", "false", 4, 1, 2, 0, 1)


WITH_PUPIL_GRADE = (*HEADER, "pupil_grade")


def without_wave(kind: str, year: int, grade: int = 6, pupil_grade: object = "") -> tuple[object, ...]:
    return (kind, year, "", "math", grade, *ROW[5:], pupil_grade)


def read_rows(
    folder: Path, *rows: tuple[object, ...], header: tuple[str, ...] = HEADER, **more: object
) -> FileReading:
    path = folder / "обмен.csv"
    path.write_bytes(csv_bytes([header, *rows], ","))
    return read(path, **more)  # type: ignore[arg-type]


def test_one_row(tmp_path: Path) -> None:
    reading = read_rows(tmp_path, ROW)
    batch = only_batch(reading)
    assert batch.assessment.key == "vpr/2021/spring/math/6"
    assert batch.source.layout == "interchange"
    assert column(reading, "raw_score") == [4]
    assert column(reading, "mark") == [4]
    assert counts(reading) == {}


def test_several_assessments_in_one_file(tmp_path: Path) -> None:
    later = ("vpr", 2022, "autumn", "math", 6, *ROW[5:])
    reading = read_rows(tmp_path, later, ROW, later)
    found = [
        (b.assessment.key, b.assessment.pupil_grade, b.source.rows)
        for b in reading.batches
        if isinstance(b, ScriptBatch)
    ]
    assert found == [("vpr/2021/spring/math/6", 6, 1), ("vpr/2022/autumn/math/6", 7, 2)]


def test_pupil_grade_where_it_differs_from_the_rule(tmp_path: Path) -> None:
    reading = read_rows(tmp_path, (*ROW, 7), header=(*HEADER, "pupil_grade"))
    assert only_batch(reading).assessment.pupil_grade == 7


def test_without_a_word_on_absence_nobody_is_said_to_have_sat(tmp_path: Path) -> None:
    without = (HEADER[:7] + HEADER[8:], ROW[:7] + ROW[8:])
    silent = read_rows(tmp_path, without[1], header=without[0])
    assert (column(silent, "absent"), column(silent, "participant")) == ([None], [True])
    assert column(read_rows(tmp_path, (*ROW[:7], "", *ROW[8:])), "absent") == [None]
    # The variant says it as well as the column would.
    rows = [(*without[1], 1), (*without[1][:6], "60002", "", "", "", "", "", "отсутствовал")]
    said = read_rows(tmp_path, *rows, header=(*without[0], "variant"))
    assert column(said, "absent") == [False, True]


@pytest.mark.parametrize(
    ("kind", "year", "more", "key"),
    [
        ("vpr", 2021, {}, "vpr/2021/spring/math/6"),
        ("vpr", 2020, {"pupil_grade": 7}, "vpr/2020/autumn/math/6"),
        ("vpr", 2022, {"pupil_grade": 6}, "vpr/2022/spring/math/6"),
        ("oge", 2020, {"grade": 9}, "oge/2020/spring/math/9"),
    ],
)
def test_wave_that_is_not_written(
    tmp_path: Path, kind: str, year: int, more: dict[str, int], key: str
) -> None:
    line = without_wave(kind, year, **more)
    assert only_batch(read_rows(tmp_path, line, header=WITH_PUPIL_GRADE)).assessment.key == key


@pytest.mark.parametrize("year", [2020, 2022])
def test_wave_of_a_year_of_two_waves_is_asked(tmp_path: Path, year: int) -> None:
    line = without_wave("vpr", year)
    reading = read_rows(tmp_path, line, header=WITH_PUPIL_GRADE)
    assert counts(reading) == {"attribute-unknown": 1} and not reading.batches
    assumed = read_rows(tmp_path, line, header=WITH_PUPIL_GRADE, wave=Wave.AUTUMN)
    assert only_batch(assumed).assessment.key == f"vpr/{year}/autumn/math/6"


def test_absent_and_item_codes(tmp_path: Path) -> None:
    rows = [
        (*ROW[:7], "true", "", "", "", "", ""),
        (*ROW[:7], "false", 2, -1, 2, -2, ""),
        (*ROW[:7], 0, 2, "X", 2, "не пройд.", ""),
    ]
    reading = read_rows(tmp_path, *[(*row[:6], f"6000{n}", *row[7:]) for n, row in enumerate(rows)])
    assert column(reading, "absent") == [True, False, False]
    assert column(reading, "item_01") == [None, -1, -1]
    assert column(reading, "item_03") == [None, -2, -2]
    assert counts(reading) == {
        "rows-absent": 1,
        "item-not-attempted": 2,
        "item-not-taught": 2,
        "item-missing": 2,
    }


def test_totals_alone_are_enough(tmp_path: Path) -> None:
    reading = read_rows(tmp_path, ROW[:9], header=HEADER[:9])
    assert only_batch(reading).items == ()
    assert column(reading, "mark") == [4]
    assert counts(reading) == {}


def test_written_marks_and_participants_are_not_believed(tmp_path: Path) -> None:
    reading = read_rows(tmp_path, (*ROW, 5, "false"), header=(*HEADER, "mark", "participant"))
    assert column(reading, "mark") == [4]
    assert column(reading, "participant") == [True]
    assert counts(reading) == {"mark-differs": 1}


EGE = ScaleBook((
    Scale(Kind.EGE, Subject.RUSSIAN, 11, 2021, 100, None, 24, "for tests", True, unit="test"),
    Scale(
        Kind.OGE, Subject.MATH, 9, 2021, 31, (8, 15, 22), 8, "for tests", True,
        items=(Item(1, "1", 20), Item(2, "2", 11)), extra=(Condition("geometry", ("2",), 2, 2),),
    ),
    Scale(Kind.EGE_BASE, Subject.MATH, 11, 2022, 5, None, 3, "for tests", True, unit="mark"),
))  # fmt: skip


def test_exam_of_the_hundred_point_scale(tmp_path: Path) -> None:
    header = ("kind", "year", "wave", "subject", "grade", "school_id", "test_score")
    rows = [("ege", 2021, "spring", "russian", 11, "1", score) for score in (23, 24, 100)]
    reading = read_rows(tmp_path, *[(*row, 10) for row in rows], header=(*header, "raw_score"), book=EGE)
    assert column(reading, "test_score") == [23, 24, 100]
    assert column(reading, "under_minimum") == [True, False, False]
    assert column(reading, "mark") == [None, None, None]


def test_exam_known_by_its_result_only(tmp_path: Path) -> None:
    header = ("kind", "year", "wave", "subject", "grade", "school_id", "test_score", "mark")
    rows = [
        ("ege", 2021, "spring", "russian", 11, "1", 20, ""),
        ("ege", 2021, "spring", "russian", 11, "1", "", ""),
        ("ege", 2021, "spring", "russian", 11, "1", 101, ""),
    ]
    reading = read_rows(tmp_path, *rows, header=header, book=EGE)
    assert column(reading, "participant") == [True, False, False]
    assert column(reading, "raw_score") == [None, None, None]
    assert column(reading, "under_minimum") == [True, None, None]
    assert counts(reading) == {"value-out-of-range": 1, "row-empty-script": 2}
    oge = [("oge", 2021, "spring", "math", 9, "1", "", 2)]
    assert column(read_rows(tmp_path, *oge, header=header, book=EGE), "under_minimum") == [True]


def test_mark_alone_makes_no_participant_of_a_vpr(tmp_path: Path) -> None:
    header = (*HEADER[:6], "mark")
    assert column(read_rows(tmp_path, (*ROW[:6], 3), header=header), "participant") == [False]


OGE_HEADER = ("kind", "year", "wave", "subject", "grade", "school_id", "raw_score", "mark")


def test_exam_mark_is_by_the_scale_unless_geometry_explains_it(tmp_path: Path) -> None:
    """10 points are «3»; without two in geometry «2», which a total cannot show. «4» nothing explains."""
    rows = [("oge", 2021, "spring", "math", 9, "1", 10, mark) for mark in (2, 3, 4, "")]
    reading = read_rows(tmp_path, *rows, header=OGE_HEADER, book=EGE)
    assert column(reading, "mark") == [2, 3, 3, 3]
    assert column(reading, "under_minimum") == [True, False, False, False]
    assert sentences(reading, "exam-mark-lowered") == ["Строка 2: в протоколе отметка 2, по сумме баллов 3."]
    assert sentences(reading, "mark-differs") == ["Строка 4: в файле отметка 4, по шкале 3."]
    assert sentences(reading, "exam-mark-missing") == ["Строка 5: в протоколе нет отметки."]


def test_total_that_must_hold_geometry_needs_no_protocol(tmp_path: Path) -> None:
    """The paper has 20 points beside geometry: 22 hold two of it, 21 may hold one."""
    rows = [("oge", 2021, "spring", "math", 9, "1", total, 2) for total in (21, 22)]
    reading = read_rows(tmp_path, *rows, header=OGE_HEADER, book=EGE)
    assert column(reading, "mark") == [2, 5]
    assert counts(reading) == {"exam-mark-lowered": 1, "mark-differs": 1}


def test_exam_without_scale_keeps_its_marks_and_says_so(tmp_path: Path) -> None:
    rows = [("oge", 2025, "spring", "math", 9, "1", 10, 2), ("oge", 2025, "spring", "math", 9, "1", 12, "")]
    reading = read_rows(tmp_path, *rows, header=OGE_HEADER, book=EGE)
    assert column(reading, "mark") == [2, None]
    assert counts(reading) == {"exam-scale-missing": 1, "scale-missing": 1}


def test_basic_ege_passes_by_its_mark_not_by_its_points(tmp_path: Path) -> None:
    """The minimum of the scale is a mark: two points with «3» pass, ten with «2» do not."""
    rows = [
        ("ege_base", 2022, "spring", "math", 11, "1", 2, 3),
        ("ege_base", 2022, "spring", "math", 11, "1", 10, 2),
    ]
    reading = read_rows(tmp_path, *rows, header=OGE_HEADER, book=EGE)
    assert column(reading, "under_minimum") == [False, True]
    assert counts(reading) == {}


@pytest.mark.parametrize(
    ("place", "value"),
    [(0, "впр"), (1, "двадцать"), (1, 1021), (2, "лето"), (3, "алгебра"), (4, "6а"), (4, 77)],
)
def test_identity_that_cannot_be_read_is_an_error(tmp_path: Path, place: int, value: object) -> None:
    row = (*ROW[:place], value, *ROW[place + 1 :])
    reading = read_rows(tmp_path, row)
    assert reading.batches == ()
    assert counts(reading) == {"identity-unreadable": 1}


def test_without_schools(tmp_path: Path) -> None:
    header, row = (*HEADER[:5], *HEADER[6:]), (*ROW[:5], *ROW[6:])
    assert counts(read_rows(tmp_path, row, header=header)) == {"school-unknown": 1}
    assert column(read_rows(tmp_path, row, header=header, school="990009"), "school_id") == ["990009"]


def test_header_only(tmp_path: Path) -> None:
    assert counts(read_rows(tmp_path)) == {"table-header-only": 1}


def test_table_of_counts_is_another_form(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    header = ("school_id", "kind", "subject", "grade", "year", "participants", "mark")
    path.write_bytes(csv_bytes([header, ("1", "oge", "math", 9, 2021, 20, "")], ","))
    assert all(not isinstance(batch, ScriptBatch) for batch in read(path).batches)


def written(folder: Path, batch: ScriptBatch, suffix: str) -> Path:
    """A batch as interchange, by pyarrow only."""
    assessment = batch.assessment
    names = ("kind", "year", "wave", "subject", "grade", "pupil_grade")
    values = [str(assessment.kind), assessment.year, str(assessment.wave), str(assessment.subject),
              assessment.grade, assessment.pupil_grade]  # fmt: skip
    identity = {
        name: pa.repeat(pa.scalar(value), batch.table.num_rows)
        for name, value in zip(names, values, strict=True)
    }
    table = pa.table(identity | {name: batch.table[name] for name in batch.table.column_names})
    path = folder / f"обмен.{suffix}"
    if suffix == "csv":
        pacsv.write_csv(table, path)
    else:
        pq.write_table(table, path)
    return path


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_written_out_and_read_back(tmp_path: Path, suffix: str) -> None:
    """Every combination of a total, items and attendance comes back as it went out."""
    rows = [
        row_2021(60001 + n, total, items, variant=variant, class_name=name, sex=sex)
        for n, (total, items, variant, (name, sex)) in enumerate(
            itertools.product(
                ("", 3), (("X", 2, "не пройд.", 1), (1, 2, 0, 0), ("", "", "", "")), ("1", "отсутствовал"),
                (("нет", "м"), ("б", ""), ("", "ж")),
            )
        )
    ]  # fmt: skip
    first = only_batch(read_2021(tmp_path, rows))
    again = only_batch(read(written(tmp_path, first, suffix), book=BOOK))
    assert again.assessment == first.assessment
    assert again.items == first.items
    assert again.table.equals(first.table)
