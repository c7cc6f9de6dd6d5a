"""What the data hold against what a methodology needs: too little says nothing, enough finds what was planted."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.integration.command import rostok
from tests.integration.papers import NAME, export, pupils, row, write


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_one_paper_says_nothing_of_any_school_when_the_rule_needs_two(tmp_path: Path) -> None:
    """18 of 20 below and 0 of 20 below: with one paper neither can be told, and the page says so of everybody."""
    scripts = [*pupils(20, 18), *pupils(20, 0, school="sch990002")]
    folder, out = write(tmp_path / "in", {NAME: export(*scripts)}), tmp_path / "out"
    done = rostok("analyse", folder, "--methodology", "federal-low-results", "--out", out)
    assert done.code == 0, done.err
    results = _rows(out / "results.csv")
    assert {row["low_results"] for row in results} == {"unknown"}
    assert {row["firmness"] for row in results} == {""}
    assert all("во всех данных меньше работ" in row["reason"] for row in results)
    said = (out / "report.html").read_text("utf-8")
    assert "Сказать нельзя ни об одной школе: в данных 1 оценочная процедура" in said


def test_one_paper_is_enough_when_the_rule_needs_one(tmp_path: Path) -> None:
    folder, out = write(tmp_path / "in", {NAME: export(*pupils(20, 18))}), tmp_path / "out"
    done = rostok(
        "analyse", folder, "--methodology", "federal-low-results", "--set", "min_assessments=1", "--out", out
    )
    assert done.code == 0, done.err
    assert [row["low_results"] for row in _rows(out / "results.csv")] == ["true"]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted") / "region"
    done = rostok(
        "synth", "--schools", "90", "--years", "2020,2021,2022", "--seed", "11", "--format", "parquet", "--out", folder
    )  # fmt: skip
    assert done.code == 0, done.err
    return folder


@pytest.mark.parametrize("methodology", ["federal-low-results", "persistently-low"])
def test_planted_low_schools_are_found(region: Path, tmp_path: Path, methodology: str) -> None:
    """Every planted low school with results is listed or cannot be told; of the resilient none is listed."""
    planted = json.loads((region / "truth.json").read_text("utf-8"))["planted"]
    out = tmp_path / "out"
    done = rostok(
        "analyse", region, "--methodology", methodology, "--no-report", "--no-firmness", "--out", out
    )
    assert done.code == 0, done.err
    said = {row["school_id"]: row["low_results"] for row in _rows(out / "results.csv")}
    low = [said[school] for school in planted["low"]]
    assert low.count("true") >= 0.8 * len(low) and len(low) >= 5
    assert "true" not in {said[school] for school in planted["resilient"]}


def test_rows_of_a_repeated_file_are_told_once(tmp_path: Path) -> None:
    """A copy is used once, and what is wrong with its rows is said once."""
    scripts = [*pupils(20, 3), row(60099, 5)]  # a total that differs from its items
    one = write(tmp_path / "one", {NAME: export(*scripts)})
    two = write(
        tmp_path / "two", {NAME: export(*scripts), NAME.replace("2021/", "2021/копия/"): export(*scripts)}
    )
    told = []
    for folder in (one, two):
        out = tmp_path / f"{folder.name}-out"
        done = rostok("analyse", folder, "--methodology", "federal-low-results", "--no-report", "--out", out)
        assert done.code == 0, done.err
        told.append([line["code"] for line in _rows(out / "problems.csv")])
    assert "total-differs" in told[0]
    assert sorted([*told[0], "file-repeated"]) == sorted(told[1])
