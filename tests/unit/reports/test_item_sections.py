"""What page and workbook say of items, skills and of how far results can be relied on."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest
from item_sample import BADLY, FRACTIONS, GAPS, OBJECTIVITY, PAPER, WELL, full_report
from report_sample import ASSESSMENTS, FORBIDDEN, METHODOLOGY, sample_report
from test_page import _Balance, text_of

from rostok.reports import html, xlsx
from rostok.reports.item_model import Gaps, ListedPaper, Percent, SchoolGaps, SkillLine
from rostok.reports.presenters import gaps, objectivity
from rostok.schema.verdicts import Status

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def page() -> str:
    return html.render(full_report())


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "report.xlsx"
    xlsx.write(full_report(), path)
    return openpyxl.load_workbook(path)


def rows(book, sheet: str) -> list[tuple]:
    return list(book[sheet].iter_rows(min_row=2, values_only=True))


# --- the page


def test_sections_stand_on_the_page_only_when_asked_for(page) -> None:
    assert 'id="gaps"' in page and 'id="objectivity"' in page
    assert 'href="#gaps"' in page and 'href="#objectivity"' in page
    plain = html.render(sample_report(5))
    assert 'id="gaps"' not in plain and 'href="#objectivity"' not in plain


def test_page_with_sections_is_well_formed_and_speaks_kindly(page) -> None:
    parser = _Balance()
    parser.feed(page)
    assert parser.wrong == [] and parser.open == []
    assert len(parser.ids) == len(set(parser.ids))
    said = text_of(page).lower()
    assert [word for word in FORBIDDEN if word in said] == []
    assert "маркер" not in said  # the manual's word is «признак»


def test_a_systemic_gap_is_named_with_its_skill_and_items(page) -> None:
    assert f"Системный дефицит: «{FRACTIONS}». Ниже порога задания 1, 2" in text_of(page)


def test_crossing_groups_are_named() -> None:
    paper = gaps.present(GAPS).papers[0]
    assert "Группы отметок пересеклись в заданиях 2: получившие отметку выше выполнили их хуже" in " ".join(
        paper.sentences
    )


def test_papers_stand_latest_first_with_their_numbers() -> None:
    shown = gaps.present(GAPS).papers
    by_title = {paper.title: paper.brief for paper in shown}
    assert by_title[PAPER.label] == "400 участников; ниже порога заданий: 2 из 2"
    assert by_title[ASSESSMENTS[4].label] == "25 участников; уровни заданий не известны"


def test_an_item_is_told_with_its_interval_and_verdict() -> None:
    table = next(paper for paper in gaps.present(GAPS).papers if paper.title == PAPER.label).items
    assert table.rows[0] == (
        "1", "Б", "400", f"31,5{NBSP}%", f"27,0–36,0{NBSP}%", f"12,5{NBSP}%", f"0,0{NBSP}%", "0,41", "ниже порога", "У1",
    )  # fmt: skip
    assert table.rows[2][-2:] == ("—", "У2")  # no level: no verdict
    assert table.rows[2][7] == "—"  # too few for a correlation


def test_a_skill_of_one_item_gets_no_verdict() -> None:
    table = next(paper for paper in gaps.present(GAPS).papers if paper.skills).skills
    assert table is not None
    assert table.rows[0][-3:] == ("ниже порога", "да", "да")
    # The reason stands in the verdict once.
    assert table.rows[1][-3:] == ("сказать нельзя: только 1 задание", "сказать нельзя", "сказать нельзя")


def test_a_verdict_on_a_skill_has_something_to_rest_on() -> None:
    skill = GAPS.papers[0].skills[0]
    with pytest.raises(ValueError, match="nothing to rest on"):
        replace(skill, judged=False)
    with pytest.raises(ValueError, match="not below"):
        replace(skill, percent=replace(skill.percent, status=Status.CANNOT_TELL))


def test_what_a_score_says_of_one_pupil_takes_no_verdict_from_the_group() -> None:
    skill = replace(GAPS.papers[0].skills[0], says_more=False)
    paper = replace(GAPS.papers[0], skills=(skill,))
    table = gaps.present(replace(GAPS, papers=(paper,))).papers[0].skills
    assert table is not None and table.rows[0][-3:] == ("ниже порога", "да", "нет")


THREE = SkillLine("Измерять", ("1", "2", "3"), BADLY)
CANNOT = "сказать нельзя: "


@pytest.mark.parametrize(
    ("skill", "verdict", "systemic"),
    [
        (replace(THREE, below=("1",), undecided=("2",)), "ниже порога", CANNOT + "нет вывода о заданиях 2"),
        (replace(THREE, below=("1",)), "ниже порога", "нет"),  # the other two are above: most are not below
        (replace(THREE, percent=WELL, undecided=("1", "2")), "выше порога", "нет"),
        (replace(THREE, percent=replace(WELL, status=None)), *[CANNOT + "не известен уровень заданий"] * 2),
        (replace(THREE, percent=replace(WELL, status=Status.CANNOT_TELL)), *[CANNOT + "интервал задевает порог"] * 2),
        (replace(THREE, percent=Percent(0, None)), *[CANNOT + "никто не отвечал"] * 2),
        (SkillLine("Чертить", ("1",), BADLY, ("1",), systemic=True), "ниже порога: по одному заданию", "да"),
    ],
)  # fmt: skip
def test_no_is_said_of_a_systemic_gap_only_where_it_was_looked_for(
    skill: SkillLine, verdict: str, systemic: str
) -> None:
    assert (gaps.skill_verdict(skill), gaps.systemic_word(skill)) == (verdict, systemic)


def test_municipalities_are_shaded_and_signed_in_order_of_names() -> None:
    heat = next(paper for paper in gaps.present(GAPS).papers if paper.places).places
    assert heat is not None
    assert [label for label, _ in heat.rows] == ["Все школы", "Верхнебельский район", "Заречный район"]
    upper = heat.rows[1][1]
    assert [(cell.text, cell.css) for cell in upper] == [("n=9", ""), ("81▴", "shade0"), ("—", "")]
    assert heat.rows[2][1][0].css == "shade3 marked"


FEW = Percent(3, 33.3, 6.1, 79.2, Status.CANNOT_TELL)


def few_pupils() -> Gaps:
    """A paper that three pupils wrote."""
    item = replace(GAPS.papers[0].items[0], percent=FEW, not_attempted_share=1 / 3, not_taught_share=1 / 3)
    skill = replace(GAPS.papers[0].skills[0], percent=FEW, systemic=False)
    paper = replace(
        GAPS.papers[0], participants=3, items=(item,), skills=(skill,), places=(), marks=(), scores=()
    )
    return replace(GAPS, papers=(paper,))


def test_shares_of_fewer_than_ten_pupils_are_not_on_the_page() -> None:
    (shown,) = gaps.present(few_pupils()).papers
    assert shown.items.rows[0][2:7] == ("3", "—", "—", "—", "—")
    assert shown.skills is not None and shown.skills.rows[0][2:5] == (
        "n=3",
        "—",
        "сказать нельзя: мало ответов",
    )
    assert gaps.heat_cell(FEW).text == "n=3"
    assert "33" not in "".join(text for row in (*shown.items.rows, *shown.skills.rows) for text in row)


def test_shares_of_fewer_than_ten_pupils_are_not_in_the_workbook(tmp_path) -> None:
    xlsx.write(replace(full_report(), gaps=few_pupils()), tmp_path / "r.xlsx")
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert rows(book, "Задания")[0][4:11] == (3, None, None, None, "сказать нельзя", None, None)
    assert rows(book, "Умения")[0][4:9] == (3, None, None, None, "сказать нельзя")


def test_the_page_names_no_method_by_its_letters(page) -> None:
    assert "PRMSE" not in page


def test_without_a_codifier_the_page_says_what_is_missing() -> None:
    assert "Кодификатор не дан" in " ".join(gaps.present(replace(GAPS, codifiers=False)).lead)


def test_a_school_card_names_its_items(page) -> None:
    assert (
        f"{PAPER.label}, 25 участников: задания 1, 2 (2 из 3). Системный дефицит: «{FRACTIONS}»."
        in text_of(page).replace(NBSP, " ")
    )


def test_a_card_keeps_to_twelve_papers() -> None:
    many = tuple(SchoolGaps(replace(PAPER, year=year), 20, 5, ("1",)) for year in range(2001, 2016))
    said = gaps.school_sentences(many)
    assert len(said) == 13 and said[0].startswith(replace(PAPER, year=2015).label)
    assert said[-1] == "И ещё в 3 работах."


def test_listed_schools_stand_by_place_and_never_by_probability() -> None:
    view = objectivity.present(OBJECTIVITY)
    assert view.listed is not None
    assert [row[0] for row in view.listed.rows] == ["Школа № 2", "Школа № 1"]  # В before З
    assert view.listed.rows[0][2:] == (
        "Много работ ровно на границе отметки",
        f"{PAPER.label}: на границах отметок 15, ожидалось 9,5", "меньше 0,001",
    )  # fmt: skip
    assert view.listed.rows[1][3:] == ("—", "0,002")


def test_a_rare_expectation_is_never_nought() -> None:
    paper = ListedPaper(PAPER, "repeated_answers", 2, 0.00008)
    assert objectivity.paper_text(paper) == f"{PAPER.label}: повторов 2, ожидалось меньше 0,01"


def test_a_school_listed_by_equal_works_alone_is_told_of_its_teacher() -> None:
    """Its children may know and lack the same; what another test saw is not explained so."""
    alone = OBJECTIVITY.listed[1]
    assert objectivity.seen_text(alone).startswith(
        "Одинаковые работы в одном классе — так бывает и от общего учителя"
    )
    both = replace(alone, markers=("boundary_peaks", "repeated_answers"))
    assert (
        objectivity.seen_text(both)
        == "Много работ ровно на границе отметки; Одинаковые работы в одном классе"
    )


def test_the_rate_of_wrong_schools_is_said_with_its_condition() -> None:
    (said,) = (text for text in objectivity.present(OBJECTIVITY).lead if f"5{NBSP}%" in text)
    assert said.startswith("Если верны предположения проверок")


def test_every_marker_says_what_else_could_explain_it() -> None:
    for marker in objectivity.present(OBJECTIVITY).markers:
        assert marker.seen and marker.otherwise and marker.look


def test_the_treated_lists_and_who_differs_are_shown(page) -> None:
    view = objectivity.present(OBJECTIVITY)
    assert view.lists is not None and view.differing is not None
    assert view.lists.rows == (("не в списке", "40", "39", "40"), ("сказать нельзя", "20", "21", "20"))
    assert view.differing.rows == (
        ("Школа № 2", "Верхнебельский район", "не в списке", "сказать нельзя", "не в списке"),
    )
    assert "(школа и работа): 6" in text_of(page) and "С расширенными" in text_of(page)


def test_effects_are_told_in_words() -> None:
    effects = objectivity.present(OBJECTIVITY).effects
    assert effects is not None
    assert effects.rows[0] == ("сельские", "30", f"10 из 20 (50,0{NBSP}%)", "25", f"1 из 25 (4,0{NBSP}%)")
    assert effects.rows[1] == ("лицей", "4", "3 из 4", "4", "0 из 4")  # under ten: counts only
    assert effects.rows[2][2] == "—"  # nobody there wrote a paper of the official list


def test_the_index_is_told_by_year_and_never_over_years() -> None:
    """10 of 40 schools are marked in 2020 and 15 of 50 in 2021, 20 of 50 in either: 75 and 70, and no index of 60."""
    view = objectivity.present(OBJECTIVITY)
    assert view.indexes is not None
    assert view.indexes.rows == (
        ("Все школы", "2020", f"10 из 40 (25,0{NBSP}%)", "75,0"),
        ("Все школы", "2021", f"15 из 50 (30,0{NBSP}%)", "70,0"),
    )
    said = " ".join(view.lead)
    assert f"хотя бы в одном году есть у 20 из 50 (40,0{NBSP}%) школ" in said and "60,0" not in said


def test_nothing_listed_is_said_without_a_table() -> None:
    view = objectivity.present(replace(OBJECTIVITY, listed=(), lists=None, indexes=()))
    assert view.listed is None and view.lists is None
    assert "В список вошли: 0" in " ".join(view.lead)


def region_sized():
    """Ninety papers of sixteen items and seventy municipalities, 640 schools: a whole region with long skills."""
    paper = GAPS.papers[0]
    items = tuple(
        replace(paper.items[0], label=str(n), skill="Решать задачи на движение и работу")
        for n in range(1, 17)
    )
    skills = tuple(
        replace(paper.skills[0], text=f"{FRACTIONS} и решать задачи, {n}", items=(str(n),)) for n in range(8)
    )
    one = paper.places[0].items[0]
    places = tuple(
        replace(paper.places[0], name=f"Район № {n}", items=(one,) * 16, skills=(one,) * 8) for n in range(70)
    )
    whole = replace(
        paper, items=items, skills=skills, places=places, scores=paper.scores * 4,
        marks=tuple(replace(paper.marks[0], label=str(n)) for n in range(1, 17)),
    )  # fmt: skip
    papers = tuple(replace(whole, assessment=replace(PAPER, year=2001 + n)) for n in range(90))
    report = full_report(640)
    below = tuple(SchoolGaps(one.assessment, 25, 16, ("1", "4", "7", "9"), (FRACTIONS,)) for one in papers)
    return replace(
        report, gaps=replace(GAPS, papers=papers, schools={s.school_id: below for s in report.schools})
    )


def test_the_page_of_a_region_stays_under_twenty_megabytes() -> None:
    assert len(html.render(region_sized()).encode()) < 20_000_000


# --- the workbook


def test_sheets_of_sections_stand_before_the_methodology(book) -> None:
    names = book.sheetnames
    assert names[names.index("Задания") :] == [
        "Задания", "Умения", "Группы отметок", "Баллы", "Доверие", "Признаки", "Признаки школ",
        "Официальный индекс", "Каких школ это касается", "Списки школ", "Методика", "Данные и замечания",
    ]  # fmt: skip


def test_items_stand_with_their_municipalities(book) -> None:
    found = rows(book, "Задания")
    assert len(found) == 3 * 3 + 1
    assert found[0][1:9] == ("1", "Б", "Все школы", 400, 0.315, 0.27, 0.36, "ниже порога")
    # nine pupils: a count without a share
    assert found[1][3:8] == ("Верхнебельский район", 9, None, None, None)


def test_skills_stand_with_what_is_below(book) -> None:
    found = rows(book, "Умения")
    assert len(found) == 2 * 3
    assert found[0][9:] == ("1, 2", "да", "да")


def test_listed_schools_keep_their_numbers(book) -> None:
    found = rows(book, "Доверие")
    assert found[0][0] == "900002" and found[0][7] == pytest.approx(0.0000123)
    assert found[0][-3:] == ("не в списке", "сказать нельзя", "не в списке")
    assert found[1][-3:] == (None, None, None)
    assert [row[0] for row in rows(book, "Признаки")][:2] == [
        "Средний балл выше регионального",
        "Много работ ровно на границе отметки",
    ]


def table_of(book, sheet: str) -> list[tuple]:
    """Its rows without the notes below them."""
    found = rows(book, sheet)
    return found[: next((at for at, row in enumerate(found) if not any(row)), len(found))]


def test_the_workbook_has_what_the_page_draws(book) -> None:
    marks, scores = table_of(book, "Группы отметок"), table_of(book, "Баллы")
    assert marks[0] == (PAPER.label, "1", "«2»", 80, 0.1, "по порядку") and len(marks) == 3 * 4
    assert marks[4][-1] == "пересеклись"
    assert [row[1:] for row in scores[2:4]] == [(2, 40, None, "«2»"), (3, 90, None, "«3»")]


def test_the_workbook_has_the_index_the_groups_and_the_lists_of_the_page(book) -> None:
    assert table_of(book, "Официальный индекс")[1] == ("Все школы", "2021", 50, 15, 70)
    assert table_of(book, "Каких школ это касается")[0] == ("сельские", 30, 20, 10, 25, 1)
    assert table_of(book, "Списки школ") == [("не в списке", 40, 39, 40), ("сказать нельзя", 20, 21, 20)]


def test_markers_stand_by_school_and_paper_without_figures_of_a_few(book) -> None:
    found = table_of(book, "Признаки школ")
    assert [row[0] for row in found] == ["900002", "900002", "900001"]  # by place, as the list
    assert found[0][5:10] == (PAPER.label, 9, None, None, None)
    assert found[1][3:9] == (
        "Много работ ровно на границе отметки", "проверка честного распределения", "все работы", 80, 15, 9.5,
    )  # fmt: skip
    assert found[2][6:9] == (25, 14.5, 12.25)
    said = str(rows(book, "Признаки")[-1][0])
    assert "в официальный индекс входят только работы и признаки документа" in said


def test_a_plain_workbook_has_none_of_these_sheets(tmp_path) -> None:
    xlsx.write(sample_report(3), tmp_path / "r.xlsx")
    assert "Задания" not in openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames
    assert METHODOLOGY.id  # the sample is the plain one
