"""Bad input: every file-level problem of these readers has a file that triggers it and one that does not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rostok.formats import discover
from rostok.schema.problems import Severity
from tests.unit.formats.vpr_samples import (
    HEADER_2021,
    NAME_2021,
    counts,
    csv_bytes,
    only_batch,
    read,
    read_2021,
    row_2021,
    save_xls,
    save_xlsx,
)

STEM = NAME_2021.removesuffix(".xlsx")
TABLE = [HEADER_2021, row_2021()]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def good_book(folder: Path) -> bytes:
    return save_xlsx(folder / "good" / NAME_2021, {"Sheet1": TABLE}).read_bytes()


def protected_xls(folder: Path) -> bytes:
    """An XLS whose second record was made FILEPASS, as a password makes it."""
    data = bytearray(save_xls(folder / "x.xls", TABLE).read_bytes())
    start = data.index(b"\x09\x08\x10\x00")  # BOF of BIFF8, 16 bytes long
    data[start + 20 : start + 22] = b"\x2f\x00"
    return bytes(data)


def protected_ods(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", b"\x00\x01")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    return buffer.getvalue()


def without(name: str) -> bytes:
    place = HEADER_2021.index(name)
    return csv_bytes([[*row[:place], *row[place + 1 :]] for row in TABLE])


BAD: list[tuple[str, str, Callable[[Path], bytes]]] = [
    ("file-empty", f"{STEM}.xlsx", lambda folder: b""),
    ("file-empty", f"{STEM}.csv", lambda folder: b""),
    ("file-not-workbook", f"{STEM}.xlsx", lambda folder: csv_bytes(TABLE)),
    ("file-not-workbook", f"{STEM}.xls", lambda folder: b"<html><table><tr><td>1</td></tr></table></html>"),
    ("file-not-workbook", f"{STEM}.xls", lambda folder: OLE + bytes(600)),
    ("file-protected", f"{STEM}.xlsx", lambda folder: OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")),
    ("file-protected", f"{STEM}.xls", protected_xls),
    ("file-protected", f"{STEM}.ods", protected_ods),
    ("file-damaged", f"{STEM}.xlsx", lambda folder: good_book(folder)[:-100]),
    ("file-damaged", f"{STEM}.xlsx", lambda folder: good_book(folder)[:2000]),
    ("file-damaged", f"{STEM}.parquet", lambda folder: b"PAR1 nothing else"),
    ("file-damaged", f"{STEM}.parquet", lambda folder: b"no parquet at all"),
    ("file-encoding", f"{STEM}.csv", lambda folder: csv_bytes(TABLE, encoding="cp866")),
    ("table-empty", f"{STEM}.xlsx", lambda folder: save_xlsx(folder / "e.xlsx", {"Sheet1": []}).read_bytes()),
    ("table-header-only", f"{STEM}.csv", lambda folder: csv_bytes([HEADER_2021])),
    ("school-unknown", f"{STEM}.csv", lambda folder: without("логин школы")),
    ("subject-unknown", "Технология, 6 класс. ВПР 2021.csv", lambda folder: csv_bytes(TABLE)),
    ("attribute-unknown", "Математика, ВПР 2021.csv", lambda folder: csv_bytes(TABLE)),
    ("attribute-ambiguous", "Математика, 5 и 6 класс. ВПР 2021.csv", lambda folder: csv_bytes(TABLE)),
    (
        "column-missing",
        f"{STEM}.csv",
        lambda folder: csv_bytes([("логин школы", "код обучающегося", "вариант"), ("sch990001", 60001, 1)]),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "name", "content"), BAD, ids=[f"{code}-{n}" for n, (code, _, _) in enumerate(BAD)]
)
def test_bad_file_is_one_error_that_names_it(
    tmp_path: Path, code: str, name: str, content: Callable[[Path], bytes]
) -> None:
    path = tmp_path / name
    path.write_bytes(content(tmp_path))
    reading = read(path)
    assert reading.batches == ()
    assert [problem.code for problem in reading.problems] == [code]
    [problem] = reading.problems
    assert problem.severity is Severity.ERROR
    assert name in problem.sentence
    assert problem.remedy


@pytest.mark.parametrize(
    ("suffix", "content", "told"),
    [
        (".xlsx", lambda good: good[: len(good) // 2], "конец файла потерян"),
        (".xlsx", lambda good: good[:-10] + b"PK\x05\x06" + good[-6:], "содержимое не разбирается"),
        (".xlsx", lambda good: good.replace(b"PK\x01\x02", b"PK\x00\x00", 1), "содержимое не разбирается"),
        (".xls", lambda good: OLE + bytes(600) + "Workbook".encode("utf-16-le"), "содержимое не разбирается"),
        (".parquet", lambda good: b"PAR1 nothing else", "содержимое не разбирается"),
        (".csv", lambda good: csv_bytes(TABLE) + b'"' + b"x" * 200_000, "кавычка открыта и не закрыта"),
    ],
)  # fmt: skip
def test_damage_is_told_in_our_words(
    tmp_path: Path, suffix: str, content: Callable[[bytes], bytes], told: str
) -> None:
    path = tmp_path / f"{STEM}{suffix}"
    path.write_bytes(content(good_book(tmp_path)))
    [problem] = read(path).problems
    assert problem.code == "file-damaged" and told in problem.sentence
    assert not re.search("[A-Za-z]", problem.sentence.replace(path.name, "").replace(STEM, "")), (
        problem.sentence
    )


def test_the_same_file_whole_gives_no_problem(tmp_path: Path) -> None:
    for suffix, content in ((".xlsx", good_book(tmp_path)), (".csv", csv_bytes(TABLE))):
        path = tmp_path / f"{STEM}{suffix}"
        path.write_bytes(content)
        assert only_batch(read(path)).table.num_rows == 1
        assert read(path).problems == ()


def test_unreadable_path(tmp_path: Path) -> None:
    assert counts(read(tmp_path / "нет.xlsx")) == {"file-missing": 1}
    folder = tmp_path / "папка.xlsx"
    folder.mkdir()
    assert counts(read(folder)) == {"file-damaged": 1}


def test_bytes_of_a_workbook_broken_anywhere_never_raise(tmp_path: Path) -> None:
    good = good_book(tmp_path)
    path = tmp_path / NAME_2021
    for place in range(0, len(good), 97):
        path.write_bytes(good[:place] + b"\xff\x00\xff" + good[place + 3 :])
        reading = read(path)
        assert reading.batches or any(problem.severity is Severity.ERROR for problem in reading.problems), (
            place
        )


def test_discover_finds_files_below_folders_once_in_order(tmp_path: Path) -> None:
    for name in ("2021/6/б.xlsx", "2021/5/а.xlsx", "2021/~$а.xlsx", "2021/.git/x", "2021/Thumbs.db"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    found = discover([tmp_path / "2021", tmp_path / "2021" / "5" / "а.xlsx", tmp_path / "нет"])
    assert [file.name for file in found.files] == ["2021/5/а.xlsx", "2021/6/б.xlsx"]
    assert [problem.code for problem in found.problems] == ["file-missing"]


def test_discover_shows_a_single_file_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "5" / "Математика.xlsx"
    path.parent.mkdir()
    path.write_bytes(b"x")
    assert [file.name for file in discover([path]).files] == ["5/Математика.xlsx"]


def test_year_of_a_folder_above_the_input_is_used(tmp_path: Path) -> None:
    path = save_xlsx(tmp_path / "2021" / "6" / "Математика.xlsx", {"Sheet1": TABLE})
    [file] = discover([tmp_path / "2021" / "6"]).files
    assert file.name == "6/Математика.xlsx"
    assert only_batch(read(path, file.name)).assessment.key == "vpr/2021/spring/math/6"


def test_reading_says_nothing_of_a_clean_file(tmp_path: Path) -> None:
    assert read_2021(tmp_path, [row_2021()]).problems == ()
