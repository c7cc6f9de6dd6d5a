"""The sections on expectation, change and conditions together, and what they say in a school's card."""

from __future__ import annotations

from collections import defaultdict

from rostok.reports.analysis_model import Analysis
from rostok.reports.model import Report
from rostok.reports.presenters import growth, sandbox, value_added
from rostok.reports.presenters.sections import Names, SectionView


def names_of(report: Report) -> Names:
    """School → its name and municipality."""
    return {one.school_id: (one.name, one.municipality or one.municipality_id) for one in report.schools}


def present(report: Report) -> tuple[SectionView, ...]:
    """The sections that were made, in the order of the page."""
    found, names = report.analysis, names_of(report)
    views: list[SectionView] = []
    if found.value_added:
        views.append(value_added.present(found.value_added, names))
    if found.growth:
        views.append(growth.present(found.growth, names))
    if found.sandbox:
        views.append(sandbox.present(found.sandbox, names))
    return tuple(views)


def cards(found: Analysis) -> dict[str, tuple[str, ...]]:
    """School → sentences of its card."""
    said: dict[str, list[str]] = defaultdict(list)
    if found.value_added:
        for school, texts in value_added.cards(found.value_added).items():
            said[school] += texts
    if found.growth:
        for school, texts in growth.cards(found.growth).items():
            said[school] += texts
    return {school: tuple(texts) for school, texts in said.items()}
