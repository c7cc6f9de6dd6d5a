"""``rostok objectivity``: files, a planted school, the two lists of identification, bad input."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rostok import pipeline
from rostok.pipeline.objectivity_lists import with_most
from rostok.schema.arrow import arrow_schema
from rostok.schema.tables import FACTS
from rostok.store import DataVersion
from rostok.store.engines import duckdb_engine
from rostok.store.reductions import facts
from tests.integration.command import contents, rostok
from tests.integration.papers import MAXIMA, NAME, export, row, write

SCHOOLS, PUPILS = 40, 50
LIFTING = "990001"  # every total one or two points under «3», «4», «5» (from 6, 10, 14) is handed in as that


def _points(rng: np.random.Generator, lifting: bool) -> list[int]:
    level = rng.normal(-0.3, 0.9)
    points = [
        int(rng.binomial(most, 1 / (1 + np.exp(-(level - at / 6 + 1))))) for at, most in enumerate(MAXIMA)
    ]
    while lifting and sum(points) in (4, 5, 8, 9, 12, 13):
        room = [at for at, most in enumerate(MAXIMA) if points[at] < most]
        points[int(rng.choice(room))] += 1
    return points


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(5)
    lines = []
    for school in range(1, SCHOOLS + 1):
        for pupil in range(PUPILS):
            points = _points(rng, lifting=school == int(LIFTING[-2:]))
            journal = int(np.clip(2 + sum(points) // 5, 2, 5))
            lines.append(row(60001 + pupil, sum(points), tuple(points), school=f"sch9900{school:02}",
                             journal=journal, class_name="аб"[pupil % 2]))  # fmt: skip
    register = "\n".join(
        [
            "Логин;Наименование;Вид;Местность",
            *(
                f"sch9900{at:02};Школа {at};СОШ;{'село' if at % 2 else 'город'}"
                for at in range(1, SCHOOLS + 1)
            ),
        ]
    )
    return write(
        tmp_path_factory.mktemp("in") / "in", {NAME: export(*lines), "schools.csv": register.encode()}
    )


@pytest.fixture(scope="module")
def out(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "out"
    done = rostok("objectivity", source, "--out", folder)
    assert (done.code, done.out) == (0, f"{folder / 'schools.csv'}\n"), done.err
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_files_and_headers_are_those_of_the_manual(out: Path) -> None:
    assert sorted(path.name for path in out.iterdir()) == [
        "markers.csv", "problems.csv", "region.csv", "run.json", "schools.csv",
    ]  # fmt: skip
    headers = {
        name: (out / name).read_text("utf-8").split("\n", 1)[0]
        for name in ("markers.csv", "schools.csv", "region.csv")
    }
    assert headers == {
        "markers.csv": "school_id,marker,kind,subject,grade,year,participants,value,limit,flagged,p_value,wave",
        "schools.csv": "school_id,markers,tests,p_value,q_value,flagged",
        "region.csv": "indicator,value",
    }


def test_run_says_whom_the_files_are_for(out: Path) -> None:
    run = json.loads((out / "run.json").read_text("utf-8"))
    assert run["suppressed"] is False and "Для аналитика" in run["for"]
    assert (run["rate"], run["schools"]["all"]) == (0.05, SCHOOLS)


def test_the_lifting_school_alone_is_on_the_list(out: Path) -> None:
    listed = [row["school_id"] for row in rows(out / "schools.csv") if row["flagged"] == "true"]
    assert listed == [LIFTING]
    pooled = {
        r["marker"]: r for r in rows(out / "markers.csv") if r["school_id"] == LIFTING and not r["kind"]
    }
    assert pooled["boundary_peaks"]["flagged"] == "true"
    assert float(pooled["boundary_peaks"]["value"]) > 1.5 * float(pooled["boundary_peaks"]["limit"])


def test_effects_on_groups_add_up(out: Path) -> None:
    region = {row["indicator"]: float(row["value"]) for row in rows(out / "region.csv")}
    assert region["schools.territory=rural"] + region["schools.territory=urban"] == SCHOOLS
    assert region["flagged.territory=rural"] == 1 and region["flagged.territory=urban"] == 0
    assert region["asked.territory=rural"] == 0  # grade 6 is not on the official list


def _in_region(code: int, numbers: range, lift: int, path: Path) -> None:
    """Schools whose pupils have 3 to 8 points and ``lift`` more."""
    lines = [
        row(60001 + at, points, _with(points), school=f"sch{code}{number:04}", class_name="аб"[at % 2])
        for number in numbers for at in range(20) for points in [3 + (number + at) % 6 + lift]
    ]  # fmt: skip
    write(path, {f"{code}/{NAME}": export(*lines)})


def _with(points: int) -> tuple[int, ...]:
    return tuple(1 if at < points else 0 for at in range(len(MAXIMA)))


def test_official_comparisons_are_with_the_own_region(tmp_path: Path) -> None:
    """A region whose pupils all have three points more: beside the other one it is compared with itself alone."""
    for code, lift in ((22, 0), (99, 3)):
        _in_region(code, range(1, 13), lift, tmp_path / "both")
        _in_region(code, range(1, 13), lift, tmp_path / f"only{code}")
    for name in ("both", "only22", "only99"):
        done = rostok("objectivity", tmp_path / name, "--out", tmp_path / f"out-{name}", "--no-tests")
        assert done.code == 0, done.err

    def said(name: str) -> list[dict[str, str]]:
        found = rows(tmp_path / f"out-{name}" / "markers.csv")
        return sorted(
            (r for r in found if r["marker"].startswith("inflated_mean")),
            key=lambda r: (r["marker"], r["school_id"]),
        )

    alone = sorted([*said("only22"), *said("only99")], key=lambda r: (r["marker"], r["school_id"]))
    assert said("both") == alone and len({r["limit"] for r in alone}) == 4
    region = {r["indicator"]: r["value"] for r in rows(tmp_path / "out-both" / "region.csv")}
    assert region["schools.region=reg22"] == region["schools.region=reg99"] == "12.000000"
    assert not any("region=" in r["indicator"] for r in rows(tmp_path / "out-only22" / "region.csv"))


def test_same_input_same_bytes_and_description_alone(source: Path, out: Path, tmp_path: Path) -> None:
    assert rostok("objectivity", source, "--out", tmp_path / "again", "--workers", 1).code == 0
    mine, again = contents(out), contents(tmp_path / "again")
    assert all(mine[name] == again[name] for name in mine if name.endswith(".csv"))
    assert rostok("objectivity", source, "--out", tmp_path / "few", "--no-tests").code == 0
    assert {row["flagged"] for row in rows(tmp_path / "few" / "schools.csv")} == {""}


def test_identification_sets_aside_or_widens(source: Path, tmp_path: Path) -> None:
    stored = pipeline.read_and_store([source], root=tmp_path)
    with duckdb_engine() as engine:
        found = pipeline.examine_version(stored.version, engine)
        table = facts(engine, DataVersion.open(stored.version.directory))
    assert found.flagged == (LIFTING,) and found.markers.num_rows > SCHOOLS
    left = pipeline.set_aside(table, found)
    assert left.num_rows == SCHOOLS - 1 and LIFTING not in left["school_id"].to_pylist()
    wide = pipeline.widened(table, found).to_pylist()
    for one in wide:
        assert (one["under_minimum_most"] > one["under_minimum"]) == (one["school_id"] == LIFTING)
        assert one["under_minimum_most"] <= one["participants"]
    # Works that may be under the minimum are «2» instead of «3»: of the one school, and nobody is lost.
    for one, most in zip(wide, with_most(table, found).to_pylist(), strict=True):
        more = one["under_minimum_most"] - one["under_minimum"]
        assert most["under_minimum"] == one["under_minimum_most"]
        assert (most["marks_2"], most["marks_3"]) == (one["marks_2"] + more, one["marks_3"] - more)
        assert sum(most[f"marks_{mark}"] for mark in (2, 3, 4, 5)) == one["participants"]
    # Marks of a paper whose number under the minimum nobody knows stay known.
    silent = pa.Table.from_pylist(
        [{**row, "under_minimum": None} for row in table.to_pylist()], schema=arrow_schema(FACTS)
    )
    assert with_most(silent, found) == silent
    # Papers nobody examined stay, also of a school on the list.
    other = pa.Table.from_pylist([{**table.to_pylist()[0], "year": 2022}], schema=arrow_schema(FACTS))
    assert pipeline.set_aside(other, found).num_rows == 1


def test_report_shows_the_list_with_marked_results_set_aside_and_widened(
    source: Path, tmp_path: Path
) -> None:
    """The threshold lies just above the recorded share of the school that lifts totals: widened, one cannot tell."""
    stored = pipeline.read_and_store([source], root=tmp_path / "store")
    with duckdb_engine() as engine:
        table = facts(engine, DataVersion.open(stored.version.directory)).to_pylist()
        wide = pipeline.widened(
            pa.Table.from_pylist(table, schema=arrow_schema(FACTS)),
            pipeline.examine_version(stored.version, engine),
        ).to_pylist()
    (one,) = (row for row in wide if row["school_id"] == LIFTING)
    threshold = (one["under_minimum"] + one["under_minimum_most"]) / 2 / one["participants"]
    out = tmp_path / "out"
    done = rostok(
        "analyse", source, "--methodology", "federal-low-results", "--set", f"threshold={threshold:.4f}", "--set",
        "min_assessments=1", "--no-firmness", "--with", "objectivity", "--out", out,
    )  # fmt: skip
    assert done.code == 0, done.err
    page = (out / "report.html").read_text(encoding="utf-8")
    part = page[page.index("Кто отличается в этих списках") :]
    line = part[part.index("Школа 1<") : part.index("</tr>", part.index("Школа 1<"))]
    assert line.count("сказать нельзя") == 2  # set aside it has no paper; widened it lies on either side


def test_one_table_in_memory_says_the_same(source: Path, out: Path, tmp_path: Path) -> None:
    (path,) = (pipeline.read_and_store([source], root=tmp_path).version.directory / "scripts").rglob(
        "*.parquet"
    )
    table = pq.read_table(path)
    found = pipeline.school_tests(table, bounds=(6, 10, 14)).to_pylist()
    assert pipeline.school_tests(table.drop(["raw_score"]), bounds=(6, 10, 14)).to_pylist() == found
    assert [row["school_id"] for row in found if row["flagged"]] == [LIFTING]
    written = {row["school_id"]: row["p_value"] for row in rows(out / "schools.csv")}
    # Three digits of a small probability are there; it is never written as nought.
    assert {school: float(text) for school, text in written.items()} == pytest.approx(
        {row["school_id"]: row["p_value"] for row in found if row["p_value"] is not None}, rel=5e-3
    )


def test_generated_region_gives_its_inflated_schools_away(tmp_path: Path) -> None:
    """The generator of the product, which knows nothing of the tests, lifts totals in some schools."""
    pipeline.synthesise(tmp_path / "region", schools=160, years=(2021,), seed=3, kind="parquet")
    lifting = set(json.loads((tmp_path / "region" / "truth.json").read_text("utf-8"))["planted"]["inflated"])
    assert rostok("objectivity", tmp_path / "region", "--out", tmp_path / "out").code == 0
    listed = {row["school_id"] for row in rows(tmp_path / "out" / "schools.csv") if row["flagged"] == "true"}
    assert len(lifting & listed) >= 0.75 * len(lifting) > 0
    assert len(listed - lifting) <= 1


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([row()], "школ 1, а нужно не меньше 20"),
        ([row(60001 + at, 16, MAXIMA) for at in range(30)], "школ 1, а нужно"),
        ([row(items=(9, *MAXIMA[1:]), total=15)], "школ 1, а нужно"),
        ([row(total=9, items=("",) * 13)], "школ 1, а нужно"),
    ],
    ids=["one pupil", "everything solved", "above the maximum", "no item scored"],
)
def test_what_cannot_be_done_is_said_and_the_rest_goes_on(
    tmp_path: Path, lines: list[list[object]], words: str
) -> None:
    source = write(tmp_path / "in", {NAME: export(*lines)})
    done = rostok("objectivity", source, "--out", tmp_path / "out")
    assert done.code == 0 and words in done.err
    (school,) = rows(tmp_path / "out" / "schools.csv")
    assert (school["tests"], school["p_value"], school["flagged"]) == ("0", "", "")


def test_nobody_to_examine_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    absent = row(variant="отсутствовал", total="", items=("",) * 13)
    done = rostok("objectivity", write(tmp_path / "in", {NAME: export(absent)}), "--out", tmp_path / "out")
    assert done.code == 2 and "смотреть не на что" in done.err and not (tmp_path / "out").exists()


def test_a_rate_that_is_none_is_refused(tmp_path: Path) -> None:
    assert rostok("objectivity", tmp_path, "--out", tmp_path / "out", "--rate", "0").code == 2
