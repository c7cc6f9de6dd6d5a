"""One file → everything it gave: what it is, its sheets or members, the layout of each, its problems.

The only place that opens files. Bad input never raises: it becomes a problem of severity ``error``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from rostok.formats.archives import members
from rostok.formats.assumptions import Assumptions
from rostok.formats.batches import FileReading
from rostok.formats.csv_text import read_csv
from rostok.formats.layouts import LAYOUTS, NEAR_MISSES
from rostok.formats.overruled import overruled
from rostok.formats.parquet_table import read_parquet
from rostok.formats.reading import Layout, ReadContext, ScaleLookup
from rostok.formats.sniffing import FileForm, FileRefused, form_of
from rostok.formats.spreadsheets import read_workbook
from rostok.formats.workbook import Sheet
from rostok.schema.file_system import in_words
from rostok.schema.problems import Problem

FOLDERS_ABOVE = 2  # how many folders above what is shown may say a year or a grade


def read_file(path: Path, *, name: str, assume: Assumptions, scales: ScaleLookup) -> FileReading:
    """Everything one file gave, members of an archive included; ``name`` is the path as shown to the user.

    Never raises for bad input: a file that cannot be read is one problem of severity ``error``, a file that is
    none of the known forms a notice.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return FileReading(problems=(Problem("file-missing", name),))
    except OSError as error:
        return FileReading(problems=(Problem("file-damaged", name, values={"detail": in_words(error)}),))
    context = ReadContext(name, "", assume, scales, folders_above=_folders_above(path, name))
    return _read(data, context, depth=0)


def _folders_above(path: Path, name: str) -> tuple[str, ...]:
    """Folders above the part of the path that is shown, nearest first; none when the name is not from the path."""
    shown = name.split("/")
    parts = path.resolve().parts
    if list(parts[-len(shown) :]) != shown:
        return ()
    return tuple(reversed(parts[1 : -len(shown)][-FOLDERS_ABOVE:]))


def _read(data: bytes, context: ReadContext, depth: int) -> FileReading:
    try:
        form = form_of(data, context.name)
        if form is FileForm.ARCHIVE:
            return _joined(
                _read(content, _named(context, member, content), depth + 1)
                for member, content in members(data, context.name, depth + 1)
            )
        sheets = _sheets(data, form, context.name)
    except FileRefused as refused:
        return FileReading(problems=(refused.problem,))
    if form is not FileForm.OTHER and not any(sheet.rows for sheet in sheets):
        return FileReading(problems=(Problem("table-empty", context.name),))
    return read_sheets(sheets, _named(context, context.name, data))


def _named(context: ReadContext, name: str, data: bytes) -> ReadContext:
    digest = hashlib.sha256(data).hexdigest()
    return ReadContext(name, digest, context.assume, context.scales, folders_above=context.folders_above)


def _sheets(data: bytes, form: FileForm, name: str) -> tuple[Sheet, ...]:
    if form is FileForm.WORKBOOK:
        return read_workbook(data, name)
    if form is FileForm.TEXT_TABLE:
        return (read_csv(data, name),)
    if form is FileForm.PARQUET:
        return (read_parquet(data, name),)
    return ()


def read_sheets(sheets: tuple[Sheet, ...], context: ReadContext) -> FileReading:
    """Each sheet by the first layout that recognises it; a notice when there is none for any."""
    context = ReadContext(
        context.name, context.sha256, context.assume, context.scales, sheets, context.folders_above
    )
    readings = _by_layouts(LAYOUTS, context) or _by_layouts(NEAR_MISSES, context)
    if not readings:
        return FileReading(problems=(Problem("file-ignored", context.name),))
    reading = _joined(readings)
    told = overruled(reading, context.assume, context.name)
    return FileReading(reading.batches, reading.problems + told)


def _by_layouts(layouts: tuple[Layout, ...], context: ReadContext) -> list[FileReading]:
    readings = []
    for sheet in context.book:
        layout = next((layout for layout in layouts if layout.recognises(sheet, context)), None)
        if layout is not None:
            readings.append(layout.read(sheet, context))
    return readings


def _joined(readings: Iterable[FileReading]) -> FileReading:
    """Readings as one: of the sheets of a book, of the members of an archive."""
    together = list(readings)
    return FileReading(
        tuple(batch for reading in together for batch in reading.batches),
        tuple(problem for reading in together for problem in reading.problems),
    )
