"""The page as text: whole, self-contained, escaped, in the tone of the project."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from report_sample import (
    ASSESSMENTS,
    FORBIDDEN,
    METHODOLOGY,
    PROBLEMS,
    report_of,
    sample_report,
    small_school,
)

from rostok.reports import html
from rostok.reports.charts import IntervalRow, Part, interval_bar, interval_chart, parts_bar
from rostok.reports.model import ChanceLine, Report
from rostok.reports.presenters import data, region, summary
from rostok.schema.problems import Problem

VOID = {"meta", "input", "br", "path", "rect", "circle"}


@pytest.fixture(scope="module")
def page(report):
    return html.render(report)


class _Balance(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.wrong = [], [], []

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID and self.open.pop() != tag:
            self.wrong.append(tag)


def text_of(page):
    return re.sub(r"<(script|style)>.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)


def test_tags_are_balanced_and_ids_unique(page):
    parser = _Balance()
    parser.feed(page)
    assert parser.wrong == [] and parser.open == []
    assert len(parser.ids) == len(set(parser.ids))


def test_nothing_is_asked_from_outside(page):
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "http://" not in page and "https://" not in page and "url(" not in page


def test_no_school_is_called_names(page):
    lowered = text_of(page).lower()
    assert [word for word in FORBIDDEN if word in lowered] == []


def test_first_screen_counts_every_school(report):
    tiles = summary.present(report).tiles
    assert sum(tile.count for tile in tiles) == len(report.schools)
    assert [tile.css for tile in tiles] == ["yes", "unknown", "no"]


def test_first_screen_says_why_one_cannot_tell(report):
    empty = replace(small_school(), cells=())
    primary = replace(small_school(), cells=(), assessment_count=0)
    schools = (*(replace(empty, school_id=f"e{n}") for n in range(5)), small_school(), primary)
    shown = summary.present(replace(report, schools=schools)).tiles[1]
    assert shown.count == 7
    assert shown.explanation == (
        "у 5 школ нет ни одного результата; у 1 мало участников или части работ нет; "
        "на работы 1 школы методика не смотрит; это не отказ в поддержке"
    )


def test_first_screen_tells_both_kinds_of_chance(report):
    total = ChanceLine(0, None, 691, 259, 196.8, 176, 219, 264.9, 243, 287)
    pupils, both, beside = summary.present(replace(report, chance_total=total)).chance
    assert "какие ученики писали" in pupils and "около 197 школ (от 176 до 219)" in pupils
    assert "годы набора" in both and "около 265 (от 243 до 287)" in both
    assert "В списке сейчас 259: по одной длине списка не видно" in beside
    more = summary.present(replace(report, chance_total=replace(total, listed=288))).chance[-1]
    assert "288: больше, чем дал бы случай." in more


def test_class_never_stands_apart_from_its_number(page):
    assert "6\N{NO-BREAK SPACE}класс" in page
    assert not re.search(r"\d класс", page)


def test_first_screen_says_what_is_not_confirmed(report):
    view = summary.present(report)
    assert len(view.unconfirmed) == 3
    assert view.unconfirmed[0] == "порог доли — 30\N{NO-BREAK SPACE}%"
    assert view.notes == report.notes


def test_every_chart_has_a_table(page, report):
    figures = region.present(report)
    assert [figure.anchor for figure in figures] == ["shares", "distribution", "chance", "participation"]
    for figure in figures:
        assert figure.table.rows
        assert all(len(row) == len(figure.table.heads) for row in figure.table.rows)
    assert page.count("<figure") == page.count("Те же числа таблицей") == 4


def test_names_from_files_are_escaped():
    name = 'Школа <script>alert("1")</script> & «Яр»'
    place = '"><img src=x>'
    page = html.render(report_of((replace(small_school(), name=name, municipality=place),)))
    assert "<script>alert" not in page and "<img" not in page
    assert "Школа &lt;script&gt;" in page


def test_title_cannot_leave_the_style_sheet():
    titled = replace(METHODOLOGY, title='x"; } </style><b>')
    page = html.render(replace(report_of((small_school(),)), methodology=titled))
    assert page.count("</style>") == 1


def test_every_school_has_one_card(page, report):
    assert sorted(re.findall(r'<details class="s" data-id="([^"]+)"', page)) == sorted(
        school.school_id for school in report.schools
    )


def test_same_report_gives_the_same_page(report, page):
    assert html.render(replace(report, schools=report.schools[::-1])) == page


def test_region_of_640_schools_is_under_six_megabytes():
    assert len(html.render(sample_report(640)).encode()) < 6_000_000


def test_report_without_anything_still_says_so(report):
    empty = Report(methodology=METHODOLOGY, run=report.run, schools=())
    assert "Замечаний нет." in html.render(empty)


def test_methodology_without_verdict_counts_categories(report):
    schools = tuple(
        replace(school, verdict=None, category=("резильентная", "благополучная")[number % 2])
        for number, school in enumerate(report.schools)
    )
    typology = replace(METHODOLOGY, needed=None, summary="")
    view = summary.present(replace(report, schools=schools, methodology=typology))
    assert sorted((tile.css, tile.count) for tile in view.tiles) == [("plain", 30), ("plain", 30)]
    html.render(replace(report, schools=schools, methodology=typology, chance=(), chance_total=None))


def test_problems_are_grouped_and_counted():
    groups = dict(data.grouped(PROBLEMS))
    assert data.total(groups["total-differs"]) == 43
    assert list(groups)[-1] in {"file-ignored"}
    assert next(iter(groups)) == "pupil-doubled"  # warnings before notices, the most frequent first


def test_group_of_problems_is_headed_by_what_they_have_in_common():
    """Two rows with totals 12 and 9, sums 13 and 8: neither row nor number is common to both."""
    group = next(one for one in data.present(report_with(PROBLEMS[:2])).problems)
    assert group.title == "Итог …, сумма баллов …"
    assert group.places == (
        ("2021/5/Математика.xlsx, лист «Лист1», строка 214", "Итог 12, сумма баллов 13."),
        ("2021/5/Математика.xlsx, лист «Лист1», строка 377", "Итог 9, сумма баллов 8."),
    )
    alone = next(one for one in data.present(report_with(PROBLEMS[:1])).problems)
    assert alone.title == "Итог 12, сумма баллов 13."


def test_group_of_problems_counts_all_of_them():
    twice = (Problem("rows-absent", "a.csv", count=20), Problem("rows-absent", "b.csv", count=3))
    group = next(one for one in data.present(report_with(twice)).problems)
    assert "23" in group.title and "строка" not in group.places[0][0]


def report_with(problems):
    return replace(report_of((small_school(),)), problems=problems)


def test_places_say_file_sheet_and_row():
    assert data.place(PROBLEMS[0]) == "2021/5/Математика.xlsx, лист «Лист1», строка 214"


def test_long_label_of_a_chart_takes_two_lines_and_a_short_one_stays_one():
    rows = [
        IntervalRow(ASSESSMENTS[1].label, 0.2, None, None, None, ""),
        IntervalRow("ОГЭ", 0.1, None, None, None, ""),
    ]
    for width in (900, 320):
        drawn = interval_chart(rows, "доли", width)
        said = re.findall(r'<text x="0" y="([0-9.]+)">([^<]+)</text>', drawn)
        texts = [text.replace("\N{NO-BREAK SPACE}", " ") for _, text in said]
        assert texts == ["ВПР, математика, 6 класс по программе", "5 класса, осень 2020", "ОГЭ"]
        ys = [float(y) for y, _ in said]
        assert ys[1] - ys[0] == 15 and ys[2] - ys[1] > 15


def test_parts_of_nothing_draw_nothing():
    assert parts_bar([Part("ничего", 0, "yes")], "пусто", 100) == ""


def test_interval_bar_stands_on_a_scale_of_a_hundred():
    bar = interval_bar(0.389, 0.248, 0.551, 0.3)
    assert 'd="M24.8 7H55.1"' in bar and 'd="M38.9 2V12"' in bar and 'd="M30 0V14"' in bar


def test_page_counts_schools_that_wrote(report):
    idle = replace(small_school(), school_id="905009", cells=())
    before = summary.present(report).done
    after = summary.present(replace(report, schools=(*report.schools, idle))).done
    assert after == before + " Ещё у 1 школы реестра таких результатов нет."


def test_page_has_no_codes_of_pupils(page):
    assert [one.value for one in PROBLEMS if one.code == "pupil-doubled"] == ["60007"]
    assert "60007" not in page
    assert "Код участника повторяется в школе 900012: строк 2." in page


def test_page_of_another_question_does_not_speak_of_support(report):
    plain = html.render(
        replace(report, methodology=replace(METHODOLOGY, low_results=False, needed=None, summary=""))
    )
    assert "положена поддержка" not in plain.split('id="methodology"')[0]
    assert "Для списка нужно" not in plain and "ниже порога: " not in text_of(plain).split("Методика")[0]
