"""Reasons of methodologies that decide by more than counting papers: figures worked by hand, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from rostok.methodology import Methodology, load
from rostok.methodology.examples import ExampleTables, tables_of
from rostok.methodology.explain import Explainer
from rostok.methodology.grounds import SchoolFigures
from rostok.methodology.reference import evaluate_rows
from rostok.methodology.whole import Example
from rostok.wording import use_language

FOLDER = Path(__file__).parents[3] / "methodologies"


def shipped(name: str) -> Methodology:
    path = next(FOLDER.glob(f"{name}/*.yaml"))
    return load(path.read_text("utf-8"), path.name)


def reason(methodology: Methodology, school: str, tables: ExampleTables) -> str:
    found = evaluate_rows(
        methodology, tables.facts, tables.schools, tables.context, tables.categories, on=tables.on
    )

    def own(rows: list[dict[str, object]]) -> list[dict[str, object]]:
        return [row for row in rows if row["school_id"] == school]

    figures = SchoolFigures.of_rows(own(found.indicators), own(found.rules))
    text = Explainer(methodology, tables.on).verdict(own(found.results)[0], own(found.cells), figures)
    return text.replace("\xa0", " ")


def said(name: str, school: str, given: str, context: str = "", language: str = "ru") -> str:
    methodology = shipped(name)
    with use_language(language):
        return reason(
            methodology, school, tables_of(methodology, Example("", given, "", context, "", None, (), 1))
        )


NEAR = """
school | kind | subject | grade | year | participants | below
A      | vpr  | math    | 6     | 2021 | 36           | 9
A      | vpr  | russian | 6     | 2021 | 36           | 2
B      | vpr  | math    | 6     | 2021 | 40           | 2
B      | vpr  | russian | 6     | 2021 | 40           | 20
"""


def test_paper_near_the_threshold_is_named_with_its_figures() -> None:
    assert said("at-risk", "A", NEAR) == (
        "зона риска: есть работа, где доля «2» близка к порогу или достигла его: доля «2» по математике, 6 класс, "
        "весна 2021: 9 из 36 (25,0 %), граница зоны риска 20 %, порог 30 %."
    )


def test_the_same_in_english() -> None:
    assert said("at-risk", "A", NEAR, language="en").endswith(
        ": there is a paper where the share of “2” is near the threshold or has reached it: "
        "share of mark 2 in mathematics, grade 6, spring 2021: 9 of 36 (25.0 %), zone of risk from 20 %, threshold 30 %."
    )


LOW = """
school | kind | subject | grade | year | participants | below
A      | vpr  | math    | 6     | 2021 | 20           | 8
A      | vpr  | russian | 6     | 2021 | 20           | 6
"""


def test_what_keeps_a_school_out_is_named() -> None:
    assert said("at-risk", "A", LOW) == (
        "результаты уже ниже порога: доля «2» по математике, 6 класс, весна 2021: 8 из 20 "
        "(40,0 %), порог 30 %; доля «2» по русскому языку, 6 класс, весна 2021: 6 из 20 (30,0 %), порог 30 %."
    )


GROWING = """
school | kind | subject | grade | year | participants | below
A      | vpr  | math    | 5     | 2021 | 400          | 8
A      | vpr  | math    | 5     | 2022 | 400          | 72
B      | vpr  | math    | 5     | 2021 | 400          | 40
B      | vpr  | math    | 5     | 2022 | 400          | 8
"""


def test_growth_names_both_years_and_the_change_beyond_the_region() -> None:
    # A: 2 % → 18 %, the region 6 % → 10 %: +16 − 4 = +12 points beyond it.
    text = said("at-risk", "A", GROWING)
    assert "72 из 400 (18,0 %), годом раньше 8 из 400; рост сверх региона +12 п.п., с поправкой" in text
    assert text.endswith("граница +10 п.п.")


def test_fall_from_grade_4_to_5() -> None:
    given = """
school | kind | subject | grade | year | participants | below
A      | vpr  | math    | 4     | 2021 | 50           | 0
A      | oge  | russian | 9     | 2022 | 50           | 5
A      | vpr  | math    | 5     | 2022 | 50           | 25
"""
    assert "снижение доли справившихся от 4 к 5 классу 50 % (было 100 %, стало 50 %), граница 50 %" in said(
        "at-risk", "A", given
    )


def test_unknown_says_how_many_papers_cannot_be_judged() -> None:
    # Two papers of the region; B wrote one of them with four pupils and not the other.
    given = NEAR.replace("B      | vpr  | math    | 6     | 2021 | 40           | 2\n", "").replace(
        "2021 | 40           | 20", "2021 | 4            | 2"
    )
    assert "есть работа, где доля «2» близка к порогу или достигла его: о 2 работах судить нельзя" in said(
        "at-risk", "B", given
    )


def test_improving_school_gives_the_fall_and_the_papers_of_a_year_ago() -> None:
    methodology = shipped("improving-school")
    text = reason(methodology, "A", tables_of(methodology, methodology.examples[0]))
    # Own fall 50 → 20 %; the region, four schools alike in size: 32.5 → 30 %, so 2.5 of the 30 points are its own.
    assert text.startswith(
        "школа «роста»: год назад результаты были ниже порога: доля «2» по математике, 5 класс"
    )
    assert "50 из 100 (50,0 %), порог 30 %" in text
    assert "за год 30 п.п., сверх региона 27,5 п.п." in text
    assert text.endswith("граница 5 п.п.; участников в работах 200.")


def test_typology_of_a_protocol_gives_index_group_and_social_index() -> None:
    methodology = shipped("sverdlovsk-typology")
    tables = tables_of(methodology, methodology.examples[0])
    assert reason(methodology, "№ 38", tables) == (
        "резильентная: индекс качества 0,64, группа качества 6 (граница 6); индекс социального благополучия 4 (граница 5)."
    )


def test_typology_from_marks_says_how_many_papers_and_participants() -> None:
    methodology = shipped("sverdlovsk-typology")
    tables = tables_of(methodology, methodology.examples[2])
    assert reason(methodology, "A", tables) == (
        "неблагополучная: индекс качества 0,53 (работ 2, участников в них 30), группа качества 4 (граница 6); "
        "индекс социального благополучия 4 (граница 5)."
    )


def test_typology_without_a_social_index_says_what_is_missing() -> None:
    methodology = shipped("sverdlovsk-typology")
    tables = tables_of(methodology, methodology.examples[1])
    assert reason(methodology, "№ 14", tables) == (
        "Сказать нельзя: не хватает данных (индекс социального благополучия)."
    )


@pytest.mark.parametrize(
    ("school", "text"),
    [
        ("A", "цель роста достигнута: рост 13, цель 13; индекс прошлого года 550 (граница 800)."),
        ("B", "цель роста не достигнута: индекс прошлого года 550 (граница 800); рост 12, цель 13."),
        (
            "E",
            "цель роста не достигнута: индекс прошлого года 850 (граница 800); индекс 799, цель штата 800.",
        ),
        ("F", "Сказать нельзя: не хватает данных (индекс прошлого года)."),
    ],
)
def test_growth_target_names_growth_and_target(school: str, text: str) -> None:
    methodology = shipped("california-growth")
    assert reason(methodology, school, tables_of(methodology, methodology.examples[0])) == text


PLAIN = """
id: plain
version: "1"
title: t
source: {document: d, confirmed: false}
author: a
checked_by: c
valid_from: 2020-01-01
review_on: 2030-01-01
parameters:
  cut: {value: 0.5, unit: share, source: s, confirmed: false}
assessments:
  - {kind: vpr, subjects: [math], grades: [5]}
indicators:
  mean_share: {mean: below / participants, unit: share, note: средняя доля}
rules:
  high: {when: mean_share >= cut, note: доля велика}
category: {нужно: high, чуть: mean_share >= 0.1}
"""


@pytest.mark.parametrize(
    ("below", "text"),
    [
        (12, "нужно: доля велика (60 %, граница 50 %)."),
        (4, "чуть: средняя доля 20 %."),
        (0, "Условия не выполнены: доля велика — нет (0 %, граница 50 %); средняя доля 0 %."),
    ],
)
def test_rules_without_a_reason_give_figure_and_threshold(below: int, text: str) -> None:
    methodology = load(PLAIN, "plain.yaml")
    given = f"school|kind|subject|grade|year|participants|below\nA|vpr|math|5|2021|20|{below}"
    tables = tables_of(methodology, Example("", given, "", "", "", None, (), 1))
    assert reason(methodology, "A", tables) == text


def test_improving_school_without_a_year_before_says_what_is_missing() -> None:
    methodology = shipped("improving-school")
    assert reason(methodology, "A", tables_of(methodology, methodology.examples[2])) == (
        "Сказать нельзя: не хватает данных (снижение сверх региона с поправкой на численность; снижение доли не "
        "справившихся за год; год назад результаты были ниже порога: работ для вывода мало)."
    )
