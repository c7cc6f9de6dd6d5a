"""The section «growth» of a report: schools between moments beside the region, moves, and the same children."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.pipeline.growth_comparisons import (
    Comparison,
    MomentScores,
    comparisons,
    moment_scores,
    moments,
)
from rostok.pipeline.growth_tables import intake_table
from rostok.pipeline.objectivity_effects import school_facts
from rostok.pipeline.objectivity_papers import SchoolList
from rostok.pipeline.report_sentences import NothingToSay
from rostok.pipeline.school_scores import Indicator, SchoolScores, moment_label, school_scores
from rostok.reports import analysis_model as model
from rostok.reports.change_charts import Estimate, Line, Move
from rostok.reports.effect_charts import Sign
from rostok.reports.presenters.objectivity import group_word
from rostok.schema.assessments import Assessment
from rostok.schema.verdicts import Verdict
from rostok.statistics.growth.transitions import Transitions, transitions
from rostok.statistics.intervals import reach
from rostok.store import DataVersion
from rostok.wording import gettext

Floats = NDArray[np.float64]

MOST_COMPARED = 3  # pairs of moments, latest first
MOST_COHORTS = 12
MOST_MOMENTS = 8
LEAST_GROUP = 5  # schools behind a line
_SIGNS = {Verdict.BETTER: Sign.ABOVE, Verdict.WORSE: Sign.BELOW}
_LINES = (
    "territory=",
    "size=",
)  # features of schools that may be followed, the first that tells schools apart


def build_growth(version: DataVersion, engine: Any, on: dt.date) -> model.Growth:
    """Raises NothingToSay where papers of one moment only are there, InputRefused where there are none with scores."""
    scores = school_scores(version, engine, on)
    every = [one for one in comparisons(scores) if one.indicator is Indicator.PERCENT]
    between = _between_moments(every)
    if not between:
        raise NothingToSay(gettext("Сравнивать не с чем: одна и та же работа есть только за один раз."))
    words = _words(scores)
    papers = {one.paper.key: one.paper for one in scores.papers}
    cohorts = [one for one in every if one.of == "cohort"]
    held = [moment_scores(one) for one in moments(scores)][-MOST_MOMENTS:]
    return model.Growth(
        tuple(words[one.label] for one in held),
        tuple(_compared(one, scores, words, papers) for one in between),
        tuple(_compared(one, scores, words, papers) for one in _latest(cohorts, papers)),
        tuple(_moved(held, words)),
        tuple(_lines(version, scores, held)),
        frozenset(intake_table(scores)["school_id"].to_pylist()),
    )


def _between_moments(every: Sequence[Comparison]) -> list[Comparison]:
    """All papers of two neighbouring moments, latest first; single papers where no two moments share two papers."""
    whole = [one for one in every if one.of == "all"]
    chosen = whole or [one for one in every if one.of == "paper"]
    known = [one for one in chosen if np.isfinite(one.shrunken.centre)]
    return sorted(known, key=lambda one: (_moment(one.second), _moment(one.first)), reverse=True)[
        :MOST_COMPARED
    ]


def _moment(label: str) -> tuple[int, int]:
    """Year and half of ``2021/spring`` or of ``vpr/2021/spring/math/5``."""
    parts = label.split("/")
    year, wave = (parts[0], parts[1]) if parts[0].isdecimal() else (parts[1], parts[2])
    return int(year), ("spring", "retakes", "autumn").index(wave)


def _latest(cohorts: Sequence[Comparison], papers: Mapping[str, Assessment]) -> list[Comparison]:
    """Those that end in the last moment they can, so that a region of many years does not fill pages."""
    known = [one for one in cohorts if np.isfinite(one.shrunken.centre)]
    return sorted(known, key=lambda one: (-papers[one.second].year, papers[one.second].key))[:MOST_COHORTS]


def _words(scores: SchoolScores) -> dict[str, str]:
    """Moments as people call them: «весна 2021»."""
    return {moment_label(one.paper): f"{one.paper.wave.label} {one.paper.year}" for one in scores.papers}


# --- two moments


def _compared(
    one: Comparison, scores: SchoolScores, words: Mapping[str, str], papers: Mapping[str, Assessment]
) -> model.Compared:
    first, second = papers.get(one.first), papers.get(one.second)
    whole = one.of == "all"
    what = "" if whole or second is None else second.label
    labels = [words[label] if whole else paper.label if paper else label
              for label, paper in ((one.first, first), (one.second, second))]  # fmt: skip
    pupils = np.minimum(_pupils(scores, one.first), _pupils(scores, one.second))
    regions = one.region_change[np.isfinite(one.region_change)]
    return model.Compared(
        what, labels[0], labels[1], float(regions.mean()), one.shrunken.between**0.5, tuple(_changed(one, scores, pupils))
    )  # fmt: skip


def _pupils(scores: SchoolScores, label: str) -> Floats:
    """Scripts of each school at a moment or in a paper."""
    of_label = [
        one.percent.pupils for one in scores.papers if label in (one.paper.key, moment_label(one.paper))
    ]
    return np.asarray(np.sum(of_label, axis=0))


def _changed(one: Comparison, scores: SchoolScores, pupils: Floats) -> Iterator[model.Changed]:
    found = one.shrunken
    for at in np.flatnonzero(np.isfinite(one.change) & np.isfinite(found.effects)).tolist():
        sign = _SIGNS.get(Verdict(str(one.verdicts[at])), Sign.CANNOT_TELL)
        yield model.Changed(
            scores.schools[at], int(pupils[at]), float(one.change[at]), float(one.region_change[at]),
            float(found.effects[at]), float(found.lower[at]), float(found.upper[at]), sign,
        )  # fmt: skip


# --- groups of schools


def _moved(held: Sequence[MomentScores], words: Mapping[str, str]) -> Iterator[model.Moved]:
    """Between the last two moments."""
    for first, second in list(pairwise(held))[-1:]:
        found = transitions(first.mean, first.variance, second.mean, second.variance)
        if found is not None:
            yield model.Moved(words[first.label], words[second.label], _moves(found))


def _moves(found: Transitions) -> tuple[tuple[Move, ...], ...]:
    size = len(found.observed)
    return tuple(
        tuple(Move(int(found.observed[a, b]), *(float(x[a, b]) for x in (found.expected, found.lower, found.upper)))
              for b in range(size))
        for a in range(size)
    )  # fmt: skip


def _lines(version: DataVersion, scores: SchoolScores, held: Sequence[MomentScores]) -> Iterator[Line]:
    """Mean standard scores of schools that have a result at every moment, by the first feature that parts them."""
    always = np.isfinite([one.mean for one in held]).all(axis=0)
    schools = SchoolList(pa.array(scores.schools, pa.string()))
    papers = np.stack([one.percent.pupils for one in scores.papers])
    facts = school_facts(version, schools, papers.sum(axis=0) / np.maximum((papers > 0).sum(axis=0), 1))
    for feature in _LINES:
        groups = [(name, members & always) for name, members in facts.groups() if name.startswith(feature)]
        lines = [
            Line(group_word(name), tuple(_estimate(one.mean[members]) for one in held))
            for name, members in groups
            if members.sum() >= LEAST_GROUP and not name.endswith("=unknown")
        ]
        if len(lines) > 1:
            yield from lines
            return


def _estimate(values: Floats) -> Estimate:
    """The mean of schools with its interval; the schools differ, and that is the error of their mean."""
    mean, half = float(values.mean()), reach() * float(values.std(ddof=1)) / len(values) ** 0.5
    return Estimate(mean, mean - half, mean + half)
