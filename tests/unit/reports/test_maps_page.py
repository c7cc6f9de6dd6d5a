"""The page of heat maps to print."""

from __future__ import annotations

import re

from rostok.reports.item_charts import MapCell
from rostok.reports.maps_html import ROWS, MapsPage, PaperMaps, SkillHead, render
from rostok.schema.verdicts import Status

WHOLE = (MapCell(70.0, Status.ABOVE, 500), MapCell(41.4, Status.BELOW, 500))


SKILL = SkillHead("Умение & навык")


def page(units: int, name: str = "Школа № {n}", participants: int = 10, skill: SkillHead = SKILL) -> str:
    cells = (MapCell(62.5, Status.CANNOT_TELL, participants), MapCell(None))
    rows = tuple((name.format(n=at), cells) for at in range(units, 0, -1))
    paper = PaperMaps("Работа <1>", ("1",), (skill,), WHOLE, rows)
    return render(MapsPage((paper,), False, "1"))


def pictures(text: str) -> list[str]:
    return re.findall(r"<svg.*?</svg>", text, re.DOTALL)


def test_long_maps_are_cut_into_pictures_of_a_printed_page_each_with_all_schools() -> None:
    # Items and skills, each of ROWS + 1 units: two pictures.
    found = pictures(page(ROWS + 1))
    assert len(found) == 4
    assert all("Все школы" in one for one in found)
    assert "Школа № 36" in found[0] and "Школа № 37" not in found[0] and "Школа № 37" in found[1]


def test_units_stand_in_the_order_people_count() -> None:
    text = page(10)
    assert text.index("Школа № 2<") < text.index("Школа № 10<")


def test_fewer_than_ten_answers_are_a_dash_in_picture_and_table() -> None:
    assert ">62<" in pictures(page(1))[0] and "62,5" in page(1)
    few = page(1, participants=9)
    assert ">62<" not in few and "62,5" not in few


def test_texts_of_data_are_escaped() -> None:
    text = page(1, "<script>{n}")
    assert "<script>" not in text and "Умение &amp; навык" in text and "Работа &lt;1&gt;" in text


def test_what_a_skill_cannot_carry_is_said_beside_it() -> None:
    plain = page(1)
    assert "почти ничего не говорит об ученике" not in plain and "по одному заданию" not in plain
    little = page(1, skill=SkillHead("Считать", says_little=True))
    assert "У1: отдельно от всей работы умение почти ничего не говорит об ученике" in little
    assert "У1. Считать (вывод по одному заданию)" in page(1, skill=SkillHead("Считать", one_item=True))
