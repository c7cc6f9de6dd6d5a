"""The section «value added» of a report: papers of the last school year beside what conditions let expect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.disclosure import is_share_shown
from rostok.pipeline.modelling import ModellingTable
from rostok.pipeline.objectivity_effects import school_facts
from rostok.pipeline.objectivity_papers import SchoolList
from rostok.pipeline.report_conditions import ChosenConditions
from rostok.pipeline.report_sentences import NothingToSay
from rostok.pipeline.valuing import ValueAdded, value_added
from rostok.reports import analysis_model as model
from rostok.reports.effect_charts import BandPoint, BoxRow, Sign
from rostok.reports.presenters.boxes import box_row
from rostok.reports.presenters.objectivity import group_word
from rostok.schema.assessments import Assessment, Wave
from rostok.schema.problems import InputRefused, Problem
from rostok.statistics.intervals import reach
from rostok.statistics.multilevel import INTERCEPT, Sums
from rostok.statistics.multilevel.effects import expected, rows_for, shares_of_variance
from rostok.store import DataVersion
from rostok.wording import gettext

Floats = NDArray[np.float64]

SCHOOL, OUTCOME = "school_id", "percent_correct"
SEX, PRIOR, CONTEXT = "sex", "cohort_prior_mean", "context"
MOST_PAPERS = 12  # of one report; `rostok value-added` takes any
LEAST_SCHOOLS = 10  # with fewer, nobody knows how much schools differ
LEAST_KNOWN = 0.8  # of participants must a condition be known, or too many are left out by it
_BAND_POINTS = 13
_RELIABLE = 0.8
_LEAST_GROUP = 5  # schools in a box


def build_value_added(
    version: DataVersion, engine: Any, chosen: ChosenConditions | None, on: dt.date
) -> model.ValueAdded:
    """Raises NothingToSay where nothing can be expected of any paper, InputRefused where nobody wrote anything."""
    try:
        table = ModellingTable.of(engine, version)
    except InputRefused as refused:  # its words are of a table nobody asked for here
        raise InputRefused((Problem("nothing-to-examine"),)) from refused
    papers = _papers(table, on)
    context = {} if chosen is None else dict(chosen.values)
    found: list[model.PaperValue] = []
    left_out = without = 0
    for paper in papers:
        if len(found) == MOST_PAPERS:
            left_out += 1
            continue
        one = _paper(table, paper, context)
        if one is None:
            without += 1
        else:
            found.append(one)
    if not found:
        raise NothingToSay(
            gettext(
                "Ожидать результата не от чего: нужны прежний результат тех же детей или условия школ (соцпаспорт, анкета) и не "
                "меньше {schools} школ.",
                schools=LEAST_SCHOOLS,
            )
        )
    used = any(CONTEXT in one.conditions for one in found)
    alike = _most_alike(found)
    return model.ValueAdded(
        tuple(found), chosen.title if chosen and used else "", tuple(_boxes(version, alike)), len(alike), left_out,
        without,
    )  # fmt: skip


def _most_alike(papers: Sequence[model.PaperValue]) -> list[model.PaperValue]:
    """Papers with an earlier result or papers without one, whichever are more: effects of the two are not one thing."""
    with_prior = [one for one in papers if PRIOR in one.conditions]
    without = [one for one in papers if PRIOR not in one.conditions]
    return with_prior if len(with_prior) >= len(without) else without


def _papers(table: ModellingTable, on: dt.date) -> list[Assessment]:
    """Papers of the last school year with a known maximum, those with an earlier result first."""
    known = [one for one in table.papers if one.last_day <= on and one.wave is not Wave.RETAKES
             and table.version.entry(one).raw_maximum]  # fmt: skip
    if not known:
        return []
    last = max(one.school_year.start for one in known)
    of_year = [one for one in known if one.school_year.start == last]
    return sorted(of_year, key=lambda one: (table.priors[one] not in table.means, one.key))


# --- one paper


def _paper(table: ModellingTable, paper: Assessment, context: Mapping[str, float]) -> model.PaperValue | None:
    """None where nothing is known that results could be expected from, or the model cannot be fitted."""
    rows = _rows(table, paper, context)
    conditions = [name for name in (SEX, PRIOR, CONTEXT) if _is_usable(rows, name)]
    if PRIOR not in conditions and CONTEXT not in conditions:
        return None
    used = rows.select([SCHOOL, OUTCOME, *conditions]).drop_null()
    if len(pc.unique(used[SCHOOL])) < LEAST_SCHOOLS:
        return None
    try:
        fitted = value_added(used, outcome=OUTCOME, group=SCHOOL, covariates=conditions)
    except InputRefused:
        return None
    return _value(paper, fitted, conditions, context, rows.num_rows)


def _rows(table: ModellingTable, paper: Assessment, context: Mapping[str, float]) -> pa.Table:
    pieces = [one.select([SCHOOL, SEX, OUTCOME, PRIOR]) for one in table.pieces(paper)]
    if not pieces:
        return pa.table({name: pa.array([], pa.float64()) for name in (SCHOOL, SEX, OUTCOME, PRIOR, CONTEXT)})
    rows = pa.concat_tables(pieces)
    rows = rows.filter(pc.is_valid(rows[OUTCOME]))
    schools = pa.array(list(context), pa.string())
    values = pa.array(list(context.values()), pa.float64())
    return rows.append_column(CONTEXT, values.take(pc.index_in(rows[SCHOOL].combine_chunks(), schools)))


def _is_usable(rows: pa.Table, name: str) -> bool:
    """Is it known of most, and not the same for all?"""
    column = rows[name]
    known = rows.num_rows - column.null_count
    return bool(known >= LEAST_KNOWN * rows.num_rows > 0 and len(pc.unique(column.drop_null())) > 1)


def _value(
    paper: Assessment, fitted: ValueAdded, conditions: Sequence[str], context: Mapping[str, float], rows: int
) -> model.PaperValue:
    fit, level = fitted.fit, fitted.fit.level(SCHOOL)
    means = _means(fitted.sums, dict(zip(fit.terms, fit.estimates.tolist(), strict=True)))
    effects, errors = level.effects[:, 0].tolist(), level.standard_errors[:, 0].tolist()
    lines = [
        model.ValueLine(
            unit, int(n), *means.of[unit], effect, error, sign_of(effect, error if is_share_shown(int(n)) else np.inf)
        )
        for unit, n, effect, error in zip(level.units, level.rows.tolist(), effects, errors, strict=True)
    ]  # fmt: skip
    between = float(level.covariance[0, 0])
    with_context = (
        {line.school_id: context[line.school_id] for line in lines} if CONTEXT in conditions else {}
    )
    return model.PaperValue(
        paper, tuple(conditions), fit.rows, rows - fit.rows, between**0.5, shares_of_variance(fit)[SCHOOL],
        tuple(sorted(lines, key=lambda line: line.school_id)), rows_for(fit, _RELIABLE),
        tuple(_bands(fitted, means.overall, with_context.values(), between)) if with_context else (), with_context,
    )  # fmt: skip


def sign_of(effect: float, error: float) -> Sign:
    """Where the interval of ± 1.96 errors lies beside nought."""
    half = reach() * error
    return Sign.ABOVE if effect > half else Sign.BELOW if effect < -half else Sign.CANNOT_TELL


@dataclass(frozen=True)
class _Means:
    """``of``: school → real and expected mean; ``overall``: mean of every column of the model over all rows."""

    of: Mapping[str, tuple[float, float]]
    overall: Mapping[str, float]


def _means(sums: Sums, estimates: Mapping[str, float]) -> _Means:
    totals, n = sums.cross[:, 0, :-1], sums.cross[:, 0, 0]
    columns = np.linalg.solve(sums.to_user.T, (totals / n[:, None]).T).T
    real = sums.cross[:, 0, -1] / n + sums.outcome_shift
    beta = np.array([estimates.get(name, 0.0) for name in sums.columns])
    pairs = zip(real.tolist(), (columns @ beta).tolist(), strict=True)
    overall = (columns * n[:, None]).sum(axis=0) / n.sum()
    return _Means(
        dict(zip(sums.levels[0].keys, pairs, strict=True)), dict(zip(sums.columns, overall.tolist(), strict=True))
    )  # fmt: skip


def _bands(
    fitted: ValueAdded, overall: Mapping[str, float], values: Sequence[float] | Any, between: float
) -> Iterator[BandPoint]:
    """What is expected along the index, everything else as in the region as a whole."""
    known = list(values)
    others = {name: value for name, value in overall.items() if name not in (INTERCEPT, CONTEXT)}
    for x in np.linspace(min(known), max(known), _BAND_POINTS).tolist():
        one = expected(fitted.fit, {**others, CONTEXT: x})
        half, whole = reach() * one.standard_error, reach() * (one.standard_error**2 + between) ** 0.5
        yield BandPoint(
            x, one.value, one.value - half, one.value + half, one.value - whole, one.value + whole
        )


# --- groups of schools


def _boxes(version: DataVersion, papers: Sequence[model.PaperValue]) -> Iterator[BoxRow]:
    """Mean effects of schools over their papers, by group."""
    effects: dict[str, list[float]] = {}
    sizes: dict[str, list[int]] = {}
    for paper in papers:
        for line in paper.lines:
            effects.setdefault(line.school_id, []).append(line.effect)
            sizes.setdefault(line.school_id, []).append(line.participants)
    schools = SchoolList(pa.array(sorted(effects), pa.string()))
    keys = schools.keys.to_pylist()
    mean = np.array([float(np.mean(effects[key])) for key in keys])
    facts = school_facts(version, schools, np.array([float(np.mean(sizes[key])) for key in keys]))
    for name, members in facts.groups():
        if _LEAST_GROUP <= members.sum() < len(keys):
            yield box_row(group_word(name), mean[members].tolist())
