"""What may be wrong with a cluster, played on a machine that has neither PySpark nor Java.

Each fault leaves everything before it in order; ``tests/cluster`` meets the same on a real one.
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rostok.store import cluster

ADDRESS = "spark://127.0.0.1:7077"
Fault = Callable[[Path, pytest.MonkeyPatch], None]

BLIND = """An error occurred while calling o61.collectAsArrowToPython.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times
Caused by: java.io.FileNotFoundException: File file:/data/scripts/5.parquet does not exist
"""
LOST = """An error occurred while calling o61.collectAsArrowToPython.
: org.apache.spark.SparkException: Job aborted due to stage failure: Master removed our application: KILLED
\tat org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2935)
"""


def no_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())


def no_java(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(monkeypatch)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)


def java(monkeypatch: pytest.MonkeyPatch) -> None:
    package(monkeypatch)
    monkeypatch.setattr(shutil, "which", lambda name, path=None: "java")


def nobody_answers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    java(monkeypatch)

    def refuse(address: tuple[str, int], timeout: float) -> Any:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", refuse)


class Session:
    """As much of a Spark session as is asked before the first table; ``said`` is what reading one ends with."""

    def __init__(self, executors: int, said: str = "") -> None:
        self.executors, self.cancelled = executors, threading.Event()
        status = SimpleNamespace(size=lambda: self.executors + 1)
        inner = SimpleNamespace(sc=lambda: SimpleNamespace(getExecutorMemoryStatus=lambda: status))
        self.sparkContext = SimpleNamespace(_jsc=inner, cancelAllJobs=self.cancelled.set)
        self.said = said
        self.stopped = False

    def stop(self) -> None:
        self.stopped = True


class PySparkError(Exception):
    """In the place of those that PySpark raises."""


class _Reading:
    """A cluster that fails in reading the first file."""

    name = "spark"

    def __init__(self, session: Session, here: Any) -> None:
        self.here, self._said = here, session.said

    def read_parquet(self, path: str) -> Any:
        with cluster._failing():
            raise PySparkError(self._said)


def playing(monkeypatch: pytest.MonkeyPatch, session: Session) -> None:
    """Everything in order up to ``session``."""
    java(monkeypatch)
    monkeypatch.setattr(cluster, "_check_answers", lambda address: None)
    monkeypatch.setattr(cluster, "_errors", lambda: (PySparkError,))
    monkeypatch.setattr(cluster, "_session", lambda address: session)
    monkeypatch.setattr(cluster, "Cluster", _Reading)
    monkeypatch.setattr(cluster, "SECONDS_FOR_WORKERS", 0)


def _ending(executors: int, said: str = "") -> Fault:
    return lambda folder, monkeypatch: playing(monkeypatch, Session(executors, said))


FAULTS: dict[str, Fault] = {
    "cluster-not-installed": no_package,
    "java-missing": no_java,
    "cluster-unreachable": nobody_answers,
    "cluster-idle": _ending(executors=0),
    "cluster-blind": _ending(1, BLIND),
    "cluster-failed": _ending(1, LOST),
}
