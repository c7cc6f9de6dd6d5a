"""Input files → parts on disk, small tables and problems; one file a task, in worker processes.

A worker writes the scripts it read aside and returns a small description, so that no pupil's row passes
between processes and memory stays that of the largest file.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rostok.formats import Assumptions, InputFile, ScaleBook, load_scales, read_file
from rostok.formats.batches import FileReading, ScriptBatch, Source, TableBatch
from rostok.pipeline.resources import shipped
from rostok.schema.assessments import Assessment
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.store import Part, write_part
from rostok.wording import activate, current_language, gettext


@dataclass(frozen=True, slots=True)
class TableRead:
    """One table of one file, for the list of what was read."""

    source: Source
    table: str
    assessment: Assessment | None = None
    participants: int | None = None
    schools: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file gave: parts written aside, small tables, the list of tables, problems."""

    parts: tuple[Part, ...] = ()
    rows: tuple[TableBatch, ...] = ()
    tables: tuple[TableRead, ...] = ()
    problems: tuple[Problem, ...] = ()


@cache
def scale_book() -> ScaleBook:
    """The shipped scales, read once per process."""
    return load_scales(shipped("scales"))


def read_files(
    files: Sequence[InputFile],
    *,
    aside: Path,
    assume: Assumptions,
    workers: int = 2,
    progress: Progress = silent,
) -> tuple[Reading, ...]:
    """Read every file, scripts into ``aside``; the readings stand in the order of ``files``.

    Raises InputRefused (worker-lost) when the system killed a worker, as it does when memory runs out.
    """
    if not files:
        return ()
    stage = gettext("Чтение файлов")
    progress(stage, 0, len(files))
    results: dict[int, Reading] = {}
    try:
        for index, reading in _readings(files, aside, assume, workers):
            results[index] = reading
            progress(stage, len(results), len(files))
    except BrokenProcessPool as error:
        raise InputRefused((Problem("worker-lost"),)) from error
    return tuple(results[index] for index in range(len(files)))


def _readings(
    files: Sequence[InputFile], aside: Path, assume: Assumptions, workers: int
) -> Iterator[tuple[int, Reading]]:
    if workers == 1 or len(files) <= 1:
        for index, file in enumerate(files):
            yield index, _read(file, aside, assume)
        return
    # spawn: a worker starts clean, without the engine's threads or a terminal's state.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=activate, initargs=(current_language(),)) as pool:
        # Large files first: the last to finish decides how long everything takes.
        order = sorted(range(len(files)), key=lambda index: -files[index].path.stat().st_size)
        futures = {pool.submit(_read, files[index], aside, assume): index for index in order}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _read(file: InputFile, aside: Path, assume: Assumptions) -> Reading:
    reading = read_file(file.path, name=file.name, assume=assume, scales=scale_book())
    return _keep(reading, aside)


def _keep(reading: FileReading, aside: Path) -> Reading:
    parts, rows, tables = [], [], []
    for batch in reading.batches:
        schools = len(batch.table.column("school_id").unique())
        if isinstance(batch, ScriptBatch):
            parts.append(write_part(aside, batch))
            participants = batch.table.column("participant").to_pylist().count(True)
            tables.append(TableRead(batch.source, "scripts", batch.assessment, participants, schools))
        else:
            rows.append(batch)
            tables.append(TableRead(batch.source, batch.name, schools=schools))
    return Reading(tuple(parts), tuple(rows), tuple(tables), reading.problems)
