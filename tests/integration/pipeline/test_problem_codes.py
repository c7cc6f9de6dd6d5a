"""Every code of the catalogue has input that triggers it, and a twin without the fault that does not."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from rostok.schema.problems import CATALOGUE, InputRefused, Problem, Severity
from tests.integration.pipeline.problem_cases import CASES, Case


def test_every_code_has_a_case() -> None:
    assert sorted(case.code for case in CASES) == sorted(CATALOGUE)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_code_is_met_with_the_fault_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
    with monkeypatch.context() as patched:
        met = list(case.dirty(tmp_path / "dirty", patched))
    assert case.code in {problem.code for problem in met}, met
    clean = list(case.clean(tmp_path / "clean", monkeypatch))
    assert case.code not in {problem.code for problem in clean}, clean
    # The twin is usable: its only difference is the fault, not another error.
    assert [problem for problem in clean if problem.severity is Severity.ERROR] == []
    for problem in met:
        check_told(problem)


def check_told(problem: Problem) -> None:
    """A sentence and a remedy for people: filled in, closed by a full stop, without words of programs."""
    for text in (problem.sentence, problem.remedy):
        assert text.endswith("."), text
        assert "{" not in text and "None" not in text and "Error" not in text, text


def test_refusal_travels_between_processes() -> None:
    problem = Problem("column-missing", file="а.xlsx", column="балл")
    arrived = pickle.loads(pickle.dumps(InputRefused((problem,))))
    assert isinstance(arrived, InputRefused)
    assert arrived.problems == (problem,)
    assert str(arrived) == "В файле «а.xlsx» нет столбца «балл»."
