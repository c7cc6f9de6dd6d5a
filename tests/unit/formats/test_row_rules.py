"""The row rules, each with a row it concerns and one it does not; expected values are worked by hand.

Paper of ``vpr_samples``: items of 1, 2, 1, 2 points, mark 3 from 2, 4 from 4, 5 from 6.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.unit.formats.vpr_samples import (
    HEADER_2021,
    column,
    counts,
    only_batch,
    read_2021,
    row_2021,
    sentences,
)


def test_participant_with_total_and_items(tmp_path: Path) -> None:
    reading = read_2021(tmp_path, [row_2021(total=4, items=(1, 2, 0, 1))])
    assert column(reading, "participant") == [True]
    assert column(reading, "raw_score") == [4]
    assert column(reading, "mark") == [4]
    assert column(reading, "under_minimum") == [False]
    assert counts(reading) == {}


def test_absent_is_no_participant(tmp_path: Path) -> None:
    rows = [
        row_2021(60001, "", ("", "", "", ""), variant="отсутствовал"),
        row_2021(60002, "", ("", "", "", ""), variant=" Отсутствовала "),
        row_2021(60003),
    ]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "absent") == [True, True, False]
    assert column(reading, "participant") == [False, False, True]
    assert column(reading, "raw_score") == [None, None, 4]
    assert column(reading, "mark") == [None, None, 4]
    assert column(reading, "under_minimum") == [None, None, False]
    assert column(reading, "variant") == [None, None, "1"]
    assert counts(reading) == {"rows-absent": 2}


def test_without_a_column_of_variants_absence_is_not_known(tmp_path: Path) -> None:
    place = HEADER_2021.index("вариант")
    rows = [
        [*row[:place], *row[place + 1 :]] for row in (row_2021(60001), row_2021(60002, "", ("", "", "", "")))
    ]
    reading = read_2021(tmp_path, rows, (*HEADER_2021[:place], *HEADER_2021[place + 1 :]))
    assert column(reading, "absent") == [None, None]
    assert column(reading, "participant") == [True, False]


def test_absent_with_scores_stays_absent_and_is_reported(tmp_path: Path) -> None:
    rows = [
        row_2021(60001, 5, (1, 2, 1, 1), variant="отсутствовал"),
        row_2021(60002, 0, ("", "", "", ""), variant="отсутствовал"),  # a 0 of a formula is no score
    ]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "participant") == [False, False]
    assert column(reading, "item_02") == [None, None]
    assert sentences(reading, "absent-with-scores") == ["Строка 2: «отсутствовал», но есть баллы."]


def test_row_without_total_and_items_is_no_participant(tmp_path: Path) -> None:
    reading = read_2021(
        tmp_path, [row_2021(60001, "", ("", "", "", "")), row_2021(60002, 0, ("", "", "", ""))]
    )
    assert column(reading, "participant") == [False, True]
    assert column(reading, "raw_score") == [None, 0]
    assert sentences(reading, "row-empty-script") == ["Строка 2: нет ни итога, ни одного балла."]


def test_items_without_total_make_a_participant_and_the_sum_its_total(tmp_path: Path) -> None:
    rows = [row_2021(60001, "", (1, 2, "", "X")), row_2021(60002, "н/д", (1, 0, 0, 0))]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "raw_score") == [3, 1]
    assert column(reading, "mark") == [3, 2]
    assert [problem.values["sum"] for problem in reading.problems if problem.code == "total-missing"] == [
        3,
        1,
    ]


def test_only_not_attempted_items_make_a_participant_with_zero(tmp_path: Path) -> None:
    reading = read_2021(tmp_path, [row_2021(60001, "", ("X", "X", "X", "X"))])
    assert column(reading, "participant") == [True]
    assert column(reading, "raw_score") == [0]
    assert column(reading, "under_minimum") == [True]


def test_only_not_taught_items_make_no_participant(tmp_path: Path) -> None:
    reading = read_2021(tmp_path, [row_2021(60001, "", ("не пройд.", "", "", ""))])
    assert column(reading, "participant") == [False]


def test_recorded_total_is_kept_when_it_differs_from_items(tmp_path: Path) -> None:
    rows = [row_2021(60001, 5, (1, 1, 0, 0)), row_2021(60002, 2, (1, 1, 0, 0))]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "raw_score") == [5, 2]
    assert sentences(reading, "total-differs") == ["Строка 2: итог 5, сумма баллов 2."]


def test_total_out_of_range_gives_way_to_the_sum(tmp_path: Path) -> None:
    rows = [
        row_2021(60001, 7, (1, 2, 0, 0)),
        row_2021(60002, 6, (1, 2, 1, 2)),
        row_2021(60003, 9, ("", "", "", "")),
    ]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "raw_score") == [3, 6, None]
    assert column(reading, "participant") == [True, True, False]
    assert sentences(reading, "total-out-of-range") == [
        "Строка 2: итог 7 вне пределов 0–6.",
        "Строка 4: итог 9 вне пределов 0–6.",
    ]
    assert counts(reading) == {"total-out-of-range": 2, "row-empty-script": 1}


@pytest.mark.parametrize("written", ["X", "x", "Х", "х", " X ", "x.", "Χ", "Ｘ"])
def test_x_in_any_script_is_not_attempted(tmp_path: Path, written: str) -> None:
    reading = read_2021(tmp_path, [row_2021(60001, 3, (written, 2, 0, 1))])
    assert column(reading, "item_01") == [-1]
    assert column(reading, "raw_score") == [3]
    assert counts(reading) == {"item-not-attempted": 1}


@pytest.mark.parametrize("written", ["не пройд.", "Не пройдено", "не  пройдена", "НЕ ПРОЙД"])
def test_not_taught_is_no_score(tmp_path: Path, written: str) -> None:
    reading = read_2021(tmp_path, [row_2021(60001, 3, (written, 2, 0, 1))])
    assert column(reading, "item_01") == [-2]
    assert counts(reading) == {"item-not-taught": 1}


def test_blank_item_is_missing_and_counted_for_participants_only(tmp_path: Path) -> None:
    rows = [
        row_2021(60001, 2, ("", 2, 0, "н/д")),
        row_2021(60002, "", ("", "", "", ""), variant="отсутствовал"),
        row_2021(60003, 3, ("", "", "", "")),  # known by the total only: nothing is missing
    ]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "item_01") == [None, None, None]
    assert counts(reading) == {"item-missing": 2, "rows-absent": 1}


def test_score_above_maximum_becomes_missing_and_total_stays(tmp_path: Path) -> None:
    reading = read_2021(tmp_path, [row_2021(60001, 6, (3, 2, 0, 1)), row_2021(60002, 4, (1, 2, 0, 1))])
    assert column(reading, "item_01") == [None, 1]
    assert column(reading, "raw_score") == [6, 4]
    assert counts(reading) == {"item-above-maximum": 1}
    assert sentences(reading, "item-above-maximum") == [
        "Строка 2, столбец «балл за 1»: 3 больше максимума 1."
    ]


def test_negative_and_broken_scores_are_reported_and_missing(tmp_path: Path) -> None:
    rows = [row_2021(60001, 3, (-1, "1,5", 0, 1)), row_2021(60002, 4, ("1,0", "2.0", " 0 ", 1))]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "item_01") == [None, 1]
    assert column(reading, "item_02") == [None, 2]
    assert counts(reading) == {"value-out-of-range": 1, "number-fraction": 1, "total-differs": 1}
    assert sentences(reading, "value-out-of-range") == ["Строка 2, столбец «балл за 1»: -1 вне пределов 0–1."]
    assert sentences(reading, "number-fraction") == [
        "Строка 2, столбец «балл за 2»: 1,5 — дробное число, а должно быть целое."
    ]


def test_total_with_a_fraction_is_named_so_and_the_sum_of_points_taken(tmp_path: Path) -> None:
    reading = read_2021(tmp_path, [row_2021(60001, 3.5, (1, 1, 0, 1))])
    assert column(reading, "raw_score") == [3]
    assert counts(reading) == {"number-fraction": 1, "total-missing": 1}
    assert sentences(reading, "number-fraction") == [
        "Строка 2, столбец «всего баллов»: 3.5 — дробное число, а должно быть целое."
    ]


def test_words_in_a_score_column_are_reported(tmp_path: Path) -> None:
    reading = read_2021(tmp_path, [row_2021(60001, 3, ("H", 2, 0, 1))])
    assert column(reading, "item_01") == [None]
    assert sentences(reading, "cell-not-a-number") == ["Строка 2, столбец «балл за 1»: «H» не число."]


def test_date_in_a_score_column_is_reported(tmp_path: Path) -> None:
    rows = [row_2021(60001, 3, (dt.date(2021, 1, 2), 2, 0, 1)), row_2021(60002, 3, ("02.янв", 2, 0, 1))]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "item_01") == [None, None]
    assert sentences(reading, "cell-date") == [
        "Строка 2, столбец «балл за 1»: дата «2021-01-02» вместо числа.",
        "Строка 3, столбец «балл за 1»: дата «02.янв» вместо числа.",
    ]


def test_mark_is_of_the_scale_at_every_bound(tmp_path: Path) -> None:
    rows = [row_2021(60000 + total, total, ("", "", "", "")) for total in range(7)]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "mark") == [2, 2, 3, 3, 4, 4, 5]
    assert column(reading, "under_minimum") == [True, True, False, False, False, False, False]


def test_mark_written_in_the_file_is_only_compared(tmp_path: Path) -> None:
    header = [*HEADER_2021, "Отметка"]
    rows = [[*row_2021(60001, 4), "5"], [*row_2021(60002, 4), "4"], [*row_2021(60003, 4), "нет отметки"]]
    reading = read_2021(tmp_path, rows, header)
    assert column(reading, "mark") == [4, 4, 4]
    assert sentences(reading, "mark-differs") == ["Строка 2: в файле отметка 5, по шкале 4."]


def test_journal_mark_and_its_words(tmp_path: Path) -> None:
    rows = [row_2021(60001, journal=mark) for mark in ("5", 3.0, "нет отметки", "", "8", "1")]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "journal_mark") == [5, 3, None, None, None, None]
    assert sentences(reading, "journal-mark-unreadable") == [
        "Строка 6: отметка по журналу «8» не читается.",
        "Строка 7: отметка по журналу «1» не читается.",
    ]


def test_sex_and_journal_mark_in_each_others_columns(tmp_path: Path) -> None:
    rows = [
        row_2021(60001, journal="ж", sex="4"),
        row_2021(60002, journal="", sex="3"),
        row_2021(60003, journal="М", sex=""),
        row_2021(60004, journal="4", sex="4"),  # the same mark twice: nothing to swap
        row_2021(60005, journal="5", sex=" Ж"),
        row_2021(60006, journal="м", sex="ж"),  # two sexes: the one in its own column counts
    ]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "sex") == ["f", None, "m", None, "f", "f"]
    assert column(reading, "journal_mark") == [4, 3, None, 4, 5, None]
    assert [problem.row for problem in reading.problems if problem.code == "columns-swapped"] == [2, 3, 4]
    assert sentences(reading, "sex-unreadable") == ["Строка 5: пол «4» не читается."]


def test_class_names_stay_as_written_in_capitals(tmp_path: Path) -> None:
    names = ["а", "А", "6а", "6 «А»", "A", "нет", "НЕТ", "", "филиал 1", "7б"]
    reading = read_2021(tmp_path, [row_2021(60001 + n, class_name=name) for n, name in enumerate(names)])
    assert column(reading, "class_name") == [
        "А", "А", "6А", "6 «А»", "A", "НЕТ", "НЕТ", None, "ФИЛИАЛ 1", "7Б",  # the fifth is Latin
    ]  # fmt: skip


def test_row_without_school_is_reported_and_left_out(tmp_path: Path) -> None:
    rows = [row_2021(60001, school=""), row_2021(60002, school="edu990002"), row_2021(60003)]
    reading = read_2021(tmp_path, rows)
    assert column(reading, "school_id") == ["990002", "990001"]
    assert column(reading, "pupil_code") == ["60002", "60003"]
    assert only_batch(reading).source.rows == 3
    assert sentences(reading, "row-no-school") == ["Строка 2: не указана школа."]


def test_doubled_pupil_codes_are_kept_and_reported_once(tmp_path: Path) -> None:
    rows = [
        row_2021(60001),
        row_2021(60001, class_name="филиал 1"),
        row_2021(60001),
        row_2021(60002),
        row_2021(60001, school="sch990002"),
    ]
    reading = read_2021(tmp_path, rows)
    assert only_batch(reading).table.num_rows == 5
    assert sentences(reading, "pupil-doubled") == ["Код участника 60001 повторяется в школе 990001: строк 3."]
    assert [problem.row for problem in reading.problems if problem.code == "pupil-doubled"] == [3]


def test_a_code_with_many_findings_is_listed_two_hundred_times_and_counted(tmp_path: Path) -> None:
    reading = read_2021(tmp_path, [row_2021(60001 + n, 5, (1, 1, 0, 0)) for n in range(250)])
    found = [problem for problem in reading.problems if problem.code == "total-differs"]
    assert len(found) == 201
    assert [problem.row for problem in found[:2]] == [2, 3]
    assert (found[-1].row, found[-1].count) == (202, 50)


def test_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    rows = [row_2021(60001 + n, n, ("", "", "", ""), school=f"sch99000{n}") for n in range(7)]
    forward = only_batch(read_2021(tmp_path / "a", rows)).table.sort_by("school_id")
    backward = only_batch(read_2021(tmp_path / "b", rows[::-1])).table.sort_by("school_id")
    assert forward.equals(backward)
