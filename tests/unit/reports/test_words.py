"""Words, order and numbers: expected values are written by hand from the rules of wording."""

import pytest

from rostok.reports.model import Parameter, UnknownBecause, Verdict
from rostok.reports.presenters import words
from rostok.reports.presenters.order import in_order, natural_key
from rostok.reports.presenters.region import quantile
from rostok.wording import NBSP, use_language


def test_null_is_unknown():
    assert [Verdict.of(one) for one in (True, False, None)] == [Verdict.TRUE, Verdict.FALSE, Verdict.UNKNOWN]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (None, "share", "—"), (0.3, "share", f"30{NBSP}%"), (0.305, "share", f"30,5{NBSP}%"), (2, "", "2"),
        (2.5, "points", "2,5"), (True, "", "да"), ("distinct cohorts", "", "distinct cohorts"),
    ],
)  # fmt: skip
def test_values_are_written_as_people_read_them(value, unit, expected):
    assert words.value_text(value, unit) == expected


def test_parameter_carries_its_unit():
    assert words.parameter_text(Parameter("threshold", "порог", 0.25, "share")) == f"25{NBSP}%"
    assert words.parameter_text(Parameter("score", "балл", 24.5, "points")) == f"24,5{NBSP}баллов"
    assert words.parameter_text(Parameter("cut", "граница группы", 6.0, "group")) == "6"
    chosen = Parameter("formula", "формула", "sou", "choice", value_title="степень обученности (СОУ)")
    assert words.parameter_text(chosen) == "степень обученности (СОУ)"


def test_unknown_says_why():
    assert words.unknown_because(UnknownBecause.NO_DATA, None) == "сказать нельзя: нет данных"
    assert words.unknown_because(UnknownBecause.NO_SCALE, 40) == "сказать нельзя: нет шкалы"
    assert words.unknown_because(UnknownBecause.FEW_PARTICIPANTS, 1) == "сказать нельзя: 1 участник"
    said = words.unknown_because(UnknownBecause.CONDITION, 40)
    assert said == "сказать нельзя: условие методики не выполнено"


def test_numbers_in_names_stand_in_their_order():
    names = ["Школа № 10", "школа № 2", "«Школа № 1»", "Ёлкинская школа"]
    assert sorted(names, key=natural_key) == ["Ёлкинская школа", "«Школа № 1»", "школа № 2", "Школа № 10"]


def test_schools_stand_by_municipality_and_name_whatever_their_results(report):
    ordered = in_order(reversed(report.schools))
    assert [one.school_id for one in ordered] == [one.school_id for one in in_order(report.schools)]
    places = [natural_key(one.municipality) for one in ordered]
    assert places == sorted(places)


def test_abbreviation_is_explained_once_and_text_is_escaped():
    page = words.Abbreviations()
    first = page.mark("ВПР & ОГЭ <b>")
    assert first.count("<abbr") == 2
    assert "&amp;" in first and "&lt;b&gt;" in first
    assert page.mark("ВПР") == "ВПР"


@pytest.mark.parametrize(("part", "expected"), [(0.25, 0.1), (0.5, 0.2), (0.75, 0.3), (1.0, 0.4)])
def test_quantile_is_a_value_that_was_met(part, expected):
    assert quantile([0.1, 0.2, 0.3, 0.4], part) == expected


def test_ranges_are_written_with_a_dash():
    assert words.range_text(0.201, 0.349) == f"20–35{NBSP}%"
    # both ends round to 16, so they get more digits; ends that are one number stand once
    assert words.range_text(0.1581, 0.1634) == f"15,8–16,3{NBSP}%"
    assert words.range_text(0.16011, 0.16042) == f"16,01–16,04{NBSP}%"
    assert words.range_text(0.16, 0.16) == f"16,00{NBSP}%"
    assert words.count_range(2.2, 2.4) == "2"
    assert words.count_range(154.8, 208.7) == "155–209"


def test_english_falls_back_without_failing(report):
    from rostok.reports import html

    with use_language("en"):
        assert '<html lang="en">' in html.render(report)
