"""Sheets for tests, written as text: a line per row, cells parted by ``|``, numbers as a workbook has them."""

from __future__ import annotations

import re
from pathlib import Path

from rostok.formats.assumptions import Assumptions
from rostok.formats.batches import FileReading, ScriptBatch, TableBatch
from rostok.formats.files import read_sheets
from rostok.formats.reading import ReadContext
from rostok.formats.scale_files import ScaleBook, load_scales
from rostok.formats.workbook import Cell, Sheet

SCALES = load_scales(Path(__file__).parents[3] / "scales")


def sheet_of(text: str, name: str = "Лист1", *, bar: str = "|") -> Sheet:
    lines = text.strip("\n").splitlines()
    rows = [[_cell(part.strip()) for part in line.split(bar)] for line in lines]
    width = max(len(row) for row in rows)
    return Sheet(name, [[*row, *[""] * (width - len(row))] for row in rows])


def _cell(text: str) -> Cell:
    if text.startswith("'"):
        return text[1:]
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else text


def read(
    *sheets: Sheet | str, name: str = "файл.xlsx", scales: ScaleBook = SCALES, **assume: object
) -> FileReading:
    """What the first layout that recognises each sheet makes of it."""
    made = tuple(sheet_of(sheet) if isinstance(sheet, str) else sheet for sheet in sheets)
    return read_sheets(made, ReadContext(name, "0", Assumptions(**assume), scales))  # type: ignore[arg-type]


def codes(reading: FileReading) -> list[str]:
    """Codes of the problems, each once, in the order met."""
    return list(dict.fromkeys(problem.code for problem in reading.problems))


def table_of(reading: FileReading, name: str) -> list[dict[str, object]]:
    """Rows of the only batch of a declared table."""
    (batch,) = [batch for batch in reading.batches if isinstance(batch, TableBatch) and batch.name == name]
    rows: list[dict[str, object]] = batch.table.to_pylist()
    return rows


def exams_of(reading: FileReading) -> dict[str, ScriptBatch]:
    """Batches of papers by the key of their assessment."""
    return {batch.assessment.key: batch for batch in reading.batches if isinstance(batch, ScriptBatch)}
