"""Maps of a stored version → the section of the report on items and skills. Words nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.pipeline.gap_problems import paper_problems
from rostok.pipeline.gap_skills import CodifierBook
from rostok.pipeline.gap_tables import Numbers, PaperMap, labels_of, skill_statuses
from rostok.pipeline.gap_units import Level
from rostok.pipeline.mapping import GapPlan, paper_maps
from rostok.pipeline.storing import marks_scale
from rostok.reports import item_model
from rostok.reports.item_charts import Boundary, MarkPoint, MarkRow, ScoreBar, Status
from rostok.schema.problems import Problem
from rostok.schema.progress import Progress, silent
from rostok.schema.scales import MARKS
from rostok.statistics import gaps
from rostok.statistics.item_sums import PaperSums
from rostok.statistics.objectivity.scores import generating_function, smooth_distribution, windows
from rostok.statistics.subscores import subscore
from rostok.store import DataVersion
from rostok.store.item_reductions import MarkSums, reduce_marks, score_counts
from rostok.wording import gettext

_LEAST_GAMMA = 1e-300  # no score is impossible: totals and items need not say the same

_STATUS = {-1: Status.BELOW, 0: Status.CANNOT_TELL, 1: Status.ABOVE}


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
    problems: list[Problem] = []
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
    """Percents of some units, (units, columns): items, then skills."""

    def __init__(self, paper: PaperMap, sums: PaperSums, effective: Numbers) -> None:
        self.sums = sums
        self.percent = gaps.percent_correct(sums, paper.maxima)
        self.lower, self.upper = gaps.interval(sums, paper.maxima, effective)
        self.status = paper.statuses(self.lower, self.upper, sums)
        end = paper.items + len(paper.content.skills)
        self.status[:, paper.items : end] = skill_statuses(paper, self.status)
        self._judged = ~np.isnan(paper.bounds[0])

    def at(self, unit: int, column: int) -> item_model.Percent:
        answered = int(self.sums.answered[unit, column])
        if not answered:
            return item_model.Percent(0, None)
        status = _STATUS[int(self.status[unit, column])] if self._judged[column] else None
        return item_model.Percent(
            answered, float(self.percent[unit, column]), float(self.lower[unit, column]),
            float(self.upper[unit, column]), status,
        )  # fmt: skip


def _whole(paper: PaperMap) -> _Figures:
    """All schools together, as clusters."""
    schools = paper.units.levels[Level.SCHOOL].sums
    country = paper.units.country
    effective = gaps.effective_answers(country, paper.maxima)
    parent = np.zeros(schools.units, np.int64)
    return _Figures(
        paper, country, effective / gaps.design_effects(schools, parent, country, paper.maxima, effective)
    )


def _paper(
    paper: PaperMap, version: DataVersion, engine: Any, places: Mapping[str, str]
) -> item_model.PaperGaps:
    scripts = engine.read_parquet(str(version.scripts_path(paper.assessment)))
    whole = _whole(paper)
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
        below = tuple(labels[place] for place in skill.places if whole.status[0, place] < 0)
        lines.append(
            item_model.SkillLine(
                skill.text, tuple(labels[place] for place in skill.places), whole.at(0, paper.items + at), below,
                systemic=_is_systemic(len(below), len(skill.places), paper.least_items),
                judged=len(skill.places) >= paper.least_items,
                says_more=subscore(paper.units.country, 0, paper.items + at, skill.places).says_more,
            )
        )  # fmt: skip
    return tuple(lines)


def _is_systemic(below: int, items: int, least: int) -> bool:
    """Are most items of a skill below (``domain.md`` §4.3)? Asked only of skills that have items enough."""
    return items >= least and 2 * below > items


def _places(paper: PaperMap, names: Mapping[str, str]) -> tuple[item_model.PlaceLine, ...]:
    level = paper.units.levels[Level.MUNICIPALITY]
    figures = _Figures(paper, level.sums, paper.effective(level))
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
    level = paper.units.levels[Level.SCHOOL]
    figures = _Figures(paper, level.sums, paper.effective(level))
    below = figures.status[:, : paper.items] < 0
    labels, found = labels_of(paper), []
    names = level.names.to_pylist()
    for unit in np.flatnonzero(below.any(axis=1)).tolist():
        skills = tuple(
            skill.text for skill in paper.content.skills
            if _is_systemic(int(below[unit, list(skill.places)].sum()), len(skill.places), paper.least_items)
        )  # fmt: skip
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
    participants = np.bincount(order, weights=marks.participants, minlength=len(MARKS))
    answered, scores = (_by_mark(values, order) for values in (marks.answered, marks.scores))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = scores / (answered * paper.maxima[: paper.items])
    rows = []
    for at, label in enumerate(labels_of(paper)):
        crossing = any(
            gaps.crossing((share[one - 1, at], answered[one - 1, at]), (share[one, at], answered[one, at]))
            > 0
            for one in range(1, len(MARKS))
        )
        points = tuple(
            MarkPoint(f"«{mark}»", float(100 * share[one, at]) if _is_shown(answered[one, at]) else None,
                      int(participants[one]))
            for one, mark in enumerate(MARKS)
        )  # fmt: skip
        rows.append(MarkRow(label, points, crossing))
    return tuple(rows)


def _by_mark(values: NDArray[np.int64], order: NDArray[np.intp]) -> NDArray[np.int64]:
    table = np.zeros((len(MARKS), values.shape[1]), np.int64)
    np.add.at(table, order, values)
    return table


def _is_shown(answered: int) -> bool:
    return bool(answered >= gaps.MIN_GROUP)


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
    gamma = np.maximum(generating_function(weights), _LEAST_GAMMA)
    density: Numbers = smooth_distribution(counts, gamma, windows(bounds, len(counts) - 1)) * counts.sum()
    return density


def _boundaries(paper: PaperMap, version: DataVersion) -> tuple[Boundary, ...]:
    """The least scores of marks; none for a paper whose marks were not set by a scale in points."""
    scale = marks_scale(version.entry(paper.assessment))
    if scale is None or scale.lower is None:
        return ()
    return tuple(Boundary(score, f"«{mark}»") for mark, score in zip(MARKS, (0, *scale.lower), strict=True))
