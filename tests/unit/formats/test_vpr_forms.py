"""Forms a school fills in (2022, 2026) and the report Ф1."""

from __future__ import annotations

from pathlib import Path

import pytest

from rostok.formats import FileReading, ScaleBook
from rostok.formats.vpr_forms import item_of
from rostok.schema.assessments import Kind, Subject
from rostok.schema.scales import Item, Scale
from tests.unit.formats.vpr_samples import BOOK, column, counts, only_batch, read, save_xlsx, scale, sentences

MARK = "Отметка за предыдущий триместр/ четверть/полугодие"
HEADER_2022 = (
    "Код участника", "Вариант", "1 (1б)", "2.1 (2б)", "2(2) (1 б)", "3(2б)", "Наименование класса", "Пол", MARK,
    "Итого баллов",
)  # fmt: skip
NAME_2022 = "edu990001 Форма сбора результатов Математика 6 класс ВПР 2022.xlsx"
ROWS_2022 = [
    ["60001", "1", 1, 2, 0, 1, "А", "м", "4", 4],
    ["60002", "отсутствовал", "", "", "", "", "А", "", "", 0],
    ["60003", "2", "X", 1, "X", 0, "Б", "ж", "нет отметки", 1],
    ["60004", "", "", "", "", "", "", "", "", 0],
    ["", "", "", "", "", "", "", "", "", 0],
]
CLASSES = [["Наименование класса", "Учебник"], ["А", "—"]]


def read_2022(folder: Path, rows: list[list[object]], name: str = NAME_2022, **more: object) -> FileReading:
    sheets = {"Классы": CLASSES, "Протокол": [HEADER_2022, *rows]}
    return read(save_xlsx(folder / name, sheets), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("11.1 (1б)", ("11.1", 1)),
        ("4(1) (3б)", ("4.1", 3)),
        ("16 (1) (1б)", ("16.1", 1)),
        ("5(1б)", ("5", 1)),
        ("1К1(4б)", ("1К1", 4)),
        ("1K1 (4б)", ("1К1", 4)),  # Latin K
        ("4к2 ( 3 б )", ("4К2", 3)),
        ("10.2К3 (2б)", ("10.2К3", 2)),
        ("Вариант", None),
        ("1", None),
        ("5 (0б)", None),
        ("5 (900б)", None),
    ],
)
def test_heading_of_an_item(heading: str, expected: tuple[str, int] | None) -> None:
    assert item_of(heading) == expected


def test_2022_form(tmp_path: Path) -> None:
    reading = read_2022(tmp_path, ROWS_2022)
    batch = only_batch(reading)
    assert batch.assessment.key == "vpr/2022/spring/math/6"
    assert batch.source.layout == "vpr-2022-form"
    assert batch.source.rows == 4  # the last row holds nothing but the formula's 0
    assert batch.items == scale().items
    assert column(reading, "school_id") == ["990001"] * 4
    assert column(reading, "class_name") == ["А", "А", "Б", None]
    assert column(reading, "participant") == [True, False, True, False]
    assert column(reading, "absent") == [False, True, False, False]
    assert column(reading, "raw_score") == [4, None, 1, None]
    assert column(reading, "mark") == [4, None, 2, None]
    assert column(reading, "item_01") == [1, None, -1, None]
    assert counts(reading) == {"rows-absent": 1, "item-not-attempted": 2, "row-empty-script": 1}


def test_2022_form_of_autumn(tmp_path: Path) -> None:
    rows = [[f"7{row[0][1:]}" if row[0] else "", *row[1:]] for row in ROWS_2022]
    batch = only_batch(read_2022(tmp_path, rows))
    assert (batch.assessment.key, batch.assessment.pupil_grade) == ("vpr/2022/autumn/math/6", 7)


def test_2026_form_with_names_of_classes(tmp_path: Path) -> None:
    header = ("Код участника", "Вариант", "1 (1б)", "2.1 (2б)", "2.2 (1б)", "3 (2б)", "Порядковый номер класса", MARK,
              "Итого баллов")  # fmt: skip
    rows = [
        ["60001", "1", 1, 2, 0, 1, 1, "4", 4],
        ["60002", "2", 0, 0, "X", 0, 2, "3", 0],
        ["60003", "1", 1, 0, 0, 0, 3, "", 1],
    ]
    sheets = {
        "Протокол": [header, *rows],
        "Служебный": [["Вариант", "1"], ["1", "отсутствовал"]],
        "Порядковый номер класса": [["Номер", "Класс"], [1, "6А"], [2, "6Б"]],
    }
    path = save_xlsx(
        tmp_path / "edu990001" / "Форма сбора результатов Математика 6 класс ВПР 2021.xlsx", sheets
    )
    reading = read(path, "edu990001/" + path.name)
    assert only_batch(reading).source.layout == "vpr-2026-form"
    assert column(reading, "class_name") == ["6А", "6Б", "3"]
    assert column(reading, "school_id") == ["990001"] * 3
    assert column(reading, "raw_score") == [4, 0, 1]


def test_form_without_login_anywhere(tmp_path: Path) -> None:
    name = "Форма сбора результатов Математика 6 класс ВПР 2022.xlsx"
    reading = read_2022(tmp_path, ROWS_2022, name)
    assert counts(reading) == {"school-unknown": 1}
    assert column(read_2022(tmp_path, ROWS_2022, name, school="edu990009"), "school_id") == ["990009"] * 4


def test_form_of_another_maximum_gets_no_marks(tmp_path: Path) -> None:
    other = Scale(Kind.VPR, Subject.MATH, 6, 2022, 16, (6, 10, 14), 6, "another paper", True)
    reading = read_2022(tmp_path, ROWS_2022, book=ScaleBook((other,)))
    assert column(reading, "mark") == [None] * 4
    assert sentences(reading, "scale-unfit") == [
        "Работа «ВПР, математика, 6 класс, весна 2022»: по заданиям файла максимум 6, в шкале 16: отметки не поставлены."
    ]
    assert [item.label for item in only_batch(reading).items] == ["1", "2.1", "2.2", "3"]


def test_book_without_the_protocol(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / NAME_2022, {"Классы": CLASSES, "Лист2": [["что-то"]]})
    reading = read(path)
    assert counts(reading) == {"table-wrong-sheet": 1}
    assert reading.problems[0].sentence == (
        f"В книге «{NAME_2022}» нет листа «Протокол», есть: «Классы», «Лист2»."
    )


def test_protocol_without_codes(tmp_path: Path) -> None:
    rows = [HEADER_2022[1:], *(row[1:] for row in ROWS_2022)]
    assert counts(read(save_xlsx(tmp_path / NAME_2022, {"Классы": CLASSES, "Протокол": rows}))) == {
        "column-missing": 1
    }


F1_HEADER = (
    "ОО", "Муниципалитет", "Название ОО", "Код участника", "Класс", "Вариант", "1 (1б)", "2.1 (2б)", "2.2 (1б)",
    "3 (2б)", "Первичный балл", "Отметка", "Отметка по журналу",
)  # fmt: skip
F1_ROWS = [
    ["ВПР 2021 Математика 6 класс"],
    ["Предмет:", "Математика"],
    ["Максимальный первичный балл:", "6"],
    ["Школа с углублённым изучением английского языка (edu990001) | Кол-во участников: 2"],
    ["", "", "", "", "", "", "Б", "Б", "П", "П"],
    F1_HEADER,
    ["edu990001", "Город А", "Школа", "60001", "6А", "1", 1, 2, 0, 1, 4, 4, 4],
    ["edu990001", "Город А", "Школа", "60002", "6А", "2", "X", 1, 0, 0, 1, 3, 3],
]


def test_f1_report(tmp_path: Path) -> None:
    reading = read(save_xlsx(tmp_path / "Ф1_Индивидуальные результаты.xlsx", {"Sheet1": F1_ROWS}))
    batch = only_batch(reading)
    assert batch.assessment.key == "vpr/2021/spring/math/6"
    assert batch.source.layout == "vpr-f1"
    assert column(reading, "school_id") == ["990001", "990001"]
    assert column(reading, "municipality_id") == ["Город А", "Город А"]
    assert column(reading, "class_name") == ["6А", "6А"]
    assert column(reading, "journal_mark") == [4, 3]
    assert column(reading, "mark") == [4, 2]
    assert counts(reading) == {"mark-differs": 1, "item-not-attempted": 1}


def test_f1_levels_where_the_scale_names_no_items(tmp_path: Path) -> None:
    book = ScaleBook((scale(items=()),))
    reading = read(save_xlsx(tmp_path / "Ф1.xlsx", {"Sheet1": F1_ROWS}), book=book)
    assert only_batch(reading).items == (
        Item(1, "1", 1, "Б"), Item(2, "2.1", 2, "Б"), Item(3, "2.2", 1, "П"), Item(4, "3", 2, "П"),
    )  # fmt: skip


def test_f1_against_the_name_of_the_file_is_ambiguous(tmp_path: Path) -> None:
    reading = read(save_xlsx(tmp_path / "Русский язык Ф1.xlsx", {"Sheet1": F1_ROWS}), book=BOOK)
    assert counts(reading) == {"attribute-ambiguous": 1}
