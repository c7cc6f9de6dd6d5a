"""Maps → ``maps.html``: one page while they are few, a page per paper and their contents beyond that.

A paper whose units are too many even for a page of its own is shown by larger units, and the page says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import rostok
from rostok.pipeline.gap_places import UnitNames
from rostok.pipeline.gap_tables import Judged, PaperMap, SkillVerdict, labels_of
from rostok.pipeline.gap_units import Level
from rostok.pipeline.swap import PAGES
from rostok.reports import maps_html
from rostok.reports.item_charts import MapCell
from rostok.schema.assessments import Assessment
from rostok.statistics.gaps import STATUS_WORDS

# Of one page: 4 MB, which every browser opens at once. A paper of 700 schools or of a city's classes fits.
MOST_CELLS = 20_000
PAGE = "maps.html"


@dataclass(frozen=True, slots=True)
class PageSize:
    """What was drawn: ``cells`` on ``pages``; papers ``reduced`` to larger units than were asked for."""

    cells: int = 0
    pages: int = 0
    reduced: int = 0


class Pages:
    """The pictures of a run, paper by paper. No more than ``MOST_CELLS`` wait in memory."""

    def __init__(self, folder: Path, level: Level, names: UnitNames) -> None:
        self.folder = folder
        self.names = names
        self.for_school = level is Level.CLASS
        self.size = PageSize()
        self._waiting: list[tuple[Assessment, maps_html.PaperMaps]] = []
        self._written: list[maps_html.PageLink] = []

    def add(self, paper: PaperMap) -> None:
        """Draw a paper, by its own units or by the first larger ones that fit a page."""
        if not paper.units.units.sums.units:
            return
        level = _drawn(paper)
        reduced = level is not paper.units.asked
        cells = _size(paper, level)
        self.size = replace(self.size, cells=self.size.cells + cells, reduced=self.size.reduced + reduced)
        self._waiting.append((paper.assessment, _pictures(paper, level, self.names)))
        if self.size.cells > MOST_CELLS:
            self._write_waiting()

    def write(self) -> None:
        """``maps.html``: all maps, or what pages there are; nothing where there is no map."""
        if self._written:
            self._write_waiting()
            page = maps_html.MapsPage((), self.for_school, rostok.__version__, links=tuple(self._written))
        elif self._waiting:
            page = self._page(tuple(maps for _, maps in self._waiting))
        else:
            return
        self.size = replace(self.size, pages=len(self._written) + 1)
        maps_html.write(page, self.folder / PAGE)

    def _write_waiting(self) -> None:
        (self.folder / PAGES).mkdir(exist_ok=True)
        for assessment, maps in self._waiting:
            name = f"{PAGES}/{assessment.key.replace('/', '-')}.html"
            maps_html.write(replace(self._page((maps,)), contents=f"../{PAGE}"), self.folder / name)
            self._written.append(maps_html.PageLink(name, maps.title, len(maps.units), maps.instead))
        self._waiting.clear()

    def _page(self, papers: tuple[maps_html.PaperMaps, ...]) -> maps_html.MapsPage:
        return maps_html.MapsPage(papers, self.for_school, rostok.__version__)


_LEVELS = tuple(Level)  # from the smallest unit up


def _drawn(paper: PaperMap) -> Level:
    """The level asked for, or the first larger one whose units fit a page; the largest, if none does."""
    larger = _LEVELS[_LEVELS.index(paper.units.asked) :]
    fitting = (one for one in larger if 0 < _size(paper, one) <= MOST_CELLS)
    return next(fitting, larger[-1])


def _size(paper: PaperMap, level: Level) -> int:
    return paper.units.levels[level].sums.units * (paper.items + len(paper.content.skills))


def _pictures(paper: PaperMap, level: Level, names: UnitNames) -> maps_html.PaperMaps:
    instead = None
    if level is not paper.units.asked:
        asked = paper.units.units.sums.units
        instead = maps_html.Instead(asked, _size(paper, paper.units.asked), MOST_CELLS, str(level))
    units = tuple((names.shown(level, key), cells) for key, cells in _units(paper, level))
    return maps_html.PaperMaps(
        paper.assessment.label, tuple(labels_of(paper)), _skills(paper), _cells(paper, paper.whole(), 0), units, instead
    )  # fmt: skip


def _skills(paper: PaperMap) -> tuple[maps_html.SkillHead, ...]:
    """Words of the skills and what has to be said beside their verdicts."""
    return tuple(
        maps_html.SkillHead(
            skill.text,
            one_item=len(skill.places) == 1 and verdict is SkillVerdict.GIVEN,
            says_little=subscore.says_more is False,
        )
        for skill, verdict, subscore in zip(paper.content.skills, paper.verdicts, paper.subscores, strict=True)
    )  # fmt: skip


def _units(paper: PaperMap, level: Level) -> tuple[tuple[str, tuple[MapCell, ...]], ...]:
    if level is paper.units.asked:
        return tuple(
            (name, _cells(paper, figures, at))
            for figures in paper.pieces()
            for at, name in enumerate(figures.names.to_pylist())
        )
    units = paper.units.levels[level]
    judged = paper.judged(units.sums, paper.effective(units))
    return tuple((name, _cells(paper, judged, at)) for at, name in enumerate(units.names.to_pylist()))


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
