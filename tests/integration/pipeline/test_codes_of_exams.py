"""Codes of ГИА through the pipeline: a school of its own until a register, or the user, says whose it is."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rostok import pipeline
from rostok.formats.assumptions import Assumptions
from rostok.pipeline.storing import Stored
from rostok.schema.problems import Problem
from tests.integration.papers import NAME, Files, export, row, text_table, write
from tests.integration.pipeline.problem_cases import WITHOUT_PERSONS

# The codes of the protocol are 101001 and 101002; a school of ВПР has the login of the first.
PROTOCOL: Files = {"протокол.csv": text_table(WITHOUT_PERSONS)}
VPR: Files = {NAME: export(row(school="sch101001"))}
REGISTER = "Логин | Наименование | Код {}\nsch990007 | Школа № 7 | 101001\nsch101001 | Школа № 1 | 555555\n"


def stored(folder: Path, files: Files, **assume: object) -> Stored:
    given = write(folder / "input", files)
    assumed = Assumptions.parse(f"{field}={value}" for field, value in assume.items())
    return pipeline.read_and_store([given], root=folder / "store", assume=assumed, workers=1)


def schools(made: Stored, kind: str) -> set[str]:
    papers = [one for one in made.version.assessments if one.kind == kind]
    tables = [pq.read_table(made.version.scripts_path(one), columns=["school_id"]) for one in papers]
    return {str(school) for table in tables for school in table["school_id"].to_pylist()}


def missing(made: Stored) -> list[Problem]:
    return [problem for problem in made.problems if problem.code == "alias-missing"]


def test_folder_of_protocols_only(tmp_path: Path) -> None:
    made = stored(tmp_path, PROTOCOL)
    assert schools(made, "oge") == {"gia:101001", "gia:101002"}
    (problem,) = missing(made)
    assert (Path(problem.file).name, problem.value, problem.count) == ("протокол.csv", "101001, 101002", 2)


def test_code_that_looks_like_a_login_of_another_school(tmp_path: Path) -> None:
    made = stored(tmp_path, {**PROTOCOL, **VPR})
    assert schools(made, "vpr") == {"101001"} and schools(made, "oge") == {"gia:101001", "gia:101002"}


@pytest.mark.parametrize(
    ("kind", "found", "unknown"),
    [("ОГЭ", {"990007", "gia:101002"}, "101002"), ("ЕГЭ", {"gia:101001", "gia:101002"}, "101001, 101002")],
)
def test_register_says_whose_codes_they_are(tmp_path: Path, kind: str, found: set[str], unknown: str) -> None:
    register = text_table(REGISTER.format(kind))
    made = stored(tmp_path, {**PROTOCOL, **VPR, "школы.csv": register})
    assert schools(made, "oge") == found
    assert [problem.value for problem in missing(made)] == [unknown]


def test_region_of_one_numbering(tmp_path: Path) -> None:
    made = stored(tmp_path, {**PROTOCOL, **VPR}, codes="login")
    assert schools(made, "oge") == {"101001", "101002"} and not missing(made)
    with pytest.raises(ValueError, match="codes"):
        Assumptions.parse(["codes=numbers"])


def test_codes_of_counts(tmp_path: Path) -> None:
    table = "Код ОО | Вид | Предмет | Год | Участников | Не сдали\n101001 | ОГЭ | Математика | 2022 | 9 | 1\n"
    made = stored(tmp_path, {**VPR, "числа.csv": text_table(table)})
    counts = made.version.table("counts").to_pylist()
    assert [line["school_id"] for line in counts] == ["gia:101001"]
    assert [problem.count for problem in missing(made)] == [1]


def test_many_codes_are_named_in_part(tmp_path: Path) -> None:
    head = "Код ОО | Вид | Предмет | Год | Участников | Не сдали\n"
    rows = "".join(f"{code} | ОГЭ | Математика | 2022 | 9 | 1\n" for code in range(101, 113))
    (problem,) = missing(stored(tmp_path, {"числа.csv": text_table(head + rows)}))
    assert problem.count == 12 and problem.value.startswith("101, ") and problem.value.endswith("110, …")
