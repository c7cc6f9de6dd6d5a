"""The workbook, read back by another program."""

from dataclasses import replace

import openpyxl
import pytest
from report_sample import ASSESSMENTS, FORBIDDEN, cell, describe, report_of

from rostok.reports import xlsx
from rostok.reports.presenters.order import in_order

NAMES = ["Сводка", "Школы", "Основания", "Правила", "Показатели", "Методика", "Данные и замечания"]


@pytest.fixture(scope="module")
def book(report, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "report.xlsx"
    xlsx.write(report, path)
    return openpyxl.load_workbook(path)


def test_sheets_stand_in_order_with_frozen_heads_and_filters(book):
    assert book.sheetnames == NAMES
    for page in book:
        assert page.freeze_panes in {"A2", "C2"}
        assert page.auto_filter.ref.startswith("A1:")
        assert page.print_title_rows == "$1:$1"
        assert page.page_setup.orientation == "landscape"


def test_every_school_stands_once_in_order(book, report):
    keys = [row[0].value for row in book["Школы"].iter_rows(min_row=2)]
    assert keys == [school.school_id for school in in_order(report.schools)]


def test_every_paper_stands_once_with_its_numbers(book, report):
    rows = list(book["Основания"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == sum(len(school.cells) for school in report.schools)
    first = in_order(report.schools)[0].cells[0]
    assert rows[0][5:8] == (first.participants, first.absent, first.below)


def test_share_of_nine_pupils_is_empty_and_of_ten_is_there(tmp_path):
    line = describe("1", "Школа № 1", (cell(ASSESSMENTS[0], 9, 4, 0), cell(ASSESSMENTS[1], 10, 4, 0)))
    xlsx.write(_small(line), tmp_path / "r.xlsx")
    rows = list(
        openpyxl.load_workbook(tmp_path / "r.xlsx")["Основания"].iter_rows(min_row=2, values_only=True)
    )
    assert rows[0][8:11] == (None, None, None)
    assert rows[1][8] == pytest.approx(0.4)


def test_sheet_of_indicators_is_left_out_where_there_are_none(tmp_path):
    line = replace(describe("1", "Школа № 1", (cell(ASSESSMENTS[0], 20, 4, 0),)), indicators=())
    xlsx.write(_small(line), tmp_path / "r.xlsx")
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames == [
        name for name in NAMES if name != "Показатели"
    ]


def test_absences_stand_with_their_base_and_probability_is_rounded_down(tmp_path):
    known = describe("1", "Школа № 1", (cell(ASSESSMENTS[0], 20, 4, 5),), probability=0.9499)
    silent = replace(describe("2", "Школа № 2", (cell(ASSESSMENTS[0], 20, 4, None),)), participation=None)
    xlsx.write(replace(report_of(()), schools=(known, silent)), tmp_path / "r.xlsx")
    first, second = (
        {head.value: one.value for head, one in zip(sheet[1], row, strict=True)}
        for sheet in (openpyxl.load_workbook(tmp_path / "r.xlsx")["Школы"],)
        for row in (sheet[2], sheet[3])
    )
    assert (first["Отсутствовали"], first["из"], first["Доля отсутствий"]) == (5, 25, pytest.approx(0.2))
    # 0.9499 is «скорее всего»; one digit after the comma would round it to 95.0 %
    assert (first["Устойчивость"], first["Вероятность того же вывода"]) == (
        "скорее всего",
        pytest.approx(0.949),
    )
    assert (second["Отсутствовали"], second["из"]) == (None, None)
    assert second["Вывод, если бы все отсутствовавшие получили «2»"] == "неизвестно, сколько отсутствовало"


def _small(line):
    return replace(report_of(()), schools=(line,))


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_text_is_never_a_formula(tmp_path, start):
    name = f'{start}HYPERLINK("x")'
    xlsx.write(_small(describe("1", name, (cell(ASSESSMENTS[0], 20, 4, 0),))), tmp_path / "r.xlsx")
    written = openpyxl.load_workbook(tmp_path / "r.xlsx")["Школы"]["B2"]
    assert written.data_type in {"s", "inlineStr"}
    assert written.value == name
    assert written.quotePrefix


def test_percent_columns_have_a_percent_format(book):
    heads = [cell.value for cell in book["Основания"][1]]
    assert book["Основания"].cell(2, heads.index("Порог") + 1).number_format == "0.0%"


def test_workbook_has_no_codes_of_pupils_but_says_where_they_stand(book):
    """A workbook is passed on; the code 60007 stays in problems.csv, which is the analyst's."""
    cells = [str(cell) for page in book for row in page.iter_rows(values_only=True) for cell in row if cell]
    assert not [text for text in cells if "60007" in text]
    told = [
        row for row in book["Данные и замечания"].iter_rows(values_only=True) if "повторяется" in str(row[2])
    ]
    assert [row[1:3] for row in told] == [
        (
            "2020/5/Русский язык.xlsx, лист «Лист1», строка 44",
            "Код участника повторяется в школе 900012: строк 2.",
        )
    ]


def test_tone_of_the_workbook(book):
    said = " ".join(
        str(value).lower()
        for page in book
        for row in page.iter_rows(values_only=True)
        for value in row
        if value
    )
    assert [word for word in FORBIDDEN if word in said] == []


def test_same_report_gives_the_same_workbook(report, tmp_path):
    xlsx.write(report, tmp_path / "a.xlsx")
    xlsx.write(report, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_folder_that_cannot_be_written_is_an_os_error(report, tmp_path):
    with pytest.raises(OSError, match=r"r\.xlsx"):
        xlsx.write(report, tmp_path / "missing" / "r.xlsx")
