"""Protocols of ГИА: both layouts, sparse ones, what is never stored, whose mark counts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from rostok.formats.assumptions import Assumptions
from rostok.formats.batches import FileReading
from rostok.formats.cells import text_of
from rostok.formats.files import read_file
from rostok.formats.gia_answers import brief, detailed, parse_answers
from rostok.formats.workbook import Sheet
from rostok.schema.assessments import Kind, Subject
from rostok.schema.problems import Severity
from rostok.schema.scales import NOT_ATTEMPTED
from tests.unit.formats.tables_of_text import SCALES, codes, exams_of, read, sheet_of

OGE = """
Государственная итоговая аттестация
01 - Русский язык 2023.06.06
№ | Код ОО | Класс | Код ППЭ | Аудитория | Код участника | Фамилия | Имя | Отчество | Серия | Номер | Ответы в краткой форме | Ответы в развернутой форме | Первичный балл | Оценка
1 | 101001 | 9А | 12 | '0001 | 555-1 | Кузнецова | Мария | Петровна | 6503 | 123456 | ++-+ | 2(2)1(2) | 6 | 2
2 | 101001 | 9А | 12 | '0001 | 555-2 | Орлов | Пётр | Ильич | 6504 | 654321 | ++++ | 2(2)2(2) | 8 | 3
3 | 101002 | 9Б | 12 | '0002 | 555-3 | Лаврова | Анна | Ильинична | 6505 | 111222 | ---- | 0(2)Х(2) | 0 | 2
4 | 101002 | 9Б | 12 | '0002 | 555-4 | Гусев | Иван | Ильич | 6505 | 111223 | не явился | | |
Председатель комиссии | Соколова
"""

EGE = """
02 - Математика профильная 2023.06.01
№ | Код ППЭ | Код ОО | Класс | Код ООП | Профиль | ФИО | Вариант | Код участника | № бланка | Ответы в краткой форме | Ответы в развернутой форме | Первичный балл | Итоговый балл
1 | 7 | 101001 | 11А | 1 | технологический | Кузнецова Мария Петровна | 301 | 777-1 | 22001 | +++-- | 1(2)0(2) | 4 | 26
2 | 7 | 101001 | 11А | 1 | технологический | Орлов Пётр Ильич | 302 | 777-2 | 22002 | +++++ | 1(2)0(2) | 6 | 27
3 | 7 | 101002 | 11Б | 1 | | Лаврова Анна Ильинична | 301 | 777-3 | 22003 | | | неявка | неявка
"""

PERSONAL = (
    "Кузнецова", "Мария", "Орлов", "Лаврова", "Гусев", "Соколова", "6503", "123456", "555-1", "777-1", "22001",
)  # fmt: skip


def everything(reading: FileReading) -> str:
    """All that goes on from a reading, as one text."""
    tables = [str(batch.table.to_pylist()) + str(batch.source) for batch in reading.batches]
    problems = [f"{problem!r} {problem.sentence} {problem.remedy}" for problem in reading.problems]
    return " ".join(tables + problems)


def test_oge_protocol() -> None:
    reading = read(OGE)
    (batch,) = reading.batches
    assert list(exams_of(reading)) == ["oge/2023/spring/russian/9"]
    assert batch.source.rows == 4 and batch.source.layout == "gia-protocol"
    rows = batch.table.to_pylist()
    assert [row["school_id"] for row in rows] == [f"gia:{code}" for code in (101001, 101001, 101002, 101002)]
    assert [row["class_name"] for row in rows] == ["9А", "9А", "9Б", "9Б"]
    assert [row["pupil_code"] for row in rows] == ["1", "2", "3", "4"]
    assert [row["raw_score"] for row in rows] == [6, 8, 0, None]
    assert [row["absent"] for row in rows] == [False, False, False, True]
    assert [row["participant"] for row in rows] == [True, True, True, False]


def test_oge_mark_is_by_the_scale() -> None:
    """8 points of Russian are «2» by the scale; the protocol says «3», which no condition explains."""
    reading = read(OGE)
    rows = reading.batches[0].table.to_pylist()
    assert [row["mark"] for row in rows] == [2, 2, 2, None]
    assert [row["under_minimum"] for row in rows] == [True, True, True, None]
    (differs,) = [problem for problem in reading.problems if problem.code == "mark-differs"]
    assert (differs.row, differs.value, differs.values["mark"]) == (5, "3", 2)
    assert "scale-unconfirmed" in codes(reading)


# Nineteen brief answers and six detailed ones: geometry is 15–19 and 23–25 (domain.md 6.5). Each total is «3» by
# the scale (8–14): algebra alone; one point of geometry; two, a brief and a detailed one; two of a detailed one.
GEOMETRY = """
02 - Математика 2023.06.09
№ | Код ОО | Класс | ФИО | Ответы в краткой форме | Ответы в развернутой форме | Первичный балл | Оценка
1 | 101001 | 9А | Орлов | ++++++++++--------- | 0(2)0(2)0(2)0(2)0(2)0(2) | 10 | 3
2 | 101001 | 9А | Гусев | +++++++++-----+---- | 0(2)0(2)0(2)0(2)0(2)0(2) | 10 | 2
3 | 101001 | 9А | Лаврова | ++++++++------+---- | 0(2)0(2)0(2)Х(2)1(2)0(2) | 10 | 3
4 | 101001 | 9А | Серов | ++++++++----------- | 0(2)0(2)0(2)0(2)0(2)2(2) | 10 | 2
5 | 101001 | 9А | Белов | | | 10 | 2
6 | 101001 | 9А | Краснов | ++++++++++--------- | 0(2)0(2)0(2)0(2)0(2)0(2) | 11 | 3
"""


def test_geometry_is_counted_where_the_protocol_has_its_items() -> None:
    """Rows 1 and 4 are corrected; in rows 5 (no answers) and 6 (they do not give the total) nothing is known."""
    reading = read(GEOMETRY)
    assert reading.batches[0].table["mark"].to_pylist() == [2, 2, 3, 3, 2, 3]
    said = [(problem.code, problem.row) for problem in reading.problems if "mark" in problem.code]
    assert sorted(said) == [("exam-mark-lowered", 7), ("mark-differs", 3), ("mark-differs", 6)]


def test_literacy_is_counted_in_russian() -> None:
    """Seven brief answers, three criteria of the summary, four of the essay, ГК1–ГК4, ФК1: 33 points."""
    text = """
01 - Русский язык 2023.06.06
№ | Код ОО | Класс | ФИО | Ответы в краткой форме | Ответы в развернутой форме | Первичный балл | Оценка
1 | 101001 | 9А | Орлов | +++++++ | 2(2)3(3)2(2)2(2)3(3)2(2)2(2)2(2)1(2)0(2)0(2)2(2) | 28 | 4
2 | 101001 | 9А | Гусев | +++++++ | 2(2)3(3)2(2)2(2)3(3)2(2)2(2)2(2)2(2)0(2)0(2)0(2) | 27 | 3
3 | 101001 | 9А | Лавров | +++++++ | 2(2)3(3)2(2)2(2)3(3)2(2)2(2)2(2)2(2)1(2)0(2)2(2) | 30 | 5
4 | 101001 | 9А | Серов | +++++++ | 2(2)3(3)2(2)2(2)3(3)2(2)2(2)2(2)2(2)1(2)1(2)2(2) | 31 | 5
"""
    reading = read(text)
    # Literacy 3, 4, 5 and 6 points: «3» instead of «4», «4», «4» instead of «5», «5».
    assert reading.batches[0].table["mark"].to_pylist() == [3, 4, 4, 5]
    assert [p.row for p in reading.problems if p.code == "mark-differs"] == [3, 4, 5]


def test_oge_items() -> None:
    (batch,) = read(OGE).batches
    assert [(item.label, item.maximum) for item in batch.items] == [
        ("1", 1), ("2", 1), ("3", 1), ("4", 1), ("Р1", 2), ("Р2", 2),
    ]  # fmt: skip
    rows = batch.table.to_pylist()
    assert [rows[0][f"item_{n:02d}"] for n in range(1, 7)] == [1, 1, 0, 1, 2, 1]
    assert [rows[2][f"item_{n:02d}"] for n in range(1, 7)] == [0, 0, 0, 0, 0, NOT_ATTEMPTED]
    assert [rows[3][f"item_{n:02d}"] for n in range(1, 7)] == [None] * 6


@pytest.mark.parametrize("text", [OGE, EGE])
def test_nothing_personal_goes_on(text: str) -> None:
    reading = read(text)
    said = everything(reading)
    assert [word for word in PERSONAL if word in said] == []
    assert "personal-data-dropped" in codes(reading)


def test_name_shifted_into_a_read_column_is_masked() -> None:
    """A row moved two cells left: names stand under the class, scores and documents under others."""
    shifted = OGE.replace(
        "| 2(2)2(2) | 8 | 3", "| Орлов | 654321 | Пётр"
    ).replace("| 9А | 12 | '0001 | 555-2", "| Орлов Пётр | 12 | '0001 | 555-2")  # fmt: skip
    reading = read(shifted)
    said = everything(reading)
    assert "Орлов" not in said and "Пётр" not in said and "654321" not in said
    assert {"cell-not-a-number", "answers-unreadable"} <= set(codes(reading))


def test_date_of_birth_in_a_column_of_scores_is_masked() -> None:
    sheet = sheet_of(OGE)
    sheet.rows[3][13] = dt.date(2008, 5, 3)
    reading = read(sheet)
    assert "2008" not in everything(reading) and "cell-not-a-number" in codes(reading)


def test_a_protocol_that_names_no_absentee_does_not_say_there_were_none() -> None:
    rows = read(OGE.replace("не явился", "++-+")).batches[0].table.to_pylist()
    assert [row["absent"] for row in rows] == [None] * 4
    told = OGE.replace("не явился", "++-+").replace("| Класс |", "| Статус |").replace("| 9", "| явился 9")
    assert {row["absent"] for row in read(told).batches[0].table.to_pylist()} == {False}


def test_ege_profile_by_test_score() -> None:
    reading = read(EGE)
    assert list(exams_of(reading)) == ["ege_profile/2023/spring/math/11"]
    rows = reading.batches[0].table.to_pylist()
    assert [row["test_score"] for row in rows] == [26, 27, None]
    assert [row["under_minimum"] for row in rows] == [True, False, None]
    assert [row["mark"] for row in rows] == [None, None, None]
    assert [row["variant"] for row in rows] == ["301", "302", None]
    assert [row["absent"] for row in rows] == [False, False, True]
    assert "scale-unconfirmed" in codes(reading)


def test_ege_russian_minimum_is_24() -> None:
    text = EGE.replace("02 - Математика профильная", "01 - Русский язык").replace("| 26", "| 23").replace(
        "| 27", "| 24"
    )  # fmt: skip
    reading = read(text)
    assert list(exams_of(reading)) == ["ege/2023/spring/russian/11"]
    assert reading.batches[0].table["under_minimum"].to_pylist() == [True, False, None]


def test_ege_base_has_marks() -> None:
    text = EGE.replace("02 - Математика профильная", "22 - Математика базовая").replace("| 26", "| 2").replace(
        "| 27", "| 3"
    )  # fmt: skip
    reading = read(text)
    assert list(exams_of(reading)) == ["ege_base/2023/spring/math/11"]
    rows = reading.batches[0].table.to_pylist()
    assert [row["mark"] for row in rows] == [2, 3, None]
    assert [row["under_minimum"] for row in rows] == [True, False, None]
    assert [row["test_score"] for row in rows] == [None] * 3


def test_gve_by_code_51() -> None:
    reading = read(OGE.replace("01 - Русский", "51 - Русский"))
    assert list(exams_of(reading)) == ["gve/2023/spring/russian/9"]
    assert reading.batches[0].table["mark"].to_pylist() == [2, 3, 2, None]


def test_september_is_retakes() -> None:
    assert list(exams_of(read(OGE.replace("2023.06.06", "2023.09.08")))) == ["oge/2023/retakes/russian/9"]
    assert list(exams_of(read(OGE, name="ОГЭ, пересдача.xls"))) == ["oge/2023/retakes/russian/9"]


def test_sparse_layout_is_read_by_headings() -> None:
    """Blank columns between and other columns first: the result is the same."""
    plain = sheet_of(OGE)
    order = [14, 13, 12, 11, 1, 2, 0, 6, 9, 10]
    sparse = Sheet(
        plain.name,
        [plain.rows[0], plain.rows[1]]
        + [[cell for column in order for cell in ("", row[column], "")] for row in plain.rows[2:]],
    )
    width = len(sparse.rows[2])
    sparse = Sheet(plain.name, [[*row, *[""] * (width - len(row))] for row in sparse.rows])
    columns = ["school_id", "class_name", "raw_score", "mark", "absent", "item_06"]
    assert read(sparse).batches[0].table.select(columns) == read(plain).batches[0].table.select(columns)


def test_header_of_two_lines_and_numbers_of_columns() -> None:
    reading = read(
        """
02 - Математика 2023.06.09
№ | Код ОО | Класс | ФИО | Документ | | Ответы в краткой форме | Первичный балл | Оценка
  |  |  |  | Серия | Номер | | |
1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9
1 | 101001 | 9А | Орлов | 6503 | 123456 | ++- | 2 | 2
"""
    )
    assert reading.batches[0].table.to_pylist()[0]["raw_score"] == 2
    assert reading.batches[0].source.rows == 1
    assert "6503" not in everything(reading)


def test_several_protocols_in_one_sheet() -> None:
    reading = read(sheet_of(OGE + EGE.replace("2023.06.01", "2023.06.05").strip("\n")))
    assert sorted(exams_of(reading)) == ["ege_profile/2023/spring/math/11", "oge/2023/spring/russian/9"]


def test_header_repeated_on_a_new_page() -> None:
    lines = OGE.strip("\n").splitlines()
    twice = "\n".join([*lines[:5], lines[2], *lines[5:]])
    assert read(twice).batches[0].table == read(OGE).batches[0].table


def test_school_code_as_login_is_its_digits() -> None:
    rows = read(OGE.replace("101002", "edu223504")).batches[0].table.to_pylist()
    assert rows[2]["school_id"] == "223504"


# --- subjects


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("09 - Обществознание", Subject.SOCIAL),
        ("12 - Обществознание", Subject.SOCIAL),
        ("09 - Английский язык", Subject.ENGLISH),
        ("18 - Литература", Subject.LITERATURE),
        ("03 - Физика", Subject.PHYSICS),
    ],
)
def test_name_decides_where_codes_are_disputed(title: str, subject: Subject) -> None:
    (batch,) = read(OGE.replace("01 - Русский язык", title)).batches
    assert batch.assessment.subject is subject


def test_disputed_code_without_a_name_is_asked() -> None:
    text = OGE.replace("01 - Русский язык", "09 -")
    reading = read(text)
    (asked,) = [problem for problem in reading.problems if problem.code == "attribute-ambiguous"]
    assert not reading.batches and asked.severity is Severity.ERROR
    assert asked.values["options"] == "english, social" and "--assume subject=" in asked.remedy
    assert read(text, subject=Subject.SOCIAL).batches[0].assessment.subject is Subject.SOCIAL


def test_code_and_name_that_disagree_are_asked() -> None:
    text = OGE.replace("01 - Русский язык", "01 - Математика")
    assert codes(read(text))[-1] == "attribute-ambiguous"
    assert read(text, subject=Subject.MATH).batches[0].assessment.subject is Subject.MATH


@pytest.mark.parametrize("title", ["18 - Родной язык", "01 - Родной язык", "40 - Астрономия"])
def test_subject_the_platform_does_not_know_is_skipped_aloud(title: str) -> None:
    reading = read(OGE.replace("01 - Русский язык", title))
    assert not reading.batches and codes(reading)[-1] == "exam-subject-skipped"
    assert all(problem.severity is not Severity.ERROR for problem in reading.problems)


def test_kind_that_contradicts_its_columns_is_asked() -> None:
    """«ЕГЭ» in the name, marks of ОГЭ in the table."""
    reading = read(OGE, name="ЕГЭ русский.xlsx")
    assert codes(reading)[-1] == "attribute-ambiguous"
    assert read(OGE, name="ЕГЭ русский.xlsx", kind=Kind.OGE).batches[0].assessment.kind is Kind.OGE


def test_protocol_without_title_uses_its_name() -> None:
    text = "\n".join(OGE.strip("\n").splitlines()[2:])
    assert list(exams_of(read(text, name="2023/ОГЭ Математика.xlsx"))) == ["oge/2023/spring/math/9"]
    assert codes(read(text, name="протокол.xlsx"))[-1] == "attribute-unknown"


# --- what is missing


def test_protocol_without_school_column() -> None:
    text = OGE.replace("Код ОО", "Прочее")
    assert codes(read(text))[-1] == "school-unknown"
    assert set(read(text, school="101009").batches[0].table["school_id"].to_pylist()) == {"101009"}
    named = read(text, name="edu223504_русский.xlsx").batches[0].table
    assert set(named["school_id"].to_pylist()) == {"edu223504"} or set(named["school_id"].to_pylist()) == {
        "223504"
    }


def test_mark_missing_is_by_the_total_and_reported_where_literacy_matters() -> None:
    """16 points are «3» whatever the literacy; 24 are «4» or «3»."""
    reading = read(OGE.replace("| 8 | 3", "| 24 |").replace("| 6 | 2", "| 16 |"))
    assert reading.batches[0].table["mark"].to_pylist() == [3, 4, 2, None]
    (problem,) = [problem for problem in reading.problems if problem.code == "exam-mark-missing"]
    assert problem.row == 5
    assert "exam-mark-missing" not in codes(read(OGE))


def test_oge_of_a_year_without_scale_keeps_its_marks_and_says_so() -> None:
    reading = read(OGE.replace("2023.06.06", "2025.06.06"))
    assert reading.batches[0].table["mark"].to_pylist() == [2, 3, 2, None]
    (problem,) = [problem for problem in reading.problems if problem.code == "exam-scale-missing"]
    assert problem.values["marks"] == 3
    assert "scale-missing" not in codes(reading)


def test_ege_of_a_year_without_minimum_is_a_problem() -> None:
    reading = read(EGE.replace("2023.06.01", "2019.06.01"))
    assert reading.batches[0].table["under_minimum"].to_pylist() == [None] * 3
    assert "scale-missing" in codes(reading)
    assert "scale-missing" not in codes(read(EGE))


def test_sums_that_differ_everywhere_are_said_once() -> None:
    heavy = OGE.replace("| 6 | 2", "| 9 | 2").replace("| 8 | 3", "| 12 | 3")
    assert "exam-weights-unknown" in codes(read(heavy)) and "total-differs" not in codes(read(heavy))
    assert "exam-weights-unknown" not in codes(read(OGE))


def test_header_only() -> None:
    text = "\n".join(OGE.strip("\n").splitlines()[:3])
    assert codes(read(text)) == ["personal-data-dropped", "table-header-only"]


def test_row_without_school_is_left_out_and_counted() -> None:
    reading = read(OGE.replace("2 | 101001 | 9А", "2 |  | 9А"))
    assert reading.batches[0].table.num_rows == 3 and reading.batches[0].source.rows == 4
    assert [problem.row for problem in reading.problems if problem.code == "row-no-school"] == [5]
    assert reading.batches[0].table["pupil_code"].to_pylist() == ["1", "3", "4"]


def test_report_on_vpr_is_not_a_protocol() -> None:
    reading = read(
        """
ОО | Муниципалитет | Название ОО | Код участника | Класс | Вариант | 1 (2б) | Первичный балл | Отметка | Отметка по журналу
edu223504 | А | Школа | 50001 | А | 1 | 2 | 2 | 2 | 3
""",
        name="нечто.xlsx",
    )
    assert all(batch.source.layout != "gia-protocol" for batch in reading.batches)


# --- answers


def test_answers_of_different_lengths() -> None:
    answers = parse_answers(["++2", "+", "?"], ["1(2)", "", "2(1)"])
    assert [(item.label, item.maximum) for item in answers.items] == [("1", 1), ("2", 1), ("3", 2), ("Р1", 2)]
    assert answers.scores == ((1, 1, None), (1, None, None), (2, None, None), (1, None, None))
    assert answers.unreadable == ((2, "brief"), (2, "detailed"))


def test_answer_strings() -> None:
    assert brief("+ -\u22122") == [1, 0, 0, 2] and brief("+а") is None
    assert detailed("2(2) 0(3)") == [(2, 2), (0, 3)] and detailed("22") is None
    assert SCALES.subject_codes["52"].kind is Kind.GVE


# --- as files


def test_protocol_as_workbook_and_as_csv_of_windows(tmp_path: Path) -> None:
    rows = sheet_of(OGE).rows
    with xlsxwriter.Workbook(str(tmp_path / "протокол.xlsx")) as book:
        page = book.add_worksheet("Протокол")
        for index, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write(index, column, cell)
    lines = [";".join(text_of(cell) for cell in row) for row in rows]
    (tmp_path / "протокол.csv").write_text("\n".join(lines), encoding="cp1251")
    expected = read(OGE).batches[0].table
    for name in ("протокол.xlsx", "протокол.csv"):
        reading = read_file(tmp_path / name, name=name, assume=Assumptions(), scales=SCALES)
        assert [batch.table for batch in reading.batches] == [expected]


# --- tables that look like protocols

SHORT = """
Код ОО | ФИО | Класс | Первичный балл | Оценка
101001 | Лаврова Анна | 9А | 6 | 2
101001 | Орлов Пётр | 9А | 20 | 4
"""


def test_protocol_with_names_in_one_column() -> None:
    reading = read(SHORT, name="Результаты ОГЭ математика 2021.csv")
    (batch,) = reading.batches
    assert list(exams_of(reading)) == ["oge/2021/spring/math/9"]
    rows = batch.table.to_pylist()
    assert [(row["school_id"], row["raw_score"], row["mark"]) for row in rows] == [
        ("gia:101001", 6, 2),
        ("gia:101001", 20, 4),
    ]
    assert "Лаврова" not in str(rows) and "personal-data-dropped" in codes(reading)


def test_table_of_vpr_is_no_protocol_of_an_exam() -> None:
    reading = read(SHORT, name="Результаты ВПР математика 2021.csv")
    assert codes(reading) == ["personal-data-dropped", "attribute-ambiguous"] and not reading.batches


@pytest.mark.parametrize(
    "header",
    [
        "Код ОО | ФИО | Год | Балл | Оценка",
        "Школа | Участник | Год | Отметка за экзамен | Вид",
        "Логин | Фамилия | Год | Тестовый балл | Класс",
        "Код ОО | ФИО ученика | Год | Итоговая отметка | Предмет",
        "Школа | СНИЛС | Год | Балл | Вид",
    ],
)
def test_pupils_and_their_scores_are_never_context(header: str) -> None:
    reading = read(f"Данные\n{header}\n101001 | Лаврова | 2021 | 12 | 4\n", name="ОГЭ математика 2021.csv")
    (problem,) = reading.problems
    assert problem.code == "pupils-unread" and not reading.batches
    assert "Лаврова" not in problem.sentence and header.split(" | ")[1] in problem.sentence


def test_sheet_of_pupils_beside_a_protocol_is_not_passed_over() -> None:
    other = sheet_of("Код ОО | ФИО | Год | Балл\n101001 | Лаврова | 2021 | 12\n", "ЕГЭ")
    assert "pupils-unread" in codes(read(sheet_of(OGE), other))


@pytest.mark.parametrize(
    ("header", "table"),
    [
        ("Школа | ФИО директора | Год | Средний балл", "context"),
        ("Школа | ФИО | Год | Учителей", "context"),
        ("Школа | Год | Количество участников | Средняя отметка", "context"),
        ("Логин | Наименование | ФИО | Телефон", "schools"),
    ],
)
def test_tables_of_schools_with_names_of_heads_stay(header: str, table: str) -> None:
    reading = read(header + "\nedu223504 | 5 | 2021 | 4\n", name="школы 2021.csv")
    assert [getattr(batch, "name", "") for batch in reading.batches] == [table]
