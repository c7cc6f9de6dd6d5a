"""Can the results be trusted: input files or a stored version → markers.csv, schools.csv, region.csv.

``objectivity`` is the whole job; ``examine_version`` gives the same as tables in memory, for notebooks and for the
report. What identification does with the schools of the list stands in ``objectivity_lists``. These are files for an
analyst: nothing in them is suppressed.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

import rostok
from rostok.pipeline.ahead import ahead
from rostok.pipeline.csv_files import CsvStream, write_csv
from rostok.pipeline.objectivity_effects import SchoolFacts, school_facts
from rostok.pipeline.objectivity_papers import Classes, PaperCounts, SchoolList, paper_counts
from rostok.pipeline.objectivity_region import excess_table, region_table
from rostok.pipeline.objectivity_tables import (
    MARKER_COLUMNS,
    Level,
    Row,
    Tally,
    absent_rows,
    changed,
    described,
    marker_table,
    school_table,
)
from rostok.pipeline.outputs import problem_counts, problems_table
from rostok.pipeline.storing import DatedPlan, Stored, stored_inputs
from rostok.pipeline.swap import MARKER, check_target, whole_directory
from rostok.schema.assessments import Assessment
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.statistics.objectivity.limits import LEAST_SCHOOLS, RATE
from rostok.statistics.objectivity.participation import absences
from rostok.store import DataVersion
from rostok.store.engines import compute_on, engine_named
from rostok.store.score_reductions import class_sums
from rostok.wording import gettext

if TYPE_CHECKING:
    from rostok.statistics.objectivity.battery import Battery, Examined

Floats = NDArray[np.float64]

_THREADS = 2


@dataclass(frozen=True, slots=True)
class ObjectivityPlan(DatedPlan):
    """``rate``: expected share of wrong schools in the list; ``tests`` False: the descriptive markers alone.

    Raises ValueError for a rate that is not between 0 and 1.
    """

    rate: float = RATE
    tests: bool = True

    def __post_init__(self) -> None:
        if not 0 < self.rate < 1:
            raise ValueError(f"a rate of false discoveries lies between 0 and 1, not {self.rate}")


@dataclass(frozen=True)
class Examination:
    """What was found, as tables: ``markers`` (empty when they went straight to a file), ``schools``, ``region``.

    ``papers``: those examined. ``excess``: school_id, assessment, excess — works at the least score that passes,
    above what is expected; of schools on the list only.
    """

    markers: pa.Table
    schools: pa.Table
    region: pa.Table
    excess: pa.Table
    papers: tuple[Assessment, ...]
    problems: tuple[Problem, ...]

    @property
    def flagged(self) -> tuple[str, ...]:
        """Schools on the list, ascending."""
        chosen = self.schools.filter(pc.fill_null(self.schools["flagged"], False))
        return tuple(chosen["school_id"].to_pylist())

    def figure(self, indicator: str) -> float | None:
        """A number of ``region``; None where it is not there."""
        found = self.region.filter(pc.equal(self.region["indicator"], indicator))["value"].to_pylist()
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class ObjectivityRun:
    """What was done: the list in numbers, and where it stands.

    ``marked`` schools have an official marker, of the ``asked`` that wrote papers of the official list.
    """

    out: Path
    version: str
    problems: tuple[Problem, ...]
    schools: int
    asked: int
    marked: int
    tested: int
    flagged: int
    seconds: dict[str, float]


def objectivity(
    inputs: Sequence[Path], *, plan: ObjectivityPlan, out: Path, progress: Progress = silent
) -> ObjectivityRun:
    """Read ``inputs`` and write markers, schools and region into the folder ``out``, whole or not at all.

    Raises InputRefused as ``analyse`` does, and (nothing-to-examine) where the data hold no scores of pupils.
    """
    started = time.perf_counter()
    check_target(out)
    engine = engine_named(plan.engine)
    with stored_inputs(inputs, plan, progress) as (root, stored):
        read = time.perf_counter()

        def write(backend: Any) -> ObjectivityRun:
            with whole_directory(out) as folder:
                examination = _write_markers(folder, stored, backend, plan, progress)
                seconds = {"read_and_store": read - started, "examine": time.perf_counter() - read}
                run = _run(out, stored, examination, {n: round(s, 3) for n, s in seconds.items()})
                _write_rest(folder, run, examination, stored, plan)
            return run

        return compute_on(engine, root, write)


def examine_version(
    version: DataVersion, engine: Any, plan: ObjectivityPlan | None = None, progress: Progress = silent
) -> Examination:
    """The same in memory. ``engine``: a backend, as ``rostok.store.engines.duckdb_engine`` gives."""
    kept: list[pa.Table] = []
    found = _examined(version, engine, plan or ObjectivityPlan(), kept.append, progress)
    plain = [_decoded(table) for table in kept]
    return replace(found, markers=pa.concat_tables(plain))


def _decoded(table: pa.Table) -> pa.Table:
    """Without dictionaries, which differ from table to table."""
    columns = [
        column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column
        for column in table.columns
    ]
    decoded = pa.table(columns, names=table.column_names)
    return decoded.cast(_plain(decoded.schema))


def _plain(schema: pa.Schema) -> pa.Schema:
    """With one type of number."""
    kinds = [pa.float64() if pa.types.is_decimal(f.type) else f.type for f in schema]
    return pa.schema(list(zip(schema.names, kinds, strict=True)))


# --- the work


@dataclass(frozen=True)
class _Data:
    """What is examined: papers up to the day asked for, all their schools, the classes of each paper."""

    version: DataVersion
    engine: Any
    plan: ObjectivityPlan
    papers: tuple[Assessment, ...]
    schools: SchoolList
    classes: Mapping[Assessment, Classes]

    @classmethod
    def of(cls, version: DataVersion, engine: Any, plan: ObjectivityPlan) -> _Data:
        papers = _papers(version, plan.on)
        summed = ahead(lambda paper: class_sums(engine, version, paper), papers, _THREADS)
        tables = dict(zip(papers, summed, strict=True))
        schools = SchoolList.of(tables.values())
        classes = {paper: Classes.of(table, schools) for paper, table in tables.items()}
        return cls(version, engine, plan, papers, schools, classes)

    def counts(self) -> Iterator[PaperCounts]:
        """Of one paper after another, so that a country's counts never stand in memory together."""

        def counted(paper: Assessment) -> PaperCounts:
            return paper_counts(self.version, self.engine, paper, self.schools, self.classes[paper])

        return ahead(counted, self.papers, threads=1)


@dataclass
class _Seen:
    """What of the papers is still needed when they have passed."""

    levels: list[Level] = field(default_factory=list)
    examined: list[tuple[Assessment, Examined]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def _examined(
    version: DataVersion, engine: Any, plan: ObjectivityPlan, take: Callable[[pa.Table], None], progress: Progress
) -> Examination:  # fmt: skip
    """The whole work; ``take`` gets the rows of markers, table by table."""
    data = _Data.of(version, engine, plan)
    tally = Tally(len(data.schools))

    def give(rows: Iterable[Row]) -> None:
        for row in rows:
            tally.add(row)
            take(marker_table(row, data.schools))

    stage, steps = gettext("Объективность"), len(data.papers) + 1
    progress(stage, 0, steps)
    seen = _Seen()
    for done, counted in enumerate(data.counts(), start=1):
        give(described(counted, data.schools.region))
        _look(data, counted, seen)
        progress(stage, done, steps)
    facts = school_facts(version, data.schools, _mean_participants(seen.levels))
    give(changed(seen.levels, data.schools.region))
    give(_absent(version, seen.levels, data.classes, facts))
    result = _tested(seen, len(data.schools), plan, give) if plan.tests else None
    progress(stage, steps, steps)
    return Examination(
        markers=pa.table({}), schools=school_table(data.schools, tally, result),
        region=region_table(tally, result, seen.examined, facts, plan.rate),
        excess=excess_table(seen.examined, result, data.schools),
        papers=data.papers, problems=tuple(seen.problems),
    )  # fmt: skip


def _look(data: _Data, counted: PaperCounts, seen: _Seen) -> None:
    """Keep of a paper what later steps need, and why a procedure can say nothing of it."""
    paper = counted.assessment
    seen.levels.append(Level(paper, counted.percent, counted.counts.sum(axis=1).astype(float)))
    seen.problems += _limits(counted, data.version)
    if data.plan.tests:
        # Loaded when asked for: the libraries of the tests cost the descriptive markers a second.
        from rostok.pipeline.objectivity_tests import examine_paper

        seen.examined.append((paper, examine_paper(data.version, data.engine, counted, data.schools)))


def _papers(version: DataVersion, on: dt.date | None) -> tuple[Assessment, ...]:
    """Papers up to the day asked for that have participants with scores."""
    entries = version.manifest.assessments
    held = [entry for entry in entries if on is None or entry.assessment.last_day <= on]
    found = tuple(e.assessment for e in held if e.participants and "raw_score" in e.filled)
    if not found:
        raise InputRefused((Problem("nothing-to-examine"),))
    return found


def _tested(
    seen: _Seen, schools: int, plan: ObjectivityPlan, give: Callable[[Iterable[Row]], None]
) -> Battery:
    from rostok.pipeline.objectivity_tests import battery, carrying, tested

    result = battery([one for _, one in seen.examined], schools, plan.rate)
    for (paper, _), figures in zip(seen.examined, result.by_paper, strict=True):
        give(tested(paper, figures))
    give(tested(None, result.pooled, carrying(result)))
    return result


def _mean_participants(levels: Sequence[Level]) -> Floats:
    """Over the papers a school wrote."""
    table = np.stack([level.pupils for level in levels])
    return np.asarray(table.sum(axis=0) / np.maximum((table > 0).sum(axis=0), 1))


def _absent(
    version: DataVersion, levels: Sequence[Level], classes: Mapping[Assessment, Classes], facts: SchoolFacts
) -> list[Row]:
    """Absences of the papers whose source says who was absent."""
    rows = []
    for level in levels:
        if version.entry(level.assessment).absent is not None:
            absent = classes[level.assessment].absent
            listed = level.pupils + absent
            found = absences(absent, listed, facts.design())
            rows.append(absent_rows(level.assessment, np.nan_to_num(listed), found))
    return rows


# --- what could not be done


def _limits(paper: PaperCounts, version: DataVersion) -> list[Problem]:
    """Why some procedure cannot say anything of this paper."""
    said = {"assessment": paper.assessment.label}
    found = []
    if not paper.bounds:
        found.append(Problem("objectivity-no-bounds", values=said))
    if not version.entry(paper.assessment).items:
        found.append(Problem("objectivity-no-items", values=said))
    if not paper.has_journal:
        found.append(Problem("objectivity-no-journal", values=said))
    wrote = int((paper.counts.sum(axis=1) > 0).sum())
    if wrote < LEAST_SCHOOLS:
        found.append(
            Problem("objectivity-few-schools", values={**said, "schools": wrote, "least": LEAST_SCHOOLS})
        )
    return found


# --- the files


def _write_markers(
    folder: Path, stored: Stored, engine: Any, plan: ObjectivityPlan, progress: Progress
) -> Examination:
    with CsvStream(folder / "markers.csv", MARKER_COLUMNS) as stream, _beside(stream.append) as take:
        return _examined(stored.version, engine, plan, take, progress)


_WAITING = 3  # tables of one marker that may wait for the disk


@contextmanager
def _beside(write: Callable[[pa.Table], None]) -> Iterator[Callable[[pa.Table], None]]:
    """Writes in another thread and in order, while the next paper is computed; raises what writing raised."""
    waiting: deque[Future[None]] = deque()
    with ThreadPoolExecutor(1) as thread:

        def take(table: pa.Table) -> None:
            waiting.append(thread.submit(write, table))
            while len(waiting) > _WAITING:
                waiting.popleft().result()

        yield take
        for left in waiting:
            left.result()


def _run(out: Path, stored: Stored, found: Examination, seconds: dict[str, float]) -> ObjectivityRun:
    schools = found.schools
    return ObjectivityRun(
        out, stored.version.name, stored.problems + found.problems, schools.num_rows,
        asked=int(found.figure("official.schools") or 0), marked=int(found.figure("official.marked") or 0),
        tested=schools.num_rows - schools["q_value"].null_count, flagged=len(found.flagged), seconds=seconds,
    )  # fmt: skip


def _write_rest(
    folder: Path, run: ObjectivityRun, found: Examination, stored: Stored, plan: ObjectivityPlan
) -> None:
    write_csv(folder / "schools.csv", found.schools)
    write_csv(folder / "region.csv", found.region)
    write_csv(folder / "problems.csv", problems_table(run.problems))
    text = json.dumps(run_facts(run, found, stored, plan), ensure_ascii=False, indent=1, sort_keys=True)
    (folder / MARKER).write_text(text + "\n", encoding="utf-8")


def run_facts(
    run: ObjectivityRun, found: Examination, stored: Stored, plan: ObjectivityPlan
) -> dict[str, Any]:
    """``run.json``: what was examined, at which rate, and that nothing is suppressed."""
    return {
        "command": "objectivity",
        "suppressed": False,
        "for": gettext(
            "Для аналитика: малые группы не скрыты, не публиковать. Признак — повод посмотреть, а не вывод о школе."
        ),
        "rate": plan.rate,
        "tests": plan.tests,
        "data_version": run.version,
        "code_version": rostok.__version__,
        "assessments": [paper.key for paper in found.papers],
        "files": [{"file": s.file, "sha256": s.sha256, "rows": s.rows, "used": s.used}
                  for s in stored.version.manifest.sources],
        "problems": problem_counts(run.problems),
        "schools": {"all": run.schools, "official_papers": run.asked, "official_markers": run.marked,
                    "tested": run.tested, "flagged": run.flagged},
        "seconds": run.seconds,
    }  # fmt: skip
