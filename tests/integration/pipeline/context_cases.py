"""Tables of school context for the codes of an index, of the table for models and of similar schools."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rostok import pipeline
from rostok.pipeline import indexing, modelling
from rostok.schema.problems import InputRefused, Problem
from rostok.statistics.matching import Distance
from tests.integration.papers import export, pupils, write

Trial = Callable[[Path, pytest.MonkeyPatch], Iterable[Problem]]

_RNG = np.random.default_rng(21)
SCHOOLS = [f"99{k:04d}" for k in range(24)]
PAPER = "2021/Проведение работы по математике, 6 класс. ВПР 2021.csv"
FIFTH = "2021/Проведение работы по математике, 5 класс. ВПР 2021.csv"
INDEX = """
id: own
version: "1"
title: свой
source: {document: никакой, confirmed: false}
author: Анна
checked_by: Борис
valid_from: 2021-01-01
review_on: 2030-01-01
indicators:
  poor: {title: бедность, range: [0, 1]}
  educated: {title: образование}
components:
  poor: {sign: -1}
  educated: {sign: 1}
"""


def values() -> dict[str, Any]:
    """Two indicators of 24 schools."""
    poor = np.round(_RNG.random(24), 2)
    return {"school_id": SCHOOLS, "poor": poor, "educated": 1 - poor + np.round(_RNG.random(24), 2)}


VALUES = values()
SIGNS = {"poor": -1, "educated": 1}


@dataclass(frozen=True)
class InMemory:
    """An index of ``VALUES`` with some columns changed, as from a notebook."""

    columns: Mapping[str, Any] = field(default_factory=dict)
    rows: int = 24
    signs: Mapping[str, int] = field(default_factory=lambda: SIGNS)
    asked: Mapping[str, Any] = field(default_factory=dict)
    patch: tuple[Any, str, Any] | None = None

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        if self.patch is not None:
            monkeypatch.setattr(*self.patch)
        table = pa.table(
            {name: list(cells)[: self.rows] for name, cells in (VALUES | dict(self.columns)).items()}
        )
        try:
            return pipeline.context_index(table, self.signs, **self.asked).problems
        except InputRefused as refused:
            return refused.problems


def indicators(columns: Mapping[str, Any] | None = None, year: int = 2021) -> bytes:
    """The table of schools × indicators as people write it."""
    found = VALUES | dict(columns or {})
    names = [name for name in found if name != "school_id"]
    lines = [",".join(["Школа", "Год", *names])]
    for k, school in enumerate(SCHOOLS):
        lines.append(",".join(["sch" + school, str(year), *(str(found[name][k]) for name in names)]))
    return "\n".join(lines).encode()


def papers(schools: Iterable[str] = SCHOOLS, grade: int = 6) -> bytes:
    return export(*(row for school in schools for row in pupils(4, 1, school="sch" + school, grade=grade)))


@dataclass(frozen=True)
class Files:
    """A folder given to a command. ``job``: what is done with it."""

    job: Callable[[Path, Path], Iterable[Problem]]
    table: bytes = indicators()
    paper: bytes | None = papers()
    others: Mapping[str, bytes] = field(default_factory=dict)
    patch: tuple[Any, str, Any] | None = None

    def __call__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Problem]:
        if self.patch is not None:
            monkeypatch.setattr(*self.patch)
        found = dict(self.others) | {"условия.csv": self.table}
        if self.paper is not None:
            found[PAPER] = self.paper
        inputs = write(folder / "in", found)
        (folder / "own.yaml").write_text(INDEX, "utf-8")
        try:
            return self.job(inputs, folder)
        except InputRefused as refused:
            return refused.problems


def context(name: str = "own.yaml", **asked: Any) -> Callable[[Path, Path], Iterable[Problem]]:
    def job(inputs: Path, folder: Path) -> Iterable[Problem]:
        index = str(folder / name) if name.endswith(".yaml") else name
        plan = pipeline.ContextPlan(index, **asked)
        return pipeline.context([inputs], plan=plan, out=folder / "out").problems

    return job


def table(name: str = "table.csv") -> Callable[[Path, Path], Iterable[Problem]]:
    def job(inputs: Path, folder: Path) -> Iterable[Problem]:
        return pipeline.modelling_table([inputs], out=folder / name).problems

    return job


def similar(group: str = "", **asked: Any) -> Callable[[Path, Path], Iterable[Problem]]:
    def job(inputs: Path, folder: Path) -> Iterable[Problem]:
        if group:
            (folder / "group.txt").write_text(group, "utf-8")
        own = {"schools": ("990000",), "index": str(folder / "own.yaml"), "caliper": 5.0} | asked
        plan = pipeline.SimilarPlan(**own, group=folder / "group.txt" if group else None)
        return pipeline.similar([inputs], plan=plan, out=folder / "out").problems

    return job


def blank(at: Iterable[int]) -> list[object]:
    return ["" if k in set(at) else value for k, value in enumerate(VALUES["educated"])]


TRIALS: list[tuple[str, Trial, Trial]] = [
    ("index-unknown", Files(context("no-such")), Files(context())),
    ("context-none", Files(context("official-2021")), Files(context())),
    ("context-year-none", Files(context(year=2015)), Files(context(year=2021))),
    ("context-not-numbers", InMemory({"poor": ["много"] * 24}), InMemory()),
    ("context-schools-few", InMemory(rows=1), InMemory(rows=24)),
    ("context-too-wide", InMemory(patch=(indexing, "MOST_INDICATORS", 1)), InMemory()),
    ("context-answers-impossible", Files(context(), table=indicators({"poor": [7, *VALUES["poor"][1:]]})), Files(context())),
    ("context-indicator-empty", InMemory({"educated": [None] * 24}), InMemory()),
    ("context-indicator-constant", InMemory({"educated": [3.0] * 24}), InMemory()),
    ("context-nothing-varies", InMemory({"educated": [3.0] * 24, "poor": [1.0] * 24}), InMemory()),
    ("context-coverage-low", Files(context(), table=indicators({"educated": blank([0])})), Files(context())),
    ("context-few-for-tenths", InMemory(rows=19), InMemory(rows=20)),
    ("context-weight-against", InMemory({"poor": VALUES["educated"] * 2, "third": -VALUES["educated"]},
                                        signs={"poor": -1, "educated": 1, "third": -1}, asked={"weights": "principal"}),
     InMemory(asked={"weights": "principal"})),
    ("context-regression-few", InMemory(asked={"weights": "regression"}), InMemory()),
    ("context-results-none", Files(context(), paper=None), Files(context())),
    ("table-suffix-unknown", Files(table("table.xlsx")), Files(table())),
    ("table-papers-none", Files(table(), paper=None), Files(table())),
    ("table-too-wide", Files(table(), patch=(modelling, "MOST_INDICATORS", 1)), Files(table())),
    ("table-column-renamed", Files(table(), table=indicators({"mark": VALUES["poor"]})), Files(table())),
    ("similar-school-unknown", Files(similar(schools=("990777",))), Files(similar())),
    ("similar-context-short", Files(similar(), table=indicators({"educated": blank([0])})), Files(similar())),
    ("similar-none-near", Files(similar(caliper=1e-6)), Files(similar())),
    ("similar-group-unknown", Files(similar("sch990001\nsch990777\n")), Files(similar("sch990001\nsch990002\n"))),
    ("similar-result-none", Files(similar(), paper=papers(SCHOOLS[1:])), Files(similar())),
    ("similar-one-cohort", Files(similar()), Files(similar(), others={FIFTH: papers(grade=5)})),
    ("similar-columns-tied", Files(similar(distance=Distance.MAHALANOBIS), table=indicators({"educated": VALUES["poor"] * 2})),
     Files(similar(distance=Distance.MAHALANOBIS))),
]  # fmt: skip
