"""The section «sandbox» of a report: the methodology's first threshold moved two steps either way, without firmness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rostok.methodology import Methodology
from rostok.methodology.parameters import Parameter, written
from rostok.pipeline.calculating import Calculation
from rostok.pipeline.methodologies import set_parameters
from rostok.pipeline.report_sentences import NothingToSay
from rostok.pipeline.sandboxing import Sandbox, SandboxPlan, Tried, Varied, try_values
from rostok.reports import analysis_model as model
from rostok.reports.axes import nice_step
from rostok.schema.problems import InputRefused
from rostok.statistics.sandbox import moves, year_before
from rostok.store import DataVersion
from rostok.wording import gettext

STEPS = 2  # either way
SHARE_STEP = 0.05
_PART_OF_VALUE = 0.05  # a step of what is neither a share nor a small whole number
_SMALL = 20
_THRESHOLDS = ("threshold", "cut", "goal")  # what thresholds are called in our methodologies


def build_sandbox(version: DataVersion, calculation: Calculation, engine: Any) -> model.Sandbox:
    """Raises NothingToSay for a methodology of types instead of a list, or without a number that can be moved."""
    methodology, day = calculation.methodology, calculation.on
    if methodology.verdict is None and len(methodology.category) > 1:
        raise NothingToSay(
            gettext(
                "Методика делит все школы на типы: от порога меняется тип, а не список. Сравните rostok analyse с --set."
            )
        )
    parameter = first_threshold(methodology)
    if parameter is None:
        raise NothingToSay(gettext("У методики нет числового порога, который можно подвинуть."))
    base = float(parameter.on(day))
    variants = dict(_variants(methodology, parameter, base))
    if not variants:
        raise NothingToSay(gettext("Соседних значений порога методика не допускает."))
    plan = SandboxPlan(methodology, Varied(parameter.name, tuple(variants)), draws=0, on=day)
    found = try_values(version, plan, list(variants.values()), engine)
    keys = found.schools.keys.to_pylist()
    tried = sorted(
        (_tried(one, found, keys) for one in (found.base, *found.tried)), key=lambda one: one.value
    )
    return model.Sandbox(
        str(parameter.title) or parameter.name, parameter.unit, base, tuple(tried), tuple(_groups(found))
    )


def first_threshold(methodology: Methodology) -> Parameter | None:
    """The first number called a threshold; else the first number of all."""
    numbers = [one for one in methodology.parameters if one.unit != "choice"]
    called = [one for one in numbers if any(word in one.name for word in _THRESHOLDS)]
    return next(iter(called or numbers), None)


def step_of(value: float, unit: str) -> float:
    """How far a threshold is moved at once.

    >>> step_of(0.3, "share"), step_of(5, "index"), step_of(800, "points"), step_of(0.36, "coefficient")
    (0.05, 1.0, 50.0, 0.02)
    """
    if unit == "share":
        return SHARE_STEP
    if float(value).is_integer() and 0 < value <= _SMALL:
        return 1.0
    return nice_step(abs(value) * _PART_OF_VALUE)


def _variants(
    methodology: Methodology, parameter: Parameter, base: float
) -> Iterator[tuple[str, Methodology]]:
    """The methodology at each value beside its own; values it does not allow are left out."""
    step = step_of(base, parameter.unit)
    for number in range(-STEPS, STEPS + 1):
        value = written(round(base + number * step, 10))
        try:
            if number and float(value) > 0:
                yield value, set_parameters(methodology, {parameter.name: value})
        except InputRefused:
            continue  # a share above one, a window of no years


def _tried(one: Tried, found: Sandbox, keys: list[str]) -> model.TriedValue:
    moved = moves(found.base.now, one.now)
    told = model.TriedValue(
        float(one.value), int(one.now.listed.sum()), _named(moved.entered, keys), _named(moved.left, keys)
    )
    if one.before is None:
        return told
    years = year_before(one.now, one.before)
    earlier = None if np.isnan(years.found_earlier) else years.found_earlier
    return replace(
        told,
        listed_before=years.listed_before,
        both=years.both,
        found_earlier=earlier,
        recovered=years.recovered,
    )


def _named(members: NDArray[np.bool_], keys: list[str]) -> tuple[str, ...]:
    return tuple(keys[at] for at in np.flatnonzero(members))


def _groups(found: Sandbox) -> Iterator[model.GroupMoves]:
    """At each value in the order of values."""
    tried = sorted((found.base, *found.tried), key=lambda one: float(one.value))
    for name, members in found.facts.groups():
        yield model.GroupMoves(
            name, int(members.sum()), tuple(int((one.now.listed & members).sum()) for one in tried)
        )
