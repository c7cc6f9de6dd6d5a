"""Failed formulas of an ODS, made readable: the library gives their stored value, which is no value at all.

Programs store an empty text or the number 0 beside what is shown («#ДЕЛ/0!»). A score of 0 that nobody gave would
count; so such a cell is made a text of what it shows before the file is read.
"""

from __future__ import annotations

import io
import re
import zipfile

from rostok.formats.workbook import Cell, CellError

_CONTENT = "content.xml"
_ERRORS = (
    r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|ДЕЛ/0!|Н/Д|ИМЯ\?|ПУСТО!|ЧИСЛО!|ССЫЛКА!|ЗНАЧ!)"
    r"|(?:Err|Ошибка|Ош):\d{3}"
)
_ERROR = re.compile(_ERRORS)
_CELL = re.compile(
    rf"<table:table-cell\b([^>]*)>\s*<text:p[^>]*>({_ERRORS})</text:p>\s*</table:table-cell>".encode()
)
_VALUE = re.compile(rb'\s(?:office:(?:value-type|value|string-value)|calcext:value-type)="[^"]*"')


def with_errors_shown(data: bytes) -> bytes:
    """The same workbook with failed formulas as texts; ``data`` itself for any other file and where none failed.

    What cannot be unpacked is left for the reader of the workbook to refuse.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if _CONTENT not in package.namelist():
                return data
            content, found = _CELL.subn(_shown, package.read(_CONTENT))
            return _replaced(package, content) if found else data
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return data


def mark_errors(rows: list[list[Cell]]) -> None:
    """Make the texts of failed formulas what the readers know as such, in place."""
    for row in rows:
        for column, cell in enumerate(row):
            if isinstance(cell, str) and _ERROR.fullmatch(cell):
                row[column] = CellError(cell)


def _shown(cell: re.Match[bytes]) -> bytes:
    attributes = _VALUE.sub(b"", cell.group(1))
    return (
        b"<table:table-cell" + attributes + b' office:value-type="string"><text:p>' + cell.group(2)
        + b"</text:p></table:table-cell>"
    )  # fmt: skip


def _replaced(package: zipfile.ZipFile, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as copy:
        for name in package.namelist():
            copy.writestr(name, content if name == _CONTENT else package.read(name))
    return made.getvalue()
