"""What was asked of a model, read against a table: which columns are numbers, which categories, what to refuse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from rostok.formats.model_tables import ModelTable
from rostok.formats.problem_log import ProblemLog
from rostok.schema.problems import InputRefused, Problem
from rostok.statistics.multilevel.formula import (
    Column,
    Term,
    Variable,
    columns_of,
    numbers_to_centre,
    parse_terms,
)
from rostok.store.model_reductions import UsedColumns, levels_of, numbers_among

MOST_COLUMNS = 200
MOST_LEVELS = 200
LEAST_NUMBERS = 0.9  # of the filled texts of a column must be numbers for it to be one
# A mark the school gives itself explains away what the school gives: see the manual.
JOURNAL = frozenset({"journal_mark", "отметка по журналу", "журнал"})


@dataclass(frozen=True)
class ValueAddedPlan:
    """What model to fit. ``covariates``: terms as ``A`` or ``A:B``; ``slopes``: as ``SCHOOL:A``.

    ``categorical``: numbers to be taken as names. ``bases``: for a category the one that others are compared with,
    else the first in order. ``engine`` as of other commands. ``residuals``: count those of pupils, a second pass.
    """

    outcome: str
    group: str
    covariates: tuple[str, ...] = ()
    group2: str | None = None
    slopes: tuple[str, ...] = ()
    weights: str | None = None
    reml: bool = True
    categorical: tuple[str, ...] = ()
    bases: Mapping[str, str] = field(default_factory=dict)
    engine: str = "duckdb"
    residuals: bool = False

    @property
    def groups(self) -> tuple[str, ...]:
        return (self.group,) if self.group2 in (None, self.group) else (self.group, str(self.group2))


@dataclass(frozen=True)
class Terms:
    """The plan parsed. ``by_level``: terms whose slopes vary, by the column of groups."""

    fixed: tuple[Term, ...]
    by_level: Mapping[str, tuple[Term, ...]]

    @property
    def variables(self) -> tuple[str, ...]:
        every = (*self.fixed, *(term for terms in self.by_level.values() for term in terms))
        return tuple(dict.fromkeys(name for term in every for name in term))


@dataclass(frozen=True)
class Design:
    """Columns of the model. ``slopes``: by level the columns whose slope varies; ``only_random``: those not fixed."""

    columns: tuple[Column, ...]
    slopes: Mapping[str, tuple[str, ...]]
    only_random: tuple[str, ...]
    may_centre: frozenset[str]


def parse_plan(plan: ValueAddedPlan) -> Terms:
    """Raises InputRefused: model-term-unreadable, model-slope-unknown, model-term-is-outcome, model-too-wide."""
    fixed = _parsed(plan.covariates)
    by_level: dict[str, tuple[Term, ...]] = {}
    for text in plan.slopes:
        level = next((name for name in plan.groups if text.startswith(f"{name}:")), None)
        if level is None:
            options = ", ".join(f"«{name}»" for name in plan.groups)
            raise InputRefused((Problem("model-slope-unknown", value=text, values={"options": options}),))
        by_level[level] = (*by_level.get(level, ()), *_parsed((text[len(level) + 1 :],)))
    terms = Terms(fixed, by_level)
    if plan.outcome in (*terms.variables, *plan.groups):
        raise InputRefused((Problem("model-term-is-outcome", column=plan.outcome),))
    _check_width(len(fixed))
    return terms


def _parsed(texts: Sequence[str]) -> tuple[Term, ...]:
    try:
        return tuple(parse_terms([text for text in texts if text.strip()]))
    except ValueError as error:
        raise InputRefused((Problem("model-term-unreadable", value=str(error)),)) from error


def _check_width(columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise InputRefused((Problem("model-too-wide", values={"columns": columns, "most": MOST_COLUMNS}),))


def used_columns(
    engine: Any, table: Any, source: ModelTable, plan: ValueAddedPlan, terms: Terms, log: ProblemLog
) -> UsedColumns:
    """Which columns are numbers and which categories. Raises InputRefused: model-not-numbers."""
    meant = dict.fromkeys((plan.outcome, *filter(None, (plan.weights,)), *terms.variables))
    texts = [name for name in meant if _is_text(source.types[name])]
    known = numbers_among(engine, table, texts)
    for name in filter(None, (plan.outcome, plan.weights)):
        filled, numbers = known.get(name, (0, 0))
        if not _is_number(source.types[name]) and (
            not _is_text(source.types[name]) or numbers < LEAST_NUMBERS * filled
        ):
            raise InputRefused((Problem("model-not-numbers", source.name, column=name,
                                        values={"numbers": numbers, "filled": filled}),))  # fmt: skip
    forced = {*plan.categorical, *plan.bases, *source.quoted}
    numbers_: list[str] = []
    categories: list[str] = []
    for name in terms.variables:
        filled, numbers = known.get(name, (0, 0))
        as_number = _is_number(source.types[name]) or bool(filled and numbers >= LEAST_NUMBERS * filled)
        (numbers_ if as_number and name not in forced else categories).append(name)
    if both := [name for name in categories if name in plan.groups]:
        raise InputRefused((Problem("model-term-is-group", source.name, column=both[0]),))
    for name in dict.fromkeys((plan.outcome, *((plan.weights,) if plan.weights else ()), *numbers_)):
        filled, numbers = known.get(name, (0, 0))
        if filled > numbers:
            log.add("model-cells-not-numbers", column=name, count=filled - numbers)
        if name.lower() in JOURNAL and name in terms.variables:
            log.add("model-term-is-journal", column=name)
    for name in categories:
        if name.lower() in JOURNAL:
            log.add("model-term-is-journal", column=name)
    return UsedColumns(plan.outcome, plan.groups, tuple(numbers_), tuple(categories), plan.weights)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def variables_of(
    engine: Any, rows: Any, used: UsedColumns, plan: ValueAddedPlan, log: ProblemLog
) -> dict[str, Variable]:
    """Variables with the levels of categories, the base first; ``rows``: complete ones.

    Raises InputRefused: model-category-wide, model-base-unknown.
    """
    found = {name: Variable(name) for name in used.numbers}
    for name in used.categories:
        texts = levels_of(engine, rows, name, MOST_LEVELS)
        if texts is None:
            raise InputRefused((Problem("model-category-wide", column=name, values={"most": MOST_LEVELS}),))
        levels = sorted(texts, key=_order)
        base = plan.bases.get(name)
        if base is not None and base not in levels:
            options = ", ".join(f"«{level}»" for level in levels)
            raise InputRefused(
                (Problem("model-base-unknown", column=name, value=base, values={"options": options}),)
            )
        if base is not None:
            levels = [base, *(level for level in levels if level != base)]
        if len(levels) == 1:
            log.add("model-column-constant", column=name)
        found[name] = Variable(name, tuple(levels))
    return found


def _order(text: str) -> tuple[int, float, str, str]:
    """Numbers by size, then texts as a dictionary has them."""
    try:
        return 0, float(text.replace(",", ".")), "", text
    except ValueError:
        return 1, 0.0, text.casefold(), text


def design_of(terms: Terms, variables: Mapping[str, Variable]) -> Design:
    """Raises InputRefused: model-too-wide."""
    fixed = columns_of(terms.fixed, variables)
    by_level = {level: columns_of(own, variables) for level, own in terms.by_level.items()}
    every = {column.name: column for column in (*fixed, *(one for own in by_level.values() for one in own))}
    _check_width(len(every))
    # What centring adds to a product must be found among the fixed columns, and among each level's.
    stuck: set[str] = set().union(*(_stuck(own) for own in (fixed, *by_level.values())))
    may = {number for column in every.values() for number in column.numbers} - stuck
    named = {column.name for column in fixed}
    return Design(
        tuple(every.values()),
        {level: tuple(column.name for column in own) for level, own in by_level.items()},
        tuple(name for name in every if name not in named),
        frozenset(may),
    )


def _stuck(columns: Sequence[Column]) -> set[str]:
    named = {number for column in columns for number in column.numbers}
    return named - numbers_to_centre(columns)
