"""``rostok analyse --with gaps,objectivity``: sections beside the list, or a note where the data give none."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from rostok.pipeline.report_sections import compared
from tests.integration.cli.conftest import PLAN
from tests.integration.command import contents, rostok
from tests.integration.papers import MAXIMA, text_table, write

BOTH = ("--with", "gaps,objectivity", "--no-firmness")


@pytest.fixture(scope="module")
def codifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mathematics 6, 2021: items 1–9 are solved by all but the failing, 10–13 by nobody."""
    tasks = [
        {"task": str(at), "skill": "Считать" if at <= 9 else "Доказывать", "level": "Б", "max": str(most),
         "blocks": [], "kes": [], "kt": []}
        for at, most in enumerate(MAXIMA, 1)
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("codifier") / "к.json"
    path.write_text(
        json.dumps([{"subject": "math", "grade": 6, "year": 2021, "tasks": tasks}]), encoding="utf-8"
    )
    return path


@pytest.fixture(scope="module")
def out(inputs: Path, codifier: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sections") / "out"
    done = rostok("analyse", inputs, *PLAN, *BOTH, "--codifier", codifier, "--out", folder)
    assert done.code == 0, done.err
    return folder


def test_page_and_workbook_have_the_sections(out: Path) -> None:
    page = (out / "report.html").read_text(encoding="utf-8")
    assert 'id="gaps"' in page and 'id="objectivity"' in page
    # 44 pupils, none of whom solved items 10 to 13
    assert "Системный дефицит: «Доказывать». Ниже порога задания 10, 11, 12, 13" in page
    names = openpyxl.load_workbook(out / "report.xlsx", read_only=True).sheetnames
    assert {"Задания", "Умения", "Доверие", "Признаки"} <= set(names)


def test_figures_of_an_item_are_those_of_the_files(out: Path) -> None:
    """15 of 44 pupils are under the threshold and solved item 1 only; the others solved items 1 to 9."""
    sheet = openpyxl.load_workbook(out / "report.xlsx", read_only=True)["Задания"]
    found = {
        row[1]: row
        for row in sheet.iter_rows(min_row=2, values_only=True)
        if "весна 2021" in str(row[0]) and row[3] == "Все школы"
    }
    assert found["1"][4:6] == (44, 1.0)
    assert found["2"][5] == pytest.approx(29 / 44)
    assert found["10"][5] == 0


def test_run_says_which_sections_were_asked_for(out: Path) -> None:
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["sections"] == ["gaps", "objectivity"]


def test_the_list_itself_does_not_change(inputs: Path, out: Path, tmp_path: Path) -> None:
    done = rostok("analyse", inputs, *PLAN, "--no-firmness", "--out", tmp_path / "out")
    assert done.code == 0
    for name in ("results.csv", "reasons.csv", "indicators.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (out / name).read_bytes()


def test_problems_of_sections_stand_with_the_others(out: Path) -> None:
    assert "codifier-other-year" in (out / "problems.csv").read_text(encoding="utf-8")  # autumn 2020


def test_counts_without_scripts_get_a_note(tmp_path: Path) -> None:
    counts = text_table("""
        school_id | kind | subject | grade | year | participants | under_minimum
        990001    | vpr  | math    | 6     | 2021 | 20           | 10
    """)
    folder = write(tmp_path / "input", {"counts.csv": counts})
    done = rostok("analyse", folder, *PLAN, *BOTH, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert 'id="gaps"' not in page and 'id="objectivity"' not in page
    assert "990001" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--with", "gaps,зарплата"), "«зарплата» — не раздел отчёта; есть gaps, objectivity"),
        (("--with", "gaps", "--no-report"), "уберите --no-report"),
    ],
)
def test_what_cannot_be_is_refused(
    inputs: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = rostok("analyse", inputs, *PLAN, *arguments, "--out", tmp_path / "out")
    assert done.code == 2 and said in " ".join(done.err.split())
    assert not (tmp_path / "out").exists()


def test_an_unreadable_codifier_leaves_nothing_behind(inputs: Path, tmp_path: Path) -> None:
    (tmp_path / "к.json").write_text("{", encoding="utf-8")
    done = rostok(
        "analyse", inputs, *PLAN, *BOTH, "--codifier", tmp_path / "к.json", "--out", tmp_path / "out"
    )
    assert done.code == 2
    assert "out" not in contents(tmp_path)


def test_treated_lists_name_who_differs() -> None:
    recorded = {"1": "да", "2": "да", "3": "нет", "4": "нет"}
    with_most = {"1": "да", "2": "да", "3": "нет", "4": "да"}
    lists = compared(recorded, {"1": "да", "2": "нет", "4": "нет"}, with_most, set_aside=4)
    # School 3 has no result left when they are set aside; of school 4, widened, one cannot tell.
    assert lists.counts == (("да", 2, 1, 2), ("нет", 2, 2, 1), ("сказать нельзя", 0, 1, 1))
    assert [(one.school_id, one.with_all, one.set_aside, one.widened) for one in lists.differing] == [
        ("2", "да", "нет", "да"), ("3", "нет", "сказать нельзя", "нет"), ("4", "нет", "нет", "сказать нельзя"),
    ]  # fmt: skip
    assert lists.set_aside == 4
