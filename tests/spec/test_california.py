"""The official rule of another country, written in our YAML, against its published verdicts: every school."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from rostok.methodology import load
from rostok.methodology.examples import Evaluator
from rostok.methodology.reference_figures import Row
from tests.spec.engines import EVALUATORS, tables

FILE = Path(__file__).parents[2] / "methodologies" / "california-growth" / "2000.1.yaml"


@pytest.mark.parametrize("evaluator", EVALUATORS.values(), ids=EVALUATORS)
def test_every_published_verdict_and_target(shared: Path, evaluator: Evaluator) -> None:
    with (shared / "reference" / "schools" / "california_api_1999_2000.csv").open(encoding="utf-8") as file:
        published = {row["cds"]: row for row in csv.DictReader(file)}
    context: list[Row] = [
        {"school_id": school, "year": year, "indicator": "api", "value": float(row[column]), "unit": "points"}
        for school, row in published.items()
        for year, column in ((1999, "api99"), (2000, "api00"))
    ]
    methodology = load(FILE.read_text("utf-8"), FILE.name)
    found = evaluator(methodology, tables([], context=context, on=dt.date(2000, 12, 31)))
    assert len(found.results) == 6194
    verdicts = {row["school_id"]: row["verdict"] for row in found.results}
    assert verdicts == {
        school: {"Yes": "true", "No": "false"}[row["sch.wide"]] for school, row in published.items()
    }
    targets = {row["school_id"]: row["value"] for row in found.indicators if row["indicator"] == "target"}
    with_target = {school: row for school, row in published.items() if row["target"]}
    assert len(with_target) == 5454
    assert {school: targets[school] for school in with_target} == {
        school: float(row["target"]) for school, row in with_target.items()
    }
