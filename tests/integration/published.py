"""A folder as ``rostok gaps`` leaves it, made of given numbers, for tests of ``rostok publish``."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

HEADER = [
    "unit_level", "unit_id", "kind", "subject", "grade", "year", "wave", "item", "item_level", "participants",
    "mean_score", "max_score", "percent_correct", "lower", "upper", "region_percent", "difference", "item_rest",
    "not_attempted_share", "not_taught_share", "status",
]  # fmt: skip
PLACES_OF = {
    "990011": "reg99_m001", "990012": "reg99_m001", "990013": "reg99_m001", "990014": "reg99_m001",
    "990021": "reg99_m002", "990022": "reg99_m002", "990023": "reg99_m002",
}  # fmt: skip
REGION = "reg99"
PAPER = {"kind": "vpr", "subject": "math", "grade": "6", "year": "2021", "wave": "spring"}
MOST = {"1": 1, "2": 2}
SKILL = "Считать, делить"

Numbers = dict[tuple[str, str], tuple[int, int]]  # school and item → how many answered, their points


def totals(numbers: Numbers, item: str) -> tuple[dict[str, tuple[int, int]], dict[str, list[str]]]:
    """Of every unit of every level its two numbers, and of every larger unit its parts."""
    held = {school: pair for (school, one), pair in numbers.items() if one == item}
    parts: dict[str, list[str]] = {}
    for school in held:
        parts.setdefault(PLACES_OF[school], []).append(school)
    parts[REGION] = sorted(parts)
    for unit in (*parts[REGION], REGION):
        held[unit] = tuple(sum(held[part][at] for part in parts[unit]) for at in (0, 1))  # type: ignore[assignment]
    return held, parts


def participants(numbers: Numbers) -> dict[str, int]:
    """Of every unit the participants of the paper, where all of a school answered one of the items."""
    found: dict[str, int] = {}
    for school in sorted({school for school, _ in numbers}):
        n = max(answered for (one, _), (answered, _) in numbers.items() if one == school)
        for unit in (school, PLACES_OF[school], REGION):
            found[unit] = found.get(unit, 0) + n
    return found


def gaps_folder(
    folder: Path, numbers: Numbers, level: str, by: str = "", wrote: Mapping[str, int] | None = None
) -> Path:
    """The files ``publish`` reads, by ``level``.

    ``by``: what run.json says instead. ``wrote``: the participants of every unit, where not ``participants``.
    """
    folder.mkdir(parents=True)
    rows, units = [], set()
    size = participants(numbers) if wrote is None else wrote
    for item, most in MOST.items():
        held, parts = totals(numbers, item)
        names = {
            "school": [u for u in held if u in PLACES_OF],
            "municipality": parts[REGION],
            "region": [REGION],
        }
        for unit in sorted(names[level]):
            units.add(unit)
            rows.append(_row(level, unit, item, most, held[unit], held[REGION]))
    _write(folder / "gaps.csv", HEADER, rows)
    skill = [name for column in HEADER for name in (("skill", "items") if column == "item" else (column,))]
    _write(folder / "skills.csv", skill, list(_skills(rows)))
    _write(folder / "subscores.csv", [*PAPER, "skill", "items", "labels"],
           [{**PAPER, "skill": SKILL, "items": 2, "labels": "1, 2"}])  # fmt: skip
    _write(folder / "tests.csv", ["unit_level", "unit_id", *PAPER, "participants"], [
        {**PAPER, "unit_level": level, "unit_id": unit, "participants": size[unit]} for unit in sorted(units)
    ])  # fmt: skip
    _write(folder / "places.csv", ["unit_level", "unit_id", "municipality_id", "region_id"], [
        {"unit_level": level, "unit_id": unit, "region_id": REGION,
         "municipality_id": PLACES_OF.get(unit, unit if level == "municipality" else "")} for unit in sorted(units)
    ])  # fmt: skip
    facts = {"command": "gaps", "by": by or level, "data_version": "0123456789abcdef"}
    (folder / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    return folder


def _skills(rows: list[dict[str, object]]) -> Iterable[dict[str, object]]:
    """Both items together, of those who answered both: as many as answered the item fewer answered."""
    by_unit: dict[object, list[dict[str, object]]] = {}
    for row in rows:
        by_unit.setdefault(row["unit_id"], []).append(row)
    for pair in by_unit.values():
        fewer = min(pair, key=lambda row: int(str(row["participants"])))
        row = {name: value for name, value in fewer.items() if name != "item"}
        yield row | {"skill": SKILL, "items": 2, "max_score": sum(MOST.values())}


def _row(
    level: str, unit: str, item: str, most: int, pair: tuple[int, int], region: tuple[int, int]
) -> dict[str, object]:
    (answered, points), (all_answered, all_points) = pair, region
    of_region = 100 * all_points / (all_answered * most)
    percent = 100 * points / (answered * most) if answered else of_region
    return {
        **PAPER, "unit_level": level, "unit_id": unit, "item": item, "item_level": "Б", "participants": answered,
        "mean_score": f"{points / answered:.6f}" if answered else "", "max_score": most,
        "percent_correct": f"{percent:.4f}",
        "lower": "1.0000", "upper": "99.0000", "region_percent": f"{of_region:.4f}",
        "difference": f"{percent - of_region:.4f}", "item_rest": "0.400000", "not_attempted_share": "0.050000",
        "not_taught_share": "0.000000", "status": "cannot_tell",
    }  # fmt: skip


def _write(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
