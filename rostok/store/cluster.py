"""A Spark cluster that stands somewhere: it reads and adds up scripts; what is made of the sums stays on DuckDB here.

Only a reduction is worth a cluster. The tables it gives are small, and a methodology asks them dozens of short
questions, each of which would cost a cluster a second.

PySpark is an extra, so it is loaded when a cluster is asked for. Workers need no Python: nothing of ours runs there
but expressions of Ibis as SQL of Spark. They need the stored files under the same path as here.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import itertools
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from rostok.schema.problems import InputRefused, Problem
from rostok.wording import DASH

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "spark://"
PORT = 7077  # of a standalone master unless it was told another
NEAREST = f"{PREFIX}localhost:{PORT}"
SECONDS_TO_ANSWER = 5
SECONDS_BETWEEN_LOOKS = 1
LONGEST_REASON = 300  # characters
SECONDS_FOR_WORKERS = 120  # a busy cluster may let us wait; one without workers would for ever

# A paper of a country is ten megabytes in a dozen row groups: by Spark's own measure (4 MB) three tasks. Its sums by
# class are a hundred megabytes at most, and Spark would divide them among 200 files of each task.
_SETTINGS: Mapping[str, str] = {
    "spark.app.name": "rostok",
    "spark.sql.files.openCostInBytes": str(1 << 20),
    "spark.sql.shuffle.partitions": "16",
    "spark.ui.showConsoleProgress": "false",
}
_ADDRESS = re.compile(r"^spark://[^\s:,/]+(:\d+)?(,[^\s:,/]+(:\d+)?)*$")


class ClusterError(RuntimeError):
    """The cluster gave up what it was asked; ``connected`` makes a sentence of it."""


def is_address(text: str) -> bool:
    """``spark://host:port``; several masters that stand in for one another are divided by commas."""
    return bool(_ADDRESS.match(text))


class Cluster:
    """A cluster for tables of files and ``here``, a DuckDB backend, for small tables; used as one Ibis backend.

    An expression runs where its tables lie; one must not mix both.
    """

    name = "spark"

    def __init__(self, session: Any, here: Any) -> None:
        self.here = here
        self._session = session
        self._spark = ibis.pyspark.connect(session)
        self._numbers = itertools.count()

    def holds(self, expression: ir.Expr) -> bool:
        """Is it made of tables of the cluster?"""
        return any(table.source is self._spark for table in expression.op().find(ops.DatabaseTable))

    def read_parquet(self, path: str) -> ir.Table:
        """A file as the workers see it. Its columns are asked of it here: Spark would start a job for that."""
        columns = importlib.import_module("ibis.backends.pyspark.datatypes").PySparkSchema.from_ibis(
            ibis.Schema.from_pyarrow(_plain(pq.read_schema(path)))
        )
        name = f"file_{next(self._numbers)}"
        with _failing():
            frame = self._session.read.schema(columns).parquet(Path(path).absolute().as_uri())
            frame.createOrReplaceTempView(name)
            return self._spark.table(name)

    def to_pyarrow(self, expression: ir.Expr) -> Any:
        if not self.holds(expression):
            return self.here.to_pyarrow(expression)
        # Not Ibis' own way, which goes through pandas: there whole numbers with gaps become floating.
        asked = expression.as_table()
        with _failing():
            found = self._session.sql(self._spark.compile(asked)).toArrow()
        types = asked.schema().to_pyarrow()
        columns = {name: found[name].cast(types.field(name).type) for name in types.names}
        if isinstance(expression, ir.Table):
            return pa.table(columns)
        column = next(iter(columns.values()))
        return column[0] if isinstance(expression, ir.Scalar) else column

    def create_table(self, name: str, table: pa.Table, *, temp: bool, overwrite: bool) -> ir.Table:
        """A small table here."""
        return self.here.create_table(name, table, temp=temp, overwrite=overwrite)

    def drop_table(self, name: str, *, force: bool) -> None:
        self.here.drop_table(name, force=force)


def _plain(schema: pa.Schema) -> pa.Schema:
    """Without dictionaries, of which Spark does not know."""
    return pa.schema([
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field for field in schema
    ])  # fmt: skip


@contextmanager
def connected(address: str, here: Any) -> Iterator[Cluster]:
    """The cluster at ``address`` for the length of a block. ``here``: see ``Cluster``.

    Raises InputRefused: cluster-not-installed, java-missing, cluster-unreachable, cluster-idle; cluster-blind where
    its workers do not see our files, cluster-failed for anything else it says.
    """
    _check_machine()
    _check_answers(address)
    watch = None
    try:
        session = _session(address)
        try:
            _wait_for_workers(session, address)
            watch = _Watch(session.sparkContext)
            watch.start()
            yield Cluster(session, here)
        finally:
            if watch is not None:
                watch.over.set()
            with contextlib.suppress(*_errors()):  # its own end must not hide what went wrong
                session.stop()
    except ClusterError as error:
        lost = watch is not None and watch.lost
        raise InputRefused((_idle(address) if lost else _problem(str(error), address),)) from error


def _check_machine() -> None:
    if any(importlib.util.find_spec(name) is None for name in ("pyspark", "pandas")):
        raise InputRefused((Problem("cluster-not-installed"),))
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin") if home else shutil.which("java")
    if java is None:
        raise InputRefused((Problem("java-missing"),))


def _check_answers(address: str) -> None:
    """Does any master answer? Spark itself would ask for a minute and then end the whole process's session."""
    refused: list[str] = []
    for master in address.removeprefix(PREFIX).split(","):
        host, _, port = master.partition(":")
        try:
            socket.create_connection((host, int(port or PORT)), SECONDS_TO_ANSWER).close()
        except (OSError, OverflowError) as error:
            refused.append(str(getattr(error, "strerror", None) or error))
        else:
            return
    raise InputRefused((Problem("cluster-unreachable", value=address, values={"detail": refused[-1]}),))


def _session(address: str) -> Any:
    with _failing():
        builder = importlib.import_module("pyspark.sql").SparkSession.builder.master(address)
        for name, value in _SETTINGS.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
    return session


def _wait_for_workers(session: Any, address: str) -> None:
    last = time.monotonic() + SECONDS_FOR_WORKERS
    with _failing():
        while not _executors(session.sparkContext):
            if time.monotonic() > last:
                raise InputRefused((_idle(address),))
            time.sleep(0.1)


def _executors(context: Any) -> int:
    """How many there are now; Spark counts this program as one."""
    return int(context._jsc.sc().getExecutorMemoryStatus().size()) - 1


class _Watch(threading.Thread):
    """Ends the work of a cluster that has lost all its workers: Spark would wait for new ones for ever."""

    def __init__(self, context: Any) -> None:
        super().__init__(name="rostok-cluster-watch", daemon=True)
        self.over = threading.Event()
        self.lost = False
        self._context = context

    def run(self) -> None:
        seen = time.monotonic()
        while not self.over.wait(SECONDS_BETWEEN_LOOKS):
            with contextlib.suppress(*_errors()):
                if _executors(self._context):
                    seen = time.monotonic()
                elif time.monotonic() - seen > SECONDS_FOR_WORKERS:
                    self.lost = True  # before the work ends with an error, which asks for it
                    self._context.cancelAllJobs()


@contextmanager
def _failing() -> Iterator[None]:
    """ClusterError for what PySpark and its bridge to Java raise."""
    try:
        yield
    except _errors() as error:
        raise ClusterError(str(error)) from error


def _errors() -> tuple[type[Exception], ...]:
    errors = importlib.import_module("pyspark.errors")
    bridge = importlib.import_module("py4j.protocol")
    # ConnectionError: the Java half of this program is gone.
    return (errors.PySparkException, bridge.Py4JError, ConnectionError)


_BLIND = ("FileNotFoundException", "FILE_NOT_EXIST", "PATH_NOT_FOUND")


def _idle(address: str) -> Problem:
    return Problem("cluster-idle", value=address, values={"seconds": str(SECONDS_FOR_WORKERS)})


def _problem(said: str, address: str) -> Problem:
    code = "cluster-blind" if any(word in said for word in _BLIND) else "cluster-failed"
    return Problem(code, value=address, values={"detail": _first_words(said)})


def _first_words(said: str) -> str:
    """The reason, of a text that begins with where it was met and goes on with pages of Java."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    caused = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    thrown = [line.removeprefix(": ").removeprefix("org.apache.spark.SparkException: ")
              for line in lines if line.startswith(": ")]  # fmt: skip
    return ([*caused[-1:], *thrown, *lines] or [DASH])[0][:LONGEST_REASON]
