"""What page, cards and workbook say of schools beside what was expected of them and beside their past."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest
from analysis_sample import (
    CLUSTERS,
    GROWTH,
    NAMES,
    PAPER,
    RESILIENCE,
    SANDBOX,
    SIMILAR,
    VALUE,
    VALUE_ADDED,
    analysed_report,
)
from report_sample import FORBIDDEN, sample_report
from test_page import _Balance, text_of

from rostok.reports import html, xlsx
from rostok.reports.effect_charts import Point
from rostok.reports.model import Report
from rostok.reports.presenters import clusters, growth, resilience, sandbox, similar, value_added
from rostok.reports.presenters.sections import Block, ordered, thinned

NBSP = "\N{NO-BREAK SPACE}"
ANCHORS = ("value-added", "resilience", "growth", "similar", "clusters", "sandbox")


@pytest.fixture(scope="module")
def with_analysis() -> Report:
    """The schools of the sample bear the names of the region's first three."""
    return analysed_report()


@pytest.fixture(scope="module")
def page(with_analysis: Report) -> str:
    return html.render(with_analysis)


@pytest.fixture(scope="module")
def book(with_analysis: Report, tmp_path_factory: pytest.TempPathFactory) -> openpyxl.Workbook:
    path = tmp_path_factory.mktemp("book") / "report.xlsx"
    xlsx.write(with_analysis, path)
    return openpyxl.load_workbook(path)


def rows(book: openpyxl.Workbook, sheet: str) -> list[tuple[object, ...]]:
    return list(book[sheet].iter_rows(min_row=2, values_only=True))


# --- the page


def test_sections_stand_on_the_page_only_when_asked_for(page: str) -> None:
    plain = html.render(sample_report(5))
    for anchor in ANCHORS:
        assert f'id="{anchor}"' in page and f'href="#{anchor}"' in page
        assert f'id="{anchor}"' not in plain and f'href="#{anchor}"' not in plain


def test_page_with_analysis_is_well_formed_and_speaks_kindly(page: str) -> None:
    parser = _Balance()
    parser.feed(page)
    assert parser.wrong == [] and parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    said = text_of(page).lower()
    assert [word for word in FORBIDDEN if word in said] == []


def test_schools_stand_by_place_and_name_as_people_count() -> None:
    assert ordered(NAMES, NAMES) == ["990002", "990001", "990003"]
    assert ordered(["1", *NAMES], NAMES)[-1] == "1"  # nobody says where it is


# --- expected and real results


def test_the_section_says_what_higher_than_expected_does_not_mean() -> None:
    said = " ".join(value_added.present(VALUE_ADDED, NAMES).lead)
    assert "Это не значит, что школа учит лучше других" in said
    assert "не оценка учителей" in said
    assert "не поместились: 2." in said and "школ слишком мало): 1." in said


def test_a_paper_says_what_was_taken_into_account_and_how_far_schools_differ() -> None:
    block = value_added.present(VALUE_ADDED, NAMES).blocks[1]
    assert block.brief == "3 школы; выше ожидаемого 1, ниже 0, сказать нельзя 2"
    said = " ".join(block.sentences).replace(NBSP, " ")
    assert "Учтено: пол, прежний средний результат той же когорты школы, условия школы." in said
    assert "обычно на 5,0 п.п." in said and "10 % всех различий" in said
    assert "нужно около 36 участников" in said and "Не вошли 4 из 64 участников" in said


def test_schools_that_do_not_differ_are_not_said_to() -> None:
    alike = replace(VALUE, between_sd=0.0, reliable_from=None)
    said = " ".join(value_added.present(replace(VALUE_ADDED, papers=(alike,)), NAMES).blocks[1].sentences)
    assert "не больше, чем это бывает случайно" in said and "нужно около" not in said


def test_a_school_is_told_with_its_own_interval_and_few_pupils_without_figures() -> None:
    """5 ± 1.96 · 2 is 1.08 to 8.92; the bars for comparing two schools are narrower: ± 2.78."""
    figure = value_added.present(VALUE_ADDED, NAMES).blocks[1].figures[1]
    assert figure.table.rows == (
        ("Школа № 2", "Заречный район", "25", f"48,0{NBSP}%", f"50,0{NBSP}%", "−1,0 (от −5,9 до +3,9)", "сказать нельзя"),
        ("Школа № 10", "Заречный район", "30", f"61,0{NBSP}%", f"54,0{NBSP}%", "+5,0 (от +1,1 до +8,9)", "выше ожидаемого"),
        ("Школа № 1", "Лесной округ", "5", "—", "—", "—", "сказать нельзя"),
    )  # fmt: skip
    assert "Школа № 1<" not in figure.wide and "Школа № 10<" in figure.wide


def test_results_are_put_to_the_same_terms_along_the_line() -> None:
    """At index 10 the line is at 58, and the school is 7 percent above what was expected of it."""
    assert value_added.at_same_terms(VALUE.lines[0], VALUE) == pytest.approx(65.0)
    # 40 + (4 − 1) · 2 = 46, less 2
    assert value_added.at_same_terms(VALUE.lines[1], VALUE) == pytest.approx(44.0)


def test_the_table_of_conditions_has_no_schools() -> None:
    table = value_added.present(VALUE_ADDED, NAMES).blocks[1].figures[0].table
    assert table.rows == (
        ("от 4,0 до 4,0", "1", f"44,0{NBSP}%", f"46,0{NBSP}%"),
        ("от 10,0 до 10,0", "1", f"65,0{NBSP}%", f"58,0{NBSP}%"),
    )


def test_many_schools_become_boxes_of_municipalities() -> None:
    lines = tuple(replace(VALUE.lines[0], school_id=str(key), effect=float(key % 5)) for key in range(125))
    names = {str(key): (f"Школа {key}", "Заречный район" if key else "Лесной округ") for key in range(125)}
    crowd = replace(VALUE, lines=lines, bands=())
    (figure,) = value_added.present(replace(VALUE_ADDED, papers=(crowd,)), names).blocks[1].figures
    assert [row[:2] for row in figure.table.rows] == [("Заречный район", "124 школы")]  # one school is no box


def test_a_card_names_papers_that_can_be_told_of_and_counts_the_others() -> None:
    said = value_added.cards(VALUE_ADDED)
    assert [text.replace(NBSP, " ") for text in said["990001"]] == [
        f"{PAPER.label}: получено 61,0 %, ожидалось 54,0 %; с поправкой на число участников разница +5,0 (от +1,1 до +8,9) п.п. — "
        "выше ожидаемого."
    ]
    assert said["990003"] == ["Работ, в которых сказать, выше или ниже ожидаемого результат, нельзя: 1."]


def test_a_card_on_the_page_has_its_sentences(page: str) -> None:
    assert "Рядом с ожиданием, прошлым и похожими школами" in page
    assert "получено 61,0 %, ожидалось 54,0 %" in text_of(page).replace(NBSP, " ")


def test_the_workbook_has_every_school_and_hides_few(book: openpyxl.Workbook) -> None:
    found = {row[0]: row for row in rows(book, "Ожидаемое")}
    assert found["990001"][4:8] == (30, 0.61, 0.54, 5)
    assert found["990001"][8:] == (
        pytest.approx(1.08, abs=0.001),
        pytest.approx(8.92, abs=0.001),
        "выше ожидаемого",
        "да",
    )
    assert found["990003"][4:] == (5, None, None, None, None, None, "сказать нельзя", "да")


# --- the threshold moved


def test_lists_at_each_value_are_told_beside_the_rule_as_it_is() -> None:
    (figure,) = sandbox.present(SANDBOX, NAMES).blocks[0].figures
    assert figure.table.rows == (
        (f"25{NBSP}%", "3", "2", "0"), (f"30{NBSP}% (как есть)", "1", "—", "—"), (f"35{NBSP}%", "0", "0", "1"),
    )  # fmt: skip


def test_a_share_of_nothing_is_a_dash_and_leaving_is_not_called_help() -> None:
    years = sandbox.present(SANDBOX, NAMES).blocks[1]
    assert years.tables[0][0].rows[0] == (f"25{NBSP}%", "3", "2", "1", f"50{NBSP}%", "1")
    assert years.tables[0][0].rows[1][4] == "—"
    assert "«вышли» — ещё не «помогли»" in years.sentences[0]
    alone = replace(SANDBOX, tried=tuple(replace(one, listed_before=None) for one in SANDBOX.tried))
    assert "sandbox-years" not in [block.anchor for block in sandbox.present(alone, NAMES).blocks]


def test_schools_that_move_stand_by_place_with_the_values_they_are_listed_at() -> None:
    """990001 is listed as the rule stands and leaves at 35 %; the others enter at 25 %."""
    block = next(one for one in sandbox.present(SANDBOX, NAMES).blocks if one.anchor == "sandbox-schools")
    assert block.tables[0][0].rows == (
        ("Школа № 2", "Заречный район", "да", "—", "—"), ("Школа № 10", "Заречный район", "да", "да", "—"),
        ("Школа № 1", "Лесной округ", "да", "—", "—"),
    )  # fmt: skip


def test_a_threshold_nobody_crosses_has_no_schools_to_name() -> None:
    still = replace(SANDBOX, tried=(SANDBOX.tried[1],))
    assert "sandbox-schools" not in [block.anchor for block in sandbox.present(still, NAMES).blocks]


def test_the_workbook_has_schools_by_value(book: openpyxl.Workbook) -> None:
    found = {row[0]: row[3:] for row in rows(book, "Порог")}
    assert found == {"990002": ("да", "—", "—"), "990001": ("да", "да", "—"), "990003": ("да", "—", "—")}


# --- change


def blocks_of_growth() -> dict[str, Block]:
    return {block.anchor: block for block in growth.present(GROWTH, NAMES).blocks}


def test_two_moments_are_called_two_moments() -> None:
    said = " ".join(growth.present(GROWTH, NAMES).lead)
    assert "Моментов в данных 2: весна 2020, весна 2021." in said and "не раньше чем по 5" in said
    five = replace(GROWTH, moments=tuple("абвгд"), lines=())
    assert "Моментов в данных" not in " ".join(growth.present(five, NAMES).lead)


def test_a_change_is_told_beside_the_region_and_nothing_of_few_pupils() -> None:
    block = blocks_of_growth()["growth1"]
    assert block.title == "весна 2020 → весна 2021"
    assert block.brief == "3 школы; рост больше, чем в регионе, — 1, ниже — 0, сказать нельзя 2"
    assert block.figures[0].table.rows == (
        ("Школа № 2*", "Заречный район", "−9,0", "−2,0", "−4,0 (от −9,0 до +1,0)", "сказать нельзя"),
        ("Школа № 10", "Заречный район", "+4,0", "−2,0", "+5,0 (от +1,0 до +9,0)", "рост больше, чем в регионе"),
        ("Школа № 1", "Лесной округ", "—", "—", "—", "сказать нельзя"),
    )  # fmt: skip


def test_moves_are_told_beside_chance() -> None:
    (figure,) = blocks_of_growth()["growth-moves1"].figures
    assert figure.table.heads == ("Было: весна 2020", "стало 1", "стало 2")
    assert figure.table.rows[0] == ("1", "9▴, случайно 2–8", "1▾, случайно 2–5")


def test_groups_over_moments_have_their_intervals_and_gaps() -> None:
    (figure,) = blocks_of_growth()["growth-lines"].figures
    assert figure.table.rows == (
        ("1. сельские", "−0,10 (от −0,20 до 0,00)", "+0,10 (от 0,00 до +0,20)"),
        ("2. городские", "0,00 (от −0,10 до +0,10)", "—"),
    )


def test_the_same_children_are_compared_with_the_region_s_fall() -> None:
    table, _ = blocks_of_growth()["growth-cohorts"].tables[0]
    assert table.rows == (("4 класс", "5 класс", "1", "−7,0", "1", "0", "0"),)


def test_a_card_tells_the_latest_change_and_another_intake() -> None:
    said = growth.cards(GROWTH)
    assert said["990002"] == [
        "весна 2020 → весна 2021: процент выполнения изменился на −9,0 п.п., в регионе — на −2,0; сверх региона с поправкой "
        "−4,0 (от −9,0 до +1,0) п.п. — сказать нельзя.",
        "Состав участников заметно другой, чем был: сравнивайте осторожно.",
    ]
    assert "990003" not in said  # nine participants


def test_the_workbook_has_changes_and_hides_few(book: openpyxl.Workbook) -> None:
    found = {(row[0], row[3]): row[5:] for row in rows(book, "Динамика")}
    assert found["990001", "весна 2020"] == (4, -2, 5, 1, 9, "рост больше, чем в регионе", "нет")
    assert found["990003", "весна 2020"] == (None, None, None, None, None, "сказать нельзя", "нет")
    assert found["990001", "4 класс"][:3] == (-3, -7, 4)


# --- hard conditions


def test_resilience_says_what_it_counts_and_that_much_cannot_be_told() -> None:
    said = " ".join(resilience.present(RESILIENCE, NAMES).lead).replace(NBSP, " ")
    assert "нижние 25 % школ" in said and "больше чем на 0,1 стандартного отклонения" in said
    assert "не тип «резильентная» типологии" in said and "надёжность индекса 0,80" in said
    assert "взята обычной" in said
    known = replace(RESILIENCE, assumed_reliability=False)
    assert "взята обычной" not in " ".join(resilience.present(known, NAMES).lead)


def test_schools_are_counted_by_verdict_and_named_only_for_good() -> None:
    counts, listed = resilience.present(RESILIENCE, NAMES).blocks
    assert [row[1] for row in counts.tables[0][0].rows] == ["1", "1", "1", "1"]
    assert listed.tables[0][0].rows == (("Школа № 10", "Заречный район", "+0,27", f"82{NBSP}%"),)
    nobody = replace(RESILIENCE, lines=RESILIENCE.lines[1:])
    assert len(resilience.present(nobody, NAMES).blocks) == 1


def test_both_sides_of_the_cut_have_their_means() -> None:
    """0.27 and −0.35 below 3.2, 0.4 above; a school of unknown conditions is on neither side."""
    (figure,) = resilience.present(RESILIENCE, NAMES).blocks[0].figures
    assert [row[:3] for row in figure.table.rows] == [("трудные", "2", "−0,04"), ("остальные", "1", "+0,40")]
    assert 'class="threshold"' in figure.wide


def test_a_card_speaks_of_resilience_only_well() -> None:
    assert list(resilience.cards(RESILIENCE)) == ["990001"]


# --- schools in like conditions


def test_neighbours_are_counted_in_spans() -> None:
    block = similar.present(SIMILAR, NAMES).blocks[0]
    assert block.tables[0][0].rows == (("0", "1"), ("1–2", "0"), ("3–9", "1"), ("10 и больше", "1"))
    assert "слишком мало: 2" in " ".join(similar.present(SIMILAR, NAMES).lead)


def test_a_school_stands_beside_its_neighbours_or_has_none() -> None:
    (figure,) = similar.present(SIMILAR, NAMES).blocks[1].figures
    assert figure.table.rows == (
        ("Школа № 2", "Заречный район", "10", "+2,0 (от −1,0 до +5,0)", "сказать нельзя"),
        ("Школа № 10", "Заречный район", "4", "−5,0 (от −9,0 до −1,0)", "ниже, чем у похожих"),
        ("Школа № 1", "Лесной округ", "0", "—", "похожих нет"),
    )


def test_a_card_names_neighbours_and_who_did_better() -> None:
    said = similar.cards(SIMILAR, NAMES)
    assert said["990001"] == [
        "Похожих по условиям школ: 4. Ближайшие: Школа № 1 (Лесной округ), Школа № 2 (Заречный район). Результат рядом с их средним, "
        "п.п.: −5,0 (от −9,0 до −1,0) — ниже, чем у похожих.",
        "В похожих условиях результаты выше, и случаем это объяснить трудно: Школа № 2 (Заречный район). Спросите, что там делают.",
    ]
    assert len(said["990002"]) == 1 and "990003" not in said


# --- groups of schools


def test_groups_that_do_not_hold_are_said_not_to() -> None:
    view = clusters.present(CLUSTERS, NAMES)
    assert "согласием 0,74" in " ".join(view.lead) and "Это мало" in " ".join(view.lead)
    assert view.blocks[0].tables[0][0].rows[1] == ("2", "1", "математика: ниже", f"70{NBSP}%")
    firm = replace(CLUSTERS, stability=0.9)
    assert "Это мало" not in " ".join(clusters.present(firm, NAMES).lead)


def test_one_group_is_no_groups() -> None:
    one = clusters.present(replace(CLUSTERS, groups=CLUSTERS.groups[:1], stability=None), NAMES)
    assert one.blocks == () and "Групп не видно" in " ".join(one.lead)


def test_the_workbook_has_conditions_neighbours_and_groups(book: openpyxl.Workbook) -> None:
    by_school = {row[0]: row[3:] for row in rows(book, "Резильентность")}
    assert by_school["990001"] == (1, 0.27, 0.82, "выше ожидаемого в трудных условиях")
    assert by_school["990004"] == (None, None, None, "сказать нельзя")
    near = {row[0]: row[3:] for row in rows(book, "Похожие")}
    assert near["990001"] == (4, -5, -9, -1, "ниже, чем у похожих", "Школа № 1; Школа № 2")
    assert near["990003"] == (0, None, None, None, "похожих нет", None)
    groups = {row[0]: row[3:] for row in rows(book, "Группы")}
    assert groups["990003"] == (2, 0.8, "математика: ниже")


def test_too_many_signs_are_thinned_and_it_is_said() -> None:
    points = [Point(at, at) for at in range(2001)]
    shown, said = thinned(points)
    assert [one.x for one in shown[:3]] == [0, 3, 6] and len(shown) == 667
    assert said == " Школ много: показана одна из каждых 3."
    assert thinned(points[:1000]) == (points[:1000], "")


def test_a_falling_line_is_explained_where_the_earlier_result_is_taken_into_account() -> None:
    (with_prior, _), (without, _) = (
        value_added.present(replace(VALUE_ADDED, papers=(paper,)), NAMES).blocks[1].figures
        for paper in (VALUE, replace(VALUE, conditions=("sex", "context")))
    )
    assert "линия может и падать" in with_prior.reading
    assert "линия может и падать" not in without.reading
