"""What a reader returns: typed tables with their source, and problems. No reader returns anything else."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from rostok.schema.assessments import Assessment
from rostok.schema.problems import Problem
from rostok.schema.scales import Item


@dataclass(frozen=True, slots=True)
class Source:
    """Where a batch comes from. ``rows`` counts every data row of the table, participants or not."""

    file: str  # as the user gave it; a member of an archive as ``archive.zip!member``
    sheet: str
    layout: str  # code of the layout, e.g. ``vpr-2020``
    sha256: str  # of the file's bytes
    rows: int


@dataclass(frozen=True, slots=True)
class ScriptBatch:
    """Papers of one assessment from one table; ``table`` has the columns of SCRIPTS and of the items."""

    assessment: Assessment
    items: tuple[Item, ...]
    table: pa.Table
    source: Source


@dataclass(frozen=True, slots=True)
class TableBatch:
    """Rows of one of the other declared tables: ``schools``, ``context``, ``categories`` or ``counts``."""

    name: str
    table: pa.Table
    source: Source


@dataclass(frozen=True, slots=True)
class FileReading:
    """Everything one file gave. A file may hold several batches (an archive, several sheets, several papers)."""

    batches: tuple[ScriptBatch | TableBatch, ...] = ()
    problems: tuple[Problem, ...] = ()
