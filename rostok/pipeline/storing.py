"""Input files and stored versions → one data version: the first half of the pipeline."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from rostok.formats import Assumptions, InputFile, discover
from rostok.pipeline.progress import Progress, silent
from rostok.pipeline.reading import Reading, TableRead, read_files, scale_book
from rostok.schema.assessments import Assessment
from rostok.schema.problems import InputRefused, Problem, Severity
from rostok.schema.scales import Scale
from rostok.store import DataVersion, Part, StoreBuilder, is_version
from rostok.store.parts import read_part
from rostok.wording import gettext


@dataclass(frozen=True, slots=True)
class Stored:
    """A data version and how it came about. ``tables`` is empty for a version that was stored before."""

    version: DataVersion
    tables: tuple[TableRead, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_and_store(
    inputs: Sequence[Path],
    *,
    root: Path,
    assume: Assumptions | None = None,
    workers: int = 2,
    skip_unreadable: bool = False,
    progress: Progress = silent,
) -> Stored:
    """Read ``inputs`` (files, folders, archives, stored versions) into one version under ``root``.

    Raises InputRefused with every problem when a file cannot be used (unless ``skip_unreadable``), when files
    contradict each other, when nothing usable is there, or when the disk refuses.
    """
    assume = assume or Assumptions()
    versions = [DataVersion.open(path) for path in inputs if is_version(path)]
    others = [path for path in inputs if not is_version(path)]
    if len(versions) == 1 and not others:
        return Stored(versions[0])
    files, found = _discovered(others)
    with StoreBuilder(root) as builder:
        readings = read_files(
            files, aside=builder.parts_directory, assume=assume, workers=workers, progress=progress
        )
        problems = found + tuple(problem for reading in readings for problem in reading.problems)
        _refuse(problems, skip_unreadable)
        if not versions and not any(reading.parts or _has_counts(reading) for reading in readings):
            raise InputRefused((*problems, _nothing(inputs)))
        for version in versions:
            builder.add_version(version)
        _add(builder, readings)
        progress(gettext("Сборка хранилища"), 0, 1)
        stored = _finish(builder, problems, assume.region)
        progress(gettext("Сборка хранилища"), 1, 1)
    return Stored(stored, tuple(table for reading in readings for table in reading.tables), problems + builder.problems)


@contextmanager
def temporary_store(root: Path | None) -> Iterator[Path]:
    """The folder for versions: the one given, or one that goes when the block ends."""
    if root is not None:
        yield root
        return
    with tempfile.TemporaryDirectory(prefix="rostok-") as folder:
        yield Path(folder)


def _discovered(paths: Sequence[Path]) -> tuple[Sequence[InputFile], tuple[Problem, ...]]:
    if not paths:
        return (), ()
    found = discover(paths)
    return found.files, found.problems


def _refuse(problems: Sequence[Problem], skip_unreadable: bool) -> None:
    if not skip_unreadable and any(problem.severity is Severity.ERROR for problem in problems):
        raise InputRefused(tuple(problems))


def _nothing(inputs: Sequence[Path]) -> Problem:
    return Problem("folder-nothing-usable", file=", ".join(str(path) for path in inputs))


def _has_counts(reading: Reading) -> bool:
    return any(batch.name == "counts" for batch in reading.rows)


def _add(builder: StoreBuilder, readings: Sequence[Reading]) -> None:
    aliases = _aliases(readings)
    for reading in readings:
        for part in reading.parts:
            if part.assessment.kind.is_exam and aliases:
                builder.add_scripts(_renamed(part, aliases))
            else:
                builder.add_part(part)
        for batch in reading.rows:
            if batch.name == "counts" and aliases:
                batch = replace(batch, table=_with_keys(batch.table, aliases))
            builder.add_rows(batch)


def _aliases(readings: Sequence[Reading]) -> dict[str, str]:
    """Codes of schools in state exams → keys, from the registers."""
    found: dict[str, str] = {}
    for reading in readings:
        for batch in reading.rows:
            if batch.name == "aliases":
                columns = (batch.table[name].to_pylist() for name in ("alias", "school_id"))
                found.update(zip(*columns, strict=True))
    return found


@dataclass(frozen=True, slots=True)
class _Renamed:
    assessment: Assessment
    items: tuple[object, ...]
    table: pa.Table
    source: object


def _renamed(part: Part, aliases: dict[str, str]) -> _Renamed:
    return _Renamed(part.assessment, part.items, _with_keys(read_part(part.path), aliases), part.source)


def _with_keys(table: pa.Table, aliases: dict[str, str]) -> pa.Table:
    keys = [aliases.get(key, key) for key in table["school_id"].to_pylist()]
    return table.set_column(table.schema.get_field_index("school_id"), "school_id", pa.array(keys, pa.string()))


def _finish(builder: StoreBuilder, problems: tuple[Problem, ...], region: str | None) -> DataVersion:
    try:
        return builder.finish(scale_of=lambda assessment: scale_of(assessment, region))
    except InputRefused as refused:
        raise InputRefused((*problems, *refused.problems)) from refused


def scale_of(assessment: Assessment, region: str | None = None) -> Scale | None:
    """The shipped scale of an assessment, None where nobody has a source for it."""
    return scale_book().find(assessment.kind, assessment.subject, assessment.grade, assessment.year, region)
