"""Maps → ``maps.html``, while they are few enough for one page; beyond it there are the files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

import rostok
from rostok.pipeline.gap_tables import Judged, PaperMap, labels_of
from rostok.pipeline.gap_units import Level
from rostok.reports import maps_html
from rostok.reports.item_charts import MapCell
from rostok.statistics.gaps import STATUS_WORDS

# On one page: 4 MB. One school's classes or one municipality's schools over all papers of several years fit.
MOST_CELLS = 20_000
PAGE = "maps.html"


@dataclass(frozen=True, slots=True)
class PageSize:
    """How many cells the page has, or would have."""

    cells: int

    @property
    def fits(self) -> bool:
        """Is the page written?"""
        return 0 < self.cells <= MOST_CELLS

    @property
    def is_too_large(self) -> bool:
        """Is it left out because of its size?"""
        return self.cells > MOST_CELLS


class Pages:
    """The pictures of a run, paper by paper; past ``MOST_CELLS`` none is kept."""

    def __init__(self, level: Level) -> None:
        self.level = level
        self.size = PageSize(0)
        self._papers: list[maps_html.PaperMaps] = []

    def add(self, paper: PaperMap) -> None:
        """Keep the pictures of a paper; all are dropped when they have become too many."""
        cells = paper.units.units.sums.units * (paper.items + len(paper.content.skills))
        self.size = PageSize(self.size.cells + cells)
        if self.size.is_too_large:
            self._papers.clear()
        elif paper.units.units.sums.units:
            self._papers.append(_pictures(paper))

    def write(self, folder: Path) -> None:
        """``maps.html``, where there is one."""
        if self.size.fits:
            for_school = self.level is Level.CLASS
            page = maps_html.MapsPage(tuple(self._papers), for_school, rostok.__version__)
            maps_html.write(page, folder / PAGE)


def _pictures(paper: PaperMap) -> maps_html.PaperMaps:
    units = [
        (name, _cells(paper, figures, at))
        for figures in paper.pieces()
        for at, name in enumerate(figures.names.to_pylist())
    ]
    skills = tuple(skill.text for skill in paper.content.skills)
    return maps_html.PaperMaps(
        paper.assessment.label, tuple(labels_of(paper)), skills, _cells(paper, paper.whole(), 0), tuple(units)
    )


def _cells(paper: PaperMap, found: Judged, unit: int) -> tuple[MapCell, ...]:
    """Items, then skills."""
    return tuple(
        MapCell(
            float(found.percent[unit, at]),
            None if np.isnan(paper.bounds[0][at]) else STATUS_WORDS[int(found.status[unit, at])],
            int(found.sums.answered[unit, at]),
        )
        if found.sums.answered[unit, at] else MapCell(None)
        for at in range(paper.items + len(paper.content.skills))
    )  # fmt: skip
