"""``--assume`` beside files that say it themselves: a notice where they say something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from rostok.formats import Assumptions, load_scales, read_file
from rostok.schema.assessments import Kind, Subject, Wave
from tests.integration.papers import STEM, export, row

SCALES = load_scales(Path(__file__).parents[3] / "scales")


def told(folder: Path, name: str, **assume: object) -> list[str]:
    path = folder / f"{name}.csv"
    path.write_bytes(export(row()))  # a sixth-grader of sch990001
    reading = read_file(path, name=path.name, assume=Assumptions(**assume), scales=SCALES)  # type: ignore[arg-type]
    return [problem.sentence for problem in reading.problems if problem.code == "assumption-overruled"]


def test_clear_file_overrules_and_says_so(tmp_path: Path) -> None:
    assert told(tmp_path, STEM, year=2022) == [
        f"Файл «{STEM}.csv» сам говорит, какой это год: 2021. К нему --assume year=2022 не применялось."
    ]


@pytest.mark.parametrize(
    ("assume", "said"),
    [
        ({"subject": Subject.RUSSIAN}, "какой это предмет: математика (math)"),
        ({"grade": 5}, "за какой класс эта работа: 6"),
        ({"wave": Wave.AUTUMN}, "весной или осенью писали работу: весна (spring)"),
        ({"kind": Kind.OGE}, "что это за работа (ВПР, ОГЭ, ЕГЭ): ВПР (vpr)"),
        ({"school": "edu990002"}, "чья это работа (логин школы): 990001"),
    ],
)
def test_every_field_is_compared(tmp_path: Path, assume: dict[str, object], said: str) -> None:
    (sentence,) = told(tmp_path, STEM, **assume)
    assert said in sentence


def test_value_that_was_asked_for_or_is_the_same_is_not_mentioned(tmp_path: Path) -> None:
    assert told(tmp_path, "Математика, 6 класс. ВПР", year=2021) == []  # the file does not say the year
    assert told(tmp_path, STEM, year=2021, subject=Subject.MATH, school="sch990001", region="66") == []
