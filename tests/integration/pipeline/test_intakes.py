"""Firmness inside the whole job: where there is nothing to draw from, and who counts among the schools."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from rostok import pipeline
from rostok.formats import Assumptions
from rostok.store.engines import duckdb_engine
from tests.integration.papers import NAME, STEM, Files, export, pupils, row, write

NOTE = "Устойчивость вывода не посчитана"
NOTHING = ("",) * 13


def absentees(number: int, school: str) -> list[list[object]]:
    return [row(60_000 + at, "", NOTHING, school=school, variant="") for at in range(1, number + 1)]


PRESENT = pupils(20, 8) + pupils(20, 2, school="sch990002")
AWAY = absentees(12, "sch990001") + absentees(9, "sch990002")


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {f"2023/{STEM.replace('2021', '2023')}.csv": export(*PRESENT)}, id="no scale for the year"
        ),
        pytest.param({NAME: export(*AWAY)}, id="everybody absent"),
    ],
)
def test_without_a_known_count_the_run_goes_on_without_firmness(tmp_path: Path, files: Files) -> None:
    plan = pipeline.Plan(pipeline.find_methodology("federal-low-results"), workers=1)
    assert (plan.draws, plan.report) == (256, True)
    out = tmp_path / "out"
    pipeline.analyse([write(tmp_path / "in", files)], plan=plan, out=out)
    facts = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert facts["firmness"] is None
    assert [note for note in facts["notes"] if note.startswith(NOTE)] != []
    with (out / "results.csv").open(encoding="utf-8", newline="") as stream:
        found = [
            (line["school_id"], line["probability"], line["firmness"]) for line in csv.DictReader(stream)
        ]
    assert found == [("990001", "", ""), ("990002", "", "")]
    assert NOTE in (out / "report.html").read_text(encoding="utf-8")


def test_with_results_nothing_is_noted(tmp_path: Path) -> None:
    plan = pipeline.Plan(pipeline.find_methodology("federal-low-results"), workers=1, draws=64, report=False)
    pipeline.analyse([write(tmp_path / "in", {NAME: export(*PRESENT)})], plan=plan, out=tmp_path / "out")
    facts = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert facts["firmness"] == {"draws": 64}
    assert [note for note in facts["notes"] if note.startswith(NOTE)] == []


def test_a_school_that_wrote_nothing_is_not_among_the_small_ones(tmp_path: Path) -> None:
    given = write(tmp_path / "in", {NAME: export(*PRESENT, *absentees(9, "sch990003"))})
    stored = pipeline.read_and_store([given], root=tmp_path / "store", assume=Assumptions(), workers=1)
    methodology = pipeline.find_methodology("federal-low-results")
    with duckdb_engine(temp_directory=tmp_path) as engine:
        calculation = pipeline.calculate(stored.version, methodology, engine, draws=64)
    assert calculation.results["school_id"].to_pylist() == ["990001", "990002", "990003"]
    assert calculation.intakes is not None
    chance = calculation.intakes.chance
    assert chance is not None
    for bands, whole in ((chance.pupils, chance.pupils_total), (chance.children, chance.children_total)):
        assert [(band.smallest, band.schools) for band in bands] == [(10, 2)]
        assert whole.schools == 2


@pytest.mark.parametrize("draws", [-64, 1, 32, 100, 16384])
def test_a_plan_with_other_numbers_of_draws_is_refused(draws: int) -> None:
    with pytest.raises(ValueError, match=rf"64, 128, .*8192.*{draws}"):
        pipeline.Plan(pipeline.find_methodology("federal-low-results"), draws=draws)
