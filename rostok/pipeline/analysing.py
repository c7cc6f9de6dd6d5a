"""The whole main job: input files → a folder with the explained list of schools, whole or not at all."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version as package_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rostok
from rostok.methodology import Methodology
from rostok.pipeline.calculating import Calculation, calculate
from rostok.pipeline.csv_files import write_csv
from rostok.pipeline.outputs import (
    indicators_table,
    problem_counts,
    problems_table,
    reasons_table,
    results_table,
)
from rostok.pipeline.storing import DatedPlan, Stored, stored_inputs
from rostok.pipeline.swap import MARKER, check_target, whole_directory
from rostok.pipeline.wording_of_schools import reason_lines
from rostok.schema.draws import check_draws
from rostok.schema.problems import Problem
from rostok.schema.progress import Progress, silent
from rostok.store.engines import Engine, compute_on, engine_named
from rostok.wording import current_language, gettext

if TYPE_CHECKING:
    from rostok.pipeline.report_sections import Sections

# what may be added to a report
SECTIONS = (
    "gaps", "objectivity", "value-added", "resilience", "growth", "similar", "clusters", "sandbox",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan(DatedPlan):
    """How to analyse. ``draws`` = 0 leaves firmness out; ``store`` keeps the data version in that folder.

    ``sections`` of ``SECTIONS`` are added to the report; ``codifiers`` name the skills of its maps. Raises
    ValueError for any other section, and for any other ``draws`` than 0 and those of ``rostok.schema.draws``.
    """

    methodology: Methodology
    draws: int = 256
    report: bool = True
    sections: frozenset[str] = frozenset()
    codifiers: tuple[Path, ...] = ()

    def __post_init__(self) -> None:
        if self.draws:
            check_draws(self.draws)
        if unknown := self.sections - set(SECTIONS):
            raise ValueError(f"unknown sections of the report: {', '.join(sorted(unknown))}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the methodology says of ``schools`` schools: the verdict (None where it gives none), the category."""

    verdict: str | None
    category: str
    schools: int


@dataclass(frozen=True, slots=True)
class Run:
    """What was done. ``categories``: category (empty for none) and number of schools, by category.

    ``outcomes`` says the same by verdict: listed, cannot tell and not listed are all there, zero as well.
    """

    out: Path
    version: str
    problems: tuple[Problem, ...]
    categories: tuple[tuple[str, int], ...]
    outcomes: tuple[Outcome, ...]
    seconds: dict[str, float]


def analyse(inputs: Sequence[Path], *, plan: Plan, out: Path, progress: Progress = silent) -> Run:
    """Read ``inputs``, judge every school by ``plan.methodology``, write the folder ``out``.

    Nothing is written when InputRefused is raised: an earlier result in ``out`` stays as it was.
    """
    clock = _Clock()
    engine = engine_named(plan.engine)
    check_target(out)
    with stored_inputs(inputs, plan, progress) as (root, stored):
        clock.lap("read_and_store")
        calculation = _calculated(stored, plan, engine, root, progress)
        clock.lap("calculate")
        sections = _sections(stored, plan, engine, root, calculation, progress)
        if sections:
            clock.lap("sections")
        return _write(out, plan, engine, stored, calculation, sections, clock, progress)


def _sections(
    stored: Stored, plan: Plan, engine: Engine, root: Path, calculation: Calculation, progress: Progress
) -> Sections | None:
    """What ``plan.sections`` add to the report; None where nothing is asked for."""
    if not plan.sections or not plan.report:
        return None
    from rostok.pipeline.report_sections import Section, build_sections

    def build(backend: Any) -> Sections:
        asked = [Section(name) for name in plan.sections]
        return build_sections(
            asked, stored.version, calculation, backend, codifiers=plan.codifiers, progress=progress
        )

    return compute_on(engine, root, build)


def _calculated(stored: Stored, plan: Plan, engine: Engine, root: Path, progress: Progress) -> Calculation:
    def compute(backend: Any) -> Calculation:
        return calculate(
            stored.version, plan.methodology, backend, on=plan.on, draws=plan.draws, with_chance=plan.report,
            progress=progress,
        )  # fmt: skip

    return compute_on(engine, root, compute)


def _write(
    out: Path, plan: Plan, engine: Engine, stored: Stored, calculation: Calculation, sections: Sections | None,
    clock: _Clock, progress: Progress,
) -> Run:  # fmt: skip
    """Everything into ``out`` at once."""
    problems = stored.problems + calculation.problems + (sections.problems if sections else ())
    with whole_directory(out) as folder:
        write_tables(folder, calculation, problems)
        clock.lap("write_csv")
        if plan.report:
            _write_report(folder, calculation, stored, problems, sections, engine, progress)
            clock.lap("report")
        run = Run(
            out, stored.version.name, problems, _categories(calculation), _outcomes(calculation), clock.laps
        )  # fmt: skip
        _write_run(folder / MARKER, run, plan, stored, calculation)
    return run


def write_tables(folder: Path, calculation: Calculation, problems: Sequence[Problem]) -> None:
    """The CSV files of the output folder."""
    write_csv(folder / "results.csv", results_table(calculation, reason_lines(calculation)))
    write_csv(folder / "reasons.csv", reasons_table(calculation))
    write_csv(folder / "indicators.csv", indicators_table(calculation))
    write_csv(folder / "rules.csv", calculation.rules)
    write_csv(folder / "problems.csv", problems_table(problems))


def _write_report(
    folder: Path, calculation: Calculation, stored: Stored, problems: Sequence[Problem], sections: Sections | None,
    engine: Engine, progress: Progress,
) -> None:  # fmt: skip
    # Templates and the workbook writer are loaded only when a report is asked for.
    from rostok.pipeline.report_model import build_report
    from rostok.reports import html, xlsx

    stage = gettext("Отчёт")
    progress(stage, 0, 2)
    report = build_report(calculation, stored, problems, engine)
    if sections:
        notes = report.notes + sections.notes
        report = replace(
            report, gaps=sections.gaps, objectivity=sections.objectivity, analysis=sections.analysis, notes=notes
        )  # fmt: skip
    html.write(report, folder / "report.html")
    progress(stage, 1, 2)
    xlsx.write(report, folder / "report.xlsx")
    progress(stage, 2, 2)


def _categories(calculation: Calculation) -> tuple[tuple[str, int], ...]:
    counted = Counter(category or "" for category in calculation.results["category"].to_pylist())
    return tuple(sorted(counted.items(), key=lambda item: (item[0] == "", item[0])))


_VERDICTS = ("true", "false", "unknown", None)


def _outcomes(calculation: Calculation) -> tuple[Outcome, ...]:
    """In the order yes, no, cannot tell; within each by category. What nobody has is named with 0 schools."""
    results = calculation.results.select(["verdict", "category"]).to_pylist()
    counted = Counter((row["verdict"], row["category"] or "") for row in results)
    methodology = calculation.methodology
    if methodology.verdict is not None:
        met = {verdict for verdict, _ in counted}
        label = methodology.category[0][0] if methodology.category else ""
        counted.update({(word, label if word == "true" else ""): 0 for word in set(_VERDICTS[:3]) - met})
    ordered = sorted(counted.items(), key=lambda item: (_VERDICTS.index(item[0][0]), item[0][1]))
    return tuple(Outcome(verdict, category, count) for (verdict, category), count in ordered)


class _Clock:
    """Seconds of each step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round(now - self._last, 3)
        self._last = now


def _write_run(path: Path, run: Run, plan: Plan, stored: Stored, calculation: Calculation) -> None:
    text = json.dumps(run_facts(run, plan, stored, calculation), ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def run_facts(run: Run, plan: Plan, stored: Stored, calculation: Calculation) -> dict[str, Any]:
    """``run.json``: what was computed from what by what, with counts by file."""
    methodology, manifest = plan.methodology, stored.version.manifest
    return {
        "methodology": {"id": methodology.id, "version": methodology.label, "hash": methodology.hash,
                        "parameters": methodology.parameter_values(calculation.on)},
        "sections": sorted(plan.sections),
        "on": calculation.on.isoformat(),
        "data_version": run.version,
        "language": current_language(),
        "engine": {"name": engine_named(plan.engine).name,
                   "version": package_version(engine_named(plan.engine).package)},
        "code_version": rostok.__version__,
        "firmness": None if calculation.intakes is None else {"draws": calculation.intakes.draws},
        "scales": stored.version.scales,
        "files": [
            {"file": s.file, "sheet": s.sheet, "layout": s.layout, "sha256": s.sha256, "rows": s.rows,
             "target": s.target, "used": s.used}
            for s in manifest.sources
        ],
        "assessments": [
            {"assessment": e.assessment.key, "rows": e.rows, "participants": e.participants, "absent": e.absent}
            for e in manifest.assessments
        ],
        "problems": problem_counts(run.problems),
        "schools": calculation.results.num_rows,
        "categories": dict(run.categories),
        "notes": list(calculation.notes),
        "seconds": run.seconds,
    }  # fmt: skip
