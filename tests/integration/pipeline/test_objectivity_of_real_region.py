"""Official markers of a real region against the raw cells, the formulas of the document written out again."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import pytest
from scipy.stats import rankdata

from tests.integration.command import rostok_program
from tests.integration.pipeline.raw_region import columns_named, is_x, rows_of, whole

# Maxima of the items of mathematics 4 and 5, 20 points each (official descriptions of 2021).
ITEMS = {
    "4": (1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 2),
    "5": (1, 1, 1, 1, 1, 2, 1, 1, 2, 2, 1, 1, 1, 1, 1, 2),
}
MAXIMUM = 20
Pupil = tuple[int, str]  # total, journal mark as written
Row = dict[str, str]


@pytest.fixture(scope="module")
def paths(shared: Path) -> dict[str, Path]:
    """Mathematics of programme 4 in autumn 2020 and of grade 5 in spring 2021: the same children."""
    (spring,) = [path for path in (shared / "region" / "2021" / "5").iterdir() if "математик" in path.name]
    return {"4": shared / "region" / "2020" / "4" / "Математика.xlsx", "5": spring}


@pytest.fixture(scope="module")
def out(paths: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("region") / "out"
    done = rostok_program("objectivity", *paths.values(), "--out", folder)
    assert (done.code, done.out) == (0, f"{folder / 'schools.csv'}\n"), done.err
    return folder


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def pupils(paths: dict[str, Path]) -> dict[str, dict[str, list[Pupil]]]:
    return {grade: _pupils(path, ITEMS[grade]) for grade, path in paths.items()}


def _pupils(path: Path, maxima: tuple[int, ...]) -> dict[str, list[Pupil]]:
    """School → total and journal mark of each participant; rows without a usable total count their items."""
    names, *body = rows_of(path)
    school, total = columns_named(names, r"user|логин школы")[0], columns_named(names, r"sum|всего баллов")[0]
    journal = columns_named(names, r"otc|отметка за предыдущую.*")[0]
    variants = columns_named(names, r"var-\d|вариант")
    items = dict(zip(columns_named(names, r"a-\d+-grade|балл за .+"), maxima, strict=False))
    found: dict[str, list[Pupil]] = defaultdict(list)
    for row in body:
        said = [row[column] for column in variants if row.get(column)]
        if said and all(text.lower().startswith("отсутст") for text in said):
            continue
        points = [(0 if is_x(row[c]) else whole(row[c]), most) for c, most in items.items() if row.get(c)]
        known = [value for value, most in points if value is not None and value <= most]
        score = whole(row.get(total, ""))
        if score is None or score > MAXIMUM:
            if not known:
                continue
            score = sum(known)
        digits = re.sub(r"\D", "", row.get(school, ""))
        if len(digits) == 6:
            found[digits].append((score, row.get(journal, "")))
    return found


def marked(out: Path, marker: str, grade: str) -> dict[str, Row]:
    chosen = [r for r in rows(out / "markers.csv") if r["marker"] == marker and r["grade"] == grade]
    return {row["school_id"]: row for row in chosen}


@pytest.mark.parametrize("grade", ["4", "5"])
def test_inflated_means_of_every_school(
    out: Path, pupils: dict[str, dict[str, list[Pupil]]], grade: str
) -> None:
    schools = {school: [score for score, _ in got] for school, got in pupils[grade].items()}
    everybody = [score for got in schools.values() for score in got]
    limit = mean(everybody) + 1.96 * stdev(everybody) / len(everybody) ** 0.5
    found = marked(out, "inflated_mean", grade)
    assert found.keys() == schools.keys()
    for school, got in schools.items():
        row = found[school]
        assert int(row["participants"]) == len(got), school
        if len(got) < 2:
            assert (row["value"], row["flagged"]) == ("", ""), school
            continue
        lower = mean(got) - 1.96 * stdev(got) / len(got) ** 0.5
        assert float(row["value"]) == pytest.approx(lower, abs=1e-6), school
        assert float(row["limit"]) == pytest.approx(limit, abs=1e-6)
        assert row["flagged"] == str(lower > limit).lower(), school
    share = sum(row["flagged"] == "true" for row in found.values()) / len(found)
    assert 0.1 < share < 0.25  # «about a sixth of all schools»


def test_journal_correlation_of_clean_schools(out: Path, pupils: dict[str, dict[str, list[Pupil]]]) -> None:
    found = marked(out, "journal_reversed", "5")
    compared = 0
    for school, got in pupils["5"].items():
        if len(got) < 2 or any(mark not in ("2", "3", "4", "5") for _, mark in got):
            continue  # dirt is another test's matter
        n = len(got)
        differences = rankdata([int(mark) for _, mark in got]) - rankdata([score for score, _ in got])
        expected = 1 - 6 * (differences**2).sum() / (n * (n**2 - 1))
        assert float(found[school]["value"]) == pytest.approx(expected, abs=1e-6), school
        assert found[school]["flagged"] == str(expected < 0).lower()
        compared += 1
    assert compared > 400


def test_changes_of_the_generation(out: Path, pupils: dict[str, dict[str, list[Pupil]]]) -> None:
    share = {grade: {school: mean(score for score, _ in got) / MAXIMUM for school, got in schools.items()}
             for grade, schools in pupils.items()}  # fmt: skip
    both = [school for school in share["4"].keys() & share["5"].keys() if share["5"][school] > 0]
    ratio = {school: share["4"][school] / share["5"][school] for school in both}
    first, third = np.percentile(list(ratio.values()), [25, 75])
    falls, rises = marked(out, "sharp_fall", "5"), marked(out, "sharp_rise", "5")
    for school in both:
        assert float(falls[school]["value"]) == pytest.approx(ratio[school], abs=1e-6)
        assert falls[school]["flagged"] == str(ratio[school] > third + 3 * (third - first)).lower()
        assert rises[school]["flagged"] == str(ratio[school] < first - 3 * (third - first)).lower()
    assert {row["year"] for row in falls.values()} == {"2021"}


def test_index_is_of_schools_without_official_markers(out: Path) -> None:
    official = {"inflated_mean", "journal_reversed", "sharp_rise", "sharp_fall"}
    counted: dict[str, int] = {}
    for row in rows(out / "markers.csv"):
        if row["marker"] in official:
            counted[row["school_id"]] = counted.get(row["school_id"], 0) + (row["flagged"] == "true")
    assert {row["school_id"]: int(row["markers"]) for row in rows(out / "schools.csv")} == counted
    region = {row["indicator"]: float(row["value"]) for row in rows(out / "region.csv")}
    with_markers = sum(number > 0 for number in counted.values())
    assert region["objectivity_index"] == pytest.approx(100 - 100 * with_markers / len(counted), abs=1e-6)


def test_index_of_a_year_counts_schools_and_markers_of_that_year(out: Path) -> None:
    """Recomputed from markers.csv; the changes of a generation count in the year of the later paper."""
    region = {row["indicator"]: float(row["value"]) for row in rows(out / "region.csv")}
    years = {row["year"] for row in rows(out / "markers.csv") if row["year"]}
    for year in years:
        of_year = [row for row in rows(out / "markers.csv") if row["year"] == year and is_official(row)]
        asked = {row["school_id"] for row in of_year if int(row["participants"])}
        marked = {row["school_id"] for row in of_year if row["flagged"] == "true"}
        assert (region[f"official.schools.{year}"], region[f"official.marked.{year}"]) == (
            len(asked), len(marked),
        )  # fmt: skip
        index = 100 - 100 * len(marked) / len(asked)
        assert region[f"objectivity_index.{year}"] == pytest.approx(index, abs=1e-6)


def is_official(row: dict[str, str]) -> bool:
    """A marker of the document in a paper of its list: ВПР 4 and 5 in mathematics and Russian."""
    official = row["marker"] in {"inflated_mean", "journal_reversed", "sharp_rise", "sharp_fall"}
    return official and row["grade"] in {"4", "5"} and row["subject"] in {"math", "russian"}


def test_list_is_that_of_benjamini_and_hochberg(out: Path) -> None:
    told = [row for row in rows(out / "schools.csv") if row["p_value"]]
    ordered = sorted(told, key=lambda row: float(row["p_value"]))
    cut = max(
        (place for place, row in enumerate(ordered, 1) if float(row["p_value"]) <= 0.05 * place / len(told)),
        default=0,
    )
    assert {row["school_id"] for row in ordered[:cut]} == {
        row["school_id"] for row in told if row["flagged"] == "true"
    }
    assert 0 < cut < len(told) / 2
