"""``rostok context``: input files or a stored version → a social index of schools and how much it can be trusted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

import rostok
from rostok.methodology.context_indices import IndexDefinition
from rostok.pipeline import context_outputs as outputs
from rostok.pipeline.context_values import (
    Answers,
    Results,
    Whole,
    answers_of,
    find_index,
    places_of,
    results_of,
    schools_with_scripts,
)
from rostok.pipeline.csv_files import spelt, write_csv
from rostok.pipeline.indexing import ContextIndex, Rules, build_index
from rostok.pipeline.outputs import problem_counts, problems_table
from rostok.pipeline.storing import ReadingPlan, stored_inputs
from rostok.pipeline.swap import MARKER, check_target, whole_directory
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.statistics.context import Weighting
from rostok.store import DataVersion
from rostok.store.engines import compute_on, engine_named
from rostok.wording import current_language, gettext

PRECISION = ".10g"


@dataclass(frozen=True, slots=True)
class ContextPlan(ReadingPlan):
    """Which index, of which year (the latest with answers), with which weights (those of its file)."""

    index: str
    year: int | None = None
    weights: Weighting | None = None


@dataclass(frozen=True)
class Conditions:
    """An index of a stored version and what it stands on. ``results``: None where the data have none."""

    definition: IndexDefinition
    answers: Answers
    found: ContextIndex
    results: Results | None
    places: Whole
    version: str


@dataclass(frozen=True)
class ContextRun:
    """What was done. ``tables``: by the name of their file without ``.csv``."""

    out: Path
    conditions: Conditions
    tables: Mapping[str, pa.Table]
    problems: tuple[Problem, ...]


def conditions_of(
    engine: Any,
    version: DataVersion,
    definition: IndexDefinition,
    year: int | None,
    weights: Weighting | None,
    until: int | None = None,
) -> Conditions:
    """The index of every school of ``version`` that answered anything or wrote a paper. Raises InputRefused.

    Without ``year`` the latest with answers, not after ``until``.
    """
    listed = schools_with_scripts(engine, version)
    answers = answers_of(version, definition, year, listed, until)
    results = results_of(engine, version, answers.schools)
    rules = Rules(weights or definition.weighting, definition.missing, definition.least_known)
    standing = None if results is None else results.standing
    found = build_index(
        answers.schools, answers.values(definition), definition.components, rules, standing, definition.label
    )
    places = places_of(engine, version, answers.schools)
    return Conditions(definition, answers, found, results, places, version.name)


def context(
    inputs: Sequence[Path], *, plan: ContextPlan, out: Path, progress: Progress = silent
) -> ContextRun:
    """Read ``inputs`` and write the index into the folder ``out``, whole or not at all. Raises InputRefused."""
    check_target(out)
    definition = find_index(plan.index)
    engine = engine_named(plan.engine)
    with stored_inputs(inputs, plan, progress) as (root, stored):
        stage = gettext("Индекс условий")
        progress(stage, 0, 1)

        def compute(backend: Any) -> Conditions:
            return conditions_of(backend, stored.version, definition, plan.year, plan.weights)

        try:
            conditions = compute_on(engine, root, compute)
        except InputRefused as refused:
            raise InputRefused((*stored.problems, *refused.problems)) from refused
        problems = (*stored.problems, *conditions.answers.problems(definition), *conditions.found.problems)
        if conditions.results is None:
            problems += (Problem("context-results-none"),)
        run = ContextRun(out, conditions, _tables(conditions, problems), problems)
        _write(run, out)
        progress(stage, 1, 1)
    return run


def _tables(found: Conditions, problems: tuple[Problem, ...]) -> dict[str, pa.Table]:
    standing = None if found.results is None else found.results.standing
    return {
        "context": outputs.context_table(found.found),
        "components": outputs.components_table(found.found, found.definition),
        "stability": outputs.stability_table(found.found),
        "sensitivity": outputs.sensitivity_table(found.found),
        "link": outputs.link_table(found.found, standing, found.places),
        "social_index": outputs.social_index_table(found.found, found.answers.year),
        "problems": problems_table(problems),
    }


def _write(run: ContextRun, out: Path) -> None:
    with whole_directory(out) as folder:
        for name, table in run.tables.items():
            write_csv(folder / f"{name}.csv", table if name == "problems" else spelt(table, PRECISION))
        text = json.dumps(_facts(run), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
        (folder / MARKER).write_text(text + "\n", encoding="utf-8")


def _facts(run: ContextRun) -> dict[str, Any]:
    found = run.conditions
    return {
        "command": "context",
        "suppressed": False,
        "for": gettext("Файлы аналитика: малые группы в них не скрыты. Публиковать нельзя."),
        "language": current_language(),
        "code_version": rostok.__version__,
        "data_version": found.version,
        **outputs.index_facts(found.found, found.definition, found.answers.year, found.results),
        "problems": problem_counts(run.problems),
    }
