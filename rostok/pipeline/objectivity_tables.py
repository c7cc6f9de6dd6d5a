"""Arrays of the objectivity procedures → rows of markers.csv and schools.csv."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.pipeline.csv_files import SHARE_DIGITS
from rostok.pipeline.objectivity_papers import PaperCounts, SchoolList, is_official
from rostok.schema.assessments import Assessment, Kind
from rostok.schema.markers import MARKERS, Basis
from rostok.statistics.objectivity.journal import journal_gaps
from rostok.statistics.objectivity.official import (
    changes,
    clustered_means,
    inflated_means,
    rank_agreement,
)
from rostok.statistics.objectivity.participation import Absences

if TYPE_CHECKING:
    from rostok.statistics.objectivity.battery import Battery

MARKER_COLUMNS = (
    "school_id", "marker", "kind", "subject", "grade", "year", "participants", "value", "limit", "flagged", "p_value",
    "wave",  # last, behind the columns a reader already knows: spring and autumn of one year are two papers
)  # fmt: skip
SCHOOL_COLUMNS = ("school_id", "markers", "tests", "p_value", "q_value", "flagged")

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class ByRegion:
    """One number per region, and the region of each school."""

    values: Floats
    region: NDArray[np.int64]


@dataclass(frozen=True)
class Row:
    """One marker of one paper for all schools. NaN = none; ``flagged`` None: nothing is decided by this row.

    ``assessment`` None: over all papers of a school.
    """

    marker: str
    assessment: Assessment | None
    participants: Floats
    value: Floats
    limit: Floats | ByRegion | float = float("nan")
    flagged: Bools | None = None
    p_value: Floats | None = None

    @property
    def is_official(self) -> bool:
        """Does this row count among the fourteen markers of the document?"""
        paper = self.assessment
        return MARKERS[self.marker].basis is Basis.OFFICIAL and paper is not None and is_official(paper)

    @property
    def marked(self) -> Bools:
        return np.zeros(len(self.value), dtype=bool) if self.flagged is None else self.flagged


def described(paper: PaperCounts, region: NDArray[np.int64]) -> Iterator[Row]:
    """The descriptive markers of one paper; ``region`` of each school, because the document compares with its own."""
    means = inflated_means(paper.counts, region)
    classes = paper.classes
    wide = clustered_means(means, classes.school, classes.pupils, classes.total)
    for marker, found in (("inflated_mean", means), ("inflated_mean_classes", wide)):
        limit = ByRegion(found.limit, region)
        yield Row(marker, paper.assessment, found.pupils, found.lower, limit, found.flagged)
    if paper.has_journal:
        yield from _of_journal(paper)


def _of_journal(paper: PaperCounts) -> Iterator[Row]:
    ranks = rank_agreement(paper.by_journal)
    yield Row("journal_reversed", paper.assessment, ranks.pupils, ranks.official, 0.0, ranks.flagged)
    yield Row("journal_reversed_ties", paper.assessment, ranks.pupils, ranks.upper, 0.0, ranks.upper < 0)
    mark_of = paper.mark_of
    if mark_of is not None:
        gaps = journal_gaps(paper.by_journal, mark_of)
        with np.errstate(divide="ignore", invalid="ignore"):
            yield Row("journal_gap", paper.assessment, gaps.pupils, gaps.far / gaps.pupils)
    yield Row("journal_consistency", paper.assessment, ranks.pupils, ranks.with_ties)


def follows(before: Assessment, after: Assessment) -> bool:
    """Did the same children write ``before`` a year and a programme earlier (параллель N in YY, N + 1 in YY + 1)?

    Autumn papers are written by the next grade, so it is the generation of the children that decides.
    """
    return (
        before.kind is after.kind is Kind.VPR
        and before.subject is after.subject
        and (before.grade + 1, before.year + 1) == (after.grade, after.year)
        and before.generation == after.generation
    )


@dataclass(frozen=True)
class Level:
    """What is kept of a paper for the change of its generation."""

    assessment: Assessment
    percent: Floats
    pupils: Floats


def changed(levels: Sequence[Level], region: NDArray[np.int64]) -> Iterator[Row]:
    """Sharp changes between every two papers of one generation; the later paper names the row. Quartiles by region.

    Grade 4 → 5 is the official marker; other grades are described by the same formula.
    """
    for after in levels:
        for before in levels:
            if follows(before.assessment, after.assessment):
                found = changes(before.percent, after.percent, region)
                rows = (("sharp_rise", found.lower, found.rose), ("sharp_fall", found.upper, found.fell))
                for marker, limit, flagged in rows:
                    by_region = ByRegion(limit, region)
                    yield Row(marker, after.assessment, after.pupils, found.ratio, by_region, flagged)


def absent_rows(assessment: Assessment, listed: Floats, found: Absences) -> Row:
    return Row("absences", assessment, listed, found.share, found.upper, found.flagged)


def marker_table(row: Row, schools: SchoolList) -> pa.Table:
    """Rows of markers.csv for the schools the marker was asked of."""
    asked = (np.nan_to_num(row.participants) > 0) | ~np.isnan(row.value)
    chosen = np.flatnonzero(asked)
    keys = pa.DictionaryArray.from_arrays(pa.array(chosen, pa.int32()), schools.keys)
    number, paper = len(chosen), row.assessment

    def same(word: str | None) -> pa.DictionaryArray:
        codes = pa.array(np.zeros(number, dtype=np.int32), mask=np.full(number, word is None))
        return pa.DictionaryArray.from_arrays(codes, pa.array([word or ""], pa.string()))

    def whole(value: int | None) -> pa.Array:
        return pa.array(np.full(number, value or 0, dtype=np.int16), mask=np.full(number, value is None))

    columns = {
        "school_id": keys,
        "marker": same(row.marker),
        "kind": same(paper.kind.value if paper else None),
        "subject": same(paper.subject.value if paper else None),
        "grade": whole(paper.grade if paper else None),
        "year": whole(paper.year if paper else None),
        "participants": pa.array(np.nan_to_num(row.participants[chosen]).astype(np.int32)),
        "value": _numbers(row.value[chosen]),
        "limit": _limits(row.limit, chosen),
        "flagged": _verdicts(row, chosen),
        "p_value": _repeated(np.nan, number) if row.p_value is None else _numbers(row.p_value[chosen]),
        "wave": same(paper.wave.value if paper else None),
    }
    return pa.table(columns)


def _limits(limit: Floats | ByRegion | float, chosen: NDArray[np.int64]) -> pa.Array:
    if isinstance(limit, ByRegion):
        return _spelt_once(limit.values, limit.region[chosen])
    return _repeated(limit, len(chosen)) if isinstance(limit, float) else _numbers(limit[chosen])


def _repeated(value: float, number: int) -> pa.Array:
    return _spelt_once(np.array([value]), np.zeros(number, dtype=np.int64))


def _spelt_once(values: Floats, places: NDArray[np.int64]) -> pa.Array:
    """A few numbers in many rows, each spelt once: a country has a million rows of one limit."""
    known = np.isfinite(values)
    codes = pa.array(places.astype(np.int16), mask=~known[places])
    digits = [
        Decimal(f"{value:.{SHARE_DIGITS}f}") if known[at] else Decimal(0)
        for at, value in enumerate(values.tolist())
    ]
    return pa.DictionaryArray.from_arrays(codes, pa.array(digits, pa.decimal128(18, SHARE_DIGITS)))


def _numbers(values: Floats) -> pa.Array:
    return pa.array(values, mask=~np.isfinite(values))


def _verdicts(row: Row, chosen: NDArray[np.int64]) -> pa.Array:
    """Empty where nothing can be told, or nothing is decided."""
    if row.flagged is None:
        return pa.nulls(len(chosen), pa.bool_())
    told = row.value if row.p_value is None else row.p_value
    return pa.array(row.flagged[chosen], mask=np.isnan(told[chosen]))


@dataclass
class Tally:
    """Official markers by school as rows pass: in all, and by year for the index of the region."""

    schools: int
    marks: NDArray[np.int64] = field(init=False)
    asked: dict[int, Bools] = field(default_factory=dict)
    marked: dict[int, Bools] = field(default_factory=dict)
    by_marker: dict[str, Bools] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.marks = np.zeros(self.schools, dtype=np.int64)

    @property
    def of_list(self) -> Bools:
        """Schools that wrote a paper the official list speaks of: the base of every count of official markers."""
        return np.asarray(np.any([np.zeros(self.schools, dtype=bool), *self.asked.values()], axis=0))

    def add(self, row: Row) -> None:
        """Count a row; only official ones decide the index, all leave their number of schools."""
        known = self.by_marker.setdefault(row.marker, np.zeros(self.schools, dtype=bool))
        known |= row.marked
        if not row.is_official or row.assessment is None:
            return
        year = row.assessment.year
        self.marks += row.marked
        asked = self.asked.setdefault(year, np.zeros(self.schools, dtype=bool))
        asked |= np.nan_to_num(row.participants) > 0
        marked = self.marked.setdefault(year, np.zeros(self.schools, dtype=bool))
        marked |= row.marked


def school_table(schools: SchoolList, tally: Tally, battery: Battery | None) -> pa.Table:
    """schools.csv: official markers, and what the tests say; nothing of the tests where they were left out."""
    number = len(schools)
    columns: dict[str, pa.Array] = {"school_id": schools.keys, "markers": pa.array(tally.marks)}
    if battery is None:
        empty = {"p_value": pa.float64(), "q_value": pa.float64(), "flagged": pa.bool_()}
        columns["tests"] = pa.array(np.zeros(number, dtype=np.int64))
        columns |= {name: pa.nulls(number, kind) for name, kind in empty.items()}
    else:
        result = battery.listed
        columns |= {
            "tests": pa.array(result.tests),
            "p_value": _numbers(result.p_value),
            "q_value": _numbers(result.q_value),
            "flagged": pa.array(result.flagged, mask=np.isnan(result.q_value)),
        }
    return pa.table({name: columns[name] for name in SCHOOL_COLUMNS})
