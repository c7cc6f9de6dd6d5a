"""A table of pupils → a mixed model: coefficients of context, components of variance, effects of schools.

>>> import pyarrow as pa
>>> from rostok import pipeline
>>> table = pa.table({"балл": [5, 6, 8, 9, 9, 11, 3, 4, 4], "прежний": [3, 4, 5] * 3, "школа": list("ааабббввв")})
>>> found = pipeline.value_added(table, outcome="балл", group="школа", covariates=["прежний"])
>>> {row["term"]: round(row["estimate"], 6) for row in found.tables["fixed"].to_pylist()}["прежний"]
1.0
>>> found.tables["effects"].column("unit").to_pylist(), [problem.code for problem in found.problems]
(['а', 'б', 'в'], ['model-units-few'])
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite, sqrt
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

import rostok
from rostok.formats.model_tables import ModelTable, model_table_of, open_model_file
from rostok.formats.problem_log import ProblemLog, named
from rostok.pipeline import value_outputs as outputs
from rostok.pipeline.csv_files import spelt, write_csv
from rostok.pipeline.outputs import problem_counts, problems_table
from rostok.pipeline.swap import MARKER, check_target, whole_directory
from rostok.pipeline.value_terms import (
    Design,
    Terms,
    ValueAddedPlan,
    design_of,
    parse_plan,
    used_columns,
    variables_of,
)
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.statistics.multilevel import Fit, FitRefused, NotNested, Remark, Sums, fit
from rostok.statistics.multilevel.cells import Cells, Recipe, sums_of_cells
from rostok.statistics.multilevel.formula import CONSTANT
from rostok.store import model_reductions as reductions
from rostok.store.engines import compute_on, engine_named
from rostok.store.model_reductions import UsedColumns
from rostok.store.model_residuals import LevelEffects, ResidualCounts, count_residuals
from rostok.wording import current_language, gettext

# Threads add numbers up in an order of their own: the last digits of a double are theirs.
PRECISION = ".10g"
LIKELIHOOD = ".13g"  # differences of a few thousandths of a large number are read off it
_LIKELIHOODS = frozenset({"criterion", "log_likelihood"})
MOST_CROSS = 150_000_000  # numbers in cross products of units: 1.2 GB


@dataclass(frozen=True)
class ValueAdded:
    """``tables``: by the name of their file without ``.csv``. ``fit`` and ``sums`` for what is computed next.

    ``rows``: of the table; ``fit.rows`` of them were used.
    """

    tables: Mapping[str, pa.Table]
    problems: tuple[Problem, ...]
    fit: Fit
    sums: Sums
    rows: int
    residuals: ResidualCounts | None = None


def value_added(
    table: object,
    *,
    outcome: str,
    group: str,
    covariates: Sequence[str] = (),
    group2: str | None = None,
    slopes: Sequence[str] = (),
    weights: str | None = None,
    reml: bool = True,
    categorical: Sequence[str] = (),
    bases: Mapping[str, str] | None = None,
    engine: str = "duckdb",
    residuals: bool = False,
) -> ValueAdded:
    """Fit a mixed model to a table with a row per pupil: a path (CSV, Parquet), an Arrow or a pandas table.

    ``covariates``: terms as ``"A"`` or ``"A:B"``; columns of texts are categories. ``group2`` holds groups of
    ``group``. ``slopes``: terms as ``"GROUP:A"``. ``residuals``: count those of pupils too, in a second pass over the
    table.
    Raises InputRefused where nothing can be computed.
    """
    plan = ValueAddedPlan(
        outcome, group, tuple(covariates), group2, tuple(slopes), weights, reml, tuple(categorical), dict(bases or {}),
        engine, residuals,
    )  # fmt: skip
    return _valued(table, plan)


def _valued(table: object, plan: ValueAddedPlan) -> ValueAdded:
    terms = parse_plan(plan)
    names = (plan.outcome, *plan.groups, *((plan.weights,) if plan.weights else ()), *terms.variables)
    wanted = list(dict.fromkeys(names))
    is_file = isinstance(table, str | Path)
    source = open_model_file(Path(str(table)), wanted) if is_file else model_table_of(table, wanted)
    backend = engine_named(plan.engine)
    reduced = compute_on(backend, None, lambda engine: _reduced(engine, source, plan, terms))
    sums, design, log = reduced.sums, reduced.design, reduced.log
    slopes = {level: columns for level, columns in design.slopes.items() if columns}
    try:
        found = fit(sums, slopes=slopes, only_random=design.only_random, reml=plan.reml)
    except FitRefused as refused:
        raise InputRefused((*log.problems(), _refusal(refused, plan, source.name))) from refused
    for remark in found.remarks:
        _report(remark, log)
    problems = log.problems()
    tables = {
        "fixed": outputs.fixed_table(found),
        "variance": outputs.variance_table(found),
        "effects": outputs.effects_table(found),
        "reliability": outputs.reliability_table(found),
        "problems": problems_table(problems),
    }
    counts = (
        compute_on(backend, None, lambda engine: _residuals(engine, source, reduced, found))
        if plan.residuals
        else None
    )
    if counts is not None:
        tables["residuals"] = outputs.residuals_table(counts)
    return ValueAdded(tables, problems, found, sums, reduced.rows, counts)


@dataclass(frozen=True)
class _Reduced:
    sums: Sums
    design: Design
    used: UsedColumns
    log: ProblemLog
    rows: int


def _reduced(engine: Any, source: ModelTable, plan: ValueAddedPlan, terms: Terms) -> _Reduced:
    log = ProblemLog(source.name)
    table = _table_of(engine, source)
    used = used_columns(engine, table, source, plan, terms, log)
    rows = reductions.typed(table, used)
    _check_weights(engine, rows, used, log)
    complete = reductions.complete(rows, used)
    variables = variables_of(engine, complete, used, plan, log)
    empty = any(not variables[name].levels for name in used.categories)
    design = design_of(terms, variables)
    head = engine.to_pyarrow(reductions.complete(reductions.typed(ibis.memtable(source.head()), used), used))
    recipe = reductions.recipe_of(head, used, design.columns, design.may_centre)
    cells = None if empty else reductions.reduce_cells(engine, complete, used, recipe)
    count = source.count
    kept = 0 if cells is None else int(cells.rows.sum())
    if kept < count:
        _report_missing(engine, rows, used, log, count, count - kept)
    if cells is None or not kept:
        columns = named([*used.numeric, *used.texts])
        raise InputRefused(
            (*log.problems(), Problem("model-rows-none", source.name, values={"columns": columns}))
        )
    _check_size(recipe, cells, plan)
    return _Reduced(_nested(recipe, cells), design, used, log, count)


def _table_of(engine: Any, source: ModelTable) -> Any:
    return ibis.memtable(source.rows) if source.path is None else engine.read_parquet(str(source.path))


def _residuals(engine: Any, source: ModelTable, reduced: _Reduced, found: Fit) -> ResidualCounts:
    used = reduced.used
    rows = reductions.complete(reductions.typed(_table_of(engine, source), used), used)
    by_name = {column.name: column for column in (CONSTANT, *reduced.design.columns)}
    fixed = dict(zip((by_name[term] for term in found.terms), found.estimates.tolist(), strict=True))
    levels = [LevelEffects(level.name, level.units, {by_name[term]: level.effects[:, k] for k, term in enumerate(level.terms)})
              for level in found.levels]  # fmt: skip
    return count_residuals(engine, rows, used, fixed, levels, sqrt(found.residual_variance))


def _check_weights(engine: Any, rows: Any, used: UsedColumns, log: ProblemLog) -> None:
    if used.weights is None:
        return
    least = reductions.least_weight(engine, rows, used.weights)
    if least is not None and least < 0:
        raise InputRefused(
            (Problem("model-weight-negative", log.file, column=used.weights, value=f"{least:g}"),)
        )
    if noughts := reductions.count_nought(engine, rows, used.weights):
        log.add("model-weight-nought", column=used.weights, count=noughts)


def _report_missing(
    engine: Any, rows: Any, used: UsedColumns, log: ProblemLog, count: int, dropped: int
) -> None:
    by_column = {name: n for name, n in reductions.missing_by_column(engine, rows, used).items() if n}
    if by_column:
        columns = ", ".join(f"«{name}» — {n}" for name, n in by_column.items())
        nought = log.count("model-weight-nought")
        log.add("model-rows-missing", count=dropped - nought, values={"rows": count, "columns": columns})


def _check_size(recipe: Recipe, cells: Cells, plan: ValueAddedPlan) -> None:
    units, columns = len(set(cells.keys[plan.group])), len(recipe.columns) + 2
    if units * columns**2 > MOST_CROSS:
        values = {"columns": columns, "units": units}
        raise InputRefused((Problem("model-too-large", column=plan.group, values=values),))


def _nested(recipe: Recipe, cells: Cells) -> Sums:
    """Sums with the levels in their order, whichever was named first. Raises InputRefused (model-not-nested)."""
    try:
        return sums_of_cells(recipe, cells)
    except NotNested as crossed:
        first = crossed
    try:
        return sums_of_cells(recipe, replace(cells, keys=dict(list(cells.keys.items())[::-1])))
    except NotNested:
        values = {"level": first.level, "one": first.parents[1], "other": first.parents[0]}
        raise InputRefused(
            (Problem("model-not-nested", column=first.above, value=first.unit, values=values),)
        ) from first


def _refusal(refused: FitRefused, plan: ValueAddedPlan, name: str) -> Problem:
    said = refused.values
    column, value = {
        "one-unit": (said.get("level"), said.get("unit")),
        "one-row-per-unit": (said.get("level"), ""),
        "outcome-same-within": (plan.outcome, said.get("level")),
    }.get(refused.code, (plan.outcome, ""))
    return Problem(f"model-{refused.code}", name, column=str(column), value=str(value), values=said)


def _report(remark: Remark, log: ProblemLog) -> None:
    said = dict(remark.values)
    if remark.code.startswith("column-"):
        others = ", ".join(f"«{name}»" for name in said.get("others", ()))  # type: ignore[attr-defined]
        log.add(f"model-{remark.code}", column=str(said["term"]), values={"others": others})
        return
    value = said.get("term", said.get("below", ""))
    log.add(f"model-{remark.code}", column=str(said.get("level", "")), value=value, values=said)


def write_value_added(
    source: Path, *, plan: ValueAddedPlan, out: Path, progress: Progress = silent
) -> ValueAdded:
    """``value_added`` of a file into the folder ``out``, whole or not at all. Raises InputRefused."""
    check_target(out)
    stage = gettext("Модель")
    progress(stage, 0, 2)
    found = _valued(source, plan)
    progress(stage, 1, 2)
    with whole_directory(out) as folder:
        for name, table in found.tables.items():
            write_csv(folder / f"{name}.csv", table if name == "problems" else spelt(table, PRECISION))
        _write_json(folder / "model.json", _model(found))
        _write_json(folder / MARKER, _facts(source, plan, found))
    progress(stage, 2, 2)
    return found


def _model(found: ValueAdded) -> dict[str, Any]:
    return {
        **outputs.model_facts(found.fit, found.sums, found.problems),
        "rows": found.rows,
        "rows_dropped": found.rows - found.fit.rows,
        "residuals_shape": None if found.residuals is None else outputs.residual_shape(found.residuals),
    }


def _write_json(path: Path, facts: dict[str, Any]) -> None:
    text = json.dumps(_plain(facts), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _plain(value: Any, name: str = "") -> Any:
    """Numbers with the digits of the tables; what is no number as null."""
    if isinstance(value, dict):
        return {key: _plain(one, key) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return (
            float(format(value, LIKELIHOOD if name in _LIKELIHOODS else PRECISION))
            if isfinite(value)
            else None
        )
    return value


def _facts(source: Path, plan: ValueAddedPlan, found: ValueAdded) -> dict[str, Any]:
    with source.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "command": "value-added",
        "suppressed": False,
        "for": gettext("Файлы аналитика: малые группы в них не скрыты. Публиковать нельзя."),
        "language": current_language(),
        "code_version": rostok.__version__,
        "engine": engine_named(plan.engine).name,
        "source": {"file": source.name, "sha256": digest},
        "outcome": plan.outcome,
        "covariates": list(plan.covariates),
        "groups": list(plan.groups),
        "slopes": list(plan.slopes),
        "weights": plan.weights,
        "method": "REML" if plan.reml else "ML",
        "categorical": list(plan.categorical),
        "bases": dict(plan.bases),
        "rows": found.rows,
        "rows_used": found.fit.rows,
        "problems": problem_counts(found.problems),
    }
