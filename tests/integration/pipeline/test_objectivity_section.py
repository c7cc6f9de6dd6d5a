"""The section of the report made of an examination: the papers of a listed school, and the bases of its counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from rostok.pipeline.examining import Examination
from rostok.pipeline.objectivity_effects import SchoolFacts
from rostok.pipeline.objectivity_found import marked_papers
from rostok.pipeline.objectivity_region import region_table
from rostok.pipeline.objectivity_tables import Row, Tally
from rostok.pipeline.report_sections import objectivity_section
from rostok.reports.item_model import IndexLine, ListedPaper
from rostok.reports.presenters.objectivity import present
from rostok.schema.assessments import Assessment, Kind, Subject, Wave

SPRING = Assessment(Kind.VPR, 2022, Wave.SPRING, Subject.MATH, 5)
AUTUMN = Assessment(Kind.VPR, 2022, Wave.AUTUMN, Subject.MATH, 5)


def _said(paper: Assessment | None, p_value: float, flagged: bool | None = None) -> dict[str, object]:
    return {
        "school_id": "990001", "marker": "boundary_peaks",
        "kind": str(paper.kind) if paper else None, "subject": str(paper.subject) if paper else None,
        "grade": paper.grade if paper else None, "year": paper.year if paper else None,
        "wave": str(paper.wave) if paper else None, "p_value": p_value, "flagged": flagged,
        "participants": 25, "value": None, "limit": None,
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
    assert [one.assessment for one in school.papers] == [SPRING]


def test_papers_that_carry_the_excess_are_named_where_none_speaks_alone() -> None:
    """6 repeats over four papers: 3 − 0,33 = 2,67 and 2 − 0,4 = 1,6 of 2,67 + 1,6 + 0,7 = 4,97, of which half is 2,49."""
    papers = [Assessment(Kind.VPR, year, Wave.SPRING, Subject.MATH, 5) for year in (2019, 2020, 2021, 2022)]
    counted = ((1, 0.3), (3, 0.33), (0, 0.2), (2, 0.4))

    def row(paper: Assessment | None, seen: float, expected: float) -> dict[str, object]:
        known = {"p_value": 0.0006 if paper is None else None, "flagged": paper is None or None}
        said = _said(paper, 0.0) | {"marker": "repeated_answers", "participants": 12} | known
        return said | {"value": seen, "limit": expected}

    markers = [row(None, 6, 1.23), *(row(p, *c) for p, c in zip(papers, counted, strict=True))]
    examination = replace(_examination(markers, {}), papers=tuple(papers))
    (school,) = objectivity_section(examination, 0.05).listed
    assert school.papers == (ListedPaper(papers[1], "repeated_answers", 3, 0.33),)


def test_official_markers_are_counted_among_schools_that_wrote_official_papers() -> None:
    """40 schools, 20 wrote papers of the list, 10 of them are marked: the index says 50, and so must the count."""
    region = {
        "schools": 40.0, "official.schools": 20.0, "official.marked": 10.0, "objectivity_index": 50.0,
        "official.schools.2021": 16.0, "official.marked.2021": 4.0, "objectivity_index.2021": 75.0,
        "schools.size=small": 30.0, "asked.size=small": 12.0, "marked.size=small": 6.0,
    }  # fmt: skip
    found = objectivity_section(_examination([_said(None, 0.001, True)], region), 0.05)
    assert (found.marked, found.asked) == (10, 20)
    assert found.indexes == (IndexLine("", 2021, 75.0, 16, 4),)  # never the one over all years
    (line,) = found.effects
    assert (line.schools, line.asked, line.marked) == (30, 12, 6)


def test_every_region_has_its_own_index() -> None:
    """Three schools of one region, one of them marked, and one school of another, marked: 66.7 and 0, never 50."""
    tally = Tally(4)
    wrote = np.full(4, 20.0)
    tally.add(Row("inflated_mean", SPRING, wrote, wrote, flagged=np.array([True, False, False, True])))
    unknown = np.full(4, "unknown")
    facts = SchoolFacts(
        unknown, unknown, unknown, unknown, wrote, np.array(["reg22", "reg22", "reg22", "reg99"])
    )
    table = region_table(tally, None, (), facts, 0.05)
    region = dict(zip(table["indicator"].to_pylist(), table["value"].to_pylist(), strict=True))
    assert "objectivity_index" not in region and region["official.marked"] == 2.0
    assert region["objectivity_index.region=reg22"] == pytest.approx(200 / 3)
    assert region["objectivity_index.2022.region=reg99"] == 0.0
    assert region["marked.inflated_mean"] == 2.0 and region["marked.inflated_mean.region=reg22"] == 1.0
    found = objectivity_section(_examination([_said(None, 0.001, True)], region), 0.05)
    assert found.indexes == (
        IndexLine("reg22", 2022, pytest.approx(200 / 3), 3, 1),
        IndexLine("reg99", 2022, 0.0, 1, 1),
    )
    assert [(line.group, line.asked, line.marked) for line in found.effects if line.group.startswith("region=")] == [
        ("region=reg22", 3, 1), ("region=reg99", 1, 1),
    ]  # fmt: skip
    view = present(found)
    assert view.indexes is not None
    assert view.indexes.rows == (
        ("регион 22", "2022", "1 из 3", "66,7"),
        ("регион 99", "2022", "1 из 1", "0,0"),
    )
    assert "Школы нескольких регионов" in view.indexes_lead


def test_markers_by_school_are_those_met_and_fit_a_sheet() -> None:
    """Two markers met and one not: of listed schools alone where a sheet holds one row, none where it holds none."""
    met = _said(SPRING, 0.002, True) | {"marker": "inflated_mean", "value": 14.5, "limit": 12.25}
    elsewhere = met | {"school_id": "990002"}
    examination = _examination([met, elsewhere, _said(AUTUMN, 0.7, False)], {})
    found = marked_papers(examination)
    assert [(one.school_id, one.assessment, one.value, one.limit) for one in found] == [
        ("990001", SPRING, 14.5, 12.25), ("990002", SPRING, 14.5, 12.25),
    ]  # fmt: skip
    assert [one.school_id for one in marked_papers(examination, most=1)] == ["990001"]
    assert marked_papers(examination, most=0) == ()


def test_schools_of_the_list_are_those_that_wrote_its_papers() -> None:
    """School 1 wrote mathematics 5, school 2 mathematics 6, which the list of 2019 does not know; nobody else wrote."""
    tally = Tally(3)
    other = Assessment(Kind.VPR, 2022, Wave.SPRING, Subject.MATH, 6)
    for paper, wrote in ((SPRING, (20.0, 0.0, 0.0)), (other, (0.0, 20.0, 0.0))):
        flagged = np.array(wrote) > 0
        tally.add(Row("inflated_mean", paper, np.array(wrote), np.array(wrote), flagged=flagged))
    assert tally.of_list.tolist() == [True, False, False]
    assert tally.marks.tolist() == [1, 0, 0]
