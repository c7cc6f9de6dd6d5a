"""What the programs beside ours compute of a map, and the figures by which all of them are compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from rostok.store import DataVersion

Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Paper:
    """One stored paper: its file, columns of items, their maxima."""

    key: str
    path: Path
    items: tuple[str, ...]
    maxima: tuple[int, ...]


def papers(store: Path) -> list[Paper]:
    version = DataVersion.open(store)
    found = []
    for entry in version.manifest.assessments:
        path = version.scripts_path(entry.assessment)
        names = [name for name in pq.read_schema(path).names if name.startswith("item_")]
        found.append(Paper(entry.assessment.key, path, tuple(names), tuple(i.maximum for i in entry.items)))
    return found


def keys(level: str) -> list[str]:
    return ["school_id", "class_name"] if level == "class" else ["school_id"]
