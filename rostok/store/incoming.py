"""The shape of what the store takes. The batches of ``formats`` have it; the store does not know readers."""

from __future__ import annotations

from typing import Protocol

import pyarrow as pa

from rostok.schema.assessments import Assessment
from rostok.schema.scales import Item


class SourceLike(Protocol):
    """Where rows come from; the same words as ``formats.batches.Source``."""

    @property
    def file(self) -> str: ...
    @property
    def sheet(self) -> str: ...
    @property
    def layout(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def rows(self) -> int: ...


class ScriptsLike(Protocol):
    """Papers of one assessment from one table, as ``formats.batches.ScriptBatch``."""

    @property
    def assessment(self) -> Assessment: ...
    @property
    def items(self) -> tuple[Item, ...]: ...
    @property
    def table(self) -> pa.Table: ...
    @property
    def source(self) -> SourceLike: ...


class RowsLike(Protocol):
    """Rows of another declared table, as ``formats.batches.TableBatch``."""

    @property
    def name(self) -> str: ...
    @property
    def table(self) -> pa.Table: ...
    @property
    def source(self) -> SourceLike: ...
