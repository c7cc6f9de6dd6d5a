"""A stored version as readers see it: what is in it, where it lies, whether it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from rostok.schema.arrow import arrow_schema, scripts_schema
from rostok.schema.assessments import Assessment
from rostok.schema.file_system import error_number, in_words
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.tables import CATEGORIES, CONTEXT, COUNTS, SCHOOLS, Table
from rostok.store.content import ContentHash, content_hash
from rostok.store.manifest import MANIFEST, Manifest, StoredAssessment, damaged
from rostok.store.parquet import ROW_GROUP, scripts_path
from rostok.wording import gettext, integer

ASSESSMENTS = "assessments.parquet"  # what the manifest says of each assessment, for engines to join
ITEMS = "items.parquet"
SMALL_TABLES: dict[str, Table] = {table.name: table for table in (SCHOOLS, CONTEXT, CATEGORIES, COUNTS)}


def is_version(directory: Path) -> bool:
    """Is this directory a stored version (does it carry a manifest)?"""
    return (directory / MANIFEST).is_file()


@dataclass(frozen=True, slots=True)
class DataVersion:
    """An immutable directory and its manifest. ``open`` looks that the files are there, ``verify`` rereads all."""

    directory: Path
    manifest: Manifest

    @classmethod
    def open(cls, directory: Path) -> DataVersion:
        """Raises InputRefused (file-damaged) when the manifest or a file it names is not whole."""
        version = cls(directory, Manifest.read(directory))
        problems = tuple(filter(None, map(version._check_footer, version.manifest.assessments)))
        missing = tuple(
            damaged(directory / f"{entry.name}.parquet", gettext("такого файла нет"))
            for entry in version.manifest.tables
            if not (directory / f"{entry.name}.parquet").is_file()
        )
        if problems or missing:
            raise InputRefused(problems + missing)
        return version

    @property
    def name(self) -> str:
        """Sixteen hex digits: the hash of the content."""
        return self.manifest.version

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """Assessments with scripts, in the order of their keys."""
        return tuple(entry.assessment for entry in self.manifest.assessments)

    @property
    def counted(self) -> tuple[Assessment, ...]:
        """Assessments of the table of counts."""
        return self.manifest.counted

    @property
    def scales(self) -> dict[str, bool]:
        """Keys of the scales used → is the scale confirmed by a document?"""
        named = [(e.scale, bool(e.scale_confirmed)) for e in self.manifest.assessments if e.scale]
        return dict(sorted(named))

    def entry(self, assessment: Assessment) -> StoredAssessment:
        """The manifest entry; KeyError for an assessment without scripts here."""
        for entry in self.manifest.assessments:
            if entry.assessment == assessment:
                return entry
        raise KeyError(assessment.key)

    def scripts_path(self, assessment: Assessment) -> Path:
        """The Parquet file of one assessment."""
        return scripts_path(self.directory, assessment)

    def table(self, name: str) -> pa.Table:
        """One of the small tables whole; without rows when the version has none. InputRefused when damaged."""
        path = self.directory / f"{name}.parquet"
        schema = arrow_schema(SMALL_TABLES[name])
        if not path.is_file():
            return schema.empty_table()
        # ParquetFile, not read_table: that one loads Arrow's dataset machinery, half a second for a small file.
        try:
            with pq.ParquetFile(path) as file:
                return file.read().cast(schema)
        except (OSError, pa.ArrowInvalid) as error:
            raise InputRefused((_unreadable(path, error),)) from error

    def items(self) -> pa.Table:
        """All items: ``assessment, position, label, maximum, level``."""
        with pq.ParquetFile(self.directory / ITEMS) as file:
            return file.read()

    def _check_footer(self, entry: StoredAssessment) -> Problem | None:
        path = self.scripts_path(entry.assessment)
        try:
            footer = pq.read_metadata(path)
        except (OSError, pa.ArrowInvalid) as error:
            return _unreadable(path, error)
        if not footer.schema.to_arrow_schema().equals(scripts_schema(entry.items)):
            return damaged(path, gettext("столбцы не те, что в описании версии"))
        if footer.num_rows != entry.rows:
            rows = {"found": integer(footer.num_rows), "expected": integer(entry.rows)}
            return damaged(path, gettext("строк {found}, а в описании версии {expected}", **rows))
        return None

    def verify(self) -> None:
        """Hash everything again; raises InputRefused naming each file that says something else."""
        changed = gettext("содержимое не сходится с контрольной суммой")
        wrong = [
            damaged(self.scripts_path(entry.assessment), changed)
            for entry in self.manifest.assessments
            if self._content_of(entry) != entry.sha256
        ]
        wrong += [
            damaged(self.directory / f"{entry.name}.parquet", changed)
            for entry in self.manifest.tables
            if content_hash(self.table(entry.name)) != entry.sha256
        ]
        if wrong:
            raise InputRefused(tuple(wrong))

    def _content_of(self, entry: StoredAssessment) -> str:
        content = ContentHash(scripts_schema(entry.items))
        try:
            with pq.ParquetFile(self.scripts_path(entry.assessment)) as file:
                for batch in file.iter_batches(batch_size=ROW_GROUP):
                    content.update(pa.Table.from_batches([batch]))
        except (OSError, pa.ArrowInvalid):
            return ""  # not readable: no hash matches
        return content.hexdigest()


def _unreadable(path: Path, error: OSError | pa.ArrowInvalid) -> Problem:
    # Arrow tells bad content by an OSError too, then without a number, in words about its own code.
    of_system = isinstance(error, OSError) and error_number(error) is not None
    return damaged(path, in_words(error) if of_system else gettext("содержимое не разбирается"))
