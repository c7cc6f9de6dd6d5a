"""Folders and stored versions: the same bytes for the same seed, truth beside, nothing half-written."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from rostok.formats import Assumptions, ScaleBook, read_file
from rostok.schema.problems import InputRefused
from rostok.store import DataVersion
from rostok.synth import generate, write_national, write_region
from rostok.synth.writing import TRUTH_COLUMNS


def files_of(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def truth_of(directory: Path) -> list[dict[str, str]]:
    with (directory / "truth.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_same_seed_same_bytes_however_many_processes(scales: ScaleBook, tmp_path: Path) -> None:
    for name, seed, workers in (("first", 5, 1), ("second", 5, 2), ("other", 6, 1)):
        region = generate(schools=6, years=(2020, 2021), seed=seed, scales=scales)
        write_region(region, tmp_path / name, dirt=0.05, workers=workers)
    first, second, other = (files_of(tmp_path / name) for name in ("first", "second", "other"))
    assert first == second
    assert set(first) == set(other) and first != other


def test_truth_stands_beside_and_is_not_taken_for_data(scales: ScaleBook, tmp_path: Path) -> None:
    region = generate(schools=12, years=(2021,), seed=5, scales=scales)
    steps: list[tuple[int, int]] = []
    write_region(
        region, tmp_path / "region", dirt=0.05, progress=lambda _, done, total: steps.append((done, total))
    )
    rows = truth_of(tmp_path / "region")
    assert tuple(rows[0]) == TRUTH_COLUMNS
    assert all(
        0 < float(row["true_share"]) < 1 and int(row["fell_below"]) <= int(row["wrote"]) for row in rows
    )
    said = json.loads((tmp_path / "region" / "truth.json").read_text(encoding="utf-8"))
    assert said["seed"] == 5 and said["schools"] == 12 and len(said["planted"]["low"]) == 1
    assert set(said["planted"]["low"]) <= {row["school_id"] for row in rows if row["planted"] == "low"}
    assert all((tmp_path / "region" / path).is_file() for path in said["dirt"])
    assert steps == [(done, 9) for done in range(10)]
    for name in ("truth.csv", "truth.json"):
        path = tmp_path / "region" / name
        reading = read_file(path, name=name, assume=Assumptions(), scales=scales)
        assert not reading.batches
        assert [problem.code for problem in reading.problems] == ["file-ignored"]


@pytest.mark.parametrize("format", ["xlsx", "parquet"])
def test_a_folder_with_files_is_left_alone(scales: ScaleBook, tmp_path: Path, format: str) -> None:
    region = generate(schools=3, years=(2021,), seed=5, scales=scales)
    (tmp_path / "mine.txt").write_text("важное", encoding="utf-8")
    with pytest.raises(FileExistsError):
        write_region(region, tmp_path, format=format)
    assert files_of(tmp_path) == {"mine.txt": "важное".encode()}


def test_a_place_that_cannot_be_written_is_named(scales: ScaleBook, tmp_path: Path) -> None:
    region = generate(schools=3, years=(2021,), seed=5, scales=scales)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        write_region(region, tmp_path / "file" / "region")
    assert [problem.code for problem in refused.value.problems] == ["output-not-writable"]


def test_a_country_too_large_is_refused(scales: ScaleBook, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"64.000"):
        write_national(tmp_path / "country", schools=64_001, years=(2021,), seed=1, scales=scales)


def test_stored_region_holds_the_same_counts(scales: ScaleBook, tmp_path: Path) -> None:
    region = generate(schools=15, years=(2021, 2022), seed=5, scales=scales)
    write_region(region, tmp_path / "region", format="parquet")
    version = DataVersion.open(tmp_path / "region")
    version.verify()
    assert set(version.assessments) == set(region.assessments)
    truth: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in truth_of(tmp_path / "region"):
        for place, name in enumerate(("wrote", "missed", "fell_below")):
            truth[row["assessment"]][place] += int(row[name])
    for one in version.assessments:
        table = pq.read_table(version.scripts_path(one))
        got = [pc.sum(table[name]).as_py() for name in ("participant", "absent", "under_minimum")]
        assert got == truth[one.key]
    assert version.table("schools").num_rows == 15


def test_national_version_is_whole_and_about_as_large_as_asked(scales: ScaleBook, tmp_path: Path) -> None:
    steps: list[int] = []
    version = write_national(
        tmp_path / "country", schools=2_300, years=(2021,), seed=5, scales=scales, scripts=120_000, assessments=2,
        progress=lambda _, done, total: steps.append(done),
    )  # fmt: skip
    version.verify()
    rows = {entry.assessment.key: entry.rows for entry in version.manifest.assessments}
    assert set(rows) == {"vpr/2021/spring/math/5", "vpr/2021/spring/russian/5"}
    assert sum(rows.values()) == pytest.approx(120_000, rel=0.01)
    assert version.table("schools").num_rows == 2_300
    assert len(set(version.table("schools")["school_id"].to_pylist())) == 2_300
    assert all(entry.scale for entry in version.manifest.assessments)
    truth = pq.read_table(tmp_path / "country" / "truth.parquet")
    assert set(truth["assessment"].unique().to_pylist()) == set(rows)
    assert steps == [0, 1, 2]
    assert [path.name for path in tmp_path.iterdir()] == ["country"]


def test_national_version_is_the_same_for_the_same_seed(scales: ScaleBook, tmp_path: Path) -> None:
    names = [
        write_national(
            tmp_path / folder,
            schools=40,
            years=(2021,),
            seed=seed,
            scales=scales,
            assessments=2,
            workers=workers,
        ).name
        for folder, seed, workers in (("a", 1, 1), ("b", 1, 2), ("c", 2, 1))
    ]
    assert names[0] == names[1] != names[2]


def test_national_years_without_items_are_refused(scales: ScaleBook, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2018"):
        write_national(tmp_path / "country", schools=10, years=(2018,), seed=1, scales=scales)
    assert not (tmp_path / "country").exists()
