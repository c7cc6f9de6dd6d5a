"""``rostok table``: its columns, the earlier mean of a cohort, context by year, CSV and Parquet alike, a real region."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from rostok import pipeline
from rostok.pipeline import modelling
from rostok.pipeline.modelling import prior_of
from rostok.schema.assessments import Assessment, Kind, Subject, Wave
from tests.integration.command import contents, rostok
from tests.integration.papers import export, row, write

BASE = ("school_id,municipality_id,class,sex,kind,subject,grade,year,wave,raw_score,percent_correct,mark,journal_mark,"
        "cohort_prior_mean")  # fmt: skip
LOW = (1, *(0,) * 12)
REGISTER = "Логин,Наименование,Код муниципалитета,Муниципалитет\nsch990001,Школа № 1,reg99_m001,Город А\n"
CONTEXT = "Школа,Год,poor,mark\nsch990001,2020,0.5,7\nsch990001,2021,0.25,\nsch990001,2022,0.9,\n"


def folder(at: Path) -> Path:
    """Sixth-graders of spring 2021, and the seventh-graders of autumn 2021 on the same programme: other children."""
    spring = [row(60001, 9, school="sch990001", sex="ж", class_name="6а", journal=4),
              row(60002, 1, LOW, school="sch990001"), row(60003, "", (), school="sch990001", variant="отсутствовал"),
              row(60001, 9, school="sch990002")]  # fmt: skip
    return write(at / "in", {"2021/Проведение работы по математике, 6 класс. ВПР 2021.csv": export(*spring),
                             "школы.csv": REGISTER.encode(), "условия.csv": CONTEXT.encode()})  # fmt: skip


def made(at: Path, name: str) -> list[dict[str, str]]:
    found = rostok("table", folder(at), "--out", at / name)
    assert (found.code, found.out) == (0, f"{at / name}\n"), found.err
    if name.endswith(".parquet"):
        return pq.read_table(at / name).to_pylist()
    with (at / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_columns_and_figures(tmp_path: Path) -> None:
    rows = made(tmp_path, "t.csv")
    assert (tmp_path / "t.csv").read_text("utf-8").splitlines()[0] == f"{BASE},context_mark,poor"
    # The absent one is no participant; sixteen points are the maximum.
    assert [(r["school_id"], r["raw_score"], r["percent_correct"]) for r in rows] == [
        ("990001", "9", "56.250000"), ("990001", "1", "6.250000"), ("990002", "9", "56.250000"),
    ]  # fmt: skip
    first = rows[0]
    assert [first[name] for name in ("sex", "kind", "subject", "grade", "year", "wave", "mark", "journal_mark")] == [
        "f", "vpr", "math", "6", "2021", "spring", "3", "4",
    ]  # fmt: skip
    assert first["class"].upper() == "6А" and first["cohort_prior_mean"] == ""
    # The register's municipality; context of 2021 where it was said, else of the year before; never of a later year.
    assert (first["municipality_id"], first["poor"], first["context_mark"]) == ("reg99_m001", "0.25", "7")
    assert (rows[2]["poor"], rows[2]["context_mark"]) == ("", "")


def test_parquet_says_the_same(tmp_path: Path) -> None:
    text, typed = made(tmp_path, "t.csv"), made(tmp_path, "t.parquet")
    assert [list(one) for one in typed] == [list(one) for one in text]
    for one, other in zip(text, typed, strict=True):
        for name, value in other.items():
            said = one[name]
            assert (value is None and said == "") or said == str(value) or float(said) == pytest.approx(value)


def test_an_earlier_table_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    made(tmp_path, "t.csv")
    first = (tmp_path / "t.csv").read_bytes()
    made(tmp_path, "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == first
    (tmp_path / "t.csv").write_text("мои заметки\n", "utf-8")
    refused = rostok("table", tmp_path / "in", "--out", tmp_path / "t.csv")
    assert refused.code == 2 and (tmp_path / "t.csv").read_text("utf-8") == "мои заметки\n"
    assert rostok("table", tmp_path / "in", "--out", tmp_path / "t.xlsx").code == 2
    empty = write(tmp_path / "empty", {"условия.csv": CONTEXT.encode()})
    refused = rostok("table", empty, "--out", tmp_path / "u.csv")
    assert refused.code == 2 and "нет ни одной работы" in refused.err and "Traceback" not in refused.err
    assert not (tmp_path / "u.csv").exists() and not list(tmp_path.glob(".*"))


def test_pieces_do_not_change_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, "a.csv")
    monkeypatch.setattr(modelling, "ROW_GROUP", 1)
    made(tmp_path, "b.csv")
    found = contents(tmp_path)
    assert found["a.csv"] == found["b.csv"]


def paper(
    year: int, wave: Wave, grade: int, kind: Kind = Kind.VPR, subject: Subject = Subject.MATH
) -> Assessment:
    return Assessment(kind, year, wave, subject, grade)


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        # Fifth-graders of 2020/21 wrote programme 4 in autumn.
        (paper(2021, Wave.SPRING, 5), [paper(2020, Wave.AUTUMN, 4), paper(2020, Wave.AUTUMN, 5)], "vpr/2020/autumn/math/4"),
        # The latest of two; a year later they are a grade higher.
        (paper(2022, Wave.SPRING, 6), [paper(2020, Wave.AUTUMN, 4), paper(2021, Wave.SPRING, 5)], "vpr/2021/spring/math/5"),
        # In autumn 2022 seventh-graders write programme 6: the sixth-graders of spring 2022.
        (paper(2022, Wave.AUTUMN, 6), [paper(2022, Wave.SPRING, 6), paper(2022, Wave.SPRING, 7)], "vpr/2022/spring/math/6"),
        (paper(2021, Wave.SPRING, 5), [paper(2020, Wave.AUTUMN, 4, subject=Subject.RUSSIAN)], None),
        (paper(2021, Wave.SPRING, 5), [paper(2022, Wave.SPRING, 6)], None),
        (paper(2024, Wave.SPRING, 9, Kind.OGE), [paper(2023, Wave.SPRING, 8)], "vpr/2023/spring/math/8"),
        # After grade 9 half of the children leave; retakes are of a few.
        (paper(2024, Wave.SPRING, 11, Kind.EGE_PROFILE), [paper(2022, Wave.SPRING, 9, Kind.OGE)], None),
        (paper(2023, Wave.SPRING, 9), [paper(2022, Wave.RETAKES, 8)], None),
    ],
)  # fmt: skip
def test_which_paper_came_before(own: Assessment, others: list[Assessment], expected: str | None) -> None:
    found = prior_of(own, [own, *others])
    assert (found and found.key) == expected


@pytest.mark.shared
def test_a_real_region(tmp_path: Path, shared: Path) -> None:
    """Fifth grade of spring 2021: the mean of programme 4 in autumn 2020, read by another program."""
    region = shared / "region"
    before = region / "2020" / "4" / "Математика.xlsx"
    if not before.exists():
        (before,) = (region / "2020" / "4").glob("*.xlsx")
    (after,) = (region / "2021" / "5").glob("*атематик*")
    (form,) = region.glob("*2021.xlsx")
    inputs = [str(path) for path in (region / "2020" / "4", after, form, region / "schools.csv")]
    run = pipeline.modelling_table([Path(one) for one in inputs], out=tmp_path / "t.parquet")
    assert run.priors == {"vpr/2020/autumn/math/4": None, "vpr/2021/spring/math/5": "vpr/2020/autumn/math/4"}
    table = pq.read_table(tmp_path / "t.parquet")
    assert table.column_names[:14] == BASE.split(",") and len(table.column_names) == 14 + 76
    assert pq.read_schema(tmp_path / "t.parquet").metadata[b"data_version"].decode() == run.version
    lines = openpyxl.load_workbook(before, read_only=True).worksheets[0].iter_rows(values_only=True)
    header = [str(title).strip().lower() for title in next(lines)]
    login, total, variant = header.index("user"), header.index("sum"), header.index("var-1")
    scores: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        if line[total] not in (None, "") and "отсут" not in str(line[variant]).lower():
            scores[str(line[login])[3:]].append(int(str(line[total])))
    rows = [
        one for one in table.select([*BASE.split(","), "settlement_size"]).to_pylist() if one["year"] == 2021
    ]
    assert len(rows) == 23_706  # participants of the paper, as the store counts them
    differ = 0
    for one in rows[::23]:
        own = scores.get(one["school_id"])
        if own is None:
            assert one["cohort_prior_mean"] is None
        else:
            differ += abs(one["cohort_prior_mean"] - 100 * sum(own) / len(own) / 20) > 0.5
    # Totals out of range and the like are read otherwise here and there.
    assert differ <= 0.02 * len(rows[::23])
    assert sum(one["cohort_prior_mean"] is not None for one in rows) > 0.95 * len(rows)
    assert sum(one["settlement_size"] is not None for one in rows) > 0.99 * len(rows)
    # The model of the issue: sex, context, the earlier mean; only fifth-graders have one.
    said = rostok("value-added", tmp_path / "t.parquet", "--outcome", "raw_score", "--covariates", "sex,settlement_size,cohort_prior_mean",
                  "--group", "school_id", "--group2", "municipality_id", "--out", tmp_path / "out")  # fmt: skip
    assert said.code == 0, said.err
    with (tmp_path / "out" / "fixed.csv").open(encoding="utf-8", newline="") as stream:
        fixed = {line["term"]: line for line in csv.DictReader(stream)}
    prior = fixed["cohort_prior_mean"]
    assert float(prior["estimate"]) > 5 * float(prior["standard_error"]) > 0
