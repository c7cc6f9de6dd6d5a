"""Input files → parts on disk and problems: the files are read by worker processes, one file a task.

A worker writes each table it read as an Arrow file aside and returns a small description, so that no pupil's
row passes between processes and memory stays that of the largest file.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
from pyarrow import feather

from rostok.formats import Assumptions, FileReading, ScaleBook, load_scales, read_file
from rostok.formats.batches import ScriptBatch, Source, TableBatch
from rostok.pipeline.progress import Progress, silent
from rostok.pipeline.resources import shipped
from rostok.schema.assessments import Assessment
from rostok.schema.problems import InputRefused, Problem, Severity
from rostok.schema.scales import Item
from rostok.wording import activate, current_language, gettext


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: where it lies, and how the user sees it (relative to what was given)."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Part:
    """One table read from one file, waiting on disk. ``assessment`` is None for registers and the like."""

    path: Path
    source: Source
    participants: int | None = None
    schools: int | None = None
    assessment: Assessment | None = None
    items: tuple[Item, ...] = ()
    table: str = "scripts"

    def load(self) -> pa.Table:
        return feather.read_table(self.path, memory_map=True)


@dataclass(frozen=True, slots=True)
class Readings:
    """Everything the input gave, in the order of the files."""

    parts: tuple[Part, ...]
    problems: tuple[Problem, ...]


@cache
def scale_book() -> ScaleBook:
    """The shipped scales, read once per process."""
    return load_scales(shipped("scales"))


def read_files(
    files: Sequence[InputFile],
    *,
    aside: Path,
    assume: Assumptions | None = None,
    workers: int = 2,
    skip_unreadable: bool = False,
    progress: Progress = silent,
) -> Readings:
    """Read every file; errors of files are raised together as InputRefused unless they may be skipped."""
    assume = assume or Assumptions()
    readings = _read_all(files, aside, assume, workers, progress)
    problems = tuple(problem for _, found in readings for problem in found)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors and not skip_unreadable:
        raise InputRefused(problems)
    return Readings(tuple(part for parts, _ in readings for part in parts), problems)


type_of_reading = tuple[tuple[Part, ...], tuple[Problem, ...]]


def _read_all(
    files: Sequence[InputFile], aside: Path, assume: Assumptions, workers: int, progress: Progress
) -> list[type_of_reading]:
    stage = gettext("Чтение файлов")
    progress(stage, 0, len(files))
    if workers == 1 or len(files) <= 1:
        done = []
        for number, file in enumerate(files, 1):
            done.append(_read_one(file, aside, assume))
            progress(stage, number, len(files))
        return done
    # spawn: a worker starts clean, without the engine's threads or a terminal's state.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=activate, initargs=(current_language(),)) as pool:
        # Large files first: the last to finish decides how long everything takes.
        order = sorted(range(len(files)), key=lambda index: -files[index].path.stat().st_size)
        futures: dict[Future[type_of_reading], int] = {
            pool.submit(_read_one, files[index], aside, assume): index for index in order
        }
        results: dict[int, type_of_reading] = {}
        for number, future in enumerate(as_completed(futures), 1):
            results[futures[future]] = future.result()
            progress(stage, number, len(files))
    return [results[index] for index in range(len(files))]


def _read_one(file: InputFile, aside: Path, assume: Assumptions) -> type_of_reading:
    reading = read_file(file.path, name=file.name, assume=assume, scales=scale_book())
    return _keep(reading, aside), reading.problems


def _keep(reading: FileReading, aside: Path) -> tuple[Part, ...]:
    return tuple(_keep_batch(batch, aside) for batch in reading.batches)


def _keep_batch(batch: ScriptBatch | TableBatch, aside: Path) -> Part:
    path = aside / f"{uuid4().hex}.arrow"
    feather.write_feather(batch.table, path, compression="lz4")
    schools = len(batch.table.column("school_id").unique()) if "school_id" in batch.table.column_names else None
    if isinstance(batch, TableBatch):
        return Part(path, batch.source, schools=schools, table=batch.name)
    participants = batch.table.column("participant").to_pylist().count(True)
    return Part(path, batch.source, participants, schools, batch.assessment, batch.items)


def aliases_of(parts: Iterable[Part]) -> dict[str, str]:
    """Other codes of schools → their keys, from the registers among ``parts``."""
    found: dict[str, str] = {}
    for part in parts:
        if part.table == "aliases":
            table = part.load()
            found.update(zip(table["alias"].to_pylist(), table["school_id"].to_pylist(), strict=True))
    return found
