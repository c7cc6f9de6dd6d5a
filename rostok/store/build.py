"""Build a version aside from parts and tables, check it against itself, swap it in.

    with StoreBuilder(root) as builder:
        builder.add_scripts(batch)        # or workers: write_part(builder.parts_directory, batch) → add_part
        builder.add_rows(register)
        version = builder.finish(scale_of=scales)

Nothing is visible under ``root`` before ``finish`` returns; leaving the block early removes all of it.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from rostok.schema.assessments import Assessment
from rostok.schema.problems import InputRefused, Problem, Severity
from rostok.schema.scales import Scale
from rostok.schema.tables import COUNTS
from rostok.store.aside import Aside, writing_to
from rostok.store.content import content_hash
from rostok.store.contradictions import GivenScripts, compare
from rostok.store.derived import assessments_table, items_table
from rostok.store.describe import describe
from rostok.store.incoming import RowsLike, ScriptsLike, SourceLike
from rostok.store.manifest import Manifest, StoredAssessment, StoredSource, StoredTable
from rostok.store.merge import merged
from rostok.store.parquet import AssessmentWriter, scripts_path, write_table
from rostok.store.parts import Part, part_of_file, write_part
from rostok.store.repeats import resolve
from rostok.store.small_tables import join
from rostok.store.version import ASSESSMENTS, ITEMS, SMALL_TABLES, DataVersion

ScaleOf = Callable[[Assessment], Scale | None]


@dataclass(frozen=True, slots=True)
class _Origin:
    """The source of data that came without a file: generated, or another stored version."""

    file: str
    sheet: str = ""
    layout: str = "rostok-store"
    sha256: str = ""
    rows: int = 0


@dataclass(frozen=True, slots=True)
class _Rows:
    name: str
    table: pa.Table
    source: SourceLike


@dataclass(frozen=True, slots=True)
class _Adopted:
    entry: StoredAssessment
    file: Path
    source: SourceLike


def _no_scale(_: Assessment) -> Scale | None:
    return None


class StoreBuilder:
    """Collects parts and tables and finishes them into one version under ``root``.

    Raises InputRefused (output-not-writable, disk-full) wherever the disk refuses. ``problems`` holds the
    warnings and notices of ``finish``.
    """

    def __init__(self, root: Path) -> None:
        self._aside = Aside(root)
        self._root = root
        self._parts: dict[Assessment, list[Part]] = defaultdict(list)
        self._adopted: dict[Assessment, list[_Adopted]] = defaultdict(list)
        self._rows: dict[str, list[RowsLike]] = defaultdict(list)
        self._sources: list[StoredSource] = []
        self.problems: tuple[Problem, ...] = ()
        with writing_to(root):
            self.parts_directory.mkdir()

    @property
    def directory(self) -> Path:
        """Where the version is being built; the argument of ``write_assessment``."""
        return self._aside.directory

    @property
    def parts_directory(self) -> Path:
        """Where workers write parts; the argument of ``write_part``."""
        return self._aside.directory / "parts"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._aside.discard()

    def add_scripts(self, batch: ScriptsLike) -> None:
        """Take the papers of one table; written aside at once, not kept in memory."""
        with writing_to(self._root):
            self.add_part(write_part(self.parts_directory, batch))

    def add_part(self, part: Part) -> None:
        """Take a part that a worker wrote."""
        self._parts[part.assessment].append(part)

    def adopt(self, entry: StoredAssessment, source: SourceLike | None = None) -> None:
        """Take an assessment that ``write_assessment`` wrote into ``directory``."""
        origin = source or _Origin(entry.assessment.key, rows=entry.rows)
        file = scripts_path(self.directory, entry.assessment)
        self._adopted[entry.assessment].append(_Adopted(entry, file, origin))

    def add_rows(self, batch: RowsLike) -> None:
        """Take rows of ``schools``, ``context``, ``categories`` or ``counts``; KeyError for another name."""
        self._rows[SMALL_TABLES[batch.name].name].append(batch)

    def add_table(self, name: str, table: pa.Table) -> None:
        """``add_rows`` for a table that has no file behind it."""
        self.add_rows(_Rows(name, table, _Origin(name, rows=table.num_rows)))

    def add_version(self, version: DataVersion) -> None:
        """Take everything of another version; its scripts are linked, not rewritten, where nothing is added."""
        for entry in version.manifest.assessments:
            origin = _Origin(
                str(version.directory), entry.assessment.key, "rostok-store", entry.sha256, entry.rows
            )
            file = version.scripts_path(entry.assessment)
            self._adopted[entry.assessment].append(_Adopted(entry, file, origin))
        for table in version.manifest.tables:
            origin = _Origin(str(version.directory), table.name, "rostok-store", table.sha256, table.rows)
            self.add_rows(_Rows(table.name, version.table(table.name), origin))

    def finish(self, scale_of: ScaleOf = _no_scale) -> DataVersion:
        """Merge, write, hash and swap in. The same content gives the version that stands already.

        ``scale_of`` names the scale the marks came from (its key and maximum go into the manifest). Raises
        InputRefused with every problem found when one of them is an error; nothing is left then.
        """
        with writing_to(self._root):
            entries = [self._assessment(a).with_scale(scale_of(a)) for a in sorted(self._all(), key=_key)]
            tables, counted = self._small_tables()
            self.problems += compare(self._rows.get(COUNTS.name, ()), map(self._given, entries))
            self._refuse_errors()
            shutil.rmtree(self.parts_directory)
            sources = tuple(sorted(self._sources, key=lambda s: (s.file, s.sheet, s.target)))
            manifest = Manifest(tuple(entries), tables, sources, counted)
            write_table(self.directory / ITEMS, items_table(manifest))
            write_table(self.directory / ASSESSMENTS, assessments_table(manifest))
            manifest.write(self.directory)
        return DataVersion(self._aside.commit(manifest.version), manifest)

    def _all(self) -> set[Assessment]:
        return set(self._parts) | set(self._adopted)

    def _refuse_errors(self) -> None:
        if any(problem.severity is Severity.ERROR for problem in self.problems):
            raise InputRefused(self.problems)

    def _assessment(self, assessment: Assessment) -> StoredAssessment:
        adopted = self._adopted.get(assessment, [])
        if len(adopted) == 1 and assessment not in self._parts:
            return self._take(adopted[0])
        others = [part_of_file(self.parts_directory, a.file, a.entry, a.source) for a in adopted]
        return self._merge(sorted(self._parts.get(assessment, []) + others, key=_place))

    def _take(self, adopted: _Adopted) -> StoredAssessment:
        target = scripts_path(self.directory, adopted.entry.assessment)
        if adopted.file != target:
            target.parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(adopted.file, target)
        self._note_source(adopted.source, adopted.entry.assessment.key)
        return adopted.entry

    def _merge(self, parts: Sequence[Part]) -> StoredAssessment:
        description, resolution = describe(parts), resolve(parts)
        self.problems += description.problems + resolution.problems
        for index, part in enumerate(parts):
            self._note_source(part.source, part.assessment.key, used=index not in resolution.unused)
        tables = merged(parts, resolution.groups, description.items, description.without_items)
        with AssessmentWriter(self.directory, description.assessment, description.items) as writer:
            for table in tables:
                writer.write(table)
            return writer.close()

    def _small_tables(self) -> tuple[tuple[StoredTable, ...], tuple[Assessment, ...]]:
        stored, counted = [], []
        for name in sorted(self._rows):
            batches = sorted(self._rows[name], key=_place)
            joined = join(name, batches)
            self.problems += joined.problems
            for index, batch in enumerate(batches):
                self._note_source(batch.source, name, used=index not in joined.unused)
            write_table(self.directory / f"{name}.parquet", joined.table)
            stored.append(StoredTable(name, joined.table.num_rows, content_hash(joined.table)))
            if name == COUNTS.name:
                counted = joined.table.column("assessment").unique().to_pylist()
        return tuple(stored), tuple(Assessment.from_key(key) for key in sorted(counted))

    def _given(self, entry: StoredAssessment) -> GivenScripts:
        """The scripts just stored and where they came from."""
        parts = sorted(self._parts.get(entry.assessment, []), key=_place)
        told = [(part.source, part.groups["school_id"]) for part in parts]
        whole = [(adopted.source, None) for adopted in self._adopted.get(entry.assessment, [])]
        return GivenScripts(entry, scripts_path(self.directory, entry.assessment), (*told, *whole))

    def _note_source(self, source: SourceLike, target: str, used: bool = True) -> None:
        self._sources.append(
            StoredSource(source.file, source.sheet, source.layout, source.sha256, source.rows, target, used)
        )


def _key(assessment: Assessment) -> str:
    return assessment.key


def _place(given: Part | RowsLike) -> tuple[str, str]:
    return given.source.file, given.source.sheet


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copyfile(source, target)
