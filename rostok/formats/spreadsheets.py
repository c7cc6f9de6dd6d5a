"""XLSX, XLSB, XLS and ODS → sheets, through calamine, with guards it has not.

calamine gives an empty cell where a formula failed and fills memory for every cell between the first and the
last; both are looked after here by reading the XML of XLSX in one pass beforehand. In ODS a failed formula is
given as an empty text or as the number 0, with the error as what is shown: such cells are made what they show. In XLS
a failed formula cannot be told from an empty cell and reads as missing.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from rostok.formats.ods_errors import mark_errors, with_errors_shown
from rostok.formats.sniffing import FileRefused, damage_of
from rostok.formats.workbook import CellError, Sheet
from rostok.wording import integer

MAX_CELLS = 12_000_000  # of one sheet, about 400 MB; a region of 30,000 rows by 100 columns has 3 million
MAX_UNPACKED = 1 << 30  # bytes of all parts of one workbook

_CHUNK = 1 << 20
# What reading a damaged package raises, by the place of the damage.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, OSError, ValueError,
)  # fmt: skip
_DIMENSION = re.compile(rb'<dimension ref="(?:[A-Z]+\d+:)?([A-Z]+)(\d+)"')
_CELL = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_ERROR_CELL = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>(?:<f[^>]*/>|<f.*?</f>)?<v>([^<]*)</v>',
    re.DOTALL,
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class _Findings:
    """What the XML of one sheet says beforehand: its size, and cells whose formula failed (row, column, error)."""

    cells: int
    errors: list[tuple[int, int, str]] = field(default_factory=list)


def read_workbook(data: bytes, name: str) -> tuple[Sheet, ...]:
    """Every sheet that holds anything, rows from the first one of the spreadsheet on.

    Raises FileRefused: protected, damaged, too large.
    """
    findings = _look_ahead(data, name)
    shown = with_errors_shown(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(shown)) as book:
            sheets = [_sheet(book, sheet_name, findings.get(sheet_name)) for sheet_name in book.sheet_names]
    except PasswordError as error:
        raise FileRefused("file-protected", name) from error
    except (CalamineError, OSError, ValueError) as error:
        raise FileRefused("file-damaged", name, detail=damage_of(data)) from error
    if shown is not data:
        for sheet in sheets:
            mark_errors(sheet.rows)
    return tuple(sheet for sheet in sheets if sheet.rows)


def _sheet(book: CalamineWorkbook, name: str, findings: _Findings | None) -> Sheet:
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    for row, column, error in findings.errors if findings else ():
        if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
            rows[row][column] = CellError(error)
    return Sheet(name, rows)


def _look_ahead(data: bytes, name: str) -> dict[str, _Findings]:
    """Findings by sheet; empty for a file that is not XLSX."""
    if not data.startswith(b"PK"):
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            unpacked = sum(info.file_size for info in package.infolist())
            if unpacked > MAX_UNPACKED:
                raise FileRefused("archive-too-large", name, size=_size(unpacked), limit=_size(MAX_UNPACKED))
            findings = {sheet: _scan(package, part) for sheet, part in _parts(package)}
    except _BROKEN as error:
        raise FileRefused("file-damaged", name, detail=damage_of(data)) from error
    for sheet, found in findings.items():
        if found.cells > MAX_CELLS:
            raise FileRefused(
                "table-too-large", name, title=sheet, cells=integer(found.cells), limit=integer(MAX_CELLS)
            )
    return findings


def _size(number: int) -> str:
    return f"{integer(number / (1 << 20))} МБ"


def _parts(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Sheet name → path of its XML inside the package."""
    if "xl/workbook.xml" not in package.namelist() or "xl/_rels/workbook.xml.rels" not in package.namelist():
        return
    targets = {}
    for relation in _RELATION.finditer(package.read("xl/_rels/workbook.xml.rels")):
        attributes = dict(_ATTRIBUTE.findall(relation.group(1)))
        targets[attributes.get(b"Id", b"")] = attributes.get(b"Target", b"").decode()
    for sheet in _SHEET.finditer(package.read("xl/workbook.xml")):
        attributes = dict(_ATTRIBUTE.findall(sheet.group(1)))
        target = next(
            (targets.get(value, "") for key, value in attributes.items() if key.endswith(b":id")), ""
        )
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path in package.namelist():
            yield _unescape(attributes.get(b"name", b"").decode()), path


def _unescape(text: str) -> str:
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return text


def _scan(package: zipfile.ZipFile, part: str) -> _Findings:
    """One pass over the XML of a sheet in pieces: its declared size and whether any formula failed."""
    cells, failed, tail = 0, False, b""
    with package.open(part) as stream:
        head = stream.read(_CHUNK)
        declared = _DIMENSION.search(head[:4096])
        if declared:
            cells = (_column(declared.group(1)) + 1) * int(declared.group(2))
        # Some programs declare the whole sheet or nothing: only then every cell is looked at.
        count = not declared or cells > MAX_CELLS
        rows = columns = 0
        while head:
            piece = tail + head
            failed = failed or b't="e"' in piece
            if count:
                for match in _CELL.finditer(piece):
                    rows = max(rows, int(match.group(2)))
                    columns = max(columns, _column(match.group(1)) + 1)
            tail, head = piece[-64:], stream.read(_CHUNK)
    if count:
        cells = rows * columns
    return _Findings(cells, list(_errors(package.read(part))) if failed else [])


def _errors(xml: bytes) -> Iterator[tuple[int, int, str]]:
    for match in _ERROR_CELL.finditer(xml):
        yield int(match.group(2)) - 1, _column(match.group(1)), match.group(3).decode()


def _column(letters: bytes) -> int:
    """``A`` → 0, ``AA`` → 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
