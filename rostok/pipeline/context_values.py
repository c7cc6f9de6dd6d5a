"""A stored version → what an index of context is computed from: answers by school, results, municipalities."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.methodology import MethodologyError
from rostok.methodology.context_indices import IndexDefinition, load_index
from rostok.pipeline.methodologies import refusal
from rostok.pipeline.resources import shipped
from rostok.schema.assessments import Wave
from rostok.schema.problems import InputRefused, Problem
from rostok.statistics.standing import Papers, Standing, standing
from rostok.store import DataVersion
from rostok.store.reductions import municipalities
from rostok.store.school_results import school_sums

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_SUFFIXES = {".yaml", ".yml"}


def find_index(identifier: str) -> IndexDefinition:
    """The index of ``ID``, ``ID@VERSION`` or a YAML file; without a version the latest one.

    Raises InputRefused: index-unknown, methodology-refused, or file-missing.
    """
    path = Path(identifier)
    if path.suffix.lower() in _SUFFIXES:
        return _load(path, str(path))
    name, _, version = identifier.partition("@")
    every = _shipped()
    found = [one for one in every if one.id == name and version in ("", one.version)]
    if not found:
        options = ", ".join(one.id for one in every)
        raise InputRefused((Problem("index-unknown", value=identifier, values={"options": options}),))
    return max(found, key=lambda one: one.valid_from)


def default_index(version: DataVersion) -> IndexDefinition:
    """The shipped index of which the data know the greatest share. Raises InputRefused (context-none)."""
    context = version.table("context")
    held = set(context.filter(pc.is_valid(context["value"]))["indicator"].unique().to_pylist())

    def share(one: IndexDefinition) -> float:
        known = [bool(one.indicator(part.indicator).codes & held) for part in one.components]
        return sum(known) / len(known)

    found = max(_shipped(), key=share)  # of equals the first by name
    if not share(found):
        raise InputRefused((Problem("context-none", value=", ".join(one.id for one in _shipped())),))
    return found


def _shipped() -> list[IndexDefinition]:
    return [
        _load(file, f"{file.parent.name}/{file.name}") for file in sorted(shipped("indices").glob("*/*.yaml"))
    ]


def _load(path: Path, name: str) -> IndexDefinition:
    try:
        return load_index(path.read_text(encoding="utf-8"), name)
    except MethodologyError as error:
        raise InputRefused((refusal(error),)) from error
    except UnicodeDecodeError as error:
        raise InputRefused((Problem("file-encoding", file=str(path)),)) from error
    except OSError as error:
        raise InputRefused((Problem("file-missing", file=str(path)),)) from error


# --- answers


@dataclass(frozen=True, slots=True)
class Answers:
    """Values of ``year`` by code, in the order of ``schools``; NaN where a school did not say."""

    schools: tuple[str, ...]
    year: int
    columns: Mapping[str, Floats]

    def values(self, definition: IndexDefinition) -> Floats:
        """Schools × components of the index, as they come."""
        rows = len(self.schools)
        found = [
            definition.indicator(one.indicator).column(self.columns, rows) for one in definition.components
        ]
        return np.column_stack(found)

    def problems(self, definition: IndexDefinition) -> tuple[Problem, ...]:
        """Answers of the index that cannot be."""
        rows = len(self.schools)
        used = [definition.indicator(one.indicator) for one in definition.components]
        counts = [(one, int(one.impossible(self.columns, rows).sum())) for one in used]
        return tuple(
            Problem("context-answers-impossible", column=one.name, count=count,
                    values={"low": f"{one.limits[0]:g}", "high": f"{one.limits[1]:g}"})
            for one, count in counts if one.limits is not None and count
        )  # fmt: skip


def answers_of(
    version: DataVersion,
    definition: IndexDefinition,
    year: int | None,
    others: Collection[str] = (),
    until: int | None = None,
) -> Answers:
    """Answers of one year, the latest with any (not after ``until``) where none is named.

    ``others``: schools to list though they said nothing.

    Raises InputRefused: context-none, context-year-none.
    """
    used: set[str] = set().union(
        *(definition.indicator(one.indicator).codes for one in definition.components)
    )
    table = version.table("context")
    table = table.filter(pc.and_(pc.is_in(table["indicator"], pa.array(sorted(used), pa.string())),
                                 pc.is_valid(table["value"])))  # fmt: skip
    if until is not None:
        table = table.filter(pc.less_equal(table["year"], until))
    if not table.num_rows:
        raise InputRefused((Problem("context-none", value=definition.label),))
    years = sorted(set(table["year"].to_pylist()))
    if year is not None and year not in years:
        listed = ", ".join(map(str, years))
        raise InputRefused((Problem("context-year-none", value=str(year), values={"years": listed}),))
    chosen = years[-1] if year is None else year
    return columns_of(version.table("context"), chosen, definition.codes, others)


def columns_of(context: pa.Table, year: int, codes: Collection[str], others: Collection[str] = ()) -> Answers:
    """Values of ``codes`` in one year as columns. Schools: those that were asked anything that year, and ``others``."""
    asked = context.filter(pc.equal(context["year"], year))
    schools = pa.array(sorted({*asked["school_id"].unique().to_pylist(), *others}), pa.string())
    known = pc.and_(
        pc.is_valid(asked["value"]), pc.is_in(asked["indicator"], pa.array(sorted(codes), pa.string()))
    )
    own = asked.filter(known)
    place = pc.index_in(own["school_id"], schools).to_numpy()
    value, names = own["value"].to_numpy(), np.array(own["indicator"].to_pylist(), dtype=object)
    columns = {}
    for code in sorted(set(names.tolist())):
        column = np.full(len(schools), np.nan)
        rows = names == code
        column[place[rows]] = value[rows]
        columns[code] = column
    return Answers(tuple(schools.to_pylist()), year, columns)


# --- results and places


@dataclass(frozen=True, slots=True)
class Results:
    """Results by school. ``papers``: keys of the assessments they rest on."""

    standing: Standing
    papers: tuple[str, ...]


def schools_with_scripts(engine: Any, version: DataVersion) -> set[str]:
    found: set[str] = set()
    for assessment in version.assessments:
        scripts = engine.read_parquet(str(version.scripts_path(assessment)))
        found.update(engine.to_pyarrow(scripts.select("school_id").distinct())["school_id"].to_pylist())
    return found


def results_of(engine: Any, version: DataVersion, schools: Sequence[str]) -> Results | None:
    """Standing of ``schools`` on every paper whose maximum is known; None where there is no such paper.

    Papers after retakes are left out: they are of the same children once more, of some of them.
    """
    entries = [one for one in version.manifest.assessments
               if one.participants and one.raw_maximum and one.assessment.wave is not Wave.RETAKES]  # fmt: skip
    keys = pa.array(schools, pa.string())
    cohorts = {name: k for k, name in enumerate(sorted({one.assessment.cohort for one in entries}))}
    parts: list[tuple[Whole, Whole, Whole, Floats, Floats, Floats]] = []
    for number, entry in enumerate(entries):
        sums = school_sums(engine, version, entry.assessment)
        own = sums.filter(pc.is_in(sums["school_id"], keys))
        percent = 100.0 / float(entry.raw_maximum or 1)
        rows = own.num_rows
        parts.append((pc.index_in(own["school_id"], keys).to_numpy().astype(np.int64), np.full(rows, number),
                      np.full(rows, cohorts[entry.assessment.cohort]), own["n"].to_numpy(),
                      own["total"].to_numpy() * percent, own["squares"].to_numpy() * percent**2))  # fmt: skip
    if not parts or not sum(len(part[0]) for part in parts):
        return None
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    papers = Papers(joined[0], joined[1], joined[2], joined[3], joined[4], joined[5])
    names = tuple(entry.assessment.key for entry in entries)
    return Results(standing(papers, len(schools)), names)


def places_of(engine: Any, version: DataVersion, schools: Sequence[str]) -> Whole:
    """Number of the municipality of each school, −1 where nobody says it: the register's, else of its results."""
    known = municipality_by_school(engine, version)
    names = [known.get(school) for school in schools]
    numbers = {name: k for k, name in enumerate(sorted({name for name in names if name is not None}))}
    return np.array([-1 if name is None else numbers[name] for name in names], np.int64)


def municipality_by_school(engine: Any, version: DataVersion) -> dict[str, str]:
    """The one municipality of each school: the register's, else what its results say."""
    register = version.table("schools").select(["school_id", "municipality_id"]).to_pylist()
    named = {row["school_id"]: row["municipality_id"] for row in register if row["municipality_id"]}
    return {**municipalities(engine, version), **named}
