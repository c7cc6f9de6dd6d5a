"""Two clusters and a million made-up scripts; skipped where PySpark is not, see `make cluster-test`."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rostok import pipeline
from rostok.store import DataVersion
from tests.cluster.standing import LOOPBACK, StandingCluster

# What is asked for; a short form of the same takes fewer.
SCRIPTS = int(os.environ.get("ROSTOK_CLUSTER_SCRIPTS", "1000000"))
SCRIPTS_OF_SCHOOL = 625


@pytest.fixture(scope="session", autouse=True)
def with_spark() -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("no PySpark here: make cluster-test brings it")
    os.environ["SPARK_LOCAL_IP"] = LOOPBACK


@pytest.fixture(scope="session")
def region(with_spark: None, tmp_path_factory: pytest.TempPathFactory) -> DataVersion:
    """A stored version of two years: ten papers in each, some schools without a class, some pupils absent."""
    folder = tmp_path_factory.mktemp("data") / "version"
    pipeline.synthesise(
        folder, schools=max(20, SCRIPTS // SCRIPTS_OF_SCHOOL), years=(2021, 2022), seed=4, kind="parquet",
        scripts=SCRIPTS,
    )  # fmt: skip
    return DataVersion.open(folder)


@pytest.fixture(scope="session")
def standing(with_spark: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingCluster]:
    """For everybody; nobody may break it."""
    yield from _started(tmp_path_factory.mktemp("cluster"))


@pytest.fixture
def breakable(with_spark: None, tmp_path: Path) -> Iterator[StandingCluster]:
    yield from _started(tmp_path)


def _started(folder: Path) -> Iterator[StandingCluster]:
    cluster = StandingCluster.start(folder)
    try:
        yield cluster
    finally:
        cluster.stop()
