"""Cells of a table of scores that are no scores: what is said of them, and what stays."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from rostok.formats.item_tables import BLANK, ItemTable, read_item_table
from rostok.schema.problems import Problem

HALVES: list[object] = [0, 1] * 20


def table(column: list[object], maxima: dict[str, int] | None = None) -> ItemTable:
    texts = pa.array([None if cell is None else str(cell) for cell in column], pa.string())
    other = pa.array(["0", "1"] * (len(column) // 2), pa.string())
    return read_item_table(pa.table({"1": texts, "2": other}), others=[], maxima=maxima, name="баллы.csv")


def told(read: ItemTable) -> list[tuple[str, int | None, str]]:
    return [(problem.code, problem.row, problem.value) for problem in read.problems]


@pytest.mark.parametrize(
    ("cell", "code", "value"),
    [
        ("0.5", "item-score-fraction", "0,5"),
        ("1,25", "item-score-fraction", "1,25"),
        ("-0.5", "item-score-fraction", "−0,5"),
        ("-7", "value-out-of-range", "-7"),
        ("571", "value-out-of-range", "571"),
        ("пять", "cell-not-a-number", "пять"),
    ],
)
def test_what_is_no_score_is_named_for_what_it_is(cell: str, code: str, value: str) -> None:
    read = table([*HALVES[:3], cell, *HALVES[4:]])
    assert told(read) == [(code, 5, value)]
    assert read.scores[0, 3] == BLANK


def test_fraction_is_called_one() -> None:
    (problem,) = table(["0.5", *HALVES[1:]]).problems
    assert problem.sentence == "Строка 2, столбец «1»: балл 0,5 — дробный."


def test_column_of_codes_says_which_numbers_would_do() -> None:
    (problem,) = table([155, 571] * 20).problems
    assert problem.sentence == (
        "Столбец «1» не похож на задание: 40 из 40 значений — не целые числа от 0 до 100, первое — в строке 2."
    )


@pytest.mark.parametrize("lone", [4, 7, 11, 100])
def test_score_far_above_all_others_is_set_aside(lone: int) -> None:
    read = table([*HALVES[:-1], lone])
    assert told(read) == [("item-score-alone", 41, str(lone))]
    assert read.scores[0].tolist() == [*HALVES[:-1], BLANK]


@pytest.mark.parametrize(
    "column",
    [
        [*HALVES[:-1], 3],  # one step skipped: a hard item of three points
        [*HALVES[:-2], 7, 7],  # two pupils of 40: no slip of one finger
        [*HALVES * 5, *[7] * 6],  # nor are six of 206
        [*[0] * 39, 7],  # all or nothing, and one pupil got it
        [*range(13), *range(13), *range(13), 24],  # an essay: 24 is not beyond twice 12
        [0, 1, 0, 1, 0, 1, 0, 7],  # too few to wonder
    ],
)
def test_score_that_may_be_right_stays(column: list[object]) -> None:
    read = table(column)
    assert told(read) == []
    assert np.array_equal(read.scores[0], np.array(column))


@pytest.mark.parametrize("few", [[5, 5], [5, 5, 5, 5], [5, 7]])
def test_scores_of_very_few_far_above_all_others_are_set_aside(few: list[int]) -> None:
    """Two percent of 204 are four pupils; each is named with its row."""
    column = [*few, *(HALVES * 6)[: 204 - len(few)]]
    read = table(column)
    assert told(read) == [("item-score-alone", row, str(score)) for row, score in enumerate(few, 2)]
    assert read.scores[0].tolist() == [*[BLANK] * len(few), *column[len(few) :]]
    assert read.problems[0].sentence == (
        f"Строка 2, столбец «1»: балл {few[0]}, а у остальных (участников {204 - len(few)}) не больше 1."
    )


def test_more_of_them_than_are_listed_are_all_counted() -> None:
    """Two percent of 12,000 are 240: 200 rows are named, and 40 counted at the next one."""
    read = table([*[5] * 240, *[0, 1] * 5880])
    assert [problem.count for problem in read.problems] == [*[1] * 200, 40]
    assert (read.problems[-1].row, int((read.scores[0] == BLANK).sum())) == (202, 240)


def test_codes_are_no_item_even_if_half_of_them_could_be() -> None:
    """0 to 199, each once: 101 of them are scores in form. With one of them twice it might be anything."""
    assert "item-column-text" not in {code for code, _, _ in told(table([*range(199), 50]))}
    (problem,) = table(list(range(200))).problems
    assert problem.code == "item-column-text"
    assert problem.sentence.startswith("Столбец «1» не похож на задание: 99 из 200 значений")


def test_stated_maximum_keeps_a_lone_score() -> None:
    assert told(table([*HALVES[:-1], 7], {"1": 7})) == []


def test_lone_score_says_how_to_keep_it() -> None:
    (problem,) = table([*HALVES[:-1], 7]).problems
    assert isinstance(problem, Problem)
    assert problem.sentence.endswith("балл 7, а у остальных (участников 39) не больше 1.")
    assert '--maximum "1=7"' in problem.remedy
