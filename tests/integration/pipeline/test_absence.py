"""What is said of the absent, from three schools worked by hand: all told, half told, nothing told."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.integration.command import rostok
from tests.integration.papers import text_table, write

# 0.3 of 10 is three: school 1 is listed if its absent were all below (3 and 3 of 11), else only Russian is low.
COUNTS = """
Результаты ГИА 2022 года
Логин | Вид | Предмет | Класс | Участников | Не явились | «2» | «3» | «4» | «5»
990001 | ОГЭ | Русский язык | 9 | 10 | 2 | 3 | 4 | 2 | 1
990001 | ОГЭ | Математика | 9 | 10 | 3 | 2 | 4 | 3 | 1
990002 | ОГЭ | Русский язык | 9 | 10 | 1 | 3 | 4 | 2 | 1
990002 | ОГЭ | Математика | 9 | 10 | | 0 | 5 | 4 | 1
990003 | ОГЭ | Русский язык | 9 | 10 | | 3 | 4 | 2 | 1
990003 | ОГЭ | Математика | 9 | 10 | | 3 | 5 | 1 | 1
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("absence")
    given = write(folder / "given", {"ОГЭ.csv": text_table(COUNTS)})
    done = rostok(
        "analyse", given, "--methodology", "federal-low-results", "--workers", "1", "--no-firmness", "--out", folder / "out"
    )  # fmt: skip
    assert done.code == 0, done.err
    return folder / "out"


def test_bounds_say_whether_the_absent_are_known(out: Path) -> None:
    with (out / "indicators.csv").open(encoding="utf-8", newline="") as stream:
        found = {
            (row["school_id"], row["indicator"]): (row["value"], row["n"], row["coverage"])
            for row in csv.DictReader(stream)
            if row["indicator"].startswith("verdict_if")
        }
    assert found == {
        # 5 of 12 and 5 of 13 below; if none of the absent were, 3 of 12 and 2 of 13.
        ("990001", "verdict_if_absent_below"): ("1.000000", "5", "1.000000"),
        ("990001", "verdict_if_absent_above"): ("0.000000", "5", "1.000000"),
        # One of two papers tells its absent: 4 of 11 and 0 of 10, or 3 of 11 and 0 of 10; never two papers.
        ("990002", "verdict_if_absent_below"): ("0.000000", "1", "0.500000"),
        ("990002", "verdict_if_absent_above"): ("0.000000", "1", "0.500000"),
        # Nobody tells: no verdict, though the two papers alone would say yes.
        ("990003", "verdict_if_absent_below"): ("", "", "0.000000"),
        ("990003", "verdict_if_absent_above"): ("", "", "0.000000"),
    }


def test_card_says_that_the_absent_are_not_known(out: Path) -> None:
    page = (out / "report.html").read_text(encoding="utf-8")
    cards = {key: page.split(f'data-id="{key}"')[1].split("</details>")[0] for key in ("990001", "990003")}
    assert "Отсутствовали: 5 из 25 (20,0\N{NO-BREAK SPACE}%)." in cards["990001"]
    assert "Сколько учеников отсутствовало, в файлах не сказано" in cards["990003"]
    assert "если бы никто из них" in cards["990001"] and "если бы никто из них" not in cards["990003"]
