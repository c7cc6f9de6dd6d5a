"""The sections that ``analyse --with …`` adds to the report, from the data version of the run."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rostok.methodology import Methodology
from rostok.pipeline.analysis_sections import build_analysis
from rostok.pipeline.calculating import Calculation, recalculate
from rostok.pipeline.examining import Examination, ObjectivityPlan, examine_version
from rostok.pipeline.gap_problems import data_problems
from rostok.pipeline.gap_report import build_gaps
from rostok.pipeline.gap_skills import CodifierBook
from rostok.pipeline.mapping import GapPlan
from rostok.pipeline.objectivity_found import index_lines, marked_papers
from rostok.pipeline.objectivity_lists import set_aside, with_most
from rostok.pipeline.objectivity_loudest import columns_of_paper, loudest
from rostok.pipeline.report_model import methodology_text
from rostok.reports import item_model, model
from rostok.reports.analysis_model import Analysis
from rostok.reports.presenters import words
from rostok.schema.markers import MARKERS, Basis
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.store import DataVersion
from rostok.wording.labels import label

_EFFECTS = ("territory=", "size=", "special_needs=", "kind=", "region=")


class Section(StrEnum):
    """What may be added to a report."""

    GAPS = "gaps"
    OBJECTIVITY = "objectivity"
    VALUE_ADDED = "value-added"
    SANDBOX = "sandbox"
    GROWTH = "growth"
    RESILIENCE = "resilience"
    SIMILAR = "similar"
    CLUSTERS = "clusters"


@dataclass(frozen=True, slots=True)
class Sections:
    """The sections asked for; ``problems`` met on the way, ``notes`` on a section that could not be made."""

    gaps: item_model.Gaps | None = None
    objectivity: item_model.Objectivity | None = None
    analysis: Analysis = field(default_factory=Analysis)
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = field(default=())


def build_sections(
    asked: Iterable[Section], version: DataVersion, calculation: Calculation, engine: Any, *,
    codifiers: Sequence[Path] = (), progress: Progress = silent,
) -> Sections:  # fmt: skip
    """The sections in ``asked``. Data without items or scores get a note instead: the list of schools does not wait.

    Raises InputRefused for a codifier that cannot be read.
    """
    found = Sections()
    wanted = set(asked)
    if Section.GAPS in wanted:
        book = CodifierBook.read(codifiers)
        found = _tried(found, lambda: _gaps(found, version, calculation, engine, book, progress))
    if Section.OBJECTIVITY in wanted:
        found = _tried(found, lambda: _objectivity(found, version, calculation, engine, progress))
    analysis, notes = build_analysis({str(one) for one in wanted}, version, calculation, engine, progress)
    return replace(found, analysis=analysis, notes=found.notes + notes)


_NOTHING = ("nothing-to-map", "nothing-to-examine")


def _tried(before: Sections, build: Callable[[], Sections]) -> Sections:
    try:
        return build()
    except InputRefused as refused:
        if any(problem.code not in _NOTHING for problem in refused.problems):
            raise
        return replace(before, notes=before.notes + tuple(problem.sentence for problem in refused.problems))


def _gaps(
    before: Sections, version: DataVersion, calculation: Calculation, engine: Any, book: CodifierBook,
    progress: Progress,
) -> Sections:  # fmt: skip
    register = calculation.register.select(["municipality_id", "municipality"]).to_pylist()
    places = {row["municipality_id"]: row["municipality"] for row in register if row["municipality"]}
    plan = GapPlan(maps_only=True, on=calculation.on)
    found, problems = build_gaps(version, engine, plan, book, places=places, progress=progress)
    said = before.problems + data_problems(version, calculation.on) + problems
    return replace(before, gaps=found, problems=said)


def _objectivity(
    before: Sections, version: DataVersion, calculation: Calculation, engine: Any, progress: Progress
) -> Sections:
    plan = ObjectivityPlan(on=calculation.on)
    examination = examine_version(version, engine, plan, progress)
    lists = treated_lists(version, calculation, engine, examination)
    found = replace(objectivity_section(examination, plan.rate), lists=lists, names=_names(calculation))
    return replace(before, objectivity=found, problems=before.problems + examination.problems)


def _names(calculation: Calculation) -> dict[str, tuple[str, str]]:
    rows = calculation.register.select(["school_id", "name", "municipality", "municipality_id"]).to_pylist()
    return {
        row["school_id"]: (
            row["name"] or row["school_id"],
            row["municipality"] or row["municipality_id"] or "",
        )
        for row in rows
    }


# --- objectivity


def objectivity_section(examination: Examination, rate: float) -> item_model.Objectivity:
    """What was examined, without names and without the second list."""
    region = dict(
        zip(*(examination.region[name].to_pylist() for name in ("indicator", "value")), strict=True)
    )
    schools = examination.schools
    markers = tuple((code, int(region[f"marked.{code}"])) for code in MARKERS if region.get(f"marked.{code}"))
    return item_model.Objectivity(
        schools=schools.num_rows,
        asked=int(region.get("official.schools") or 0),
        marked=int(region.get("official.marked") or 0),
        tested=schools.num_rows - schools["q_value"].null_count,
        rate=rate,
        markers=markers,
        listed=_listed(examination),
        indexes=index_lines(region),
        effects=_effects(region),
        by_paper=marked_papers(examination),
    )


def _listed(examination: Examination) -> tuple[item_model.ListedSchool, ...]:
    rows = examination.schools.filter(pc.fill_null(examination.schools["flagged"], False)).to_pylist()
    said = _said_by_tests(examination)
    return tuple(_listed_school(row, said[row["school_id"]], examination) for row in rows)


def _listed_school(
    row: dict[str, Any], said: Sequence[dict[str, Any]], examination: Examination
) -> item_model.ListedSchool:
    """Tests that carry the school, over all papers together, and the papers in which they speak loudest."""
    carrying = tuple(dict.fromkeys(one["marker"] for one in said if one["flagged"]))
    by_columns = {columns_of_paper(paper): paper for paper in examination.papers}
    return item_model.ListedSchool(
        row["school_id"], row["tests"], row["p_value"], row["q_value"], carrying,
        loudest(said, carrying, by_columns),
    )  # fmt: skip


def _said_by_tests(examination: Examination) -> dict[str, list[dict[str, Any]]]:
    """School on the list → its rows of tests, by paper and over all."""
    tests = pa.array([code for code, marker in MARKERS.items() if marker.basis is Basis.TEST])
    markers = examination.markers
    chosen = pc.and_(
        pc.is_in(markers["marker"], tests),
        pc.is_in(markers["school_id"], pa.array(examination.flagged, pa.string())),
    )
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in markers.filter(chosen).to_pylist():
        found[row["school_id"]].append(row)
    return found


def _effects(region: dict[str, float]) -> tuple[item_model.EffectLine, ...]:
    def count(what: str, group: str) -> int | None:
        value = region.get(f"{what}.{group}")
        return None if value is None else int(value)

    groups = [name.partition(".")[2] for name in region if name.startswith("schools.")]
    ordered = sorted(groups, key=lambda group: [group.startswith(one) for one in _EFFECTS], reverse=True)
    return tuple(
        item_model.EffectLine(
            group, count("schools", group) or 0, count("asked", group) or 0, count("marked", group) or 0,
            count("tested", group), count("flagged", group),
        )
        for group in ordered
    )  # fmt: skip


# --- the list of schools with marked results treated


def treated_lists(
    version: DataVersion, calculation: Calculation, engine: Any, examination: Examination
) -> item_model.TreatedLists:
    """The outcome of every school with all results, and with the examined papers of listed schools set aside or widened."""
    with_all = _chips(calculation, calculation.methodology, calculation.on)
    if not examination.flagged:
        return compared(with_all, with_all, with_all, set_aside=0)
    left_out = 0

    def without(facts: pa.Table) -> pa.Table:
        nonlocal left_out
        kept = set_aside(facts, examination)
        left_out = facts.num_rows - kept.num_rows
        return kept

    def chips(change: Callable[[pa.Table], pa.Table]) -> dict[str, str]:
        other = recalculate(version, calculation.methodology, engine, on=calculation.on, change=change)
        return _chips(other, calculation.methodology, calculation.on)

    most = chips(lambda facts: with_most(facts, examination))
    return compared(with_all, chips(without), most, left_out)


def compared(
    with_all: dict[str, str], without: dict[str, str], with_most: dict[str, str], set_aside: int
) -> item_model.TreatedLists:
    """Outcomes by school → numbers by outcome and the schools that differ.

    A school without any result left is not in ``without``: one cannot tell. Nor can one of a widened result that says
    one thing as it was recorded and another ``with_most``.
    """
    unknown = words.verdict_word(model.Verdict.UNKNOWN, _ANY)
    outcomes = [
        item_model.TreatedOutcome(
            school, chip, without.get(school, unknown), chip if with_most.get(school) == chip else unknown
        )
        for school, chip in with_all.items()
    ]
    first = Counter(one.with_all for one in outcomes)
    second = Counter(one.set_aside for one in outcomes)
    third = Counter(one.widened for one in outcomes)
    return item_model.TreatedLists(
        tuple((chip, first[chip], second[chip], third[chip]) for chip in sorted({*first, *second, *third})),
        tuple(one for one in outcomes if len({one.with_all, one.set_aside, one.widened}) > 1),
        set_aside,
    )


_ANY = model.MethodologyText(id="", version="", label="", title="")


def _chips(calculation: Calculation, methodology: Methodology, on: dt.date) -> dict[str, str]:
    """School → the words of its outcome, as the list of schools says them."""
    text = methodology_text(methodology, calculation)
    return {
        row["school_id"]: words.verdict_chip(
            model.SchoolLine(
                row["school_id"], "", category=label(row["category"] or ""),
                verdict=None if row["verdict"] is None else model.Verdict(row["verdict"]),
            ),
            text,
        )
        for row in calculation.results.select(["school_id", "category", "verdict"]).to_pylist()
    }  # fmt: skip
