"""Every layout is read back: the same pupils, the same counts, and each defect reported once."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from rostok.formats import Assumptions, FileReading, ScaleBook, ScriptBatch, TableBatch, read_file
from rostok.schema.assessments import Assessment, Kind
from rostok.synth import Region, context, generate, layouts_gia, layouts_schools, places, questionnaires
from rostok.synth.workbooks import write_csv, write_workbook
from rostok.synth.writing import job_of, write_job

# Layout and an assessment it is written for. Forms of 2026 are of a year without a scale of this paper.
EXPORTS = (
    ("export-2020", "vpr/2020/autumn/math/5"),
    ("export-2020", "vpr/2020/autumn/russian/6"),
    ("export-2021", "vpr/2021/spring/russian/6"),
    ("export-2021", "vpr/2021/spring/math/4"),
    ("form-2022", "vpr/2022/spring/math/5"),
    ("form-2022", "vpr/2022/spring/russian/5"),
    ("f1", "vpr/2022/spring/russian/6"),
    ("interchange-csv", "vpr/2022/spring/math/4"),
    ("interchange-parquet", "vpr/2020/autumn/math/6"),
)
EXAMS = (
    "oge/2021/spring/math/9", "oge/2022/spring/russian/9", "ege/2022/spring/russian/11",
    "ege_profile/2021/spring/math/11", "ege_base/2022/spring/math/11",
)  # fmt: skip

Counts = dict[str, tuple[int, int, int]]


def found(region: Region, key: str) -> Assessment:
    return next(one for one in region.assessments if one.key == key)


def read(path: Path, base: Path, scales: ScaleBook) -> FileReading:
    name = f"{base.name}/{path.relative_to(base).as_posix()}"
    return read_file(path, name=name, assume=Assumptions(), scales=scales)


def written_counts(region: Region, assessment: Assessment, keys: list[str]) -> Counts:
    """Participants, absent, under the minimum by school, from the scripts themselves."""
    scripts = region.scripts(assessment)
    sat = ~scripts.absent
    number = len(keys)
    columns = [
        np.bincount(scripts.school[mask], minlength=number)
        for mask in (sat, ~sat, sat & scripts.under_minimum)
    ]
    rows = zip(keys, *(column.tolist() for column in columns), strict=True)
    return {key: (wrote, missed, below) for key, wrote, missed, below in rows if wrote + missed}


def read_counts(reading: FileReading) -> dict[str, Counts]:
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0]))
    for batch in reading.batches:
        assert isinstance(batch, ScriptBatch)
        names = ("school_id", "participant", "absent", "under_minimum")
        for school, wrote, missed, below in zip(*(batch.table[n].to_pylist() for n in names), strict=True):
            cell = counts[batch.assessment.key][school]
            cell[0], cell[1], cell[2] = cell[0] + wrote, cell[1] + (missed or 0), cell[2] + bool(below)
    return {key: {s: (c[0], c[1], c[2]) for s, c in schools.items()} for key, schools in counts.items()}


def tables_of(reading: FileReading) -> dict[str, list[dict[str, object]]]:
    return {batch.name: batch.table.to_pylist() for batch in reading.batches if isinstance(batch, TableBatch)}


@pytest.mark.parametrize("dirt", [0.0, 0.05])
@pytest.mark.parametrize(("layout", "key"), EXPORTS)
def test_counts_of_scripts_are_read_back(
    region: Region, scales: ScaleBook, tmp_path: Path, layout: str, key: str, dirt: float
) -> None:
    assessment = found(region, key)
    job = job_of(assessment, dirt, layout, junk=dirt > 0)
    defects = write_job(region, job, tmp_path)
    reading = read(tmp_path / job.path, tmp_path, scales)

    expected = written_counts(region, assessment, list(region.population.schools.keys))
    if layout == "f1":  # the report has those who wrote only
        expected = {school: (wrote, 0, below) for school, (wrote, _, below) in expected.items() if wrote}
    assert read_counts(reading) == {key: expected}
    assert {batch.assessment.pupil_grade for batch in reading.batches} == {assessment.pupil_grade}
    assert reported(reading) == defects


def reported(reading: FileReading) -> Counter[str]:
    """Warnings and errors by code; what only tells how scales stand is left out."""
    found: Counter[str] = Counter()
    for problem in reading.problems:
        if problem.severity != "notice" and problem.code != "scale-missing":
            found[problem.code] += problem.count
    return found


def test_form_of_2026_is_read_back_without_a_scale(scales: ScaleBook, tmp_path: Path) -> None:
    region = generate(schools=8, years=(2026,), seed=2, scales=scales)
    assessment = found(region, "vpr/2026/spring/math/5")
    job = job_of(assessment, 0.1)
    assert job.layout == "form-2026"
    defects = write_job(region, job, tmp_path)
    reading = read(tmp_path / job.path, tmp_path, scales)
    expected = written_counts(region, assessment, list(region.population.schools.keys))
    assert {key: (c[0], c[1]) for key, c in read_counts(reading)[assessment.key].items()} == {
        key: (wrote, missed) for key, (wrote, missed, _) in expected.items()
    }
    assert reported(reading) == defects
    assert any(problem.code == "scale-missing" for problem in reading.problems)


@pytest.mark.parametrize("key", ["vpr/2020/autumn/math/5", "vpr/2021/spring/russian/6"])
def test_items_marks_and_sexes_are_read_back_cell_by_cell(
    region: Region, scales: ScaleBook, tmp_path: Path, key: str
) -> None:
    assessment = found(region, key)
    job = job_of(assessment)
    write_job(region, job, tmp_path)
    (batch,) = read(tmp_path / job.path, tmp_path, scales).batches
    assert isinstance(batch, ScriptBatch)
    scripts, keys = region.scripts(assessment), region.population.schools.keys
    names = [name for name in batch.table.column_names if name.startswith("item_")]
    columns = ("school_id", "pupil_code", "raw_score", "mark", "sex", *names)
    got = sorted(zip(*(batch.table[name].to_pylist() for name in columns), strict=True))
    expected = []
    for row in range(len(scripts)):
        who = (keys[scripts.school[row]], str(scripts.code[row]))
        if scripts.absent[row]:
            expected.append((*who, *[None] * (3 + len(names))))
        else:
            sex = "f" if scripts.female[row] else "m"
            scores = scripts.scores[:, row].tolist()
            expected.append((*who, int(scripts.total[row]), int(scripts.mark[row]), sex, *scores))
    assert got == sorted(expected)


@pytest.mark.parametrize("key", EXAMS)
def test_protocols_are_read_back_by_codes_of_gia(
    region: Region, scales: ScaleBook, tmp_path: Path, key: str
) -> None:
    assessment = found(region, key)
    job = job_of(assessment, layout="protocol")
    write_job(region, job, tmp_path)
    reading = read(tmp_path / job.path, tmp_path, scales)
    codes = [f"gia:{code}" for code in layouts_gia.gia_codes(region)]
    expected = written_counts(region, assessment, codes)
    assert read_counts(reading) == {
        key: {school: (wrote, 0, below) for school, (wrote, _, below) in expected.items() if wrote}
    }
    # Geometry and literacy are counted by the generator with its own table of items: not one mark differs.
    assert not {"mark-differs", "exam-mark-lowered", "exam-mark-missing"} & set(reported(reading))


def test_protocols_lose_names_and_documents(region: Region, scales: ScaleBook, tmp_path: Path) -> None:
    assessment = found(region, "oge/2021/spring/math/9")
    job = job_of(assessment)
    write_job(region, job, tmp_path)
    reading = read(tmp_path / job.path, tmp_path, scales)
    kept = " ".join(str(batch.table.to_pylist()) for batch in reading.batches)
    told = " ".join(problem.sentence for problem in reading.problems)
    for number in range(60):
        for word in places.person(number):
            assert word not in kept and word not in told
    assert any(problem.code == "personal-data-dropped" for problem in reading.problems)


@pytest.mark.parametrize("key", ["ege/2020/spring/russian/11", "oge/2022/spring/math/9"])
def test_tables_of_counts_are_read_back(region: Region, scales: ScaleBook, tmp_path: Path, key: str) -> None:
    assessment = found(region, key)
    job = job_of(assessment, layout="counts")
    write_job(region, job, tmp_path)
    rows = tables_of(read(tmp_path / job.path, tmp_path, scales))["counts"]
    got = {row["school_id"]: (row["participants"], row["absent"], row["under_minimum"]) for row in rows}
    assert got == written_counts(region, assessment, list(region.population.schools.keys))
    assert {row["assessment"] for row in rows} == {key}
    has_marks = assessment.kind is Kind.OGE
    assert all((row["marks_2"] is not None) == has_marks for row in rows)


def test_register_ties_codes_of_gia_to_schools(region: Region, scales: ScaleBook, tmp_path: Path) -> None:
    path = tmp_path / layouts_schools.REGISTER_PATH
    write_csv(path, layouts_schools.register(region))
    tables = tables_of(read(path, tmp_path, scales))
    schools = region.population.schools
    got = [(row["school_id"], row["name"], row["kind"], row["territory"]) for row in tables["schools"]]
    territory = ["urban" if town else "rural" for town in schools.urban]
    assert sorted(got) == sorted(zip(schools.keys, schools.names, schools.kinds, territory, strict=True))
    aliases = {row["school_id"]: row["alias"] for row in tables["aliases"]}
    assert aliases == dict(zip(schools.keys, layouts_gia.gia_codes(region), strict=True))


def test_context_is_read_back_to_three_digits(region: Region, scales: ScaleBook, tmp_path: Path) -> None:
    path = tmp_path / layouts_schools.CONTEXT_PATH
    write_csv(path, layouts_schools.context_table(region), delimiter=";", encoding="utf-8-sig")
    rows = tables_of(read(path, tmp_path, scales))["context"]
    assert len(rows) == 30 * 3 * len(context.INDICATORS)
    got = {(row["school_id"], row["year"], row["indicator"]): row["value"] for row in rows}
    for year in region.years:
        for name, values in context.values(region.population, year).items():
            for key, value in zip(region.population.schools.keys, values, strict=True):
                assert got[(key, year, name)] == pytest.approx(value)


def test_list_of_categories_is_read_back(region: Region, scales: ScaleBook, tmp_path: Path) -> None:
    path = tmp_path / layouts_schools.CATEGORIES_PATH
    rows = layouts_schools.categories(region)
    write_csv(path, rows, delimiter=";")
    got = tables_of(read(path, tmp_path, scales))["categories"]
    assert [(f"edu{row['school_id']}", row["year"], row["category"], row["source"]) for row in got] == [
        tuple(row) for row in rows[1:]
    ]


@pytest.mark.parametrize("year", [2021, 2022])
def test_questionnaires_are_read_back(region: Region, scales: ScaleBook, tmp_path: Path, year: int) -> None:
    path = tmp_path / questionnaires.path(year)
    write_workbook(path, questionnaires.BY_YEAR[year](region))
    reading = read(path, tmp_path, scales)
    rows = [row for b in reading.batches if b.name == "context" for row in b.table.to_pylist()]
    teachers = {row["school_id"]: row["value"] for row in rows if row["indicator"] == "teachers"}
    assert set(teachers) == set(region.population.schools.keys)
    assert min(teachers.values()) >= 3
    assert {row["year"] for row in rows} == {year}
    assert not any("example.org" in str(row) for row in rows)
