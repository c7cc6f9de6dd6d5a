"""Conditions of schools as one number each with its error: an index of ``rostok context``, or one indicator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.pipeline.context_values import find_index
from rostok.pipeline.describing import conditions_of
from rostok.schema.problems import InputRefused, Problem
from rostok.store import DataVersion
from rostok.wording import decimal

Floats = NDArray[np.float64]

# What an indicator of one year is taken to be worth where nobody says: a usual figure for short scales of school
# context; it is named in the problems, so that nobody takes it for knowledge.
ASSUMED_RELIABILITY = 0.8
_LISTED = 12


@dataclass(frozen=True)
class MeasuredConditions:
    """Of each school ``value``, higher is better off, and its standard ``error``; NaN where not known."""

    value: Floats
    error: Floats
    problems: tuple[Problem, ...]


def by_index(
    version: DataVersion, engine: Any, name: str, schools: Sequence[str], *, on: dt.date | None = None
) -> MeasuredConditions:
    """The index of the latest year with answers up to ``on``, with its jackknife errors. Raises InputRefused.

    A school with one indicator has the typical error of the others. An index of one indicator has no jackknife: its
    error is by ASSUMED_RELIABILITY, which is said; without one it would pass for exact.
    """
    until = None if on is None else on.year
    found = conditions_of(engine, version, find_index(name), None, None, until).found
    place = {key: at for at, key in enumerate(found.schools)}
    at = np.array([place.get(school, -1) for school in schools])
    value = np.where(at >= 0, found.index[at], np.nan)
    error = np.where(at >= 0, found.errors[at], np.nan)
    if not np.isfinite(found.errors).any():
        return MeasuredConditions(value, _errors(value, ASSUMED_RELIABILITY), (*found.problems, _assumed()))
    typical = float(np.nanmean(found.errors**2) ** 0.5)
    return MeasuredConditions(value, np.where(np.isfinite(error), error, typical), found.problems)


def _errors(value: Floats, reliability: float) -> Floats:
    """One error for all: the part of the spread of ``value`` that a reliability leaves to chance."""
    known = np.isfinite(value)
    spread = float(np.std(value[known])) if known.any() else 0.0
    return np.where(known, spread * (1 - reliability) ** 0.5, np.nan)


def _assumed() -> Problem:
    return Problem("resilience-error-assumed", values={"reliability": decimal(ASSUMED_RELIABILITY)})


def by_indicator(
    version: DataVersion,
    name: str,
    schools: Sequence[str],
    *,
    falling: bool = False,
    reliability: float | None = None,
    on: dt.date | None = None,
) -> MeasuredConditions:
    """The mean of an indicator over its years. Raises InputRefused (resilience-no-context).

    Error: by ``reliability``; where nobody names it, by ASSUMED_RELIABILITY, which is said. Years differing little from
    one another would be no proof of it: a question understood wrongly is so every year.
    """
    table = version.table("context")
    own = table.filter(pc.and_(pc.equal(table["indicator"], name), pc.is_valid(table["value"])))
    if on is not None:
        own = own.filter(pc.less_equal(own["year"], on.year))
    if not own.num_rows:
        raise InputRefused(
            (Problem("resilience-no-context", value=name, values={"options": _options(table)}),)
        )
    value = _means(own, schools)
    value = -value if falling else value
    if reliability is None:
        return MeasuredConditions(value, _errors(value, ASSUMED_RELIABILITY), (_assumed(),))
    return MeasuredConditions(value, _errors(value, reliability), ())


def _means(own: pa.Table, schools: Sequence[str]) -> Floats:
    place = pc.index_in(own["school_id"], pa.array(schools, pa.string()))
    value = own["value"].to_numpy()
    at = pc.fill_null(place, -1).to_numpy()
    kept = (at >= 0) & np.isfinite(value)
    count = np.bincount(at[kept], minlength=len(schools))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.bincount(at[kept], value[kept], len(schools)) / count)


def _options(table: pa.Table) -> str:
    names = sorted(set(table["indicator"].to_pylist()))
    return ", ".join(names[:_LISTED]) + (" …" if len(names) > _LISTED else "") if names else "—"
