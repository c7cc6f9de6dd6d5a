"""``rostok value-added``: the files and columns it promises, CSV and Parquet alike, lme4's figures, bad input."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rostok import pipeline
from tests.integration.command import Outcome, contents, rostok
from tests.integration.pipeline.model_cases import good, text
from tests.unit.statistics.multilevel.reference_models import results

HEADERS = {
    "fixed.csv": "term,estimate,standard_error",
    "variance.csv": "level,name1,name2,variance,sd",
    "effects.csv": "level,unit,term,n,effect,conditional_se,lower,upper",
    "reliability.csv": "level,rows_from,rows_to,units,reliability",
}
FILES = {*HEADERS, "model.json", "problems.csv", "run.json"}
ASKED = ("--outcome", "score", "--covariates", "prior,sex,prior:sex", "--group", "school")


def table(folder: Path) -> Path:
    path = folder / "table.csv"
    path.write_bytes(text(good()))
    return path


def done(path: Path, out: Path, *asked: object) -> Outcome:
    found = rostok("value-added", path, *asked, "--out", out)
    assert (found.code, found.out) == (0, f"{out}\n"), found.err
    return found


def rows(out: Path, name: str) -> list[dict[str, str]]:
    with (out / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def model(out: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((out / "model.json").read_text("utf-8"))
    return found


def test_files_columns_and_facts(tmp_path: Path) -> None:
    asked = (*ASKED, "--group2", "town", "--slope", "school:prior")
    said = done(table(tmp_path), tmp_path / "out", *asked)
    assert set(contents(tmp_path / "out")) == FILES
    for name, header in HEADERS.items():
        assert (tmp_path / "out" / name).read_text("utf-8").splitlines()[0] == header
    assert [row["term"] for row in rows(tmp_path / "out", "fixed.csv")] == [
        "(Intercept)",
        "prior",
        "sexM",
        "prior:sexM",
    ]
    assert [tuple(row.values())[:3] for row in rows(tmp_path / "out", "variance.csv")] == [
        ("school", "(Intercept)", ""), ("school", "prior", ""), ("school", "(Intercept)", "prior"),
        ("town", "(Intercept)", ""), ("residual", "", ""),
    ]  # fmt: skip
    effects = rows(tmp_path / "out", "effects.csv")
    assert [(row["level"], row["term"]) for row in effects[::24]] == [
        ("school", "(Intercept)"), ("school", "prior"), ("town", "(Intercept)"),
    ]  # fmt: skip
    assert [row["unit"] for row in effects[:3]] == ["s00", "s01", "s02"]
    for row in effects:
        reach = 1.39 * float(row["conditional_se"])
        assert float(row["upper"]) - float(row["effect"]) == pytest.approx(reach, abs=1e-6)
        assert float(row["effect"]) - float(row["lower"]) == pytest.approx(reach, abs=1e-6)
    facts = model(tmp_path / "out")
    assert (facts["method"], facts["n"], facts["groups"]) == ("REML", 240, {"school": 24, "town": 12})
    assert facts["log_likelihood"] == pytest.approx(-float(str(facts["criterion"])) / 2)
    run = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert (run["rows"], run["rows_used"], run["slopes"], run["suppressed"]) == (
        240,
        240,
        ["school:prior"],
        False,
    )
    assert "240 участников; групп: school — 24, town — 12" in said.err


def test_csv_parquet_and_memory_give_the_same_bytes(tmp_path: Path) -> None:
    done(table(tmp_path), tmp_path / "csv", *ASKED)
    pq.write_table(pa.table(good()), tmp_path / "t.parquet")
    done(tmp_path / "t.parquet", tmp_path / "parquet", *ASKED)
    done(tmp_path / "t.parquet", tmp_path / "again", *ASKED)
    figures = [{name: content for name, content in contents(tmp_path / out).items() if name in {*HEADERS, "model.json"}}
               for out in ("csv", "parquet", "again")]  # fmt: skip
    assert figures[0] == figures[1] == figures[2]
    found = pipeline.value_added(
        pa.table(good()), outcome="score", covariates=["prior,sex", "prior:sex"], group="school"
    )
    assert [f"{row['estimate']:.10g}" for row in found.tables["fixed"].to_pylist()] == [
        row["estimate"] for row in rows(tmp_path / "csv", "fixed.csv")
    ]


@pytest.mark.shared
@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize(
    ("name", "file", "asked"),
    [
        ("exam_contextual", "exam.csv", "--outcome normexam --covariates standLRT,sex,schgend,schavg,vr --group school --base schgend=mixed"),
        ("hsb82_valueadded", "hsb82.csv",
         "--outcome mAch --covariates ses,minrty,sx,meanses,sector --group school --base sx=Male --base sector=Public"),
        ("nlschools_IQ_SES", "nlschools.csv", "--outcome lang --covariates IQ,SES,GS,COMB --group class"),
        ("egsingle_growth_ri", "egsingle.csv",
         "--outcome math --covariates year*lowinc,black,hispanic --group schoolid --group2 childid --slope schoolid:year"),
    ],
)  # fmt: skip
def test_the_command_agrees_with_lme4(
    tmp_path: Path, shared: Path, name: str, file: str, asked: str, method: str
) -> None:
    """Names of terms too; the levels of the last are named in the wrong order, and nesting is found."""
    expected = results(shared, name)[method]
    words = asked.replace("year*lowinc", "year,lowinc,year:lowinc").split()
    flags = ["--ml"] if method == "ML" else []
    done(shared / "reference" / "multilevel" / file, tmp_path / "out", *words, *flags)
    found = {row["term"]: row for row in rows(tmp_path / "out", "fixed.csv")}
    assert found.keys() == expected["fixef"].keys()
    for term, value in expected["fixef"].items():
        assert float(found[term]["estimate"]) == pytest.approx(value, rel=1e-6, abs=1e-6)
        assert float(found[term]["standard_error"]) == pytest.approx(expected["se"][term], rel=1e-5)
    assert model(tmp_path / "out")["criterion"] == pytest.approx(expected["deviance_or_REMLcrit"], abs=1e-6)
    residual = rows(tmp_path / "out", "variance.csv")[-1]
    assert float(residual["variance"]) == pytest.approx(expected["sigma"] ** 2, rel=1e-6)
    level, blups = next(iter(expected["blups"].items()))
    effects = {row["unit"]: row for row in rows(tmp_path / "out", "effects.csv") if row["level"] == level}
    for unit, value in list(zip(blups["level"], blups["(Intercept)"], strict=True))[:20]:
        assert float(effects[str(unit)]["effect"]) == pytest.approx(value, abs=1e-5)


def test_rows_with_a_missing_value_are_dropped_and_counted(tmp_path: Path) -> None:
    """NaN, infinity, empty text, no school: the fit is that of the rest."""
    columns = good()
    prior, sex, school = columns["prior"].tolist(), list(columns["sex"]), list(columns["school"])
    prior[0], prior[1], sex[2], school[3], school[4] = np.nan, np.inf, "", None, "  "
    pq.write_table(
        pa.table({**columns, "prior": prior, "sex": sex, "school": school}), tmp_path / "holes.parquet"
    )
    pq.write_table(pa.table(columns).slice(5), tmp_path / "rest.parquet")
    said = done(tmp_path / "holes.parquet", tmp_path / "holes", *ASKED)
    done(tmp_path / "rest.parquet", tmp_path / "rest", *ASKED)
    for name in HEADERS:
        assert contents(tmp_path / "holes")[name] == contents(tmp_path / "rest")[name]
    assert "5 из 240 («prior» — 2, «school» — 2, «sex» — 1)" in said.err
    assert model(tmp_path / "holes")["rows_dropped"] == 5


def test_codes_that_became_fractions_are_the_same_schools(tmp_path: Path) -> None:
    """A column of codes with a gap arrives as 12.0: the key is 12."""
    columns = good()
    codes = [float(100 + int(name[1:])) for name in columns["school"]]
    pq.write_table(pa.table({**columns, "school": codes}), tmp_path / "t.parquet")
    done(tmp_path / "t.parquet", tmp_path / "out", *ASKED)
    assert rows(tmp_path / "out", "effects.csv")[0]["unit"] == "100"


def test_numbers_with_decimal_commas_and_some_garbage_are_numbers(tmp_path: Path) -> None:
    columns = good()
    lines = ["score;prior;school", *(f"{s:.3f};{p:.2f};{k}".replace(".", ",") for s, p, k in
                                     zip(columns["score"], columns["prior"], columns["school"], strict=True))]  # fmt: skip
    lines[5] = lines[5].replace(lines[5].split(";")[1], "болел")
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines), encoding="cp1251")
    said = done(path, tmp_path / "out", "--outcome", "score", "--covariates", "prior", "--group", "school")
    assert [row["term"] for row in rows(tmp_path / "out", "fixed.csv")] == ["(Intercept)", "prior"]
    assert "Столбец «prior»: значений, которые не числа, — 1." in said.err


def test_numbers_may_be_taken_as_categories_and_bases_chosen(tmp_path: Path) -> None:
    columns = {**good(), "grade": [4 + k % 3 for k in range(240)]}
    path = tmp_path / "t.csv"
    path.write_bytes(text(columns))
    asked = ("--outcome", "score", "--covariates", "grade,sex", "--group", "school")
    done(path, tmp_path / "out", *asked, "--categorical", "grade", "--base", "sex=M")
    assert [row["term"] for row in rows(tmp_path / "out", "fixed.csv")] == [
        "(Intercept)",
        "grade5",
        "grade6",
        "sexF",
    ]


def test_weights_have_their_own_column(tmp_path: Path) -> None:
    """A weight of 2 halves the residual variance of a row: the likelihood knows it, the plain one does not."""
    columns = {**good(), "w": [1 + k % 2 for k in range(240)]}
    path = tmp_path / "t.csv"
    path.write_bytes(text(columns))
    done(path, tmp_path / "one", *ASKED)
    done(path, tmp_path / "other", *ASKED, "--weights", "w")
    assert model(tmp_path / "one")["criterion"] != model(tmp_path / "other")["criterion"]


BAD: dict[str, tuple[object, ...]] = {
    "score,school\n1,a\n2,a\n": ("--outcome", "score", "--group", "school"),
    "score,school\n1,a\n2,b\n": ("--outcome", "score", "--group", "school"),
    "score,school\n1,a\n1,a\n1,b\n": ("--outcome", "score", "--group", "school"),
    "score,school\n,a\n,b\n": ("--outcome", "score", "--group", "school"),
    "score,school\ninf,a\nnan,b\n": ("--outcome", "score", "--group", "school"),
    "score,school,t\n1,a,x\n2,a,y\n3,b,x\n4,b,y\n": (
        "--outcome",
        "score",
        "--group",
        "school",
        "--group2",
        "t",
    ),
    "school\na\n": ("--outcome", "score", "--group", "school"),
}


@pytest.mark.parametrize("content", BAD)
def test_bad_input_is_a_sentence_and_leaves_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content, encoding="utf-8")
    found = rostok("value-added", path, *BAD[content], "--out", tmp_path / "out")
    assert found.code == 2
    assert "Ничего не записано." in found.err
    assert "Traceback" not in found.err
    assert not (tmp_path / "out").exists()


def test_ten_thousand_covariates_are_a_sentence(tmp_path: Path) -> None:
    names = [f"x{k}" for k in range(10_000)]
    path = tmp_path / "t.csv"
    path.write_text(
        ",".join(["score", "school", *names]) + "\n" + ",".join(["1"] * 10_002) + "\n", encoding="utf-8"
    )
    asked = ("--outcome", "score", "--group", "school", "--covariates", ",".join(names))
    found = rostok("value-added", path, *asked, "--out", tmp_path / "out")
    assert found.code == 2
    assert "В модели 10000 столбцов, а допустимо 200." in found.err


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("моё", encoding="utf-8")
    found = rostok("value-added", table(tmp_path), *ASKED, "--out", tmp_path / "out")
    assert found.code == 2
    assert set(contents(tmp_path / "out")) == {"notes.txt"}


def test_a_result_is_replaced_by_a_newer_one(tmp_path: Path) -> None:
    done(table(tmp_path), tmp_path / "out", *ASKED)
    done(table(tmp_path), tmp_path / "out", *ASKED, "--ml")
    assert model(tmp_path / "out")["method"] == "ML"


def test_residuals_are_those_of_rows(tmp_path: Path) -> None:
    """Counted by the engine, and here row by row from the files of coefficients and effects."""
    columns = {**good(), "w": np.where(np.arange(240) % 2, 2.0, 0.5)}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    asked = (*ASKED, "--group2", "town", "--slope", "school:prior", "--weights", "w", "--residuals")
    done(tmp_path / "t.parquet", tmp_path / "out", *asked)
    fixed = {row["term"]: float(row["estimate"]) for row in rows(tmp_path / "out", "fixed.csv")}
    effects = {
        (row["level"], row["term"], row["unit"]): float(row["effect"])
        for row in rows(tmp_path / "out", "effects.csv")
    }
    sigma = float(rows(tmp_path / "out", "variance.csv")[-1]["sd"])
    left = []
    for score, prior, sex, school, town, w in zip(
        *(columns[name] for name in ("score", "prior", "sex", "school", "town", "w")), strict=True
    ):
        own = (
            fixed["(Intercept)"]
            + effects["school", "(Intercept)", school]
            + effects["town", "(Intercept)", town]
        )
        own += prior * (fixed["prior"] + effects["school", "prior", school])
        own += (sex == "M") * (fixed["sexM"] + prior * fixed["prior:sexM"])
        left.append((score - own) / sigma * w**0.5)
    found = rows(tmp_path / "out", "residuals.csv")
    expected = np.histogram(left, [-np.inf, *np.arange(-4.5, 5, 0.5), np.inf])[0]
    assert [int(row["rows"]) for row in found] == expected.tolist()
    assert (found[0]["from"], found[0]["to"], found[10]["from"]) == ("", "-4.5", "0")
    assert sum(float(row["normal_share"]) for row in found) == pytest.approx(1)
    assert float(found[10]["normal_share"]) == pytest.approx(0.1914625, abs=1e-6)  # Φ(0.5) − ½
    shape = model(tmp_path / "out")["residuals_shape"]
    centred = np.array(left) - np.mean(left)
    assert isinstance(shape, dict)
    assert shape["skewness"] == pytest.approx((centred**3).mean() / (centred**2).mean() ** 1.5, rel=1e-6)
    assert shape["kurtosis"] == pytest.approx((centred**4).mean() / (centred**2).mean() ** 2 - 3, rel=1e-6)
