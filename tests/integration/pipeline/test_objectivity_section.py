"""The section of the report made of an examination: the papers of a listed school, and the bases of its counts."""

from __future__ import annotations

import pyarrow as pa

from rostok.pipeline.examining import Examination
from rostok.pipeline.report_sections import objectivity_section
from rostok.schema.assessments import Assessment, Kind, Subject, Wave

SPRING = Assessment(Kind.VPR, 2022, Wave.SPRING, Subject.MATH, 5)
AUTUMN = Assessment(Kind.VPR, 2022, Wave.AUTUMN, Subject.MATH, 5)


def _said(paper: Assessment | None, p_value: float, flagged: bool | None = None) -> dict[str, object]:
    return {
        "school_id": "990001", "marker": "boundary_peaks",
        "kind": str(paper.kind) if paper else None, "subject": str(paper.subject) if paper else None,
        "grade": paper.grade if paper else None, "year": paper.year if paper else None,
        "wave": str(paper.wave) if paper else None, "p_value": p_value, "flagged": flagged,
    }  # fmt: skip


def _examination(markers: list[dict[str, object]], region: dict[str, float]) -> Examination:
    school = {
        "school_id": "990001",
        "markers": 0,
        "tests": 1,
        "p_value": 0.001,
        "q_value": 0.01,
        "flagged": True,
    }
    return Examination(
        pa.Table.from_pylist(markers), pa.Table.from_pylist([school]),
        pa.table({"indicator": list(region), "value": list(region.values())}),
        pa.table({}), (SPRING, AUTUMN), (),
    )  # fmt: skip


def test_a_spring_paper_is_not_taken_for_the_autumn_one_of_its_year() -> None:
    said = [_said(None, 0.001, True), _said(SPRING, 0.002), _said(AUTUMN, 0.7)]
    (school,) = objectivity_section(_examination(said, {}), 0.05).listed
    assert school.papers == (SPRING,)
