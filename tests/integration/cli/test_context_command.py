"""``rostok context``: the files and columns it promises, a real region, use by the typology, bad input."""

from __future__ import annotations

import csv
import json
import re
import statistics
from pathlib import Path

import openpyxl
import pytest

from rostok import pipeline
from tests.integration.command import Outcome, contents, rostok
from tests.integration.papers import export, pupils, write

HEADERS = {
    "context.csv": "school_id,index,decile,coverage,poor,educated",
    "components.csv": "indicator,title,sign,weight,schools,missing,mean,sd,limited",
    "stability.csv": "school_id,decile,standard_error,decile_low,decile_high",
    "sensitivity.csv": "variant,indicator,schools,rank_correlation,same_decile,moved_two,kept_low",
    "link.csv": "indicator,schools,correlation,lower,upper,slope,slope_lower,slope_upper,by_municipality",
    "social_index.csv": "school_id,year,indicator,value,unit",
}
INDEX = """
id: own
version: "1"
title: свой
source: {document: никакой, confirmed: false}
author: Анна
checked_by: Борис
valid_from: 2021-01-01
review_on: 2030-01-01
indicators:
  poor: {title: бедность}
  educated: {title: образование}
components:
  poor: {sign: -1}
  educated: {sign: 1, weight: 3}
"""
TABLE = ["Школа,Год,poor,educated", "sch990001,2021,1,10", "sch990002,2021,2,20", "sch990003,2021,3,",
         "sch990004,2021,2,30", "sch990001,2020,5,5", "sch990008,2021,inf,н/д"]  # fmt: skip


def folder(at: Path, table: list[str] = TABLE) -> Path:
    papers = [row for k in range(1, 5) for row in pupils(6, k, school=f"sch99000{k}")]
    papers += pupils(3, 0, school="sch990009")  # said nothing of its context
    inputs = write(
        at / "in", {"2021/Проведение работы по математике, 6 класс. ВПР 2021.csv": export(*papers),
                    "условия.csv": "\n".join(table).encode()},
    )  # fmt: skip
    (at / "own.yaml").write_text(INDEX, "utf-8")
    return inputs


def done(at: Path, *asked: object) -> Outcome:
    found = rostok("context", folder(at), "--index", at / "own.yaml", *asked, "--out", at / "out")
    assert (found.code, found.out) == (0, f"{at / 'out'}/context.csv\n"), found.err
    return found


def rows(out: Path, name: str) -> list[dict[str, str]]:
    with (out / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_files_and_figures_by_hand(tmp_path: Path) -> None:
    said = done(tmp_path)
    out = tmp_path / "out"
    assert set(contents(out)) == {*HEADERS, "problems.csv", "run.json"}
    for name, header in HEADERS.items():
        assert (out / name).read_text("utf-8").splitlines()[0] == header
    found = {row["school_id"]: row for row in rows(out, "context.csv")}
    # poor: mean 2, deviation √(2/3); educated: mean 20, deviation 10; more poverty is worse.
    poor = 1 / (2 / 3) ** 0.5
    assert [float(found[f"99000{k}"]["poor"]) for k in (1, 2, 3, 4)] == pytest.approx([poor, 0, -poor, 0])
    index = [(poor - 1) / 2, 0, None, 0.5]
    assert [float(found[f"99000{k}"]["index"]) for k in (1, 2, 4)] == pytest.approx([index[0], 0, 0.5])
    # Half of the weight is less than the six tenths a school must have.
    assert (found["990003"]["index"], found["990003"]["decile"], found["990003"]["coverage"]) == (
        "",
        "",
        "0.5",
    )
    # One wrote a paper and was not asked; one was asked and gave no number.
    for school in ("990009", "990008"):
        assert (found[school]["index"], found[school]["coverage"]) == ("", "0")
    # Fewer than twenty: from 1 to 10 between the least and the largest.
    assert float(found["990001"]["decile"]) == pytest.approx(1 + 9 * index[0] / 0.5)
    assert (found["990002"]["decile"], found["990004"]["decile"]) == ("1", "10")
    assert [(row["variant"], row["indicator"]) for row in rows(out, "sensitivity.csv")] == [
        ("weights-principal", ""), ("weights-given", ""), ("without", "poor"), ("without", "educated"),
    ]  # fmt: skip
    run = json.loads((out / "run.json").read_text("utf-8"))
    assert (run["year"], run["weights"], run["scale"], run["schools"], run["schools_with_index"]) == (
        2021,
        "equal",
        "min_max",
        6,
        3,
    )
    assert run["suppressed"] is False and run["results_of"] == ["vpr/2021/spring/math/6"]
    assert "Индекс за 2021 год есть у школ: 3 из 6." in said.err and "нужно 20" in said.err
    assert contents(out) == contents_again(tmp_path)


def contents_again(at: Path) -> dict[str, bytes]:
    done(at)
    return contents(at / "out")


def test_weights_of_the_file_and_another_year(tmp_path: Path) -> None:
    done(tmp_path, "--weights", "given")
    found = {row["school_id"]: row for row in rows(tmp_path / "out", "context.csv")}
    poor = 1 / (2 / 3) ** 0.5
    assert float(found["990001"]["index"]) == pytest.approx((poor - 3) / 4)
    assert [row["weight"] for row in rows(tmp_path / "out", "components.csv")] == ["0.25", "0.75"]
    refused = rostok(
        "context", tmp_path / "in", "--index", tmp_path / "own.yaml", "--year", 2019, "--out", tmp_path / "x"
    )
    assert refused.code == 2 and "За 2019 год показателей индекса нет. Есть годы: 2020, 2021." in refused.err
    alone = rostok(
        "context", tmp_path / "in", "--index", tmp_path / "own.yaml", "--year", 2020, "--out", tmp_path / "x"
    )
    assert alone.code == 2 and "нужно хотя бы две" in alone.err and not (tmp_path / "x").exists()


def test_the_typology_reads_the_index(tmp_path: Path) -> None:
    done(tmp_path)
    inputs = folder(tmp_path)
    analysed = rostok("analyse", inputs, tmp_path / "out" / "social_index.csv", "--methodology", "sverdlovsk-typology",
                      "--out", tmp_path / "typology")  # fmt: skip
    assert analysed.code == 0, analysed.err
    social = {
        row["school_id"]: row["value"]
        for row in rows(tmp_path / "typology", "indicators.csv")
        if row["indicator"] == "social"
    }
    assert (social["990002"], social["990004"]) == ("1.000000", "10.000000")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--index", "нет-такого"), "Индекса условий «нет-такого» нет. Есть: official-2021, official-2022, social-passport."),
        (("--index", "official-2021"), "Показателей индекса «official-2021@2021.1» в данных нет."),
        (("--index", "missing.yaml"), "missing.yaml"),
        (("--index", "own.yaml", "--weights", "regression"), "Весов по регрессии не посчитать: школ с результатами 5, а показателей 2."),
    ],
)  # fmt: skip
def test_refusals_are_sentences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], said: str
) -> None:
    inputs = folder(tmp_path)
    monkeypatch.chdir(tmp_path)
    refused = rostok("context", inputs, *asked, "--out", tmp_path / "out")
    assert refused.code == 2 and said in refused.err and "Traceback" not in refused.err
    assert not (tmp_path / "out").exists()


@pytest.mark.shared
def test_a_real_region(tmp_path: Path, shared: Path) -> None:
    region = shared / "region"
    (form,) = region.glob("*2021.xlsx")
    found = rostok(
        "context",
        form,
        region / "schools.csv",
        region / "2021" / "6",
        "--index",
        "official-2021",
        "--out",
        tmp_path / "out",
    )
    assert found.code == 0, found.err
    index = rows(tmp_path / "out", "context.csv")
    assert len(index) == 688
    # Seven hundred schools: about 69 in a tenth; of equal indices none is split.
    tenths = [int(row["decile"]) for row in index if row["decile"]]
    assert len(tenths) == 687 and all(67 <= tenths.count(k) <= 70 for k in range(1, 11))
    # The size of the settlement, read by another program from the form itself.
    sheet = openpyxl.load_workbook(form, read_only=True).worksheets[0]
    lines = list(sheet.iter_rows(values_only=True))
    column = next(k for k, title in enumerate(lines[0]) if "размер населенного пункта" in str(title).lower())
    login = next(k for k, title in enumerate(lines[0]) if str(title).strip().lower() == "логин")
    sizes = {
        re.sub(r"\D", "", str(line[login])): int(str(line[column]).split(".")[0])
        for line in lines[1:]
        if line[column]
    }
    mean, deviation = statistics.mean(sizes.values()), statistics.stdev(sizes.values())
    for row in index:
        assert float(row["settlement_size"]) == pytest.approx((sizes[row["school_id"]] - mean) / deviation)
        known = [float(row[name]) for name in list(row)[4:] if row[name]]
        if row["index"]:
            assert float(row["index"]) == pytest.approx(statistics.mean(known), abs=1e-9)
            assert float(row["coverage"]) == pytest.approx(len(known) / 10)
        assert not row["index"] or len(known) >= 6
    link = {row["indicator"]: row for row in rows(tmp_path / "out", "link.csv")}
    assert float(link["index"]["lower"]) < float(link["index"]["correlation"]) < float(link["index"]["upper"])
    assert link["index"]["by_municipality"] == "true" and int(link["index"]["schools"]) > 600


def test_from_a_notebook(tmp_path: Path) -> None:
    inputs = folder(tmp_path)
    run = pipeline.context(
        [inputs], plan=pipeline.ContextPlan(str(tmp_path / "own.yaml")), out=tmp_path / "out"
    )
    assert run.conditions.answers.year == 2021
    assert run.conditions.found.names == ("poor", "educated")
    assert run.tables["context"].num_rows == 6
