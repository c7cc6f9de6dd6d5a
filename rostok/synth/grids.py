"""Scripts as cells: what a school types. One ``Grid`` per assessment; layouts order and name its columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rostok.schema.assessments import Assessment
from rostok.schema.scales import NOT_TAUGHT
from rostok.synth.region import Region
from rostok.synth.workbooks import Cell

ABSENT = "отсутствовал"
NOT_TAUGHT_TEXT = "не пройд."
NO_MARK = "нет отметки"
LETTERS = "абвгдежзик"

Objects = NDArray[np.object_]


@dataclass(slots=True)
class Grid:
    """Columns of cells of equal length, in rows of pupils ordered by school. Mutable: dirt is added to it.

    Scores, totals and marks are texts or numbers as the layout wants them; "" is a blank cell.
    """

    assessment: Assessment
    item_labels: tuple[str, ...]
    item_maxima: tuple[int, ...]
    minimum: int
    bounds: tuple[int, ...]
    school: NDArray[np.int64]
    absent: NDArray[np.bool_]
    code: Objects  # int
    journal: Objects
    sex: Objects
    klass: Objects
    variant: Objects
    total: Objects  # int, "" when absent
    mark: Objects  # int, "" when absent
    items: list[Objects]  # one array per item, texts

    def __len__(self) -> int:
        return len(self.school)


def grid_of(region: Region, assessment: Assessment) -> Grid:
    """The scripts of an assessment as a careful school would type them; absent pupils have a code only."""
    scripts, plan = region.scripts(assessment), region.blueprint(assessment)
    rng = region.population.rng("typing", assessment.key)
    absent = scripts.absent
    words = np.array([NOT_TAUGHT_TEXT, "X", *map(str, range(10))], dtype=object)
    items = [_blank(words[row.astype(int) - NOT_TAUGHT], absent) for row in scripts.scores]
    journal = np.array([str(mark) for mark in range(6)], dtype=object)[scripts.journal]
    journal[rng.random(len(absent)) < 0.0008] = NO_MARK
    return Grid(
        assessment=assessment,
        item_labels=tuple(item.label for item in plan.items),
        item_maxima=tuple(item.maximum for item in plan.items),
        minimum=plan.minimum,
        bounds=plan.bounds or (plan.minimum,),
        school=scripts.school,
        absent=absent,
        code=scripts.code.astype(object),
        journal=_blank(journal, absent),
        sex=_blank(np.where(scripts.female, "ж", "м").astype(object), absent),
        klass=_blank(_class_names(region, scripts.school, scripts.klass), absent),
        variant=np.where(absent, ABSENT, scripts.variant.astype(str)).astype(object),
        total=_blank(scripts.total.astype(int).astype(object), absent),
        mark=_blank(scripts.mark.astype(int).astype(object), absent),
        items=items,
    )


def _blank(cells: Objects, absent: NDArray[np.bool_]) -> Objects:
    cells = cells.copy()
    cells[absent] = ""
    return cells


def _class_names(region: Region, school: NDArray[np.int64], klass: NDArray[np.int64]) -> Objects:
    """Letters, in upper case in a third of the schools; the only class of a grade is «нет» in most."""
    habit = region.population.rng("class names").random(len(region.population.schools))
    several = np.zeros(len(habit), dtype=bool)
    np.maximum.at(several, school, klass > 0)
    letters = np.array([*LETTERS, *LETTERS.upper()], dtype=object)
    named = letters[klass % len(LETTERS) + np.where(habit[school] < 0.33, len(LETTERS), 0)]
    return np.where(~several[school] & (habit[school] < 0.7), "нет", named).astype(object)


def parts(grid: Grid) -> Iterator[tuple[int, Grid]]:
    """Each school and the grid of its rows alone."""
    starts = np.flatnonzero(np.diff(grid.school, prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(grid)], strict=True):
        own = {
            name: getattr(grid, name)[start:end]
            for name in ("school", "absent", "code", "journal", "sex", "klass", "variant", "total", "mark")
        }
        yield int(grid.school[start]), replace(grid, **own, items=[cells[start:end] for cells in grid.items])


def rows_of(columns: list[Objects]) -> list[list[Cell]]:
    """Columns of equal length as rows."""
    return [list(row) for row in zip(*columns, strict=True)]


def shuffled_schools(region: Region, grid: Grid) -> NDArray[np.intp]:
    """Row numbers with schools in a scattered order, rows within a school kept: exports are not sorted."""
    schools = region.population.schools
    place = region.population.rng("export order", grid.assessment.key).permutation(len(schools))
    return np.argsort(place[grid.school], kind="stable")
