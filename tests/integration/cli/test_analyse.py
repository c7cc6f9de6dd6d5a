"""``rostok analyse`` on three schools whose results are worked by hand: parameters, dates, outputs."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from rostok import pipeline
from tests.integration.cli.conftest import AUTUMN, PLAN, QUICK
from tests.integration.command import contents, rostok, rostok_program
from tests.integration.papers import NAME, export, pupils, text_table, write

CSV_FILES = {"results.csv", "reasons.csv", "indicators.csv", "rules.csv", "problems.csv"}
FIRST, SECOND, THIRD = "990001", "990002", "990003"


def analysed(out: Path, *arguments: object) -> Path:
    done = rostok("analyse", *arguments, *PLAN, "--out", out)
    assert done.code == 0, done.err
    return out


def rows(out: Path, name: str = "results.csv") -> list[dict[str, str]]:
    with (out / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def column(out: Path, name: str) -> dict[str, str]:
    return {row["school_id"]: row[name] for row in rows(out)}


def facts(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def plain(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole job as it is by default."""
    return analysed(tmp_path_factory.mktemp("plain") / "out", inputs)


def test_verdicts_worked_by_hand(plain: Path) -> None:
    assert column(plain, "low_results") == {FIRST: "false", SECOND: "true", THIRD: "unknown"}
    assert column(plain, "category") == {FIRST: "", SECOND: "ШНОР", THIRD: ""}
    assert column(plain, "low_count") == {FIRST: "0", SECOND: "2", THIRD: "0"}
    assert column(plain, "unknown_count") == {FIRST: "0", SECOND: "0", THIRD: "2"}
    # Seventh-graders of 2020/21 and sixth-graders of 2020/21 are two cohorts.
    assert column(plain, "cohorts")[SECOND] == "2"
    assert set(column(plain, "version").values()) == {"2021.1"}


def test_reasons_name_both_papers(plain: Path) -> None:
    found = [row for row in rows(plain, "reasons.csv") if row["school_id"] == SECOND]
    assert [(row["year"], row["wave"], row["pupil_grade"], row["participants"], row["below"], row["low"])
            for row in found] == [("2020", "autumn", "7", "20", "10", "true"), ("2021", "spring", "6", "20", "10", "true")]  # fmt: skip
    assert column(plain, "reason")[SECOND].replace("\xa0", " ") == (
        "Результаты ниже порога в 2 из 2 работ, для вывода нужно 2: "
        "доля «2» по математике, 7 класс по программе 6 класса, осень 2020: 10 из 20 (50,0 %), порог 30 %; "
        "доля «2» по математике, 6 класс, весна 2021: 10 из 20 (50,0 %), порог 30 %."
    )


def test_everything_is_written(plain: Path) -> None:
    assert {path.name for path in plain.iterdir()} == {
        *CSV_FILES,
        "run.json",
        "report.html",
        "report.xlsx",
    }
    assert [path.name for path in plain.parent.iterdir()] == ["out"]  # nothing left of the building


def test_parameter_changes_label_hash_and_result(plain: Path, inputs: Path, tmp_path: Path) -> None:
    out = analysed(tmp_path / "out", inputs, "--set", "threshold=0.25", *QUICK)
    assert column(out, "low_results") == {FIRST: "true", SECOND: "true", THIRD: "unknown"}
    assert set(column(out, "version").values()) == {"2021.1+threshold=0.25"}
    before, after = facts(plain)["methodology"], facts(out)["methodology"]
    assert before["hash"] != after["hash"]
    assert (before["parameters"]["threshold"], after["parameters"]["threshold"]) == (0.3, 0.25)
    assert facts(plain)["data_version"] == facts(out)["data_version"]
    assert {row["threshold"] for row in rows(out, "reasons.csv")} == {"0.250000"}


def test_two_parameters_at_once(inputs: Path, tmp_path: Path) -> None:
    out = analysed(tmp_path / "out", inputs, "--set", "threshold=0.25", "--set", "min_participants=4", *QUICK)
    assert column(out, "low_results") == {FIRST: "true", SECOND: "true", THIRD: "false"}
    [label] = set(column(out, "version").values())
    assert "threshold=0.25" in label and "min_participants=4" in label


def test_earlier_date_leaves_later_papers_out(plain: Path, inputs: Path, tmp_path: Path) -> None:
    assert facts(plain)["on"] == "2021-08-31"
    out = analysed(tmp_path / "out", inputs, "--on", "2020-12-31", *QUICK)
    assert facts(out)["on"] == "2020-12-31"
    assert {(row["year"], row["wave"]) for row in rows(out, "reasons.csv")} == {("2020", "autumn")}
    # The rule needs two papers, and the data hold one: of nobody can one tell.
    assert column(out, "low_results") == {FIRST: "unknown", SECOND: "unknown", THIRD: "unknown"}


def test_without_firmness_there_is_none_and_the_rest_is_the_same(
    plain: Path, inputs: Path, tmp_path: Path
) -> None:
    out = analysed(tmp_path / "out", inputs, *QUICK)
    assert {path.name for path in out.iterdir()} == {*CSV_FILES, "run.json"}
    assert facts(out)["firmness"] is None
    for before, after in zip(rows(plain), rows(out), strict=True):
        assert (after["firmness"], after["probability"]) == ("", "")
        kept = before.keys() - {"firmness", "probability"}
        assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert contents(out)["reasons.csv"] == contents(plain)["reasons.csv"]
    assert any(row["probability"] for row in rows(plain))


def test_language_of_the_run_is_recorded(plain: Path, inputs: Path, tmp_path: Path) -> None:
    done = rostok_program("analyse", inputs, *PLAN, *QUICK, "--out", tmp_path / "out", ROSTOK_LANGUAGE="en")
    assert done.code == 0, done.err
    assert (facts(plain)["language"], facts(tmp_path / "out")["language"]) == ("ru", "en")
    assert column(tmp_path / "out", "low_results") == column(plain, "low_results")


def test_stdout_is_the_file_to_open(inputs: Path, tmp_path: Path) -> None:
    done = rostok("analyse", inputs, *PLAN, *QUICK, "--out", tmp_path / "out")
    assert done.out == f"{tmp_path / 'out' / 'results.csv'}\n"
    # 990003 has four participants: one cannot tell.
    assert [line.strip() for line in done.err.splitlines() if line.startswith("  ")] == [
        "ШНОР: 1 школа", "не в списке: 1 школа", "сказать нельзя: 1 школа",
    ]  # fmt: skip


def test_every_outcome_is_named(inputs: Path, tmp_path: Path) -> None:
    register = text_table("Логин | Название\nedu990001 | Школа 1\nedu990008 | Школа 8\nedu990009 | Школа 9")
    more = write(tmp_path / "more", {"schools.csv": register})
    done = rostok("analyse", inputs, more, *PLAN, *QUICK, "--set", "threshold=0.9", "--out", tmp_path / "out")
    assert [line.strip() for line in done.err.splitlines() if line.startswith("  ")] == [
        "ШНОР: 0 школ", "не в списке: 2 школы", "сказать нельзя: 3 школы",
    ]  # fmt: skip


def test_earlier_result_is_replaced_whole(inputs: Path, tmp_path: Path) -> None:
    out = analysed(tmp_path / "out", inputs)
    analysed(out, inputs, "--set", "threshold=0.25", *QUICK)
    assert {path.name for path in out.iterdir()} == {
        *CSV_FILES,
        "run.json",
    }  # the report of the first is gone
    assert set(column(out, "version").values()) == {"2021.1+threshold=0.25"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_empty_folder_is_taken_and_parents_are_made(inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "пусто").mkdir()
    assert column(analysed(tmp_path / "пусто", inputs, *QUICK), "low_results")[SECOND] == "true"
    assert (analysed(tmp_path / "а" / "б" / "в", inputs, *QUICK) / "results.csv").is_file()


def test_stored_version_is_an_input(inputs: Path, tmp_path: Path) -> None:
    from_files = analysed(tmp_path / "files", inputs, *QUICK)
    stored = pipeline.read_and_store([inputs], root=tmp_path / "store", workers=1)
    out = analysed(tmp_path / "stored", stored.version.directory, *QUICK)
    assert facts(out)["data_version"] == facts(from_files)["data_version"] == stored.version.name
    for name in ("results.csv", "reasons.csv", "rules.csv", "indicators.csv"):
        assert contents(out)[name] == contents(from_files)[name]
    assert facts(out)["files"] == facts(from_files)["files"]


def test_stored_version_and_a_newer_file_together(inputs: Path, tmp_path: Path) -> None:
    stored = pipeline.read_and_store([inputs / "2020"], root=tmp_path / "store", workers=1)
    out = analysed(tmp_path / "both", stored.version.directory, inputs / "2021", *QUICK)
    assert column(out, "low_results") == {FIRST: "false", SECOND: "true", THIRD: "unknown"}


def test_order_place_and_processes_change_no_byte(plain: Path, inputs: Path, tmp_path: Path) -> None:
    for number, names in enumerate(([NAME, AUTUMN], [AUTUMN, NAME])):
        copy = tmp_path / str(number) / inputs.name
        for name in names:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(inputs / name, copy / name)
        out = tmp_path / f"out{number}"
        done = rostok("analyse", copy, "--methodology", "federal-low-results", "--workers", str(2 - number),
                      "--no-report", "--out", out)  # fmt: skip
        assert done.code == 0, done.err
        assert {name: contents(out)[name] for name in CSV_FILES} == {
            name: contents(plain)[name] for name in CSV_FILES
        }


def test_rows_in_another_order_give_the_same_results(plain: Path, inputs: Path, tmp_path: Path) -> None:
    files = {}
    for name in (NAME, AUTUMN):
        header, *lines = (inputs / name).read_bytes().splitlines(keepends=True)
        files[name] = b"".join([header, *reversed(lines)])
    out = analysed(tmp_path / "out", write(tmp_path / inputs.name, files), "--no-report")
    for name in ("results.csv", "reasons.csv", "rules.csv", "indicators.csv"):
        assert contents(out)[name] == contents(plain)[name]


def test_unrelated_schools_change_no_verdict(plain: Path, inputs: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "more", {NAME: export(*pupils(12, 1, school="sch990009"))})
    out = analysed(tmp_path / "out", inputs, other, *QUICK)
    found = column(out, "reason")
    assert found.keys() == {FIRST, SECOND, THIRD, "990009"}
    assert {school: found[school] for school in (FIRST, SECOND, THIRD)} == column(plain, "reason")
