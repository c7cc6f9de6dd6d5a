"""Files of tables in every container: what is read, and that all containers give the same rows."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from rostok.formats.csv_text import delimiter_of, read_csv
from rostok.formats.sniffing import FileForm, FileRefused, form_of
from rostok.formats.spreadsheets import read_workbook
from rostok.formats.workbook import CellError, Sheet, find_header, heading
from tests.unit.formats.vpr_samples import (
    HEADER_2021,
    NAME_2021,
    column,
    counts,
    csv_bytes,
    only_batch,
    read,
    row_2021,
    save_ods,
    save_xls,
    save_xlsx,
)

ROWS = [row_2021(60001, 4), row_2021(60002, 1, ("X", 1, 0, 0), sex="ж")]
STEM = NAME_2021.removesuffix(".xlsx")


def scripts(path: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = only_batch(read(path)).table.to_pylist()
    return found


def test_every_container_gives_the_same_rows(tmp_path: Path) -> None:
    table = [HEADER_2021, *ROWS]
    expected = scripts(save_xlsx(tmp_path / NAME_2021, {"Sheet1": table}))
    assert [row["raw_score"] for row in expected] == [4, 1]
    assert scripts(save_xls(tmp_path / f"{STEM}.xls", table)) == expected
    assert scripts(save_ods(tmp_path / f"{STEM}.ods", table)) == expected
    for delimiter in ";,\t":
        for encoding in ("utf-8", "utf-8-sig", "cp1251", "utf-16"):
            path = tmp_path / f"{STEM}.csv"
            path.write_bytes(csv_bytes(table, delimiter, encoding))
            assert scripts(path) == expected, (delimiter, encoding)


def test_content_decides_not_the_extension(tmp_path: Path) -> None:
    book = save_xlsx(tmp_path / NAME_2021, {"Sheet1": [HEADER_2021, *ROWS]})
    renamed = tmp_path / f"{STEM}.xls"
    renamed.write_bytes(book.read_bytes())
    assert len(scripts(renamed)) == 2


def test_formula_errors_are_seen_and_reported(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / NAME_2021, {"Sheet1": [HEADER_2021, *ROWS]})
    book = openpyxl.load_workbook(path)
    for place, error in (("I2", "#REF!"), ("K3", "#DIV/0!")):
        book.active[place].value = error
        book.active[place].data_type = "e"
    book.save(path)
    reading = read(path)
    found = [(p.row, p.column, p.value) for p in reading.problems if p.code == "cell-formula-error"]
    assert sorted(found) == [(2, "всего баллов", "#REF!"), (3, "балл за 2", "#DIV/0!")]
    assert column(reading, "raw_score") == [4, 1]  # the lost total is the sum of its items
    assert column(reading, "item_02") == [2, None]


@pytest.mark.parametrize(
    "stored",
    [
        'office:value-type="string" office:string-value="" calcext:value-type="error"',  # LibreOffice
        'office:value-type="float" office:value="0"',  # Excel: a score of 0 nobody gave
    ],
)
@pytest.mark.parametrize("error", ["#DIV/0!", "#Н/Д", "Err:502"])
def test_formula_errors_of_ods_are_reported_and_are_no_zeros(tmp_path: Path, stored: str, error: str) -> None:
    """The cell of item 2 of the first pupil, 1 point, becomes a failed formula as each program saves it."""
    path = save_ods(tmp_path / f"{STEM}.ods", [HEADER_2021, row_2021(60001, 4, (1, "ошибка", 1, 1)), ROWS[1]])
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    content = parts["content.xml"].decode()
    whole = '<table:table-cell office:value-type="string"><text:p>ошибка</text:p></table:table-cell>'
    assert content.count(whole) == 1
    failed = f'<table:table-cell table:formula="of:=1/0" {stored}><text:p>{error}</text:p></table:table-cell>'
    parts["content.xml"] = content.replace(whole, failed).encode()
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    reading = read(path)
    found = [(p.row, p.column, p.value) for p in reading.problems if p.code == "cell-formula-error"]
    assert found == [(2, "балл за 2", error)]
    assert column(reading, "item_02") == [None, 1]
    assert column(reading, "item_03") == [1, 0]


def test_failed_lookup_in_a_csv_is_a_failed_formula_not_a_word_for_no_data(tmp_path: Path) -> None:
    path = tmp_path / f"{STEM}.csv"
    rows = [HEADER_2021, row_2021(60001, 4, (1, "#Н/Д", 1, 1)), row_2021(60002, 4, (1, "н/д", 1, 1))]
    path.write_bytes(csv_bytes(rows))
    reading = read(path)
    found = [(p.row, p.value) for p in reading.problems if p.code == "cell-formula-error"]
    assert found == [(2, "#Н/Д")]
    assert column(reading, "item_02") == [None, None]


def test_merged_cells_keep_their_places(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / NAME_2021, {"Sheet1": [["Результаты"], HEADER_2021, *ROWS]})
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:N1")
    book.active.merge_cells("B3:B4")  # one municipality over two rows: the second cell is empty
    book.save(path)
    reading = read(path)
    assert column(reading, "municipality_id") == ["Муниципалитет 1", None]
    assert column(reading, "raw_score") == [4, 1]


def test_rows_start_at_the_first_of_the_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active["C4"] = "x"
    book.save(path)
    [sheet] = read_workbook(path.read_bytes(), "a.xlsx")
    assert [list(row) for row in sheet.rows] == [["", "", ""]] * 3 + [["", "", "x"]]
    assert sheet.row_number(3) == 4


def test_formula_error_is_a_text_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.active["B1"] = "#N/A"
    book.active["B1"].data_type = "e"
    book.save(path)
    [sheet] = read_workbook(path.read_bytes(), "a.xlsx")
    assert sheet.rows[0] == [1.0, "#N/A"]
    assert isinstance(sheet.rows[0][1], CellError)


def test_far_stray_cell_is_refused_before_memory_is_filled(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    book.active["XFD1048576"] = 1
    book.save(path)
    with pytest.raises(FileRefused) as refused:
        read_workbook(path.read_bytes(), "a.xlsx")
    assert refused.value.problem.code == "table-too-large"


def test_declared_size_is_not_believed_when_it_is_too_large(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "a.xlsx", {"Sheet1": [["x", "y"], [1, 2]]})
    rewritten = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(rewritten, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                assert b'<dimension ref="A1:B2"' in content
                content = content.replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1:XFD1048576"')
            new.writestr(info, content)
    [sheet] = read_workbook(rewritten.getvalue(), "a.xlsx")
    assert sheet.rows == [["x", "y"], [1.0, 2.0]]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b\n1,5;2,5", ";"),
        ("a,b\n1,2", ","),
        ("a\tb\n1,5\t2", "\t"),
        ('"x;y;z",b\n1,2', ","),
        ("слово", ";"),
    ],
)
def test_delimiter(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


def test_csv_with_the_hint_of_excel_and_ragged_lines() -> None:
    sheet = read_csv(b"sep=,\r\na,b,c\r\n1\r\n\r\n2,3\r\n", "a.csv")
    assert sheet.rows == [["a", "b", "c"], ["1", "", ""], ["", "", ""], ["2", "3", ""]]
    assert sheet.row_number(0) == 2


def test_decimal_comma_and_line_breaks_inside_a_cell() -> None:
    sheet = read_csv('код;"балл\nза 1"\n1;"1,0"\n'.encode("cp1251"), "a.csv")
    assert sheet.rows == [["код", "балл\nза 1"], ["1", "1,0"]]
    assert heading(sheet.rows[0][1]) == "балл за 1"


@pytest.mark.parametrize("encoding", ["cp866", "utf-16-le"])
def test_unknown_encoding_is_refused(encoding: str) -> None:
    text = "логин школы;всего баллов\nпервая школа;отсутствовал\n" * 5
    with pytest.raises(FileRefused) as refused:
        read_csv(text.encode(encoding), "a.csv")
    assert refused.value.problem.code == "file-encoding"


def test_find_header_ignores_case_blanks_and_yo() -> None:
    sheet = Sheet("", [["x"], [" Код\nУчастника ", "Учёба"]])
    assert find_header(sheet, ["код участника", "учеба"]) == 1
    assert find_header(sheet, ["нет такого"]) is None


def test_forms_of_files(tmp_path: Path) -> None:
    book = save_xlsx(tmp_path / "a.xlsx", {"S": [[1]]}).read_bytes()
    assert form_of(book, "a.bin") is FileForm.WORKBOOK
    assert form_of(b"a;b", "a.csv") is FileForm.TEXT_TABLE
    assert form_of(b"# text", "a.md") is FileForm.OTHER
    assert form_of(b"%PDF-1.7", "a.pdf") is FileForm.OTHER
    assert form_of(b"PAR1....PAR1", "a.parquet") is FileForm.PARQUET


def test_a_file_of_no_known_form_gets_a_notice(tmp_path: Path) -> None:
    for name, content in (("чтение.txt", b"hello"), ("a.pdf", b"%PDF-1.7"), ("b.md", b"# x")):
        path = tmp_path / name
        path.write_bytes(content)
        assert counts(read(path)) == {"file-ignored": 1}
    other = save_xlsx(tmp_path / "c.xlsx", {"S": [["расписание", "урок"], ["9:00", "химия"]]})
    assert counts(read(other)) == {"file-ignored": 1}
