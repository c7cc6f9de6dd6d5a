"""The main job on a real region, judged by an independent reading of its cells (``raw_region``).

Every school of the region is compared, not a sample; ``test_region_is_not_only_easy_schools`` says which hard
ones are among them.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.integration.command import contents, rostok_program
from tests.integration.pipeline.raw_region import TESTS, Cell, RawFile, read_raw

# As the issue promises them.
HEADERS = {
    "results.csv": "school_id,school_name,school_kind,municipality_id,methodology,version,category,low_results,"
    "low_count,assessment_count,unknown_count,cohorts,firmness,probability,reason",
    "reasons.csv": "school_id,kind,subject,grade,pupil_grade,year,school_year,wave,cohort,participants,absent,below,"
    "share_below,lower,upper,threshold,low",
    "indicators.csv": "school_id,indicator,value,n,coverage,unit",
    "rules.csv": "school_id,rule,verdict,figure,threshold,source",
    "problems.csv": "severity,code,file,sheet,row,column,value,count,sentence,remedy",
}
METHODOLOGY = ("--methodology", "federal-low-results")

# Autumn 2020 was written by the next grade, on the programme of the one before.
PUPIL_GRADE = {(2020, 5): 6, (2020, 6): 7, (2021, 5): 5, (2021, 6): 6}
Paper = tuple[int, str, int]  # year, subject, grade of the programme


@dataclass(frozen=True)
class Expected:
    """What the raw cells say of one school."""

    low: dict[Paper, str]
    verdict: str
    cohorts: int


@pytest.fixture(scope="module")
def inputs(shared: Path) -> list[Path]:
    region = shared / "region"
    return [region / "2020", region / "2021", region / "schools.csv"]


@pytest.fixture(scope="module")
def out(inputs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of the command of the issue, run once."""
    folder = tmp_path_factory.mktemp("region") / "out"
    done = rostok_program("analyse", *inputs, *METHODOLOGY, "--out", folder)
    assert (done.code, done.out) == (0, f"{folder / 'report.html'}\n"), done.err
    return folder


@pytest.fixture(scope="module")
def run(out: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return facts


@pytest.fixture(scope="module")
def raw(inputs: list[Path]) -> dict[str, tuple[Paper, RawFile]]:
    """Shown name of a file → its paper and what its cells say."""
    found = {}
    for folder in inputs[:2]:
        for path in sorted(folder.rglob("*.xlsx")):
            year, grade = int(folder.name), int(path.parent.name)
            subject = "math" if "математик" in path.name.lower() else "russian"
            name = path.relative_to(folder.parent).as_posix()
            found[name] = (year, subject, grade), read_raw(path, TESTS.get((subject, grade)))
    return found


@pytest.fixture(scope="module")
def papers(raw: dict[str, tuple[Paper, RawFile]]) -> dict[Paper, dict[str, Cell]]:
    """The eight papers the methodology looks at, by school."""
    return {paper: file.schools for paper, file in raw.values() if file.schools}


@pytest.fixture(scope="module")
def register(inputs: list[Path]) -> dict[str, dict[str, str]]:
    with inputs[2].open(encoding="utf-8-sig", newline="") as stream:
        return {row["login"][3:]: row for row in csv.DictReader(stream)}


@pytest.fixture(scope="module")
def expected(
    papers: dict[Paper, dict[str, Cell]], register: dict[str, dict[str, str]]
) -> dict[str, Expected]:
    return {school: _expected(school, papers) for school, row in register.items() if row["kind"] != "НОШ"}


def _expected(school: str, papers: dict[Paper, dict[str, Cell]]) -> Expected:
    low = {paper: _low(schools.get(school, Cell())) for paper, schools in papers.items()}
    counted = Counter(low.values())
    if counted["true"] >= 2:
        verdict = "true"
    else:
        verdict = "false" if counted["true"] + counted["unknown"] < 2 else "unknown"
    # 2020 here is autumn and 2021 spring: both belong to one school year, so a cohort is the grade of the pupils.
    grades = {PUPIL_GRADE[year, grade] for (year, _, grade), value in low.items() if value == "true"}
    return Expected(low, verdict, len(grades))


def _low(cell: Cell) -> str:
    """At least five wrote, and three in ten of them or more got a «2»: in whole numbers, nothing is rounded."""
    if cell.participants < 5:
        return "unknown"
    return "true" if 10 * cell.below >= 3 * cell.participants else "false"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_file_has_the_header_of_the_manual(out: Path) -> None:
    written = {name: (out / name).read_text(encoding="utf-8").split("\n", 1)[0] for name in HEADERS}
    assert written == HEADERS
    assert {path.name for path in out.iterdir()} == {*HEADERS, "run.json", "report.html", "report.xlsx"}


def test_row_counts_are_those_of_the_files(
    run: dict[str, Any], raw: dict[str, tuple[Paper, RawFile]], register: dict[str, dict[str, str]]
) -> None:
    counted = {name: file.rows for name, (_, file) in raw.items()}
    assert {file["file"]: file["rows"] for file in run["files"]} == {**counted, "region/schools.csv": 692}
    assert len(register) == 692
    # The two sizes the region's own description states.
    assert counted["2020/5/Математика.xlsx"] == 25907
    assert counted["2021/6/Проведение работы по русскому языку, 6 класс. ВПР 2021.xlsx"] == 25744


def test_assessments_of_run_agree_with_the_cells(
    run: dict[str, Any], papers: dict[Paper, dict[str, Cell]], raw: dict[str, tuple[Paper, RawFile]]
) -> None:
    rows = {paper: file.rows for paper, file in raw.values()}
    stated = {one["assessment"]: (one["rows"], one["participants"], one["absent"])
              for one in run["assessments"] if not one["assessment"].endswith("/4")}  # fmt: skip
    assert stated == {
        f"vpr/{year}/{'autumn' if year == 2020 else 'spring'}/{subject}/{grade}": (
            rows[year, subject, grade],
            sum(cell.participants for cell in schools.values()),
            sum(cell.absent for cell in schools.values()),
        )
        for (year, subject, grade), schools in papers.items()
    }


def test_region_is_not_only_easy_schools(
    papers: dict[Paper, dict[str, Cell]], expected: dict[str, Expected]
) -> None:
    cells = [cell for schools in papers.values() for cell in schools.values()]
    assert len(expected) == 691
    assert sum(cell.participants < 5 for cell in cells) > 100
    assert max(cell.participants for cell in cells) > 150
    assert sum(cell.absent > cell.participants for cell in cells) > 20
    assert sum(cell.not_attempted > 0 for cell in cells) > 1000
    # Exactly on the threshold: 3 of 10, 6 of 20 …
    assert sum(10 * cell.below == 3 * cell.participants > 0 for cell in cells) > 10
    assert Counter(one.verdict for one in expected.values()).keys() == {"true", "false", "unknown"}


def test_reasons_agree_with_the_cells_of_every_school(
    out: Path, papers: dict[Paper, dict[str, Cell]], expected: dict[str, Expected]
) -> None:
    rows = rows_of(out / "reasons.csv")
    found = {(row["school_id"], _paper(row)): row for row in rows}
    assert len(found) == len(rows) == 8 * len(expected)
    differing = [
        (school, paper, row)
        for (school, paper), row in found.items()
        if _stated(row) != _counted(papers[paper].get(school), expected[school].low[paper])
    ]
    assert differing == []


def _paper(row: dict[str, str]) -> Paper:
    assert (row["kind"], row["wave"]) == ("vpr", "autumn" if row["year"] == "2020" else "spring")
    assert row["school_year"] == "2020/21"
    assert row["cohort"] == f"2020/21-{row['pupil_grade']}"
    assert int(row["pupil_grade"]) == PUPIL_GRADE[int(row["year"]), int(row["grade"])]
    return int(row["year"]), row["subject"], int(row["grade"])


def _stated(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("participants", "absent", "below", "share_below", "threshold", "low"))


def _counted(cell: Cell | None, low: str) -> tuple[str, ...]:
    if cell is None:  # held in the region, but nobody of this school is in the file
        return ("0", "", "", "", "0.300000", "unknown")
    share = ""
    if cell.participants:
        exact = Decimal(cell.below) / Decimal(cell.participants)
        share = str(exact.quantize(Decimal("0.000001"), ROUND_HALF_EVEN))
    return (str(cell.participants), str(cell.absent), str(cell.below), share, "0.300000", low)


def test_intervals_are_wilsons(out: Path) -> None:
    for row in rows_of(out / "reasons.csv"):
        if not row["share_below"]:
            assert (row["lower"], row["upper"]) == ("", "")
            continue
        n, z = int(row["participants"]), 1.959963984540054
        share = int(row["below"]) / n
        centre, spread = share + z * z / (2 * n), z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
        bounds = [(centre - spread) / (1 + z * z / n), (centre + spread) / (1 + z * z / n)]
        assert [float(row["lower"]), float(row["upper"])] == pytest.approx(bounds, abs=1e-6)


def test_results_agree_with_the_cells_of_every_school(
    out: Path, expected: dict[str, Expected], register: dict[str, dict[str, str]]
) -> None:
    rows = {row["school_id"]: row for row in rows_of(out / "results.csv")}
    assert rows.keys() == register.keys()
    for school, one in expected.items():
        counted = Counter(one.low.values())
        row = rows[school]
        assert (row["low_results"], row["category"]) == (one.verdict, "ШНОР" if one.verdict == "true" else "")
        assert [row["low_count"], row["assessment_count"], row["unknown_count"], row["cohorts"]] == [
            str(counted["true"]), "8", str(counted["unknown"]), str(one.cohorts),
        ]  # fmt: skip
        assert row["school_name"] == register[school]["name"]
        assert row["school_kind"] == register[school]["kind"]
    # A primary school has no grade 5: there is nothing to judge it by.
    primary = next(school for school, row in register.items() if row["kind"] == "НОШ")
    assert [rows[primary][name] for name in ("low_results", "assessment_count", "unknown_count")] == [
        "unknown", "0", "0",
    ]  # fmt: skip


def test_firmness_is_a_probability_and_its_word(out: Path) -> None:
    words = set()
    for row in rows_of(out / "results.csv"):
        if not row["probability"]:
            assert row["firmness"] == ""
            continue
        probability = float(row["probability"])
        assert 0 <= probability <= 1
        word = "firm" if probability >= 0.95 else "likely" if probability >= 0.8 else "open"
        assert row["firmness"] == word
        words.add(word)
    assert words == {"firm", "likely", "open"}


def test_report_is_one_page_and_one_workbook(out: Path) -> None:
    page = (out / "report.html").read_text(encoding="utf-8")
    assert (out / "report.html").stat().st_size < 20_000_000
    assert "Школа № 4" in page and "src=\"http" not in page and "href=\"http" not in page  # fmt: skip
    book = openpyxl.load_workbook(out / "report.xlsx", read_only=True)
    sizes = {sheet.title: sum(1 for _ in sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    book.close()
    assert any(rows > 692 for rows in sizes.values()), sizes


def test_one_process_and_another_order_give_the_same_bytes(inputs: list[Path], out: Path) -> None:
    again = out.with_name("again")
    done = rostok_program(
        "analyse", *reversed(inputs), *METHODOLOGY, "--workers", "1", "--no-report", "--out", again
    )
    assert (done.code, done.out) == (0, f"{again / 'results.csv'}\n"), done.err
    first, second = contents(out), contents(again)
    assert {name: first[name] for name in HEADERS} == {name: second[name] for name in HEADERS}
