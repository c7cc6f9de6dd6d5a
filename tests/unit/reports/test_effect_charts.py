"""Charts of effects, conditions, groups and change: where things stand, by hand, and that no order is made of them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from rostok.reports.change_charts import (
    Estimate,
    Line,
    ListRow,
    Move,
    dynamics,
    lists_chart,
    transitions_chart,
)
from rostok.reports.effect_charts import (
    BandPoint,
    BoxRow,
    EffectRow,
    Point,
    Sign,
    box_plot,
    caterpillar,
    conditions_chart,
)

ROWS = (
    EffectRow("Школа № 1", 5.0, 2.0, 8.0, Sign.ABOVE, "+5,0"),
    EffectRow("Школа № 2", -5.0, -10.0, 0.0, Sign.CANNOT_TELL, "−5,0"),
    EffectRow("Школа № 3", -7.5, -9.0, -6.0, Sign.BELOW, "−7,5"),
)
BANDS = (BandPoint(0, 40, 38, 42, 30, 50), BandPoint(10, 60, 58, 62, 50, 70))
POINTS = (Point(5, 50), Point(5, 65, Sign.ABOVE), Point(10, 40, Sign.BELOW))
BOXES = (BoxRow("сельские", 20, 40, 50, 60, 80, "12 школ"), BoxRow("городские", 40, 60, 60, 70, 90, "8 школ"))
LINES = (
    Line("сельские", (Estimate(-1, -2, 0), Estimate(1, 0, 2))),
    Line("городские", (Estimate(0, -1, 1), None)),
)
MOVES = (
    (Move(9, 5.2, 2, 8), Move(1, 3.0, 2, 5)),
    (Move(4, 4.0, 2, 6), Move(6, 6.0, 3, 9)),
)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter("text")]


def attributes(svg: str, tag: str, css: str) -> list[dict[str, str]]:
    return [dict(one.attrib) for one in ET.fromstring(svg).iter(tag) if one.attrib.get("class") == css]


def transitions(width: int = 900) -> str:
    return transitions_chart(MOVES, ("1", "2"), "переходы", width, down="было", across="стало")


def conditions(width: int = 900) -> str:
    return conditions_chart(POINTS, BANDS, "условия", width, across="условия", upwards="результат")


@pytest.mark.parametrize("width", [900, 320])
def test_charts_are_well_formed_named_and_without_styles_of_their_own(width: int) -> None:
    drawn = (
        caterpillar(ROWS, "школы <i>", width), conditions(width), box_plot(BOXES, "группы", width),
        dynamics(LINES, ("2020", "2021"), "динамика", width), transitions(width),
    )  # fmt: skip
    for svg in drawn:
        root = ET.fromstring(svg)
        assert root.attrib["role"] == "img" and root.attrib["aria-label"]
        assert not any("style" in one.attrib or "fill" in one.attrib for one in root.iter())


@pytest.mark.parametrize("width", [900, 320])
def test_nothing_leaves_the_picture(width: int) -> None:
    drawn = (
        caterpillar(ROWS, "школы", width), conditions(width), box_plot(BOXES, "группы", width),
        dynamics(LINES, ("2020", "2021"), "динамика", width), transitions(width),
    )  # fmt: skip
    for svg in drawn:
        places = [float(x) for x in re.findall(r'(?:[ML]|\bx="|cx=")(-?[\d.]+)', svg)]
        assert min(places) >= 0 and max(places) <= width


def test_nothing_is_drawn_of_nothing() -> None:
    assert caterpillar([], "школы", 900) == box_plot([], "группы", 900) == ""
    assert conditions_chart([], BANDS, "условия", 900, across="", upwards="") == ""
    assert dynamics([Line("а", (None, None))], ("2020", "2021"), "динамика", 900) == ""
    assert transitions_chart([], [], "переходы", 900, down="", across="") == ""


def test_a_caterpillar_keeps_the_order_it_is_given() -> None:
    said = [text for text in texts(caterpillar(ROWS, "школы", 900)) if text.startswith("Школа")]
    assert said == ["Школа № 1", "Школа № 2", "Школа № 3"]


def test_effects_stand_on_an_axis_with_nought_in_its_middle() -> None:
    """From −10 to 10 over the pixels 250 to 784: nought at 517, one unit is 26.7 px."""
    svg = caterpillar(ROWS, "школы", 900)
    assert attributes(svg, "path", "base")[0]["d"].startswith("M517 0L517 ")
    assert attributes(svg, "circle", "told")[0]["cx"] == "650.5"  # 517 + 5 · 26.7
    assert attributes(svg, "circle", "point")[0]["cx"] == "383.5"
    bars = [one["d"] for one in attributes(svg, "path", "whisker")]
    assert bars == ["M570.4 11L730.6 11", "M250 33L517 33", "M276.7 55L356.8 55"]


def test_signs_differ_in_shape_and_filling() -> None:
    svg = caterpillar(ROWS, "школы", 900)
    assert len(attributes(svg, "circle", "told")) == 1  # above
    assert len(attributes(svg, "rect", "told")) == 1  # below
    assert len(attributes(svg, "circle", "point")) == 1  # cannot tell


def test_charts_of_several_places_may_share_an_axis() -> None:
    """From −20 to 20 the same effect of 5 lies half as far from nought: 517 + 5 · 13.35."""
    svg = caterpillar(ROWS[:1], "школы", 900, (-20, 20))
    assert attributes(svg, "circle", "told")[0]["cx"] == "583.8"


def test_conditions_have_a_line_and_two_bands() -> None:
    """x from 0 to 10 over 48…888 px, y from 30 to 70 over 336…12 px: one point is 8.1 px."""
    svg = conditions()
    assert attributes(svg, "path", "fitted")[0]["d"] == "M48 255L888 93"
    assert attributes(svg, "path", "band")[0]["d"] == "M48 238.8L888 76.8L888 109.2L48 271.2Z"
    assert attributes(svg, "path", "band-schools")[0]["d"] == "M48 174L888 12L888 174L48 336Z"
    assert (attributes(svg, "circle", "point")[0]["cx"], attributes(svg, "circle", "point")[0]["cy"]) == (
        "468",
        "174",
    )


def test_schools_that_can_be_told_of_lie_on_top() -> None:
    told_first = (POINTS[1], POINTS[0])
    svg = conditions_chart(told_first, BANDS, "условия", 900, across="", upwards="")
    assert svg.index('class="point"') < svg.index('class="told"')


def test_a_box_holds_the_middle_half() -> None:
    """From 20 to 100 over the pixels 250 to 784: one unit is 6.675 px."""
    svg = box_plot(BOXES, "группы", 900)
    first, second = attributes(svg, "rect", "box")
    assert (float(first["x"]), float(first["width"])) == (383.5, 133.5)
    assert (float(second["x"]), float(second["width"])) == pytest.approx((517, 66.75), abs=0.1)
    assert attributes(svg, "path", "median")[1]["d"].startswith("M517 ")  # median and quarter fall together
    assert attributes(svg, "path", "link")[0]["d"].startswith("M250 11L650.5 11")


def test_lines_step_aside_and_break_where_a_moment_is_missing() -> None:
    """First and last moment at 72 and 738 px; two lines stand 3 px to either side. y from −2 to 2 over 250…14."""
    svg = dynamics(LINES, ("2020", "2021"), "динамика", 900)
    assert attributes(svg, "path", "series dash0")[0]["d"] == "M69 191L735 73"
    assert attributes(svg, "path", "series dash1") == []  # one moment makes no line
    assert [one["d"] for one in attributes(svg, "path", "interval")] == [
        "M69 250L69 132", "M735 132L735 14", "M75 191L75 73",
    ]  # fmt: skip


def test_names_of_lines_do_not_cover_each_other() -> None:
    near = (
        Line("а", (Estimate(0, -1, 1), Estimate(0.01, -1, 1))),
        Line("б", (Estimate(0, -1, 1), Estimate(0.0, -1, 1))),
    )
    svg = dynamics(near, ("2020", "2021"), "динамика", 900)
    ys = [float(one["y"]) for one in attributes(svg, "text", "figure")]
    assert abs(ys[0] - ys[1]) >= 13


def test_on_a_phone_lines_are_named_by_numbers() -> None:
    said = texts(dynamics(LINES, ("2020", "2021"), "динамика", 320))
    assert "1" in said and "сельские" not in " ".join(said)


def test_moves_are_told_beside_chance_and_signed() -> None:
    said = texts(transitions())
    assert said == ["стало", "было", "1", "2", "1", "9▴", "2–8", "1▾", "2–5", "2", "4", "2–6", "6", "3–9"]
    framed = [
        one.attrib["class"] for one in ET.fromstring(transitions()).iter("rect")
    ]  # 9 and 1 of 10, 4 and 6 of 10
    assert framed == ["shade4 marked", "shade0 marked", "shade2", "shade3"]


def test_heads_of_places_stand_among_the_rows_without_a_sign() -> None:
    svg = caterpillar(["Заречный район", ROWS[0], "Лесной округ", ROWS[2]], "школы", 900)
    assert texts(svg)[-6:] == ["Заречный район", "Школа № 1", "+5,0", "Лесной округ", "Школа № 3", "−7,5"]
    assert len(attributes(svg, "path", "whisker")) == 2
    assert caterpillar(["Заречный район"], "школы", 900) == ""


def test_lists_grow_to_the_right_and_those_who_leave_stand_to_the_left() -> None:
    """From −10 to 30 over the pixels 144 to 812: one school is 16.7 px, nought stands at 311."""
    rows = (ListRow("20 %", 20, 10, 0), ListRow("30 %", 20, 0, 0, is_base=True), ListRow("40 %", 10, 0, 10))
    svg = lists_chart(rows, "список", 900)
    assert [(one["x"], one["width"]) for one in attributes(svg, "rect", "bar")] == [
        ("311", "334"), ("311", "334"), ("311", "167"),
    ]  # fmt: skip
    assert [(one["x"], one["width"]) for one in attributes(svg, "rect", "box")] == [("645", "167")]
    assert [(one["x"], one["width"]) for one in attributes(svg, "rect", "away")] == [("144", "167")]
    assert texts(svg) == ["20 %", "30 (+10)", "30 %", "20", "40 %", "10", "−10"]
    assert lists_chart([], "список", 900) == ""
