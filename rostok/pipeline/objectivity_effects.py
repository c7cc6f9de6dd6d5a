"""Whom the markers touch: rural, small, special-needs schools beside the others; and what explains absences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.pipeline.objectivity_papers import SchoolList
from rostok.store import DataVersion

if TYPE_CHECKING:
    from rostok.statistics.objectivity.combining import Listed

# Mean participants of a paper; from one class, and from two full ones on. Ours, for showing effects only.
SMALL_UNDER, LARGE_FROM = 15, 50
SPECIAL_NEEDS_FROM = 0.10  # share of pupils taught by adapted programmes; ours, for showing effects only
_UNKNOWN = "unknown"

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SchoolFacts:
    """What the register and the context say of each school of the list; «unknown» where they say nothing."""

    territory: NDArray[np.str_]
    kind: NDArray[np.str_]
    size: NDArray[np.str_]
    special_needs: NDArray[np.str_]
    mean_participants: Floats
    region: NDArray[np.str_]

    @property
    def has_several_regions(self) -> bool:
        return len(np.unique(self.region)) > 1

    def groups(self) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Names and members of the groups effects are shown for, e.g. ``territory=rural``."""
        regions = ("region",) if self.has_several_regions else ()
        for name in ("territory", "size", "kind", "special_needs", *regions):
            values = getattr(self, name)
            for value in sorted(set(values.tolist())):
                yield f"{name}={value}", values == value

    def design(self) -> Floats:
        """Columns that explain absences: kinds and territories as 0/1 without the commonest, log of the size."""
        columns = [np.log(np.maximum(self.mean_participants, 1.0))]
        for values in (self.kind, self.territory):
            words, numbers = np.unique(values, return_counts=True)
            columns += [(values == word).astype(float) for word in words if word != words[numbers.argmax()]]
        return np.column_stack(columns)


def school_facts(version: DataVersion, schools: SchoolList, mean_participants: Floats) -> SchoolFacts:
    """``mean_participants``: over the papers each school wrote."""
    register, latest = version.table("schools"), _latest(version.table("context"))
    size = np.where(
        mean_participants < SMALL_UNDER, "small", np.where(mean_participants < LARGE_FROM, "medium", "large")
    )
    return SchoolFacts(
        _territory(register, latest, schools), _of_register(register, "kind", schools), size,
        np.array([_special_needs(latest.get(school, {})) for school in schools.keys.to_pylist()], dtype=np.str_),
        mean_participants, np.array(schools.region_names, dtype=np.str_)[schools.region],
    )  # fmt: skip


def _of_register(register: pa.Table, column: str, schools: SchoolList) -> NDArray[np.str_]:
    rows = pc.index_in(schools.keys, register["school_id"].combine_chunks())
    found = pc.fill_null(register[column].combine_chunks().take(rows), _UNKNOWN)
    return np.array(found.to_pylist(), dtype=np.str_)


def _territory(
    register: pa.Table, latest: dict[str, dict[str, float]], schools: SchoolList
) -> NDArray[np.str_]:
    """The register's word, else what the school itself answered."""
    said = {1.0: "rural", 0.0: "urban"}
    answered = [
        said.get(latest.get(school, {}).get("rural", -1.0), _UNKNOWN) for school in schools.keys.to_pylist()
    ]
    known = _of_register(register, "territory", schools)
    return np.where(known == _UNKNOWN, np.array(answered, dtype=np.str_), known)


def _special_needs(said: dict[str, float]) -> str:
    """many: correctional, or a tenth of the pupils asked about are taught by adapted programmes."""
    adapted = {name: value for name, value in said.items() if name.endswith("_adapted")}
    pupils = sum(said.get(name.removesuffix("_adapted"), 0.0) for name in adapted)
    if said.get("correctional") == 1:
        return "many"
    if not adapted or pupils <= 0:
        return _UNKNOWN
    return "many" if sum(adapted.values()) / pupils >= SPECIAL_NEEDS_FROM else "few"


def _latest(context: pa.Table) -> dict[str, dict[str, float]]:
    """School → indicator → value of its last year, of the indicators that speak of special needs and territory."""
    wanted = pc.match_substring_regex(
        context["indicator"], r"^(pupils_born_\d{4}(_adapted)?|correctional|rural)$"
    )
    found: dict[str, dict[str, float]] = {}
    rows: list[dict[str, Any]] = context.filter(wanted).sort_by("year").to_pylist()
    for row in rows:
        if row["value"] is not None:
            found.setdefault(row["school_id"], {})[row["indicator"]] = row["value"]
    return found


def effects(
    facts: SchoolFacts, asked: NDArray[np.bool_], official: NDArray[np.bool_], result: Listed | None
) -> Iterator[tuple[str, float]]:
    """Per group: schools, those that wrote papers of the official list, those of them with an official marker,
    those the tests can tell of, those on the list."""
    for name, members in facts.groups():
        yield f"schools.{name}", float(members.sum())
        yield f"asked.{name}", float((asked & members).sum())
        yield f"marked.{name}", float((official & members).sum())
        if result is not None:
            told = members & ~np.isnan(result.q_value)
            yield f"tested.{name}", float(told.sum())
            yield f"flagged.{name}", float((result.flagged & members).sum())
