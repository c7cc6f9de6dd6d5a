"""Answers about schools → a social index: weights, tenths, coverage, what it rests on, how it goes with results.

>>> import pyarrow as pa
>>> from rostok import pipeline
>>> table = pa.table({"school_id": ["а", "б", "в"], "бедность": [0.1, 0.2, 0.6], "вышка": [0.5, 0.5, None]})
>>> found = pipeline.context_index(table, {"бедность": -1, "вышка": 1})
>>> found.index.round(3).tolist(), found.decile.round(2).tolist()
([0.756, 0.378, -1.134], [10.0, 8.2, 1.0])
>>> found.coverage.tolist(), [problem.code for problem in found.problems]
([1.0, 1.0, 1.0], ['context-indicator-constant', 'context-few-for-tenths'])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.methodology.context_indices import LEAST_KNOWN, Component
from rostok.schema.problems import InputRefused, Problem
from rostok.statistics import context as statistics
from rostok.statistics.context import Missing, Scores, Weighting
from rostok.statistics.context_sensitivity import Agreement, agreement, jackknife_errors, without
from rostok.statistics.standing import Standing

Floats = NDArray[np.float64]

MOST_INDICATORS = 200


@dataclass(frozen=True)
class Variant:
    """The index computed another way. ``left_out``: an indicator, empty for other weights."""

    name: str
    left_out: str
    index: Floats
    agreement: Agreement


@dataclass(frozen=True)
class ContextIndex:
    """By school: ``index`` and ``decile`` NaN where too little is known.

    ``weights``: of each indicator; for a regression their mean over folds. ``errors``: standard errors of the index
    from leaving out its indicators. ``lowest`` and ``highest``: the decile over all variants.
    """

    schools: tuple[str, ...]
    components: tuple[Component, ...]
    weighting: Weighting
    scores: Scores
    weights: Floats
    index: Floats
    decile: Floats
    coverage: Floats
    errors: Floats
    lowest: Floats
    highest: Floats
    variants: tuple[Variant, ...]
    problems: tuple[Problem, ...]
    principal_share: float
    by_tenths: bool

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.indicator for one in self.components)


@dataclass(frozen=True)
class Rules:
    """How indicators become an index."""

    weighting: Weighting = Weighting.EQUAL
    missing: Missing = Missing.KNOWN
    least_known: float = LEAST_KNOWN


def context_index(
    table: object,
    signs: Mapping[str, int],
    *,
    weights: str | Mapping[str, float] = "equal",
    missing: str = "known",
    least_known: float = LEAST_KNOWN,
    id: str = "school_id",
    standing: Standing | None = None,
) -> ContextIndex:
    """An index over a table with a row per school (Arrow, pandas, Polars): ``signs`` names its columns and their turn.

    ``weights``: equal, principal, regression, or a weight by column. ``standing``: results, for a regression. Raises
    InputRefused where nothing can be computed, ValueError for words that do not exist.
    """
    if any(sign not in (1, -1) for sign in signs.values()):
        raise ValueError("a sign is 1 or -1")
    arrow = table if isinstance(table, pa.Table) else pa.table(table)
    if absent := [name for name in (id, *signs) if name not in arrow.column_names]:
        raise InputRefused(tuple(Problem("column-missing", "", column=name) for name in absent))
    given = weights if isinstance(weights, Mapping) else {}
    weighting = Weighting.GIVEN if isinstance(weights, Mapping) else Weighting(weights)
    components = tuple(Component(name, sign, given.get(name, 1.0)) for name, sign in signs.items())
    schools = tuple(map(str, arrow[id].to_pylist()))
    columns = [_numbers(arrow[name], name) for name in signs]
    values = np.column_stack(columns) if columns else np.empty((len(schools), 0))
    return build_index(schools, values, components, Rules(weighting, Missing(missing), least_known), standing)


def _numbers(column: pa.ChunkedArray, name: str) -> Floats:
    try:
        return np.asarray(column.cast(pa.float64()).fill_null(float("nan")).to_numpy())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputRefused((Problem("context-not-numbers", column=name),)) from error


def build_index(
    schools: tuple[str, ...],
    values: Floats,
    components: tuple[Component, ...],
    rules: Rules,
    standing: Standing | None = None,
    name: str = "",
) -> ContextIndex:
    """``values``: schools × components. Raises InputRefused (context-…) where there is no index to compute."""
    if len(components) > MOST_INDICATORS:
        said = {"count": len(components), "most": MOST_INDICATORS}
        raise InputRefused((Problem("context-too-wide", values=said),))
    scores = statistics.standardise(values, [one.sign for one in components])
    problems = _check(scores, components, name)
    found = _weights(rules.weighting, scores.z, components, schools, standing)
    combined = statistics.combine(scores.z, found, least=rules.least_known, rule=rules.missing)
    mean_weights = found.mean(axis=0) if found.ndim == 2 else found
    variants = _variants(rules, scores.z, combined.index, found, components, schools, standing)
    decile = statistics.scaled(combined.index)
    every = np.column_stack([decile, *(statistics.scaled(one.index) for one in variants)])
    every = np.where(np.isfinite(decile)[:, None], every, np.nan)
    left_out = [one.index for one in variants if one.left_out]
    varies = statistics.varying(scores.z)
    errors = jackknife_errors(combined.index, left_out, np.isfinite(scores.z[:, varies]))
    problems += _remarks(combined.index, mean_weights, components)
    return ContextIndex(
        schools, components, rules.weighting, scores, np.where(varies, mean_weights, 0.0), combined.index, decile,
        combined.coverage, errors, _extreme(every, np.nanmin), _extreme(every, np.nanmax), variants, problems,
        statistics.principal_component(scores.z).share, statistics.is_by_tenths(combined.index),
    )  # fmt: skip


def _check(scores: Scores, components: Sequence[Component], name: str) -> tuple[Problem, ...]:
    """What is left out; refuses where nothing remains."""
    some = int(np.isfinite(scores.z).any(axis=1).sum()) if scores.z.size else 0
    if scores.known.max(initial=0) < 2:
        raise InputRefused(
            (Problem("context-schools-few", values={"count": int(scores.known.max(initial=0))}),)
        )
    if not some:
        raise InputRefused((Problem("context-nothing-varies", value=name),))
    empty = [one.indicator for one, known in zip(components, scores.known, strict=True) if known == 0]
    same = [one.indicator for one, known, deviation in zip(components, scores.known, scores.deviation, strict=True)
            if known > 0 and deviation == 0]  # fmt: skip
    return (
        *(Problem("context-indicator-empty", column=column) for column in empty),
        *(Problem("context-indicator-constant", column=column) for column in same),
    )


def _weights(
    weighting: Weighting, z: Floats, components: Sequence[Component], schools: Sequence[str], standing: Standing | None
) -> Floats:  # fmt: skip
    """One per indicator, or schools × indicators. Raises InputRefused (context-regression-few)."""
    match weighting:
        case Weighting.EQUAL:
            return np.ones(len(components))
        case Weighting.GIVEN:
            return np.array([one.weight for one in components])
        case Weighting.PRINCIPAL:
            return statistics.principal_component(z).weights
        case Weighting.REGRESSION:
            count = 0 if standing is None else int(np.isfinite(standing.result).sum())
            if standing is None or not _enough(count, z):
                said = {"count": count, "columns": z.shape[1], "least": statistics.LEAST_PER_INDICATOR}
                raise InputRefused((Problem("context-regression-few", values=said),))
            precision = _precision(standing)
            return statistics.cross_fitted(
                z, standing.result, precision, statistics.folds_of(schools)
            ).weights
    raise ValueError(weighting)


def _enough(schools: int, z: Floats) -> bool:
    return schools >= statistics.LEAST_PER_INDICATOR * z.shape[1] and schools >= 2 * statistics.FOLDS


def _precision(standing: Standing) -> Floats:
    """1 ÷ (spread between schools + own error²): a large school does not drown the others."""
    known = np.isfinite(standing.result)
    spread = max(float(np.var(standing.result[known])) - float(np.mean(standing.variance[known])), 0.0)
    total = spread + np.where(known, standing.variance, np.nan)
    return np.where(known & (total > 0), 1 / np.where(total > 0, total, 1.0), 1.0)


def _variants(
    rules: Rules, z: Floats, base: Floats, weights: Floats, components: Sequence[Component], schools: Sequence[str],
    standing: Standing | None,
) -> tuple[Variant, ...]:  # fmt: skip
    found = []
    for other in _other_weightings(rules.weighting, z, components, standing):
        own = _weights(other, z, components, schools, standing)
        index = statistics.combine(z, own, least=rules.least_known, rule=rules.missing).index
        found.append(Variant(f"weights-{other}", "", index, agreement(base, index)))
    varies = np.flatnonzero(statistics.varying(z)).tolist()
    for place in varies if len(varies) > 1 else []:
        index = without(z, weights, place, least=rules.least_known, rule=rules.missing).index
        found.append(
            Variant("without", components[place].indicator, index, agreement(base, index))
        )  # fmt: skip
    return tuple(found)


def _other_weightings(
    own: Weighting, z: Floats, components: Sequence[Component], standing: Standing | None
) -> list[Weighting]:
    possible = [Weighting.EQUAL, Weighting.PRINCIPAL]
    if len({one.weight for one in components}) > 1:
        possible.append(Weighting.GIVEN)
    if standing is not None and _enough(int(np.isfinite(standing.result).sum()), z):
        possible.append(Weighting.REGRESSION)
    return [one for one in possible if one is not own]


def _remarks(index: Floats, weights: Floats, components: Sequence[Component]) -> tuple[Problem, ...]:
    count = int(np.isfinite(index).sum())
    found = [
        Problem("context-weight-against", column=one.indicator)
        for one, weight in zip(components, weights, strict=True)
        if weight < 0
    ]
    if short := len(index) - count:
        found.append(Problem("context-coverage-low", count=short))
    if not statistics.is_by_tenths(index):
        said = {"schools": count, "least": statistics.LEAST_FOR_TENTHS}
        found.append(Problem("context-few-for-tenths", values=said))
    return tuple(found)


def _extreme(values: Floats, least_or_most: Callable[..., Any]) -> Floats:
    found = np.full(len(values), np.nan)
    known = np.isfinite(values).any(axis=1)
    found[known] = least_or_most(values[known], axis=1)
    return found
