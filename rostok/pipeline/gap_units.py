"""The units of a map: class ⊂ school ⊂ municipality ⊂ region ⊂ country, each with the sums of those below it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rostok.schema.keys import WHOLE, are_logins, region_of
from rostok.statistics.clusters import Clusters
from rostok.statistics.item_sums import PaperSums
from rostok.store.columns import Units
from rostok.store.reduced import ReducedPaper

COUNTRY = "country"
# A municipality of fewer schools is not compared: what it differs by may be one school (a convention of ours).
LEAST_SCHOOLS = 3


class Level(StrEnum):
    """Whose map it is; from the smallest unit up."""

    CLASS = "class"
    SCHOOL = "school"
    MUNICIPALITY = "municipality"
    REGION = "region"


@dataclass(frozen=True, slots=True)
class UnitSums:
    """Units of one level with their sums; ``regions``: the region of each, a place in the units of that level."""

    level: Level
    names: pa.Array
    sums: PaperSums
    regions: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PaperUnits:
    """Every level of one paper from the smallest asked for upwards.

    ``parents[level]``: for every unit of ``asked`` its larger unit of that level (negative: it has none);
    ``of_school[level]``: the same for every school. ``classes``: the classes of schools, where they were counted.
    """

    asked: Level
    levels: Mapping[Level, UnitSums]
    parents: Mapping[Level, NDArray[np.int64]]
    of_school: Mapping[Level, NDArray[np.int64]]
    country: PaperSums
    classes: Clusters | None = None

    @property
    def units(self) -> UnitSums:
        return self.levels[self.asked]

    @property
    def clusters(self) -> Clusters | None:
        """The groups that the units asked for consist of; None where none are known."""
        if self.asked is Level.MUNICIPALITY:
            schools = self.levels[Level.SCHOOL].sums
            return Clusters(schools, self.of_school[Level.MUNICIPALITY], LEAST_SCHOOLS)
        return self.classes if self.asked is Level.SCHOOL else None


@dataclass(frozen=True, slots=True)
class Places:
    """School → municipality, and whether keys of schools say their region (all of them are logins)."""

    municipality: Mapping[str, str]
    by_login: bool

    @classmethod
    def of(cls, schools: list[str], municipality: Mapping[str, str]) -> Places:
        return cls(municipality, are_logins(schools))

    def region(self, school: str) -> str:
        """``reg99`` by the first digits of a login; one region for everybody where keys are of another kind."""
        return region_of(school) if self.by_login else WHOLE


def paper_units(reduced: ReducedPaper, places: Places, asked: Level) -> PaperUnits:
    """All levels from ``asked`` upwards; scripts without a class are in no class, but in their school."""
    names, school_of = _numbered(reduced.units.school.to_pylist())
    alone = len(names) == reduced.sums.units  # no classes: the units are the schools, in the same order
    schools = reduced.sums if alone else reduced.sums.grouped(school_of, len(names))
    of_municipality, municipalities = _grouping([places.municipality.get(name) for name in names])
    of_region, regions = _grouping([places.region(name) for name in names])
    tops = {
        Level.SCHOOL: UnitSums(Level.SCHOOL, pa.array(names, pa.string()), schools, of_region),
        Level.MUNICIPALITY: UnitSums(
            Level.MUNICIPALITY, pa.array(municipalities, pa.string()),
            schools.grouped(of_municipality, len(municipalities)), _through(of_municipality, of_region, len(municipalities)),
        ),
        Level.REGION: UnitSums(
            Level.REGION, pa.array(regions, pa.string()), schools.grouped(of_region, len(regions)),
            np.arange(len(regions)),
        ),
    }  # fmt: skip
    chain = {Level.MUNICIPALITY: of_municipality, Level.REGION: of_region}
    if asked is Level.CLASS:
        classes, kept = _classes(reduced.units)
        of_school = school_of[kept]
        tops[Level.CLASS] = UnitSums(Level.CLASS, classes, _taken(reduced.sums, kept), of_region[of_school])
        parents = {Level.SCHOOL: of_school} | {level: to[of_school] for level, to in chain.items()}
    elif asked is Level.SCHOOL:
        parents = chain
    else:
        parents = {Level.REGION: tops[asked].regions} if asked is Level.MUNICIPALITY else {}
    country = schools.grouped(np.zeros(len(names), np.int64), 1)
    classes = None if alone else Clusters(reduced.sums, school_of)
    return PaperUnits(asked, tops, parents, chain, country, classes)


def _numbered(keys: list[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Different keys in their order, and the place of each among them."""
    order = {key: place for place, key in enumerate(sorted(set(keys)))}
    return list(order), np.array([order[key] for key in keys], np.int64)


def _grouping(named: list[str | None]) -> tuple[NDArray[np.int64], list[str]]:
    names = sorted({name for name in named if name is not None})
    order = {name: place for place, name in enumerate(names)}
    return np.array([-1 if name is None else order[name] for name in named], np.int64), names


def _through(inner: NDArray[np.int64], outer: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The outer unit of each inner one: that of its first school."""
    found = np.full(count, -1, np.int64)
    for place in range(len(inner) - 1, -1, -1):
        if inner[place] >= 0:
            found[inner[place]] = outer[place]
    return found


def _taken(sums: PaperSums, kept: NDArray[np.int64]) -> PaperSums:
    """The sums of the units kept; the same ones, not copied, where all are."""
    return sums if len(kept) == sums.units else sums.taken(kept)


def _classes(units: Units) -> tuple[pa.Array, NDArray[np.int64]]:
    """Names ``school/CLASS`` of the units that have a class, and their places."""
    if units.class_name is None:
        raise ValueError("classes were not asked for when the paper was reduced")
    pairs = zip(units.school.to_pylist(), units.class_name.to_pylist(), strict=True)
    named = [(place, f"{school}/{name}") for place, (school, name) in enumerate(pairs) if name is not None]
    return pa.array([name for _, name in named], pa.string()), np.array(
        [place for place, _ in named], np.int64
    )
