"""What of a map could not be done, and which items and units can tell nothing."""

from __future__ import annotations

import datetime as dt

import numpy as np

from rostok.pipeline.gap_tables import PaperMap, labels_of
from rostok.pipeline.gap_units import Level
from rostok.schema.problems import Problem
from rostok.store import DataVersion


def data_problems(version: DataVersion, on: dt.date | None) -> tuple[Problem, ...]:
    """Papers of which there can be no map."""
    found = []
    for entry in version.manifest.assessments:
        if on is not None and entry.assessment.last_day > on:
            continue
        values = {"assessment": entry.assessment.label}
        if not entry.participants:
            found.append(Problem("map-nobody", values=values))
        elif not entry.items:
            found.append(Problem("map-no-items", values=values))
    found += [Problem("map-no-items", values={"assessment": paper.label}) for paper in version.counted]
    return tuple(found)


def paper_problems(paper: PaperMap) -> tuple[Problem, ...]:
    """Items that tell nothing, items without a level, and a level of one unit."""
    sums, labels, found = paper.units.country, labels_of(paper), []
    count = paper.items
    answered, scores = sums.answered[0, :count], sums.scores[0, :count]
    spread = answered * sums.squares[0, :count] - scores**2
    columns = {
        "map-item-empty": answered == 0,
        "map-item-constant": (answered > 0) & (spread == 0),
        "map-item-no-level": np.isnan(paper.bounds[0][:count]),
        "map-label-repeated": np.array(labels) != np.array([item.label for item in paper.content.items]),
    }
    for code, where in columns.items():
        if where.any():
            listed = ", ".join(label for label, chosen in zip(labels, where.tolist(), strict=True) if chosen)
            values = {"assessment": paper.assessment.label, "items": listed}
            found.append(Problem(code, values=values, count=int(where.sum())))
    units = paper.units.units
    if units.sums.units == 1 and units.level is not Level.REGION:
        values = {"assessment": paper.assessment.label, "unit": units.names[0].as_py()}
        found.append(Problem("map-one-unit", values=values))
    return tuple(found)
