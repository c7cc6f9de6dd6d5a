"""Learning-gap maps: input files or a stored version → gaps.csv, skills.csv and what stands beside them.

``gaps`` is the whole job; ``paper_maps`` gives the maps of a stored version one paper at a time (``gap_memory``
that of one table of scripts in memory). These are files for an analyst: nothing in them is suppressed.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

import rostok
from rostok.pipeline import gap_more, gap_tables
from rostok.pipeline.ahead import ahead
from rostok.pipeline.csv_files import CsvStream, write_csv
from rostok.pipeline.gap_pages import Pages, PageSize
from rostok.pipeline.gap_places import PlacesSeen, UnitNames
from rostok.pipeline.gap_problems import data_problems, paper_problems
from rostok.pipeline.gap_skills import CodifierBook, CommonBlock, PaperContent, common_blocks
from rostok.pipeline.gap_tables import PaperMap
from rostok.pipeline.gap_units import LEAST_SCHOOLS, Level, Places, paper_units
from rostok.pipeline.outputs import problem_counts, problems_table
from rostok.pipeline.storing import DatedPlan, Stored, stored_inputs
from rostok.pipeline.swap import MARKER, check_target, whole_directory
from rostok.schema.assessments import Assessment
from rostok.schema.codifiers import LEAST_ITEMS, SkillSource
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.statistics import gaps as statistics
from rostok.statistics.gaps import Thresholds
from rostok.statistics.intervals import CONFIDENCE
from rostok.store import DataVersion
from rostok.store.engines import compute_on, engine_named
from rostok.store.item_reductions import reduce_marks, reduce_paper, score_counts
from rostok.store.memory import give_back
from rostok.store.reductions import municipalities
from rostok.wording import gettext

_THREADS = 2


@dataclass(frozen=True, slots=True)
class GapPlan(DatedPlan):
    """What to map. ``maps_only`` leaves out everything but gaps.csv and skills.csv.

    ``least_items``: how many items a skill's verdict needs at least. Raises ValueError for less than one.
    """

    by: Level = Level.SCHOOL
    codifiers: tuple[Path, ...] = ()
    skills_by: SkillSource = SkillSource.SKILL
    least_items: int = LEAST_ITEMS
    thresholds: Thresholds = field(default_factory=Thresholds)
    maps_only: bool = False

    def __post_init__(self) -> None:
        if self.least_items < 1:
            raise ValueError(f"a skill rests on at least one item, not {self.least_items}")

    @property
    def needs_classes(self) -> bool:
        """Are classes counted? For their own map, and for differences of schools, whose groups they are."""
        return self.by is Level.CLASS or (self.by is Level.SCHOOL and not self.maps_only)


@dataclass(frozen=True, slots=True)
class GapRun:
    """What was done: rows of each file, differences that were tested, seconds.

    ``page``: what became of ``maps.html``.
    """

    out: Path
    version: str
    problems: tuple[Problem, ...]
    rows: dict[str, int]
    tested: int
    seconds: dict[str, float]
    page: PageSize


def gaps(inputs: Sequence[Path], *, plan: GapPlan, out: Path, progress: Progress = silent) -> GapRun:
    """Read ``inputs`` and write the maps into the folder ``out``, whole or not at all.

    Raises InputRefused as ``analyse`` does, for an unreadable codifier, and (nothing-to-map) where the data hold
    no papers with items.
    """
    started = time.perf_counter()
    check_target(out)
    engine = engine_named(plan.engine)
    book = CodifierBook.read(plan.codifiers)
    with stored_inputs(inputs, plan, progress) as (root, stored):
        read = time.perf_counter()

        def write(backend: Any) -> GapRun:
            with whole_directory(out) as folder:
                run = _write(folder, stored, backend, plan, book, progress)
                seconds = {"read_and_store": read - started, "map": time.perf_counter() - read}
                run = replace(run, out=out, seconds={name: round(s, 3) for name, s in seconds.items()})
                _write_run(folder / MARKER, run, stored, plan)
            return run

        return compute_on(engine, root, write)


# --- maps of a stored version


def paper_maps(
    version: DataVersion, engine: Any, plan: GapPlan, book: CodifierBook | None = None
) -> Iterator[PaperMap]:
    """The map of every paper of ``version`` that has items, in the order of their keys, one at a time."""
    papers = _papers(version, plan)
    contents = _contents(version, papers, plan, book or CodifierBook())
    blocks = common_blocks(contents)
    places = _places(version, engine, papers)

    def mapped(paper: Assessment) -> PaperMap:
        return _mapped(version, engine, plan, paper, contents[paper], blocks, places)

    # The sums of the classes of a country take 200 MB a paper.
    yield from ahead(mapped, papers, 1 if plan.needs_classes else _THREADS)


def _papers(version: DataVersion, plan: GapPlan) -> tuple[Assessment, ...]:
    """Papers up to the day asked for that have participants and items. Raises InputRefused (nothing-to-map)."""
    held = [
        entry
        for entry in version.manifest.assessments
        if plan.on is None or entry.assessment.last_day <= plan.on
    ]
    found = tuple(entry.assessment for entry in held if entry.participants and entry.items)
    if not found:
        raise InputRefused((Problem("nothing-to-map"),))
    return found


def _contents(
    version: DataVersion, papers: Sequence[Assessment], plan: GapPlan, book: CodifierBook
) -> dict[Assessment, PaperContent]:
    return {paper: book.content(paper, version.entry(paper).items, plan.skills_by) for paper in papers}


def _mapped(
    version: DataVersion, engine: Any, plan: GapPlan, assessment: Assessment, content: PaperContent,
    blocks: Sequence[CommonBlock], places: Places,
) -> PaperMap:  # fmt: skip
    extra = _block_places(blocks, assessment)
    reduced = reduce_paper(
        engine, version.scripts_path(assessment), len(content.items),
        skills=[*(skill.places for skill in content.skills), *extra], by_class=plan.needs_classes,
    )  # fmt: skip
    units = paper_units(reduced, places, plan.by)
    give_back()
    return PaperMap(assessment, content, units, plan.thresholds, plan.least_items, extra)


def _block_places(blocks: Sequence[CommonBlock], assessment: Assessment) -> tuple[tuple[int, ...], ...]:
    """The columns of a paper that other years are compared by: as the earlier paper, then as the later one."""
    earlier = tuple(block.earlier_places for block in blocks if block.earlier == assessment)
    return earlier + tuple(block.later_places for block in blocks if block.later == assessment)


def _places(version: DataVersion, engine: Any, papers: Sequence[Assessment]) -> Places:
    """Municipality of each school: the register's, else what its results say; regions by the keys of schools."""
    register = version.table("schools").select(["school_id", "municipality_id"]).to_pylist()
    known = {row["school_id"]: row["municipality_id"] for row in register if row["municipality_id"]}
    schools: set[str] = set()
    for paper in papers:
        scripts = engine.read_parquet(str(version.scripts_path(paper)))
        schools.update(engine.to_pyarrow(scripts.select("school_id").distinct())["school_id"].to_pylist())
    if schools - known.keys():
        known = {**municipalities(engine, version), **known}
    return Places.of(sorted(schools), known)


# --- the files


@dataclass(slots=True)
class _Files:
    """The open files of a run and how many rows went into each."""

    folder: Path
    stack: ExitStack
    streams: dict[str, CsvStream] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)

    def open(self, name: str, schema: pa.Schema) -> None:
        self.streams[name] = self.stack.enter_context(CsvStream(self.folder / name, schema.names))
        self.rows[name] = 0

    def append(self, name: str, table: pa.Table) -> None:
        self.write(name, table.num_rows, self.streams[name].bytes_of(table))

    def write(self, name: str, rows: int, text: bytes | pa.Buffer) -> None:
        self.streams[name].write(text)
        self.rows[name] += rows


_MAPS = {"gaps.csv": gap_tables.GAPS, "skills.csv": gap_tables.SKILLS}
_BESIDE = {
    "tests.csv": gap_tables.TESTS, "alpha.csv": gap_tables.ALPHA, "differences.csv": gap_tables.DIFFERENCES,
    "marks.csv": gap_tables.MARKS, "distribution.csv": gap_tables.DISTRIBUTION, "subscores.csv": gap_tables.SUBSCORES,
    "systemic.csv": gap_tables.SYSTEMIC, "years.csv": gap_tables.YEARS,
}  # fmt: skip


def _write(
    folder: Path, stored: Stored, engine: Any, plan: GapPlan, book: CodifierBook, progress: Progress
) -> GapRun:
    version = stored.version
    problems = stored.problems + data_problems(version, plan.on) + book.problems
    stage, tested = gettext("Карты затруднений"), 0
    papers = _papers(version, plan)
    years = _Years(common_blocks(_contents(version, papers, plan, book)), plan.by)
    pages, places = Pages(folder, plan.by, UnitNames.of(version)), PlacesSeen()
    with ExitStack() as stack:
        files = _Files(folder, stack)
        for name, schema in (_MAPS if plan.maps_only else {**_MAPS, **_BESIDE}).items():
            files.open(name, schema)
        progress(stage, 0, len(papers))
        for done, paper in enumerate(paper_maps(version, engine, plan, book), start=1):
            problems += paper.content.problems + paper_problems(paper)
            _write_map(files, paper, plan)
            if not plan.maps_only:
                tested += _write_beside(files, paper, version, engine, plan, years)
                pages.add(paper)
                places.add(paper)
            del paper  # before the next one is counted: the sums of a country are 200 MB
            give_back()
            progress(stage, done, len(papers))
    write_csv(folder / "problems.csv", problems_table(problems))
    pages.write()
    places.write(folder)
    return GapRun(folder, version.name, problems, dict(files.rows), tested, {}, pages.size)


def _write_map(files: _Files, paper: PaperMap, plan: GapPlan) -> None:
    """Pieces of the map, made in several threads and written in their order."""
    for tables in ahead(lambda span: _piece(files, paper, span, plan), paper.spans(), _THREADS):
        for name, rows, text in tables:
            files.write(name, rows, text)


def _piece(
    files: _Files, paper: PaperMap, span: slice, plan: GapPlan
) -> list[tuple[str, int, bytes | pa.Buffer]]:
    figures = paper.figures(span)
    tables = {"gaps.csv": gap_tables.gap_rows(paper, figures)}
    if paper.content.skills:
        tables["skills.csv"] = gap_tables.skill_rows(paper, figures)
    if not plan.maps_only:
        tables["tests.csv"] = gap_tables.paper_rows(paper, figures)
        tables["alpha.csv"] = gap_tables.alpha_rows(paper, figures)
        if paper.content.skills:
            tables["systemic.csv"] = gap_more.systemic_rows(paper, figures)
    return [(name, table.num_rows, files.streams[name].bytes_of(table)) for name, table in tables.items()]


def _write_beside(
    files: _Files, paper: PaperMap, version: DataVersion, engine: Any, plan: GapPlan, years: _Years
) -> int:
    """Everything but the map itself; how many differences were tested."""
    named = gap_more.difference_rows(paper)
    files.append("differences.csv", named.table)
    scripts = version.scripts_path(paper.assessment)
    files.append("marks.csv", gap_more.mark_rows(paper, reduce_marks(engine, scripts, paper.items)))
    counts = score_counts(engine, scripts, by_class=plan.by is Level.CLASS)
    files.append("distribution.csv", gap_more.distribution_rows(paper, counts))
    files.append("subscores.csv", gap_more.subscore_rows(paper))
    for table in years.rows(paper):
        files.append("years.csv", table)
    return named.tested


class _Years:
    """Blocks of papers seen, until their other year comes. Classes of two years are other children: not compared."""

    def __init__(self, blocks: Sequence[CommonBlock], level: Level) -> None:
        self.blocks = () if level is Level.CLASS else tuple(blocks)
        self.level = level
        self._seen: dict[tuple[CommonBlock, bool], gap_more.BlockShares] = {}

    def rows(self, paper: PaperMap) -> Iterator[pa.Table]:
        """The comparisons that this paper completes."""
        mine = [(block, True) for block in self.blocks if block.earlier == paper.assessment]
        mine += [(block, False) for block in self.blocks if block.later == paper.assessment]
        if not mine:
            return
        self._seen |= dict(zip(mine, gap_more.block_shares(paper), strict=True))
        for block, _ in mine:
            if (block, True) in self._seen and (block, False) in self._seen:
                earlier, later = self._seen.pop((block, True)), self._seen.pop((block, False))
                yield gap_more.year_rows(block, earlier, later, self.level)


# --- run.json


def _write_run(path: Path, run: GapRun, stored: Stored, plan: GapPlan) -> None:
    text = json.dumps(run_facts(run, stored, plan), ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def run_facts(run: GapRun, stored: Stored, plan: GapPlan) -> dict[str, Any]:
    """``run.json``: what was mapped, by which thresholds, and that nothing is suppressed."""
    return {
        "command": "gaps",
        "suppressed": False,
        "for": gettext(
            "Для аналитика: малые группы не скрыты, не публиковать. Карты классов — только для самой школы; "
            "результаты ВПР не оценивают учителей."
        ),
        "by": str(plan.by),
        "skills_by": str(plan.skills_by),
        **_limits(plan),
        "differences_tested": run.tested,
        "codifiers": [path.name for path in plan.codifiers],
        "data_version": run.version,
        "code_version": rostok.__version__,
        "assessments": [
            {"assessment": e.assessment.key, "rows": e.rows, "participants": e.participants, "items": len(e.items)}
            for e in stored.version.manifest.assessments
        ],
        "maps_page": run.page.pages > 0,
        "maps_pages": run.page.pages,
        "maps_reduced": run.page.reduced,
        "problems": problem_counts(run.problems),
        "rows": run.rows,
        "seconds": run.seconds,
    }  # fmt: skip


def _limits(plan: GapPlan) -> dict[str, Any]:
    """By which numbers verdicts were given, differences named and figures left out."""
    levels = plan.thresholds.levels.items()
    return {
        "least_items": plan.least_items,
        "thresholds": {level: {"enough": one.enough, "margin": one.margin} for level, one in levels},
        "least_answers": plan.thresholds.least_answers,
        "confidence": CONFIDENCE,
        "false_discovery_rate": statistics.FALSE_DISCOVERY_RATE,
        "least_for_correlation": statistics.MIN_FOR_CORRELATION,
        "least_group": statistics.MIN_GROUP,
        "least_schools": LEAST_SCHOOLS,
    }
