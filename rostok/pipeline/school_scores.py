"""Papers of a version as means of schools with their errors: what growth, clusters and resilience start from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.pipeline.ahead import ahead
from rostok.schema.assessments import Assessment, Wave
from rostok.schema.problems import InputRefused, Problem
from rostok.statistics.growth.precision import Means, Sums, means, of_shares
from rostok.store import DataVersion
from rostok.store.growth_reductions import SEXES, class_moments

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_THREADS = 2
_IN_YEAR = {Wave.SPRING: 0, Wave.RETAKES: 1, Wave.AUTUMN: 2}


class Indicator(StrEnum):
    """What of a school is followed. ``STANDARD``: deviation from the region in standard deviations of its pupils."""

    PERCENT = "percent_correct"
    UNDER = "share_under_minimum"
    STANDARD = "standard_score"

    @property
    def higher_is_better(self) -> bool:
        return self is not Indicator.UNDER


@dataclass(frozen=True)
class PaperScores:
    """One paper over all schools. ``squares``: Σ of squared percents; ``absent`` NaN where it is not known.

    ``boys``, ``girls``: participants and mean percent of each school.
    """

    paper: Assessment
    by_indicator: Mapping[Indicator, Means]
    squares: Floats
    absent: Floats
    girls: tuple[Floats, Floats]
    boys: tuple[Floats, Floats]
    pupil_sd: float

    @property
    def percent(self) -> Means:
        return self.by_indicator[Indicator.PERCENT]

    @property
    def standard(self) -> Means:
        return self.by_indicator[Indicator.STANDARD]


@dataclass(frozen=True)
class SchoolScores:
    """Papers in the order of their moments; ``schools``: keys, the order of every array."""

    schools: tuple[str, ...]
    papers: tuple[PaperScores, ...]
    problems: tuple[Problem, ...]


def moment_of(paper: Assessment) -> tuple[int, int]:
    """For sorting: calendar year and part of it."""
    return paper.year, _IN_YEAR[paper.wave]


def moment_label(paper: Assessment) -> str:
    """``2021/spring``: what the tables say."""
    return f"{paper.year}/{paper.wave}"


def school_scores(version: DataVersion, engine: Any, on: dt.date | None = None) -> SchoolScores:
    """All papers up to ``on`` that have scores and a known maximum. Raises InputRefused where there is none."""
    entries = [e for e in version.manifest.assessments if on is None or e.assessment.last_day <= on]
    scored = [e for e in entries if e.participants and "raw_score" in e.filled]
    usable = sorted(
        (e for e in scored if e.raw_maximum), key=lambda e: (*moment_of(e.assessment), e.assessment)
    )
    problems = tuple(
        Problem("growth-no-maximum", values={"assessment": e.assessment.label})
        for e in scored
        if not e.raw_maximum
    )
    if not usable:
        raise InputRefused((*problems, Problem("nothing-to-examine")))
    papers = [e.assessment for e in usable]
    tables = list(ahead(lambda paper: class_moments(engine, version, paper), papers, _THREADS))
    schools = _schools(tables)
    found = []
    for entry, table in zip(usable, tables, strict=True):
        scores = _paper(entry.assessment, float(entry.raw_maximum or 1), table, schools)
        if scores is None:
            problems += (Problem("growth-no-spread", values={"assessment": entry.assessment.label}),)
        else:
            found.append(scores)
    if not found:
        raise InputRefused((*problems, Problem("nothing-to-examine")))
    return SchoolScores(tuple(schools.to_pylist()), tuple(found), problems)


def _schools(tables: Sequence[pa.Table]) -> pa.Array:
    found: set[str] = set()
    for table in tables:
        wrote = table.filter(pc.greater(table["pupils"], 0))
        found.update(pc.unique(wrote["school_id"].cast(pa.string())).to_pylist())
    return pa.array(sorted(found), pa.string())


def _paper(paper: Assessment, maximum: float, table: pa.Table, schools: pa.Array) -> PaperScores | None:
    """None where all pupils have one score, or no class two pupils: nothing is known of errors then."""
    place = pc.index_in(table["school_id"].cast(pa.string()), schools)
    table = table.filter(pc.is_valid(place))
    school = pc.drop_null(place).to_numpy().astype(np.int64)
    count = len(schools)
    sums = _sums(table, school, "", 100 / maximum)
    percent = means(sums, count)
    spread = _pupil_sd(sums)
    if not percent.within > 0:
        return None
    standard = Means(
        percent.pupils, (percent.mean - percent.region) / spread, percent.variance / spread**2,
        percent.within / spread**2, percent.classes / spread**2,
    )  # fmt: skip
    by_indicator = {Indicator.PERCENT: percent, Indicator.STANDARD: standard}
    if pc.sum(table["judged"]).as_py():
        judged, under = (np.asarray(table[name]) for name in ("judged", "under"))
        by_indicator[Indicator.UNDER] = of_shares(means(Sums(school, judged, under, under), count))
    squares = _by_school(school, sums.squares, count)
    absent = _by_school(school, pc.fill_null(table["absent"], np.nan).to_numpy(), count)
    boys, girls = (_of_sex(table, school, count, f"{sex}_", 100 / maximum) for sex in SEXES)
    return PaperScores(paper, by_indicator, squares, absent, girls, boys, spread)


def _sums(table: pa.Table, school: Ints, prefix: str, unit: float) -> Sums:
    pupils, total, squares = (np.asarray(table[prefix + name]) for name in ("pupils", "total", "squares"))
    return Sums(school, pupils, total * unit, squares * unit**2)


def _of_sex(table: pa.Table, school: Ints, count: int, prefix: str, unit: float) -> tuple[Floats, Floats]:
    sums = _sums(table, school, prefix, unit)
    pupils = _by_school(school, sums.pupils, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        return pupils, _by_school(school, sums.total, count) / pupils


def _by_school(school: Ints, values: Floats, count: int) -> Floats:
    return np.bincount(school, values, count).astype(np.float64)


def _pupil_sd(sums: Sums) -> float:
    n = sums.pupils.sum()
    return float(np.sqrt(max(sums.squares.sum() / n - (sums.total.sum() / n) ** 2, 0.0)))
