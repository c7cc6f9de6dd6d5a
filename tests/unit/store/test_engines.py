"""The memory an engine may take, and what is said when it is not enough."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rostok.schema.problems import InputRefused, Problem
from rostok.store import engines
from rostok.store.engines import compute_on, duckdb_engine, engine_named, usable_memory


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        (250_000, 300_000_000),  # 1 GB: a quarter would be 250 MB
        (4_000_000, 4_000_000_000),  # 16 GB
    ],
)
def test_memory_is_a_quarter_of_the_machine_but_enough(
    monkeypatch: pytest.MonkeyPatch, pages: int, expected: int
) -> None:
    sizes = {"SC_PAGE_SIZE": 4_000, "SC_PHYS_PAGES": pages}
    monkeypatch.setattr(os, "sysconf", sizes.__getitem__, raising=False)
    assert usable_memory() == expected


def test_memory_of_a_silent_machine_is_the_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sysconf", raising=False)
    assert usable_memory() == 300_000_000


def test_short_memory_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "usable_memory", lambda: 4_000_000)
    with pytest.raises(InputRefused) as refused, duckdb_engine(threads=1) as engine:
        engine.raw_sql("CREATE TEMP TABLE a AS SELECT i, hash(i)::VARCHAR h FROM range(2000000) t(i)")
        engine.raw_sql("SELECT list(h) FROM a")
    assert [problem.code for problem in refused.value.problems] == ["memory-short"]
    assert str(refused.value) == "Расчёту не хватило памяти: ему отведено 4 МБ."


def test_engine_is_chosen_by_name_and_another_can_be_added(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    @contextmanager
    def opened(memory_limit: int | None, temp_directory: Path | None) -> Iterator[str]:
        asked.extend([memory_limit, temp_directory])
        yield "a cluster"

    monkeypatch.setitem(engines.ENGINES, "spark", engines.Engine("spark", "Spark", "pyspark", opened))
    with engine_named("spark").open(7, Path("tmp")) as backend:
        assert (backend, asked) == ("a cluster", [7, Path("tmp")])
    with engine_named("duckdb").open(None, None) as backend:
        assert backend.raw_sql("SELECT 1").fetchall() == [(1,)]


def test_unknown_engine_names_those_there_are() -> None:
    with pytest.raises(InputRefused) as refused:
        engine_named("excel")
    assert str(refused.value) == "Аналитического движка «excel» нет. Есть: duckdb, spark, spark://HOST:PORT."


def _opening(limits: list[int | None]) -> engines.Engine:
    @contextmanager
    def opened(memory_limit: int | None, _: Path | None) -> Iterator[int | None]:
        limits.append(memory_limit)
        yield memory_limit

    return engines.Engine("any", "Any", "any", opened)


def test_what_does_not_fit_is_done_again_with_more_memory() -> None:
    limits: list[int | None] = []

    def compute(limit: int | None) -> str:
        if limit is not None:
            raise InputRefused((Problem("memory-short", values={"megabytes": "300"}),))
        return "done"

    assert compute_on(_opening(limits), None, compute) == "done"
    assert limits == [300_000_000, None]


@pytest.mark.parametrize(("code", "opened"), [("memory-short", 2), ("disk-full", 1)])
def test_what_never_fits_or_has_another_fault_is_refused(code: str, opened: int) -> None:
    limits: list[int | None] = []

    def compute(_: int | None) -> None:
        raise InputRefused((Problem(code, file="tmp", values={"megabytes": "300"}),))

    with pytest.raises(InputRefused) as refused:
        compute_on(_opening(limits), None, compute)
    assert (refused.value.problems[0].code, len(limits)) == (code, opened)
