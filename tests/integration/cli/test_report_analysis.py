"""``rostok analyse --with value-added,…``: sections on a made-up region, or a sentence where the data give none."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

import openpyxl
import pytest

from rostok import pipeline
from tests.integration.cli.conftest import PLAN
from tests.integration.command import rostok

ALL = "value-added,resilience,growth,similar,clusters,sandbox"
SECTIONS = tuple(ALL.split(","))


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty schools with context, two years: clusters want forty with every result."""
    folder = tmp_path_factory.mktemp("region") / "region"
    pipeline.synthesise(folder, schools=60, years=[2021, 2022], seed=3, kind="parquet")
    return folder


@pytest.fixture(scope="module")
def out(region: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("analysis") / "out"
    done = rostok("analyse", region, *PLAN, "--no-firmness", "--with", ALL, "--out", folder)
    assert done.code == 0, done.err
    return folder


@pytest.fixture(scope="module")
def page(out: Path) -> str:
    return (out / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def book(out: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(out / "report.xlsx", read_only=True)


def test_page_has_the_sections(page: str, out: Path) -> None:
    for anchor in SECTIONS:
        assert f'<section id="{anchor}"' in page
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["sections"] == sorted(SECTIONS)


def test_the_list_itself_does_not_change(region: Path, out: Path, tmp_path: Path) -> None:
    done = rostok("analyse", region, *PLAN, "--no-firmness", "--out", tmp_path / "out")
    assert done.code == 0
    for name in ("results.csv", "reasons.csv", "indicators.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (out / name).read_bytes()


def test_real_results_are_those_of_the_table_of_participants(
    region: Path, book: openpyxl.Workbook, tmp_path: Path
) -> None:
    """Means of grade 5 mathematics by school, added up from the rows of ``rostok table``."""
    done = rostok("table", region, "--out", tmp_path / "table.csv")
    assert done.code == 0, done.err
    percents: dict[str, list[float]] = defaultdict(list)
    with (tmp_path / "table.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if (row["kind"], row["subject"], row["grade"], row["year"]) == ("vpr", "math", "5", "2022"):
                percents[row["school_id"]].append(float(row["percent_correct"]))
    found = {
        row[0]: row
        for row in book["Ожидаемое"].iter_rows(min_row=2, values_only=True)
        if row[3]
        == "ВПР, математика, 5\N{NO-BREAK SPACE}класс, весна 2022".replace("\N{NO-BREAK SPACE}", " ")
    }
    assert set(found) == set(percents)
    for school, values in percents.items():
        assert found[school][4] == len(values)
        mean = sum(values) / len(values) / 100
        assert found[school][5] == (pytest.approx(mean) if len(values) >= 10 else None)


def test_data_that_give_no_section_get_a_sentence_and_the_rest_goes_on(inputs: Path, tmp_path: Path) -> None:
    """Three schools without any context."""
    done = rostok(
        "analyse", inputs, *PLAN, "--no-firmness", "--with", f"{ALL},gaps", "--out", tmp_path / "out"
    )
    assert done.code == 0, done.err
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert 'id="value-added"' not in page and 'id="gaps"' in page
    assert "Раздела «Результат рядом с ожидаемым» нет. Ожидать результата не от чего" in page
    for title in ("Результаты в трудных условиях", "Похожие школы"):
        assert f"Раздела «{title}» нет. Условия школ не известны" in page
    assert "Раздела «Группы школ по результатам» нет." in page


def test_a_threshold_is_moved_by_hand(inputs: Path, tmp_path: Path) -> None:
    """«2» of 990001: 5 of 20, that is 25 %; of 990002: 50 %. At 25 % the first enters, at 40 % the second is still there."""
    done = rostok("analyse", inputs, *PLAN, "--no-firmness", "--with", "sandbox", "--out", tmp_path / "out")
    assert done.code == 0, done.err
    sheet = openpyxl.load_workbook(tmp_path / "out" / "report.xlsx", read_only=True)["Порог"]
    heads, *found = sheet.iter_rows(values_only=True)
    assert [str(head).replace("\N{NO-BREAK SPACE}", " ") for head in heads[3:]] == [
        "При 20 %", "При 25 %", "При 30 %", "При 35 %", "При 40 %",
    ]  # fmt: skip
    assert [(row[0], *row[3:]) for row in found] == [("990001", "да", "да", "—", "—", "—")]


def test_changes_are_those_of_the_command(region: Path, book: openpyxl.Workbook, tmp_path: Path) -> None:
    done = rostok("growth", region, "--out", tmp_path / "out")
    assert done.code == 0, done.err
    with (tmp_path / "out" / "growth.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream)
                if (row["indicator"], row["from"]) == ("percent_correct", "2021/spring")]  # fmt: skip
    of_command = {row["school_id"]: (float(row["change"]), float(row["shrunken"])) for row in rows}
    found = {
        row[0]: (row[5], row[7])
        for row in book["Динамика"].iter_rows(min_row=2, values_only=True)
        if row[3] == "весна 2021" and row[5] is not None
    }
    assert found and {school: pytest.approx(of_command[school], abs=1e-6) for school in found} == found


def test_one_moment_gives_no_change(region: Path, tmp_path: Path) -> None:
    done = rostok(
        "analyse",
        region,
        *PLAN,
        "--no-firmness",
        "--on",
        "2021-12-31",
        "--with",
        "growth",
        "--out",
        tmp_path / "out",
    )
    assert done.code == 0, done.err
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Раздела «Динамика» нет. Сравнивать не с чем" in page and 'id="growth"' not in page


def test_a_typology_has_no_list_to_move(region: Path, tmp_path: Path) -> None:
    done = rostok(
        "analyse",
        region,
        "--methodology",
        "sverdlovsk-typology",
        "--no-firmness",
        "--with",
        "sandbox",
        "--out",
        tmp_path / "out",
    )
    assert done.code == 0, done.err
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert 'id="sandbox"' not in page and "меняется тип, а не список" in page
