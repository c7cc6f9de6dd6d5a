"""ZIP archives: members read in memory, names of Russian Windows, limits."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from rostok.formats import archives
from tests.unit.formats.vpr_samples import (
    HEADER_2021,
    NAME_2021,
    counts,
    csv_bytes,
    only_batch,
    read,
    row_2021,
    save_xlsx,
)


def zip_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def export(*codes: int) -> bytes:
    return csv_bytes([HEADER_2021, *(row_2021(code) for code in codes)])


def written(folder: Path, content: bytes, name: str = "архив.zip") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_members_are_named_and_read(tmp_path: Path) -> None:
    inner = f"2021/6/{NAME_2021}".replace(".xlsx", ".csv")
    reading = read(written(tmp_path, zip_of({inner: export(60001, 60002), "readme.md": b"x"})))
    assert only_batch(reading).source.file == f"архив.zip!{inner}"
    assert only_batch(reading).table.num_rows == 2
    assert counts(reading) == {"file-ignored": 1}


def test_hash_of_a_member_is_that_of_its_own_bytes(tmp_path: Path) -> None:
    content = export(60001)
    name = NAME_2021.replace(".xlsx", ".csv")
    plain = tmp_path / name
    plain.write_bytes(content)
    inside = only_batch(read(written(tmp_path, zip_of({name: content})))).source.sha256
    assert inside == only_batch(read(plain)).source.sha256


def test_archive_in_an_archive_and_no_deeper(tmp_path: Path) -> None:
    name = NAME_2021.replace(".xlsx", ".csv")
    second = zip_of({"школа.zip": zip_of({name: export(60001)})})
    assert only_batch(read(written(tmp_path, second))).source.file == f"архив.zip!школа.zip!{name}"
    third = zip_of({"район.zip": second})
    assert counts(read(written(tmp_path, third))) == {"archive-too-large": 1}


def test_names_in_the_code_page_of_dos(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("Математика 6.csv".encode("cp866").decode("cp437"))
    info.flag_bits &= ~0x800
    assert archives.member_name(info) == "Математика 6.csv"


def test_paths_out_of_the_archive_are_only_names(tmp_path: Path) -> None:
    name = "../../../" + NAME_2021.replace(".xlsx", ".csv")
    before = sorted(tmp_path.rglob("*"))
    path = written(tmp_path, zip_of({name: export(60001)}))
    assert only_batch(read(path)).table.num_rows == 1
    assert sorted(tmp_path.rglob("*")) == [*before, path]


def test_service_files_are_left_out_silently(tmp_path: Path) -> None:
    name = NAME_2021.replace(".xlsx", ".csv")
    members = {name: export(60001), f"__MACOSX/._{name}": b"x", f"~${NAME_2021}": b"x", "Thumbs.db": b"x"}
    assert counts(read(written(tmp_path, zip_of(members)))) == {}


def test_damaged_archives(tmp_path: Path) -> None:
    whole = zip_of({"a.csv": export(60001)})
    assert counts(read(written(tmp_path, whole[:-30]))) == {"archive-damaged": 1}
    assert counts(read(written(tmp_path, b"not a zip"))) == {"archive-damaged": 1}
    middle = whole[:60] + bytes(20) + whole[80:]
    assert counts(read(written(tmp_path, middle))) == {"archive-damaged": 1}


def test_archive_under_a_password(tmp_path: Path) -> None:
    whole = bytearray(zip_of({"a.csv": b"x"}))
    # The flag «encrypted» in the local header and in the central directory.
    whole[6] |= 1
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    assert counts(read(written(tmp_path, bytes(whole)))) == {"archive-protected": 1}


def test_too_large_when_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1000)
    assert counts(read(written(tmp_path, zip_of({"a.csv": b"1" * 1001})))) == {"archive-too-large": 1}
    assert counts(read(written(tmp_path, zip_of({"a.csv": b"1" * 999})))) == {"file-ignored": 1}


def test_workbook_in_an_archive(tmp_path: Path) -> None:
    book = save_xlsx(tmp_path / NAME_2021, {"Sheet1": [HEADER_2021, row_2021()]})
    assert only_batch(read(written(tmp_path, zip_of({NAME_2021: book.read_bytes()})))).table.num_rows == 1
