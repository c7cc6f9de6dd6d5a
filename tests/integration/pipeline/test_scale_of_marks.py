"""One answer to the question by which scale the marks of a stored paper were set, for charts and for markers."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from rostok.pipeline.gap_report import _boundaries
from rostok.pipeline.storing import marks_scale
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.scales import Item
from rostok.store.manifest import StoredAssessment

# Mathematics, grade 4, spring 2021: 0–5, 6–9, 10–14, 15–20 (domain.md §6.4).
PAPER = Assessment(Kind.VPR, 2021, Wave.SPRING, Subject.MATH, 4)
ENTRY = StoredAssessment(
    PAPER, tuple(Item(at, str(at), 2) for at in range(1, 11)), rows=10, participants=10, absent=0,
    filled=("mark",), sha256="0" * 64, scale="vpr/2021/math/4", scale_confirmed=True, maximum=20,
)  # fmt: skip


def bounds(entry: StoredAssessment) -> list[int]:
    version = SimpleNamespace(entry=lambda assessment: entry)
    return [one.score for one in _boundaries(SimpleNamespace(assessment=PAPER), version)]


def test_marks_of_the_scale_are_drawn() -> None:
    scale = marks_scale(ENTRY)
    assert scale is not None and scale.lower == (6, 10, 15)
    assert bounds(ENTRY) == [0, 6, 10, 15]


@pytest.mark.parametrize("changed", [
    {"filled": ()},  # nobody has a mark: no bounds to draw
    {"maximum": 18},  # another paper than that of the scale
    {"scale": None},
    {"scale": "vpr/1999/math/4"},  # a scale this edition does not know
])  # fmt: skip
def test_without_marks_by_a_scale_there_are_none(changed: dict[str, object]) -> None:
    assert marks_scale(replace(ENTRY, **changed)) is None
    assert bounds(replace(ENTRY, **changed)) == []
