"""Columns that look like no items, groups that say little, and why a scale was not found: each in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from rostok import pipeline
from tests.integration.pipeline.item_cases import answers
from tests.unit.statistics.items.reference_tables import results

Columns = dict[str, list[int | None]]
SIX: Columns = {f"{number}": row for number, row in enumerate(answers(pupils=300).tolist(), 1)}
TOTAL: list[int | None] = [sum(cells) for cells in zip(*SIX.values(), strict=True)]  # type: ignore[arg-type]


def said(columns: dict[str, list[object]] | Columns, code: str, **options: object) -> list[str]:
    found = pipeline.items(pa.table(columns), **options)  # type: ignore[arg-type]
    return [problem.sentence for problem in found.problems if problem.code == code]


def test_total_after_its_items_is_named_among_other_columns() -> None:
    """As people keep such tables: items, their sum, then something else that is no item either."""
    table = {**SIX, "итог": TOTAL, "попытка": [1 + number % 3 for number in range(300)]}
    assert said(table, "item-total") == ["Столбец «итог» — сумма столбцов «1», «2», «3», «4», «5», «6»."]


def test_total_before_its_items_and_with_slips_is_named() -> None:
    slips = [TOTAL[0] + 1, *TOTAL[1:]]  # type: ignore[operator]
    assert len(said({"итог": slips, **SIX}, "item-total")) == 1


def test_total_over_missing_answers_is_named() -> None:
    """A pupil without the answer has its points neither in the item nor in the sum."""
    first = [None if number % 5 == 0 else cell for number, cell in enumerate(SIX["1"])]
    total = [sum(cell or 0 for cell in cells) for cells in zip(first, *list(SIX.values())[1:], strict=True)]
    assert len(said({**SIX, "1": first, "итог": total}, "item-total")) == 1


@pytest.mark.parametrize(
    "columns",
    [
        SIX,
        {"1": [1] * 300, "2": [1] * 300, "3": [2] * 291 + [1] * 9},  # full marks are no sum of full marks
        {"1": [0, 1] * 150, "2": [0, 1] * 150},  # one item twice
    ],
)
def test_items_are_no_totals(columns: Columns) -> None:
    assert said(columns, "item-total") == []


def test_highest_score_far_above_the_usual_is_named() -> None:
    lessons: Columns = {**SIX, "занятий": [11 + number % 9 for number in range(300)]}
    assert said(lessons, "item-maximum-large") == [
        "Столбец «занятий»: наибольший балл 19, а у остальных заданий обычно 1."
    ]
    essay: Columns = {**SIX, "эссе": [number % 11 for number in range(300)]}
    assert said(essay, "item-maximum-large") == []  # ten times the usual, and no more


def test_one_column_has_one_doubt() -> None:
    ages: Columns = {**SIX, "минут": [10 + number % 50 for number in range(300)]}
    doubts = [p.code for p in pipeline.items(pa.table(ages)).problems if p.code.startswith("item-m")]
    assert doubts == ["item-many-scores"]


def test_pupils_without_a_group_and_small_groups_are_counted() -> None:
    groups = [None, None, *(f"{number % 40:02}" for number in range(298))]
    table: dict[str, list[object]] = {**SIX, "школа": groups}  # type: ignore[dict-item]
    assert said(table, "pupils-without-group", group="школа") == [
        "Участников, у которых столбец «школа» пуст: 2."
    ]
    assert said(table, "groups-small", group="школа") == [
        "В столбце «школа» групп, где участников меньше 100: 40 из 40."
    ]


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("вариант", "item-booklet-like"),
        ("Вар.", "item-booklet-like"),
        ("№ варианта", "item-booklet-like"),
        ("booklet", "item-booklet-like"),
        ("pupil_id", "item-person-like"),
        ("Пол", "item-person-like"),
        ("класс", "item-person-like"),
    ],
)
def test_heading_of_no_item_is_named(heading: str, code: str) -> None:
    two: list[int | None] = [1, 2] * 150
    found = [p.code for p in pipeline.items(pa.table({heading: two, **SIX})).problems if p.column == heading]
    assert found == [code, "item-scores-unused"]  # the second is of the score 0
    stated = pipeline.items(pa.table({heading: two, **SIX}), maxima={heading: 2})
    assert not [p for p in stated.problems if p.code == code]


@pytest.mark.parametrize(
    "heading", ["вариант 3", "группа 12", "формула", "год основания города", "5класс", "В1"]
)
def test_heading_of_an_item_is_not_named(heading: str) -> None:
    found = pipeline.items(pa.table({heading: [0, 1] * 150, **SIX})).problems
    assert not [p for p in found if p.code in ("item-booklet-like", "item-person-like", "item-list-like")]


def test_numbers_of_a_list_are_named() -> None:
    """A class of 20 pupils numbered from 1 on; a score of all of them never grows so."""
    small = {name: cells[:20] for name, cells in SIX.items()}
    assert said({"порядок": list(range(1, 21)), **small}, "item-list-like") == [
        "Столбец «порядок»: числа только растут от строки к строке, как номер по списку."
    ]
    assert said({"порядок": [2, 1, *range(3, 21)], **small}, "item-list-like") == []


def test_score_without_which_there_is_a_scale_is_named_with_its_rows() -> None:
    """Two pupils of 30 are too many for a slip, so their score counts, but no scale bridges 1 and 5."""
    some = {name: cells[:30] for name, cells in SIX.items()}
    table = {**some, "4": [5, *some["4"][1:9], 5, *some["4"][10:]]}
    found = pipeline.items(pa.table(table))
    (jump,) = [problem for problem in found.problems if problem.code == "item-score-jump"]
    assert jump.sentence.startswith("Задание «4»: балл 5 (строки: 2, 11), у остальных не больше 1")
    assert "scale-not-found" not in [problem.code for problem in found.problems]
    thresholds = {row["item"] for row in found.tables["pcm"].to_pylist() if row["threshold"] is not None}
    assert thresholds == {"1", "2", "3", "5", "6"}
    top = {row["item"]: row["max_score"] for row in found.tables["classical"].to_pylist()}
    assert top["4"] == 5


def test_far_scores_that_a_scale_bears_are_named_with_their_rows() -> None:
    """Every seventh of 300: more than slips; they stay, in the scale too, and are told of until the maximum is stated."""
    many = [5 if number % 7 == 0 else cell for number, cell in enumerate(SIX["4"])]
    found = pipeline.items(pa.table({**SIX, "4": many}))
    assert said({**SIX, "4": many}, "item-score-far") == [
        "Задание «4»: балл 5 или выше (строки: 2, 9, 16, 23, 30, 37, 44, 51 и ещё 35), а у остальных не больше 1."
    ]
    thresholds = {row["item"] for row in found.tables["pcm"].to_pylist() if row["threshold"] is not None}
    assert thresholds == set(SIX)
    assert said({**SIX, "4": many}, "item-score-far", maxima={"4": 5}) == []


def test_stated_maximum_keeps_a_lone_score_off_the_scale_only() -> None:
    """The other items stand where they do in a table without the item."""
    first = [7, *SIX["1"][1:]]
    found = pipeline.items(pa.table({**SIX, "1": first}), maxima={"1": 7})
    (jump,) = [problem for problem in found.problems if problem.code == "item-score-jump"]
    assert (jump.column, jump.value, jump.values["rows"]) == ("1", "7", "2")
    others = pipeline.items(pa.table({name: cells for name, cells in SIX.items() if name != "1"}))
    own = [row for row in found.tables["pcm"].to_pylist() if row["item"] != "1"]
    assert [row["threshold"] for row in own] == pytest.approx(
        others.tables["rasch"].column("difficulty").to_pylist()
    )


def test_log_likelihood_is_that_of_erm_and_stands_in_run_json(shared: Path, tmp_path: Path) -> None:
    expected = results(shared, "lsat6_rasch.json")["cml_erm"]["loglik"]
    source = shared / "reference" / "items" / "lsat6.csv"
    found = pipeline.write_items(source, plan=pipeline.ItemPlan(), out=tmp_path / "out")
    facts = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert found.log_likelihood == facts["log_likelihood"] == pytest.approx(expected, abs=1e-5)


def test_no_scale_has_no_likelihood() -> None:
    assert pipeline.items(pa.table({"1": [0, 1, 0]})).log_likelihood is None
