"""Counts and scripts of one school in one assessment: equal ones are counted once, different ones stop the job.

Scripts say more, so it is they that count where both agree (``reductions``); nobody can tell which of two
different truths is meant, as with two files of scripts (``repeats``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rostok.schema.problems import Problem
from rostok.store.incoming import RowsLike, SourceLike
from rostok.store.manifest import StoredAssessment
from rostok.store.repeats import shown


@dataclass(frozen=True, slots=True)
class GivenScripts:
    """Scripts of one assessment as stored in ``file``; ``sources`` with their schools, None = not told apart."""

    entry: StoredAssessment
    file: Path
    sources: tuple[tuple[SourceLike, pa.ChunkedArray | None], ...]


def compare(counts: Sequence[RowsLike], scripts: Iterable[GivenScripts]) -> tuple[Problem, ...]:
    """A notice (schools-repeated) or an error (assessment-conflict) per pair of files that name the same schools.

    Compared are participants, and those under the minimum where both know them.
    """
    return tuple(problem for given in scripts for problem in _compared(counts, given))


def _compared(counts: Sequence[RowsLike], given: GivenScripts) -> Iterator[Problem]:
    key = given.entry.assessment.key
    overlaps = [(batch, _rows_of(batch.table, key)) for batch in counts]
    schools = {str(row["school_id"]) for _, rows in overlaps for row in rows}
    if not schools:
        return
    sizes, owners = _sizes(given, schools), _owners(given, schools)
    for batch, rows in overlaps:
        found: dict[tuple[int, bool], list[str]] = defaultdict(list)
        for row in rows:
            school = str(row["school_id"])
            if school in sizes:
                found[owners[school], _agree(row, sizes[school])].append(school)
        for (owner, same), named in sorted(found.items()):
            yield _problem(given, batch.source, given.sources[owner][0], named, same)


def _rows_of(counts: pa.Table, key: str) -> list[dict[str, Any]]:
    rows = counts.filter(pc.equal(counts["assessment"], key))
    told: list[dict[str, Any]] = rows.select(["school_id", "participants", "under_minimum"]).to_pylist()
    return told


def _sizes(given: GivenScripts, schools: set[str]) -> dict[str, tuple[int, int | None]]:
    """School → participants and, where the assessment has a minimum, those under it."""
    with pq.ParquetFile(given.file) as file:
        scripts = file.read(columns=["school_id", "participant", "under_minimum"])
    scripts = scripts.filter(pc.is_in(scripts["school_id"], pa.array(sorted(schools), pa.string())))
    summed = scripts.group_by("school_id").aggregate([("participant", "sum"), ("under_minimum", "sum")])
    known = "under_minimum" in given.entry.filled
    return {
        row["school_id"]: (row["participant_sum"], (row["under_minimum_sum"] or 0) if known else None)
        for row in summed.to_pylist()
    }


def _owners(given: GivenScripts, schools: set[str]) -> dict[str, int]:
    """School → index of the first source that has it; of one whose schools are not told apart, else."""
    rest = next((index for index, (_, named) in enumerate(given.sources) if named is None), 0)
    owners = dict.fromkeys(schools, rest)
    for index, (_, named) in reversed(list(enumerate(given.sources))):
        if named is not None:
            owners |= dict.fromkeys(schools.intersection(named.to_pylist()), index)
    return owners


def _agree(row: dict[str, Any], size: tuple[int, int | None]) -> bool:
    participants, below = size
    both_know = row["under_minimum"] is not None and below is not None
    return row["participants"] == participants and (not both_know or row["under_minimum"] == below)


def _problem(
    given: GivenScripts, counts: SourceLike, scripts: SourceLike, schools: list[str], same: bool
) -> Problem:
    values = {"other": shown(scripts, counts), "assessment": given.entry.assessment.label}
    code = "schools-repeated" if same else "assessment-conflict"
    return Problem(code, file=shown(counts, scripts), value=min(schools), values=values, count=len(schools))
