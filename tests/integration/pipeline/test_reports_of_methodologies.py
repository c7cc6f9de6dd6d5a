"""Reports of every shipped methodology and of unusual ones through the whole job: a page says what its rule says.

Expected numbers are counted from the CSV files of the same run, which have tests of their own.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rostok.methodology import load
from rostok.pipeline.report_model import _scales
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from rostok.store.manifest import StoredAssessment
from tests.integration.command import rostok
from tests.integration.papers import text_table, write

# What only a list of low results that counts papers may say.
OF_SUPPORT = ("поддержк", "не в списке", "Для списка нужно")
DECIDED_BY = {
    "at-risk": "at_risk", "improving-school": "improving", "persistently-low": "persistently_low",
}  # fmt: skip

Analyse = Callable[[object], Path]


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("invented") / "region"
    done = rostok(
        "synth", "--schools", "40", "--years", "2020,2021,2022", "--seed", "3", "--format", "parquet", "--out", folder
    )  # fmt: skip
    assert done.code == 0, done.err
    return folder


@pytest.fixture(scope="module")
def analyse(region: Path, tmp_path_factory: pytest.TempPathFactory) -> Analyse:
    """Report and firmness on; a traceback fails the test."""

    done: dict[object, Path] = {}

    def run(methodology: object) -> Path:
        if methodology not in done:
            out = tmp_path_factory.mktemp("out") / "out"
            ended = rostok("analyse", region, "--methodology", methodology, "--workers", "1", "--out", out)
            assert ended.code == 0, ended.err
            done[methodology] = out
        return done[methodology]

    return run


def rows(out: Path, name: str) -> list[dict[str, str]]:
    with (out / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def page(out: Path) -> str:
    return (out / "report.html").read_text(encoding="utf-8")


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text).replace("\xa0", " ")).strip()


def tiles(out: Path) -> list[str]:
    found = re.findall(r'<li class="tile [^"]*"><strong>(.*?)</strong>(.*?)</li>', page(out), re.DOTALL)
    return [plain(re.sub(r"</?(b|abbr)[^>]*>", "", title)) for title, _ in found]


def told(out: Path) -> str:
    """The first screen without the methodology's own words, and every card."""
    text = page(out).split('<section id="methodology"')[0]
    return plain(re.sub(r'<p class="rule">.*?</p>', "", text.split("<body>")[1], flags=re.DOTALL))


def counts(found: list[str]) -> dict[str, int]:
    """«зона риска: 13 школ» → name and number."""
    return {name: int(number.split()[0]) for name, number in (one.rsplit(": ", 1) for one in found)}


def test_list_of_low_results_speaks_of_support(analyse: Analyse) -> None:
    out = analyse("federal-low-results")
    met = Counter(row["low_results"] for row in rows(out, "results.csv"))
    numbers = [int(re.search(r"\d+", tile)[0]) for tile in tiles(out)]  # type: ignore[index]  # a tile has a number
    assert numbers == [met["true"], met["unknown"], met["false"]]
    assert "положена поддержка" in tiles(out)[0]
    assert "результаты ниже порога не меньше чем в 2 работах" in told(out)


@pytest.mark.parametrize("methodology", sorted(DECIDED_BY))
def test_other_questions_name_their_category(analyse: Analyse, methodology: str) -> None:
    out = analyse(methodology)
    verdicts = Counter(
        row["verdict"] for row in rows(out, "rules.csv") if row["rule"] == DECIDED_BY[methodology]
    )
    categories = Counter(row["category"] for row in rows(out, "results.csv") if row["category"])
    expected = {
        **categories,
        "сказать нельзя": verdicts["unknown"],
        "не отнесена к категории": verdicts["false"] - categories.get("результаты уже ниже порога", 0),
    }
    assert counts(tiles(out)) == {name: count for name, count in expected.items() if count}
    assert [word for word in OF_SUPPORT if word in told(out)] == []
    firm = [row for row in rows(out, "results.csv") if row["firmness"]]
    assert firm  # firmness was on


def test_typology_names_categories_and_asks_nothing_of_one_paper(analyse: Analyse) -> None:
    out = analyse("sverdlovsk-typology")
    met = Counter(row["category"] or "категория не определена" for row in rows(out, "results.csv"))
    assert counts(tiles(out)) == dict(met)
    said = told(out)
    assert [word for word in OF_SUPPORT if word in said] == []
    assert not re.search(r"сказать нельзя: \d+ участник", said)
    assert "индекс социального благополучия" in said  # titles, not names, of what decided
    assert "ege_russian_gap" not in said


def test_growth_by_context_alone(tmp_path: Path) -> None:
    # The target of 550 is 5 % of the way to 800: 12.5, rounded to 13.
    values = """
school    | year | indicator | value
sch990001 | 2021 | api       | 550
sch990001 | 2022 | api       | 563
sch990002 | 2021 | api       | 550
sch990002 | 2022 | api       | 562
sch990003 | 2022 | api       | 700
"""
    register = """
login     | name      | kind | municipality_id | municipality
sch990001 | Школа № 1 | СОШ  | m1              | Заречный район
sch990002 | Школа № 2 | СОШ  | m1              | Заречный район
sch990003 | Школа № 3 | СОШ  | m1              | Заречный район
sch990004 | Школа № 4 | СОШ  | m1              | Заречный район
"""
    given = write(tmp_path / "in", {"api.csv": text_table(values), "schools.csv": text_table(register)})
    out = tmp_path / "out"
    done = rostok("analyse", given, "--methodology", "california-growth", "--workers", "1", "--out", out)
    assert done.code == 0, done.err
    assert counts(tiles(out)) == {
        "цель роста достигнута": 1, "цель роста не достигнута": 1, "сказать нельзя": 2,
    }  # fmt: skip
    said = told(out)
    assert [word for word in OF_SUPPORT if word in said] == []
    assert "В расчёте 3 школы с результатами" in said
    assert "Ещё у 1 школы реестра таких результатов нет." in said
    assert "рост не меньше цели" in said


def test_schools_without_results_are_counted_apart(analyse: Analyse) -> None:
    out = analyse("federal-low-results")
    wrote = {row["school_id"] for row in rows(out, "reasons.csv") if row["participants"] != "0"}
    without = len(rows(out, "results.csv")) - len(wrote)
    assert 0 < without < 40
    assert re.search(rf"В расчёте {len(wrote)} школ\w* с результатами", told(out))
    assert f"Ещё у {without} школ реестра таких результатов нет." in told(out)


UNUSUAL = """\
id: unusual
version: "1"
title: {ru: Проба}
about: Проба.
source: {document: никакой, confirmed: false}
author: никто
checked_by: никто
valid_from: 2021-01-01
review_on: 2030-01-01
parameters:
  min_assessments: {title: работ, value: 2, unit: assessments, source: проба, confirmed: false}
assessments:
  - {kind: vpr, subjects: [russian, math], grades: [5, 6]}
taught: {НОШ: 4, ООШ: 9}
window: {latest: 2, of: calendar_years}
indicators:
  share_below:  {value: below / participants, unit: share}
  region_share: {region: share_below, unit: share}
rules:
  low:    {when: "WHEN", needs: "NEEDS"}
  listed: {at_least: min_assessments, of: low}
category: {проба: listed}
VERDICT
reason: {ru: "{what} {by_subject}, {grade} класс, {year}: {share}, в регионе {region_share:percent}"}
"""


def unusual(folder: Path, when: str, needs: str = "participants >= 5", verdict: str = "low_results") -> Path:
    path = folder / "unusual.yaml"
    text = UNUSUAL.replace("WHEN", when).replace("NEEDS", needs).replace("VERDICT", f"{verdict}: listed")
    path.write_text(text, encoding="utf-8")
    return path


def test_rule_against_the_region(analyse: Analyse, tmp_path: Path) -> None:
    out = analyse(unusual(tmp_path, "share_below >= region_share + 0.1"))
    low = [row for row in rows(out, "reasons.csv") if row["low"] == "true"]
    assert low and all(float(row["share_below"]) >= float(row["threshold"]) for row in low)
    assert "в регионе " in told(out)  # the reason names what only the cells carry
    assert re.search(r"ниже порога на \d+ меньше", told(out))  # and the distance rests on it


def test_rule_of_marks_has_no_distance(analyse: Analyse, tmp_path: Path) -> None:
    out = analyse(unusual(tmp_path, "marks_4 + marks_5 < below"))
    assert {row["low"] for row in rows(out, "reasons.csv")} >= {"true", "false"}
    said = told(out)
    assert "условие выполнено" in said and "условие не выполнено" in said
    # Marks above «2» of other papers are not known: nobody can say how many would change the rule.
    assert not re.search(r"условие (не )?выполнено на \d", said)
    assert list(rows(out, "reasons.csv")[0]) == [
        "school_id", "kind", "subject", "grade", "pupil_grade", "year", "school_year", "wave", "cohort",
        "participants", "absent", "below", "share_below", "lower", "upper", "threshold", "low",
    ]  # fmt: skip


def test_rule_by_the_kind_of_school_has_no_distance(analyse: Analyse, tmp_path: Path) -> None:
    out = analyse(unusual(tmp_path, "share_below >= if_else(school_kind == 'ООШ', 0.4, 0.3)"))
    assert not re.search(r"порога на \d+ (больше|меньше)", told(out))


def test_condition_that_is_not_met_is_not_called_few_participants(analyse: Analyse, tmp_path: Path) -> None:
    out = analyse(unusual(tmp_path, "share_below >= 0.3", "participants >= 5 and years_back == 0"))
    enough = [
        row for row in rows(out, "reasons.csv") if row["low"] == "unknown" and int(row["participants"]) >= 5
    ]
    assert enough and {row["year"] for row in enough} == {"2021"}
    said = told(out)
    assert said.count("сказать нельзя: условие методики не выполнено") == len(enough)
    assert {int(n) for n in re.findall(r"сказать нельзя: (\d+) участник", said)} <= {1, 2, 3, 4}


def test_support_is_not_read_from_the_name_of_a_parameter(analyse: Analyse, tmp_path: Path) -> None:
    out = analyse(unusual(tmp_path, "share_below >= 0.3", verdict="verdict"))
    assert [word for word in OF_SUPPORT if word in told(out)] == []


def _stored(kind: Kind, scale: str | None, confirmed: bool | None) -> StoredAssessment:
    paper = Assessment(kind, 2021, Wave.SPRING, Subject.MATH, 6 if kind is Kind.VPR else 11)
    return StoredAssessment(paper, (), 1, 1, 0, (), "", scale, confirmed)


def test_scale_is_the_one_the_marks_came_from() -> None:
    path = next((Path(__file__).parents[3] / "methodologies" / "federal-low-results").glob("*.yaml"))
    methodology = load(path.read_text("utf-8"), path.name)
    entries = [
        _stored(Kind.VPR, "vpr/2021/math/6/Наша область", False),
        _stored(Kind.EGE_BASE, "ege_base/2021/math/11/А", True),
        _stored(Kind.EGE_PROFILE, "ege_profile/2021/math/11/Б", False),
    ]
    stored: Any = SimpleNamespace(version=SimpleNamespace(manifest=SimpleNamespace(assessments=entries)))
    found = {kind: _scales(Assessment(kind, 2021, Wave.SPRING, Subject.MATH, grade), methodology, stored)
             for kind, grade in ((Kind.VPR, 6), (Kind.EGE, 11), (Kind.OGE, 9))}  # fmt: skip
    assert found == {
        Kind.VPR: ("vpr/2021/math/6/Наша область", False),
        Kind.EGE: ("ege_base/2021/math/11/А; ege_profile/2021/math/11/Б", False),  # one row joined of two
        Kind.OGE: ("", True),  # handed in as counts: nothing was judged by a scale
    }
