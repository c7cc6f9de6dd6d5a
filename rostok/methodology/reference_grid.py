"""Which cells there are, for the reference evaluator: see ``grid`` for what it must come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from rostok.methodology.nodes import Selector
from rostok.methodology.reference_expressions import number_of, value_of
from rostok.methodology.reference_figures import Row, place_of, whole
from rostok.methodology.whole import Methodology

WAVES = ("spring", "autumn", "retakes")
JOINED_COUNTS = ("participants", "absent", "under_minimum", "marks_2", "marks_3", "marks_4", "marks_5")


def grid_of(
    methodology: Methodology, facts: list[Row], schools: Mapping[object, Row], values: Row, on: dt.date
) -> tuple[list[Row], list[int]]:
    """The cells, and the years of the window found in the data, latest first."""
    cells = [cell for selector in methodology.selectors for cell in _selected(facts, selector)]
    cells = [cell for cell in cells if last_day(cell) <= on]
    school_years = methodology.window is not None and methodology.window.of == "school_years"
    for cell in cells:
        cell["period"] = int(str(cell["school_year"])[:4]) if school_years else cell["year"]
    periods = sorted({whole(cell["period"]) for cell in cells}, reverse=True)
    if methodology.window is not None:
        latest = value_of(methodology.window.latest, values)
        assert isinstance(latest, float | int)  # checked by the loader
        periods = periods[: int(latest)]
    cells = [cell for cell in cells if cell["period"] in periods]
    for cell in cells:
        cell["years_back"] = periods[0] - whole(cell["period"])
    return cells + _not_written(methodology, cells, schools, periods), periods


def _selected(facts: list[Row], selector: Selector) -> list[Row]:
    rows = [
        dict(row) for row in facts
        if row["kind"] in selector.kinds and row["subject"] in selector.subjects
        and row["grade"] in selector.grades and row["wave"] in selector.waves
    ]  # fmt: skip
    if len(selector.kinds) > 1 or selector.row_kind not in selector.kinds:
        rows = _joined(rows, str(selector.row_kind))
    for row in rows:
        below = number_of(selector.below, row)
        row["below"] = None if below is None else int(below)
    return rows


def _not_written(
    methodology: Methodology, cells: list[Row], schools: Mapping[object, Row], periods: list[int]
) -> list[Row]:
    """For each paper held in the region and each school without it that teaches the grade: an empty cell."""
    absent: list[Row] = []
    for place in {place_of(cell) for cell in cells}:
        held = [cell for cell in cells if place_of(cell) == place]
        wave = min((str(cell["wave"]) for cell in held), key=WAVES.index)
        same = [cell for cell in held if cell["wave"] == wave]
        wrote = {cell["school_id"] for cell in held}
        sample: Row = dict.fromkeys(held[0])
        sample |= dict(zip(("kind", "subject", "grade", "year"), place, strict=True))
        sample |= {"wave": wave, "period": min(whole(cell["period"]) for cell in same), "participants": 0}
        sample["years_back"] = periods[0] - whole(sample["period"])
        for name in ("pupil_grade", "school_year", "cohort"):
            sample[name] = min(cell[name] for cell in same)  # type: ignore[type-var]  # columns of labels hold one type
        for school, known in schools.items():
            last = dict(methodology.taught).get(str(known["school_kind"]), 99)
            if school not in wrote and whole(sample["pupil_grade"]) <= last:
                absent.append({**sample, "school_id": school})
    return absent


def _joined(rows: list[Row], kind: str) -> list[Row]:
    groups: dict[object, list[Row]] = {}
    for row in rows:
        key = tuple(row[name] for name in ("school_id", "subject", "grade", "year", "wave", "pupil_grade"))
        groups.setdefault(key, []).append(row)
    joined = []
    for group in groups.values():
        row = {**group[0], "kind": kind, "raw_sum": None, "raw_maximum": None, "class_concentration": None}
        for name in JOINED_COUNTS:
            counts = [part[name] for part in group]
            row[name] = None if None in counts else sum(whole(count) for count in counts)
        joined.append(row)
    return joined


def last_day(cell: Row) -> dt.date:
    year = whole(cell["year"])
    return dt.date(year, 12, 31) if cell["wave"] == "autumn" else dt.date(year, 8, 31)
