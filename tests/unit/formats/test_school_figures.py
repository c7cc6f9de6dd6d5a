"""Questionnaires of context, tables of indicators and of counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from rostok.formats.assumptions import Assumptions, Codes
from rostok.formats.context_questions import QUESTIONS
from rostok.formats.files import read_file
from rostok.schema.assessments import Kind, Subject, Wave
from tests.unit.formats.tables_of_text import SCALES, codes, read, sheet_of, table_of

CONTEXT = """
Логин ; Муниципалитет ; ФИО директора ; Телефон ; Где расположена Ваша образовательная организация? ; Укажите количество обучающихся в ОО в 2020/2021 учебном году ; ОО является школой-интернатом? ; Скорость Интернета, заявленная провайдером ; В классах основной школы ; Математика
edu223504 ; Район А ; Лаврова Анна ; 5-55 ; 4. Населенный пункт сельского типа ; 61 ; Нет ; до 25 Мбит/с ; 85 ; 10
edu223505 ; Город Б ; Орлов Пётр ; 5-56 ; 2. Город ; 1200 ; да ; более 100 Мбит/с ; ;
"""

GENERAL = """
Пользователь ; Код региона ; Регион ; Муниципалитет ; Школа ; Сокращённое наименование ; ФИО директора ; Код ОГЭ ; Код ЕГЭ ; Организационно-правовая форма ; Где расположена ОО ; Размер населенного пункта
op1 ; 22 ; reg220000 | Край ; reg22_m001 | Район А ; edu223504 | МБОУ Школа № 4 ; Школа № 4 ; Лаврова ; 101001 ; 201001 ; 2. Муниципальная ; 4. Сельский ; 1. Менее 1 тыс.
"""

ACTIVITY = """
Школа ; 17.1. АОП для слабовидящих ; Число обучающихся ; Обучающихся 2007 года рождения ; из них с ОВЗ ; Всего учителей ; Учителей в 5–9 классах ; Учителей первой категории ; Учителей высшей категории
edu223504 | МБОУ Школа № 4 ; Нет ; 61 ; 7 ; 1 ; 12 ; 9 ; 4 ; 3
"""

WIDE = """
Школа | Муниципалитет | Год | ИК | ИСБ | Доля мигрантов, % | Интернат | note
edu223504 | Район А | 2021 | 0,55 | 5 | 12,5 | да | текст
edu223505 | Район Б | 2020/21 | 0,63 | | 3 % | нет | текст
"""

LONG = """
school_id | year | indicator | value | unit
edu223504 | 2021 | social_index | 5 | level
edu223504 | 2021 | low_income | 12.5 | %
"""

COUNTS = """
Результаты ГИА 2022 года
Код ОО | Вид | Предмет | Класс | Участников | Не явились | «2» | «3» | «4» | «5»
101001 | ОГЭ | Русский язык | 9 | 10 | 1 | 3 | 4 | 2 | 1
101001 | ОГЭ | Математика | 9 | 10 | | 0 | 5 | 4 | 1
"""


def values(reading: object, school: str = "223504") -> dict[object, object]:
    rows = table_of(reading, "context")  # type: ignore[arg-type]
    return {row["indicator"]: row["value"] for row in rows if row["school_id"] == school}


# --- questionnaires


def test_questionnaire_of_the_region(shared: Path) -> None:
    (path,) = (shared / "region").glob("*2021.xlsx")
    reading = read_file(path, name=path.name, assume=Assumptions(), scales=SCALES)
    (batch,) = reading.batches
    assert batch.source.rows == 688
    rows = table_of(reading, "context")
    assert {row["year"] for row in rows} == {2021}
    # 88 columns: login, municipality, 75 questions, 11 subjects without a meaning; «rural» beside them.
    assert len({row["indicator"] for row in rows}) == 76 and len(rows) == 688 * 76
    # Counted in the file by another program: 460 villages; 288,634 pupils; 1 row without teachers.
    assert sum(row["value"] or 0 for row in rows if row["indicator"] == "rural") == 460  # type: ignore[misc]
    assert sum(row["value"] or 0 for row in rows if row["indicator"] == "pupils") == 288_634  # type: ignore[misc]
    assert sum(row["value"] is None for row in rows if row["indicator"] == "teachers") == 1
    assert codes(reading) == ["columns-without-meaning", "answer-unreadable"]


def test_questionnaire_of_2021() -> None:
    reading = read(sheet_of(CONTEXT, bar=";"))
    assert values(reading) == {
        "settlement_type": 4, "rural": 1, "pupils": 61, "boarding": 0, "internet_speed": 1,
        "parents_at_meetings_basic": 0.85,
    }  # fmt: skip
    assert values(reading, "223505") == {
        "settlement_type": 2, "rural": 0, "pupils": 1200, "boarding": 1, "internet_speed": 4,
        "parents_at_meetings_basic": None,
    }  # fmt: skip
    assert {row["year"] for row in table_of(reading, "context")} == {2021}
    assert codes(reading) == ["personal-data-dropped", "columns-without-meaning"]
    assert "Лаврова" not in str(reading) and "5-55" not in str(values(reading))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("85", "850", "value-out-of-range"),
        ("61", "шестьдесят", "cell-not-a-number"),
        ("Нет", "не знаю", "answer-unreadable"),
        ("до 25 Мбит/с", "быстрый", "answer-unreadable"),
        ("edu223504", "", "row-no-school"),
        ("edu223505", "edu223504", "school-repeated"),
    ],
)
def test_answer_that_cannot_be_read(old: str, new: str, code: str) -> None:
    clean = codes(read(sheet_of(CONTEXT, bar=";")))
    found = codes(read(sheet_of(CONTEXT.replace(old, new), bar=";")))
    assert [item for item in found if item not in clean] == [code]


def test_questionnaire_of_2022_on_two_sheets() -> None:
    sheets = (
        sheet_of(GENERAL, "Общая информация об ОО", bar=";"),
        sheet_of(ACTIVITY, "ОБРАЗОВАТЕЛЬНАЯ ДЕЯТЕЛЬНОСТЬ ОО", bar=";"),
    )
    reading = read(*sheets, name="Контекстные данные 2022.xlsx")
    context = [row for batch in reading.batches if getattr(batch, "name", "") == "context"
               for row in batch.table.to_pylist()]  # fmt: skip
    assert {row["indicator"]: row["value"] for row in context} == {
        "legal_form": 2, "settlement_type": 4, "rural": 1, "settlement_size": 1, "adapted_programmes_1": 0,
        "pupils": 61, "pupils_born_2007": 7, "pupils_born_2007_adapted": 1, "teachers": 12,
        "teachers_grades_5_9": 9, "teachers_first_category": 4, "teachers_top_category": 3,
    }  # fmt: skip
    assert {row["year"] for row in context} == {2022}
    assert table_of(reading, "aliases") == [
        {"school_id": "223504", "alias": "101001", "kind": "oge"},
        {"school_id": "223504", "alias": "201001", "kind": "ege"},
    ]
    named = [
        batch.table.to_pylist()[0] for batch in reading.batches if getattr(batch, "name", "") == "schools"
    ]
    assert named[0]["name"] == "Школа № 4" and named[0]["municipality_id"] == "reg22_m001"
    assert "Лаврова" not in str([batch.table.to_pylist() for batch in reading.batches])


def test_every_indicator_code_is_in_the_manual(root: Path) -> None:
    manual = (root / "docs/manual/formats-other.md").read_text(encoding="utf-8")
    assert [question.code for question in QUESTIONS if question.code.replace("{0}", "N") not in manual] == []


# --- indicators


def test_wide_table() -> None:
    reading = read(WIDE)
    assert values(reading) == {
        "quality_index": 0.55, "social_index": 5, "доля мигрантов, %": 0.125, "интернат": 1,
    }  # fmt: skip
    assert values(reading, "223505") == {
        "quality_index": 0.63, "social_index": None, "доля мигрантов, %": 0.03, "интернат": 0,
    }  # fmt: skip
    assert {row["year"] for row in table_of(reading, "context")} == {2021}
    # The column of words is no indicator.
    assert codes(reading) == ["columns-junk"]


def test_long_table() -> None:
    reading = read(LONG)
    assert values(reading) == {"social_index": 5, "low_income": 0.125}
    assert [row["unit"] for row in table_of(reading, "context")] == ["level", "share"]
    assert not reading.problems


def test_indicator_twice() -> None:
    assert codes(read(LONG + "edu223504 | 2021 | social_index | 5 | level\n")) == []
    reading = read(LONG + "edu223504 | 2021 | social_index | 6 | level\n")
    assert codes(reading) == ["indicator-repeated"] and values(reading)["social_index"] == 5


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("12.5", "много", "cell-not-a-number"),
        ("| 2021 | low", "| давно | low", "cell-not-a-number"),
        ("12.5", "#DIV/0!", "cell-formula-error"),
    ],
)
def test_value_that_cannot_be_read(old: str, new: str, code: str) -> None:
    assert codes(read(LONG.replace(old, new))) == [code]


def test_share_outside_of_0_to_1() -> None:
    text = "Школа | Год | Доля сирот\nedu223504 | 2021 | {}\n"
    assert values(read(text.format("0,2"))) == {"доля сирот": 0.2}
    assert codes(read(text.format("20"))) == ["value-out-of-range"]


# --- counts


def test_counts_in_russian() -> None:
    reading = read(COUNTS)
    assert table_of(reading, "counts") == [
        {"school_id": "gia:101001", "assessment": "oge/2022/spring/russian/9", "participants": 10, "absent": 1,
         "under_minimum": 3, "marks_2": 3, "marks_3": 4, "marks_4": 2, "marks_5": 1},
        {"school_id": "gia:101001", "assessment": "oge/2022/spring/math/9", "participants": 10, "absent": None,
         "under_minimum": 0, "marks_2": 0, "marks_3": 5, "marks_4": 4, "marks_5": 1},
    ]  # fmt: skip
    assert not reading.problems


def test_counts_in_english() -> None:
    reading = read(
        """
school_id | assessment | participants | under_minimum
edu223504 | ege_profile/2023/spring/math/11 | 20 | 3
"""
    )
    (row,) = table_of(reading, "counts")
    assert (row["assessment"], row["participants"], row["under_minimum"]) == (
        "ege_profile/2023/spring/math/11",
        20,
        3,
    )
    assert row["marks_2"] is None and row["absent"] is None


def test_counts_of_ege_math_need_the_level() -> None:
    text = COUNTS.replace("ОГЭ | Математика | 9", "ЕГЭ | Математика | 11")
    assert codes(read(text)) == ["counts-math-level"]
    clear = text.replace("ЕГЭ | Мат", "ЕГЭ база | Мат")
    assert table_of(read(clear), "counts")[1]["assessment"] == "ege_base/2022/spring/math/11"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("| 10 | 1 | 3", "| 11 | 1 | 3", "counts-inconsistent"),
        ("| 10 | 1 | 3", "| 2 | 1 | 3", "counts-inconsistent"),
        ("| 10 | 1 | 3", "| 10 | 1 | три", "cell-not-a-number"),
        ("ОГЭ | Русский язык | 9", "ОГЭ | Татарский язык | 9", "counts-assessment-unknown"),
    ],
)
def test_row_of_counts_that_cannot_be_used(old: str, new: str, code: str) -> None:
    assert codes(read(COUNTS.replace(old, new)))[0] == code


def test_counts_take_year_and_kind_from_the_file() -> None:
    text = "Школа | Предмет | Участников | Не преодолели минимум\n101001 | Русский язык | 8 | 2\n"
    reading = read(text, name="ЕГЭ 2024.xlsx")
    assert table_of(reading, "counts")[0]["assessment"] == "ege/2024/spring/russian/11"
    assert codes(read(text, name="итоги.xlsx")) == ["counts-assessment-unknown"]
    assumed = read(text, name="итоги.xlsx", kind=Kind.OGE, year=2022, subject=Subject.RUSSIAN)
    assert table_of(assumed, "counts")[0]["assessment"] == "oge/2022/spring/russian/9"


# --- whose row and of which wave

VPR_COUNTS = """
Логин | Вид | Предмет | Класс | Год | {} | Участников | «2» | «3» | «4» | «5»
edu223504 | ВПР | Математика | 5 | {} | {} | 10 | 3 | 4 | 2 | 1
"""


def test_codes_of_counts_by_their_heading() -> None:
    def schools(text: str, **assume: object) -> set[object]:
        return {row["school_id"] for row in table_of(read(text, **assume), "counts")}

    assert schools(COUNTS) == {"gia:101001"}
    assert schools(COUNTS.replace("Код ОО", "Логин")) == {"101001"}
    assert schools(COUNTS, codes=Codes.LOGIN) == {"101001"}
    assert schools(COUNTS.replace("101001", "sch101001")) == {"101001"}
    # Digits in a table of ВПР are those of a login.
    assert schools(VPR_COUNTS.format("Волна", 2021, "весна").replace("edu223504", "223504")) == {"223504"}


@pytest.mark.parametrize(
    ("year", "wave", "key"),
    [
        ("2021", "", "vpr/2021/spring/math/5"),
        ("2020", "осень", "vpr/2020/autumn/math/5"),
        ("2020", "сентябрь", "vpr/2020/autumn/math/5"),
        ("2020/21", "осень", "vpr/2020/autumn/math/5"),
        ("2020/21", "весна", "vpr/2021/spring/math/5"),
        ("2020/2021", "", "vpr/2021/spring/math/5"),
    ],
)
def test_counts_of_a_wave(year: str, wave: str, key: str) -> None:
    (row,) = table_of(read(VPR_COUNTS.format("Волна", year, wave)), "counts")
    assert row["assessment"] == key


@pytest.mark.parametrize("year", ["2020", "2022", "2019/20", "2021/22"])
def test_counts_of_a_year_of_two_waves_are_asked(year: str) -> None:
    text = VPR_COUNTS.format("Волна", year, "")
    reading = read(text)
    assert codes(reading) == ["attribute-unknown"] and table_of(reading, "counts") == []
    (row,) = table_of(read(text, wave=Wave.SPRING), "counts")
    assert "/spring/" in str(row["assessment"])


def test_exams_of_autumn_are_retakes_of_their_year() -> None:
    text = COUNTS.replace(" 2022 года", " 2020/21, осень")
    assert {row["assessment"] for row in table_of(read(text), "counts")} == {
        "oge/2021/retakes/russian/9",
        "oge/2021/retakes/math/9",
    }
