"""The reference data sets of mixed models beside the checkout, as sums, and what lme4 says of each model."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from rostok.statistics.multilevel import Sums, sums_of_rows

Table = dict[str, list[str]]
Columns = dict[str, np.ndarray]


def read(shared: Path, name: str) -> Table:
    with (shared / "reference" / "multilevel" / name).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {column: [row[column] for row in rows] for column in rows[0]}


def results(shared: Path, name: str) -> dict[str, Any]:
    path = shared / "reference" / "multilevel" / f"{name}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def numeric(table: Table, *names: str) -> Columns:
    return {name: np.array(table[name], float) for name in names}


def dummies(table: Table, name: str, base: str) -> Columns:
    """Treatment coding. The base is stated: a factor in R has an order of its own, a CSV file has none."""
    return {name + value: (np.array(table[name]) == value).astype(float)
            for value in sorted(set(table[name]) - {base})}  # fmt: skip


def _exam(shared: Path, *columns: str, context: bool = False) -> Sums:
    table = read(shared, "exam.csv")
    found = numeric(table, *columns)
    if context:
        found |= dummies(table, "sex", "F") | dummies(table, "schgend", "mixed") | numeric(table, "schavg")
        found |= dummies(table, "vr", "bottom 25%")
    return sums_of_rows(numeric(table, "normexam")["normexam"], found, {"school": table["school"]})


def _hsb82(shared: Path, *columns: str, context: bool = False) -> Sums:
    table = read(shared, "hsb82.csv")
    found = numeric(table, *columns)
    if context:
        found |= dummies(table, "minrty", "No") | dummies(table, "sx", "Male") | numeric(table, "meanses")
        found |= dummies(table, "sector", "Public")
    return sums_of_rows(numeric(table, "mAch")["mAch"], found, {"school": table["school"]})


def _nlschools(shared: Path, *columns: str, combined: bool = False) -> Sums:
    table = read(shared, "nlschools.csv")
    found = numeric(table, *columns) | (dummies(table, "COMB", "0") if combined else {})
    return sums_of_rows(numeric(table, "lang")["lang"], found, {"class": table["class"]})


def _mathachieve(shared: Path, choose: Callable[[Columns], Columns]) -> Sums:
    """SES less the mean of the school's pupils (``gmc``), the school's MEANSES and Sector, and products."""
    pupils, schools = read(shared, "mathachieve.csv"), read(shared, "mathachschool.csv")
    place = {school: at for at, school in enumerate(schools["School"])}
    at = np.array([place[school] for school in pupils["School"]])
    ses = numeric(pupils, "SES")["SES"]
    own = np.bincount(at, ses) / np.bincount(at)
    known = {"MEANSES": numeric(schools, "MEANSES")["MEANSES"][at], "gmc": ses - own[at],
             "SectorCatholic": np.array([schools["Sector"][k] == "Catholic" for k in at], float)}  # fmt: skip
    outcome = numeric(pupils, "MathAch")["MathAch"]
    return sums_of_rows(outcome, choose(known), {"School": pupils["School"]})


def _egsingle(shared: Path, *, context: bool = False) -> Sums:
    table = read(shared, "egsingle.csv")
    found = numeric(table, "year")
    if context:
        found |= numeric(table, "lowinc") | dummies(table, "black", "0") | dummies(table, "hispanic", "0")
        found["year:lowinc"] = found["year"] * found["lowinc"]
    levels = {"childid": table["childid"], "schoolid": table["schoolid"]}
    return sums_of_rows(numeric(table, "math")["math"], found, levels)


def _all(known: Columns) -> Columns:
    return known | {"MEANSES:gmc": known["MEANSES"] * known["gmc"],
                    "gmc:SectorCatholic": known["gmc"] * known["SectorCatholic"]}  # fmt: skip


@dataclass(frozen=True)
class Model:
    sums: Callable[[Path], Sums]
    slopes: Mapping[str, Sequence[str]] = field(default_factory=dict)


MODELS: dict[str, Model] = {
    "exam_null": Model(_exam),
    "exam_valueadded": Model(lambda shared: _exam(shared, "standLRT")),
    "exam_randomslope": Model(lambda shared: _exam(shared, "standLRT"), {"school": ["standLRT"]}),
    "exam_contextual": Model(lambda shared: _exam(shared, "standLRT", context=True)),
    "hsb82_null": Model(_hsb82),
    "hsb82_ses": Model(lambda shared: _hsb82(shared, "ses")),
    "hsb82_randomslope": Model(lambda shared: _hsb82(shared, "cses"), {"school": ["cses"]}),
    "hsb82_valueadded": Model(lambda shared: _hsb82(shared, "ses", context=True)),
    "nlschools_null": Model(_nlschools),
    "nlschools_IQ_SES": Model(lambda shared: _nlschools(shared, "IQ", "SES", "GS", combined=True)),
    "hsb_rb_means_as_outcomes": Model(
        lambda shared: _mathachieve(shared, lambda known: {"MEANSES": known["MEANSES"]})
    ),
    "hsb_rb_random_coef": Model(
        lambda shared: _mathachieve(shared, lambda known: {"gmc": known["gmc"]}), {"School": ["gmc"]}
    ),
    "hsb_rb_intercepts_slopes": Model(lambda shared: _mathachieve(shared, _all), {"School": ["gmc"]}),
    "egsingle_growth_3level": Model(_egsingle, {"childid": ["year"], "schoolid": ["year"]}),
    "egsingle_growth_ri": Model(lambda shared: _egsingle(shared, context=True), {"schoolid": ["year"]}),
}
