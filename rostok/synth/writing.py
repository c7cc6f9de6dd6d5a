"""A region as a folder of files, in the layouts each year really came in, with the truth beside them.

The folder is written aside and renamed, so a half-written one is never seen. ``truth.csv`` and ``truth.json``
are shaped so that no reader of results takes them for data.
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from rostok.schema.assessments import Assessment, Kind, Subject
from rostok.schema.progress import Progress, silent
from rostok.schema.synthetic import TRUTH_FILE
from rostok.store import StoreBuilder
from rostok.synth import interchange, layouts_gia, layouts_schools, layouts_vpr, questionnaires
from rostok.synth.dirt import ALL_DEFECTS, FORM_DEFECTS, TEXT_DEFECTS, soil
from rostok.synth.folders import built_aside, files_below
from rostok.synth.grids import Grid, grid_of, parts
from rostok.synth.region import Region
from rostok.synth.stored import context_table, schools_table, scripts_table
from rostok.synth.workbooks import Sheet, workbook_bytes, write_archive, write_csv, write_workbook
from rostok.wording import gettext

TRUTH_COLUMNS = (
    "school_id",
    "planted",
    "assessment",
    "true_share",
    "expected_share",
    "wrote",
    "missed",
    "fell_below",
)
_FEW_SCHOOLS = 40  # fewer are written faster than a second process starts


@dataclass(frozen=True, slots=True)
class Job:
    """One file of results: which layout, of which assessment, where, how dirty."""

    layout: str
    assessment: Assessment
    path: str
    dirt: float
    junk: bool = False


def layout_of(assessment: Assessment) -> str:
    """The layout an assessment of that year comes in: one of ``LAYOUTS``."""
    if assessment.kind.is_exam:
        return "counts" if (assessment.kind, assessment.year) == (Kind.EGE, 2020) else "protocol"
    if assessment.year in {2020, 2021}:
        return f"export-{assessment.year}"
    if assessment.year < 2022 or assessment.subject is not Subject.MATH:
        return "f1"
    if assessment.grade == 4:
        return "interchange-csv"
    return "form-2022" if assessment.year < 2025 else "form-2026"


_PATHS: dict[str, Callable[[Assessment], str]] = {
    "export-2020": layouts_vpr.path_2020,
    "export-2021": layouts_vpr.path_2021,
    "f1": layouts_vpr.path_f1,
    "form-2022": layouts_vpr.path_forms,
    "form-2026": layouts_vpr.path_forms,
    "interchange-csv": interchange.path_csv,
    "interchange-parquet": interchange.path_parquet,
    "protocol": layouts_gia.path,
    "counts": layouts_schools.counts_path,
}
LAYOUTS = tuple(_PATHS)

_TABLES: dict[str, tuple[Callable[..., list[Sheet]], tuple[str, ...]]] = {
    "export-2020": (layouts_vpr.export_2020, ALL_DEFECTS),
    "export-2021": (layouts_vpr.export_2021, ALL_DEFECTS),
    "f1": (layouts_vpr.report_f1, tuple(set(TEXT_DEFECTS) - {"columns-swapped"})),
}
_FORMS = {"form-2022": layouts_vpr.form_2022, "form-2026": layouts_vpr.form_2026}


def job_of(
    assessment: Assessment, dirt: float = 0.0, layout: str | None = None, *, junk: bool = False
) -> Job:
    """The file an assessment is written to; ``layout`` other than that of its year is for tests of readers."""
    chosen = layout or layout_of(assessment)
    return Job(chosen, assessment, _PATHS[chosen](assessment), dirt, junk)


def write_job(region: Region, job: Job, directory: Path) -> Counter[str]:
    """Write one file of results under ``directory``; how many defects of each code it has."""
    path = directory / job.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if job.layout == "protocol":
        write_workbook(path, layouts_gia.protocol(region, job.assessment))
        return Counter()
    if job.layout == "counts":
        write_csv(path, layouts_schools.counts(region, job.assessment), delimiter=";", encoding="cp1251")
        return Counter()
    if job.layout.startswith("interchange"):
        interchange.write(path, region, job.assessment)
        return Counter()
    grid = grid_of(region, job.assessment)
    rng = region.population.rng("dirt", job.layout, job.assessment.key)
    if job.layout in _FORMS:
        made = soil(grid, job.dirt, rng, FORM_DEFECTS if job.layout == "form-2022" else ("pupil-doubled",))
        write_archive(path, _forms(region, grid, job.layout))
        return made
    write, allowed = _TABLES[job.layout]
    made = soil(grid, job.dirt, rng, tuple(sorted(allowed)))
    if job.junk:
        made["columns-junk"] += layouts_vpr.JUNK_COLUMNS
    write_workbook(path, write(region, grid, junk=job.junk))
    return made


def _forms(region: Region, grid: Grid, layout: str) -> dict[str, bytes]:
    """A form for each school, in a folder named by its login."""
    name, keys = layouts_vpr.form_name(grid.assessment), region.population.schools.keys
    return {f"edu{keys[school]}/{name}": workbook_bytes(_FORMS[layout](own)) for school, own in parts(grid)}


def write_region(
    region: Region,
    directory: Path,
    *,
    format: str = "xlsx",
    dirt: float = 0.01,
    workers: int | None = None,
    progress: Progress = silent,
) -> Path:
    """Write the region into ``directory`` (new or empty): files as they are sent, or (``parquet``) a stored version.

    ``dirt`` is the share of rows of files with a defect; a stored version has none. Raises FileExistsError when
    the directory holds anything, ValueError for another format, InputRefused where the disk refuses.
    """
    if format not in {"xlsx", "parquet"}:
        raise ValueError(f"format is xlsx or parquet, not {format!r}")
    with built_aside(directory) as aside:
        finished = aside / "region"
        if format == "xlsx":
            finished.mkdir()
            made = _write_files(region, finished, dirt, workers, progress)
        else:
            finished, made = _write_store(region, aside, progress), {}
        write_truth(region, finished, made)
        finished.replace(directory)
    return directory


def _write_files(
    region: Region, directory: Path, dirt: float, workers: int | None, progress: Progress
) -> dict[str, Counter[str]]:
    jobs = [
        # Every third file of a dirty region has remarks beside the table.
        job_of(one, dirt, junk=dirt > 0 and number % 3 == 1 and layout_of(one) in _TABLES)
        for number, one in enumerate(region.assessments)
    ]
    stage = gettext("Файлы региона")
    made: dict[str, Counter[str]] = {}
    progress(stage, 0, len(jobs))
    for done, (job, defects) in enumerate(_run(region, jobs, directory, workers), start=1):
        made[job.path] = defects
        progress(stage, done, len(jobs))
    _write_school_tables(region, directory)
    return made


def _run(
    region: Region, jobs: Sequence[Job], directory: Path, workers: int | None
) -> Iterator[tuple[Job, Counter[str]]]:
    """Each job as it is done, in processes when the region is large enough to pay for starting them."""
    pays = len(region.population.schools) > _FEW_SCHOOLS and (os.cpu_count() or 1) > 1
    number = workers or (2 if pays else 1)
    if number == 1:
        yield from ((job, write_job(region, job, directory)) for job in jobs)
        return
    with ProcessPoolExecutor(number, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(write_job, region, job, directory): job for job in jobs}
        for future in as_completed(waiting):
            yield waiting[future], future.result()


def _write_school_tables(region: Region, directory: Path) -> None:
    write_csv(directory / layouts_schools.REGISTER_PATH, layouts_schools.register(region))
    context_rows = layouts_schools.context_table(region)
    write_csv(directory / layouts_schools.CONTEXT_PATH, context_rows, delimiter=";", encoding="utf-8-sig")
    write_csv(directory / layouts_schools.CATEGORIES_PATH, layouts_schools.categories(region), delimiter=";")
    for year, write in questionnaires.BY_YEAR.items():
        if year in region.years:
            write_workbook(directory / questionnaires.path(year), write(region))


def _write_store(region: Region, aside: Path, progress: Progress) -> Path:
    """A stored version under ``aside``; its directory."""
    stage = gettext("Хранилище региона")
    with StoreBuilder(aside) as builder:
        for done, assessment in enumerate(region.assessments):
            progress(stage, done, len(region.assessments))
            batch = interchange.batch(assessment, scripts_table(region, region.scripts(assessment)),
                                      region.blueprint(assessment).items)  # fmt: skip
            builder.add_scripts(batch)
        builder.add_table("schools", schools_table(region))
        builder.add_table("context", context_table(region))
        version = builder.finish(scale_of=region.scale)
    progress(stage, len(region.assessments), len(region.assessments))
    return version.directory


def write_truth(region: Region, directory: Path, made: dict[str, Counter[str]]) -> None:
    """``truth.csv`` (school × assessment) and ``truth.json`` (what was planted, how dirty each file is)."""
    schools = region.population.schools
    with (directory / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(TRUTH_COLUMNS)
        for assessment in region.assessments:
            writer.writerows(_truth_rows(region, assessment))
    planted: dict[str, list[str]] = {}
    for key, label in zip(schools.keys, schools.planted, strict=True):
        if label:
            planted.setdefault(label, []).append(key)
    said = {
        "seed": region.seed,
        "schools": len(schools),
        "years": list(region.years),
        "assessments": [assessment.key for assessment in region.assessments],
        "planted": dict(sorted(planted.items())),
        "dirt": {path: dict(sorted(counts.items())) for path, counts in sorted(made.items()) if counts},
        # What a later region may replace: anything else in the folder was put there by people.
        "files": sorted([*files_below(directory), TRUTH_FILE]),
    }
    (directory / TRUTH_FILE).write_text(
        json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def _truth_rows(region: Region, assessment: Assessment) -> list[list[object]]:
    """One row per school that teaches the grade; counts are those of the files before any defect."""
    schools, scripts = region.population.schools, region.scripts(assessment)
    true, expected = region.shares(assessment)
    number, sat = len(schools), ~scripts.absent
    wrote = np.bincount(scripts.school[sat], minlength=number)
    missed = np.bincount(scripts.school[~sat], minlength=number)
    below = np.bincount(scripts.school[sat & scripts.under_minimum], minlength=number)
    return [
        [schools.keys[school], schools.planted[school], assessment.key, f"{true[school]:.6f}",
         f"{expected[school]:.6f}", wrote[school], missed[school], below[school]]
        for school in np.flatnonzero(wrote + missed).tolist()
    ]  # fmt: skip
