"""Another intake of the same schools, through the methodology: how firm a verdict is, what chance would list.

``statistics.intake`` draws counts, the methodology's own rules judge them: nothing here knows a threshold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.methodology import Evaluation, Methodology
from rostok.methodology.dependencies import constant
from rostok.methodology.nodes import (
    COUNTING_UNITS,
    COUNTS,
    SCHOOL_ATTRIBUTES,
    SCHOOL_NAMES,
    AtLeast,
    Bands,
    Context,
    Formula,
    Parent,
    Shrunken,
    When,
)
from rostok.pipeline.counting_judge import LARGEST, CountingJudge, decides_by_counting
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.schema.progress import Progress, silent
from rostok.statistics import intake
from rostok.statistics.chance import Band, by_size, of_all_sizes
from rostok.statistics.firmness import probability
from rostok.wording import gettext

_SIMULATED = "below"
_ROWS_AT_A_TIME = 500_000  # of replicates that are judged together where windows over schools are needed
_OF_THE_SCHOOL = {
    "school_id",
    "class_concentration",
    *COUNTS,
}  # every other column of a cell is of the assessment


@dataclass(frozen=True)
class Intakes:
    """Per school, in the order of ``schools``: probability of the same verdict (NaN where the verdict is
    unknown), pooled share with interval; and the listings that chance alone would give."""

    schools: tuple[str, ...]
    probability: NDArray[np.float64]
    pooled: intake.Pooled
    draws: int
    chance: Chance | None = None
    seed: int = intake.SEED


@dataclass(frozen=True)
class Chance:
    """Listings if every school had the region's rates: by size and in all.

    ``pupils``: only which pupils came varies. ``children``: which cohort and classes came varies too, so that a
    strong and a weak year of one school count as chance; ``None`` where that was not asked. ``persisting``: the
    share 0–1 of the variance between schools that other children of the same school repeat; ``persisting_known``:
    the data had their say in it.
    """

    pupils: tuple[Band, ...]
    pupils_total: Band
    children: tuple[Band, ...]
    children_total: Band
    persisting: float = float("nan")
    persisting_known: bool = False


def simulate(
    evaluation: Evaluation,
    engine: Any,
    *,
    verdicts: pa.Table,
    class_counts: pa.Table | None = None,
    draws: int,
    with_chance: bool = True,
    progress: Progress = silent,
) -> Intakes | None:
    """Run ``draws`` other intakes of every school through the verdict of ``evaluation``.

    None when no cell has participants and a known count below the threshold: nothing to draw from.

    ``verdicts``: school_id and verdict (``true``, ``false``, ``unknown``) as computed from the real counts.
    ``class_counts``: CLASS_FACTS of the same assessments, for the dependence within classes. ``with_chance``:
    also the listings by chance, which only the report shows.
    """
    frame = _CellFrame.of(engine.to_pyarrow(evaluation.base_cells))
    if not frame.cells.usable.any():
        return None
    components = intake.fit(frame.cells, frame.classes(class_counts))
    judge = _judge(evaluation, engine, frame)
    stage = gettext("Устойчивость вывода")
    count = len(frame.schools)
    same = _counted(judge, intake.replicates(frame.cells, components, draws=draws), count, progress, stage)
    order = {school: index for index, school in enumerate(frame.schools)}
    said = np.full(count, -1, dtype=np.int64)
    for school, verdict in zip(
        verdicts["school_id"].to_pylist(), verdicts["verdict"].to_pylist(), strict=True
    ):
        if school in order:
            said[order[school]] = {"true": 0, "false": 1}.get(verdict, -1)
    known = said >= 0
    firm = np.full(count, np.nan)
    firm[known] = probability(same[known, said[known]], draws)
    asks_chance = with_chance and evaluation.methodology.low_results
    chance = _chance(judge, frame, components, said == 0, draws, progress) if asks_chance else None
    return Intakes(frame.schools, firm, intake.pooled(frame.cells, components), draws, chance)


def _chance(
    judge: Judge,
    frame: _CellFrame,
    components: intake.Components,
    listed: NDArray[np.bool_],
    draws: int,
    progress: Progress,
) -> Chance:
    size, found = frame.mean_participants(), list[Any]()
    passes = (
        (False, gettext("Случайные попадания: ученики")),
        (True, gettext("Случайные попадания: ученики и годы набора")),
    )
    for cohorts, stage in passes:
        drawn = intake.chance(frame.cells, components, draws=draws, cohorts=cohorts)
        share = _counted(judge, drawn, len(frame.schools), progress, stage)[:, 0] / draws
        found += [by_size(size, share, listed), of_all_sizes(size, share, listed)]
    known = "school" not in components.assumed
    pupils, pupils_total, children, children_total = found
    return Chance(pupils, pupils_total, children, children_total, components.persisting, known)


class Judge(Protocol):
    """Says how many replicates of each unit of a chunk give true and false."""

    @property
    def compares_schools(self) -> bool: ...

    def tally(self, drawn: intake.Replicates) -> tuple[NDArray[np.int64], NDArray[np.int64]]: ...


@dataclass(frozen=True)
class _CellFrame:
    """Cells of the evaluation as the model wants them; row i of ``table`` is entry i of ``cells``."""

    table: pa.Table
    schools: tuple[str, ...]
    assessments: tuple[Assessment, ...]
    cells: intake.Cells
    labels: pa.Table  # one row per assessment: the columns of a cell that do not depend on the school

    @classmethod
    def of(cls, table: pa.Table) -> _CellFrame:
        keys = ["school_id", "year", "wave", "kind", "subject", "grade"]
        table = table.sort_by([(name, "ascending") for name in keys])
        encoded = table["school_id"].combine_chunks().dictionary_encode()
        names = [name for name in table.column_names if name not in _OF_THE_SCHOOL]
        labels = table.group_by(names).aggregate([])
        labels = labels.sort_by(
            [(name, "ascending") for name in ("year", "wave", "kind", "subject", "grade")]
        )
        labels = labels.append_column("assessment", pa.array(range(labels.num_rows), pa.int64()))
        assessments = tuple(_assessment(row) for row in labels.to_pylist())
        joined = table.append_column("_row", pa.array(range(table.num_rows))).join(labels, names)
        index = joined.sort_by("_row")["assessment"].to_numpy()
        cells = intake.Cells.of(
            assessments,
            unit=encoded.indices.to_numpy(),
            assessment=index,
            participants=_numbers(table, "participants", 0.0),
            under_minimum=_numbers(table, _SIMULATED, np.nan),
            class_concentration=_numbers(table, "class_concentration", np.nan),
        )
        return cls(table, tuple(encoded.dictionary.to_pylist()), assessments, cells, labels)

    def classes(self, counts: pa.Table | None) -> intake.ClassCells | None:
        """Counts by class, as far as the cell is one assessment (joined exams have no classes)."""
        if counts is None or counts.num_rows == 0:
            return None
        keys = pa.table(
            {"key": [a.key for a in self.assessments], "assessment_index": range(len(self.assessments))}
        )
        cells = pa.table({
            "school_id": self.table["school_id"], "assessment_index": self.cells.assessment,
            "_cell": range(len(self.cells)),
        })  # fmt: skip
        known = counts.filter(pc.is_valid(counts["under_minimum"])).join(keys, "assessment", "key", "inner")
        known = known.join(cells, ["school_id", "assessment_index"], join_type="inner")
        known = known.sort_by([("_cell", "ascending"), ("class_name", "ascending")])
        return intake.ClassCells(
            known["_cell"].to_numpy(),
            _numbers(known, "participants", 0.0),
            _numbers(known, "under_minimum", 0.0),
        )

    def mean_participants(self) -> NDArray[np.float64]:
        """Participants per paper the school wrote; 0 for a school that wrote none."""
        wrote = self.cells.participants > 0
        papers = np.bincount(self.cells.unit[wrote], minlength=len(self.schools))
        total = np.bincount(self.cells.unit, self.cells.participants, minlength=len(self.schools))
        return np.asarray(total / np.maximum(papers, 1))


def _assessment(row: dict[str, Any]) -> Assessment:
    return Assessment(
        Kind(row["kind"]),
        row["year"],
        Wave(row["wave"]),
        Subject(row["subject"]),
        row["grade"],
        row["pupil_grade"],
    )


def _numbers(table: pa.Table, name: str, missing: float) -> NDArray[np.float64]:
    column = pc.fill_null(table[name].cast(pa.float64()), missing)
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _judge(evaluation: Evaluation, engine: Any, frame: _CellFrame) -> Judge:
    if decides_by_counting(evaluation) and frame.cells.participants.max(initial=0) <= LARGEST:
        return CountingJudge(evaluation, engine, frame.cells)
    return _Judge(evaluation, engine, frame)


class _Judge:
    """Verdicts of simulated units: the methodology's rules over cells whose school is a unit number."""

    def __init__(self, evaluation: Evaluation, engine: Any, frame: _CellFrame) -> None:
        self._evaluation, self._engine, self.frame = evaluation, engine, frame
        names = _labels_read(evaluation, frame.labels.column_names[:-1])
        self._labels = {name: _compact(frame.labels[name]) for name in names}
        needed = evaluation.methodology.needed()
        self.compares_schools = any(
            isinstance(item, Parent | Shrunken) and item.name in needed
            for item in evaluation.methodology.indicators
        )
        self._fixed = _fixed_columns(evaluation, engine, frame.schools)

    def tally(self, drawn: intake.Replicates) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Units of the chunk → (schools × 2) numbers of replicates that say true and false."""
        cells = self._given("simulated_cells", self._units(drawn))
        verdicts = self._with_units(drawn).verdicts_of(cells)
        school = (verdicts.school_id // drawn.draws).cast("int64").name("school")
        counted = verdicts.group_by(school).agg(
            yes=verdicts.verdict.sum().fill_null(0).cast("int64"),
            no=(~verdicts.verdict).sum().fill_null(0).cast("int64"),
        )
        said = self._engine.to_pyarrow(counted)
        return said["school"].to_numpy(), np.stack([said["yes"].to_numpy(), said["no"].to_numpy()], axis=1)

    def _with_units(self, drawn: intake.Replicates) -> Evaluation:
        """The evaluation with attributes, context and lists of the schools under the numbers of their units."""
        if self._fixed is None:
            return self._evaluation
        schools = np.unique(drawn.unit)
        units = (schools[:, None] * drawn.draws + np.arange(drawn.draws)).ravel()
        rows = self._fixed.take(pa.array(np.repeat(schools, drawn.draws)))
        table = self._given("simulated_schools", rows.append_column("school_id", pa.array(units)))
        return replace(self._evaluation, frame=replace(self._evaluation.frame, table=table))

    def _given(self, name: str, table: pa.Table) -> Any:
        """A table of this chunk on the engine, in the place of the last one: memory tables would pile up."""
        return self._engine.create_table(name, table, temp=True, overwrite=True)

    def _units(self, drawn: intake.Replicates) -> pa.Table:
        units, assessment, below = drawn.long()
        index = pa.array(assessment)
        columns = {name: values.take(index) for name, values in self._labels.items()}
        participants = np.repeat(self._participants(drawn), drawn.draws).astype(np.int32)
        columns |= {
            "school_id": pa.array(units),
            "participants": pa.array(participants),
            _SIMULATED: pa.array(below, mask=below == intake.UNKNOWN),
        }
        return pa.table(columns)

    def _participants(self, drawn: intake.Replicates) -> NDArray[np.float64]:
        """Participants of each cell of the chunk, which holds whole schools in the frame's own order."""
        cells = self.frame.cells
        start = int(np.searchsorted(cells.unit, drawn.unit[0])) if drawn.unit.size else 0
        return cells.participants[start : start + drawn.unit.size]


def _labels_read(evaluation: Evaluation, names: list[str]) -> list[str]:
    """The labels of a cell that the verdict reads; all of them where cells are paired, merged or dated."""
    methodology, needed = evaluation.methodology, evaluation.methodology.needed()
    for definition in methodology.ordered:
        plain = isinstance(definition, Formula | When) or (
            isinstance(definition, AtLeast)
            and not definition.each_year
            and (
                definition.count_by is None
                or constant(definition.count_by, evaluation.values) == COUNTING_UNITS[0]
            )
        )
        if definition.name in needed and not plain:
            return names
    return [name for name in names if name in needed]


def _compact(column: pa.ChunkedArray) -> pa.Array:
    """A label column for millions of rows: texts as a dictionary."""
    array = column.combine_chunks()
    return array.dictionary_encode() if pa.types.is_string(array.type) else array


def _fixed_columns(evaluation: Evaluation, engine: Any, schools: tuple[str, ...]) -> pa.Table | None:
    """What a verdict may read of a school beside its cells, one row per school of ``schools``; None if nothing."""
    methodology, frame = evaluation.methodology, evaluation.frame
    context = [item.name for item in methodology.indicators if isinstance(item, Context)]
    names = [*SCHOOL_ATTRIBUTES, *SCHOOL_NAMES, *context, *frame.assigned.values()]
    names = [name for name in dict.fromkeys(names) if name in frame.table.columns]
    if not _reads_schools(methodology, names):
        return None
    table = engine.to_pyarrow(frame.table.select("school_id", *names))
    rows = pc.index_in(pa.array(schools), table["school_id"].combine_chunks())
    return table.take(rows).drop_columns("school_id")


def _reads_schools(methodology: Methodology, columns: Sequence[str]) -> bool:
    """Does the verdict read any of these columns, by name or by what lists, kinds of school and municipalities say?"""
    needed = methodology.needed()
    unnamed = any(
        item.by_kind if isinstance(item, Bands) else isinstance(item, Parent) and item.level == "municipality"
        for item in methodology.indicators
        if item.name in needed
    )
    return bool(needed & set(columns)) or bool(methodology.asked_categories) or unnamed


def _counted(
    judge: Judge, chunks: Iterable[intake.Replicates], schools: int, progress: Progress, stage: str
) -> NDArray[np.int64]:
    """(schools × 2) numbers of replicates that say true and false."""
    found = np.zeros((schools, 2), dtype=np.int64)
    pieces = _by_draws(chunks) if judge.compares_schools else chunks
    progress(stage, 0, schools)
    for drawn in pieces:
        if drawn.unit.size:
            units, tallies = judge.tally(drawn)
            found[units] += tallies
            progress(stage, int(drawn.unit[-1]) + 1, schools)
    return found


def _by_draws(chunks: Iterable[intake.Replicates]) -> Iterator[intake.Replicates]:
    """The same replicates with all schools in every piece, for verdicts that compare a school with the region."""
    parts = [chunk for chunk in chunks if chunk.unit.size]
    unit = np.concatenate([part.unit for part in parts]) if parts else np.empty(0, np.int64)
    assessment = np.concatenate([part.assessment for part in parts]) if parts else unit
    counts = np.concatenate([part.under_minimum for part in parts]) if parts else np.empty((0, 0), np.int32)
    step = max(1, _ROWS_AT_A_TIME // max(unit.size, 1))
    for start in range(0, counts.shape[1], step):
        yield intake.Replicates(unit, assessment, counts[:, start : start + step])
