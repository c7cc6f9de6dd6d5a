"""``places.csv``: the municipality and region of every unit of a map, by which its numbers add up to larger ones."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from rostok.pipeline.csv_files import write_csv
from rostok.pipeline.gap_tables import PaperMap
from rostok.pipeline.gap_units import Level

FILE = "places.csv"
COLUMNS = ("unit_level", "unit_id", "municipality_id", "region_id")


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
