"""The papers in which the tests of a listed school speak loudest: where to look first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rostok.reports.item_model import ListedPaper
from rostok.schema.assessments import Assessment

PAPERS_NAMED = 3  # of a school on the list
SPEAKS_BELOW = 0.05  # a paper speaks alone from this p-value on; the list itself rests on all papers together
_MOST = 0.5  # of the excess of a test that speaks in no paper alone: papers are named until they carry it


def loudest(
    said: Sequence[Mapping[str, Any]], carrying: Sequence[str], papers: Mapping[tuple[Any, ...], Assessment]
) -> tuple[ListedPaper, ...]:
    """``said``: rows of one school's tests; ``carrying``: those that put it on the list; ``papers`` by their columns.

    A test may rest on many papers none of which is unusual, or long enough, alone: 6 repeats over ten papers. The
    papers with most of what is above expectation are named then, so that nobody is sent to look without a place.
    """
    rows = [row for row in said if row["marker"] in carrying and columns_of(row) in papers]
    speaking = sorted((row for row in rows if _speaks(row)), key=lambda row: float(row["p_value"]))
    heard = {row["marker"] for row in speaking}
    chosen = list(speaking)
    for marker in carrying:
        if marker not in heard:
            chosen += _most_of_excess([row for row in rows if row["marker"] == marker])
    first: dict[Assessment, ListedPaper] = {}
    for row in chosen:
        paper = papers[columns_of(row)]
        first.setdefault(paper, ListedPaper(paper, row["marker"], row["value"], row["limit"]))
    return tuple(first.values())[:PAPERS_NAMED]


def columns_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What names the paper of a row of markers.csv."""
    return row["kind"], row["subject"], row["grade"], row["year"], row["wave"]


def columns_of_paper(paper: Assessment) -> tuple[Any, ...]:
    return str(paper.kind), str(paper.subject), paper.grade, paper.year, str(paper.wave)


def _speaks(row: Mapping[str, Any]) -> bool:
    return row["p_value"] is not None and row["p_value"] <= SPEAKS_BELOW


def _most_of_excess(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The fewest papers that together carry most of the excess of one test."""
    above = sorted((row for row in rows if _excess(row) > 0), key=_excess, reverse=True)
    left = _MOST * sum(map(_excess, above))
    named = []
    for row in above:
        if left <= 0:
            break
        named.append(row)
        left -= _excess(row)
    return named


def _excess(row: Mapping[str, Any]) -> float:
    """Works above expectation; where a test has no expectation its mean difference times the pupils."""
    if row["value"] is None:
        return 0.0
    if row["limit"] is None:
        return float(row["value"]) * float(row["participants"] or 0)
    return float(row["value"]) - float(row["limit"])
