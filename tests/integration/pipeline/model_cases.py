"""Tables of pupils for the codes of models of value added: what triggers each, and the table without the fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rostok import pipeline
from rostok.pipeline import value_terms, valuing
from rostok.schema.problems import InputRefused, Problem
from rostok.statistics.multilevel import optimum

Trial = Callable[[Path, pytest.MonkeyPatch], Iterable[Problem]]
Columns = dict[str, Any]

SCHOOLS, PUPILS = 24, 10
_RNG = np.random.default_rng(20)
SCHOOL = np.repeat(np.arange(SCHOOLS), PUPILS)
PRIOR = np.round(_RNG.normal(10, 3, SCHOOLS * PUPILS), 2)
CONTEXT = _RNG.normal(size=SCHOOLS)[SCHOOL]
SEX = np.where(_RNG.random(SCHOOLS * PUPILS) < 0.5, "F", "M")
SLOPE = _RNG.normal(0, 0.4, SCHOOLS)[SCHOOL]
SCORE = 3 + 0.5 * PRIOR + _RNG.normal(0, 2, SCHOOLS)[SCHOOL] + SLOPE * (PRIOR - 10)
SCORE = SCORE + _RNG.normal(0, 1, SCHOOLS * PUPILS) + _RNG.normal(0, 2, 12)[SCHOOL // 2]


def good() -> Columns:
    """240 pupils of 24 schools in 12 towns."""
    return {"score": SCORE, "prior": PRIOR, "context": CONTEXT, "sex": SEX.tolist(),
            "school": [f"s{k:02d}" for k in SCHOOL], "town": [f"t{k // 2:02d}" for k in SCHOOL]}  # fmt: skip


@dataclass(frozen=True)
class Model:
    """A model of ``good`` with some columns changed, as from a notebook."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    asked: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[int, int] = (0, SCHOOLS * PUPILS)
    patch: tuple[Any, str, Any] | None = None

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        if self.patch is not None:
            monkeypatch.setattr(*self.patch)
        table = pa.table(
            {name: cells[slice(*self.rows)] for name, cells in (good() | dict(self.columns)).items()}
        )
        given = {"outcome": "score", "group": "school", **self.asked}
        try:
            return pipeline.value_added(table, **given).problems
        except InputRefused as refused:
            return refused.problems


@dataclass(frozen=True)
class ModelFile:
    """A file given to the command."""

    content: bytes
    name: str = "table.csv"

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        folder.mkdir(parents=True)
        path = folder / self.name
        path.write_bytes(self.content)
        plan = pipeline.ValueAddedPlan("score", "school")
        try:
            return pipeline.write_value_added(path, plan=plan, out=folder / "out").problems
        except InputRefused as refused:
            return refused.problems


def text(columns: Columns) -> bytes:
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def asking(columns: Mapping[str, Any] | None = None, **asked: Any) -> Model:
    return Model(columns or {}, asked)


def changed(values: Any, at: int, value: object) -> list[object]:
    found = list(values)
    found[at] = value
    return found


GOOD = asking(covariates=["prior", "sex"])
WIDE = [f"category {k}" for k in range(SCHOOLS * PUPILS)]
WORDS = [str(value) for value in PRIOR]
TWO_SCHOOLS = (0, 20)  # of the first town
FLAT = SCORE - np.repeat(SCORE.reshape(SCHOOLS, PUPILS).mean(axis=1), PUPILS)


def without_own_lines() -> np.ndarray:
    """Residuals of each school about its own line: no intercept and no slope of its own is left in them."""
    found = _RNG.normal(size=SCHOOLS * PUPILS)
    for school in range(SCHOOLS):
        own = school == SCHOOL
        columns = np.column_stack([np.ones(PUPILS), PRIOR[own]])
        found[own] -= columns @ np.linalg.lstsq(columns, found[own])[0]
    return found


TIED = without_own_lines() + CONTEXT * (3 + PRIOR)

TRIALS: tuple[tuple[str, Trial, Trial], ...] = (
    ("model-table-unknown", ModelFile(b"Rar!\x1a\x07 nothing", "table.rar"), ModelFile(text(good()))),
    ("column-repeated", ModelFile(b"score,school,score\n1,a,2\n2,b,3\n"), ModelFile(text(good()))),
    ("model-not-numbers", asking({"score": SEX.tolist()}), GOOD),
    ("model-cells-not-numbers", asking({"prior": changed(WORDS, 3, "ten")}, covariates=["prior"]),
     asking({"prior": WORDS}, covariates=["prior"])),
    ("model-rows-missing", asking({"prior": changed(PRIOR, 0, None)}, covariates=["prior"]), GOOD),
    ("model-rows-none", asking({"prior": pa.nulls(240, pa.float64())}, covariates=["prior"]), GOOD),
    ("model-weight-negative", asking({"w": [-1.0, *[1.0] * 239]}, weights="w"), asking({"w": [1.0] * 240}, weights="w")),
    ("model-weight-nought", asking({"w": [0.0, *[1.0] * 239]}, weights="w"), asking({"w": [1.0] * 240}, weights="w")),
    ("model-not-nested", asking({"town": changed(good()["town"], 0, "t11")}, group2="town"), asking(group2="town")),
    ("model-term-unreadable", asking(covariates=["prior:"]), GOOD),
    ("model-term-is-outcome", asking(covariates=["score"]), GOOD),
    ("model-term-is-group", asking(covariates=["school"]), GOOD),
    ("model-term-is-journal", asking({"journal_mark": np.arange(240) % 3}, covariates=["journal_mark"]), GOOD),
    ("model-category-wide", asking({"sex": WIDE}, covariates=["sex"]), GOOD),
    ("model-base-unknown", asking(covariates=["sex"], bases={"sex": "X"}), asking(covariates=["sex"], bases={"sex": "M"})),
    ("model-too-wide", Model(asked={"covariates": ["prior", "sex", "context"]}, patch=(value_terms, "MOST_COLUMNS", 2)), GOOD),
    ("model-too-large", Model(asked={"covariates": ["prior"]}, patch=(valuing, "MOST_CROSS", 10)), GOOD),
    ("model-slope-unknown", asking(slopes=["town:prior"]), asking(slopes=["school:prior"])),
    ("model-one-unit", asking({"school": ["s00"] * 240}), GOOD),
    ("model-one-row-per-unit", asking({"school": [f"s{k}" for k in range(240)]}), GOOD),
    ("model-outcome-constant", asking({"score": [5] * 240}), GOOD),
    ("model-outcome-same-within", asking({"score": CONTEXT}), GOOD),
    ("model-residual-none", asking({"score": 2 * PRIOR + 1}, covariates=["prior"]), GOOD),
    ("model-rows-few", Model(asked={"covariates": ["prior"]}, rows=(8, 12)), GOOD),
    ("model-column-constant", asking({"sex": ["F"] * 240}, covariates=["sex"]), GOOD),
    ("model-column-collinear", asking({"double": 2 * PRIOR + 3}, covariates=["prior", "double"]), GOOD),
    ("model-slope-same-within", asking(covariates=["context"], slopes=["school:context"]), asking(slopes=["school:prior"])),
    ("model-slope-too-many", Model(asked={"slopes": ["school:prior", "school:sex"]}, rows=TWO_SCHOOLS),
     asking(slopes=["school:prior"])),
    ("model-level-one-unit", asking({"town": ["t"] * 240}, group2="town"), asking(group2="town")),
    ("model-level-repeats", asking({"town": [f"t{k}" for k in SCHOOL]}, group2="town"), asking(group2="town")),
    ("model-units-few", Model(rows=(0, 60)), GOOD),
    ("model-variance-none", asking({"score": FLAT}), GOOD),
    ("model-effects-tied", asking({"score": TIED}, covariates=["prior"], slopes=["school:prior"]),
     asking(covariates=["prior"], slopes=["school:prior"])),
    ("model-not-converged", Model(patch=(optimum, "CONVERGED", -1.0)), GOOD),
)  # fmt: skip
