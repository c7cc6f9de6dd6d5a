"""The regional exports of 2020 and 2021, and what stands around their tables."""

from __future__ import annotations

from pathlib import Path

from rostok.formats import ScaleBook
from tests.unit.formats.vpr_samples import (
    HEADER_2020,
    HEADER_2021,
    ITEMS,
    NAME_2021,
    column,
    counts,
    only_batch,
    read,
    read_2021,
    row_2020,
    row_2021,
    save_xlsx,
    scale,
)

NAME_2020 = "2020/6/Математика.xlsx"


def read_2020(folder: Path, rows: list[list[object]], header: tuple[str, ...] = HEADER_2020, **more: object):  # type: ignore[no-untyped-def]
    return read(save_xlsx(folder / NAME_2020, {"Sheet1": [header, *rows]}), NAME_2020, **more)  # type: ignore[arg-type]


def test_2020_columns(tmp_path: Path) -> None:
    reading = read_2020(
        tmp_path, [row_2020(70001, 4), row_2020(70002, "", ("", "", "", ""), variant="отсутствовал")]
    )
    batch = only_batch(reading)
    assert batch.items == ITEMS
    assert batch.source.layout == "vpr-2020-export"
    assert batch.source.rows == 2
    first = batch.table.slice(0, 1).to_pylist()[0]
    assert first == {
        "school_id": "990001", "municipality_id": "reg99_m069", "class_name": "А", "pupil_code": "70001", "sex": "m",
        "variant": "1", "absent": False, "participant": True, "journal_mark": 4, "raw_score": 4, "test_score": None,
        "mark": 4, "under_minimum": False, "item_01": 1, "item_02": 2, "item_03": 0, "item_04": 1,
    }  # fmt: skip
    assert counts(reading) == {"scale-unconfirmed": 1, "rows-absent": 1}


def test_2020_values_beyond_the_last_item_are_junk_not_items(tmp_path: Path) -> None:
    reading = read_2020(tmp_path, [row_2020(70001, 4, beyond=("ж", 5.0)), row_2020(70002)])
    assert len(only_batch(reading).items) == 4
    assert counts(reading) == {"scale-unconfirmed": 1, "columns-junk": 2}
    assert [p.values["columns"] for p in reading.problems if p.code == "columns-junk"] == [
        "«a-6-grade», «a-7-grade»"
    ]


def test_2020_paper_of_two_days_is_attended_when_one_half_is(tmp_path: Path) -> None:
    row = row_2020(70001, 3, variant="отсутствовал")
    row[8] = "2"
    reading = read_2020(tmp_path, [row])
    assert column(reading, "absent") == [False]
    assert column(reading, "variant") == ["2"]


def test_2021_columns(tmp_path: Path) -> None:
    batch = only_batch(read_2021(tmp_path, [row_2021()]))
    assert batch.assessment.key == "vpr/2021/spring/math/6"
    assert batch.source.layout == "vpr-2021-export"
    assert batch.source.file == NAME_2021
    assert batch.table.column("municipality_id").to_pylist() == ["Муниципалитет 1"]


def test_header_not_in_the_first_row_and_rows_numbered_as_shown(tmp_path: Path) -> None:
    above = [["Отчёт по региону"], [], ["ВПР 2021, математика, 6 класс"]]
    rows = [*above, HEADER_2021, row_2021(60001, 5, (1, 1, 0, 0))]
    reading = read(save_xlsx(tmp_path / "выгрузка.xlsx", {"Sheet1": rows}))
    assert only_batch(reading).assessment.key == "vpr/2021/spring/math/6"
    assert [problem.row for problem in reading.problems] == [5]


def test_hundred_columns_of_junk_are_one_finding(tmp_path: Path) -> None:
    header = [*HEADER_2021, *(f"Столбец {number}" for number in range(100))]
    reading = read_2021(tmp_path, [[*row_2021(), *range(100)]], header)
    assert only_batch(reading).table.num_rows == 1
    assert counts(reading) == {"columns-junk": 100}
    [problem] = reading.problems
    assert "«Столбец 0», «Столбец 1», «Столбец 2», «Столбец 3», «Столбец 4» и ещё 95." in problem.sentence


def test_empty_columns_without_names_are_no_finding(tmp_path: Path) -> None:
    assert counts(read_2021(tmp_path, [[*row_2021(), "", "", ""]], [*HEADER_2021, "", "", ""])) == {}


def test_blank_rows_between_are_no_rows(tmp_path: Path) -> None:
    reading = read_2021(tmp_path, [row_2021(60001), [""] * 14, row_2021(60002)])
    assert only_batch(reading).source.rows == 2


def test_fewer_and_more_score_columns_than_items(tmp_path: Path) -> None:
    fewer = [name for name in HEADER_2021 if name != "балл за 4"]
    row = row_2021()
    reading = read_2021(tmp_path / "a", [row[:12] + row[13:]], fewer)
    assert counts(reading) == {"items-unknown": 1, "total-differs": 1}
    assert column(reading, "raw_score") == [4]
    more = [*HEADER_2021[:13], "балл за 5", *HEADER_2021[13:]]
    reading = read_2021(tmp_path / "b", [[*row[:13], "1", *row[13:]]], more)
    assert len(only_batch(reading).items) == 4
    assert counts(reading) == {"items-unknown": 1}


def test_paper_without_scale_has_no_marks(tmp_path: Path) -> None:
    rows = [row_2021(60001, 4, (1, 2, 0, 1)), row_2021(60002, 1, (0, 1, "X", 0))]
    reading = read_2021(tmp_path, rows, book=ScaleBook())
    assert column(reading, "mark") == [None, None]
    assert column(reading, "under_minimum") == [None, None]
    assert column(reading, "raw_score") == [4, 1]
    assert counts(reading) == {"scale-missing": 1, "item-not-attempted": 1}
    assert [item.maximum for item in only_batch(reading).items] == [1, 2, 1, 1]


def test_scale_without_items_still_gives_marks(tmp_path: Path) -> None:
    reading = read_2021(tmp_path, [row_2021()], book=ScaleBook((scale(items=()),)))
    assert column(reading, "mark") == [4]
    assert len(only_batch(reading).items) == 4
    assert counts(reading) == {}


def test_unconfirmed_scale_is_named_once_per_table(tmp_path: Path) -> None:
    reading = read_2021(tmp_path, [row_2021()], book=ScaleBook((scale(confirmed=False),)))
    assert counts(reading) == {"scale-unconfirmed": 1}


def test_school_from_the_name_or_the_user_when_there_is_no_column(tmp_path: Path) -> None:
    header, row = HEADER_2021[1:], row_2021()[1:]
    named = save_xlsx(tmp_path / f"edu990007 {NAME_2021}", {"Sheet1": [header, row]})
    assert column(read(named), "school_id") == ["990007"]
    unnamed = save_xlsx(tmp_path / NAME_2021, {"Sheet1": [header, row]})
    assert column(read(unnamed, school="sch990008"), "school_id") == ["990008"]
    assert counts(read(unnamed)) == {"school-unknown": 1}


def test_forty_columns_where_all_were_absent_are_no_finding(tmp_path: Path) -> None:
    header = (*HEADER_2020[:14], *(f"a-{number}-grade" for number in range(5, 41)))
    absent = [*row_2020(70001, "", ("", "", "", ""), variant="отсутствовал")[:14], *[""] * 36]
    assert counts(read_2020(tmp_path, [absent], header)) == {"scale-unconfirmed": 1, "rows-absent": 1}
