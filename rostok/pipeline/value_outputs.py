"""A fitted model → the tables and the facts of ``rostok value-added``, column by column as the manual promises."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.stats import norm

from rostok.pipeline.item_outputs import numbers
from rostok.schema.problems import Problem, Severity
from rostok.statistics.multilevel import Fit, LevelFit, Sums
from rostok.statistics.multilevel.diagnostics import shape, spread
from rostok.statistics.multilevel.effects import BAR, bars, reliability, rows_for, shares_of_variance
from rostok.store.model_residuals import FARTHEST, WIDTH, ResidualCounts

RESIDUAL = "residual"
# Sizes of schools reliability is told for: a small class, a class, two, a parallel, a large school.
SIZES = (1, 10, 25, 50, 100, 200)
TARGETS = (0.5, 0.7, 0.8, 0.9)


def fixed_table(fit: Fit) -> pa.Table:
    """``fixed.csv``."""
    return pa.table({
        "term": pa.array(fit.terms, pa.string()),
        "estimate": numbers(fit.estimates),
        "standard_error": numbers(fit.standard_errors),
    })  # fmt: skip


def variance_table(fit: Fit) -> pa.Table:
    """``variance.csv``: of each level variances, then covariances with the correlation as ``sd``; the residual last."""
    rows: list[tuple[str, str, str, float, float]] = []
    for level in fit.levels:
        sd = np.sqrt(np.diagonal(level.covariance))
        rows += [(level.name, term, "", float(level.covariance[k, k]), float(sd[k]))
                 for k, term in enumerate(level.terms)]  # fmt: skip
        correlation = level.correlation
        rows += [(level.name, level.terms[j], level.terms[i], float(level.covariance[i, j]), float(correlation[i, j]))
                 for i in range(len(sd)) for j in range(i)]  # fmt: skip
    rows.append((RESIDUAL, "", "", fit.residual_variance, math.sqrt(fit.residual_variance)))
    texts = {
        name: pa.array([row[k] for row in rows], pa.string())
        for k, name in enumerate(("level", "name1", "name2"))
    }
    return pa.table(
        {**texts, "variance": numbers([row[3] for row in rows]), "sd": numbers([row[4] for row in rows])}
    )


def effects_table(fit: Fit) -> pa.Table:
    """``effects.csv``: by level, in the order of keys; ``lower`` and ``upper`` are ends of bars for comparing two."""
    return pa.concat_tables([_effects(level, k) for level in fit.levels for k in range(len(level.terms))])


def _effects(level: LevelFit, term: int) -> pa.Table:
    lower, upper = bars(level)
    order = np.argsort(np.array(level.units), kind="stable")
    return pa.table({
        "level": pa.array([level.name] * len(order), pa.string()),
        "unit": pa.array([level.units[k] for k in order], pa.string()),
        "term": pa.array([level.terms[term]] * len(order), pa.string()),
        "n": pa.array(level.rows[order], pa.int64()),
        "effect": numbers(level.effects[order, term]),
        "conditional_se": numbers(level.standard_errors[order, term]),
        "lower": numbers(lower[order, term]),
        "upper": numbers(upper[order, term]),
    })  # fmt: skip


def reliability_table(fit: Fit) -> pa.Table:
    """``reliability.csv``: by level and size of units the median reliability of the intercept."""
    rows = []
    for level in fit.levels:
        values = reliability(level)[:, 0]
        for low, high in zip(SIZES, (*SIZES[1:], None), strict=True):
            own = (level.rows >= low) & ((level.rows < high) if high else True)
            found = values[own][np.isfinite(values[own])]
            if own.any():
                median = float(np.median(found)) if len(found) else math.nan
                rows.append((level.name, low, None if high is None else high - 1, int(own.sum()), median))
    return pa.table({
        "level": pa.array([row[0] for row in rows], pa.string()),
        "rows_from": pa.array([row[1] for row in rows], pa.int64()),
        "rows_to": pa.array([row[2] for row in rows], pa.int64()),
        "units": pa.array([row[3] for row in rows], pa.int64()),
        "reliability": numbers([row[4] for row in rows]),
    })  # fmt: skip


def residuals_table(found: ResidualCounts) -> pa.Table:
    """``residuals.csv``: how many residuals lie where, in standard deviations, and what share a normal one has there."""
    edges = WIDTH * np.arange(-FARTHEST + 1, FARTHEST)
    below = np.array([0, *norm.cdf(edges), 1])
    return pa.table({
        "from": numbers([math.nan, *edges]),
        "to": numbers([*edges, math.nan]),
        "rows": pa.array(found.counts),
        "share": numbers(found.counts / found.rows),
        "normal_share": numbers(np.diff(below)),
    })  # fmt: skip


def residual_shape(found: ResidualCounts) -> dict[str, float]:
    """Skewness and excess kurtosis from the sums of powers."""
    n = found.rows
    first, second, third, fourth = (power / n for power in found.powers)
    variance = second - first**2
    skewness = (third - 3 * first * second + 2 * first**3) / variance**1.5
    peak = (fourth - 4 * first * third + 6 * first**2 * second - 3 * first**4) / variance**2
    return {"skewness": skewness, "kurtosis": peak - 3}


def model_facts(fit: Fit, sums: Sums, problems: Sequence[Problem]) -> dict[str, Any]:
    """``model.json``; what cannot be said is null."""
    needed = {f"{target}": rows_for(fit, target) for target in TARGETS}
    spread_ = spread(fit, sums)
    return {
        "method": "REML" if fit.reml else "ML",
        "criterion": fit.criterion,
        "log_likelihood": fit.log_likelihood,
        "n": fit.rows,
        "parameters": fit.parameters,
        "groups": {level.name: len(level.units) for level in fit.levels},
        "warnings": [{"code": problem.code, "text": problem.sentence}
                     for problem in problems if problem.severity is not Severity.ERROR],
        "share_of_variance": shares_of_variance(fit),
        "rows_for_reliability": needed,
        "bar": BAR,
        "effects_shape": {level.name: _facts(shape(level)) for level in fit.levels},
        "spread_within": _facts(spread_),
    }  # fmt: skip


def _facts(found: object) -> dict[str, float | int] | None:
    """Fields of a small dataclass with slots."""
    if found is None:
        return None
    names = type(found).__slots__  # type: ignore[attr-defined]
    return {name: getattr(found, name) for name in names}
