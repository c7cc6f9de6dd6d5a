"""A data version and a methodology → tables of results: the second half of the pipeline."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from rostok.methodology import Evaluation, FactTables, Methodology, evaluate
from rostok.methodology.absences import assume_absent
from rostok.methodology.held import notes as notes_on_held
from rostok.methodology.nodes import COUNTS, Context
from rostok.schema.assessments import Assessment
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.schema.tables import CLASS_FACTS, FACTS
from rostok.store import DataVersion
from rostok.store.engines import materialise
from rostok.store.reductions import Reduction, forget_classes, municipalities, reduce_version, to_arrow
from rostok.wording import DASH, date_long, gettext

if TYPE_CHECKING:
    from rostok.pipeline.intakes import Intakes

MOST_SCHOOLS_WITH_CLASSES = 5_000  # about a hundred thousand classes


@dataclass(frozen=True)
class Calculation:
    """Everything computed, as Arrow tables in a fixed order of rows; not yet worded.

    ``results``, ``cells``, ``indicators``, ``rules``, ``held`` are those of ``Evaluation``. ``bounds``: school_id,
    all_below, all_above (verdict words). ``register`` has one row per school of ``results``.
    """

    methodology: Methodology
    on: dt.date
    evaluation: Evaluation
    register: pa.Table
    results: pa.Table
    cells: pa.Table
    indicators: pa.Table
    rules: pa.Table
    held: pa.Table
    categories: pa.Table
    bounds: pa.Table | None = None
    intakes: Intakes | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


def calculate(
    version: DataVersion,
    methodology: Methodology,
    engine: Any,
    *,
    on: dt.date | None = None,
    draws: int = 256,
    with_chance: bool = True,
    progress: Progress = silent,
) -> Calculation:
    """Judge every school of ``version``; ``draws`` = 0 leaves firmness out.

    Raises InputRefused (nothing-to-compute) when the data hold nothing the methodology looks at.
    """
    reduced = Reduced.of(version, methodology, engine, on)
    calculation = reduced.judged(methodology, progress)
    if not draws:
        return calculation
    return reduced.with_firmness(calculation, draws=draws, with_chance=with_chance, progress=progress)


@dataclass
class Reduced:
    """A data version reduced for one day: any methodology of the same assessments can judge it, one after another.

    A calculation must be made and used before the next one: their tables on the engine bear the same names.
    """

    version: DataVersion
    engine: Any
    reduction: Reduction
    on: dt.date
    _class_counts: pa.Table | None = None

    @classmethod
    def of(cls, version: DataVersion, methodology: Methodology, engine: Any, on: dt.date | None) -> Reduced:
        """``on`` None: the last day of the data. Raises InputRefused (nothing-to-compute)."""
        context = version.table("context")
        day = on or latest_day(version, context)
        held = [a for a in (*version.assessments, *version.counted) if a.last_day <= day]
        wanted = wanted_assessments(methodology, held)
        if not wanted and (methodology.selectors or not _has_indicators(methodology, context)):
            raise InputRefused((_nothing(methodology, version, day),))
        return cls(version, engine, reduce_version(engine, version, wanted), day)

    def judged(self, methodology: Methodology, progress: Progress = silent) -> Calculation:
        """What the methodology says of every school, without firmness."""
        return _judged(self.version, methodology, self.engine, self.reduction, self.on, progress)

    def with_firmness(
        self, calculation: Calculation, *, draws: int, with_chance: bool, progress: Progress = silent
    ) -> Calculation:
        """The calculation just made, and how firm its verdicts are, where these rest on counts below a threshold."""
        if not rests_on_below(calculation.methodology) or not calculation.cells.num_rows:
            return calculation
        # The model of another intake loads numerical libraries that a run without firmness does not need.
        from rostok.pipeline.intakes import simulate

        if self._class_counts is None:
            self._class_counts = _class_counts(self.reduction, self.engine, calculation)
        intakes = simulate(
            calculation.evaluation, self.engine, verdicts=calculation.results, draws=draws, with_chance=with_chance,
            class_counts=self._class_counts, progress=progress,
        )  # fmt: skip
        return _with_intakes(calculation, intakes)


def recalculate(
    version: DataVersion, methodology: Methodology, engine: Any, *, on: dt.date, change: Callable[[pa.Table], pa.Table]
) -> Calculation:  # fmt: skip
    """What the methodology would say had the facts been others: ``change`` takes FACTS and gives FACTS.

    Without firmness. ``engine`` must be a fresh one: tables of an earlier calculation bear the same names.
    """
    held = [a for a in (*version.assessments, *version.counted) if a.last_day <= on]
    reduction = reduce_version(engine, version, wanted_assessments(methodology, held))
    changed = change(to_arrow(reduction.facts, FACTS))
    return _judged(
        version, methodology, engine, replace(reduction, facts=_in(engine, "facts", changed)), on, silent
    )


def _has_indicators(methodology: Methodology, context: pa.Table) -> bool:
    """Does the table of context hold any indicator the methodology reads?"""
    read = {item.code for item in methodology.indicators if isinstance(item, Context)}
    return bool(read & set(context["indicator"].unique().to_pylist()))


def _class_counts(reduction: Reduction, engine: Any, calculation: Calculation) -> pa.Table:
    """CLASS_FACTS of every school, or of every so many-th where a country has more classes than are needed.

    They bound one variance, to which a hundred thousand classes say as much as a million.
    """
    table = reduction.class_facts
    schools = calculation.results["school_id"]
    step = 1 + schools.length() // MOST_SCHOOLS_WITH_CLASSES
    if step > 1:
        sample = pa.table({"school_id": schools.take(pa.array(range(0, schools.length(), step)))})
        table = table.semi_join(_in(engine, "schools_with_classes", sample), "school_id")
    counts = to_arrow(table, CLASS_FACTS)
    forget_classes(engine)  # the largest table of a run; from here on memory is needed for numbers drawn
    return counts


def _judged(
    version: DataVersion, methodology: Methodology, engine: Any, reduction: Reduction, day: dt.date, progress: Progress
) -> Calculation:  # fmt: skip
    """What the methodology says of every school, without firmness."""
    stage = gettext("Расчёт по методике")
    progress(stage, 0, 3)
    register, problems = school_register(version, to_arrow(reduction.facts, FACTS), engine)
    progress(stage, 1, 3)
    given = {
        "schools": register,
        "context": version.table("context"),
        "categories": version.table("categories"),
    }
    tables = FactTables(reduction.facts, **{name: _in(engine, name, table) for name, table in given.items()})
    evaluation = evaluate(methodology, tables, on=day, keep=_keeper(engine))
    results, cells = engine.to_pyarrow(evaluation.results), engine.to_pyarrow(evaluation.cells)
    _refuse_impossible_counts(methodology, cells)
    progress(stage, 2, 3)
    held = engine.to_pyarrow(evaluation.held)
    calculation = Calculation(
        methodology=methodology, on=day, evaluation=evaluation, register=_register_of(results, register),
        results=results, cells=cells, held=held, categories=given["categories"],
        indicators=engine.to_pyarrow(evaluation.indicators), rules=engine.to_pyarrow(evaluation.rules),
        bounds=_bounds(evaluation, engine), notes=notes_on_held(methodology, held.to_pylist(), evaluation.values),
        problems=problems + _not_yet_in_force(methodology, day),
    )  # fmt: skip
    progress(stage, 3, 3)
    return calculation


def rests_on_below(methodology: Methodology) -> bool:
    """Does the verdict look at no other count than that below the threshold (and who wrote or was absent)?

    Only then is it known what the verdict would be for another intake, or had the absent pupils come.
    """
    others = set(COUNTS) - {"below", "participants", "absent"}
    return methodology.verdict is not None and not methodology.needed() & others


def _with_intakes(calculation: Calculation, intakes: Intakes | None) -> Calculation:
    if intakes is None:
        note = gettext(
            "Устойчивость вывода не посчитана: ни у одной работы не известно, сколько участников ниже минимума."
        )
        return replace(calculation, notes=(*calculation.notes, note))
    return replace(calculation, intakes=intakes)


def _keeper(engine: Any) -> Callable[[Any], Any]:
    """Computes a table once, for the several outputs that read it; each under a name of its own."""
    numbers = itertools.count()
    return lambda table: materialise(engine, f"kept_{next(numbers)}", table)


def _in(engine: Any, name: str, table: pa.Table) -> Any:
    """An Arrow table as a table of the engine."""
    return engine.create_table(f"given_{name}", table, temp=True, overwrite=True)


def wanted_assessments(methodology: Methodology, held: Iterable[Assessment]) -> tuple[Assessment, ...]:
    """The assessments some selector of the methodology looks at, each once, by key."""
    found = {a for a in held if any(_selects(selector, a) for selector in methodology.selectors)}
    return tuple(sorted(found, key=lambda assessment: assessment.key))


def _selects(selector: Any, assessment: Assessment) -> bool:
    return (
        assessment.kind in selector.kinds
        and assessment.subject in selector.subjects
        and assessment.grade in selector.grades
        and assessment.wave in selector.waves
    )


def latest_day(version: DataVersion, context: pa.Table) -> dt.date:
    """The last day of the latest data: of the latest assessment, else 31 December of the latest table."""
    days = [assessment.last_day for assessment in (*version.assessments, *version.counted)]
    if not days and context.num_rows:
        days = [dt.date(pc.max(context["year"]).as_py(), 12, 31)]
    return max(days, default=dt.date.max)


def _not_yet_in_force(methodology: Methodology, day: dt.date) -> tuple[Problem, ...]:
    if day >= methodology.valid_from:
        return ()
    values = {"first": date_long(methodology.valid_from), "day": date_long(day)}
    return (
        Problem("methodology-not-in-force", value=f"{methodology.id}@{methodology.label}", values=values),
    )


def _refuse_impossible_counts(methodology: Methodology, cells: pa.Table) -> None:
    """``below`` of a methodology is a count of participants; an expression may say anything else."""
    wrong = pc.or_(pc.less(cells["below"], 0), pc.greater(cells["below"], cells["participants"]))
    if not pc.any(pc.fill_null(wrong, False)).as_py():
        return
    cell = cells.filter(pc.fill_null(wrong, False)).slice(0, 1).to_pylist()[0]
    detail = gettext(
        "Методика {name}: below даёт {below} из {participants} участников (школа {school}, {year}).",
        name=methodology.id, below=cell["below"], participants=cell["participants"], school=cell["school_id"],
        year=cell["year"],
    )  # fmt: skip
    advice = gettext("Запишите в below выражение, которое не меньше нуля и не больше числа участников.")
    values = {"detail": detail, "advice": advice}
    raise InputRefused((Problem("methodology-refused", file=methodology.file, values=values),))


def _nothing(methodology: Methodology, version: DataVersion, day: dt.date) -> Problem:
    found = "; ".join(assessment.label for assessment in (*version.assessments, *version.counted)) or DASH
    values = {"found": found, "day": date_long(day)}
    return Problem("nothing-to-compute", value=f"{methodology.id}@{methodology.label}", values=values)


def school_register(
    version: DataVersion, reduced: pa.Table, engine: Any
) -> tuple[pa.Table, tuple[Problem, ...]]:
    """The register with a line for every school that has results; schools it lacks are reported."""
    register = version.table("schools")
    seen = reduced["school_id"].unique()
    lacking = seen.filter(pc.invert(pc.is_in(seen, register["school_id"].combine_chunks())))
    if len(lacking) == 0:
        return register, ()
    problems: tuple[Problem, ...] = ()
    if register.num_rows:
        problems = tuple(Problem("school-not-in-register", value=key) for key in sorted(lacking.to_pylist()))
    places = municipalities(engine, version)
    keys = sorted(lacking.to_pylist())
    found = [places.get(key) for key in keys]
    added = pa.table({
        "school_id": keys,
        "name": pa.nulls(len(keys), pa.string()),
        "kind": pa.nulls(len(keys), pa.string()),
        "municipality_id": pa.array(found, pa.string()),
        "municipality": pa.array(found, pa.string()),
        "territory": pa.nulls(len(keys), pa.string()),
    })  # fmt: skip
    return pa.concat_tables([register, added.cast(register.schema)]), problems


def _register_of(results: pa.Table, register: pa.Table) -> pa.Table:
    """The register's line of each school of the results, in their order; empty for a school it lacks."""
    first = register.append_column("_row", pa.array(range(register.num_rows), pa.int64()))
    first = first.group_by("school_id", use_threads=False).aggregate([("_row", "min")])
    rows = pc.index_in(results["school_id"].combine_chunks(), first["school_id"].combine_chunks())
    picked = register.take(first["_row_min"].combine_chunks().take(rows))
    return picked.set_column(0, "school_id", results["school_id"])


def _bounds(evaluation: Evaluation, engine: Any) -> pa.Table | None:
    """The verdict of each school if all absentees were below, and if none were."""
    if not rests_on_below(evaluation.methodology):
        return None
    base = evaluation.base_cells
    said = {
        name: evaluation.verdicts_of(assume_absent(base, below=below))
        for name, below in (("all_below", True), ("all_above", False))
    }
    words = {name: _words(engine.to_pyarrow(table), name) for name, table in said.items()}
    joined = words["all_below"].join(words["all_above"], "school_id")
    return joined.sort_by("school_id")


def _words(verdicts: pa.Table, name: str) -> pa.Table:
    word = pc.fill_null(pc.if_else(verdicts["verdict"], "true", "false"), "unknown")
    return pa.table({"school_id": verdicts["school_id"], name: word})
