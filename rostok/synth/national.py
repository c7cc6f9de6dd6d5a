"""A whole country straight into a stored version: millions of scripts, block of schools by block.

Two processes write assessments side by side; each holds one block (2,000 schools) of one assessment at a
time, so memory does not grow with the country.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rostok.formats.reading import ScaleLookup
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.progress import Progress, silent
from rostok.schema.synthetic import TRUTH_FILE
from rostok.store import DataVersion, StoreBuilder, StoredAssessment, write_assessment
from rostok.synth.folders import built_aside, files_below
from rostok.synth.region import Region, make_block
from rostok.synth.schools import Block
from rostok.synth.stored import context_table, schools_table, scripts_table
from rostok.wording import gettext, integer

BLOCK_SCHOOLS = 2_000
BLOCKS_PER_REGION = 4
FIRST_REGION, LAST_REGION = 92, 99
MOST_SCHOOLS = BLOCK_SCHOOLS * BLOCKS_PER_REGION * (LAST_REGION - FIRST_REGION + 1)
ASSESSMENTS = 20
_GRADES = (5, 6, 4, 7, 8)
_OTHERS = (Subject.HISTORY, Subject.BIOLOGY, Subject.GEOGRAPHY, Subject.SOCIAL, Subject.PHYSICS,
           Subject.WORLD, Subject.CHEMISTRY)  # fmt: skip
_PAPERS = [(subject, grade) for grade in _GRADES for subject in (Subject.MATH, Subject.RUSSIAN)]
_PAPERS += [(subject, grade) for subject in _OTHERS for grade in _GRADES]


@dataclass(frozen=True, slots=True)
class Country:
    """All that a worker needs to make any block; blocks come in the order of the store."""

    schools: int
    years: tuple[int, ...]
    seed: int
    scales: ScaleLookup
    held: tuple[Assessment, ...]
    size_factor: float = 1.0

    def blocks(self, held: Sequence[Assessment]) -> Iterator[Region]:
        """Every block with the assessments asked for."""
        for number in range(-(-self.schools // BLOCK_SCHOOLS)):
            region_code, part = divmod(number, BLOCKS_PER_REGION)
            block = Block(FIRST_REGION + region_code, part, BLOCKS_PER_REGION)
            count = min(BLOCK_SCHOOLS, self.schools - number * BLOCK_SCHOOLS)
            yield make_block(count, held, years=self.years, seed=self.seed, scales=self.scales, block=block,
                             size_factor=self.size_factor)  # fmt: skip


def national_assessments(
    years: Sequence[int], scales: ScaleLookup, count: int = ASSESSMENTS
) -> list[Assessment]:
    """``count`` papers of ВПР, shared among the years, Russian and mathematics first; fewer if fewer have items."""
    each = -(-count // len(years))
    chosen: list[Assessment] = []
    for year in years:
        wave = Wave.AUTUMN if year == 2020 else Wave.SPRING
        known = [
            Assessment(Kind.VPR, year, wave, subject, grade)
            for subject, grade in _PAPERS
            if (scale := scales.find(Kind.VPR, subject, grade, year)) is not None
            and scale.items
            and scale.lower
        ]
        chosen += known[:each]
    return chosen[:count]


def write_national(
    directory: Path,
    *,
    schools: int,
    years: Sequence[int],
    seed: int,
    scales: ScaleLookup,
    scripts: int | None = None,
    assessments: int = ASSESSMENTS,
    workers: int = 2,
    progress: Progress = silent,
) -> DataVersion:
    """A stored version in ``directory`` itself, with ``truth.parquet`` and ``truth.json`` beside the manifest.

    ``scripts``: about how many rows in all (None: as the schools are). Raises ValueError for more than 64,000
    schools and for years no scale has items for; InputRefused where the disk refuses; FileExistsError when
    ``directory`` holds anything.
    """
    if not 1 <= schools <= MOST_SCHOOLS:
        raise ValueError(
            gettext(
                "школ в стране от 1 до {most}, а не {given}",
                most=integer(MOST_SCHOOLS),
                given=integer(schools),
            )
        )
    chosen = tuple(sorted(set(years)))
    held = tuple(national_assessments(chosen, scales, assessments))
    if not held:
        raise ValueError(gettext("нет шкал с заданиями за годы: {years}", years=", ".join(map(str, chosen))))
    country = Country(schools, chosen, seed, scales, held)
    if scripts is not None:
        country = Country(schools, chosen, seed, scales, held, _size_factor(country, scripts))
    with built_aside(directory) as aside:
        with StoreBuilder(aside) as builder:
            truths = _write_scripts(country, builder, workers, progress)
            _add_tables(country, builder)
            version = builder.finish(scale_of=lambda a: scales.find(a.kind, a.subject, a.grade, a.year))
        _write_truth(country, version.directory, truths)
        version.directory.replace(directory)
    return DataVersion.open(directory)


def _size_factor(country: Country, scripts: int) -> float:
    """How much larger schools must be for the number of scripts wanted; sizes are bounded, so by bisection."""
    sizes = []
    for region in country.blocks(()):
        made = region.population.schools
        papers = sum(
            ((made.lowest <= one.pupil_grade) & (one.pupil_grade <= made.highest)).astype(int)
            for one in country.held
        )
        sizes.append(np.stack([made.size, papers]))
    size, papers = np.concatenate(sizes, axis=1)
    low, high = 0.01, 100.0
    for _ in range(50):
        middle = float(np.sqrt(low * high))
        reached = (np.clip(np.rint(size * middle), 3, 200) * papers).sum()
        low, high = (middle, high) if reached < scripts else (low, middle)
    return high


def _write_scripts(
    country: Country, builder: StoreBuilder, workers: int, progress: Progress
) -> dict[Assessment, pa.Table]:
    stage = gettext("Работы страны")
    truths: dict[Assessment, pa.Table] = {}
    progress(stage, 0, len(country.held))
    for done, (entry, truth) in enumerate(_entries(country, builder.directory, workers), start=1):
        builder.adopt(entry)
        truths[entry.assessment] = truth
        progress(stage, done, len(country.held))
    return truths


def _entries(country: Country, directory: Path, workers: int) -> Iterator[tuple[StoredAssessment, pa.Table]]:
    """What each written assessment gives, as they are done."""
    if workers == 1:
        yield from (_write_one(country, one, directory) for one in country.held)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(_write_one, country, one, directory) for one in country.held]
        yield from (future.result() for future in as_completed(waiting))


def _write_one(
    country: Country, assessment: Assessment, directory: Path
) -> tuple[StoredAssessment, pa.Table]:
    """Write one assessment of the whole country; its manifest entry and the truths of its schools."""
    truths: list[pa.Table] = []
    items = next(country.blocks([assessment])).blueprint(assessment).items

    def tables() -> Iterator[pa.Table]:
        for region in country.blocks([assessment]):
            truths.append(_truths(region, assessment))
            yield scripts_table(region, region.scripts(assessment))

    entry = write_assessment(directory, assessment, items, tables())
    return entry, pa.concat_tables(truths)


def _truths(region: Region, assessment: Assessment) -> pa.Table:
    true, expected = region.shares(assessment)
    schools = region.population.schools
    columns = {
        "school_id": pa.array(schools.keys),
        "planted": pa.array(schools.planted),
        "true_share": pa.array(true, from_pandas=True),
        "expected_share": pa.array(expected, from_pandas=True),
    }
    return pa.table(columns).filter(pa.array(~np.isnan(true)))


def _add_tables(country: Country, builder: StoreBuilder) -> None:
    blocks = list(country.blocks(()))
    builder.add_table("schools", pa.concat_tables([schools_table(region) for region in blocks]))
    builder.add_table("context", pa.concat_tables([context_table(region) for region in blocks]))


def _write_truth(country: Country, directory: Path, truths: dict[Assessment, pa.Table]) -> None:
    tables = []
    for assessment in sorted(truths, key=lambda one: one.key):
        table = truths[assessment]
        keys = pa.array([assessment.key] * table.num_rows).dictionary_encode()
        tables.append(table.append_column("assessment", keys))
    pq.write_table(
        pa.concat_tables(tables).unify_dictionaries(), directory / "truth.parquet", compression="zstd"
    )
    said = {"seed": country.seed, "schools": country.schools, "years": list(country.years),
            "assessments": [one.key for one in country.held], "size_factor": round(country.size_factor, 6),
            "files": sorted([*files_below(directory), TRUTH_FILE])}  # fmt: skip
    (directory / TRUTH_FILE).write_text(
        json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
