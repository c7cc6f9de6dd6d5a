"""The sandbox: the same data judged by a methodology with one parameter moved, value by value.

Nothing is decided here: files say who would enter the list and who would leave it, how firm and how much by chance
the list would be, what the same rule said a year before, and which schools it touches.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import rostok
from rostok.methodology import Methodology
from rostok.methodology.parameters import written
from rostok.pipeline.calculating import Calculation, Reduced, latest_day
from rostok.pipeline.csv_files import write_csv
from rostok.pipeline.methodologies import set_parameters
from rostok.pipeline.objectivity_effects import SchoolFacts, school_facts
from rostok.pipeline.objectivity_papers import SchoolList
from rostok.pipeline.outputs import probabilities, problem_counts, problems_table
from rostok.pipeline.storing import DatedPlan, Stored, stored_inputs
from rostok.pipeline.swap import MARKER, check_target, whole_directory
from rostok.schema.draws import check_draws
from rostok.schema.problems import InputRefused, Problem
from rostok.schema.progress import Progress, silent
from rostok.statistics.chance import Band
from rostok.statistics.sandbox import Verdicts, moves, year_before
from rostok.store import DataVersion
from rostok.store.engines import compute_on, engine_named
from rostok.wording import gettext

MOST_VALUES = 100
MOST_DIGITS = 15  # of a bound; 1e999999 would be written out
DRAWS = 64  # a curve over many values needs fewer than one list does


@dataclass(frozen=True, slots=True)
class Varied:
    """A parameter and the values it takes, ascending, as a person writes them."""

    name: str
    values: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Varied:
        """``NAME=A:B:STEP`` or ``NAME=A``. ValueError says in words what is wrong."""
        name, equals, span = text.partition("=")
        try:
            bounds = [Decimal(part.strip().replace(",", ".")) for part in span.split(":")]
        except InvalidOperation:
            bounds = []
        if (
            not equals
            or not name.strip()
            or len(bounds) not in (1, 3)
            or not all(b.is_finite() and abs(b.adjusted()) <= MOST_DIGITS for b in bounds)
        ):
            raise ValueError(
                gettext("«{text}»: нужно ИМЯ=ОТ:ДО:ШАГ, например threshold=0.2:0.4:0.05.", text=text)
            )
        first, last, step = bounds if len(bounds) == 3 else (bounds[0], bounds[0], Decimal(1))
        if step <= 0 or last < first:
            raise ValueError(
                gettext("«{text}»: шаг должен быть больше нуля, а конец не меньше начала.", text=text)
            )
        count = int((last - first) / step) + 1
        if count > MOST_VALUES:
            raise ValueError(gettext("«{text}»: значений {n}, а можно не больше {most}; возьмите шаг крупнее.",
                                     text=text, n=count, most=MOST_VALUES))  # fmt: skip
        return cls(name.strip(), tuple(f"{first + step * place:f}" for place in range(count)))


@dataclass(frozen=True, slots=True)
class SandboxPlan(DatedPlan):
    """``draws`` = 0 leaves firmness and chance out, which are most of the work; others as ``Plan`` has them."""

    methodology: Methodology
    varied: Varied
    draws: int = DRAWS

    def __post_init__(self) -> None:
        if self.draws:
            check_draws(self.draws)


@dataclass(frozen=True, slots=True)
class Tried:
    """One value: what the rule says of every school on the day of the data, and a year before where data were.

    ``bands``: listings by chance by size, the last of all sizes; none without firmness.
    """

    value: str
    now: Verdicts
    before: Verdicts | None
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Every value tried; ``base``: the rule as it stands, with its own value. Arrays in the order of ``schools``."""

    parameter: str
    on: dt.date
    schools: SchoolList
    facts: SchoolFacts
    base: Tried
    tried: tuple[Tried, ...]

    def summary(self) -> pa.Table:
        """``sandbox.csv``; without firmness ``firm_share`` and ``chance_listings`` are missing."""
        rows = []
        for one in self.tried:
            moved = moves(self.base.now, one.now)
            rows.append({
                "value": one.value, "listed": int(one.now.listed.sum()), "entered": int(moved.entered.sum()),
                "left": int(moved.left.sum()), "firm_share": _or_none(one.now.firm_share),
                "chance_listings": one.bands[-1].expected if one.bands else None,
            })  # fmt: skip
        return pa.Table.from_pylist(rows, schema=_SUMMARY)

    def moved(self) -> pa.Table:
        """``moves.csv``: who enters and who leaves at each value."""
        keys, rows = self.schools.keys.to_pylist(), []
        for one in self.tried:
            found = moves(self.base.now, one.now)
            for word, members in (("entered", found.entered), ("left", found.left)):
                rows += [
                    {"value": one.value, "school_id": keys[at], "move": word}
                    for at in np.flatnonzero(members)
                ]
        return pa.Table.from_pylist(rows, schema=_MOVES)

    def years(self) -> pa.Table:
        """``years.csv``: the list beside that of the same rule a year before; no rows where there were no data."""
        rows = []
        for one in self.tried:
            if one.before is not None:
                found = year_before(one.now, one.before)
                rows.append({"value": one.value} | {
                    name: _or_none(getattr(found, name)) for name in _YEARS.names if name != "value"
                })  # fmt: skip
        return pa.Table.from_pylist(rows, schema=_YEARS)

    def groups(self) -> pa.Table:
        """``groups.csv``: rural, small, special-needs schools … at each value."""
        rows = []
        for one in self.tried:
            found = moves(self.base.now, one.now)
            for name, members in self.facts.groups():
                listed, size = int((one.now.listed & members).sum()), int(members.sum())
                rows.append({
                    "value": one.value, "group": name, "schools": size, "listed": listed, "share": listed / size,
                    "entered": int((found.entered & members).sum()), "left": int((found.left & members).sum()),
                })  # fmt: skip
        return pa.Table.from_pylist(rows, schema=_GROUPS)

    def chance(self) -> pa.Table:
        """``chance.csv``: how many schools of each size would be listed were all alike, and how many are."""
        rows = [
            {"value": one.value, "smallest": band.smallest if not whole else None, "largest": band.largest,
             "schools": band.schools, "listed": band.listed, "expected": band.expected, "lower": band.lower,
             "upper": band.upper}
            for one in self.tried
            for whole, band in ((at == len(one.bands) - 1, band) for at, band in enumerate(one.bands))
        ]  # fmt: skip
        return pa.Table.from_pylist(rows, schema=_CHANCE)


_COUNT = pa.int64()
_SUMMARY = pa.schema([
    ("value", pa.string()), ("listed", _COUNT), ("entered", _COUNT), ("left", _COUNT), ("firm_share", pa.float64()),
    ("chance_listings", pa.float64()),
])  # fmt: skip
_MOVES = pa.schema([("value", pa.string()), ("school_id", pa.string()), ("move", pa.string())])
_YEARS = pa.schema([
    ("value", pa.string()), ("listed", _COUNT), ("listed_before", _COUNT), ("both", _COUNT), ("overlap", pa.float64()),
    ("found_earlier", pa.float64()), ("recovered", _COUNT), ("recovered_by_chance", pa.float64()),
])  # fmt: skip
_GROUPS = pa.schema([
    ("value", pa.string()), ("group", pa.string()), ("schools", _COUNT), ("listed", _COUNT), ("share", pa.float64()),
    ("entered", _COUNT), ("left", _COUNT),
])  # fmt: skip
_CHANCE = pa.schema([
    ("value", pa.string()), ("smallest", _COUNT), ("largest", _COUNT), ("schools", _COUNT), ("listed", _COUNT),
    ("expected", pa.float64()), ("lower", _COUNT), ("upper", _COUNT),
])  # fmt: skip


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value


@dataclass(frozen=True, slots=True)
class SandboxRun:
    """What was done: ``sandbox`` and where it was written."""

    out: Path
    sandbox: Sandbox
    problems: tuple[Problem, ...]


def sandbox(
    inputs: Sequence[Path], *, plan: SandboxPlan, out: Path, progress: Progress = silent
) -> SandboxRun:
    """Judge ``inputs`` by ``plan.methodology`` at every value; write the folder ``out``, whole or not at all.

    Raises InputRefused as ``analyse`` does; methodology-refused for a parameter that is not there or whose value
    cannot be.
    """
    check_target(out)
    engine = engine_named(plan.engine)
    variants = [set_parameters(plan.methodology, {plan.varied.name: value}) for value in plan.varied.values]
    with stored_inputs(inputs, plan, progress) as (root, stored):
        found = compute_on(
            engine, root, lambda backend: try_values(stored.version, plan, variants, backend, progress)
        )
        with whole_directory(out) as folder:
            _write(folder, found, stored, plan)
    return SandboxRun(out, found, stored.problems)


def try_values(
    version: DataVersion,
    plan: SandboxPlan,
    variants: Sequence[Methodology],
    engine: Any,
    progress: Progress = silent,
) -> Sandbox:
    """The whole work on a stored version; ``variants``: the methodology at each value of ``plan.varied``."""
    rules = [plan.methodology, *variants]
    day = plan.on or latest_day(version, version.table("context"))
    stage, steps = gettext("Песочница"), 2 * len(rules)
    progress(stage, 0, steps)
    now, before = [], []
    for done, found in enumerate(_judged(version, rules, engine, day, plan.draws), start=1):
        now.append(found)
        progress(stage, done, steps)
    try:
        for done, found in enumerate(_judged(version, rules, engine, _year_before(day), plan.draws), start=1):
            before.append(found)
            progress(stage, len(rules) + done, steps)
    except InputRefused:  # no data of a year before
        before = []
    progress(stage, steps, steps)
    schools = SchoolList(pa.array(sorted(now[0].verdicts), pa.string()))
    values = [str(written(plan.methodology.parameter_values(day)[plan.varied.name])), *plan.varied.values]
    tried = [
        Tried(value, one.arrays(schools), before[at].arrays(schools) if before else None, one.bands)
        for at, (value, one) in enumerate(zip(values, now, strict=True))
    ]
    facts = school_facts(version, schools, now[0].mean_participants(schools))
    return Sandbox(plan.varied.name, day, schools, facts, tried[0], tuple(tried[1:]))


@dataclass(frozen=True, slots=True)
class _Found:
    """What one rule says on one day, by school."""

    verdicts: dict[str, str | None]
    firmness: dict[str, float]
    participants: dict[str, float]
    bands: tuple[Band, ...]

    @classmethod
    def of(cls, calculation: Calculation) -> _Found:
        results, chance = calculation.results, calculation.intakes and calculation.intakes.chance
        # A methodology without a verdict lists those it gives a category.
        said = "verdict" if calculation.methodology.verdict is not None else "category"
        keys = results["school_id"].to_pylist()
        words = results[said].to_pylist()
        verdicts = words if said == "verdict" else ["false" if word is None else "true" for word in words]
        return cls(
            dict(zip(keys, verdicts, strict=True)), dict(zip(keys, probabilities(calculation).tolist(), strict=True)),
            _mean_participants(calculation.cells), (*chance.children, chance.children_total) if chance else (),
        )  # fmt: skip

    def arrays(self, schools: SchoolList) -> Verdicts:
        keys = schools.keys.to_pylist()
        words = [self.verdicts.get(key) for key in keys]
        return Verdicts(
            np.array([word == "true" for word in words], bool),
            np.array([word in ("true", "false") for word in words], bool),
            np.array([self.firmness.get(key, np.nan) for key in keys], float),
        )

    def mean_participants(self, schools: SchoolList) -> np.ndarray:
        return np.array([self.participants.get(key, 0.0) for key in schools.keys.to_pylist()], float)


def _mean_participants(cells: pa.Table) -> dict[str, float]:
    """Over the papers a school wrote."""
    wrote = cells.filter(pc.greater(cells["participants"], 0))
    found = wrote.group_by("school_id").aggregate([("participants", "mean")])
    return dict(zip(found["school_id"].to_pylist(), found["participants_mean"].to_pylist(), strict=True))


def _judged(
    version: DataVersion, rules: Sequence[Methodology], engine: Any, day: dt.date, draws: int
) -> Iterable[_Found]:
    """The rules one after another over one reduction of the data up to ``day``."""
    reduced = Reduced.of(version, rules[0], engine, day)
    for rule in rules:
        calculation = reduced.judged(rule)
        if draws:
            calculation = reduced.with_firmness(calculation, draws=draws, with_chance=True)
        yield _Found.of(calculation)


def _year_before(day: dt.date) -> dt.date:
    """The same day a year before; the last of February for the 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


_FILES = {
    "sandbox.csv": Sandbox.summary, "moves.csv": Sandbox.moved, "years.csv": Sandbox.years,
    "groups.csv": Sandbox.groups, "chance.csv": Sandbox.chance,
}  # fmt: skip


def _write(folder: Path, found: Sandbox, stored: Stored, plan: SandboxPlan) -> None:
    rows = {}
    for name, table in _FILES.items():
        made = table(found)
        rows[name] = made.num_rows
        write_csv(folder / name, made)
    write_csv(folder / "problems.csv", problems_table(stored.problems))
    facts = {
        "command": "sandbox",
        "suppressed": False,
        "methodology": {
            "id": plan.methodology.id,
            "version": plan.methodology.label,
            "hash": plan.methodology.hash,
        },
        "parameter": found.parameter,
        "base_value": found.base.value,
        "base_listed": int(found.base.now.listed.sum()),
        "values": [one.value for one in found.tried],
        "on": found.on.isoformat(),
        "year_before": found.base.before is not None,
        "draws": plan.draws,
        "data_version": stored.version.name,
        "code_version": rostok.__version__,
        "problems": problem_counts(stored.problems),
        "rows": rows,
    }
    (folder / MARKER).write_text(
        json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8"
    )
