"""Jobs that read results, compute tables of schools and write them: the part that is the same for all of them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

import rostok
from rostok.pipeline.csv_files import CsvStream, write_csv
from rostok.pipeline.outputs import problem_counts, problems_table
from rostok.pipeline.storing import DatedPlan, Stored, stored_inputs
from rostok.pipeline.swap import MARKER, check_target, whole_directory
from rostok.schema.problems import Problem
from rostok.schema.progress import Progress, silent
from rostok.store import DataVersion
from rostok.store.engines import compute_on, engine_named
from rostok.wording import gettext


@dataclass(frozen=True)
class Streamed:
    """A table too large to hold: its columns, and its rows piece by piece."""

    names: tuple[str, ...]
    pieces: Iterable[pa.Table]


@dataclass
class SchoolTables:
    """What a job computed: tables by the name of their file without ``.csv``, problems, facts for ``run.json``.

    ``problems`` and ``facts`` may be filled while streamed tables are written.
    """

    tables: Mapping[str, pa.Table | Streamed]
    problems: list[Problem] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SchoolRun:
    """What was done: ``rows`` of each file, what ``run.json`` says, seconds."""

    out: Path
    version: str
    problems: tuple[Problem, ...]
    rows: Mapping[str, int]
    facts: Mapping[str, Any]
    seconds: Mapping[str, float]


Compute = Callable[[DataVersion, Any], SchoolTables]


def write_school_tables(
    command: str,
    inputs: Sequence[Path],
    *,
    plan: DatedPlan,
    compute: Compute,
    asked: Mapping[str, Any],
    out: Path,
    progress: Progress = silent,
) -> SchoolRun:
    """Read ``inputs``, compute, write tables and ``run.json`` into ``out``, whole or not at all.

    ``asked``: parameters, for ``run.json``. Raises InputRefused.
    """
    started = time.perf_counter()
    check_target(out)
    engine = engine_named(plan.engine)
    with stored_inputs(inputs, plan, progress) as (root, stored):
        read = time.perf_counter()

        def write(backend: Any) -> SchoolRun:
            with whole_directory(out) as folder:
                found = compute(stored.version, backend)
                rows = {name: _write(folder / f"{name}.csv", table) for name, table in found.tables.items()}
                problems = (*stored.problems, *found.problems)
                write_csv(folder / "problems.csv", problems_table(problems))
                seconds = {"read_and_store": read - started, "compute": time.perf_counter() - read}
                run = SchoolRun(out, stored.version.name, problems, rows, found.facts,
                                {name: round(value, 3) for name, value in seconds.items()})  # fmt: skip
                _write_facts(folder / MARKER, command, run, stored, plan, asked)
            return run

        return compute_on(engine, root, write)


def _write(path: Path, table: pa.Table | Streamed) -> int:
    if isinstance(table, pa.Table):
        # Arrow's writer of CSV (26.0) reads stray memory where a chunk of a column is empty.
        write_csv(path, table.combine_chunks())
        return int(table.num_rows)
    rows = 0
    with CsvStream(path, table.names) as stream:
        for piece in table.pieces:
            stream.append(piece)
            rows += piece.num_rows
    return rows


def _write_facts(
    path: Path, command: str, run: SchoolRun, stored: Stored, plan: DatedPlan, asked: Mapping[str, Any]
) -> None:
    facts = {
        "command": command,
        "suppressed": False,
        "for": gettext("Файлы аналитика: малые группы в них не скрыты. Публиковать нельзя."),
        "asked": dict(asked),
        "engine": plan.engine,
        "on": plan.on.isoformat() if plan.on else None,
        "data_version": run.version,
        "code_version": rostok.__version__,
        "files": [{"file": s.file, "sha256": s.sha256, "rows": s.rows, "used": s.used}
                  for s in stored.version.manifest.sources],
        "problems": problem_counts(run.problems),
        "rows": dict(run.rows),
        "found": dict(run.facts),
        "seconds": dict(run.seconds),
    }  # fmt: skip
    text = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def _decoded(table: pa.Table) -> pa.Table:
    """Without dictionaries, which differ from piece to piece."""
    kinds = [f.type.value_type if pa.types.is_dictionary(f.type) else f.type for f in table.schema]
    return table.cast(pa.schema(list(zip(table.schema.names, kinds, strict=True))))


def held(table: pa.Table | Streamed) -> pa.Table:
    """A streamed table as one, for notebooks."""
    if isinstance(table, pa.Table):
        return table
    pieces = [_decoded(piece) for piece in table.pieces]
    return (
        pa.concat_tables(pieces)
        if pieces
        else pa.table({name: pa.array([], pa.string()) for name in table.names})
    )
