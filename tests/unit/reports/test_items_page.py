"""The page of ``rostok items``: what stands out in words, and nothing said where too few answered."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from rostok.reports import items_html
from rostok.reports.item_charts import MapCell, MapRow
from rostok.reports.items_model import ItemFigures, ItemsPage, Shift
from rostok.reports.presenters import items
from rostok.reports.wright_map import AbilityBin, WrightItem
from rostok.schema.problems import Problem

USUAL = ItemFigures("1", 200, 1, 60.0, 0.4, 0.70, -0.5, 1.0, (20.0, 40.0, 60.0, 80.0, None))
PAGE = ItemsPage(
    source="баллы.csv", pupils=200, items=1, alpha=0.75, mean=0.6, sd=0.5, error=0.25, lines=(USUAL,),
    scale=(WrightItem("1", -0.5, 0.1),), levels=(AbilityBin(-0.5, 0, 90), AbilityBin(0, 0.5, 110)),
    group_name="пол", groups=(MapRow("все", (MapCell(60.0, None, 200),), of_region=True), MapRow("ж", (MapCell(None, None, 4),))),
    problems=(Problem("item-empty", column="<b>9</b>"),), outputs=("fit.csv", "run.json"), code_version="0",
)  # fmt: skip


def seen(**changes: object) -> str:
    line = replace(USUAL, **changes)
    return " ".join(one.seen for one in items.present(replace(PAGE, lines=(line,))).remarks)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ""),
        ({"rest": -0.1}, "Задание 1: чаще решают те, кто слабее в остальном (связь −0,10)."),
        ({"rest": 0.19}, "Задание 1: слабо связано с остальными (0,19)."),
        ({"rest": 0.2}, ""),
        ({"percent": 96.0}, "Задание 1: решили почти все (96,0\N{NO-BREAK SPACE}%)."),
        ({"percent": 4.0}, "Задание 1: почти никто не решил (4,0\N{NO-BREAK SPACE}%)."),
        ({"infit": 1.4}, "Задание 1: ответы случайнее, чем ждёт модель (infit 1,40)."),
        ({"infit": 0.6}, "Задание 1: ответы предсказуемее, чем ждёт модель (infit 0,60)."),
        ({"without": 0.78}, "Задание 1: без него надёжность выше (0,78 вместо 0,75)."),
        ({"rest": -0.5, "percent": 99.0, "answered": 49}, ""),
        ({"rest": None, "percent": None, "without": None, "infit": None}, ""),
    ],
)
def test_what_stands_out(changes: dict[str, object], said: str) -> None:
    assert seen(**changes) == said


@pytest.mark.parametrize(
    ("easier", "large", "said", "size"),
    [(True, True, "легче", "большое"), (False, False, "труднее", "заметное")],
)
def test_differential_items_in_words(easier: bool, large: bool, said: str, size: str) -> None:
    remark = items.present(replace(PAGE, shifts=(Shift("1", "ж", "м", easier, large),))).remarks[-1]
    assert remark.seen == f"Задание 1: для «м» {said}, чем для «ж» того же уровня."
    assert remark.look.startswith(f"Различие {size}.")


def test_few_answers_say_that_nothing_can_be_told() -> None:
    page = items_html.render(replace(PAGE, lines=(replace(USUAL, answered=49),)))
    assert "Сказать нельзя: ответов мало." in page
    assert "Ничего: связи" in items_html.render(PAGE)


def test_the_page_stands_alone_and_escapes_what_files_say() -> None:
    page = items_html.render(PAGE)
    assert "default-src 'none'" in page and "<script" not in page
    assert not re.findall(r"(?:src|href)=", page)
    assert "<b>9</b>" not in page and "&lt;b&gt;9&lt;/b&gt;" in page
    assert "малые группы здесь не скрыты, публиковать её нельзя" in page
    assert page.count("Ученики и задания на одной шкале") >= 3  # the heading, two drawings, the table


def test_the_table_draws_how_solving_grows_with_level() -> None:
    row = items.present(PAGE).table.rows[0]
    assert row[:8] == ("1", "200", "1", "60,0\N{NO-BREAK SPACE}%", "0,40", "0,70", "−0,50", "1,00")
    assert "от слабых к сильным: 20\N{NO-BREAK SPACE}%, 40\N{NO-BREAK SPACE}%" in row[8]


def test_groups_under_ten_have_no_percent() -> None:
    figure = items.present(PAGE).figures[1]
    assert figure.table.rows == (("1", "60,0\N{NO-BREAK SPACE}%", "—"),)
    assert figure.table.heads == ("Задание", "все", "ж")
