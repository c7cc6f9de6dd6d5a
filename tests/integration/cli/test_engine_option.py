"""Where the command line learns which engine computes: the option first, then the environment."""

from __future__ import annotations

import socket
from pathlib import Path

import click
import pytest

from rostok.cli import options
from tests.integration.command import rostok
from tests.integration.papers import NAME, export, row, write
from tests.integration.pipeline import cluster_cases as cases

ELSEWHERE = "spark://elsewhere:7077"


@pytest.mark.parametrize(
    ("given", "environment", "engine"),
    [
        ([], None, "duckdb"),
        ([], ELSEWHERE, ELSEWHERE),
        ([], "spark", "spark"),
        (["--engine", "spark"], ELSEWHERE, ELSEWHERE),
        (["--engine", "spark"], None, "spark"),
        (["--engine", "spark"], "duckdb", "spark"),
        (["--engine", "duckdb"], ELSEWHERE, "duckdb"),
        (["--engine", "spark://here:7077"], ELSEWHERE, "spark://here:7077"),
    ],
)
def test_option_and_environment(
    monkeypatch: pytest.MonkeyPatch, given: list[str], environment: str | None, engine: str
) -> None:
    monkeypatch.delenv("ROSTOK_ENGINE", raising=False)
    if environment is not None:
        monkeypatch.setenv("ROSTOK_ENGINE", environment)
    command = click.Command("one", params=[options.engine()])
    assert command.make_context("one", list(given)).params == {"engine": engine}


@pytest.mark.parametrize(
    "command",
    [("analyse", "--methodology", "federal-low-results"), ("gaps", "--by", "school"), ("objectivity",)],
)
def test_cluster_that_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    given = write(tmp_path / "input", {NAME: export(row())})
    cases.java(monkeypatch)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    words, *more = command
    address = f"spark://127.0.0.1:{port}"
    done = rostok(words, given, *more, "--out", tmp_path / "out", "--engine", address)
    assert (done.code, done.out) == (2, "")
    assert f"Кластер {address} не отвечает: Connection refused." in " ".join(done.err.split())
    assert not (tmp_path / "out").exists()
