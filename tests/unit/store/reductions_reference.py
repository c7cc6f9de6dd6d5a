"""The reductions in plain Python: slow, obvious, the judge of ``rostok.store.reductions``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from rostok.schema.assessments import Assessment
from tests.unit.store.papers import Row

Scripts = Mapping[Assessment, Sequence[Row]]


def facts(scripts: Scripts, maximum: int) -> list[Row]:
    """Rows of FACTS in their order."""
    found = [
        _fact(a, school, rows, sat, maximum) for a, sat in scripts.items() for school, rows in _schools(sat)
    ]
    return sorted(
        found, key=lambda f: (f["year"], f["kind"], f["subject"], f["grade"], f["wave"], f["school_id"])
    )


def class_facts(scripts: Scripts) -> list[Row]:
    """Rows of CLASS_FACTS in their order."""
    found = []
    for assessment, sat in scripts.items():
        for school, rows in _schools(sat):
            for name, members in _classes(rows).items():
                below = sum(row["under_minimum"] is True for row in members)
                found.append({
                    "school_id": school, "assessment": assessment.key, "class_name": name, "participants": len(members),
                    "under_minimum": below if _any(sat, "under_minimum") else None,
                })  # fmt: skip
    return sorted(
        found, key=lambda f: (f["assessment"], f["school_id"], f["class_name"] is None, f["class_name"] or "")
    )


def _schools(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    by_school: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_school[row["school_id"]].append(row)
    return list(by_school.items())


def _classes(rows: Sequence[Row]) -> dict[str | None, list[Row]]:
    by_class: dict[str | None, list[Row]] = defaultdict(list)
    for row in rows:
        if row["participant"]:
            by_class[row["class_name"]].append(row)
    return by_class


def _absent(rows: Sequence[Row]) -> int | None:
    said = [row["absent"] for row in rows]
    return None if None in said else sum(said)


def _any(rows: Sequence[Row], name: str) -> bool:
    return any(row[name] is not None for row in rows)


def _fact(
    assessment: Assessment, school: str, rows: Sequence[Row], everybody: Sequence[Row], maximum: int
) -> Row:
    took = [row for row in rows if row["participant"]]
    fact: dict[str, Any] = {
        "school_id": school, "kind": str(assessment.kind), "subject": str(assessment.subject),
        "grade": assessment.grade, "pupil_grade": assessment.pupil_grade, "year": assessment.year,
        "wave": str(assessment.wave), "school_year": str(assessment.school_year), "cohort": assessment.cohort,
        "participants": len(took), "absent": _absent(rows),
        "under_minimum": sum(row["under_minimum"] is True for row in took) if _any(everybody, "under_minimum") else None,
    }  # fmt: skip
    for mark in (2, 3, 4, 5):
        given = sum(row["mark"] == mark for row in took)
        fact[f"marks_{mark}"] = given if _any(everybody, "mark") else None
    total = sum(row["raw_score"] or 0 for row in took)
    fact["raw_sum"] = total if _any(everybody, "raw_score") else None
    fact["raw_maximum"] = maximum
    fact["class_concentration"] = _concentration(took)
    return fact


def _concentration(took: Sequence[Row]) -> float | None:
    sizes = {name: len(members) for name, members in _classes(took).items()}
    if not any(name is not None for name in sizes):
        return None
    return sum(size * size for size in sizes.values()) / len(took) ** 2
