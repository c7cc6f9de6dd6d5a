"""Cards of schools: sentences worked by hand for schools with known counts."""

from dataclasses import replace

from report_sample import ASSESSMENTS, METHODOLOGY, absent_school, cell, describe, report_of, small_school

from rostok.reports.model import ParticipationBounds, PooledEstimate, RuleLine, Verdict
from rostok.reports.presenters import listing, schools
from rostok.statistics.firmness import Firmness
from rostok.wording import NBSP

AUTUMN_RUSSIAN, AUTUMN_MATH = ASSESSMENTS[0], ASSESSMENTS[1]
SPRING_MATH_6 = ASSESSMENTS[7]
SPRING_MATH_5 = ASSESSMENTS[5]


def test_cell_names_count_threshold_and_margin():
    # 0.3 × 36 = 10.8, so eleven pupils reach the threshold; 14 − 10 = 4 fewer would be under it
    view = schools.cell_view(cell(SPRING_MATH_6, 36, 14, 2))
    assert view.label == "ВПР, математика, 6 класс, весна 2021"
    assert (view.participants, view.absent) == ("36", "2")
    assert view.below == f"14 из 36 (38,9{NBSP}%)"
    assert view.threshold == "от 11"
    assert view.judgement == "ниже порога"
    assert view.margin == "на 4 меньше"


def test_autumn_paper_says_which_grade_wrote_it():
    # In autumn 2020 sixth-graders wrote on the programme of grade 5.
    view = schools.cell_view(cell(AUTUMN_MATH, 36, 14, 2))
    assert view.label == "ВПР, математика, 6 класс по программе 5 класса, осень 2020"


def test_threshold_of_ten_pupils_is_three():
    # 0.3 × 10 is exactly 3 in the rule, whatever the binary fraction says
    assert schools.cell_view(cell(SPRING_MATH_6, 10, 2, 0)).threshold == "от 3"


def test_cell_under_ten_pupils_has_no_percent_and_no_bar():
    view = schools.cell_view(cell(SPRING_MATH_6, 9, 4, 0))
    assert view.below == "4 из 9"
    assert view.bar == ""
    assert view.judgement == "ниже порога"


def test_cell_under_the_minimum_cannot_be_judged():
    view = schools.cell_view(cell(SPRING_MATH_6, 1, 1, 0))
    assert view.judgement == "сказать нельзя: 1 участник"
    assert (view.threshold, view.margin) == ("—", "—")


def test_cell_without_data_is_dashes():
    view = schools.cell_view(cell(SPRING_MATH_6, None, None, None))
    assert (view.participants, view.below, view.judgement) == ("—", "—", "сказать нельзя: нет данных")


def test_two_papers_of_the_same_children_are_called_weaker():
    line = describe("1", "Школа № 1", (cell(AUTUMN_MATH, 20, 8, 0), cell(AUTUMN_RUSSIAN, 20, 8, 0)))
    assert line.verdict is Verdict.TRUE
    said = schools.evidence_sentence(line, METHODOLOGY)
    assert "Работ с результатами ниже порога: 2 из 2." in said
    assert "одна когорта" in said


def test_two_cohorts_are_counted():
    line = describe("1", "Школа № 1", (cell(AUTUMN_MATH, 20, 8, 0), cell(SPRING_MATH_5, 20, 8, 0)))
    assert "Разных когорт детей за работами ниже порога: 2." in schools.evidence_sentence(line, METHODOLOGY)


def test_unknown_is_not_a_refusal_and_has_an_estimate_beside_it():
    line = small_school()
    assert line.verdict is Verdict.UNKNOWN
    assert "не значит, что поддержка не нужна" in schools.verdict_sentence(line, METHODOLOGY)
    assert "можно судить по ней" in schools.pooled_sentence(line, METHODOLOGY)


def test_pooled_estimate_of_fewer_than_ten_pupils_is_not_shown():
    line = replace(
        describe("1", "Школа № 1", (cell(AUTUMN_MATH, 4, 1, 0), cell(SPRING_MATH_5, 5, 1, 0))),
        pooled=PooledEstimate(0.21, 0.1, 0.4),
    )
    assert "21" not in schools.pooled_sentence(line, METHODOLOGY)


def test_participation_gives_both_bounds_when_they_differ():
    line = replace(
        describe("1", "Школа № 1", (cell(AUTUMN_MATH, 20, 5, 5), cell(AUTUMN_RUSSIAN, 20, 5, 5))),
        participation=ParticipationBounds(Verdict.TRUE, Verdict.FALSE),
    )
    first, second = schools.participation_sentences(line, METHODOLOGY)
    assert first == f"Отсутствовали: 10 из 50 (20,0{NBSP}%)."
    assert "ниже минимума): положена поддержка" in second
    assert "никто из них: не в списке" in second


def test_participation_that_cannot_move_the_verdict_says_so():
    line = replace(
        describe("1", "Школа № 1", (cell(AUTUMN_MATH, 20, 9, 1), cell(AUTUMN_RUSSIAN, 20, 9, 1))),
        participation=ParticipationBounds(Verdict.TRUE, Verdict.TRUE),
    )
    assert schools.participation_sentences(line, METHODOLOGY)[1].startswith("Вывод не зависит")


def test_absence_is_counted_over_the_papers_that_tell_it():
    # Five of 25 invited to the first paper; of the second nobody says who stayed away.
    line = describe("1", "Школа № 1", (cell(AUTUMN_MATH, 20, 5, 5), cell(AUTUMN_RUSSIAN, 30, 5, None)))
    said = schools.participation_sentences(line, METHODOLOGY)
    assert said[:2] == (f"Отсутствовали: 5 из 25 (20,0{NBSP}%).", "О скольких работах это известно: 1 из 2.")


def test_absence_that_nobody_tells_gives_no_bounds():
    line = describe("1", "Школа № 1", (cell(AUTUMN_MATH, 20, 5, None), cell(AUTUMN_RUSSIAN, 20, 5, None)))
    said = schools.participation_sentences(replace(line, participation=None), METHODOLOGY)
    assert said == (
        "Сколько учеников отсутствовало, в файлах не сказано: как они изменили бы вывод, неизвестно.",
    )


def test_school_whose_papers_are_not_looked_at_is_told_so():
    line = replace(describe("1", "НОШ № 1", ()), verdict=Verdict.UNKNOWN, assessment_count=0)
    said = schools.verdict_sentence(line, METHODOLOGY)
    assert said == "Сказать нельзя: методика не смотрит на работы этой школы."


def test_assigned_category_that_differs_is_shown():
    view = schools.school_view(replace(absent_school(), category=""), METHODOLOGY)
    assert view.assigned == (
        "В списке 2020 года: «ШНОР» (приказ № 12-Д). По расчёту: категории нет. Список и расчёт расходятся.",
    )
    same = schools.school_view(replace(absent_school(), category="ШНОР"), METHODOLOGY)
    assert same.assigned[0].endswith("Расчёт даёт то же.")


def test_sensitivity_is_a_margin_and_nobody_is_singled_out():
    line = replace(describe("1", "Школа № 1", (cell(AUTUMN_MATH, 20, 9, 1),)), verdict_distance=1)
    said = schools.sensitivity_sentence(line)
    assert "1 участник" in said
    assert "а не задание" in said


def test_firmness_is_said_in_cases_of_a_hundred():
    line = replace(small_school(), firmness=Firmness.LIKELY, probability=0.81)
    assert "скорее всего" in schools.school_view(line, METHODOLOGY).firmness_sentence
    assert "81 случае" in schools.school_view(line, METHODOLOGY).firmness_sentence
    # 243 of 256: 0.947 is likely, whose cases end before 95; 244 of 256 is 0.951 and firm
    near = replace(small_school(), firmness=Firmness.LIKELY, probability=0.947471)
    assert "скорее всего" in schools.school_view(near, METHODOLOGY).firmness_sentence
    assert "94 случаях" in schools.school_view(near, METHODOLOGY).firmness_sentence
    firm = replace(small_school(), firmness=Firmness.FIRM, probability=0.951362)
    assert "уверенно" in schools.school_view(firm, METHODOLOGY).firmness_sentence
    assert "95 случаях" in schools.school_view(firm, METHODOLOGY).firmness_sentence
    never = replace(small_school(), firmness=Firmness.OPEN, probability=0.005837)
    assert "реже чем в 1 случае" in schools.school_view(never, METHODOLOGY).firmness_sentence
    sure = replace(small_school(), firmness=Firmness.FIRM, probability=0.999)
    assert "больше чем в 99 случаях" in schools.school_view(sure, METHODOLOGY).firmness_sentence


def test_methodology_of_categories_speaks_of_categories():
    typology = replace(METHODOLOGY, needed=None)
    line = replace(small_school(), verdict=None, category="резильентная")
    view = schools.school_view(line, typology)
    assert (view.chip, view.code) == ("резильентная", "plain")
    assert view.verdict == "Категория по расчёту: «резильентная»."


def test_national_page_lists_lines_and_says_where_the_rest_is(monkeypatch):
    monkeypatch.setattr(listing, "MAX_CARDS", 1)
    monkeypatch.setattr(listing, "MAX_LINES", 2)
    no = describe("3", "Школа № 3", (cell(AUTUMN_MATH, 20, 0, 0), cell(AUTUMN_RUSSIAN, 20, 0, 0)))
    view = listing.present(report_of((*(replace(small_school(), school_id=str(n)) for n in (1, 2)), no)))
    shown = [school.id for group in view.groups for school in group.schools]
    assert shown == ["1", "2"]
    assert view.groups[0].schools[0].cells == ()
    assert "2 из 3" in view.left_out and "reasons.csv" in view.left_out


def test_paper_under_a_rule_of_another_kind_is_not_called_below_the_threshold():
    paper = replace(cell(AUTUMN_MATH, 20, 8, 0), threshold=None, of_share=False)
    view = schools.cell_view(paper)
    assert (view.judgement, view.threshold) == ("условие выполнено", "—")
    assert schools.cell_view(replace(paper, low=False)).judgement == "условие не выполнено"


def test_paper_of_which_nothing_is_asked_has_no_judgement():
    view = schools.cell_view(replace(cell(AUTUMN_MATH, 40, 8, 0), low=None, because=None))
    assert (view.judgement, view.css) == ("—", "")


def test_name_of_the_other_category_stands_where_the_verdict_is_no():
    growth = replace(METHODOLOGY, low_results=False, needed=None)
    line = replace(small_school(), verdict=Verdict.FALSE, category="цель не достигнута")
    view = schools.school_view(line, growth)
    assert view.chip == "цель не достигнута"
    assert view.verdict == "Категория по расчёту: «цель не достигнута»."
    assert view.rules and view.evidence == "" and view.brief == ""


def test_rule_is_shown_where_it_decides_or_is_true():
    fact = RuleLine("differs", "группа протокола не следует из индекса", None)
    rules = (
        RuleLine("listed", "близко к порогу", False, decides=True),
        fact,
        replace(fact, rule="twice", verdict=True),
    )
    line = replace(small_school(), rules=rules, category="зона риска")
    view = schools.school_view(line, replace(METHODOLOGY, low_results=False, needed=None))
    assert [(title, outcome) for title, _, _, outcome in view.rules] == [
        ("близко к порогу", "нет"), ("группа протокола не следует из индекса", "да"),
    ]  # fmt: skip


def test_margins_are_shown_where_papers_have_any():
    line = replace(small_school(), cells=(cell(SPRING_MATH_6, 36, 14, 2),))
    beside = replace(line, cells=tuple(replace(one, distance=None) for one in line.cells))
    assert schools.school_view(line, METHODOLOGY).has_margins
    assert not schools.school_view(beside, METHODOLOGY).has_margins
