"""Where the units of a map lie, and how they are called.

``places.csv``: the municipality and region of every unit, by which its numbers add up to larger ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from rostok.pipeline.csv_files import write_csv
from rostok.pipeline.gap_tables import PaperMap
from rostok.pipeline.gap_units import Level
from rostok.store import DataVersion

FILE = "places.csv"
COLUMNS = ("unit_level", "unit_id", "municipality_id", "region_id")


@dataclass(frozen=True, slots=True)
class UnitNames:
    """Names of schools and municipalities by their keys, as the register writes them."""

    schools: Mapping[str, str] = field(default_factory=dict)
    municipalities: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, version: DataVersion) -> UnitNames:
        """Those of the register of a stored version."""
        columns = ["school_id", "name", "municipality_id", "municipality"]
        rows = version.table("schools").select(columns).to_pylist()
        return cls(
            {row["school_id"]: row["name"] for row in rows if row["name"]},
            {row["municipality_id"]: row["municipality"] for row in rows if row["municipality_id"] and row["municipality"]},
        )  # fmt: skip

    def shown(self, level: Level, key: str) -> str:
        """The key, and behind it the name where it says more: a picture cuts what is too long, never the key.

        >>> UnitNames({"990001": "Школа № 1"}).shown(Level.CLASS, "990001/А"), UnitNames().shown(Level.SCHOOL, "990001")
        ('990001/А Школа № 1', '990001')
        """
        if level is Level.MUNICIPALITY:
            name = self.municipalities.get(key)
        else:
            name = self.schools.get(key.partition("/")[0])
        return f"{key} {name}" if name and name != key else key


class PlacesSeen:
    """The units of the papers seen so far, each once; classes are of their schools and are not listed."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[str, str]] = {}

    def add(self, paper: PaperMap) -> None:
        """Note where the units of a paper lie."""
        units = paper.units.units
        if units.level is Level.CLASS:
            return
        regions = paper.units.levels[Level.REGION].names.to_pylist()
        above = paper.units.levels[Level.MUNICIPALITY].names.to_pylist()
        own = paper.units.of_school[Level.MUNICIPALITY] if units.level is Level.SCHOOL else None
        for at, name in enumerate(units.names.to_pylist()):
            municipality = name if units.level is Level.MUNICIPALITY else ""
            if own is not None and own[at] >= 0:
                municipality = above[own[at]]
            self._found[units.level, name] = (municipality, regions[units.regions[at]])

    def write(self, folder: Path) -> None:
        """The file, in the order of units; nothing where there are none."""
        if self._found:
            rows = [(*key, *self._found[key]) for key in sorted(self._found)]
            columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
            write_csv(folder / FILE, pa.table(columns, names=list(COLUMNS)))
