"""``rostok similar``: the files and columns it promises, figures by hand, own groups, a real region, bad input."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.integration.command import Outcome, contents, rostok
from tests.integration.papers import export, pupils, write
from tests.integration.pipeline.context_cases import INDEX

HEADERS = {
    "similar.csv": "school_id,neighbour_id,distance,result,difference",
    "compared.csv": "school_id,neighbour_id,difference,standard_error,lower,upper,q_value,verdict",
    "differs.csv": "school_id,neighbour_id,indicator,school_value,neighbour_value,deviations",
    "group.csv": "school_id,result,standard_error,neighbours,with_results,difference,lower,upper,verdict",
}
# 1, 2 and 3 live alike, 4 does not; 5 said nothing; 6 lives like 1 and wrote nothing.
TABLE = ["Школа,Год,poor,educated", "sch990001,2021,0.5,10", "sch990002,2021,0.5,11", "sch990003,2021,0.4,10",
         "sch990004,2021,0.0,30", "sch990006,2021,0.5,10"]  # fmt: skip


def folder(at: Path) -> Path:
    papers = [*pupils(20, 20, school="sch990001"), *pupils(20, 0, school="sch990002"),
              *pupils(20, 10, school="sch990003"), *pupils(20, 4, school="sch990004"),
              *pupils(4, 0, school="sch990005")]  # fmt: skip
    (at / "own.yaml").parent.mkdir(parents=True, exist_ok=True)
    (at / "own.yaml").write_text(INDEX, "utf-8")
    name = "2021/Проведение работы по математике, 6 класс. ВПР 2021.csv"
    return write(at / "in", {name: export(*papers), "условия.csv": "\n".join(TABLE).encode()})


def done(at: Path, *asked: object) -> Outcome:
    found = rostok("similar", folder(at), "--index", at / "own.yaml", *asked, "--out", at / "out")
    assert (found.code, found.out) == (0, f"{at / 'out'}/similar.csv\n"), found.err
    return found


def rows(out: Path, name: str) -> list[dict[str, str]]:
    with (out / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_files_and_figures_by_hand(tmp_path: Path) -> None:
    said = done(tmp_path, "--school", "sch990001")
    out = tmp_path / "out"
    assert set(contents(out)) == {*HEADERS, "problems.csv", "run.json"}
    for name, header in HEADERS.items():
        assert (out / name).read_text("utf-8").splitlines()[0] == header
    found = rows(out, "similar.csv")
    assert [(row["school_id"], row["neighbour_id"]) for row in found] == [
        ("990001", "990002"),
        ("990001", "990003"),
    ]
    # poor: mean 0.38, Σd² = 3·0.0144 + 0.0004 + 0.1444 = 0.188, deviation √(0.188/4); 0.1 of it, on one of two.
    poor = 0.1 / (0.188 / 4) ** 0.5 / 2**0.5
    # educated: mean 14.2, Σd² = 3·17.64 + 10.24 + 249.64 = 312.8, deviation √78.2.
    educated = 1 / 78.2**0.5 / 2**0.5
    assert [float(row["distance"]) for row in found] == pytest.approx([educated, poor])
    # Nine points of sixteen, or one: the region's mean is (34·1 + 50·9) ÷ 84 points.
    mean = (34 * 1 + 50 * 9) / 84
    assert float(found[0]["result"]) == pytest.approx((9 - mean) / 16 * 100)
    assert [float(row["difference"]) for row in found] == pytest.approx([50, 25])
    (told,) = rows(out, "group.csv")
    assert float(told["difference"]) == pytest.approx(-37.5) and told["neighbours"] == "2"
    differs = {(row["neighbour_id"], row["indicator"]): row for row in rows(out, "differs.csv")}
    assert (differs["990003", "poor"]["school_value"], differs["990003", "poor"]["neighbour_value"]) == (
        "0.5",
        "0.4",
    )
    assert float(differs["990003", "poor"]["deviations"]) == pytest.approx(
        0.1 / (0.188 / 4) ** 0.5
    )  # better off
    assert [row["verdict"] for row in rows(out, "compared.csv")] == ["better", "better"]
    run = json.loads((out / "run.json").read_text("utf-8"))
    assert (run["distance"], run["caliper"], run["index"]["id"], run["year"], run["better"]) == (
        "euclid",
        0.5,
        "own",
        2021,
        2,
    )
    assert "Ни у одной школы нет двух параллелей" in said.err


def test_an_own_group_is_shown_however_far(tmp_path: Path) -> None:
    (tmp_path / "group.csv").write_text(
        "school_id;name\nsch990004;Четвёртая\nsch990006;Шестая\nsch990777;Нет\n", "utf-8"
    )
    said = done(tmp_path, "--school", "990001", "--group", tmp_path / "group.csv")
    found = rows(tmp_path / "out", "similar.csv")
    assert [row["neighbour_id"] for row in found] == ["990006", "990004"]
    assert (found[0]["distance"], found[0]["result"]) == ("0", "") and float(found[1]["distance"]) > 2
    assert [row["verdict"] for row in rows(tmp_path / "out", "compared.csv")] == ["cannot_tell", "better"]
    assert "Школ из вашей группы, которых нет в данных или у которых нет показателей: 1 (990777)." in said.err


def test_nobody_is_near(tmp_path: Path) -> None:
    said = done(tmp_path, "--school", "990004")
    assert rows(tmp_path / "out", "similar.csv") == [] and "Похожих на «990004» школ нет" in said.err
    (told,) = rows(tmp_path / "out", "group.csv")
    assert (told["difference"], told["verdict"]) == ("", "cannot_tell")


@pytest.mark.parametrize("distance", ["euclid", "mahalanobis"])
def test_every_school_at_once_is_each_by_itself(tmp_path: Path, distance: str) -> None:
    done(tmp_path, "--school", "all", "--distance", distance, "--caliper", "1.5")
    every = rows(tmp_path / "out", "similar.csv")
    assert {row["school_id"] for row in every} <= {"990001", "990002", "990003", "990004"}
    for school in ("990001", "990003"):
        done(tmp_path, "--school", school, "--distance", distance, "--caliper", "1.5")
        own = rows(tmp_path / "out", "similar.csv")
        both = [[row for row in table if row["school_id"] == school] for table in (own, every)]
        assert [row["neighbour_id"] for row in both[0]] == [row["neighbour_id"] for row in both[1]] != []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--school", "990777"), "Школы «990777» в данных нет."),
        (("--school", "990005"), "У школы «990005» известно слишком мало показателей условий."),
        (("--school", "990001", "--index", "official-2022"), "Показателей индекса «official-2022@2022.1» в данных нет."),
        (("--school", "990001", "--group", "no-such-file"), "no-such-file"),
        (("--school", "990001", "--year", "2010"), "Есть годы: 2021."),
        (("--school", "all", "--caliper", "nan"), "«nan» — не число"),
    ],
)  # fmt: skip
def test_refusals_are_sentences(tmp_path: Path, asked: tuple[str, ...], said: str) -> None:
    refused = rostok(
        "similar", folder(tmp_path), "--index", tmp_path / "own.yaml", *asked, "--out", tmp_path / "out"
    )
    assert refused.code == 2 and said in refused.err and "Traceback" not in refused.err
    assert not (tmp_path / "out").exists()


@pytest.mark.shared
def test_a_real_region(tmp_path: Path, shared: Path) -> None:
    """Without an index named: the questionnaire that the data hold. Neighbours are near, and mostly cannot be told apart."""
    region = shared / "region"
    (form,) = region.glob("*2021.xlsx")
    inputs = (
        form,
        region / "schools.csv",
        region / "2020" / "5",
        region / "2021" / "5",
        region / "2021" / "6",
    )
    asked = ("--school", "sch990004", "--caliper", "0.7")
    found = rostok("similar", *inputs, *asked, "--out", tmp_path / "out")
    assert found.code == 0, found.err
    run = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert (run["index"]["id"], run["year"]) == ("official-2021", 2021) and run["cohort_sd"] > 0
    near = rows(tmp_path / "out", "similar.csv")
    away = [float(row["distance"]) for row in near]
    assert len(near) == 10 and away == sorted(away) and away[-1] <= 0.7
    kept = {(row["neighbour_id"]): row for row in rows(tmp_path / "out", "compared.csv")}
    assert [row["verdict"] for row in kept.values()].count("cannot_tell") >= 5
    for row in near:
        said = kept[row["neighbour_id"]]
        assert float(said["lower"]) < float(row["difference"]) < float(said["upper"])
        # Each distance from the differences written beside it: all weights equal, over what both said.
        d = [float(one["deviations"]) for one in rows(tmp_path / "out", "differs.csv")
             if one["neighbour_id"] == row["neighbour_id"] and one["deviations"]]  # fmt: skip
        assert float(row["distance"]) == pytest.approx((sum(x * x for x in d) / len(d)) ** 0.5)
