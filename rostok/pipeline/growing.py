"""Results of several moments → how schools changed beside the region, and how much of it is no news.

>>> import tempfile
>>> from pathlib import Path
>>> from rostok import pipeline
>>> with tempfile.TemporaryDirectory() as folder:
...     region = Path(folder) / "region"
...     pipeline.synthesise(region, schools=30, years=[2021, 2022], seed=3, kind="parquet")
...     run = pipeline.growth([region], plan=pipeline.GrowthPlan(), out=Path(folder) / "growth")
...     sorted(path.name for path in run.out.glob("*.csv"))[:4]
['cohorts.csv', 'comparisons.csv', 'groups.csv', 'growth.csv']
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rostok.pipeline.growth_comparisons import Comparison, comparisons
from rostok.pipeline.growth_tables import (
    CHANGE_COLUMNS,
    COHORT_COLUMNS,
    COMPARISONS,
    change_table,
    comparison_row,
    intake_table,
    series_table,
    sexes_table,
    transition_tables,
)
from rostok.pipeline.item_outputs import numbers
from rostok.pipeline.school_jobs import (
    SchoolRun,
    SchoolTables,
    Streamed,
    held,
    write_school_tables,
)
from rostok.pipeline.school_scores import SchoolScores, moment_of, school_scores
from rostok.pipeline.storing import DatedPlan
from rostok.schema.assessments import Assessment
from rostok.schema.problems import Problem
from rostok.schema.progress import Progress, silent
from rostok.schema.verdicts import Verdict
from rostok.statistics.growth.percentiles import Median, growth_percentiles, median_of
from rostok.statistics.growth.shrinkage import LEAST_SCHOOLS
from rostok.store import DataVersion
from rostok.store.growth_reductions import linked_scores
from rostok.wording import gettext

# Of pupils whom codes link by right nearly all have one sex; of strangers a half. Typing errors stay below a tenth.
LEAST_SAME_SEX = 0.9


@dataclass(frozen=True, slots=True)
class GrowthPlan(DatedPlan):
    """``linked``: codes of pupils mean the same child in several papers, so that growth percentiles may be made."""

    linked: bool = False


def growth(inputs: Sequence[Path], *, plan: GrowthPlan, out: Path, progress: Progress = silent) -> SchoolRun:
    """Read ``inputs`` and write the tables of growth into ``out``, whole or not at all. Raises InputRefused."""

    def compute(version: DataVersion, engine: Any) -> SchoolTables:
        progress(gettext("Динамика"), 0, 1)
        found = growth_tables(version, engine, plan)
        progress(gettext("Динамика"), 1, 1)
        return found

    return write_school_tables(
        "growth",
        inputs,
        plan=plan,
        compute=compute,
        asked={"linked": plan.linked},
        out=out,
        progress=progress,
    )


def growth_of(version: DataVersion, engine: Any, plan: GrowthPlan | None = None) -> SchoolTables:
    """The same in memory, every table whole."""
    found = growth_tables(version, engine, plan or GrowthPlan())
    return SchoolTables(
        {name: held(table) for name, table in found.tables.items()}, found.problems, found.facts
    )


def growth_tables(version: DataVersion, engine: Any, plan: GrowthPlan) -> SchoolTables:
    scores = school_scores(version, engine, plan.on)
    every = list(comparisons(scores))
    found = SchoolTables({}, [*scores.problems, *_limits(scores, every)])
    moves, groups = transition_tables(scores)
    tables: dict[str, Any] = {
        "growth": _changes(every, scores, CHANGE_COLUMNS, cohorts=False),
        "cohorts": _changes(every, scores, COHORT_COLUMNS, cohorts=True),
        "comparisons": pa.Table.from_pylist([comparison_row(one) for one in every], COMPARISONS),
        "intake": intake_table(scores),
        "series": series_table(scores),
        "transitions": moves,
        "groups": groups,
        "sexes": sexes_table(scores),
    }
    if plan.linked:
        tables["percentiles"] = _percentiles(version, engine, scores, found.problems)
    found.tables = tables
    found.facts |= _facts(scores, every)
    return found


def _changes(
    every: Sequence[Comparison], scores: SchoolScores, names: tuple[str, ...], *, cohorts: bool
) -> Streamed:
    chosen = [one for one in every if (one.of == "cohort") is cohorts]
    return Streamed(names, (change_table(one, scores.schools) for one in chosen))


def _limits(scores: SchoolScores, every: Sequence[Comparison]) -> Iterator[Problem]:
    """Why there is nothing to compare, or nothing can be said of what there is."""
    if not every:
        yield Problem("growth-one-moment", values={"papers": len(scores.papers)})
    silent_ones = {(one.first, one.second): int(np.isfinite(one.change).sum()) for one in every
                   if np.isnan(one.shrunken.centre)}  # fmt: skip
    for (first, second), schools in silent_ones.items():
        values = {"first": first, "second": second, "schools": schools, "least": LEAST_SCHOOLS}
        yield Problem("growth-few-schools", values=values)


def _facts(scores: SchoolScores, every: Sequence[Comparison]) -> dict[str, Any]:
    return {
        "assessments": [one.paper.key for one in scores.papers],
        "schools": len(scores.schools),
        "comparisons": len(every),
    }


# --- pupils who are linked


def _percentiles(
    version: DataVersion, engine: Any, scores: SchoolScores, problems: list[Problem]
) -> pa.Table:
    """``percentiles.csv`` of every two neighbouring papers of one generation."""
    rows: list[tuple[str, str, str, Median]] = []
    pairs = list(_generations(scores))
    for first, second in pairs:
        cells, same_sex = linked_scores(engine, version, first, second)
        said = {"first": first.label, "second": second.label}
        if same_sex is not None and same_sex < LEAST_SAME_SEX:
            values = {**said, "percent": round(100 * same_sex), "least": round(100 * LEAST_SAME_SEX)}
            problems.append(Problem("growth-codes-strangers", values=values))
            continue
        try:
            rows += _medians(first, second, cells)
        except ValueError:
            linked = int(pc.sum(cells["pupils"]).as_py() or 0)
            problems.append(Problem("growth-few-linked", values={**said, "pupils": linked}))
    if not pairs:
        problems.append(Problem("growth-no-generations"))
    return _percentile_table(rows)


def _generations(scores: SchoolScores) -> Iterator[tuple[Assessment, Assessment]]:
    """Neighbouring papers of the same children in one subject."""
    lines: dict[object, list[Assessment]] = {}
    for one in scores.papers:
        lines.setdefault((one.paper.kind, one.paper.subject, one.paper.generation), []).append(one.paper)
    for line in lines.values():
        yield from pairwise(sorted(line, key=moment_of))


def _medians(first: Assessment, second: Assessment, cells: pa.Table) -> list[tuple[str, str, str, Median]]:
    """Schools in the order of their keys; raises ValueError where growth percentiles cannot be made."""
    earlier, later, pupils = (np.asarray(cells[name], float) for name in ("earlier", "later", "pupils"))
    kinds, place = np.unique(np.stack([earlier, later]), axis=1, return_inverse=True)
    place = place.reshape(-1)
    count = np.bincount(place, pupils).astype(np.float64)
    found = growth_percentiles(kinds[0], kinds[1], count)[place]
    schools = np.array(cells["school_id"].to_pylist())
    order = np.argsort(schools, kind="stable")
    parts = np.split(order, np.flatnonzero(schools[order][1:] != schools[order][:-1]) + 1)
    return [
        (str(schools[part[0]]), first.key, second.key, median_of(found[part], pupils[part])) for part in parts
    ]


def _percentile_table(rows: Sequence[tuple[str, str, str, Median]]) -> pa.Table:
    medians = [row[3] for row in rows]
    return pa.table({
        **{name: pa.array([row[k] for row in rows], pa.string()) for k, name in enumerate(("school_id", "from", "to"))},
        "pupils": pa.array([one.pupils for one in medians], pa.int64()),
        **{name: numbers(np.array([getattr(one, name) for one in medians])) for name in ("median", "lower", "upper")},
        "verdict": pa.array([str(_beside_fifty(one)) for one in medians], pa.string()),
    })  # fmt: skip


def _beside_fifty(one: Median) -> Verdict:
    """Half of the region's pupils with the same earlier result grew less: 50."""
    if one.lower > 50:
        return Verdict.BETTER
    return Verdict.WORSE if one.upper < 50 else Verdict.CANNOT_TELL
