"""The sections on expectation, change and conditions together, and what they say in a school's card."""

from __future__ import annotations

from collections import defaultdict

from rostok.reports.model import Report
from rostok.reports.presenters import clusters, growth, resilience, sandbox, similar, value_added
from rostok.reports.presenters.sections import Names, SectionView


def names_of(report: Report) -> Names:
    """School → its name and municipality."""
    return {one.school_id: (one.name, one.municipality or one.municipality_id) for one in report.schools}


def present(report: Report) -> tuple[SectionView, ...]:
    """The sections that were made, in the order of the page."""
    found, names = report.analysis, names_of(report)
    views = (
        value_added.present(found.value_added, names) if found.value_added else None,
        resilience.present(found.resilience, names) if found.resilience else None,
        growth.present(found.growth, names) if found.growth else None,
        similar.present(found.similar, names) if found.similar else None,
        clusters.present(found.clusters, names) if found.clusters else None,
        sandbox.present(found.sandbox, names) if found.sandbox else None,
    )
    return tuple(view for view in views if view is not None)


def cards(report: Report) -> dict[str, tuple[str, ...]]:
    """School → sentences of its card."""
    found = report.analysis
    parts = (
        value_added.cards(found.value_added) if found.value_added else {},
        resilience.cards(found.resilience) if found.resilience else {},
        growth.cards(found.growth) if found.growth else {},
        similar.cards(found.similar, names_of(report)) if found.similar else {},
    )
    said: dict[str, list[str]] = defaultdict(list)
    for part in parts:
        for school, texts in part.items():
            said[school] += texts
    return {school: tuple(texts) for school, texts in said.items()}
