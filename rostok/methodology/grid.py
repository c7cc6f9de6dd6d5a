"""Which cells there are: selection, joining, window, and rows for what was held but not written here (Ibis).

Out comes one row per school and assessment with the columns of FACTS, ``below`` and ``period`` (calendar year, or
the year a school year starts in) and ``years_back``. A paper held in the region that this school did not write is a row with 0
participants and everything else missing, unless the school does not teach that grade. Waves of one kind, subject,
grade and year stand in for one another: whoever wrote one is not absent from the other.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

import ibis

from rostok.methodology.dependencies import constant
from rostok.methodology.ibis_expressions import Column, Compiler
from rostok.methodology.nodes import Selector
from rostok.methodology.parameters import Value
from rostok.methodology.whole import Methodology
from rostok.schema.assessments import Wave

IbisTable: TypeAlias = Any

KEY = ("kind", "subject", "grade", "year", "wave")
PLACE = ("kind", "subject", "grade", "year")  # what waves stand in for one another within
SUMMED = ("participants", "absent", "under_minimum", "marks_2", "marks_3", "marks_4", "marks_5")
WAVE_ORDER = (Wave.SPRING, Wave.AUTUMN, Wave.RETAKES)


@dataclass(frozen=True)
class Grid:
    """``cells`` as above; ``held``: the assessments of the window; ``periods``: its years, one column."""

    cells: IbisTable
    held: IbisTable
    periods: IbisTable


def build_grid(
    methodology: Methodology, facts: IbisTable, schools: IbisTable, values: dict[str, Value], on: dt.date
) -> Grid:
    """The cells of a methodology; ``schools`` is the universe (school_id, school_kind …), one row per school."""
    seen = _visible(_selected(methodology, facts, values), on)
    of = methodology.window.of if methodology.window else "calendar_years"
    start = seen.school_year.substr(0, 4) if of == "school_years" else seen.year
    seen = seen.mutate(period=start.cast("int16"))
    periods = seen.select("period").distinct()
    if methodology.window is not None:
        latest = int(constant(methodology.window.latest, values))
        periods = periods.order_by(ibis.desc("period")).limit(latest)
        seen = seen.semi_join(periods, "period")
    seen = seen.mutate(years_back=(seen.period.max().over(ibis.window()) - seen.period).cast("int16"))
    held = _held(seen)
    return Grid(seen.union(_not_written(methodology, seen, held, schools)), held, periods)


def _selected(methodology: Methodology, facts: IbisTable, values: dict[str, Value]) -> IbisTable:
    parts = []
    for selector in methodology.selectors:
        rows = facts.filter(_matches(facts, selector))
        if len(selector.kinds) > 1 or selector.row_kind not in selector.kinds:
            rows = _joined(rows, selector)
        parts.append(rows.mutate(below=Compiler(rows, values)(selector.below).cast("int32")))
    if not parts:
        return facts.limit(0).mutate(below=facts.under_minimum)
    return reduce(lambda a, b: a.union(b), parts)


def _matches(facts: IbisTable, selector: Selector) -> Column:
    return (
        facts.kind.isin([str(kind) for kind in selector.kinds])
        & facts.subject.isin([str(subject) for subject in selector.subjects])
        & facts.grade.isin(list(selector.grades))
        & facts.wave.isin([str(wave) for wave in selector.waves])
    )


def _joined(rows: IbisTable, selector: Selector) -> IbisTable:
    """Counts of several kinds over one denominator; a count one kind does not have is missing in the sum.

    Papers have maxima of their own, so sums of raw scores cannot be joined.
    """
    rows = rows.mutate(kind=ibis.literal(str(selector.row_kind)))
    columns = rows.columns
    sums = {
        name: (rows[name].isnull().any().ifelse(ibis.null(), rows[name].sum())).cast("int32")
        for name in SUMMED
    }
    joined = rows.group_by("school_id", *KEY, "pupil_grade", "school_year", "cohort").agg(**sums)
    return joined.mutate(
        raw_sum=ibis.null("int64"), raw_maximum=ibis.null("int16"), class_concentration=ibis.null("float64")
    ).select(*columns)


def _visible(rows: IbisTable, on: dt.date) -> IbisTable:
    """Assessments whose last day is not after ``on`` (31 December for autumn, 31 August for the rest)."""
    autumn = on.year if (on.month, on.day) >= (12, 31) else on.year - 1
    other = on.year if (on.month, on.day) >= (8, 31) else on.year - 1
    return rows.filter(rows.year <= (rows.wave == str(Wave.AUTUMN)).ifelse(autumn, other))


def _held(seen: IbisTable) -> IbisTable:
    """One row per assessment somebody wrote, with what goes with it."""
    return seen.group_by(*KEY, "period", "years_back").agg(
        pupil_grade=seen.pupil_grade.min(), school_year=seen.school_year.min(), cohort=seen.cohort.min()
    )


def _not_written(methodology: Methodology, seen: IbisTable, held: IbisTable, schools: IbisTable) -> IbisTable:
    rank = ibis.cases(*((held.wave == str(wave), place) for place, wave in enumerate(WAVE_ORDER)))
    first = held.mutate(_rank=rank)
    first = first.mutate(_first=first._rank.min().over(group_by=list(PLACE)))
    first = first.filter(first._rank == first._first).drop("_rank", "_first")
    pairs = schools.select("school_id", "school_kind").cross_join(first)
    for kind, last in methodology.taught:
        pairs = pairs.filter(~((pairs.school_kind == kind) & (pairs.pupil_grade > last)).fill_null(False))
    pairs = pairs.drop("school_kind").anti_join(seen, ["school_id", *PLACE])
    types = seen.schema()
    blanks = {name: ibis.null(types[name]) for name in seen.columns if name not in pairs.columns}
    blanks["participants"] = ibis.literal(0, types["participants"])
    return pairs.mutate(**blanks).select(*seen.columns)
