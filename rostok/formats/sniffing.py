"""What a file is, by its first bytes and its insides; the extension only says what it was meant to be."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePosixPath

from rostok.schema.problems import Problem
from rostok.wording import gettext


class FileRefused(Exception):  # noqa: N818 - reads as a statement where it is raised
    """The file cannot be read at all; carries the one problem that says why."""

    def __init__(self, code: str, name: str, **values: object) -> None:
        self.problem = Problem(code, name, values=values)
        super().__init__(self.problem.sentence)


class FileForm(StrEnum):
    WORKBOOK = "workbook"  # XLSX, XLSB, XLS, ODS: calamine tells them apart itself
    TEXT_TABLE = "text_table"
    ARCHIVE = "archive"
    PARQUET = "parquet"
    OTHER = "other"


WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# The last record of a ZIP, before a comment of at most 65,535 bytes.
_END_OF_ZIP = b"PK\x05\x06"
_FARTHEST_END = 22 + 65_535
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET = b"PAR1"
_OTHER_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")


def suffix_of(name: str) -> str:
    """The extension of a shown name, a member's own for an archive: ``a.zip!b.XLSX`` → ``.xlsx``."""
    return PurePosixPath(name.rpartition("!")[2].replace("\\", "/")).suffix.lower()


def form_of(data: bytes, name: str) -> FileForm:
    """What the bytes are. Raises FileRefused for a file that was meant to be a table and cannot be one."""
    suffix = suffix_of(name)
    if not data:
        raise FileRefused("file-empty", name)
    if data.startswith(_ZIP):
        return _form_of_zip(data, name)
    if data.startswith(_OLE):
        return _form_of_ole(data, name)
    if data.startswith(_PARQUET):
        return FileForm.PARQUET
    if data.startswith(_OTHER_ARCHIVES):
        return FileForm.OTHER
    if suffix in WORKBOOK_SUFFIXES:
        raise FileRefused("file-not-workbook", name)
    if suffix == ".zip":
        raise FileRefused("archive-damaged", name)
    if suffix == ".parquet":
        raise FileRefused("file-damaged", name, detail=gettext("это не таблица Parquet"))
    return FileForm.TEXT_TABLE if suffix in TEXT_SUFFIXES else FileForm.OTHER


def damage_of(data: bytes) -> str:
    """What is wrong with a package that is not read, as the end of a sentence: our words, not a library's."""
    if data.startswith(_ZIP) and _END_OF_ZIP not in data[-_FARTHEST_END:]:
        return gettext("конец файла потерян, похоже, он скачан или скопирован не до конца")
    return gettext("содержимое не разбирается")


def _form_of_zip(data: bytes, name: str) -> FileForm:
    suffix = suffix_of(name)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _form_of_members(archive, name)
    except (zipfile.BadZipFile, EOFError, ValueError, OSError) as error:
        if suffix in WORKBOOK_SUFFIXES:
            raise FileRefused("file-damaged", name, detail=damage_of(data)) from error
        raise FileRefused("archive-damaged", name) from error


def _form_of_members(archive: zipfile.ZipFile, name: str) -> FileForm:
    members: Mapping[str, zipfile.ZipInfo] = {info.filename: info for info in archive.infolist()}
    if "xl/workbook.xml" in members or "xl/workbook.bin" in members:
        return FileForm.WORKBOOK
    if "mimetype" in members and "content.xml" in members:
        kind = archive.read("mimetype")
        if not kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            return FileForm.OTHER
        manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in members else b""
        if b"encryption-data" in manifest:
            raise FileRefused("file-protected", name)
        return FileForm.WORKBOOK
    if "[Content_Types].xml" in members:
        if suffix_of(name) in WORKBOOK_SUFFIXES:
            raise FileRefused("file-not-workbook", name)
        return FileForm.OTHER  # a document or a presentation
    if suffix_of(name) in WORKBOOK_SUFFIXES:
        raise FileRefused("file-not-workbook", name)
    return FileForm.ARCHIVE


def _form_of_ole(data: bytes, name: str) -> FileForm:
    # A workbook of Office 2007 and later under a password is an OLE file with these two streams.
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise FileRefused("file-protected", name)
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        if _has_password(data):
            raise FileRefused("file-protected", name)
        return FileForm.WORKBOOK
    if suffix_of(name) in WORKBOOK_SUFFIXES:
        raise FileRefused("file-not-workbook", name)
    return FileForm.OTHER


_BOF = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00")  # the workbook's first record, BIFF8
_FILEPASS = 0x2F


def _has_password(data: bytes) -> bool:
    """Is FILEPASS among the first records of an XLS? calamine calls such a file one of no known form."""
    first = _BOF.search(data)
    place = first.start() if first else len(data)
    for _ in range(8):
        if place + 4 > len(data):
            return False
        record, length = struct.unpack_from("<HH", data, place)
        if record == _FILEPASS:
            return True
        place += 4 + length
    return False
