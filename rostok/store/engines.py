"""Where reductions run: DuckDB inside this process, or a Spark cluster, which takes the same expressions of Ibis.

An engine is chosen by its name in ``ENGINES``, a cluster also by its address; adding one is adding a line there.

A trap met and measured with DuckDB 1.5.6: a streamed result of ``UNION ALL`` over three or more aggregated
Parquet scans never ends, with any number of threads. Ibis streams in ``to_pyarrow_batches`` and ``raw_sql``;
``to_pyarrow`` and temporary tables are safe, so reductions use only those.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import ibis

from rostok.schema.problems import InputRefused, Problem
from rostok.store import cluster
from rostok.wording import integer

if TYPE_CHECKING:
    import ibis.expr.types as ir

_T = TypeVar("_T")

# What a reduction of a national year needs, with room to spare; more is spilt to the temporary directory. Some
# steps cannot spill, so a machine with much memory lends a quarter of it: least use stays what the work takes.
LEAST_MEMORY = 300_000_000
SHARE_OF_MEMORY = 4

# What an engine raises when a stored file turns out to be damaged, and for mistakes of ours.
ENGINE_ERRORS: tuple[type[Exception], ...] = (duckdb.Error, cluster.ClusterError)
# … and when the memory it may use is not enough; ``duckdb_engine`` makes a sentence of it.
MEMORY_ERRORS: tuple[type[Exception], ...] = (duckdb.OutOfMemoryException,)


@dataclass(frozen=True, slots=True)
class Engine:
    """One way to run reductions: ``open`` gives an Ibis backend, or a ``Cluster``, for the length of a block.

    It takes the bytes of memory it may use (None: as it sees fit; one without such a limit ignores it) and a
    folder for what does not fit. ``package`` is the distribution whose version ``run.json`` records.
    """

    name: str
    title: str
    package: str
    open: Callable[[int | None, Path | None], AbstractContextManager[Any]]


@contextmanager
def duckdb_engine(
    memory_limit: int | None = None, threads: int | None = None, temp_directory: Path | None = None
) -> Iterator[Any]:
    """An Ibis backend on an in-memory DuckDB, closed at the end of the block.

    ``threads`` defaults to the cores this process may use, ``memory_limit`` (bytes) to ``usable_memory()``.
    ``temp_directory`` takes what does not fit; without one the engine uses ``.tmp`` of the working directory
    only if it has to. Raises InputRefused: disk-full when there is no room to spill, memory-short when a step
    that cannot spill does not fit.
    """
    limit = memory_limit or usable_memory()
    settings: dict[str, Any] = {"threads": threads or _cores(), "memory_limit": f"{limit}B"}
    if temp_directory is not None:
        settings["temp_directory"] = str(temp_directory)
    engine = ibis.duckdb.connect(":memory:", **settings)
    try:
        # Results are ordered by what they say; keeping the order of input rows would only cost memory.
        engine.raw_sql("SET preserve_insertion_order = false")
        yield engine
    except MEMORY_ERRORS as error:
        raise InputRefused(
            (Problem("memory-short", values={"megabytes": integer(limit // 1_000_000)}),)
        ) from error
    except duckdb.IOException as error:
        if "No space left" not in str(error):
            raise
        raise InputRefused((Problem("disk-full", file=str(temp_directory or ".tmp")),)) from error
    finally:
        engine.disconnect()


def usable_memory() -> int:
    """Bytes the engine may take by default: a quarter of the machine's memory, but not under LEAST_MEMORY."""
    try:
        physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # a system that does not say
        return LEAST_MEMORY
    return max(LEAST_MEMORY, physical // SHARE_OF_MEMORY)


def _cores() -> int:
    """Cores this process may use; fewer than the machine has inside a container."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_process(engine: Any) -> bool:
    """Are the data on this machine, where columns can be read as arrays? On a cluster only its engine reads them."""
    return bool(engine.name == "duckdb")


def here(engine: Any) -> Any:
    """The backend of small tables, which is on this machine whatever the engine."""
    return engine if in_process(engine) else engine.here


def materialise(engine: Any, name: str, table: ir.Table) -> ir.Table:
    """Compute ``table`` once and keep it here as ``name``, replacing what stood there.

    ``table`` is made of tables of the engine only (files read, tables kept), not of data in memory.
    """
    backend = here(engine)
    if not in_process(engine) and engine.holds(table):
        return backend.create_table(name, engine.to_pyarrow(table), temp=True, overwrite=True)
    # In SQL, because ``create_table`` of Ibis inserts into an empty table, a third slower and larger than
    # CREATE … AS, and the finalizers of ``cache()`` speak to a connection that is closed by then.
    backend.raw_sql(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {backend.compile(table)}')
    return backend.table(name, database=("temp", "main"))


def _open_duckdb(memory_limit: int | None, temp_directory: Path | None) -> AbstractContextManager[Any]:
    return duckdb_engine(memory_limit, temp_directory=temp_directory)


@contextmanager
def _open_spark(address: str, memory_limit: int | None, temp_directory: Path | None) -> Iterator[Any]:
    with (
        duckdb_engine(memory_limit, temp_directory=temp_directory) as here,
        cluster.connected(address, here) as both,
    ):
        yield both


def _spark_at(address: str) -> Engine:
    return Engine("spark", "Apache Spark", "pyspark", functools.partial(_open_spark, address))


ENGINES: dict[str, Engine] = {
    engine.name: engine
    for engine in (Engine("duckdb", "DuckDB", "duckdb", _open_duckdb), _spark_at(cluster.NEAREST))
}


def engine_named(name: str) -> Engine:
    """The engine of that name, or the cluster at that address; InputRefused (engine-unknown) names those there are."""
    if cluster.is_address(name):
        return _spark_at(name)
    if name not in ENGINES:
        known = ", ".join((*sorted(ENGINES), f"{cluster.PREFIX}HOST:PORT"))
        raise InputRefused((Problem("engine-unknown", value=name, values={"options": known}),))
    return ENGINES[name]


def compute_on(engine: Engine, folder: Path | None, compute: Callable[[Any], _T]) -> _T:
    """``compute`` with little memory first: it suffices for a country; what does not fit is done again with more.

    ``folder``: for what does not fit into memory. ``compute`` may be called twice, and leaves nothing when it fails.
    """
    try:
        with engine.open(LEAST_MEMORY, folder) as backend:
            return compute(backend)
    except InputRefused as refused:
        if all(problem.code != "memory-short" for problem in refused.problems):
            raise
    with engine.open(None, folder) as backend:
        return compute(backend)
