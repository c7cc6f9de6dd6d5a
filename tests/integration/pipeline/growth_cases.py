"""Input with and without each fault of growth, groups of schools and resilience."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rostok import pipeline
from rostok.pipeline import grouping, resilient
from rostok.schema.problems import InputRefused, Problem
from rostok.statistics.multilevel import FitRefused
from rostok.store import DataVersion
from tests.integration.school_results import (
    MATH_5,
    MATH_5_LATER,
    MATH_6_LATER,
    RUSSIAN_5,
    context_rows,
    drawn,
    stored,
    two_years,
    with_context,
)

Trial = Callable[[Path, pytest.MonkeyPatch], Iterable[Problem]]
Made = Callable[[Path], DataVersion]

_RNG = np.random.default_rng(9)
LEVELS = _RNG.normal(0, 0.6, 60)
SAME = np.zeros(60)
KINDS = np.repeat([-1.2, 1.2], 30) + _RNG.normal(0, 0.15, 60)
CONTEXT = LEVELS + _RNG.normal(0, 0.6, 60)


@dataclass(frozen=True)
class Job:
    """A command over a version made for it."""

    command: str
    made: Made
    asked: Mapping[str, Any] = field(default_factory=dict)
    patch: tuple[Any, str, Any] | None = None

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        version = self.made(folder / "in")
        plans = {
            "growth": pipeline.GrowthPlan,
            "clusters": pipeline.ClustersPlan,
            "resilience": pipeline.ResiliencePlan,
        }
        if self.patch is not None:
            monkeypatch.setattr(*self.patch)
        run = getattr(pipeline, self.command)
        try:
            return run(
                [version.directory], plan=plans[self.command](**self.asked), out=folder / "out"
            ).problems
        except InputRefused as refused:
            return refused.problems


def growth(made: Made, **asked: Any) -> Job:
    return Job("growth", made, asked)


def clusters(made: Made, patch: tuple[Any, str, Any] | None = None) -> Job:
    return Job("clusters", made, {"resamples": 3}, patch)


def resilience(made: Made, patch: tuple[Any, str, Any] | None = None, **asked: Any) -> Job:
    return Job("resilience", made, {"indicator": "index", "reliability": 0.9, **asked}, patch)


def years(root: Path) -> DataVersion:
    return two_years(root, LEVELS, LEVELS)


def one_year(root: Path) -> DataVersion:
    return stored(root, {MATH_5: drawn(LEVELS, 20, 1)})


def without_maximum(root: Path) -> DataVersion:
    papers = {MATH_5: drawn(LEVELS, 20, 1), MATH_5_LATER: drawn(LEVELS, 20, 2)}
    return stored(root, papers, items={MATH_5_LATER: ()})


def without_spread(root: Path) -> DataVersion:
    flat = {school: [3] * 5 for school in drawn(LEVELS, 20, 1)}
    return stored(root, {MATH_5: drawn(LEVELS, 20, 1), MATH_5_LATER: flat})


def generation(pupils: int = 20, *, strangers: bool = False) -> Made:
    papers = {MATH_5: drawn(LEVELS, pupils, 1), MATH_6_LATER: drawn(LEVELS, pupils, 2)}
    return lambda root: stored(root, papers, strangers=strangers)


def without_some_russian(root: Path) -> DataVersion:
    russian = dict(list(drawn(LEVELS, 20, 4).items())[:57])
    return stored(root, {MATH_5: drawn(LEVELS, 20, 3), RUSSIAN_5: russian})


def whole(root: Path) -> DataVersion:
    return with_context(root, LEVELS, CONTEXT)


def kinds(root: Path) -> DataVersion:
    return with_context(root, KINDS, CONTEXT, pupils=40)


def alike(root: Path) -> DataVersion:
    """Every school has the same pupils, so that nothing is left between schools."""
    every = {school: [1, 2, 2, 3, 3, 4] for school in drawn(SAME, 1, 1)}
    return stored(root, {MATH_5: every, RUSSIAN_5: every}, context_rows(CONTEXT))


def refusing(*_: object, **__: object) -> None:
    raise FitRefused("one-unit", level="school_id", unit="990001")


def few(root: Path) -> DataVersion:
    return with_context(root, LEVELS[:10], CONTEXT[:10])


TRIALS: tuple[tuple[str, Trial, Trial], ...] = (
    ("growth-no-maximum", growth(without_maximum), growth(years)),
    ("growth-no-spread", growth(without_spread), growth(years)),
    ("growth-one-moment", growth(one_year), growth(years)),
    ("growth-few-schools", growth(lambda root: two_years(root, LEVELS[:4], LEVELS[:4])), growth(years)),
    ("growth-no-generations", growth(years, linked=True), growth(generation(), linked=True)),
    ("growth-codes-strangers", growth(generation(strangers=True), linked=True), growth(generation(), linked=True)),
    ("growth-few-linked", growth(generation(pupils=3), linked=True), growth(generation(), linked=True)),
    ("clusters-few-schools", clusters(few), clusters(whole)),
    ("clusters-no-features", clusters(alike), clusters(whole)),
    ("clusters-schools-left-out", clusters(without_some_russian), clusters(whole)),
    ("clusters-one", clusters(whole), clusters(kinds)),
    ("clusters-unstable", clusters(kinds, (grouping, "STABLE", 1.01)), clusters(kinds)),
    ("resilience-no-context", resilience(whole, indicator="nothing"), resilience(whole)),
    ("resilience-context-same", resilience(lambda root: with_context(root, LEVELS, SAME)), resilience(whole)),
    ("resilience-few-schools", resilience(few), resilience(whole)),
    ("resilience-schools-left-out", resilience(lambda root: with_context(root, LEVELS, CONTEXT[:50])), resilience(whole)),
    ("resilience-error-assumed", resilience(whole, reliability=None), resilience(whole)),
    ("resilience-model-refused", resilience(whole, (resilient, "fit", refusing)), resilience(whole)),
    ("resilience-variance-none", resilience(alike), resilience(whole)),
)  # fmt: skip
