"""Results in several assessments → kinds of schools, if there are any, and what sets each apart, in words.

>>> import tempfile
>>> from pathlib import Path
>>> from rostok import pipeline
>>> with tempfile.TemporaryDirectory() as folder:
...     region = Path(folder) / "region"
...     pipeline.synthesise(region, schools=120, years=[2021, 2022], seed=3, kind="parquet")
...     run = pipeline.clusters([region], plan=pipeline.ClustersPlan(resamples=5), out=Path(folder) / "clusters")
...     (run.out / "clusters.csv").read_text("utf-8").splitlines()[0]
'school_id,cluster,probability'
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.pipeline.conditions import by_index, by_indicator
from rostok.pipeline.growth_comparisons import moment_scores, moments
from rostok.pipeline.item_outputs import numbers
from rostok.pipeline.school_jobs import SchoolRun, SchoolTables, write_school_tables
from rostok.pipeline.school_scores import PaperScores, SchoolScores, school_scores
from rostok.pipeline.storing import DatedPlan
from rostok.schema.assessments import Assessment, Wave
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.statistics.composites import (
    STABLE,
    WIDER,
    Composite,
    TooFew,
    composite,
    set_apart,
)
from rostok.statistics.growth.pooling import pooled, pooled_variance, weights_of
from rostok.statistics.growth.shrinkage import balanced
from rostok.statistics.school_limits import MOST_KINDS, RESAMPLES
from rostok.store import DataVersion
from rostok.wording import decimal, gettext

Floats = NDArray[np.float64]

# A feature that fewer schools have would leave more of them out than it says: ЕГЭ is not of schools of nine grades.
LEAST_SHARE = 0.9
# Of the median school; a feature that is mostly error makes groups of error.
LEAST_RELIABILITY = 0.5


@dataclass(frozen=True, slots=True)
class ClustersPlan(DatedPlan):
    """``index`` or ``indicator``: conditions as one more feature; ``most`` groups; ``resamples`` for the stability.

    Raises ValueError for numbers that cannot be.
    """

    index: str | None = None
    indicator: str | None = None
    most: int = MOST_KINDS
    resamples: int = RESAMPLES

    def __post_init__(self) -> None:
        if self.index is not None and self.indicator is not None:
            raise ValueError("an index or an indicator, not both")
        if self.most < 1 or self.resamples < 0:
            raise ValueError("at least one group, no negative number of resamples")


@dataclass(frozen=True)
class Feature:
    """One number of each school, NaN where not known, what it is called, and its reliability in the median school."""

    code: str
    label: str
    values: Floats
    reliability: float = 1.0


def clusters(
    inputs: Sequence[Path], *, plan: ClustersPlan, out: Path, progress: Progress = silent
) -> SchoolRun:
    """Read ``inputs`` and write groups of schools into ``out``, whole or not at all. Raises InputRefused."""

    def compute(version: DataVersion, engine: Any) -> SchoolTables:
        progress(gettext("Группы школ"), 0, 1)
        found = clusters_of(version, engine, plan)
        progress(gettext("Группы школ"), 1, 1)
        return found

    asked = {"index": plan.index, "indicator": plan.indicator, "most": plan.most, "resamples": plan.resamples}
    return write_school_tables(
        "clusters", inputs, plan=plan, compute=compute, asked=asked, out=out, progress=progress
    )


def clusters_of(version: DataVersion, engine: Any, plan: ClustersPlan | None = None) -> SchoolTables:
    """The same in memory. Raises InputRefused (clusters-…)."""
    plan = plan or ClustersPlan()
    scores = school_scores(version, engine, plan.on)
    problems = list(scores.problems)
    features = [one for one in (*_results(scores), *_change(scores)) if _is_usable(one)]
    if plan.index is not None or plan.indicator is not None:
        features.append(_context(version, engine, plan, scores, problems))
    if not features:
        raise InputRefused((*problems, Problem("clusters-no-features")))
    table = np.column_stack([one.values for one in features])
    known: NDArray[np.bool_] = np.asarray(np.isfinite(table).all(axis=1))
    if not known.all():
        problems.append(Problem("clusters-schools-left-out", count=int((~known).sum())))
    # Of schools that have every feature: they may be alike in conditions where others differ.
    if known.any() and not np.ptp(table[known], axis=0).all():
        value = plan.index or plan.indicator or ""
        raise InputRefused((*problems, Problem("resilience-context-same", value=value)))
    try:
        found = composite(table[known], most=plan.most, resamples=plan.resamples)
    except TooFew as few:
        values = {"schools": few.schools, "needed": few.needed}
        raise InputRefused((*problems, Problem("clusters-few-schools", values=values))) from few
    problems += _remarks(found)
    facts = {
        "schools": int(known.sum()), "features": {one.code: round(one.reliability, 3) for one in features}, "groups": found.chosen.groups,
        "form": found.chosen.form, "stability": round(found.stability, 6) if np.isfinite(found.stability) else None,
        "assessments": [one.paper.key for one in scores.papers],
    }  # fmt: skip
    return SchoolTables(_tables(scores, found, features, known), problems, facts)


# --- features


def _results(scores: SchoolScores) -> list[Feature]:
    """Of each kind of assessment and subject the standard score of a school over all its papers."""
    lines: dict[Hashable, list[PaperScores]] = {}
    for one in scores.papers:
        if one.paper.wave is not Wave.RETAKES:
            lines.setdefault((one.paper.kind, one.paper.subject), []).append(one)
    return [_result(line) for line in lines.values()]


def _result(line: Sequence[PaperScores]) -> Feature:
    variances = np.stack([one.standard.variance for one in line])
    weights = weights_of(variances, np.zeros_like(variances))
    mean = pooled(np.stack([one.standard.mean for one in line]), weights)
    variance = pooled_variance(variances, weights, [one.paper.generation for one in line])
    paper: Assessment = line[0].paper
    label = f"{paper.kind.label}, {paper.subject.label}"
    return _feature(f"{paper.kind}/{paper.subject}", label, mean, variance)


def _change(scores: SchoolScores) -> list[Feature]:
    """The change of all results from the first to the last moment that most schools have."""
    held = [moment_scores(papers) for papers in moments(scores)]
    common = [one for one in held if np.isfinite(one.mean).mean() >= LEAST_SHARE]
    if len(common) < 2:
        return []
    first, last = common[0], common[-1]
    label = gettext("изменение, {first} — {last}", first=first.label, last=last.label)
    return [_feature("change", label, last.mean - first.mean, first.variance + last.variance)]


def _feature(code: str, label: str, values: Floats, variances: Floats) -> Feature:
    """Balanced between believing and shrinking: else groups would be those of small and of large schools."""
    found, reliability = balanced(values, variances)
    known = reliability[np.isfinite(reliability)]
    return Feature(code, label, found, float(np.median(known)) if len(known) else 0.0)


def _is_usable(one: Feature) -> bool:
    known = np.isfinite(one.values)
    return bool(
        known.mean() >= LEAST_SHARE
        and one.reliability >= LEAST_RELIABILITY
        and np.ptp(one.values[known]) > 1e-9
    )


def _context(
    version: DataVersion, engine: Any, plan: ClustersPlan, scores: SchoolScores, problems: list[Problem]
) -> Feature:
    """Conditions as a feature. Raises InputRefused where they are not known."""
    name = plan.index or plan.indicator or ""
    if plan.index is not None:
        found = by_index(version, engine, name, scores.schools, on=plan.on)
    else:
        found = by_indicator(version, name, scores.schools, reliability=1.0, on=plan.on)
    problems += found.problems
    return Feature("context", gettext("условия ({name})", name=name), found.value)


# --- what comes out


def _remarks(found: Composite) -> list[Problem]:
    if found.chosen.groups == 1:
        return [Problem("clusters-one")]
    if found.stability < STABLE:
        values = {"agreement": decimal(found.stability, 2), "least": decimal(STABLE, 2)}
        return [Problem("clusters-unstable", values=values)]
    return []


def describe(centre: Floats, spread: Floats, labels: Sequence[str]) -> str:
    """What sets a group apart, in words. ``spread``: standard deviations of its features, all schools having 1.

    >>> describe(np.array([0.1, -0.8]), np.ones(2), ["ВПР, математика", "условия"])
    'условия: ниже, чем в среднем у школ, на 0,8 отклонения'
    """
    said = [
        gettext(
            "{feature}: выше, чем в среднем у школ, на {size} отклонения", feature=name, size=decimal(size)
        )
        if size > 0
        else gettext(
            "{feature}: ниже, чем в среднем у школ, на {size} отклонения", feature=name, size=decimal(-size)
        )
        for name, size in set_apart(centre, labels)
    ]
    width = float(np.exp(np.mean(np.log(spread))))
    if width >= WIDER:
        said.append(gettext("школы в ней различаются сильнее обычного"))
    elif width <= 1 / WIDER:
        said.append(gettext("школы в ней похожи друг на друга больше обычного"))
    return "; ".join(said) if said else gettext("близка к среднему по всем признакам")


def _tables(
    scores: SchoolScores, found: Composite, features: Sequence[Feature], known: NDArray[np.bool_]
) -> dict[str, pa.Table]:
    schools = [school for school, keep in zip(scores.schools, known.tolist(), strict=True) if keep]
    groups = found.chosen.groups
    labels = [one.label for one in features]
    sizes = np.bincount(found.group, minlength=groups)
    width = len(features)
    return {
        "clusters": pa.table({
            "school_id": pa.array(schools, pa.string()),
            "cluster": pa.array(found.group + 1),
            "probability": numbers(found.probability.max(axis=1)),
        }),
        "descriptions": pa.table({
            "cluster": pa.array(range(1, groups + 1), pa.int64()), "schools": pa.array(sizes),
            "found_again": numbers(found.found_again),
            "description": pa.array([describe(*one, labels) for one in zip(found.centres, found.spreads, strict=True)], pa.string()),
        }),
        "profiles": pa.table({
            "cluster": pa.array(np.repeat(np.arange(groups) + 1, width)),
            "feature": pa.array([one.code for one in features] * groups, pa.string()),
            "label": pa.array(labels * groups, pa.string()),
            "standard_mean": numbers(found.centres.reshape(-1)),
            "spread": numbers(found.spreads.reshape(-1)),
        }),
        "choice": pa.table({
            "groups": pa.array([one.groups for one in found.choices], pa.int64()),
            "form": pa.array([one.form for one in found.choices], pa.string()),
            "bic": numbers([one.bic for one in found.choices]),
            "chosen": pa.array([one == found.chosen for one in found.choices]),
        }),
    }  # fmt: skip
