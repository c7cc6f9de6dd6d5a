"""``rostok table``: papers → one row per participant, with what a model of value added may need. Paper by paper.

A country over ten years is 25 million rows: a paper is read, given its columns and written in pieces of a row group,
and nothing of it is kept. What is kept is small: a mean per school and earlier paper, the context of schools.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import rostok
from rostok.pipeline.context_values import municipality_by_school
from rostok.pipeline.csv_files import CsvStream
from rostok.pipeline.modelling_context import SchoolContext
from rostok.pipeline.storing import ReadingPlan, stored_inputs
from rostok.schema.assessments import Assessment, Wave
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.store import DataVersion
from rostok.store.aside import problem_of
from rostok.store.engines import compute_on, engine_named
from rostok.store.manifest import StoredAssessment
from rostok.store.memory import give_back
from rostok.store.parquet import COMPRESSION, COMPRESSION_LEVEL, ROW_GROUP
from rostok.store.school_results import school_sums
from rostok.wording import gettext

COLUMNS: tuple[tuple[str, pa.DataType], ...] = (
    ("school_id", pa.string()), ("municipality_id", pa.string()), ("class", pa.string()), ("sex", pa.string()),
    ("kind", pa.string()), ("subject", pa.string()), ("grade", pa.int16()), ("year", pa.int16()), ("wave", pa.string()),
    ("raw_score", pa.int16()), ("percent_correct", pa.float64()), ("mark", pa.int8()), ("journal_mark", pa.int8()),
    ("cohort_prior_mean", pa.float64()),
)  # fmt: skip
NAMES = tuple(name for name, _ in COLUMNS)
_READ = ["school_id", "class_name", "sex", "participant", "raw_score", "mark", "journal_mark"]
_WORDS = ["school_id", "class_name", "sex"]
MOST_CELLS = 20_000_000  # of one piece
MOST_INDICATORS = 2_000
LAST_OF_BASIC = 9  # after it half of the children leave: who remains is another cohort
_ORDER = {Wave.AUTUMN: 0, Wave.SPRING: 1, Wave.RETAKES: 2}  # within a school year


@dataclass(frozen=True, slots=True)
class TablePlan(ReadingPlan):
    """How the files are read."""


@dataclass(frozen=True)
class TableRun:
    """What was written. ``priors``: paper → the earlier paper its prior means come from, None where there is none."""

    out: Path
    version: str
    rows: int
    columns: tuple[str, ...]
    priors: dict[str, str | None]
    problems: tuple[Problem, ...]


# --- the rows


@dataclass(frozen=True)
class ModellingTable:
    """The table of a stored version, to be taken paper by paper. ``schema`` is of every piece."""

    version: DataVersion
    context: SchoolContext
    municipalities: dict[str, str]
    priors: dict[Assessment, Assessment | None]
    means: dict[Assessment, tuple[pa.Array, pa.Array]]  # keys of schools and their percent correct

    @classmethod
    def of(cls, engine: Any, version: DataVersion) -> ModellingTable:
        """Raises InputRefused: table-papers-none where nobody wrote anything, table-too-wide."""
        entries = {one.assessment: one for one in version.manifest.assessments if one.participants}
        if not entries:
            raise InputRefused((Problem("table-papers-none"),))
        priors = {paper: prior_of(paper, tuple(entries)) for paper in entries}
        means = {}
        for prior in sorted({one for one in priors.values() if one is not None}, key=lambda one: one.key):
            maximum = entries[prior].raw_maximum
            if maximum:
                sums = school_sums(engine, version, prior)
                mean = pc.divide(pc.multiply(sums["total"], 100.0 / maximum), sums["n"])
                means[prior] = (sums["school_id"].combine_chunks(), mean.combine_chunks())
        context = SchoolContext.of(version.table("context"), NAMES)
        if len(context.names) > MOST_INDICATORS:
            values = {"columns": len(context.names), "most": MOST_INDICATORS}
            raise InputRefused((Problem("table-too-wide", values=values),))
        return cls(version, context, municipality_by_school(engine, version), priors, means)

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([*COLUMNS, *((name, pa.float64()) for name in self.context.names)])

    @property
    def papers(self) -> tuple[Assessment, ...]:
        return tuple(self.priors)

    def pieces(self, paper: Assessment) -> Iterator[pa.Table]:
        """Participants of a paper in the order they are stored, a row group at a time; context apart."""
        entry = self.version.entry(paper)
        with pq.ParquetFile(self.version.scripts_path(paper), read_dictionary=_WORDS) as file:
            for batch in file.iter_batches(self._step(), columns=_READ):
                rows = pa.table(batch)
                rows = rows.filter(rows["participant"])
                if rows.num_rows:
                    yield self._base(rows, entry)

    def _step(self) -> int:
        """Rows at once: fewer where the context has many columns."""
        return max(1, min(ROW_GROUP, MOST_CELLS // len(self.schema)))

    def _base(self, rows: pa.Table, entry: StoredAssessment) -> pa.Table:
        paper, schools = entry.assessment, rows["school_id"].cast(pa.string())
        count, maximum = rows.num_rows, entry.raw_maximum
        score = rows["raw_score"].cast(pa.float64())
        prior = self.priors[paper]
        columns = {
            "school_id": schools,
            "municipality_id": _by_school(rows["school_id"], self.municipalities),
            "class": rows["class_name"].cast(pa.string()),
            "sex": rows["sex"].cast(pa.string()),
            "kind": pa.repeat(str(paper.kind), count),
            "subject": pa.repeat(str(paper.subject), count),
            "grade": pa.repeat(pa.scalar(paper.grade, pa.int16()), count),
            "year": pa.repeat(pa.scalar(paper.year, pa.int16()), count),
            "wave": pa.repeat(str(paper.wave), count),
            "raw_score": rows["raw_score"],
            "percent_correct": pc.multiply(score, 100.0 / maximum) if maximum else pa.nulls(count, pa.float64()),
            "mark": rows["mark"],
            "journal_mark": rows["journal_mark"],
            "cohort_prior_mean": _looked_up(schools, *self.means[prior]) if prior in self.means else
            pa.nulls(count, pa.float64()),
        }  # fmt: skip
        return pa.table([columns[name] for name in NAMES], schema=pa.schema(COLUMNS))

    def tables(self) -> Iterator[pa.Table]:
        """The whole table in pieces, papers in the order of their keys, context as numbers."""
        for paper in self.papers:
            context = self.context.of_year(paper.school_year.start + 1)
            for base in self.pieces(paper):
                yield pa.table([*base.columns, *context.numbers(base["school_id"])], schema=self.schema)


def _by_school(schools: pa.ChunkedArray, known: dict[str, str]) -> pa.ChunkedArray:
    """Of each school once: a row group holds few."""
    words = schools.unique()
    found = pa.array([known.get(school) for school in words.cast(pa.string()).to_pylist()], pa.string())
    return found.take(pc.index_in(schools.cast(pa.string()), words.cast(pa.string())))


def _looked_up(schools: pa.ChunkedArray, keys: pa.Array, values: pa.Array) -> pa.ChunkedArray:
    return values.take(pc.index_in(schools, keys))


def prior_of(paper: Assessment, papers: Sequence[Assessment]) -> Assessment | None:
    """The latest earlier paper of the same children on the same subject; None where there is none.

    The same children: those of the year they entered the first grade, by school year and the grade they were in,
    whatever programme they wrote. Not across the end of grade 9. Retakes are of a few, so they are nobody's earlier
    paper. Of two at once (two kinds in one wave) the first by key.

    >>> from rostok.schema.assessments import Kind, Subject
    >>> def vpr(year, wave, grade):
    ...     return Assessment(Kind.VPR, year, wave, Subject.MATH, grade)
    >>> papers = [vpr(2020, Wave.AUTUMN, grade) for grade in (4, 5)] + [vpr(2021, Wave.SPRING, 4)]
    >>> prior_of(vpr(2021, Wave.SPRING, 5), papers).key, prior_of(vpr(2022, Wave.SPRING, 5), papers).key
    ('vpr/2020/autumn/math/4', 'vpr/2021/spring/math/4')
    """
    earlier = [
        one
        for one in papers
        if one.subject is paper.subject
        and one.generation == paper.generation
        and one.wave is not Wave.RETAKES
        and _moment(one) < _moment(paper)
        and (one.pupil_grade <= LAST_OF_BASIC) == (paper.pupil_grade <= LAST_OF_BASIC)
    ]
    if not earlier:
        return None
    latest = max(_moment(one) for one in earlier)
    return min((one for one in earlier if _moment(one) == latest), key=lambda one: one.key)


def _moment(paper: Assessment) -> tuple[int, int]:
    return paper.school_year.start, _ORDER[paper.wave]


# --- the file


class _Sink(Protocol):
    def write(self, base: pa.Table, context: Any) -> None: ...


class _CsvSink:
    """Context is spelt once per school: most of the columns are context, and it stands in every row of a school."""

    def __init__(self, stream: CsvStream) -> None:
        self._stream = stream

    def write(self, base: pa.Table, context: Any) -> None:
        columns = [*base.columns, *context.texts(base["school_id"])]
        self._stream.append(pa.table(columns, names=list(self._stream.names)))


class _ParquetSink:
    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer, self._schema = writer, schema

    def write(self, base: pa.Table, context: Any) -> None:
        columns = [*base.columns, *context.numbers(base["school_id"])]
        self._writer.write_table(pa.table(columns, schema=self._schema))


def modelling_table(
    inputs: Sequence[Path], *, out: Path, plan: TablePlan | None = None, progress: Progress = silent
) -> TableRun:
    """Write the table of ``inputs`` to the file ``out`` (.csv or .parquet), whole or not at all. Raises InputRefused.

    An earlier table of ours at ``out`` is replaced; anything else there is refused.
    """
    plan = plan or TablePlan()
    _check_target(out)
    engine = engine_named(plan.engine)
    with stored_inputs(inputs, plan, progress) as (root, stored):
        version = stored.version
        table = compute_on(engine, root, lambda backend: ModellingTable.of(backend, version))
        schema = table.schema.with_metadata({"rostok": rostok.__version__, "data_version": version.name})
        stage, rows = gettext("Таблица участников"), 0
        progress(stage, 0, len(table.papers))
        with _opened(out, schema) as sink:
            for done, paper in enumerate(table.papers, start=1):
                context = table.context.of_year(paper.school_year.start + 1)
                for base in table.pieces(paper):
                    sink.write(base, context)
                    rows += base.num_rows
                give_back()
                progress(stage, done, len(table.papers))
    priors = {paper.key: None if prior is None else prior.key for paper, prior in table.priors.items()}
    problems = (*stored.problems, *_problems(table))
    return TableRun(out, version.name, rows, tuple(schema.names), priors, problems)


def _problems(table: ModellingTable) -> tuple[Problem, ...]:
    return tuple(
        Problem("table-column-renamed", column=code, value=name)
        for code, name in table.context.renamed.items()
    )


def _check_target(out: Path) -> None:
    """Is the name one of a table, and is what stands there ours?"""
    if out.suffix.lower() not in (".csv", ".parquet"):
        raise InputRefused((Problem("table-suffix-unknown", file=out.name),))
    if out.exists() and not _is_ours(out):
        raise InputRefused((Problem("output-not-ours", file=str(out)),))


def _is_ours(path: Path) -> bool:
    """An earlier table: its first columns say so."""
    if not path.is_file():
        return False
    try:
        if path.suffix.lower() == ".parquet":
            return tuple(pq.read_schema(path).names[: len(NAMES)]) == NAMES
        with path.open(encoding="utf-8") as stream:
            return tuple(stream.readline().rstrip("\n").split(","))[: len(NAMES)] == NAMES
    except (OSError, UnicodeDecodeError, pa.ArrowInvalid):
        return False


@contextmanager
def _opened(out: Path, schema: pa.Schema) -> Iterator[_Sink]:
    """A file beside ``out`` that takes its place when the block ends without an error."""
    out = out.absolute()
    aside: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent)) / out.name
        with _writing(aside, schema) as sink:
            yield sink
        aside.replace(out)
    except OSError as error:
        raise InputRefused((problem_of(error, out),)) from error
    finally:
        if aside is not None:
            aside.unlink(missing_ok=True)
            aside.parent.rmdir()


@contextmanager
def _writing(path: Path, schema: pa.Schema) -> Iterator[_Sink]:
    if path.suffix.lower() == ".csv":
        with CsvStream(path, schema.names) as stream:
            yield _CsvSink(stream)
        return
    with pq.ParquetWriter(
        path, schema, compression=COMPRESSION, compression_level=COMPRESSION_LEVEL
    ) as writer:
        yield _ParquetSink(writer, schema)
