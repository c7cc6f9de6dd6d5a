"""Results and conditions → schools that do better than their conditions let expect, with how sure that is.

>>> import tempfile
>>> from pathlib import Path
>>> from rostok import pipeline
>>> with tempfile.TemporaryDirectory() as folder:
...     region = Path(folder) / "region"
...     pipeline.synthesise(region, schools=60, years=[2021, 2022], seed=3, kind="parquet")
...     plan = pipeline.ResiliencePlan(indicator="social_index")
...     run = pipeline.resilience([region], plan=plan, out=Path(folder) / "resilience")
...     (run.out / "resilience.csv").read_text("utf-8").splitlines()[0]
'school_id,context,effect,conditional_se,probability,verdict'
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.pipeline.conditions import MeasuredConditions, by_index, by_indicator
from rostok.pipeline.context_outputs import SOCIAL_INDEX
from rostok.pipeline.context_values import default_index
from rostok.pipeline.item_outputs import numbers
from rostok.pipeline.school_jobs import SchoolRun, SchoolTables, write_school_tables
from rostok.pipeline.school_scores import SchoolScores, school_scores
from rostok.pipeline.storing import DatedPlan
from rostok.pipeline.value_outputs import fixed_table, variance_table
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.schema.verdicts import ResilienceVerdict as Verdict
from rostok.statistics import resilience as statistics
from rostok.statistics.multilevel import INTERCEPT, Fit, FitRefused, Sums, fit
from rostok.statistics.multilevel.sums import nested
from rostok.statistics.resilience import Effects, Index, Resilience
from rostok.statistics.school_limits import CERTAINTY, DELTA, LOWER_PART
from rostok.store import DataVersion
from rostok.wording import gettext

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CONTEXT, SCHOOL, COHORT = "context", "school_id", "cohort"


@dataclass(frozen=True, slots=True)
class ResiliencePlan(DatedPlan):
    """Conditions by an ``index`` of ``rostok context`` or by one ``indicator`` of the context table.

    With neither: by the indicator ``social_index`` where the data have it, the region's own, else by the shipped index
    the data know most of; ``run.json`` names it.

    ``falling``: a larger indicator means worse conditions. ``reliability`` of the indicator, where it is known.
    ``delta``: how much better counts, in standard deviations of pupils; ``lower_part`` of schools by conditions;
    ``certainty`` a verdict needs. Raises ValueError for numbers that cannot be.
    """

    index: str | None = None
    indicator: str | None = None
    falling: bool = False
    reliability: float | None = None
    delta: float = DELTA
    lower_part: float = LOWER_PART
    certainty: float = CERTAINTY

    def __post_init__(self) -> None:
        if self.index is not None and self.indicator is not None:
            raise ValueError("an index or an indicator, not both")
        if self.indicator is None and (self.falling or self.reliability is not None):
            raise ValueError("only an indicator has a direction and a reliability to be told")
        if not 0 < self.lower_part < 1 or not 0.5 < self.certainty < 1:
            raise ValueError("a part lies between 0 and 1, a certainty between 0.5 and 1")
        if not isfinite(self.delta) or (self.reliability is not None and not 0 < self.reliability <= 1):
            raise ValueError("delta is a number, a reliability lies between 0 and 1")


def resilience(
    inputs: Sequence[Path], *, plan: ResiliencePlan, out: Path, progress: Progress = silent
) -> SchoolRun:
    """Read ``inputs`` and write the tables of resilience into ``out``, whole or not at all. Raises InputRefused."""

    def compute(version: DataVersion, engine: Any) -> SchoolTables:
        progress(gettext("Резильентность"), 0, 1)
        found = resilience_of(version, engine, plan)
        progress(gettext("Резильентность"), 1, 1)
        return found

    asked = {"falling": plan.falling, "reliability": plan.reliability, "delta": plan.delta,
             "lower_part": plan.lower_part, "certainty": plan.certainty}  # fmt: skip
    return write_school_tables(
        "resilience", inputs, plan=plan, compute=compute, asked=asked, out=out, progress=progress
    )


def resilience_of(version: DataVersion, engine: Any, plan: ResiliencePlan) -> SchoolTables:
    """The same in memory."""
    plan = _with_conditions(plan, version)
    scores = school_scores(version, engine, plan.on)
    conditions = _conditions(version, engine, plan, scores)
    known = np.isfinite(conditions.value) & (_scripts(scores) > 0)
    problems = [*scores.problems, *conditions.problems]
    _check(conditions, known, plan)
    if not known.all():
        problems.append(Problem("resilience-schools-left-out", count=int((~known).sum())))
    model = _model(scores, conditions.value, known)
    order = {key: place for place, key in enumerate(scores.schools)}
    level = model.level(SCHOOL)
    place = np.array([order[unit] for unit in level.units])
    index = Index(conditions.value[place], np.nan_to_num(conditions.error[place]))
    found = statistics.resilience(_effects(model, index), index, delta=plan.delta, lower_part=plan.lower_part)
    if not found.own_variance > 0:
        problems.append(Problem("resilience-variance-none"))
    verdicts = found.verdicts(plan.certainty)
    tables = {
        "resilience": _table(scores, model, index, found, verdicts, place),
        "conditions": _conditions_table(scores, index, found, place),
        "fixed": fixed_table(model),
        "variance": variance_table(model),
    }
    facts = {
        "index": plan.index,
        "indicator": plan.indicator,
        "schools": len(place),
        "verdicts": {str(verdict): Counter(verdicts)[verdict] for verdict in Verdict},
        "index_reliability": round(index.reliability, 6),
        "cut": round(index.cut(plan.lower_part), 6),
        "own_sd": round(found.own_variance**0.5, 6),
        "assessments": [one.paper.key for one in scores.papers],
    }
    return SchoolTables(tables, problems, facts)


def _with_conditions(plan: ResiliencePlan, version: DataVersion) -> ResiliencePlan:
    """The plan with conditions to go by, where none are named."""
    if plan.index is not None or plan.indicator is not None:
        return plan
    context = version.table("context")
    if pc.any(pc.and_(pc.equal(context["indicator"], SOCIAL_INDEX), pc.is_valid(context["value"]))).as_py():
        return replace(plan, indicator=SOCIAL_INDEX)
    return replace(plan, index=default_index(version).id)


def _conditions(
    version: DataVersion, engine: Any, plan: ResiliencePlan, scores: SchoolScores
) -> MeasuredConditions:
    if plan.index is not None:
        return by_index(version, engine, plan.index, scores.schools, on=plan.on)
    return by_indicator(
        version,
        str(plan.indicator),
        scores.schools,
        falling=plan.falling,
        reliability=plan.reliability,
        on=plan.on,
    )


def _check(conditions: MeasuredConditions, known: Flags, plan: ResiliencePlan) -> None:
    """Raises InputRefused where no expected result can be told."""
    name = plan.index or plan.indicator or ""
    if known.sum() < statistics.LEAST_SCHOOLS:
        values = {"schools": int(known.sum()), "least": statistics.LEAST_SCHOOLS}
        raise InputRefused((*conditions.problems, Problem("resilience-few-schools", values=values)))
    if not float(np.ptp(conditions.value[known])) > 0:
        raise InputRefused((Problem("resilience-context-same", value=name),))


def _scripts(scores: SchoolScores) -> Floats:
    return np.asarray(sum(one.percent.pupils for one in scores.papers))


# --- the model: results in standard deviations of the pupils of each paper, cohorts in schools


def _model(scores: SchoolScores, context: Floats, known: Flags) -> Fit:
    """Raises InputRefused (resilience-model-refused)."""
    try:
        return fit(_sums(scores, context, known))
    except FitRefused as refused:
        raise InputRefused((Problem("resilience-model-refused"),)) from refused


def _sums(scores: SchoolScores, context: Floats, known: Flags) -> Sums:
    """Sums of scripts by school and generation: children of one generation wrote several papers and are alike."""
    rows = [_of_paper(place, one, known) for place, one in enumerate(scores.papers)]
    school, generation, count, total, squares = (np.concatenate(part) for part in zip(*rows, strict=True))
    keys = np.array(scores.schools)[school]
    cohorts = [f"{key} {one}" for key, one in zip(keys.tolist(), generation.tolist(), strict=True)]
    # With one generation in every school the two levels are one.
    below = {COHORT: cohorts} if len(set(cohorts)) > len(set(keys.tolist())) else {}
    levels, unit = nested({**below, SCHOOL: keys.tolist()})
    x = context[school]
    cross = np.zeros((len(levels[0].keys), 3, 3))
    products = {
        (0, 0): count,
        (0, 1): count * x,
        (0, 2): total,
        (1, 1): count * x * x,
        (1, 2): x * total,
        (2, 2): squares,
    }
    for (i, j), values in products.items():
        cross[:, i, j] = cross[:, j, i] = np.bincount(unit, values, len(cross))
    pupils = np.zeros(len(cross))
    np.maximum.at(pupils, unit, count)
    # Several papers of one child are no several children. How alike they are is not known without links, so they are
    # taken as one: a generation counts with its pupils, not with its scripts.
    cross *= (pupils / cross[:, 0, 0])[:, None, None]
    return Sums((INTERCEPT, CONTEXT), levels, cross, pupils.astype(np.int64))


def _of_paper(place: int, one: Any, known: Flags) -> tuple[NDArray[Any], ...]:
    """Schools that wrote the paper: place, generation, scripts, Σz and Σz² of the standard scores."""
    percent, mean, spread = one.percent, one.percent.region, one.pupil_sd
    there = np.flatnonzero(known & (percent.pupils > 0))
    n, total = percent.pupils[there], (percent.mean * percent.pupils)[there]
    squares = one.squares[there] - 2 * mean * total + n * mean**2
    generation = np.full(len(there), one.paper.generation)
    return there, generation, n, (total - n * mean) / spread, squares / spread**2


def _effects(model: Fit, index: Index) -> Effects:
    """Effects with their conditional errors, and in them what is not known of the expected result itself."""
    level = model.level(SCHOOL)
    between = float(level.covariance[0, 0])
    errors = level.standard_errors[:, 0]
    at = np.column_stack([np.ones(len(index.value)), index.value])
    if CONTEXT not in model.terms:
        return Effects(level.effects[:, 0], errors, between, 0.0)
    expected = np.einsum("ij,jk,ik->i", at, model.covariance, at)
    kept = 1 - errors**2 / between if between > 0 else np.zeros(len(errors))
    whole = np.sqrt(errors**2 + kept**2 * expected)
    return Effects(level.effects[:, 0], whole, between, float(model.estimates[model.terms.index(CONTEXT)]))


# --- tables


def _table(
    scores: SchoolScores, model: Fit, index: Index, found: Resilience, verdicts: Sequence[Verdict], place: NDArray[Any]
) -> pa.Table:  # fmt: skip
    """``resilience.csv``, by key; schools without conditions stand in it too: of them nothing can be said."""
    count = len(scores.schools)
    level = model.level(SCHOOL)
    figures = {
        "context": index.value, "effect": level.effects[:, 0], "conditional_se": level.standard_errors[:, 0],
        "probability": found.probability,
    }  # fmt: skip
    said = [str(Verdict.CANNOT_TELL)] * count
    for at, verdict in zip(place.tolist(), verdicts, strict=True):
        said[at] = str(verdict)
    return pa.table({
        "school_id": pa.array(scores.schools, pa.string()),
        **{name: numbers(_spread(values, place, count)) for name, values in figures.items()},
        "verdict": pa.array(said, pa.string()),
    })  # fmt: skip


def _conditions_table(scores: SchoolScores, index: Index, found: Resilience, place: NDArray[Any]) -> pa.Table:
    """``conditions.csv``: what the probability is made of."""
    figures = {
        "context_error": index.error, "lower_part_probability": found.low, "own_effect": found.own_effect,
        "own_error": found.own_error, "scripts": _scripts(scores)[place],
    }  # fmt: skip
    order = np.argsort(place)
    return pa.table({
        "school_id": pa.array([scores.schools[at] for at in place[order].tolist()], pa.string()),
        **{name: numbers(values[order]) for name, values in figures.items()},
    })  # fmt: skip


def _spread(values: Floats, place: NDArray[Any], count: int) -> Floats:
    found = np.full(count, np.nan)
    found[place] = values
    return found
