"""What rules ask, read off small methodologies written for it."""

from __future__ import annotations

import datetime as dt

import pytest

from rostok.methodology import Methodology, load
from rostok.methodology.questions import compares_share, is_counted, least_participants, needed_assessments

ON = dt.date(2022, 12, 31)
HEAD = """\
id: trial
version: "1"
title: {ru: Проба}
about: Проба.
source: {document: никакой, confirmed: false}
author: никто
checked_by: никто
valid_from: 2021-01-01
review_on: 2030-01-01
parameters:
  least: {title: работ, value: 3, unit: assessments, source: проба, confirmed: false}
  small: {title: участников, value: 7, unit: pupils, source: проба, confirmed: false}
assessments:
  - {kind: vpr, subjects: [russian, math], grades: [5, 6]}
window: {latest: 2, of: calendar_years}
indicators:
  share_below: {value: below / participants, unit: share}
rules:
"""
LOW = "  low: {when: share_below >= 0.3, needs: participants >= small}\n"
LISTED = "  listed: {at_least: least, of: low}\n"


def written(rules: str, verdict: str = "low_results: listed") -> Methodology:
    return load(f"{HEAD}{rules}category: {{тип: listed}}\n{verdict}\n", "trial.yaml")


@pytest.mark.parametrize(
    ("needs", "least"),
    [
        ("participants >= small", 7), ("small <= participants", 7), ("participants > 4", 5),
        ("participants >= 5 and years_back == 0", 5), ("years_back == 0", None),
        ("participants >= 5 or grade == 5", None), ("participants < 90", None),
    ],
)  # fmt: skip
def test_least_participants_are_read_from_needs(needs: str, least: int | None) -> None:
    methodology = written(f'  low: {{when: share_below >= 0.3, needs: "{needs}"}}\n{LISTED}')
    assert least_participants(methodology.cell_rule, methodology.parameter_values(ON)) == least


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("share_below >= 0.3", True), ("0.3 <= share_below", True), ("below / participants > 0.3", True),
        ("share_below < 0.3", False), ("marks_4 + marks_5 < below", False), ("below >= 3", False),
    ],
)  # fmt: skip
def test_threshold_of_shares_is_told_from_others(when: str, expected: bool) -> None:
    methodology = written(f'  low: {{when: "{when}"}}\n{LISTED}')
    assert compares_share(methodology, methodology.parameter_values(ON)) is expected


@pytest.mark.parametrize(
    ("rules", "verdict", "needed", "counted"),
    [
        (LISTED, "low_results: listed", 3, True),
        # The parameter is there, but the question is not one about low results.
        (LISTED, "verdict: listed", None, False),
        ("  by_year: {at_least: least, of: low, each_year: true}\n  listed: {at_least: 2, of: by_year}\n",
         "low_results: listed", None, True),
        ("  some: {at_least: least, of: low}\n  listed: {when: not some}\n", "low_results: listed", None, False),
        ("  listed: {at_least: least, of: low, count_by: \"'cohort'\"}\n", "low_results: listed", None, True),
    ],
)  # fmt: skip
def test_needed_is_said_only_where_that_many_papers_decide(
    rules: str, verdict: str, needed: int | None, counted: bool
) -> None:
    methodology = written(LOW + rules, verdict)
    assert needed_assessments(methodology, methodology.parameter_values(ON)) == needed
    assert is_counted(methodology) is counted
