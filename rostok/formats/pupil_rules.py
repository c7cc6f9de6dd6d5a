"""Row rules about the pupil rather than the paper: journal mark, sex, doubled codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rostok.formats.cells import Distinct, is_no_mark, mark, sex, text_of
from rostok.formats.problem_log import ProblemLog
from rostok.formats.workbook import Cell

Ints = npt.NDArray[np.int16]
Bools = npt.NDArray[np.bool_]
# Inside the row rules only; both become null in the table.
MISSING = -9  # no value
UNUSABLE = -8  # a value that was reported and is not used


def places(mask: Bools) -> list[int]:
    """Positions of the true rows."""
    found: list[int] = np.flatnonzero(mask).tolist()
    return found


def journal_and_sex(
    rows: npt.NDArray[np.int64],
    journal_mark: Sequence[Cell] | None,
    sex_column: Sequence[Cell] | None,
    log: ProblemLog,
) -> tuple[Ints, pa.Array]:
    """Journal mark and sex, each also looked for in the other's column, where some schools write them."""
    length = len(rows)
    blank: list[Cell] = [""] * length
    journal_cells = journal_mark if journal_mark is not None else blank
    sex_cells = sex_column if sex_column is not None else blank
    journal, sexes = Distinct.of(journal_cells), Distinct.of(sex_cells)
    marks, marks_in_sex = _as_mark(journal), _as_mark(sexes)
    sex_values, sex_in_journal = _as_sex(sexes), _as_sex(journal)
    journal_blank, sex_blank = journal.flags(is_no_mark), sexes.flags(lambda cell: not text_of(cell))
    # Swapped: one stands in the other's column, and the other's own place holds nothing of its own.
    swapped = ((sex_in_journal != MISSING) & (sex_values == MISSING)) | (
        (marks_in_sex != MISSING) & (journal_blank | (sex_in_journal != MISSING))
    )
    for place in places(swapped):
        log.add("columns-swapped", row=int(rows[place]))
    for place in places(~swapped & (marks == MISSING) & ~journal_blank):
        log.add("journal-mark-unreadable", row=int(rows[place]), value=text_of(journal_cells[place]))
    for place in places(~swapped & (sex_values == MISSING) & ~sex_blank):
        log.add("sex-unreadable", row=int(rows[place]), value=text_of(sex_cells[place]))
    marks = np.where(swapped, marks_in_sex, marks)
    sex_values = np.where(swapped, sex_in_journal, sex_values)
    return marks, pa.array(["m", "f"], pa.string()).take(
        pa.array(np.maximum(sex_values, 0), pa.int32(), mask=sex_values == MISSING)
    )


def _as_mark(column: Distinct) -> Ints:
    return np.array([mark(cell) or MISSING for cell in column.cells], np.int16)[column.codes]


def _as_sex(column: Distinct) -> Ints:
    numbers = {"m": 0, "f": 1, None: MISSING}
    return np.array([numbers[sex(cell)] for cell in column.cells], np.int16)[column.codes]


def report_doubled(rows: npt.NDArray[np.int64], schools: pa.Array, codes: pa.Array, log: ProblemLog) -> None:
    """Pupil codes met more than once in a school, once per code, at the place where it repeats."""
    if codes.null_count == len(codes):
        return
    school, code = schools.dictionary_encode(), codes.dictionary_encode()
    width = len(code.dictionary) + 1
    number = np.asarray(code.indices.fill_null(width - 1)).astype(np.int64)
    key = np.asarray(school.indices).astype(np.int64) * width + number
    order = np.argsort(key, kind="stable")
    repeats = np.flatnonzero(np.diff(key[order]) == 0) + 1
    firsts = repeats[np.r_[True, np.diff(key[order][repeats]) != 0]] if len(repeats) else repeats
    for place in firsts:
        row = order[place]
        if codes[int(row)].is_valid:
            times = int((key == key[row]).sum())
            log.add(
                "pupil-doubled", row=int(rows[row]), value=codes[int(row)].as_py(),
                values={"school": schools[int(row)].as_py(), "times": times},
            )  # fmt: skip
