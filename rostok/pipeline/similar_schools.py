"""``rostok similar``: schools in like conditions, what of the conditions differs, and who did better there.

>>> import pyarrow as pa
>>> from rostok import pipeline
>>> table = pa.table({"school_id": list("абвг"), "бедность": [0.1, 0.2, 0.6, 0.1], "вышка": [0.5, 0.5, 0.2, 0.4]})
>>> found = pipeline.context_index(table, {"бедность": -1, "вышка": 1})
>>> near = pipeline.neighbours(found, "а", caliper=0.6).to_pylist()
>>> [(row["neighbour_id"], round(row["distance"], 3)) for row in near]
[('б', 0.297), ('г', 0.5)]
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

import rostok
from rostok.methodology.context_indices import IndexDefinition
from rostok.pipeline.context_outputs import index_facts
from rostok.pipeline.context_values import default_index, find_index
from rostok.pipeline.csv_files import spelt, write_csv
from rostok.pipeline.describing import PRECISION, Conditions, conditions_of
from rostok.pipeline.indexing import ContextIndex
from rostok.pipeline.item_outputs import numbers
from rostok.pipeline.outputs import problem_counts, problems_table
from rostok.pipeline.storing import ReadingPlan, stored_inputs
from rostok.pipeline.swap import MARKER, check_target, whole_directory
from rostok.schema.keys import school_key
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.schema.verdicts import Verdict
from rostok.statistics import matching as statistics
from rostok.statistics.context import Weighting
from rostok.statistics.matching import Compared, Distance, Metric, Neighbours
from rostok.store.engines import compute_on, engine_named
from rostok.wording import current_language, decimal, gettext

ALL = "all"
NEIGHBOURS = 10
NAMED = 10  # schools that one message names
MOST_DETAILED = 500  # schools for which every indicator of every neighbour is written out


@dataclass(frozen=True, slots=True)
class SimilarPlan(ReadingPlan):
    """For which schools (``all`` for every one), in which conditions, how near.

    ``index``: None takes the shipped one that the data know most of. ``group``: a file with a school per line, the
    only ones to be looked at; all of them are shown, however far. Raises ValueError for numbers that make no sense.
    """

    schools: tuple[str, ...]
    index: str | None = None
    year: int | None = None
    weights: Weighting | None = None
    distance: Distance = Distance.EUCLID
    caliper: float = statistics.CALIPER
    neighbours: int = NEIGHBOURS
    group: Path | None = None

    def __post_init__(self) -> None:
        if not self.schools or not self.caliper > 0 or self.neighbours < 1:
            raise ValueError("a school, a caliper above 0 and at least one neighbour are needed")


@dataclass(frozen=True)
class SimilarRun:
    """What was done. ``tables``: by the name of their file without ``.csv``."""

    out: Path
    conditions: Conditions
    metric: Metric
    tables: Mapping[str, pa.Table]
    problems: tuple[Problem, ...]


def similar(
    inputs: Sequence[Path], *, plan: SimilarPlan, out: Path, progress: Progress = silent
) -> SimilarRun:
    """Read ``inputs`` and write the neighbours into the folder ``out``, whole or not at all. Raises InputRefused."""
    check_target(out)
    engine = engine_named(plan.engine)
    group = None if plan.group is None else _read_group(plan.group)
    named = None if plan.index is None else find_index(plan.index)
    with stored_inputs(inputs, plan, progress) as (root, stored):
        stage = gettext("Похожие школы")
        progress(stage, 0, 1)
        version = stored.version
        definition: IndexDefinition = named or default_index(version)
        try:
            found = compute_on(
                engine,
                root,
                lambda backend: conditions_of(backend, version, definition, plan.year, plan.weights),
            )
            run = _matched(found, plan, group, out, stored.problems)
        except InputRefused as refused:
            raise InputRefused((*stored.problems, *refused.problems)) from refused
        _write(run, plan)
        progress(stage, 1, 1)
    return run


def neighbours(
    found: ContextIndex, school: str, *, distance: str = "euclid", caliper: float = statistics.CALIPER,
    most: int = NEIGHBOURS,
) -> pa.Table:  # fmt: skip
    """``neighbour_id, distance`` of one school of an index computed in memory, nearest first.

    Raises InputRefused (similar-school-unknown) for a school it does not hold.
    """
    if school not in found.schools:
        raise InputRefused((Problem("similar-school-unknown", value=school),))
    z = found.scores.z
    metric = statistics.metric_of(z, found.weights, Distance(distance))
    near = statistics.nearest(z, np.array([found.schools.index(school)]), metric, most, caliper)
    own = near.school[0] >= 0
    return pa.table({
        "neighbour_id": _texts([found.schools[k] for k in near.school[0][own].tolist()]),
        "distance": numbers(near.distance[0][own]),
    })  # fmt: skip


# --- neighbours


@dataclass(frozen=True)
class _Matched:
    """Neighbours of the schools asked for, and what their results say."""

    conditions: Conditions
    targets: NDArray[np.int64]
    neighbours: Neighbours
    compared: Compared

    def pairs(self) -> Iterator[tuple[int, int, int]]:
        """Row, target, neighbour; nearest first."""
        for row, target in enumerate(self.targets.tolist()):
            for other in self.neighbours.school[row].tolist():
                if other >= 0:
                    yield row, target, other


def _matched(
    found: Conditions,
    plan: SimilarPlan,
    group: tuple[str, ...] | None,
    out: Path,
    before: tuple[Problem, ...],
) -> SimilarRun:
    z, schools = found.found.scores.z, found.answers.schools
    metric = statistics.metric_of(z, found.found.weights, plan.distance)
    targets = _targets(found, plan)
    allowed, problems = _allowed(found, group)
    if plan.schools == (ALL,) and group is None:
        every = statistics.nearest_of_all(
            np.where(allowed[:, None], z, np.nan), metric, plan.neighbours, plan.caliper
        )
        neighbours = Neighbours(every.school[targets], every.distance[targets])
    else:
        most = plan.neighbours if group is None else max(1, int(allowed.sum()))
        caliper = plan.caliper if group is None else np.inf
        neighbours = statistics.nearest(z, targets, metric, most, caliper, candidates=allowed)
    matched = _Matched(found, targets, neighbours, _compared(found, targets, neighbours))
    problems = (
        *before, *found.answers.problems(found.definition), *found.found.problems, *problems,
        *_remarks(matched, metric, plan),
    )  # fmt: skip
    tables = {
        "similar": _similar_table(matched),
        "compared": _compared_table(matched),
        "group": _group_table(matched),
        "problems": problems_table(problems),
    }
    if len(targets) <= MOST_DETAILED:
        tables["differs"] = _differs_table(matched, schools)
    return SimilarRun(out, found, metric, tables, problems)


def _targets(found: Conditions, plan: SimilarPlan) -> NDArray[np.int64]:
    """Raises InputRefused: similar-school-unknown, similar-context-short."""
    index = found.found.index
    if plan.schools == (ALL,):
        return np.flatnonzero(_allowed(found, None)[0])
    place = {school: k for k, school in enumerate(found.answers.schools)}
    keys = [school_key(one) or one for one in plan.schools]
    unknown = [Problem("similar-school-unknown", value=key) for key in keys if key not in place]
    short = [Problem("similar-context-short", value=key) for key in keys
             if key in place and not np.isfinite(index[place[key]])]  # fmt: skip
    if unknown or short:
        raise InputRefused((*unknown, *short))
    return np.array([place[key] for key in dict.fromkeys(keys)], np.int64)


def _read_group(path: Path) -> tuple[str, ...]:
    """The first cell of each line. Raises InputRefused: file-missing, file-encoding."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputRefused((Problem("file-encoding", file=str(path)),)) from error
    except OSError as error:
        raise InputRefused((Problem("file-missing", file=str(path)),)) from error
    cells = [re.split(r"[;,\t]", line)[0].strip().strip('"') for line in lines]
    return tuple(dict.fromkeys(key for cell in cells if (key := school_key(cell)) is not None))


def _allowed(
    found: Conditions, group: tuple[str, ...] | None
) -> tuple[NDArray[np.bool_], tuple[Problem, ...]]:
    """Who may be a neighbour: of an own group everybody; else those with results, if anybody has: others teach nothing."""
    known = np.isfinite(found.found.index)
    if group is None:
        result, _ = _results(found)
        return known & (np.isfinite(result) | (found.results is None)), ()
    usable = {school for school, has in zip(found.answers.schools, known, strict=True) if has}
    # A heading is no school: whatever it says, nobody is called so.
    absent = [one for one in group if one not in usable and re.search(r"\d", one)]
    problems: tuple[Problem, ...] = ()
    if absent:
        shown = ", ".join((*absent[:NAMED], *(["…"] if len(absent) > NAMED else [])))
        problems = (Problem("similar-group-unknown", value=shown, values={"schools": len(absent)}),)
    return np.array([one in set(group) for one in found.answers.schools]) & known, problems


def _compared(found: Conditions, targets: NDArray[np.int64], neighbours: Neighbours) -> Compared:
    result, variance = _results(found)
    there = neighbours.school >= 0
    others = np.where(there, result[neighbours.school], np.nan)
    spread = np.where(there, variance[neighbours.school], np.nan)
    return statistics.compare(result[targets], variance[targets], others, spread)


def _results(found: Conditions) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if found.results is None:
        nothing = np.full(len(found.answers.schools), np.nan)
        return nothing, nothing
    return found.results.standing.result, found.results.standing.variance


def _remarks(matched: _Matched, metric: Metric, plan: SimilarPlan) -> tuple[Problem, ...]:
    found = matched.conditions
    problems: list[Problem] = []
    result, _ = _results(found)
    if metric.kind is Distance.MAHALANOBIS and metric.rank < (metric.weights > 0).sum():
        values = {"rank": metric.rank, "columns": int((metric.weights > 0).sum())}
        problems.append(Problem("similar-columns-tied", values=values))
    if found.results is None:
        problems.append(Problem("context-results-none"))
    elif np.isnan(found.results.standing.cohort_variance):
        problems.append(Problem("similar-one-cohort"))
    if plan.schools == (ALL,):
        return tuple(problems)
    for row, target in enumerate(matched.targets.tolist()):
        school = found.answers.schools[target]
        if not (matched.neighbours.school[row] >= 0).any():
            away = statistics.distances(found.found.scores.z, target, metric)[_allowed(found, None)[0]]
            least = float(np.nanmin(away)) if np.isfinite(away).any() else float("nan")
            told = {"distance": decimal(least, 2) if np.isfinite(least) else gettext("неизвестно сколько"),
                    "caliper": decimal(plan.caliper, 2)}  # fmt: skip
            problems.append(Problem("similar-none-near", value=school, values=told))
        if found.results is not None and np.isnan(result[target]):
            problems.append(Problem("similar-result-none", value=school))
    return tuple(problems)


# --- tables


def _texts(values: Sequence[str]) -> pa.Array:
    return pa.array(values, pa.string())


def _similar_table(matched: _Matched) -> pa.Table:
    """``similar.csv``: nearest first; results in percentage points above or below the region."""
    schools = matched.conditions.answers.schools
    result, _ = _results(matched.conditions)
    pairs = list(matched.pairs())
    away = matched.neighbours.distance[matched.neighbours.school >= 0]
    return pa.table({
        "school_id": _texts([schools[target] for _, target, _ in pairs]),
        "neighbour_id": _texts([schools[other] for _, _, other in pairs]),
        "distance": numbers(away),
        "result": numbers([result[other] for _, _, other in pairs]),
        "difference": numbers([result[other] - result[target] for _, target, other in pairs]),
    })  # fmt: skip


def _compared_table(matched: _Matched) -> pa.Table:
    """``compared.csv``: is a neighbour's difference more than chance."""
    schools = matched.conditions.answers.schools
    pairs, said, there = list(matched.pairs()), matched.compared, matched.neighbours.school >= 0
    return pa.table({
        "school_id": _texts([schools[target] for _, target, _ in pairs]),
        "neighbour_id": _texts([schools[other] for _, _, other in pairs]),
        "difference": numbers(said.difference[there]),
        "standard_error": numbers(said.error[there]),
        "lower": numbers(said.lower[there]),
        "upper": numbers(said.upper[there]),
        "q_value": numbers(said.q_value[there]),
        "verdict": _texts(said.verdicts[there].tolist()),
    })  # fmt: skip


def _group_table(matched: _Matched) -> pa.Table:
    """``group.csv``: the school beside the mean of its neighbours."""
    found = matched.conditions
    result, variance = _results(found)
    said = []
    for row, target in enumerate(matched.targets.tolist()):
        others = matched.neighbours.school[row][matched.neighbours.school[row] >= 0]
        said.append(
            statistics.against_group(result[target], variance[target], result[others], variance[others])
        )
    targets = matched.targets
    return pa.table({
        "school_id": _texts([found.answers.schools[target] for target in targets.tolist()]),
        "result": numbers(result[targets]),
        "standard_error": numbers(np.sqrt(variance[targets])),
        "neighbours": pa.array([int((row >= 0).sum()) for row in matched.neighbours.school], pa.int64()),
        "with_results": pa.array([one.neighbours for one in said], pa.int64()),
        "difference": numbers([one.difference for one in said]),
        "lower": numbers([one.lower for one in said]),
        "upper": numbers([one.upper for one in said]),
        "verdict": _texts([str(one.verdict) for one in said]),
    })  # fmt: skip


def _differs_table(matched: _Matched, schools: Sequence[str]) -> pa.Table:
    """``differs.csv``: by indicator, the values of both and how many deviations lie between."""
    found = matched.conditions
    values, z = found.answers.values(found.definition), found.found.scores.z
    pairs, names = list(matched.pairs()), found.found.names
    target = np.array([one for _, one, _ in pairs], np.int64)
    other = np.array([one for _, _, one in pairs], np.int64)
    width = len(names)
    return pa.table({
        "school_id": _texts([schools[one] for one in target.tolist() for _ in names]),
        "neighbour_id": _texts([schools[one] for one in other.tolist() for _ in names]),
        "indicator": _texts(list(names) * len(pairs)),
        "school_value": numbers(values[target].reshape(len(pairs) * width)),
        "neighbour_value": numbers(values[other].reshape(len(pairs) * width)),
        "deviations": numbers((z[other] - z[target]).reshape(len(pairs) * width)),
    })  # fmt: skip


# --- the folder


def _write(run: SimilarRun, plan: SimilarPlan) -> None:
    with whole_directory(run.out) as folder:
        for name, table in run.tables.items():
            write_csv(folder / f"{name}.csv", table if name == "problems" else spelt(table, PRECISION))
        text = json.dumps(_facts(run, plan), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
        (folder / MARKER).write_text(text + "\n", encoding="utf-8")


def _facts(run: SimilarRun, plan: SimilarPlan) -> dict[str, Any]:
    found = run.conditions
    better = sum(one == str(Verdict.BETTER) for one in run.tables["compared"]["verdict"].to_pylist())
    return {
        "command": "similar",
        "suppressed": False,
        "for": gettext("Файлы аналитика: малые группы в них не скрыты. Публиковать нельзя."),
        "language": current_language(),
        "code_version": rostok.__version__,
        "data_version": found.version,
        **index_facts(found.found, found.definition, found.answers.year, found.results),
        "distance": str(run.metric.kind),
        "caliper": None if plan.group is not None else plan.caliper,
        "neighbours": plan.neighbours,
        "own_group": plan.group is not None,
        "false_discovery_rate": statistics.RATE,
        "pairs": run.tables["similar"].num_rows,
        "better": better,
        "problems": problem_counts(run.problems),
    }
