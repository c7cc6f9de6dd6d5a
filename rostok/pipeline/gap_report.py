"""Maps of a stored version → the section of the report on items and skills. Words nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from rostok.pipeline.gap_more import spread_by_mark
from rostok.pipeline.gap_problems import paper_problems
from rostok.pipeline.gap_skills import CodifierBook
from rostok.pipeline.gap_tables import Judged, Numbers, PaperMap, labels_of
from rostok.pipeline.gap_units import Level
from rostok.pipeline.mapping import GapPlan, paper_maps
from rostok.pipeline.storing import marks_scale
from rostok.reports import item_model
from rostok.reports.item_charts import Boundary, MarkPoint, MarkRow, ScoreBar
from rostok.schema.problems import Problem
from rostok.schema.progress import Progress, silent
from rostok.schema.scales import MARKS
from rostok.statistics import gaps
from rostok.statistics.objectivity.scores import (
    generating_function,
    possible,
    smooth_distribution,
    windows,
)
from rostok.store import DataVersion
from rostok.store.item_reductions import reduce_marks, score_counts
from rostok.store.reduced import MarkSums
from rostok.wording import gettext


def build_gaps(
    version: DataVersion, engine: Any, plan: GapPlan, book: CodifierBook, *,
    places: Mapping[str, str] | None = None, progress: Progress = silent,
) -> tuple[item_model.Gaps, tuple[Problem, ...]]:  # fmt: skip
    """The maps of every paper from schools upwards, and what could not be mapped.

    ``places``: key of a municipality → its name.

    Raises InputRefused (nothing-to-map) where the data hold no papers with items.
    """
    stage = gettext("Карты затруднений")
    papers: list[item_model.PaperGaps] = []
    problems: list[Problem] = list(book.problems)
    schools: dict[str, list[item_model.SchoolGaps]] = defaultdict(list)
    total = len(version.manifest.assessments)
    for done, paper in enumerate(paper_maps(version, engine, plan, book), start=1):
        papers.append(_paper(paper, version, engine, places or {}))
        for school, found in _schools(paper):
            schools[school].append(found)
        problems += (*paper.content.problems, *paper_problems(paper))
        progress(stage, done, max(total, done))
    thresholds = tuple((level, one.enough, one.margin) for level, one in plan.thresholds.levels.items())
    by_school = {key: tuple(found) for key, found in schools.items()}
    return item_model.Gaps(tuple(papers), by_school, thresholds, bool(book.codifiers)), tuple(problems)


class _Figures:
    """Percents of some units one by one, as the report shows them. Columns are items, then skills."""

    def __init__(self, paper: PaperMap, found: Judged) -> None:
        self.sums, self.found = found.sums, found
        self.below = found.status[:, : paper.items] < 0
        self.undecided = found.status[:, : paper.items] == 0
        skills = [skill.places for skill in paper.content.skills]
        self.counted, self.systemic = gaps.systemic(found.status < 0, paper.items, skills)
        self._has_threshold = ~np.isnan(paper.bounds[0])

    def at(self, unit: int, column: int) -> item_model.Percent:
        found, answered = self.found, int(self.sums.answered[unit, column])
        if not answered:
            return item_model.Percent(0, None)
        status = gaps.STATUS_WORDS[int(found.status[unit, column])] if self._has_threshold[column] else None
        return item_model.Percent(
            answered, float(found.percent[unit, column]), float(found.lower[unit, column]),
            float(found.upper[unit, column]), status,
        )  # fmt: skip


def _at_level(paper: PaperMap, level: Level) -> _Figures:
    units = paper.units.levels[level]
    return _Figures(paper, paper.judged(units.sums, paper.effective(units)))


def _paper(
    paper: PaperMap, version: DataVersion, engine: Any, places: Mapping[str, str]
) -> item_model.PaperGaps:
    scripts = version.scripts_path(paper.assessment)
    whole = _Figures(paper, paper.whole())
    boundaries = _boundaries(paper, version)
    return item_model.PaperGaps(
        assessment=paper.assessment,
        schools=paper.units.levels[Level.SCHOOL].sums.units,
        participants=int(paper.units.country.participants[0]),
        items=_items(paper, whole),
        skills=_skills(paper, whole),
        places=_places(paper, places),
        marks=_marks(paper, reduce_marks(engine, scripts, paper.items)),
        scores=_scores(paper, score_counts(engine, scripts), boundaries),
        boundaries=boundaries,
    )


def _items(paper: PaperMap, whole: _Figures) -> tuple[item_model.ItemLine, ...]:
    labels, sums = labels_of(paper), whole.sums
    found = gaps.paper_statistics(sums, paper.items)
    skill_of: dict[int, list[str]] = defaultdict(list)
    for skill in paper.content.skills:
        for place in skill.places:
            skill_of[place].append(skill.text)
    asked, answered = int(sums.participants[0]), sums.answered[0]
    return tuple(
        item_model.ItemLine(
            label=labels[at], level=item.level or "", skill="; ".join(skill_of[at]), percent=whole.at(0, at),
            not_attempted_share=_share(sums.not_attempted[0, at], int(answered[at])),
            not_taught_share=_share(sums.not_taught[0, at], asked),
            item_rest=_known(found.item_rest[0, at]),
        )
        for at, item in enumerate(paper.content.items)
    )  # fmt: skip


def _share(count: int, base: int) -> float | None:
    return int(count) / base if base else None


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _skills(paper: PaperMap, whole: _Figures) -> tuple[item_model.SkillLine, ...]:
    labels = labels_of(paper)
    lines = []
    for at, skill in enumerate(paper.content.skills):
        below, undecided = (
            tuple(labels[place] for place in skill.places if where[0, place])
            for where in (whole.below, whole.undecided)
        )
        lines.append(
            item_model.SkillLine(
                skill.text, tuple(labels[place] for place in skill.places), whole.at(0, paper.items + at), below,
                undecided,
                systemic=bool(whole.systemic[0, at]),
                judged=len(skill.places) >= paper.least_items,
                says_more=paper.subscores[at].says_more,
            )
        )  # fmt: skip
    return tuple(lines)


def _places(paper: PaperMap, names: Mapping[str, str]) -> tuple[item_model.PlaceLine, ...]:
    level, figures = paper.units.levels[Level.MUNICIPALITY], _at_level(paper, Level.MUNICIPALITY)
    columns = range(paper.items, paper.items + len(paper.content.skills))
    return tuple(
        item_model.PlaceLine(
            names.get(key) or key,
            tuple(figures.at(unit, at) for at in range(paper.items)),
            tuple(figures.at(unit, at) for at in columns),
        )
        for unit, key in enumerate(level.names.to_pylist())
    )


def _schools(paper: PaperMap) -> list[tuple[str, item_model.SchoolGaps]]:
    """Schools with an item below, with these items and the skills most of whose items are below."""
    level, figures = paper.units.levels[Level.SCHOOL], _at_level(paper, Level.SCHOOL)
    below, labels, found = figures.below, labels_of(paper), []
    names = level.names.to_pylist()
    for unit in np.flatnonzero(below.any(axis=1)).tolist():
        skills = tuple(
            skill.text for at, skill in enumerate(paper.content.skills) if figures.systemic[unit, at]
        )
        named = tuple(labels[at] for at in np.flatnonzero(below[unit]).tolist())
        participants = int(level.sums.participants[unit])
        found.append(
            (names[unit], item_model.SchoolGaps(paper.assessment, participants, paper.items, named, skills))
        )
    return found


def _marks(paper: PaperMap, marks: MarkSums) -> tuple[MarkRow, ...]:
    """Items by groups of marks over all schools; groups too small for a statement are left open."""
    if not len(marks.mark):
        return ()
    order = np.searchsorted(np.array(MARKS), marks.mark)
    everywhere, shape = np.zeros(len(order), np.int64), (1, len(MARKS))
    participants, answered, scores = (
        spread_by_mark(values, everywhere, order, shape)[0]
        for values in (marks.participants[:, None], marks.answered, marks.scores)
    )
    share, crossing = gaps.mark_groups(answered, scores, paper.maxima[: paper.items])
    rows = []
    for at, label in enumerate(labels_of(paper)):
        points = tuple(
            MarkPoint(f"«{mark}»", _percent(share[one, at]), int(participants[one, 0]))
            for one, mark in enumerate(MARKS)
        )
        rows.append(MarkRow(label, points, bool((crossing[:, at] > 0).any())))
    return tuple(rows)


def _percent(share: float) -> float | None:
    return float(100 * share) if np.isfinite(share) else None


def _scores(paper: PaperMap, counts: pa.Table, boundaries: Sequence[Boundary]) -> tuple[ScoreBar, ...]:
    """Every raw score from 0 to the maximum, whether anybody has it or not, beside a smooth expectation."""
    scores = counts["raw_score"].to_numpy().astype(np.int64)
    most = sum(item.maximum for item in paper.content.items)
    inside = (scores >= 0) & (scores <= most)
    found = np.bincount(scores[inside], weights=counts["participants"].to_numpy()[inside], minlength=most + 1)
    expected = _expected(paper, found.astype(float), boundaries)
    return tuple(
        ScoreBar(score, int(count), _known(mean))
        for score, (count, mean) in enumerate(zip(found, expected, strict=True))
    )


def _expected(paper: PaperMap, counts: Numbers, boundaries: Sequence[Boundary]) -> Numbers:
    """A smooth curve through the other scores: how pupils spread around the bounds of marks is not looked at.

    The lumps that items of several points make stand in it, with item weights by percent correct. A picture,
    not a test: the tests have their own expectations. NaN where there are no bounds or too few pupils.
    """
    bounds = [one.score for one in boundaries if one.score > 0]
    if not bounds or not counts.sum():
        return np.full(len(counts), np.nan)
    share = gaps.percent_correct(paper.units.country, paper.maxima)[0, : paper.items] / 100
    share = np.clip(np.nan_to_num(share, nan=0.5), 0.001, 0.999)
    weights = [
        np.arange(item.maximum + 1) * np.log(p / (1 - p))
        for item, p in zip(paper.content.items, share.tolist(), strict=True)
    ]
    gamma = possible(generating_function(weights), len(counts))
    density: Numbers = smooth_distribution(counts, gamma, windows(bounds, len(counts) - 1)) * counts.sum()
    return density


def _boundaries(paper: PaperMap, version: DataVersion) -> tuple[Boundary, ...]:
    """The least scores of marks; none for a paper whose marks were not set by a scale in points."""
    scale = marks_scale(version.entry(paper.assessment))
    if scale is None or scale.lower is None:
        return ()
    return tuple(Boundary(score, f"«{mark}»") for mark, score in zip(MARKS, (0, *scale.lower), strict=True))
