"""One school twice in one assessment: the same results are counted once, different ones stop the job.

Compared by the digests of parts (multisets of rows), so neither order nor cutting matters. Doubled pupil
codes inside one table are not touched here: branches reuse codes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from rostok.schema.problems import Problem
from rostok.store.incoming import SourceLike
from rostok.store.parts import Part


@dataclass(frozen=True, slots=True)
class Resolution:
    """``groups``: those to be merged, with the index of their ``part``. ``unused``: parts repeated entirely."""

    groups: pa.Table
    unused: frozenset[int]
    problems: tuple[Problem, ...]


def resolve(parts: Sequence[Part]) -> Resolution:
    """Decide which part each school is taken from; ``parts`` come in the order of their sources."""
    groups = pa.concat_tables(
        part.groups.append_column("part", pa.array([index] * part.groups.num_rows, pa.int64()))
        for index, part in enumerate(parts)
    ).combine_chunks()
    schools = groups.column("school_id").combine_chunks().dictionary_encode()
    codes = schools.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    owner = groups.column("part").to_numpy()
    keys, inverse = np.unique(codes * len(parts) + owner, return_inverse=True)
    digests = np.zeros(len(keys), np.uint64)
    np.add.at(digests, inverse, groups.column("digest").to_numpy())
    shared = _shared_schools(keys // len(parts))
    if not shared:
        return Resolution(groups, frozenset(), ())
    places = np.zeros(len(keys), bool)
    places[inverse] = ~groups.column("municipality_id").is_null().to_numpy()
    attendance = np.ones(len(keys), bool)
    np.logical_and.at(attendance, inverse, groups.column("knows_absent").to_numpy())
    outcome = _Outcome(parts, schools.dictionary)
    dropped = np.zeros(len(keys), bool)
    for first, end in shared:
        # The copy that knows its municipality and its absentees is kept, the first by name of source among equals.
        ranked = sorted(range(first, end), key=lambda at: (not places[at], not attendance[at], at))
        for other in ranked[1:]:
            outcome.note(int(keys[ranked[0]]), int(keys[other]), bool(digests[ranked[0]] == digests[other]))
            dropped[other] = True
    counts = np.bincount(keys % len(parts), minlength=len(parts))
    return Resolution(groups.filter(pa.array(~dropped[inverse])), *outcome.told(counts))


def _shared_schools(codes: np.ndarray) -> list[tuple[int, int]]:
    """Ranges of ``codes`` (sorted) where one school comes from several parts."""
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    ends = np.append(starts, len(codes))[1:]
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True) if b - a > 1]


class _Outcome:
    """Collects schools by pair of sources and words the problems."""

    def __init__(self, parts: Sequence[Part], schools: pa.Array) -> None:
        self._parts = parts
        self._schools = schools
        self._same: dict[tuple[int, int], list[str]] = defaultdict(list)
        self._different: dict[tuple[int, int], list[str]] = defaultdict(list)

    def note(self, kept: int, other: int, same: bool) -> None:
        size = len(self._parts)
        school = self._schools[kept // size].as_py()
        (self._same if same else self._different)[kept % size, other % size].append(school)

    def told(self, counts: np.ndarray) -> tuple[frozenset[int], tuple[Problem, ...]]:
        problems = [self._conflict(pair, min(found), len(found)) for pair, found in self._different.items()]
        gone = np.zeros(len(self._parts), int)
        for (kept, other), found in self._same.items():
            gone[other] += len(found)
            whole = len(found) == counts[other] == counts[kept]
            problems.append(self._repeated(kept, other) if whole else self._overlap(kept, other, found))
        return frozenset(np.flatnonzero(gone == counts).tolist()), tuple(problems)

    def _conflict(self, pair: tuple[int, int], school: str, count: int) -> Problem:
        kept, other = (self._parts[index] for index in pair)
        values = {"other": shown(kept.source, other.source), "assessment": kept.assessment.label}
        return Problem("assessment-conflict", file=shown(other.source, kept.source), value=school, values=values,
                       count=count)  # fmt: skip

    def _repeated(self, kept: int, other: int) -> Problem:
        first, second = self._parts[kept].source, self._parts[other].source
        return Problem("file-repeated", file=shown(second, first), values={"other": shown(first, second)})

    def _overlap(self, kept: int, other: int, schools: list[str]) -> Problem:
        first, second = self._parts[kept], self._parts[other]
        values = {"other": shown(first.source, second.source), "assessment": first.assessment.label}
        return Problem("schools-repeated", file=shown(second.source, first.source), value=min(schools),
                       values=values, count=len(schools))  # fmt: skip


def shown(source: SourceLike, beside: SourceLike) -> str:
    """The file as the user named it; with the sheet where both stand in one file."""
    return f"{source.file} [{source.sheet}]" if source.file == beside.file else source.file
