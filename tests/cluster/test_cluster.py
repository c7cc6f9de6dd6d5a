"""Results of a real Spark cluster equal those of this machine, also when it loses a worker in the middle.

The master and the workers are those of the PySpark package, on loopback. Expected values come from the embedded
engine, which the other tests judge.
"""

from __future__ import annotations

import csv
import dataclasses
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rostok import pipeline
from rostok.pipeline.gap_units import Level
from rostok.schema.assessments import Assessment
from rostok.schema.problems import InputRefused
from rostok.store import DataVersion, cluster
from rostok.store.engines import engine_named
from rostok.store.item_reductions import reduce_marks, reduce_paper, score_counts
from rostok.store.reductions import class_facts, facts
from rostok.store.score_reductions import answer_counts, class_sums, score_cells
from tests.cluster.conftest import SCRIPTS
from tests.cluster.standing import StandingCluster, free_ports

CLOSE = 1e-12
Reduce = Callable[[Any, DataVersion], Any]

# --- reductions, each number as it comes


def of_papers(engine: Any, version: DataVersion) -> Any:
    """Every reduction of single papers, of the first and the last."""
    return [_of_paper(engine, version, version.assessments[place]) for place in (0, -1)]


def _of_paper(engine: Any, version: DataVersion, paper: Assessment) -> dict[str, Any]:
    path, count = version.scripts_path(paper), len(version.entry(paper).items)
    schools = version.table("schools")["school_id"].combine_chunks()
    return {
        "schools": reduce_paper(engine, path, count, skills=[[0, 2], [1]]),
        "classes": reduce_paper(engine, path, count, by_class=True),
        "marks": reduce_marks(engine, path, count),
        "scores": score_counts(engine, path, by_class=True),
        "cells": score_cells(engine, version, paper, schools, 60),
        "class_sums": _sorted(class_sums(engine, version, paper)),
        "answers": _sorted(answer_counts(engine, version, paper)),
    }


def _sorted(table: pa.Table) -> list[dict[str, Any]]:
    """Of a table without an order."""
    return sorted(table.to_pylist(), key=repr)


def assert_same(one: Any, other: Any, where: str = "") -> None:
    """Whole numbers and texts exactly, others to CLOSE."""
    assert type(one) is type(other), where
    if dataclasses.is_dataclass(one):
        for part in dataclasses.fields(one):
            assert_same(getattr(one, part.name), getattr(other, part.name), f"{where}.{part.name}")
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for name in one:
            assert_same(one[name], other[name], f"{where}.{name}")
    elif isinstance(one, np.ndarray):
        assert one.shape == other.shape and not np.issubdtype(one.dtype, np.floating), where
        assert np.array_equal(one, other), where
    elif isinstance(one, pa.Array):
        assert one.equals(other), where
    elif isinstance(one, pa.Table):
        assert_same_tables(one, other)
    elif isinstance(one, list):
        assert len(one) == len(other), where
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            assert_same(left, right, f"{where}[{place}]")
    else:
        assert one == other, where


def assert_same_tables(one: pa.Table, other: pa.Table) -> None:
    assert one.schema.equals(other.schema)
    assert one.num_rows == other.num_rows
    for name in one.column_names:
        if not one[name].equals(other[name]):
            assert pa.types.is_floating(one[name].type), name
            np.testing.assert_allclose(one[name].to_numpy(), other[name].to_numpy(), rtol=CLOSE, err_msg=name)


@pytest.mark.parametrize("reduce", [facts, class_facts, of_papers])
def test_reductions_are_equal(
    standing: StandingCluster, region: DataVersion, tmp_path: Path, reduce: Reduce
) -> None:
    found = []
    for name in ("duckdb", standing.address):
        with engine_named(name).open(None, tmp_path) as engine:
            found.append(reduce(engine, region))
    assert_same(*found)


def test_the_data_are_as_many_as_asked_for(region: DataVersion) -> None:
    rows = sum(entry.rows for entry in region.manifest.assessments)
    assert abs(rows / SCRIPTS - 1) < 0.1


# --- commands


def _analyse(engine: str, data: Path, out: Path) -> None:
    methodology = pipeline.find_methodology("federal-low-results")
    pipeline.analyse([data], plan=pipeline.Plan(methodology, engine=engine, report=False), out=out)


def _gaps(engine: str, data: Path, out: Path) -> None:
    pipeline.gaps([data], plan=pipeline.GapPlan(by=Level.SCHOOL, engine=engine), out=out)


def _objectivity(engine: str, data: Path, out: Path) -> None:
    pipeline.objectivity([data], plan=pipeline.ObjectivityPlan(engine=engine), out=out)


@pytest.mark.parametrize("command", [_analyse, _gaps, _objectivity])
def test_commands_write_the_same(
    standing: StandingCluster, region: DataVersion, tmp_path: Path, command: Callable[..., None]
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    command("duckdb", region.directory, here)
    command(standing.address, region.directory, there)
    files = sorted(path.name for path in here.glob("*.csv"))
    assert files and files == sorted(path.name for path in there.glob("*.csv"))
    for name in files:
        assert_same_files(here / name, there / name)


def assert_same_files(one: Path, other: Path) -> None:
    if one.read_bytes() == other.read_bytes():
        return
    with (
        one.open(encoding="utf-8-sig", newline="") as left,
        other.open(encoding="utf-8-sig", newline="") as right,
    ):
        for number, (row, twin) in enumerate(zip(csv.reader(left), csv.reader(right), strict=True)):
            assert len(row) == len(twin) and all(map(_close, row, twin)), (
                f"{one.name}, {number}: {row} {twin}"
            )


def _close(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return float(one) == pytest.approx(float(other), rel=CLOSE, abs=CLOSE)
    except ValueError:
        return False


# --- a cluster in trouble


class Killer(threading.Thread):
    """Kills a worker when some sums are finished, half of which lie there, and a task is running on both workers."""

    def __init__(self, victim: StandingCluster, tracker: Any) -> None:
        super().__init__(daemon=True)
        self.victim, self.tracker = victim, tracker
        self.killed: tuple[int, ...] = ()  # jobs that were running
        self.given_up = False

    def run(self) -> None:
        while not self.killed and not self.given_up:
            running = tuple(self.tracker.getActiveJobsIds())
            finished = [job for job in self.tracker.getJobIdsForGroup() if job not in running]
            if len(finished) >= 3 and self._tasks() >= 2:
                self.victim.kill_worker(0)
                self.killed = running
            time.sleep(0.02)

    def _tasks(self) -> int:
        stages = map(self.tracker.getStageInfo, self.tracker.getActiveStageIds())
        return sum(stage.numActiveTasks for stage in stages if stage is not None)


def test_a_worker_killed_in_the_middle_changes_nothing(
    breakable: StandingCluster, region: DataVersion, tmp_path: Path
) -> None:
    with engine_named("duckdb").open(None, tmp_path) as engine:
        expected = class_facts(engine, region)
    with engine_named(breakable.address).open(None, tmp_path) as engine:
        _wait_for_both(engine)
        tracker = engine._session.sparkContext.statusTracker()
        killer = Killer(breakable, tracker)
        killer.start()
        found = class_facts(engine, region)
        killer.given_up = True
        killer.join()
        assert killer.killed, "the work was done before anything could be killed"
        assert {tracker.getJobInfo(job).status for job in killer.killed} == {"SUCCEEDED"}
    assert breakable.workers[0].wait(timeout=10) == -9
    assert breakable.alive() == 1
    assert_same(expected, found)


def test_without_any_worker_the_work_ends_with_a_sentence(
    breakable: StandingCluster, region: DataVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def use(engine: Any) -> None:
        monkeypatch.setattr(cluster, "SECONDS_FOR_WORKERS", 2)
        for number in range(2):
            breakable.kill_worker(number)
        class_facts(engine, region)

    assert _refusal(breakable.address, use, tmp_path) == "cluster-idle"


def _wait_for_both(engine: Any) -> None:
    context = engine._session.sparkContext._jsc.sc()
    while context.getExecutorMemoryStatus().size() < 3:
        time.sleep(0.1)


def _refusal(address: str, use: Callable[[Any], None], folder: Path) -> str:
    with pytest.raises(InputRefused) as refused, engine_named(address).open(None, folder) as engine:
        use(engine)
    [problem] = refused.value.problems
    return problem.code


def test_file_that_workers_do_not_see_is_a_sentence(standing: StandingCluster, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "a.parquet")

    def use(engine: Any) -> None:
        table = engine.read_parquet(str(tmp_path / "a.parquet"))
        (tmp_path / "a.parquet").unlink()
        engine.to_pyarrow(table.count())

    assert _refusal(standing.address, use, tmp_path) == "cluster-blind"


def test_question_that_spark_refuses_is_a_sentence(standing: StandingCluster, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["x"]}), tmp_path / "a.parquet")

    def use(engine: Any) -> None:
        engine.to_pyarrow(engine.read_parquet(str(tmp_path / "a.parquet")).a.cast("int64").sum())

    assert _refusal(standing.address, use, tmp_path) == "cluster-failed"


def test_cluster_that_is_not_there_is_a_sentence(with_spark: None, tmp_path: Path) -> None:
    [port] = free_ports(1)
    assert _refusal(f"spark://127.0.0.1:{port}", lambda engine: None, tmp_path) == "cluster-unreachable"


def test_cluster_without_workers_is_a_sentence(
    with_spark: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SECONDS_FOR_WORKERS", 3)
    lonely = StandingCluster.start(tmp_path, workers=0)
    try:
        assert _refusal(lonely.address, lambda engine: None, tmp_path) == "cluster-idle"
    finally:
        lonely.stop()
