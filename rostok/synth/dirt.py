"""Dirt of real files at a chosen rate, with a count of what each should be reported as.

A dirty row gets exactly one defect, and one that the stated row rules turn into exactly one problem: no
defect changes who is a participant or on which side of the minimum a script is. So the counts under the
minimum read back from dirty files are still those of the truth.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from rostok.synth.grids import Grid
from rostok.synth.workbooks import Formula

_X_SPELLINGS = np.array(["X", "x", "Х", "х", " X", "X "], dtype=object)
_X_WEIGHTS = (0.90, 0.055, 0.025, 0.01, 0.005, 0.005)
_ERRORS = ("#REF!", "#DIV/0!", "#VALUE!")

# A defect gets the grid, a row and a generator; it says whether it could be done there.
Defect = Callable[[Grid, int, np.random.Generator], bool]


def _zero_item(grid: Grid, row: int, rng: np.random.Generator) -> int | None:
    """An item with 0 in this row: spoiling it changes no sum."""
    zeros = [number for number, cells in enumerate(grid.items) if cells[row] == "0"]
    return int(rng.choice(zeros)) if zeros else None


def _above_maximum(grid: Grid, row: int, rng: np.random.Generator) -> bool:
    item = _zero_item(grid, row, rng)
    if item is None:
        return False
    grid.items[item][row] = str(grid.item_maxima[item] + int(rng.integers(1, 3)))
    return True


def _formula_error(grid: Grid, row: int, rng: np.random.Generator) -> bool:
    item = _zero_item(grid, row, rng)
    if item is None:
        return False
    grid.items[item][row] = Formula("=0/0", str(rng.choice(_ERRORS)))
    return True


def _date(grid: Grid, row: int, rng: np.random.Generator) -> bool:
    item = _zero_item(grid, row, rng)
    if item is None:
        return False
    grid.items[item][row] = dt.date(2021, 1, 1) + dt.timedelta(days=int(rng.integers(0, 300)))
    return True


def _not_a_number(grid: Grid, row: int, rng: np.random.Generator) -> bool:
    item = _zero_item(grid, row, rng)
    if item is None:
        return False
    grid.items[item][row] = "?"
    return True


def _wrong_total(grid: Grid, row: int, rng: np.random.Generator) -> bool:
    """A total one or two off, within the same mark."""
    total = int(grid.total[row])
    wrong = total + int(rng.choice([-2, -1, 1, 2]))
    same_mark = sum(total >= bound for bound in grid.bounds) == sum(wrong >= bound for bound in grid.bounds)
    if not (0 <= wrong <= sum(grid.item_maxima) and same_mark):
        return False
    grid.total[row] = wrong
    return True


def _no_total(grid: Grid, row: int, rng: np.random.Generator) -> bool:
    grid.total[row] = ""
    return True


def _doubled_code(grid: Grid, row: int, rng: np.random.Generator) -> bool:
    """The code of the row above, once per code."""
    if row == 0 or grid.school[row - 1] != grid.school[row] or grid.absent[row - 1]:
        return False
    if row > 1 and grid.code[row - 2] == grid.code[row - 1]:  # a third of one code would not be a new problem
        return False
    grid.code[row] = grid.code[row - 1]
    return True


def _swapped(grid: Grid, row: int, rng: np.random.Generator) -> bool:
    if grid.journal[row] not in {"2", "3", "4", "5"}:
        return False
    grid.journal[row], grid.sex[row] = grid.sex[row], grid.journal[row]
    return True


# What a defect is reported as. Forms compute totals and check scores themselves, so they allow two only.
DEFECTS: Mapping[str, Defect] = {
    "item-above-maximum": _above_maximum,
    "cell-formula-error": _formula_error,
    "cell-date": _date,
    "cell-not-a-number": _not_a_number,
    "total-differs": _wrong_total,
    "total-missing": _no_total,
    "pupil-doubled": _doubled_code,
    "columns-swapped": _swapped,
}
ALL_DEFECTS = tuple(DEFECTS)
TEXT_DEFECTS = tuple(code for code in DEFECTS if code not in {"cell-formula-error", "cell-date"})
FORM_DEFECTS = ("pupil-doubled", "columns-swapped")


def soil(grid: Grid, rate: float, rng: np.random.Generator, allowed: tuple[str, ...]) -> Counter[str]:
    """Spoil about ``rate`` of the rows in place; how many of each defect were made.

    With a rate above 0 «X» is also written in the ways schools write it, which is no defect.
    """
    made: Counter[str] = Counter()
    if rate <= 0:
        return made
    for row in np.flatnonzero((rng.random(len(grid)) < rate) & ~grid.absent):
        code = str(rng.choice(allowed))
        if DEFECTS[code](grid, int(row), rng):
            made[code] += 1
    for cells in grid.items:
        skipped = np.flatnonzero(cells == "X")
        cells[skipped] = rng.choice(_X_SPELLINGS, len(skipped), p=_X_WEIGHTS)
    return made
