"""Addresses of clusters, and the sentences for what goes wrong with one. A real cluster: ``tests/cluster``."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from rostok.schema.problems import InputRefused
from rostok.store import cluster
from rostok.store.engines import engine_named
from tests.integration.pipeline import cluster_cases as cases


@pytest.mark.parametrize("text", ["spark://node:7077", "spark://10.0.0.1", "spark://one:7077,two:7078"])
def test_address_of_a_cluster_is_an_engine(text: str) -> None:
    assert (engine_named(text).name, engine_named(text).title) == ("spark", "Apache Spark")


@pytest.mark.parametrize("text", ["spark://", "spark://node:port", "spark://a b", "spark:node", "yarn", ""])
def test_other_words_are_no_address(text: str) -> None:
    with pytest.raises(InputRefused) as refused:
        engine_named(text)
    assert [problem.code for problem in refused.value.problems] == ["engine-unknown"]


def refusal(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> str:
    cases.FAULTS[code](folder, monkeypatch)
    with pytest.raises(InputRefused) as refused, engine_named(cases.ADDRESS).open(None, folder) as engine:
        engine.read_parquet("any")
    assert [problem.code for problem in refused.value.problems] == [code]
    return str(refused.value)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("cluster-unreachable", "spark://127.0.0.1:7077 не отвечает: Connection refused."),
        ("cluster-idle", "за 0 секунд не дал ни одного исполнителя."),
        ("cluster-blind", "не видят файлов хранилища: java.io.FileNotFoundException: File file:/data/scripts"),
        # The sentence is the line with the reason, not «An error occurred», nor the pages of Java below.
        ("cluster-failed", "не закончил расчёт: Job aborted due to stage failure: Master removed our application: KILLED."),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    assert said in refusal(tmp_path, monkeypatch, code)


def test_session_ends_with_the_block(monkeypatch: pytest.MonkeyPatch) -> None:
    session = cases.Session(executors=1)
    cases.playing(monkeypatch, session)
    with cluster.connected(cases.ADDRESS, None):
        assert not session.stopped
    assert session.stopped


def test_work_of_a_cluster_that_lost_its_workers_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    session = cases.Session(executors=2)
    cases.playing(monkeypatch, session)
    monkeypatch.setattr(cluster, "SECONDS_BETWEEN_LOOKS", 0.01)
    with pytest.raises(InputRefused) as refused, cluster.connected(cases.ADDRESS, None) as engine:
        assert not session.cancelled.wait(0.1)
        session.executors = 0
        assert session.cancelled.wait(10)  # what runs on the cluster ends with an error then
        engine.read_parquet("any")
    assert [problem.code for problem in refused.value.problems] == ["cluster-idle"]


def test_one_of_several_masters_is_enough() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_server(("127.0.0.1", 0)) as closed,
    ):
        port, free = listening.getsockname()[1], closed.getsockname()[1]
        closed.close()
        cluster._check_answers(f"spark://127.0.0.1:{free},127.0.0.1:{port}")
        with pytest.raises(InputRefused):
            cluster._check_answers(f"spark://127.0.0.1:{free}")


def test_impossible_port_is_a_sentence() -> None:
    with pytest.raises(InputRefused) as refused:
        cluster._check_answers("spark://127.0.0.1:99999")
    assert [problem.code for problem in refused.value.problems] == ["cluster-unreachable"]
