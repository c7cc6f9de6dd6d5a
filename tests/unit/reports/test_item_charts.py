"""Charts of items: what is drawn, where, and that nothing is said by colour alone."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from rostok.reports.item_charts import (
    Boundary,
    MapCell,
    MapColumn,
    MapRow,
    MarkPoint,
    MarkRow,
    ScoreBar,
    gap_map,
    mark_groups,
    score_histogram,
    shade,
    sparkline,
)
from rostok.reports.presenters.item_figures import (
    groups_figure,
    marks_figure,
    score_figure,
    trend,
    wright_figure,
)
from rostok.reports.wright_map import AbilityBin, WrightItem, wright_map
from rostok.schema.verdicts import Status

COLUMNS = (MapColumn("1", "Сложение"), MapColumn("2", "Деление"))
ROWS = (
    MapRow("5А", (MapCell(42.4, Status.BELOW, 25), MapCell(81.0, Status.ABOVE, 25))),
    MapRow("5Б", (MapCell(58.0, Status.CANNOT_TELL, 9), MapCell(None))),
)
BARS = tuple(ScoreBar(score, count) for score, count in enumerate((0, 2, 4, 8, 4, 2)))
BOUNDARIES = (Boundary(0, "«2»"), Boundary(2, "«3»"), Boundary(4, "«4»"))
MARKS = (
    MarkRow("1", tuple(MarkPoint(f"«{m}»", p, 30) for m, p in zip("2345", (10, 40, 60, 90), strict=True))),
    MarkRow("2", (MarkPoint("«2»", None, 4), MarkPoint("«3»", 70.0, 30), MarkPoint("«4»", 55.0, 30),
                  MarkPoint("«5»", 88.0, 12)), crossing=True),
)  # fmt: skip


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("text")]


def rects(svg: str) -> list[dict[str, str]]:
    return [dict(element.attrib) for element in ET.fromstring(svg).iter("rect")]


@pytest.mark.parametrize(
    "svg",
    [
        gap_map(COLUMNS, ROWS, "карта <i>", 900),
        score_histogram(BARS, BOUNDARIES, "баллы", 320),
        wright_map([WrightItem("1", 0.3)], [AbilityBin(-1, 1, 7)], "шкала", 900),
        mark_groups(MARKS, "отметки", 320),
        sparkline([1, None, 3], "годы"),
    ],
)
def test_charts_are_well_formed_named_and_without_styles_of_their_own(svg: str) -> None:
    root = ET.fromstring(svg)
    assert root.attrib["role"] == "img" and root.attrib["aria-label"]
    assert not any("style" in one.attrib or "fill" in one.attrib for one in root.iter())


def test_a_cell_says_its_number_and_a_sign() -> None:
    said = texts(gap_map(COLUMNS, ROWS, "карта", 900))
    assert said == ["1", "2", "5А", "42▾", "81▴", "5Б", "58", "—"]


def test_what_is_below_has_a_border_besides_its_shade() -> None:
    found = [one["class"] for one in rects(gap_map(COLUMNS, ROWS, "карта", 900))]
    assert found == ["shade2 marked", "shade0", "shade2"]


def test_shades_are_in_order() -> None:
    assert [shade(percent) for percent in (5, 25, 45, 65, 85, 100)] == [
        "shade4", "shade3", "shade2", "shade1", "shade0", "shade0",
    ]  # fmt: skip


def test_columns_that_do_not_fit_stand_below_with_the_rows_again() -> None:
    columns = tuple(MapColumn(str(number)) for number in range(1, 11))
    row = MapRow("5А", tuple(MapCell(float(number)) for number in range(1, 11)))
    # 320 px hold eight cells of 38
    said = texts(gap_map(columns, [row], "карта", 320))
    assert said == [*map(str, range(1, 9)), "5А", *map(str, range(1, 9)), "9", "10", "5А", "9", "10"]


def test_a_long_label_is_cut_and_stands_whole_in_the_table() -> None:
    name = "МКОУ «Средняя общеобразовательная школа № 12 имени Героя»"
    figure = groups_figure("m", "Карта", COLUMNS, [MapRow(name, ROWS[0].cells)])
    assert any(text.endswith("…") for text in texts(str(figure.wide)))
    assert figure.table.heads == ("Задание", name)


def test_the_table_of_a_map_has_the_words_of_its_signs() -> None:
    table = groups_figure("m", "Карта", COLUMNS, ROWS).table
    assert table.heads == ("Задание", "5А", "5Б")
    assert table.rows == (
        ("1. Сложение", "42,4\N{NO-BREAK SPACE}%, ниже порога", "58,0\N{NO-BREAK SPACE}%"),
        ("2. Деление", "81,0\N{NO-BREAK SPACE}%, выше порога", "—"),
    )


def test_many_units_stand_in_rows() -> None:
    rows = [MapRow(f"Школа № {number}", ROWS[0].cells) for number in range(1, 10)]
    table = groups_figure("m", "Карта", COLUMNS, rows).table
    assert table.heads == ("Где", "1. Сложение", "2. Деление")
    assert [row[0] for row in table.rows] == [row.label for row in rows]


def test_bars_are_as_high_as_their_counts() -> None:
    heights = [float(one["height"]) for one in rects(score_histogram(BARS, BOUNDARIES, "баллы", 900))]
    assert [round(height / heights[0], 1) for height in heights] == [1, 2, 4, 2, 1]


def test_boundaries_stand_before_the_least_score_of_a_mark() -> None:
    svg = score_histogram(BARS, BOUNDARIES, "баллы", 900)
    # the least of all scores is no boundary
    assert [text for text in texts(svg) if "«" in text] == ["«3»", "«4»"]
    lines = re.findall(r'class="threshold" d="M([\d.]+)', svg)
    bars = [float(one["x"]) for one in rects(svg)]  # scores 1…5
    assert [bars[at] - float(x) for at, x in zip((1, 3), lines, strict=True)] == pytest.approx(
        [1, 1], abs=0.3
    )


def test_expectation_is_drawn_and_told_only_where_there_is_one() -> None:
    bare = score_figure("s", "Баллы", BARS, BOUNDARIES)
    assert "expected" not in bare.wide and "ожидалось" not in bare.reading
    full = score_figure("s", "Баллы", [ScoreBar(bar.score, bar.count, 3.25) for bar in BARS], BOUNDARIES)
    assert 'class="expected"' in full.wide and "ожидалось" in full.reading
    assert full.table.rows[3] == ("3", "8", "3,2", "«3»")


def test_nothing_is_drawn_of_nothing() -> None:
    assert score_histogram([], [], "баллы", 900) == ""
    assert wright_map([], [], "шкала", 900) == ""


def test_harder_items_stand_higher() -> None:
    items = [WrightItem("лёгкое", -1.5), WrightItem("среднее", 0.0), WrightItem("трудное", 2.0)]
    svg = wright_map(items, [AbilityBin(-2, 0, 5), AbilityBin(0, 2, 10)], "шкала", 900)
    heights = {one.text: float(one.attrib["y"]) for one in ET.fromstring(svg).iter("text")}
    assert heights["трудное"] < heights["среднее"] < heights["лёгкое"]
    long = [float(one["width"]) for one in rects(svg)]
    assert long[1] == pytest.approx(2 * long[0], rel=0.01)


def test_items_of_one_difficulty_do_not_cover_each_other() -> None:
    svg = wright_map([WrightItem(f"{n}", 0.5) for n in range(1, 6)], [], "шкала", 900)
    places = [
        (one.attrib["x"], one.attrib["y"]) for one in ET.fromstring(svg).iter("text") if one.text in "12345"
    ]
    assert len({x for x, _ in places}) == 5 and len({y for _, y in places}) == 1


def test_the_table_of_a_wright_map_has_every_item_hardest_first() -> None:
    items = [WrightItem("1", -1.0, 0.05), WrightItem("2", 1.234)]
    rows = wright_figure("w", "Шкала", items, [AbilityBin(-1, 1, 1200)]).table.rows
    assert rows == (
        ("2", "1,23", "—"),
        ("1", "−1,00", "0,05"),
        ("ученики от −1,0 до 1,0", "1\N{NARROW NO-BREAK SPACE}200", ""),
    )


def test_marks_are_drawn_as_their_digits_and_crossings_are_told() -> None:
    said = texts(mark_groups(MARKS, "отметки", 900))
    assert said[6:] == ["1", "2", "3", "4", "5", "2*", "4", "3", "5"]
    table = marks_figure("g", "Задания по группам отметок", MARKS).table
    assert table.heads == ("Задание", "«2»", "«3»", "«4»", "«5»", "Порядок групп")
    assert table.rows[1][1] == "мало участников: 4"
    assert [row[-1] for row in table.rows] == ["по порядку", "пересеклись"]


def test_digits_that_would_cover_each_other_step_aside_vertically() -> None:
    row = MarkRow("1", tuple(MarkPoint(f"«{m}»", p) for m, p in zip("2345", (1, 2, 40, 80), strict=True)))
    dots = [dict(one.attrib) for one in ET.fromstring(mark_groups([row], "отметки", 900)).iter("circle")]
    assert [float(dot["cy"]) - 13 for dot in dots] == [0, 6, 0, 0]
    assert float(dots[1]["cx"]) - float(dots[0]["cx"]) == pytest.approx(6.8, abs=0.1)  # one percent of 680 px


def test_a_missing_year_breaks_the_line() -> None:
    assert sparkline([10, 20, None, 40, 50], "годы").count('class="spark"') == 2
    assert sparkline([None, None], "годы").count("circle") == 0


def test_a_trend_says_its_figures() -> None:
    assert 'aria-label="Дроби: 45\N{NO-BREAK SPACE}%, —, 61\N{NO-BREAK SPACE}%"' in trend(
        [45, None, 61], "Дроби"
    )
