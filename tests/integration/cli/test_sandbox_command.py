"""``rostok sandbox``: a threshold moved over three schools whose shares of «2» are 25 %, 50 % and none."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.integration.command import rostok

PLAN = ("--methodology", "federal-low-results", "--workers", "1")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_threshold_lets_schools_in_and_out(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = rostok("sandbox", inputs, *PLAN, "--vary", "threshold=0.2:0.6:0.2", "--no-firmness", "--out", out)
    assert (done.code, done.out) == (0, f"{out / 'sandbox.csv'}\n"), done.err
    assert rows(out / "sandbox.csv") == [
        {"value": "0.2", "listed": "2", "entered": "1", "left": "0", "firm_share": "", "chance_listings": ""},
        {"value": "0.4", "listed": "1", "entered": "0", "left": "0", "firm_share": "", "chance_listings": ""},
        {"value": "0.6", "listed": "0", "entered": "0", "left": "1", "firm_share": "", "chance_listings": ""},
    ]
    moved = [(row["value"], row["school_id"], row["move"]) for row in rows(out / "moves.csv")]
    assert moved == [("0.2", "990001", "entered"), ("0.6", "990002", "left")]
    small = [
        row for row in rows(out / "groups.csv") if row["group"] == "size=small" and row["value"] == "0.2"
    ]
    assert [(row["schools"], row["listed"]) for row in small] == [("1", "0")]  # four pupils, nobody below
    said = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert (said["base_value"], said["base_listed"], said["year_before"]) == ("0.3", 1, False)
    assert "данных годом раньше нет" in done.err


def test_a_second_run_replaces_the_first(inputs: Path, tmp_path: Path) -> None:
    for value in ("0.2", "0.6"):
        done = rostok(
            "sandbox",
            inputs,
            *PLAN,
            "--vary",
            f"threshold={value}",
            "--no-firmness",
            "--out",
            tmp_path / "out",
        )
        assert done.code == 0, done.err
    assert [row["value"] for row in rows(tmp_path / "out" / "sandbox.csv")] == ["0.6"]


def test_firmness_and_chance_stand_beside(inputs: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = rostok("sandbox", inputs, *PLAN, "--vary", "threshold=0.3", "--out", out)
    assert done.code == 0, done.err
    row = rows(out / "sandbox.csv")[0]
    assert (row["listed"], row["entered"], row["left"]) == ("1", "0", "0")
    assert 0 <= float(row["firm_share"]) <= 1 and float(row["chance_listings"]) > 0
    whole = [band for band in rows(out / "chance.csv") if not band["smallest"]]
    assert [(band["schools"], band["listed"]) for band in whole] == [("3", "1")]


def test_the_same_rule_a_year_before(inputs: Path, tmp_path: Path) -> None:
    """On the end of summer 2022 the window still holds 2021; a year before that is the day of the data."""
    out = tmp_path / "out"
    done = rostok(
        "sandbox",
        inputs,
        *PLAN,
        "--vary",
        "threshold=0.3",
        "--no-firmness",
        "--on",
        "2022-08-31",
        "--out",
        out,
    )
    assert done.code == 0, done.err
    row = rows(out / "years.csv")[0]
    assert row["listed_before"] == "1"


@pytest.mark.parametrize(
    ("vary", "said"),
    [
        ("threshold", "нужно ИМЯ=ОТ:ДО:ШАГ"),
        ("threshold=0.1:x:1", "нужно ИМЯ=ОТ:ДО:ШАГ"),
        ("threshold=nan", "нужно ИМЯ=ОТ:ДО:ШАГ"),
        ("threshold=0:1e999999:1e-999999", "нужно ИМЯ=ОТ:ДО:ШАГ"),
        ("threshold=0.4:0.2:0.1", "конец не меньше начала"),
        ("threshold=0.2:0.4:0", "шаг должен быть больше нуля"),
        ("threshold=0:1:0.001", "не больше 100"),
        ("treshold=0.2", "threshold"),
        ("threshold=2", "бывает от 0 до 1"),
    ],
)
def test_what_cannot_be_varied_is_said(inputs: Path, tmp_path: Path, vary: str, said: str) -> None:
    done = rostok("sandbox", inputs, *PLAN, "--vary", vary, "--out", tmp_path / "out")
    assert done.code == 2
    assert said in " ".join(done.err.split()), done.err
    assert not (tmp_path / "out").exists()
