"""Counts beside scripts of the same schools: equal, different, or of other schools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rostok.schema.problems import InputRefused, Problem
from rostok.store import StoreBuilder
from tests.unit.store.papers import MATH_5, OGE_MATH, RUSSIAN_5, Row, batch, build, paper, rows_of

# School 11: three wrote, one of them under the minimum (2 points), one was absent. School 12: one wrote.
ELEVEN = [paper("11", "1", 1), paper("11", "2", 3), paper("11", "3", 5), paper("11", "4", None)]
TWELVE = [paper("12", "1", 1)]


def counts(school: str, participants: int, below: int | None, **other: Any) -> Row:
    row = {
        "school_id": school,
        "assessment": MATH_5.key,
        "participants": participants,
        "under_minimum": below,
    }
    return row | other


def problems(root: Path, *rows: Row, scripts: tuple[Any, ...] = ()) -> tuple[Problem, ...]:
    given = scripts or (batch([*ELEVEN, *TWELVE], "scripts.xlsx"),)
    try:
        return build(root, *given, rows_of("counts", rows, "counts.csv")).problems
    except InputRefused as refused:
        return refused.problems


@pytest.mark.parametrize("row", [counts("11", 50, 40), counts("11", 3, 2), counts("11", 4, None)])
def test_different_numbers_stop_the_job_and_name_both_files(tmp_path: Path, row: Row) -> None:
    (found,) = problems(tmp_path, row, counts("12", 1, 1, assessment=RUSSIAN_5.key))
    assert (found.code, found.file, found.value, found.count) == (
        "assessment-conflict",
        "counts.csv",
        "11",
        1,
    )
    assert found.sentence == (
        "«counts.csv» и «scripts.xlsx» содержат разные результаты одной работы "
        "(ВПР, математика, 5 класс, весна 2021) для одних и тех же школ, например 11."
    )
    assert list(tmp_path.iterdir()) == []


def test_equal_numbers_are_counted_once(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, counts("11", 3, None), counts("12", 1, 1), counts("13", 9, 9))
    told = (found.code, found.file, found.values["other"], found.value, found.count)
    assert told == ("schools-repeated", "counts.csv", "scripts.xlsx", "11", 2)


def test_other_schools_and_other_assessments_are_no_finding(tmp_path: Path) -> None:
    assert problems(tmp_path, counts("13", 50, 40), counts("11", 50, 40, assessment=OGE_MATH.key)) == ()


def test_without_a_minimum_only_participants_are_compared(tmp_path: Path) -> None:
    unscaled = batch([paper("11", "1", 1, mark=None, under_minimum=None)], "scripts.xlsx")
    assert [p.code for p in problems(tmp_path, counts("11", 1, 1), scripts=(unscaled,))] == [
        "schools-repeated"
    ]


def test_a_conflict_names_the_form_of_the_school(tmp_path: Path) -> None:
    forms = (batch(ELEVEN, "11.xlsx"), batch(TWELVE, "12.xlsx"))
    (found,) = problems(tmp_path, counts("12", 7, 1), scripts=forms)
    assert (found.code, found.file, found.values["other"]) == ("assessment-conflict", "counts.csv", "12.xlsx")


def test_counts_beside_a_stored_version_are_compared(tmp_path: Path) -> None:
    earlier = build(tmp_path, batch(ELEVEN, "scripts.xlsx")).version
    with pytest.raises(InputRefused) as refused, StoreBuilder(tmp_path) as builder:
        builder.add_version(earlier)
        builder.add_rows(rows_of("counts", [counts("11", 50, 40)], "counts.csv"))
        builder.finish()
    (found,) = refused.value.problems
    assert (found.code, found.values["other"]) == ("assessment-conflict", str(earlier.directory))
