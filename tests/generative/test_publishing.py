"""``rostok publish``: a reader with every published file finds no number of a handful of pupils by subtraction.

The attacker reads the public folders alone, knows which school lies where, and seeks the least and the largest value
of every empty cell with an integer program of its own. How many answered an item is in no file at all: regions that
differ in that leave the same files.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp

from rostok import pipeline
from tests.integration.command import contents
from tests.integration.published import HEADER, PLACES_OF, Numbers, gaps_folder, participants, totals

WIDTH = 5  # pupils: the rule of docs/manual/disclosure.md


@st.composite
def schools(draw: st.DrawFn) -> Numbers:
    """Two municipalities of up to four schools, one item of one point and one of two; small numbers are common.

    One pupil of a school may not have been taught one of the items.
    """
    found: Numbers = {}
    for school in draw(st.lists(st.sampled_from(sorted(PLACES_OF)), min_size=3, max_size=7, unique=True)):
        n = draw(st.one_of(st.integers(1, 7), st.integers(5, 30)))
        for item, most in (("1", 1), ("2", 2)):
            answered = n - draw(st.sampled_from([0, 0, 0, 1])) if n > 1 else n
            found[school, item] = (answered, draw(st.integers(0, most * answered)))
    return found


def public(folder: Path) -> list[dict[str, str]]:
    with (folder / "public" / "gaps.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read(rows: Sequence[Mapping[str, str]], item: str) -> dict[tuple[str, str], int]:
    """(unit, «n» or «points») → what the files say of an item."""
    known = {}
    for row in rows:
        if row["item"] == item and row["participants"]:
            known[row["unit_id"], "n"] = int(row["participants"])
            if row["mean_score"]:
                known[row["unit_id"], "points"] = round(float(row["mean_score"]) * int(row["participants"]))
    return known


class Attacker:
    """All unknown numbers of one item, and what ties them."""

    def __init__(
        self, units: Mapping[str, Sequence[str]], known: Mapping[tuple[str, str], int], most: int
    ) -> None:
        names = sorted({*units, *(part for parts in units.values() for part in parts)})
        self.columns = {(name, what): at for at, (name, what) in enumerate(
            (name, what) for name in names for what in ("n", "points"))}  # fmt: skip
        size, rows, low, high = len(self.columns), [], [], []

        def add(entries: Mapping[tuple[str, str], int], least: float, largest: float) -> None:
            row = np.zeros(size)
            for key, factor in entries.items():
                row[self.columns[key]] = factor
            rows.append(row)
            low.append(least)
            high.append(largest)

        for key, value in known.items():
            add({key: 1}, value, value)
        for unit, parts in units.items():
            for what in ("n", "points"):
                add({(unit, what): 1, **{(part, what): -1 for part in parts}}, 0, 0)
        for name in names:
            add({(name, "points"): 1, (name, "n"): -most}, -np.inf, 0)
        self.constraints = LinearConstraint(np.array(rows), low, high)

    def width(self, key: tuple[str, str]) -> float:
        aim = np.zeros(len(self.columns))
        aim[self.columns[key]] = 1
        ends = []
        for sign in (1, -1):
            found = milp(sign * aim, constraints=self.constraints, integrality=np.ones(len(aim)))
            ends.append(np.inf if found.x is None else round(float(aim @ found.x)))
        return ends[1] - ends[0]


def written(numbers: Numbers, item: str) -> tuple[dict[str, tuple[int, int]], dict[str, list[str]]]:
    """Of every unit the participants of the paper and the points of an item, and of every larger unit its parts."""
    held, units = totals(numbers, item)
    size = participants(numbers)
    return {unit: (size[unit], points) for unit, (_, points) in held.items()}, units


def secrets(held: Mapping[str, tuple[int, int]], most: int) -> list[tuple[str, str]]:
    """The numbers that say something of fewer than five pupils, or of all or none, by the rules of the manual."""
    found = []
    for unit, (n, points) in held.items():
        if 0 < n < 5:
            found += [(unit, "n"), (unit, "points")]
        elif n and (points in (0, most * n) or (most == 1 and min(points, n - points) < 5)):
            found.append((unit, "points"))
    return found


@given(schools())
@settings(max_examples=8, deadline=None)
def test_nothing_is_found_by_subtraction_over_three_publications(numbers: Numbers) -> None:
    """Region, then municipalities, then schools are published, each beside what is out already."""
    with tempfile.TemporaryDirectory() as name:
        folder, done = Path(name), []
        for level in ("region", "municipality", "school"):
            source = gaps_folder(folder / level, numbers, level)
            run = pipeline.publish(source, out=folder / f"p-{level}", previous=done, workers=1)
            assume(not run.exposed)
            done.append(folder / f"p-{level}")
        rows = [row for one in done for row in public(one)]
    for item, most in (("1", 1), ("2", 2)):
        held, units = written(numbers, item)
        known = read(rows, item)
        hidden = secrets(held, most)
        assert not set(hidden) & set(known)
        assert all(held[unit][what == "points"] == value for (unit, what), value in known.items())
        attacker = Attacker(units, known, most)
        for key in hidden:
            least = WIDTH * (most if key[1] == "points" else 1)
            assert attacker.width(key) >= least, (key, held)


@given(schools(), st.data())
@settings(max_examples=6, deadline=None)
def test_files_do_not_depend_on_how_many_were_taught_an_item(numbers: Numbers, data: st.DataObject) -> None:
    """Some of up to five pupils in all, with no points to lose, are said not to have been taught an item."""
    all_taught = {
        key: (max(numbers[key[0], item][0] for item in "12"), points) for key, (_, points) in numbers.items()
    }
    left, fewer = 5, dict(all_taught)
    for (school, item), (n, points) in all_taught.items():
        most = min(left, n - max(5, -(-points // int(item)))) if item == "2" else 0
        absent = data.draw(st.integers(0, max(0, most)))
        fewer[school, item] = (n - absent, points)
        left -= absent
    with tempfile.TemporaryDirectory() as name:
        found = []
        for at, one in enumerate((all_taught, fewer)):
            source = gaps_folder(Path(name) / f"g{at}", one, "school", wrote=participants(all_taught))
            pipeline.publish(source, out=Path(name) / f"p{at}", workers=1)
            found.append(contents(Path(name) / f"p{at}" / "public"))
    assert found[0] == found[1]


def test_the_attacker_finds_what_only_the_rules_hide() -> None:
    """Three of 990012 stand among 20 and 15: 38 of the municipality less 35 are they, if nothing else is hidden."""
    pairs = {"990011": (20, 10), "990012": (3, 2), "990013": (15, 7), "990021": (30, 12)}
    numbers: Numbers = {(school, item): pair for school, pair in pairs.items() for item in "12"}
    held, units = written(numbers, "1")
    hidden = secrets(held, 1)
    assert hidden == [("990012", "n"), ("990012", "points")]
    known = {(unit, what): held[unit][what == "points"] for unit in held for what in ("n", "points")}
    attacker = Attacker(units, {key: value for key, value in known.items() if key not in hidden}, 1)
    assert [attacker.width(key) for key in hidden] == [0, 0]


def test_large_numbers_are_all_published(tmp_path: Path) -> None:
    numbers = {(school, item): (40, 17) for school in PLACES_OF for item in "12"}
    run = pipeline.publish(gaps_folder(tmp_path / "g", numbers, "school"), out=tmp_path / "p", workers=1)
    assert (run.cells, run.hidden, run.exposed) == (3 * len(PLACES_OF), {}, 0)
    row = public(tmp_path / "p")[0]
    assert list(row) == HEADER and (row["participants"], row["percent_correct"]) == ("40", "42.5000")
    # Only the interval of one school's right and wrong answers says nothing more than the two numbers.
    assert row["lower"] and not row["item_rest"] and not row["not_attempted_share"]


@pytest.mark.parametrize("level", ["school", "municipality"])
def test_run_says_that_small_numbers_are_hidden(tmp_path: Path, level: str) -> None:
    numbers = {(school, item): (3 if school == "990011" else 40, 2) for school in PLACES_OF for item in "12"}
    run = pipeline.publish(gaps_folder(tmp_path / "g", numbers, level), out=tmp_path / "p", workers=1)
    said = json.loads((tmp_path / "p" / "run.json").read_text(encoding="utf-8"))
    assert said["suppressed"] is True and said["numbers"] == run.cells
    assert said["left_out"] == ["tests.csv", "subscores.csv"]
