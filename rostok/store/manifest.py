"""What a version says of itself: assessments, tables, sources; written last, so that it vouches for the rest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from rostok.schema.assessments import Assessment
from rostok.schema.file_system import in_words
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.scales import Item, Scale
from rostok.wording import gettext

MANIFEST = "manifest.json"
STORE_FORMAT = "rostok-store-1"


@dataclass(frozen=True, slots=True)
class StoredAssessment:
    """One assessment of a version. ``filled``: which columns that may be missing hold any value at all.

    ``absent`` is None where some of the sources cannot say who was absent.
    """

    assessment: Assessment
    items: tuple[Item, ...]
    rows: int
    participants: int
    absent: int | None
    filled: tuple[str, ...]
    sha256: str  # of the content, see store.content
    scale: str | None = None  # Scale.key the marks come from
    scale_confirmed: bool | None = None
    maximum: int | None = None  # of the paper, in points

    @property
    def raw_maximum(self) -> int | None:
        """Maximum of the raw score: of the scale, else the sum over the items; None when neither is known."""
        if self.maximum is not None:
            return self.maximum
        return sum(item.maximum for item in self.items) or None

    def with_scale(self, scale: Scale | None) -> StoredAssessment:
        """The same entry naming its scale. The maximum of a test-score scale is not one of raw scores."""
        if scale is None:
            return self
        maximum = scale.maximum if scale.unit == "raw" else None
        return replace(self, scale=scale.key, scale_confirmed=scale.confirmed, maximum=maximum)


@dataclass(frozen=True, slots=True)
class StoredTable:
    """One small table of a version: ``schools``, ``context``, ``categories`` or ``counts``."""

    name: str
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredSource:
    """One table of one input file. ``used`` is false for a repetition that was counted once."""

    file: str
    sheet: str
    layout: str
    sha256: str
    rows: int
    target: str  # key of the assessment or name of the table
    used: bool = True


@dataclass(frozen=True, slots=True)
class Manifest:
    """All entries, sorted by key, name and file. ``version`` hashes the content, never names of sources."""

    assessments: tuple[StoredAssessment, ...]
    tables: tuple[StoredTable, ...]
    sources: tuple[StoredSource, ...]
    counted: tuple[Assessment, ...] = ()  # assessments known by counts only (table counts)

    @property
    def version(self) -> str:
        """First 16 hex digits of SHA-256 over what the version says."""
        said = self.as_json()
        del said["sources"], said["version"]
        return hashlib.sha256(_canonical(said).encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        return {
            "layout": STORE_FORMAT,
            "assessments": [_assessment_json(entry) for entry in self.assessments],
            "counted": [{"key": a.key, "pupil_grade": a.pupil_grade} for a in self.counted],
            "tables": [asdict(entry) for entry in self.tables],
            "sources": [asdict(entry) for entry in self.sources],
            "version": "",
        }

    def write(self, directory: Path) -> None:
        said = self.as_json() | {"version": self.version}
        text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
        (directory / MANIFEST).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, directory: Path) -> Manifest:
        """The manifest of a stored version; InputRefused (file-damaged) when it is not whole or not ours."""
        path = directory / MANIFEST
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            if said["layout"] != STORE_FORMAT:
                layout = gettext("хранилище записано в другом виде ({layout})", layout=said["layout"])
                raise InputRefused((damaged(path, layout),))
            manifest = cls(
                tuple(_assessment_entry(entry) for entry in said["assessments"]),
                tuple(StoredTable(**entry) for entry in said["tables"]),
                tuple(StoredSource(**entry) for entry in said["sources"]),
                tuple(Assessment.from_key(e["key"], int(e["pupil_grade"])) for e in said["counted"]),
            )
        except OSError as error:
            raise InputRefused((damaged(path, in_words(error)),)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise InputRefused((damaged(path, gettext("содержимое не разбирается")),)) from error
        if said.get("version") != manifest.version:
            raise InputRefused((damaged(path, gettext("написанное не сходится с именем версии")),))
        return manifest


def damaged(path: Path, detail: str) -> Problem:
    """A file of a version that cannot be used; ``detail`` is the end of a sentence in the current language."""
    return Problem("file-damaged", file=str(path), values={"detail": detail})


def _canonical(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _assessment_json(entry: StoredAssessment) -> dict[str, Any]:
    said = asdict(entry)
    del said["assessment"]
    said["items"] = [[i.position, i.label, i.maximum, i.level] for i in entry.items]
    identity = {"key": entry.assessment.key, "pupil_grade": entry.assessment.pupil_grade}
    return identity | said | {"filled": list(entry.filled)}


def _assessment_entry(said: dict[str, Any]) -> StoredAssessment:
    rest = {name: value for name, value in said.items() if name not in {"key", "pupil_grade"}}
    rest["items"] = tuple(Item(*item) for item in said["items"])
    rest["filled"] = tuple(said["filled"])
    return StoredAssessment(assessment=Assessment.from_key(said["key"], int(said["pupil_grade"])), **rest)
