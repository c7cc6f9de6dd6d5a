"""What the markers and tests say of a region as a whole, and how many works they would move."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.pipeline.objectivity_effects import SchoolFacts, effects
from rostok.pipeline.objectivity_papers import SchoolList
from rostok.pipeline.objectivity_tables import Tally
from rostok.schema.assessments import Assessment
from rostok.schema.scales import MARKS
from rostok.statistics.objectivity.official import objectivity_index

if TYPE_CHECKING:
    from rostok.statistics.objectivity.battery import Battery, Examined

_PASSING = MARKS[1]


def region_table(
    tally: Tally, result: Battery | None, examined: Sequence[tuple[Assessment, Examined]], facts: SchoolFacts, rate: float
) -> pa.Table:  # fmt: skip
    """An index is of one region: where schools of several stand together, each has its own."""
    official = tally.marks > 0
    rows: list[tuple[str, float]] = [("schools", float(tally.schools))]
    if tally.asked:
        rows += [
            ("official.schools", float(tally.of_list.sum())),
            ("official.marked", float(official.sum())),
        ]
    if facts.has_several_regions:
        rows += _markers(tally, np.ones(tally.schools, dtype=bool), "")
        for name in np.unique(facts.region).tolist():
            members, key = facts.region == name, f".region={name}"
            rows += [*_indexes(tally, members, key), *_markers(tally, members, key)]
    else:
        everybody = np.ones(tally.schools, dtype=bool)
        rows += [*_indexes(tally, everybody, ""), *_markers(tally, everybody, "")]
    if result is not None:
        rows += _of_tests(result, examined, rate)
    rows += effects(facts, tally.of_list, official, None if result is None else result.listed)
    return pa.table(
        {"indicator": [name for name, _ in rows], "value": pa.array([v for _, v in rows], from_pandas=True)}
    )


def _indexes(tally: Tally, members: NDArray[np.bool_], key: str) -> Iterator[tuple[str, float]]:
    """The official index of a region, over all years and by year; none where nobody of it wrote papers of the list.

    The document's index is of one year, so its base and what it counts stand beside that of each year.
    """
    if (tally.of_list & members).any():
        yield f"objectivity_index{key}", objectivity_index((tally.marks > 0)[tally.of_list & members])
    for year in sorted(tally.asked):
        asked = tally.asked[year] & members
        if asked.any():
            yield f"official.schools.{year}{key}", float(asked.sum())
            yield f"official.marked.{year}{key}", float(tally.marked[year][asked].sum())
            yield f"objectivity_index.{year}{key}", objectivity_index(tally.marked[year][asked])


def _markers(tally: Tally, members: NDArray[np.bool_], key: str) -> Iterator[tuple[str, float]]:
    for marker, marked in tally.by_marker.items():
        if (marked & members).any():
            yield f"marked.{marker}{key}", float((marked & members).sum())


def _of_tests(
    result: Battery, examined: Sequence[tuple[Assessment, Examined]], rate: float
) -> list[tuple[str, float]]:
    rows = [
        ("tests.rate", rate), ("tests.schools", float((~np.isnan(result.listed.q_value)).sum())),
        ("tests.flagged", float(result.listed.flagged.sum())), ("tests.likeness_in_windows", result.correlation),
    ]  # fmt: skip
    for paper, one in examined:
        for mark, seen_at, expected in zip(one.marks, one.at_bounds, one.expected_by_curve, strict=True):
            rows += [(f"at_bound.{paper.key}.{mark}", float(seen_at)),
                     (f"at_bound_by_curve.{paper.key}.{mark}", float(expected))]  # fmt: skip
    return rows


def excess_table(
    examined: Sequence[tuple[Assessment, Examined]], result: Battery | None, schools: SchoolList
) -> pa.Table:
    keys: list[str] = []
    papers: list[str] = []
    excess: list[float] = []
    for paper, one in examined if result is not None else ():
        if one.peaks is None or result is None or _PASSING not in one.marks:
            continue
        passing = one.marks.index(_PASSING)
        above = np.maximum(one.peaks.excess[:, passing], 0.0)
        for school in np.flatnonzero(result.listed.flagged & (one.peaks.around[:, passing] > 0)):
            keys.append(schools.keys[school].as_py())
            papers.append(paper.key)
            excess.append(float(above[school]))
    return pa.table({"school_id": pa.array(keys, pa.string()), "assessment": pa.array(papers, pa.string()),
                     "excess": pa.array(excess, pa.float64())})  # fmt: skip
