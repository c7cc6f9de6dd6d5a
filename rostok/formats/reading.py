"""What passes between the dispatch and the layouts: the context of a file, and a layout itself.

A layout is one form of table (the 2021 export of ВПР, a protocol of ОГЭ, a register of schools). It looks at
one sheet, says whether the sheet is its own, and reads it. All layouts stand in ``layouts.LAYOUTS``; the
first that recognises a sheet reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from rostok.formats.assumptions import Assumptions
from rostok.formats.batches import FileReading, Source
from rostok.formats.problem_log import ProblemLog
from rostok.formats.scale_files import SubjectCode
from rostok.formats.workbook import Sheet
from rostok.schema.assessments import Kind, Subject
from rostok.schema.scales import Scale


class ScaleLookup(Protocol):
    """What a reader needs of the scales: one of a paper, or None where there is no source for it."""

    def find(
        self, kind: Kind, subject: Subject, grade: int, year: int, region: str | None = None
    ) -> Scale | None: ...

    @property
    def subject_codes(self) -> Mapping[str, SubjectCode]:
        """Codes of subjects in titles of protocols."""
        ...


@dataclass(frozen=True, slots=True)
class ReadContext:
    """One file being read. ``name`` is the path as the user sees it, ``archive.zip!member`` for a member."""

    name: str
    sha256: str
    assume: Assumptions
    scales: ScaleLookup
    book: tuple[Sheet, ...] = ()  # every sheet of the workbook, for forms that spread over several
    folders_above: tuple[str, ...] = ()  # the nearest folders above what ``name`` shows, nearest first

    @property
    def path_parts(self) -> tuple[str, ...]:
        """The name from the file up to the outermost folder: ``("Математика.xlsx", "5", "2020")``."""
        return tuple(
            part for part in reversed(self.name.replace("\\", "/").replace("!", "/").split("/")) if part
        )

    def sheet(self, name: str) -> Sheet | None:
        """The sheet called so, whatever the case and the blanks around; None when there is none."""
        wanted = name.strip().casefold()
        return next((sheet for sheet in self.book if sheet.name.strip().casefold() == wanted), None)

    def source(self, sheet: Sheet, layout: str, rows: int) -> Source:
        return Source(self.name, sheet.name, layout, self.sha256, rows)

    def log(self, sheet: Sheet) -> ProblemLog:
        return ProblemLog(self.name, sheet.name)


@dataclass(frozen=True, slots=True)
class Layout:
    """One form of table. ``recognises`` must be cheap (a few rows) and exact; ``read`` never raises for bad input."""

    code: str
    recognises: Callable[[Sheet, ReadContext], bool]
    read: Callable[[Sheet, ReadContext], FileReading]
