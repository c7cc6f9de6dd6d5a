"""Reasons in words, distances and the bounds of participation. Figures worked by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from rostok.methodology import Methodology, evaluate, load
from rostok.methodology.absences import assume_absent
from rostok.methodology.distances import Distance
from rostok.methodology.examples import read_table, tables_of
from rostok.methodology.explain import Explainer
from rostok.methodology.held import notes
from rostok.methodology.reference import evaluate_rows
from rostok.methodology.reference_figures import Row
from rostok.methodology.whole import Example
from rostok.schema.tables import FACTS
from tests.spec.engines import fact_tables, memtable, rows_of

FOLDER = Path(__file__).parents[3] / "methodologies"
ON = dt.date(2021, 12, 31)


def shipped(name: str) -> Methodology:
    path = next(FOLDER.glob(f"{name}/*.yaml"))
    return load(path.read_text("utf-8"), path.name)


def example(given: str) -> Example:
    return Example("", given, "", "", "", ON, (), 1)


def judged(given: str, **parameters: str) -> tuple[Explainer, dict[str, Row], dict[str, list[Row]]]:
    """The explainer, result by school, cells by school."""
    methodology = shipped("federal-low-results").with_parameters(parameters)
    tables = tables_of(methodology, example(given))
    found = evaluate_rows(methodology, tables.facts, tables.schools, on=ON)
    cells: dict[str, list[Row]] = {}
    for cell in found.cells:
        cells.setdefault(str(cell["school_id"]), []).append(cell)
    return Explainer(methodology, ON), {str(row["school_id"]): row for row in found.results}, cells


TWO = """
school | kind | subject | grade | year | participants | below
A      | vpr  | math    | 6     | 2021 | 36           | 14
A      | vpr  | russian | 6     | 2021 | 36           | 12
B      | vpr  | math    | 6     | 2021 | 7            | 2
B      | vpr  | russian | 6     | 2021 | 4            | 3
C      | vpr  | math    | 6     | 2021 | 20           | 3
"""


def test_cell_is_said_as_the_issue_says_it() -> None:
    explainer, _, cells = judged(TWO)
    assert explainer.cell(cells["A"][0]) == (
        "доля «2» по математике, 6 класс, весна 2021: 14 из 36 (38,9\xa0%), порог 30\xa0%"
    )


def test_under_ten_pupils_only_counts_are_given() -> None:
    explainer, _, cells = judged(TWO)
    assert (
        explainer.cell(cells["B"][0]) == "доля «2» по математике, 6 класс, весна 2021: 2 из 7, порог 30\xa0%"
    )


def test_too_few_to_judge_says_so() -> None:
    explainer, _, cells = judged(TWO)
    assert explainer.cell(cells["B"][1]).endswith(
        "3 из 4, порог 30\xa0%; сказать нельзя: 4 участников"
    ) or explainer.cell(cells["B"][1]).endswith("3 из 4, порог 30\xa0%; сказать нельзя: 4 участника")


def test_paper_held_elsewhere_is_named() -> None:
    explainer, _, cells = judged(TWO)
    assert explainer.cell(cells["C"][1]) == (
        "ВПР, русский язык, 6 класс, весна 2021: в регионе писали, в этой школе результатов нет"
    )


def test_verdict_true_lists_the_lows() -> None:
    explainer, results, cells = judged(TWO)
    text = explainer.verdict(results["A"], cells["A"])
    assert text.startswith(
        "Результаты ниже порога в 2 из 2 работ, для вывода нужно 2: доля «2» по математике"
    )
    assert "12 из 36 (33,3\xa0%)" in text


def test_verdict_unknown_says_how_many_cannot_be_judged() -> None:
    explainer, results, cells = judged(TWO.replace("| 7            | 2", "| 7            | 3"))
    assert explainer.verdict(results["B"], cells["B"]).startswith(
        "Сказать нельзя: результаты ниже порога в 1 из 2 работ, для вывода нужно 2; о 1 работ"
    )


@pytest.mark.parametrize(
    ("participants", "below", "distance"),
    [
        (36, 14, Distance(4, True)),  # 11/36 = 30.6 % is still low, 10/36 = 27.8 % is not
        (20, 6, Distance(1, True)),  # exactly on the threshold
        (20, 5, Distance(1, False)),
        (20, 0, Distance(6, False)),
        (4, 4, None),  # too few to judge
    ],
)
def test_distance_of_a_cell(participants: int, below: int, distance: Distance | None) -> None:
    explainer, _, cells = judged(
        f"school|kind|subject|grade|year|participants|below\nA|vpr|math|6|2021|{participants}|{below}"
    )
    assert explainer.cell_distance(cells["A"][0]) == distance


def test_distance_of_a_verdict_takes_the_nearest_cells() -> None:
    explainer, results, cells = judged(TWO)
    # Lows: 14 of 36 (4 fewer) and 12 of 36 (2 fewer). Two lows are needed: one fewer low is enough.
    distance = explainer.verdict_distance(results["A"], cells["A"])
    assert distance == Distance(2, True)
    assert "никто из учеников не выделяется" in distance.sentence


def test_distance_is_said_in_participants() -> None:
    """In a card «работа» is an assessment, so a distance counts participants and then names the papers."""
    assert Distance(19, True, 5).sentence.startswith(
        "Вывод был бы другим, если бы ниже порога было на 19 участников меньше (в 5 работах)."
    )
    assert Distance(1, False).sentence.startswith(
        "Вывод был бы другим, если бы ниже порога было на 1 участника больше (в 1 работе)."
    )


def test_distance_to_the_list_adds_up_what_is_wanting() -> None:
    table = (
        "school|kind|subject|grade|year|participants|below\nA|vpr|math|6|2021|20|4\nA|vpr|russian|6|2021|20|1"
    )
    explainer, results, cells = judged(table)
    # Not low: 4 and 1 of 20; six are needed in each: 2 + 5 more.
    assert explainer.verdict_distance(results["A"], cells["A"]) == Distance(7, False, 2)


def test_distance_when_procedures_are_counted_once() -> None:
    table = """school|kind|subject|grade|year|participants|below
A|vpr|math|6|2020|20|7
A|vpr|math|6|2021|20|8
A|vpr|russian|6|2021|20|9"""
    explainer, results, cells = judged(table, count_by="procedure")
    # Mathematics is low twice (2 + 3 fewer), Russian once (4 fewer): leaving the list takes 4.
    assert explainer.verdict_distance(results["A"], cells["A"]) == Distance(4, True)


def test_notes_name_what_is_not_in_the_data() -> None:
    methodology = shipped("federal-low-results")
    held = [
        {"kind": "vpr", "subject": subject, "grade": grade}
        for subject in ("math", "russian")
        for grade in (5, 6)
    ]
    assert notes(methodology, held)[0] == (
        "ОГЭ, русский язык, 9 класс: в данных нет ни одного результата, эти работы не учитывались."
    )
    assert len(notes(methodology, held)) == 4


def test_absentees_all_below_and_all_above() -> None:
    row = read_table(
        "school|kind|subject|grade|year|wave|participants|absent|below|marks_2|marks_3\nA|vpr|math|6|2021|spring|20|10|4|4|9",
        FACTS,
    )
    low = rows_of(assume_absent(memtable(row, FACTS), below=True))[0]
    high = rows_of(assume_absent(memtable(row, FACTS), below=False))[0]
    assert [low[name] for name in ("participants", "absent", "under_minimum", "marks_2", "marks_3")] == [
        30,
        0,
        14,
        14,
        None,
    ]
    assert [high[name] for name in ("participants", "absent", "under_minimum", "marks_2", "marks_3")] == [
        30,
        0,
        4,
        4,
        None,
    ]


def test_unknown_absences_change_nothing() -> None:
    row = read_table(
        "school|kind|subject|grade|year|wave|participants|absent|below\nA|vpr|math|6|2021|spring|20|-|4",
        FACTS,
    )
    assert rows_of(assume_absent(memtable(row, FACTS), below=True)) == row


def test_bounds_change_the_verdict() -> None:
    methodology = shipped("federal-low-results")
    given = example(
        "school|kind|subject|grade|year|participants|absent|below\nA|vpr|math|6|2021|20|10|4\nA|vpr|russian|6|2021|20|10|4"
    )
    tables = fact_tables(tables_of(methodology, given))
    for below, word in ((True, "true"), (False, "false")):
        moved = assume_absent(tables.facts, below=below)
        result = rows_of(evaluate(methodology, type(tables)(moved), on=ON).results)
        assert [row["verdict"] for row in result] == [word]


def test_autumn_paper_says_which_grade_wrote_it() -> None:
    explainer, _, cells = judged("""
        school | kind | subject | grade | year | wave   | participants | below
        A      | vpr  | math    | 5     | 2020 | autumn | 20           | 6
    """)
    said = explainer.cell(cells["A"][0])
    assert said.startswith("доля «2» по математике, 6 класс по программе 5 класса, осень 2020: 6 из 20")


def test_primary_school_is_told_that_its_papers_are_not_looked_at() -> None:
    methodology = shipped("federal-low-results")
    tables = tables_of(methodology, example(TWO))
    schools = [{"school_id": key, "kind": kind} for key, kind in (("A", "СОШ"), ("N", "НОШ"))]
    found = evaluate_rows(methodology, tables.facts, schools, on=ON)
    result = next(row for row in found.results if row["school_id"] == "N")
    assert (result["verdict"], result["assessment_count"]) == ("unknown", 0)
    said = Explainer(methodology, ON).verdict(result, [])
    assert said == "Сказать нельзя: методика не смотрит на работы этой школы."
