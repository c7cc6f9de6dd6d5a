"""Maps of a real region against an independent reading of its cells (``raw_gaps``): they agree exactly."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest

from tests.integration.command import rostok_program
from tests.integration.pipeline.raw_gaps import Answers, RawUnit, raw_maps
from tests.integration.pipeline.raw_region import TESTS

SCHOOLS = 10
Paper = tuple[str, str, str]  # year, subject, grade
# Both layouts, both subjects, the paper in which many topics were not taught.
FILES = {
    ("2020", "math", "5"): "2020/5/Математика.xlsx",
    ("2020", "russian", "6"): "2020/6/Русский язык.xlsx",
    ("2021", "math", "6"): "2021/6",
}
Row = dict[str, str]


@pytest.fixture(scope="module")
def paths(shared: Path) -> dict[Paper, Path]:
    region = shared / "region"
    found = {}
    for paper, name in FILES.items():
        path = region / name
        if path.is_dir():
            (path,) = [file for file in path.iterdir() if "математик" in file.name.lower()]
        found[paper] = path
    return found


@pytest.fixture(scope="module")
def maps(paths: dict[Paper, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    """Maps of schools and of classes by the commands of the issue."""
    found = {}
    for by in ("school", "class"):
        out = tmp_path_factory.mktemp("maps") / by
        done = rostok_program("gaps", *paths.values(), "--by", by, "--out", out, "--maps-only")
        assert done.code == 0, done.err
        with (out / "gaps.csv").open(encoding="utf-8", newline="") as stream:
            found[by] = list(csv.DictReader(stream))
    return found


def of_paper(rows: list[Row], paper: Paper) -> dict[str, list[Row]]:
    """Unit → its rows in the order of the file."""
    units: dict[str, list[Row]] = {}
    for row in rows:
        if (row["year"], row["subject"], row["grade"]) == paper:
            units.setdefault(row["unit_id"], []).append(row)
    return units


def written(value: Decimal | None, digits: str) -> str:
    return "" if value is None else str(value.quantize(Decimal(digits), ROUND_HALF_EVEN))


def check(rows: list[Row], unit: RawUnit, maxima: tuple[int, ...]) -> None:
    assert len(rows) == len(maxima)
    for row, answers, most in zip(rows, unit.items, maxima, strict=True):
        assert found(row) == expected(answers, unit.participants, most), row


def found(row: Row) -> tuple[str, ...]:
    names = (
        "participants",
        "max_score",
        "percent_correct",
        "mean_score",
        "not_attempted_share",
        "not_taught_share",
    )
    return tuple(row[name] for name in names)


def expected(answers: Answers, participants: int, most: int) -> tuple[str, ...]:
    n = len(answers.scores)
    return (
        str(n),
        str(most),
        written(answers.percent(most), "0.0001"),
        written(Decimal(sum(answers.scores)) / n if n else None, "0.000001"),
        written(Decimal(answers.not_attempted) / n if n else None, "0.000001"),
        written(Decimal(answers.not_taught) / participants, "0.000001"),
    )


@pytest.mark.parametrize("paper", FILES, ids=lambda paper: "-".join(paper))
def test_ten_schools_and_their_classes(
    paths: dict[Paper, Path], maps: dict[str, list[Row]], paper: Paper
) -> None:
    test = TESTS[paper[1], int(paper[2])]
    schools, classes = raw_maps(paths[paper], test)
    by_school, by_class = of_paper(maps["school"], paper), of_paper(maps["class"], paper)
    # Every school is mapped; ten of them, evenly taken by their keys, are recomputed with all their classes.
    assert set(by_school) == set(schools)
    chosen = sorted(schools)[:: len(schools) // SCHOOLS][:SCHOOLS]
    assert len(chosen) == SCHOOLS
    for school in chosen:
        check(by_school[school], schools[school], test.items)
    plain = {key: unit for key, unit in classes.items() if key[0] in chosen and len(key[1]) == 1}
    assert plain
    for (school, name), unit in plain.items():
        check(by_class[f"{school}/{name}"], unit, test.items)


def test_region_and_hard_cells_are_among_them(paths: dict[Paper, Path], maps: dict[str, list[Row]]) -> None:
    """The region's percent of one item by a sum over all raw cells; the chosen papers hold «X» and topics not taught."""
    paper = ("2020", "math", "5")
    schools, _ = raw_maps(paths[paper], TESTS["math", 5])
    for place, most in enumerate(TESTS["math", 5].items):
        scores = [score for unit in schools.values() for score in unit.items[place].scores]
        percent = Decimal(100 * sum(scores)) / (len(scores) * most)
        said = {rows[place]["region_percent"] for rows in of_paper(maps["school"], paper).values()}
        assert said == {written(percent, "0.0001")}
    answers = [one for unit in schools.values() for one in unit.items]
    assert sum(one.not_attempted for one in answers) > 1000
    assert sum(one.not_taught for one in answers) > 1000


# --- skills


@pytest.fixture(scope="module")
def fifth_grade(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    """Maps of schools with skills: mathematics of grade 5, 2021, and the official descriptions of that year."""
    region, out = shared / "region", tmp_path_factory.mktemp("skills") / "out"
    (paper,) = [file for file in (region / "2021/5").iterdir() if "математик" in file.name.lower()]
    codifier = region / "codifiers_and_mark_scales_2021.json"
    done = rostok_program("gaps", paper, "--by", "school", "--codifier", codifier, "--out", out)
    assert done.code == 0, done.err
    found = {}
    for name in ("gaps", "skills", "systemic", "subscores"):
        with (out / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            found[name] = list(csv.DictReader(stream))
    return found


def test_skills_of_schools_are_judged_by_their_intervals(fifth_grade: dict[str, list[Row]]) -> None:
    """Skills of two items and more of level Б get a verdict, whatever their score says of one pupil."""
    said = {row["skill"]: row for row in fifth_grade["subscores"]}
    assert {row["verdict"] for row in said.values() if row["says_more"] == "no"} == {"given"}
    for row in fifth_grade["skills"]:
        if row["item_level"] == "Б" and int(row["items"]) > 1 and int(row["participants"]) >= 10:
            low, high = float(row["lower"]), float(row["upper"])
            assert row["status"] == ("below" if high < 57 else "above" if low > 63 else "cannot_tell"), row


def test_systemic_gaps_are_skills_below_with_most_items_below(fifth_grade: dict[str, list[Row]]) -> None:
    """Recomputed from the two maps, and as many as a separate reading of them gave: 106 and 29 schools."""
    below = {(row["unit_id"], row["item"]) for row in fifth_grade["gaps"] if row["status"] == "below"}
    items = {row["skill"]: row["labels"].split(", ") for row in fifth_grade["subscores"]}
    expected = set()
    for row in fifth_grade["skills"]:
        labels = items[row["skill"]]
        failed = [label for label in labels if (row["unit_id"], label) in below]
        if row["status"] == "below" and 2 * len(failed) > len(labels):
            expected.add((row["unit_id"], row["skill"], ", ".join(failed)))
    named = {(row["unit_id"], row["skill"], row["labels_below"]) for row in fifth_grade["systemic"]}
    assert named == expected
    assert sorted(Counter(skill for _, skill, _ in named).values()) == [29, 106]
