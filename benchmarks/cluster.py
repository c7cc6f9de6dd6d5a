"""What a Spark cluster costs: processor time, exchange and traffic of each reduction, beside this machine's own.

    .venv-cluster/bin/python -m benchmarks.cluster [--write]

A master and two workers on loopback, one core each. One box is no place for Spark, so seconds are not the figure to
look at: what a country over ten years would cost is reckoned from processor time and bytes per script, which do not
depend on how many machines there are. The data are made as those of `benchmarks.national`; each size is done after a
smaller one, so that Java has compiled what it will.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks._harness import CACHE, number, said_when, skip, table, write_section
from rostok import pipeline
from rostok.store import DataVersion, is_version
from rostok.store.engines import engine_named
from rostok.store.item_reductions import reduce_marks, reduce_paper, score_counts
from rostok.store.reductions import facts
from rostok.store.score_reductions import answer_counts, class_sums, score_cells

SIZES = (200, 1000)  # thousands of scripts
SCRIPTS_OF_SCHOOL, YEARS, SEED = 625, (2021, 2022), 1  # as benchmarks.national
WIDTH = 60  # scores of a paper


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one reduction of all papers. Bytes: exchanged between workers, and brought here."""

    seconds: float
    cpu_seconds: float
    exchanged: int = 0
    brought: int = 0


def listing(engine: Any, version: DataVersion) -> None:
    facts(engine, version)


def maps(engine: Any, version: DataVersion, *, by_class: bool) -> None:
    for paper in version.assessments:
        path, count = version.scripts_path(paper), len(version.entry(paper).items)
        reduce_paper(engine, path, count, by_class=by_class)
        reduce_marks(engine, path, count)
        score_counts(engine, path, by_class=by_class)


def markers(engine: Any, version: DataVersion) -> None:
    schools = version.table("schools")["school_id"].combine_chunks()
    for paper in version.assessments:
        class_sums(engine, version, paper)
        score_cells(engine, version, paper, schools, WIDTH)
        answer_counts(engine, version, paper)


REDUCTIONS: dict[str, Callable[[Any, DataVersion], None]] = {
    "список школ": listing,
    "карты, школы": lambda engine, version: maps(engine, version, by_class=False),
    "карты, классы": lambda engine, version: maps(engine, version, by_class=True),
    "объективность": markers,
}


def data_of(thousands: int) -> DataVersion:
    directory = CACHE / f"cluster-{thousands}k"
    if not is_version(directory):
        directory.parent.mkdir(parents=True, exist_ok=True)
        scripts = thousands * 1000
        pipeline.synthesise(
            directory,
            schools=scripts // SCRIPTS_OF_SCHOOL,
            years=YEARS,
            seed=SEED,
            kind="parquet",
            scripts=scripts,
        )
    return DataVersion.open(directory)


def here(version: DataVersion) -> dict[str, Cost]:
    found = {}
    for name, reduction in REDUCTIONS.items():
        with engine_named("duckdb").open(None, None) as engine:
            started, used = time.perf_counter(), time.process_time()
            reduction(engine, version)
            found[name] = Cost(time.perf_counter() - started, time.process_time() - used)
    return found


def there(engine: Any, version: DataVersion) -> dict[str, Cost]:
    found = {}
    for name, reduction in REDUCTIONS.items():
        last, started = max(_stages(engine), default=-1), time.perf_counter()
        reduction(engine, version)
        seconds = time.perf_counter() - started
        done = [stage for number, stage in _stages(engine).items() if number > last]
        cpu, exchanged, brought = (
            sum(stage[name] for stage in done)
            for name in ("executorCpuTime", "shuffleWriteBytes", "resultSize")
        )
        found[name] = Cost(seconds, cpu / 1e9, exchanged, brought)
        print(name, found[name], flush=True)
    return found


def _stages(engine: Any) -> dict[int, dict[str, int]]:
    """The last thousand stages as Spark's own page of the program tells them, by number; older ones it forgets."""
    time.sleep(1)  # the page is written a little behind the work
    context = engine._session.sparkContext
    address = f"{context.uiWebUrl}/api/v1/applications/{context.applicationId}/stages"
    with urllib.request.urlopen(address, timeout=30) as page:
        return {stage["stageId"]: stage for stage in json.load(page)}


def page(thousands: int, own: dict[str, Cost], cluster: dict[str, Cost]) -> str:
    rows = [
        [name, number(own[name].cpu_seconds), number(one.cpu_seconds), number(one.exchanged / 1e6),
         number(one.brought / 1e6), number(one.seconds)]
        for name, one in cluster.items()
    ]  # fmt: skip
    header = ["", "здесь, процессорных с", "на узлах, процессорных с", "обмен узлов, МБ", "привезено сюда, МБ",
              "на узлах, секунд"]  # fmt: skip
    return (
        f"{said_when()} Кластер Spark на этой же машине: главный узел и два рабочих, по одному ядру; работ "
        f"{number(thousands / 1000)} млн. Те же запросы перед тем сделаны на меньших данных, и Java их уже "
        "скомпилировала. На одной машине кластер не нужен, и секунды здесь не мера: размер настоящего кластера "
        "считается из процессорного времени и обмена (см. [«Кластер»](manual/cluster.md)). Время узлов — "
        "executorCpuTime Spark, обмен — shuffleWriteBytes, привезено — resultSize.\n\n" + table(header, rows)
    )


def main() -> None:
    if importlib.util.find_spec("pyspark") is None:
        skip("нет pyspark: make cluster-bench")
        return
    # Beside the tests, which start the same cluster.
    from tests.cluster.standing import LOOPBACK, StandingCluster

    os.environ["SPARK_LOCAL_IP"] = LOOPBACK
    versions = {size: data_of(size) for size in SIZES}
    own = here(versions[SIZES[-1]])
    with tempfile.TemporaryDirectory() as folder:
        cluster = StandingCluster.start(Path(folder))
        try:
            with engine_named(cluster.address).open(None, Path(folder)) as engine:
                costs = [there(engine, version) for version in versions.values()]
        finally:
            cluster.stop()
    text = page(SIZES[-1], own, costs[-1])
    print(text)
    if "--write" in sys.argv:
        write_section("cluster", "Кластер", text)


if __name__ == "__main__":
    main()
