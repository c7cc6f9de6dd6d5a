"""The federal list of a small country against a plain program that shares no code with the product.

It reads the stored scripts row by row and applies the rule as the issue words it; Wilson's bounds are solved
from their definition instead of taken from the formula. Polars and pandas do the same in ``benchmarks.national``.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rostok import pipeline

Z = 1.959963984540054
PAPERS = [
    (subject, grade, year) for subject in ("math", "russian") for grade in (5, 6) for year in (2021, 2022)
]
Cells = dict[tuple[str, str, int, int], Counter[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    pipeline.synthesise(
        folder / "store", schools=150, years=(2021, 2022), seed=3, kind="parquet", scripts=60_000
    )
    plan = pipeline.Plan(pipeline.find_methodology("federal-low-results"), draws=0, report=False)
    pipeline.analyse([folder / "store"], plan=plan, out=folder / "out")
    return folder


@pytest.fixture(scope="module")
def cells(folder: Path) -> Cells:
    """Counts by school and paper, one script at a time."""
    found: Cells = defaultdict(Counter)
    for subject, grade, year in PAPERS:
        path = folder / "store" / "scripts" / "vpr" / str(year) / "spring" / subject / f"{grade}.parquet"
        columns = ["school_id", "absent", "participant", "mark"]
        for row in pq.read_table(path, columns=columns).to_pylist():
            cell = found[row["school_id"], subject, grade, year]
            cell["participants"] += row["participant"]
            cell["absent"] += row["absent"]
            cell["below"] += row["participant"] and row["mark"] == 2
    return found


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def verdict(cell: Counter[str]) -> str:
    if cell["participants"] < 5:
        return "unknown"
    return "true" if Fraction(cell["below"], cell["participants"]) >= Fraction(3, 10) else "false"


def test_every_reason_is_that_of_the_plain_program(folder: Path, cells: Cells) -> None:
    seen = set()
    for row in rows(folder / "out" / "reasons.csv"):
        key = row["school_id"], row["subject"], int(row["grade"]), int(row["year"])
        seen.add(key)
        cell = cells[key]
        assert {name: int(row[name]) for name in ("participants", "absent", "below")} == dict(cell), key
        assert row["low"] == verdict(cell), key
        assert row["cohort"] == f"{key[3] - 1}/{key[3] % 100}-{key[2]}"
    assert seen == set(cells)
    assert len(seen) > 1000


def test_the_interval_is_where_the_share_lies_z_deviations_away(folder: Path) -> None:
    checked = 0
    for row in rows(folder / "out" / "reasons.csv"):
        n, below = int(row["participants"]), int(row["below"])
        if 0 < below < n:
            for bound in (float(row["lower"]), float(row["upper"])):
                distance = abs(below / n - bound) / (bound * (1 - bound) / n) ** 0.5
                assert distance == pytest.approx(Z, rel=2e-3)  # the file keeps six digits of the bound
            checked += 1
    assert checked > 500


def test_every_verdict_is_that_of_the_plain_program(folder: Path, cells: Cells) -> None:
    kinds = {
        row["school_id"]: row["kind"]
        for row in pq.read_table(folder / "store" / "schools.parquet").to_pylist()
    }
    verdicts = Counter[str]()
    for row in rows(folder / "out" / "results.csv"):
        own = {key: verdict(cell) for key, cell in cells.items() if key[0] == row["school_id"]}
        primary = kinds[row["school_id"]] == "НОШ"  # teaches up to grade 4
        assessments = len(own) if primary else len(PAPERS)
        low = [key for key, said in own.items() if said == "true"]
        unknown = assessments - sum(said != "unknown" for said in own.values())
        expected = (
            "true" if len(low) >= 2 else "unknown" if assessments == 0 or len(low) + unknown >= 2 else "false"
        )
        assert row["low_results"] == expected, row
        numbers = [len(low), assessments, unknown, len({(grade, year) for _, _, grade, year in low})]
        names = ("low_count", "assessment_count", "unknown_count", "cohorts")
        assert [int(row[name]) for name in names] == numbers, row
        verdicts[expected] += 1
    assert set(verdicts) == {"true", "false", "unknown"}
    assert verdicts.total() == 150
