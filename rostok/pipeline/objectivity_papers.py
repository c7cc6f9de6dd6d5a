"""One paper of a stored version as the arrays the objectivity procedures take. Schools by their place in one list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.pipeline.storing import marks_scale
from rostok.schema.assessments import Assessment, Kind, Subject
from rostok.schema.keys import regions_of
from rostok.schema.scales import MARKS
from rostok.statistics.objectivity.official import moments
from rostok.store import DataVersion
from rostok.store.score_reductions import score_cells

# Papers of the document of 2019: ВПР of grades 4 and 5 and ОГЭ, Russian and mathematics.
_OFFICIAL_GRADES = {Kind.VPR: (4, 5), Kind.OGE: (9,)}
_OFFICIAL_SUBJECTS = (Subject.RUSSIAN, Subject.MATH)


def is_official(assessment: Assessment) -> bool:
    """Does the official list of markers speak of this paper?"""
    grades = _OFFICIAL_GRADES.get(assessment.kind, ())
    return assessment.grade in grades and assessment.subject in _OFFICIAL_SUBJECTS


@dataclass(frozen=True)
class SchoolList:
    """Keys of all schools with participants, ascending: the order of every array."""

    keys: pa.Array

    @classmethod
    def of(cls, classes: Iterable[pa.Table]) -> SchoolList:
        """``classes``: ``class_sums`` of every paper."""
        found: set[str] = set()
        for table in classes:
            wrote = table.filter(pc.greater(table["pupils"], 0))
            found.update(pc.unique(wrote["school_id"].cast(pa.string())).to_pylist())
        return cls(pa.array(sorted(found), pa.string()))

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def region_names(self) -> tuple[str, ...]:
        """The regions of all schools, ascending; one where keys of schools do not say it."""
        return tuple(sorted(set(self._regions)))

    @cached_property
    def region(self) -> NDArray[np.int64]:
        """The region of each school: its place in ``region_names``."""
        place = {name: at for at, name in enumerate(self.region_names)}
        return np.array([place[name] for name in self._regions], dtype=np.int64)

    @cached_property
    def _regions(self) -> list[str]:
        return regions_of(self.keys.to_pylist())

    def places(self, column: pa.ChunkedArray) -> NDArray[np.int64]:
        """Place of each key of a dictionary column; −1 for a school without participants."""
        keys = column.combine_chunks()
        if isinstance(keys, pa.ChunkedArray):  # no rows
            return np.array([], dtype=np.int64)
        of_words = pc.fill_null(pc.index_in(keys.dictionary, self.keys), -1).to_numpy(zero_copy_only=False)
        return np.asarray(of_words[keys.indices.to_numpy(zero_copy_only=False)], dtype=np.int64)


@dataclass(frozen=True)
class Classes:
    """One entry per class with participants: ``school``, ``pupils``, ``total`` of scores; and per school ``absent``.

    ``absent``: NaN where the source does not say it of every pupil. ``largest``: largest score of the paper.
    """

    school: NDArray[np.int64]
    pupils: NDArray[np.int32]
    total: NDArray[np.float64]
    absent: NDArray[np.float64]
    largest: int

    @classmethod
    def of(cls, table: pa.Table, schools: SchoolList) -> Classes:
        place, pupils = schools.places(table["school_id"]), table["pupils"].to_numpy()
        absent = pc.fill_null(table["absent"], np.nan).to_numpy()
        listed = place >= 0
        wrote = listed & (pupils > 0)
        by_school = np.bincount(place[listed], weights=absent[listed], minlength=len(schools))
        largest = int(pc.max(table["largest"]).as_py() or 0)
        return cls(
            place[wrote], pupils[wrote], table["total"].to_numpy()[wrote], by_school.astype(float), largest
        )


@dataclass(frozen=True)
class PaperCounts:
    """What the descriptive markers need of one paper. ``maximum`` None: nobody knows it; the largest score is taken.

    ``by_journal``: (schools × journal marks 2…5 × scores); ``counts``: (schools × scores), also of pupils without a
    journal mark.
    """

    assessment: Assessment
    maximum: int | None
    bounds: tuple[int, ...]
    has_conditions: bool  # marks rest on more than the total
    by_journal: NDArray[np.int32]
    counts: NDArray[np.int32]
    classes: Classes

    @property
    def mark_of(self) -> NDArray[np.int64] | None:
        """The mark of each score; None where it is not a matter of the score alone."""
        if not self.bounds or self.has_conditions:
            return None
        scores = np.arange(self.counts.shape[1])
        return np.asarray(MARKS[0] + np.searchsorted(self.bounds, scores, side="right"))

    @property
    def percent(self) -> NDArray[np.float64]:
        """Mean percent correct of each school; NaN without participants or without a known maximum."""
        mean = moments(self.counts)[1]
        return 100 * mean / self.maximum if self.maximum else np.full(len(mean), np.nan)

    @cached_property
    def has_journal(self) -> bool:
        return bool(self.by_journal.any())


def paper_counts(
    version: DataVersion, engine: Any, assessment: Assessment, schools: SchoolList, classes: Classes
) -> PaperCounts:
    """Counts of one paper by school, journal mark and score."""
    entry = version.entry(assessment)
    width = max(classes.largest, entry.raw_maximum or 0) + 1
    cells = score_cells(engine, version, assessment, schools.keys, width)
    scale = marks_scale(entry)
    return PaperCounts(
        assessment, entry.raw_maximum,
        bounds=scale.lower if scale is not None and scale.lower is not None else (),
        has_conditions=scale is not None and bool(scale.extra),
        by_journal=cells[:, 1:], counts=cells.sum(axis=1, dtype=np.int32), classes=classes,
    )  # fmt: skip
