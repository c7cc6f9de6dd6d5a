"""Input files and stored versions → one data version: the first half of the pipeline."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from rostok.formats import Assumptions, InputFile, discover
from rostok.formats.aliases import has_codes, resolve_schools
from rostok.formats.batches import TableBatch
from rostok.pipeline.reading import Reading, TableRead, read_files, scale_book
from rostok.pipeline.registers import completed_registers
from rostok.schema.assessments import Assessment, Kind
from rostok.schema.problems import InputRefused, Problem, Severity
from rostok.schema.progress import Progress, silent
from rostok.schema.scales import Item, Scale
from rostok.schema.synthetic import TRUTH_FILE
from rostok.store import DataVersion, Part, StoreBuilder, is_version
from rostok.store.aside import writing_to
from rostok.store.incoming import SourceLike
from rostok.store.manifest import Manifest, StoredAssessment
from rostok.store.parts import read_part
from rostok.wording import gettext

# Code of a problem → the value by which it is told once for all files.
_TOLD_ONCE = {
    "scale-missing": "assessment",
    "scale-unconfirmed": "assessment",
    "assumption-overruled": "option",
}
CODES_NAMED = 10  # codes of schools that one message names


@dataclass(frozen=True, slots=True)
class Stored:
    """A data version and how it came about. ``tables`` is empty for a version that was stored before."""

    version: DataVersion
    tables: tuple[TableRead, ...] = ()
    problems: tuple[Problem, ...] = ()
    synthetic: bool = False


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
    synthetic = any(is_synthetic(path) for path in inputs)
    if len(versions) == 1 and not others:
        return Stored(versions[0], synthetic=synthetic)
    files, found = _discovered(others)
    if any(problem.code == "file-missing" for problem in found):
        _refuse(found, skip_unreadable)  # a path mistyped: told at once, not after minutes of reading
    found += unknown_region(assume.region)
    with StoreBuilder(root) as builder:
        with writing_to(root):  # the disk of the store, which need not be that of the output
            readings = read_files(
                files, aside=builder.parts_directory, assume=assume, workers=workers, progress=progress
            )
        problems = found + folded(problem for reading in readings for problem in reading.problems)
        _refuse(problems, skip_unreadable)
        if not versions and not any(reading.parts or _has_figures(reading) for reading in readings):
            raise InputRefused((*problems, _nothing(inputs)))
        for version in versions:
            builder.add_version(version)
        problems += _add(builder, readings)
        progress(gettext("Сборка хранилища"), 0, 1)
        stored = _finish(builder, problems, assume.region)
        progress(gettext("Сборка хранилища"), 1, 1)
    tables = tuple(table for reading in readings for table in reading.tables)
    return Stored(stored, tables, of_used_files(problems + builder.problems, stored.manifest), synthetic)


def of_used_files(problems: Iterable[Problem], manifest: Manifest) -> tuple[Problem, ...]:
    """Without the rows of files that only repeat another one: its rows have the same problems."""
    used: dict[str, bool] = defaultdict(bool)
    for source in manifest.sources:
        used[source.file] |= source.used
    return tuple(one for one in problems if one.row is None or used.get(one.file, True))


def folded(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems of a scale once per assessment: a hundred forms of one paper have the same scale.

    An assumption that files overrule is told once as well: it was meant for the one file that is not clear.
    """
    kept: dict[object, Problem] = {}
    for number, problem in enumerate(problems):
        told_once = _TOLD_ONCE.get(problem.code)
        key = (problem.code, problem.values.get(told_once)) if told_once else number
        kept[key] = replace(problem, count=problem.count + kept[key].count) if key in kept else problem
    return tuple(kept.values())


def unknown_region(region: str | None) -> tuple[Problem, ...]:
    """A warning where the region of the user has no scale of its own: the common ones are taken."""
    regions = scale_book().regions
    if region is None or region in regions:
        return ()
    listed = ", ".join(regions) or gettext("таких нет")
    return (Problem("region-unknown", value=region, values={"regions": listed}),)


def is_synthetic(path: Path) -> bool:
    """Does the input come from our generator? It leaves its truth beside the files."""
    folder = path if path.is_dir() else path.parent
    return (folder / TRUTH_FILE).is_file()


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


def _has_figures(reading: Reading) -> bool:
    """Counts of papers, or figures of schools, which some methodologies need nothing else beside."""
    return any(batch.name in {"counts", "context"} for batch in reading.rows)


def _add(builder: StoreBuilder, readings: Sequence[Reading]) -> tuple[Problem, ...]:
    """Hand everything to the builder; codes of state exams become keys of schools on the way."""
    coding = _Coding(_aliases(readings))
    for reading in readings:
        for part in reading.parts:
            if has_codes(part.groups["school_id"]):
                builder.add_scripts(coding.scripts(part))
            else:
                builder.add_part(part)
    for batch in completed_registers([batch for reading in readings for batch in reading.rows]):
        if batch.name != "aliases":  # applied here, of no use later
            builder.add_rows(coding.counts(batch) if batch.name == "counts" else batch)
    return coding.problems()


def _aliases(readings: Sequence[Reading]) -> pa.Table | None:
    """Codes of schools in state exams, from every register of the input."""
    tables = [batch.table for reading in readings for batch in reading.rows if batch.name == "aliases"]
    return pa.concat_tables(tables) if tables else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPlan:
    """What the plan of any job says of its inputs; ``store`` keeps the data version in that folder."""

    assume: Assumptions = field(default_factory=Assumptions)
    engine: str = "duckdb"
    skip_unreadable: bool = False
    workers: int = 2
    store: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedPlan(ReadingPlan):
    """The same of a job that can look back: ``on``, only what was known on that day."""

    on: dt.date | None = None


@contextmanager
def stored_inputs(
    inputs: Sequence[Path], plan: ReadingPlan, progress: Progress
) -> Iterator[tuple[Path, Stored]]:
    """``inputs`` as one version, and the folder it lies in, which goes with the block unless the plan keeps it."""
    with temporary_store(plan.store) as root:
        yield root, read_and_store(
            [Path(path) for path in inputs], root=root, assume=plan.assume, workers=plan.workers,
            skip_unreadable=plan.skip_unreadable, progress=progress,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scripts:
    assessment: Assessment
    items: tuple[Item, ...]
    table: pa.Table
    source: SourceLike


class _Coding:
    """Codes of one region's exams → keys of schools, and the codes nobody has."""

    def __init__(self, aliases: pa.Table | None) -> None:
        self.aliases = aliases
        self._unknown: dict[str, set[str]] = defaultdict(set)

    def scripts(self, part: Part) -> _Scripts:
        table = self._resolved(read_part(part.path), part.assessment.kind, part.source.file)
        return _Scripts(part.assessment, part.items, table, part.source)

    def counts(self, batch: TableBatch) -> TableBatch:
        kinds = [Assessment.from_key(key).kind for key in batch.table["assessment"].to_pylist()]
        tables = [
            self._resolved(
                batch.table.filter(pa.array([kind is one for one in kinds])), kind, batch.source.file
            )
            for kind in sorted(set(kinds))
        ]
        return replace(batch, table=pa.concat_tables(tables)) if tables else batch

    def _resolved(self, table: pa.Table, kind: Kind, file: str) -> pa.Table:
        resolved, unknown = resolve_schools(table, self.aliases, kind)
        self._unknown[file].update(unknown)
        return resolved

    def problems(self) -> tuple[Problem, ...]:
        return tuple(
            Problem("alias-missing", file=file, value=_listed(sorted(codes)), count=len(codes))
            for file, codes in sorted(self._unknown.items())
            if codes
        )


def _listed(codes: Sequence[str]) -> str:
    """A few codes by name: all of them stand in the results as schools of their own."""
    return ", ".join((*codes[:CODES_NAMED], *(["…"] if len(codes) > CODES_NAMED else [])))


def _finish(builder: StoreBuilder, problems: tuple[Problem, ...], region: str | None) -> DataVersion:
    try:
        return builder.finish(scale_of=lambda assessment: scale_of(assessment, region))
    except InputRefused as refused:
        raise InputRefused((*problems, *refused.problems)) from refused


def scale_of(assessment: Assessment, region: str | None = None) -> Scale | None:
    """The shipped scale of an assessment, None where nobody has a source for it."""
    return scale_book().find(assessment.kind, assessment.subject, assessment.grade, assessment.year, region)


def marks_scale(entry: StoredAssessment) -> Scale | None:
    """The scale by which the marks of a stored paper were set; None where none were, or not from its raw scores."""
    if entry.scale is None or "mark" not in entry.filled:
        return None
    scale = next((one for one in scale_book().scales if one.key == entry.scale), None)
    return scale if scale is not None and scale.unit == "raw" and scale.maximum == entry.raw_maximum else None
