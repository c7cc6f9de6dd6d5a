"""``rostok items``: the files it promises, every kind of table, bad input in sentences, the rest goes on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rostok import pipeline
from tests.integration.cli.item_files import NAMES, SCORES, analysed, figures, plain, rows, table
from tests.integration.command import contents, rostok
from tests.integration.pipeline.item_cases import DIFFICULTY, answers
from tests.unit.formats.vpr_samples import save_ods

HEADERS = {
    "test.csv": "pupils,items,alpha,mean,sd,standard_error_of_measurement,separation_reliability",
    "classical.csv": "item,n,mean,max_score,percent_correct,item_total,item_rest,alpha_if_deleted",
    "rasch.csv": "item,difficulty,standard_error",
    "pcm.csv": "item,category,threshold,standard_error",
    "fit.csv": "item,infit,infit_t,outfit,outfit_t",
    "persons.csv": "raw_score,ability,standard_error",
    "dif.csv": "item,chi_square,p_value,odds_ratio,class",
}
ALWAYS = {
    "test.csv",
    "classical.csv",
    "fit.csv",
    "persons.csv",
    "dif.csv",
    "dif_pairs.csv",
    "problems.csv",
    "run.json",
    "items.html",
}


def test_files_and_columns(tmp_path: Path) -> None:
    analysed(plain(tmp_path), tmp_path / "out")
    assert set(contents(tmp_path / "out")) == {*ALWAYS, "rasch.csv"}
    for name in {*ALWAYS, "rasch.csv"} & set(HEADERS):
        assert (tmp_path / "out" / name).read_text("utf-8").splitlines()[0] == HEADERS[name]
    facts = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert facts["suppressed"] is False
    assert "Публиковать нельзя" in facts["for"]
    assert [row["raw_score"] for row in rows(tmp_path / "out", "persons.csv")] == [str(n) for n in range(7)]
    assert sum(float(row["difficulty"]) for row in rows(tmp_path / "out", "rasch.csv")) == pytest.approx(
        0, abs=1e-9
    )


def test_a_result_is_replaced_by_a_newer_one(tmp_path: Path) -> None:
    analysed(plain(tmp_path), tmp_path / "out")
    analysed(plain(tmp_path), tmp_path / "out", "--group", NAMES[0])
    assert json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["group"] == NAMES[0]


def test_figures_keep_twelve_digits(tmp_path: Path) -> None:
    analysed(plain(tmp_path), tmp_path / "out")
    mean = np.mean([row[0] for row in SCORES])
    assert rows(tmp_path / "out", "classical.csv")[0]["mean"] == format(mean, ".12g")
    assert len(rows(tmp_path / "out", "test.csv")[0]["alpha"]) >= 12


def test_every_kind_of_table_gives_the_same(tmp_path: Path) -> None:
    analysed(plain(tmp_path), tmp_path / "comma")
    analysed(plain(tmp_path, ";"), tmp_path / "semicolon")
    book = openpyxl.Workbook()
    for row in [NAMES, *SCORES]:
        book.active.append(row)
    book.save(tmp_path / "баллы.xlsx")
    analysed(tmp_path / "баллы.xlsx", tmp_path / "xlsx")
    columns = {name: [row[place] for row in SCORES] for place, name in enumerate(NAMES)}
    pq.write_table(
        pa.table({name: pa.array(cells, pa.int8()) for name, cells in columns.items()}),
        tmp_path / "b.parquet",
    )
    analysed(tmp_path / "b.parquet", tmp_path / "parquet")
    for other in ("semicolon", "xlsx", "parquet"):
        assert figures(tmp_path / other) == figures(tmp_path / "comma"), other


def test_ods_is_read(tmp_path: Path) -> None:
    analysed(save_ods(tmp_path / "баллы.ods", [NAMES, *SCORES]), tmp_path / "out")
    analysed(plain(tmp_path), tmp_path / "comma")
    assert figures(tmp_path / "out") == figures(tmp_path / "comma")


def test_partial_credit_writes_thresholds(tmp_path: Path) -> None:
    path = tmp_path / "баллы.csv"
    doubled = [[*row[:4], row[4] + row[5]] for row in SCORES]
    path.write_bytes(table(doubled, NAMES[:5]))
    analysed(path, tmp_path / "out")
    assert not (tmp_path / "out" / "rasch.csv").exists()
    found = rows(tmp_path / "out", "pcm.csv")
    assert [(row["item"], row["category"]) for row in found] == [
        *((n, "1") for n in NAMES[:4]),
        ("5", "1"),
        ("5", "2"),
    ]
    assert sum(float(row["threshold"]) for row in found) == pytest.approx(0, abs=1e-9)
    assert (tmp_path / "out" / "pcm.csv").read_text("utf-8").splitlines()[0] == HEADERS["pcm.csv"]


def test_ids_and_groups(tmp_path: Path) -> None:
    path = tmp_path / "баллы.csv"
    marked = [[f"{number:03}", "5а", "м" if number % 2 else "ж", *row] for number, row in enumerate(SCORES)]
    path.write_bytes(table(marked, ["код", "класс", "пол", *NAMES]))
    analysed(path, tmp_path / "out", "--id", "код,класс", "--group", "пол")
    pupils = rows(tmp_path / "out", "pupils.csv")
    assert [row["код"] for row in pupils[:2]] == ["000", "001"]
    assert len(pupils) == 400
    by_raw = {row["raw_score"]: row["ability"] for row in rows(tmp_path / "out", "persons.csv")}
    assert all(row["ability"] == by_raw[row["raw_score"]] for row in pupils)
    found = rows(tmp_path / "out", "dif.csv")
    assert [row["item"] for row in found] == NAMES
    assert {row["class"] for row in found} <= {"A", "B", "C"}
    assert {(row["reference"], row["focal"]) for row in rows(tmp_path / "out", "dif_pairs.csv")} == {
        ("ж", "м")
    }


def test_item_that_favours_a_group_is_found(tmp_path: Path) -> None:
    """The third item is 1.5 logits harder for the second group; the others are alike."""
    shift = np.where(np.arange(6) == 2, 1.5, 0)
    both = np.hstack([answers(pupils=1500, seed=3), answers(DIFFICULTY + shift, 1500, seed=4)])
    found = pipeline.items(pa.table({**dict(zip(NAMES, both, strict=True)), "год": ["2021"] * 1500 + ["2022"] * 1500}),
                           group="год")  # fmt: skip
    sizes = found.tables["dif"].column("class").to_pylist()
    assert sizes[2] == "C"
    assert sizes.count("C") == 1
    assert found.tables["dif"].column("odds_ratio")[2].as_py() < 0.5


def test_skips_by_rule_and_both_extremes(tmp_path: Path) -> None:
    """«X» is zero, not taught and blank are missing; of 4 cells without points by hand."""
    spoilt = [list(row) for row in SCORES]
    spoilt[0][0], spoilt[1][0], spoilt[2][0], spoilt[3][0] = "X", "не пройд.", "", "х"
    path = tmp_path / "баллы.csv"
    path.write_bytes(table(spoilt, NAMES))
    analysed(path, tmp_path / "out")
    first = rows(tmp_path / "out", "sensitivity.csv")[0]
    assert (first["not_attempted"], first["not_taught"], first["blank"]) == ("2", "1", "1")
    right = sum(row[0] for row in SCORES[4:])
    assert float(first["percent_correct"]) == pytest.approx(100 * right / 398)
    assert float(first["percent_correct_all_wrong"]) == pytest.approx(100 * right / 400)
    assert float(first["percent_correct_all_missing"]) == pytest.approx(100 * right / 396)
    assert rows(tmp_path / "out", "classical.csv")[0]["n"] == "398"


def test_bad_columns_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    header = ["имя", *NAMES, "6", "пусто", "все"]
    bad = [["Аня", *row, 1 - row[5], "", 1] for row in SCORES]
    bad[1][1] = "три"
    path = tmp_path / "баллы.csv"
    path.write_bytes(table(bad, header))
    done = analysed(path, tmp_path / "out")
    for sentence in (
        "400 из 400 значений",
        "первое — в строке 2.",
        "Строка 3, столбец «1»: «три» не число.",
        "Два столбца названы «6», а баллы в них разные.",
        "Задание «пусто»: нет ни одного балла.",
        "Задание «все»: у всех участников один балл (1).",
    ):
        assert sentence in done.err
    found = {row["item"]: row["difficulty"] for row in rows(tmp_path / "out", "rasch.csv")}
    assert list(found) == [*NAMES, "6 (2)", "пусто", "все"]
    assert found["пусто"] == found["все"] == ""
    assert all(found[name] for name in NAMES)


def test_names_of_pupils_are_never_repeated(tmp_path: Path) -> None:
    """A column somebody forgot to name in --id: counted, and not one of its words leaves it."""
    path = tmp_path / "баллы.csv"
    people = ["", *(f"Снегирёва Ольга {number}" for number in range(len(SCORES) - 1))]
    path.write_bytes(table([[who, *row] for who, row in zip(people, SCORES, strict=True)], ["ФИО", *NAMES]))
    done = analysed(path, tmp_path / "out")
    assert "399 из 399 значений" in done.err and "первое — в строке 3." in done.err
    assert "Снегир" not in done.err
    assert not [name for name, content in contents(tmp_path / "out").items() if "Снегир".encode() in content]


def test_figures_of_a_maximum_nobody_reached(tmp_path: Path) -> None:
    """Ten pupils with one point of two: 5 points of 20 are 25 %, not 50; the model knows seen scores only."""
    path = tmp_path / "баллы.csv"
    first = [1, 0] * 5
    others = [[1, 0, 1], [0, 1, 1], [1, 1, 0], [0, 0, 1], [1, 0, 0]] * 2
    path.write_bytes(
        table([[a, *rest] for a, rest in zip(first, others, strict=True)], ["код задания", "2", "3", "4"])
    )
    analysed(path, tmp_path / "out", "--maximum", "код задания=2")
    found = rows(tmp_path / "out", "classical.csv")[0]
    assert (found["mean"], found["max_score"], found["percent_correct"]) == ("0.5", "2", "25")
    assert (tmp_path / "out" / "rasch.csv").exists()
    second = rows(tmp_path / "out", "classical.csv")[1]
    assert (second["max_score"], second["percent_correct"]) == ("1", "60")


def test_percent_of_the_sensitivity_run_takes_the_given_maximum() -> None:
    cells = pa.table({"1": ["1", "X", "1", "0"] * 5, "2": ["1", "0", "1", "0"] * 5})
    found = pipeline.items(cells, maxima={"1": 2}).tables["sensitivity"].to_pylist()[0]
    assert (found["percent_correct"], found["percent_correct_all_missing"]) == (25.0, pytest.approx(100 / 3))


def test_page_shows_what_the_tables_say(tmp_path: Path) -> None:
    path = tmp_path / "баллы.csv"
    doubled = [[*row, row[0] + row[1], "жм"[number % 2]] for number, row in enumerate(SCORES)]
    path.write_bytes(table(doubled, [*NAMES, "7", "пол"]))
    analysed(path, tmp_path / "out", "--group", "пол")
    page = (tmp_path / "out" / "items.html").read_text("utf-8")
    assert "400 участников, 7 заданий" in page
    assert "Выполнение по группам: пол" in page
    assert "7 (1)" in page and "7 (2)" in page  # both steps of the dearer item on the scale
    assert "classical.csv" in page and "run.json" in page


def test_parts_by_level_by_hand() -> None:
    """Of 60 pupils 20 each have 0, 1, 2 of two points: fifths of 12, and a cell falls where its middle pupil does."""
    rows = [(0, 0)] * 20 + [(1, 0)] * 12 + [(0, 1)] * 8 + [(1, 1)] * 20
    cells = pa.table({"1": [one for one, _ in rows], "2": [other for _, other in rows]})
    found = pipeline.items(cells).spread
    # Middles 10, 30, 50 of 60: parts 0, 2 and 4 of five; none in the others.
    assert found.by_level[0].tolist() == pytest.approx([0, np.nan, 60, np.nan, 100], nan_ok=True)
    assert sum(one.count for one in found.levels) == 60


def test_score_above_the_maximum(tmp_path: Path) -> None:
    path = tmp_path / "баллы.csv"
    path.write_bytes(table([[7, *SCORES[0][1:]], *SCORES[1:]], NAMES))
    done = analysed(path, tmp_path / "out", "--maximum", "1=1")
    assert "Строка 2, столбец «1»: 7 больше максимума 1." in done.err
    assert rows(tmp_path / "out", "classical.csv")[0]["max_score"] == "1"


def test_one_pupil_is_no_statistics(tmp_path: Path) -> None:
    path = tmp_path / "баллы.csv"
    path.write_bytes(table(SCORES[:1], NAMES))
    done = analysed(path, tmp_path / "out")
    assert "Участников с баллами 1" in done.err
    test = rows(tmp_path / "out", "test.csv")[0]
    assert (test["pupils"], test["alpha"], test["sd"]) == ("1", "", "")


@pytest.mark.parametrize(
    ("name", "content", "options", "sentence"),
    [
        ("баллы.csv", b"", (), "пуст (0 байт)"),
        ("баллы.csv", b"1,2\n", (), "есть шапка, но нет ни одной строки"),
        ("баллы.csv", b"a,b\nno,yes\nyes,no\n", (), "нет ни одного столбца с баллами"),
        ("баллы.csv", b"1,2\n0,1\n", ("--group", "пол"), "нет столбца «пол»"),
        ("баллы.csv", b"1,2\n0,1\n", ("--id", "код"), "нет столбца «код»"),
        ("баллы.xlsx", b"<html>", (), "назван книгой, но книгой не является"),
        ("баллы.parquet", b"PAR1 no", (), "повреждён и не читается"),
        ("баллы.pdf", b"%PDF", (), "не таблица"),
    ],
)  # fmt: skip
def test_refusals(tmp_path: Path, name: str, content: bytes, options: tuple[str, ...], sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    done = rostok("items", tmp_path / name, *options, "--out", tmp_path / "out")
    assert done.code == 2
    assert sentence in done.err
    assert not (tmp_path / "out").exists()


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert rostok("items", tmp_path / "нет.csv", "--out", tmp_path / "out").code == 2
    assert rostok("items", tmp_path, "--out", tmp_path / "out").code == 2


def test_same_input_same_bytes(tmp_path: Path) -> None:
    path = plain(tmp_path)
    analysed(path, tmp_path / "one")
    analysed(path, tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_ragged_and_quoted_csv(tmp_path: Path) -> None:
    """Lines of several widths, an Excel hint and a delimiter inside a heading do not matter."""
    text = 'sep=;\n"а;б";2;3\n1;0;1\n0;1\n1;1;0;\n0;1;1\n1;0;0\n'
    (tmp_path / "баллы.csv").write_text(text, encoding="cp1251")
    analysed(tmp_path / "баллы.csv", tmp_path / "out")
    found = rows(tmp_path / "out", "classical.csv")
    assert [row["item"] for row in found] == ["а;б", "2", "3"]
    assert [row["n"] for row in found] == ["5", "5", "4"]


def test_of_a_stored_paper_only_the_items_are_items(tmp_path: Path) -> None:
    """Marks and totals stand beside the items; −1 is «X» and −2 a topic not taught."""
    stored = pa.table({"school_id": ["990001"] * 4, "mark": [2, 3, 4, 5], "raw_score": [1, 1, 1, 2],
                       "item_01": pa.array([1, 0, -1, 1], pa.int8()), "item_02": pa.array([0, 1, 1, -2], pa.int8())})  # fmt: skip
    found = pipeline.items(stored, ids=["school_id"]).tables["classical"].to_pylist()
    assert [(row["item"], row["n"], row["mean"]) for row in found] == [
        ("item_01", 4, 0.5),
        ("item_02", 3, pytest.approx(2 / 3)),
    ]


def test_frames_of_other_libraries() -> None:
    """Anything that gives Arrow data is a table; pandas and Polars do."""

    class Frame:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pa.table({"1": [0, 1, 1, 0], "2": [1, 0, 1, 0]}).__arrow_c_stream__(requested_schema)

    assert pipeline.items(Frame()).pupils == 4
