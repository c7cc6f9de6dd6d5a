"""``rostok items`` of several variants: joined by what they share, apart where they share nothing."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest

from rostok import pipeline
from rostok.schema.problems import InputRefused
from tests.integration.cli.item_files import NAMES, SCORES, analysed, figures, rows, table
from tests.integration.command import rostok
from tests.integration.pipeline.item_cases import DIFFICULTY, answers


def test_booklets_meet_the_complete_table(tmp_path: Path) -> None:
    """Three booklets of four items out of six: difficulties within three errors of those of the whole."""
    whole = answers(pupils=6000)
    thinned = [
        [cell if (item + pupil) % 3 else "" for item, cell in enumerate(row)]
        for pupil, row in enumerate(whole.T.tolist())
    ]
    path = tmp_path / "баллы.csv"
    path.write_bytes(table([[pupil % 3, *row] for pupil, row in enumerate(thinned)], ["вариант", *NAMES]))
    analysed(path, tmp_path / "out", "--booklet", "вариант")
    complete = (
        pipeline.items(pa.table(dict(zip(NAMES, whole, strict=True))))
        .tables["rasch"]
        .column("difficulty")
        .to_pylist()
    )
    for row, expected in zip(rows(tmp_path / "out", "rasch.csv"), complete, strict=True):
        assert abs(float(row["difficulty"]) - expected) < 3 * float(row["standard_error"])
    assert {row["link"] for row in rows(tmp_path / "out", "link.csv")} <= {"holds", "cannot_tell"}


def test_positions_of_variants_need_identities(tmp_path: Path) -> None:
    """The second variant has the items in the opposite order: refused by position, joined by the table."""
    both = np.hstack([answers(), answers(DIFFICULTY[::-1], seed=2)]).T.tolist()
    path, identity = tmp_path / "баллы.csv", tmp_path / "соответствие.csv"
    path.write_bytes(
        table([["А" if n < 4000 else "Б", *row] for n, row in enumerate(both)], ["вариант", *NAMES])
    )
    refused = analysed(path, tmp_path / "refused", "--booklet", "вариант")
    assert "нельзя поставить на одну шкалу" in refused.err
    pairs = [("А", name, f"з{name}") for name in NAMES] + [
        ("Б", str(7 - int(name)), f"з{name}") for name in NAMES
    ]
    identity.write_bytes(table([list(pair) for pair in pairs], ["booklet", "column", "item"]))
    analysed(path, tmp_path / "joined", "--booklet", "вариант", "--identity", identity)
    joined = [float(row["difficulty"]) for row in rows(tmp_path / "joined", "rasch.csv")]
    assert np.abs(np.array(joined) - DIFFICULTY).max() < 0.15
    assert {row["link"] for row in rows(tmp_path / "joined", "link.csv")} == {"holds"}


def test_where_a_link_is_refused_every_file_is_of_the_kept_variant(tmp_path: Path) -> None:
    """The same files, byte for byte, as of a table that has the pupils of that variant only."""
    kept = [["А", "жм"[n % 2], *row] for n, row in enumerate(answers(pupils=4100).T.tolist())]
    other = [["Б", "жм"[n % 2], *row] for n, row in enumerate(answers(DIFFICULTY[::-1], seed=2).T.tolist())]
    kept[0][3], other[0][3], other[1][4] = "X", "X", 2
    nowhere = ["", "ж", 1, 1, 0, 0, 1, 1]  # of neither variant: which items these are is not known
    header, both, alone = ["вариант", "пол", *NAMES], tmp_path / "оба.csv", tmp_path / "один.csv"
    both.write_bytes(table([*kept, *other, nowhere], header))
    alone.write_bytes(table(kept, header))
    refused = analysed(both, tmp_path / "both", "--booklet", "вариант", "--group", "пол")
    analysed(alone, tmp_path / "alone", "--booklet", "вариант", "--group", "пол")
    assert "посчитано только по «А»" in refused.err
    assert "«Б» (участников 4000)" in refused.err
    assert "Строка 8102: столбец «вариант» пуст" in refused.err
    assert "4100 участников" in refused.err
    with_link, without = figures(tmp_path / "both"), figures(tmp_path / "alone")
    assert {row["link"] for row in rows(tmp_path / "both", "link.csv")} == {"fails"}
    del with_link["link.csv"], without["link.csv"]
    assert with_link == without


def test_pupils_of_a_variant_left_out_have_no_figures(tmp_path: Path) -> None:
    path = tmp_path / "баллы.csv"
    both = np.hstack([answers(pupils=4001), answers(DIFFICULTY[::-1], seed=2)]).T.tolist()
    path.write_bytes(
        table([["А" if n <= 4000 else "Б", n, *row] for n, row in enumerate(both)], ["в", "код", *NAMES])
    )
    analysed(path, tmp_path / "out", "--booklet", "в", "--id", "код")
    pupils = rows(tmp_path / "out", "pupils.csv")
    assert len(pupils) == 8001
    assert all(row["raw_score"] and row["max_score"] == "6" for row in pupils[:4001])
    assert {(row["raw_score"], row["max_score"], row["weighted_ability"]) for row in pupils[4001:]} == {
        ("", "0", "")
    }


def empty_book() -> bytes:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("задания.xlsx", empty_book(), "нет ни одной заполненной ячейки"),
        ("задания.csv", b"booklet,column,item\n", "есть шапка, но нет ни одной строки"),
        ("задания.csv", "booklet,column,item\nА,1,дроби\nА,1,углы\n".encode(), "назван двумя заданиями: «дроби», «углы»"),
        ("задания.csv", "booklet,column,item\nА,1,дроби\nА,2,\n".encode(), "строка 3: пусто в столбце item"),
    ],
)  # fmt: skip
def test_bad_tables_of_identity(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    scores = tmp_path / "баллы.csv"
    scores.write_bytes(table([["А", *row] for row in SCORES], ["вариант", *NAMES]))
    done = rostok("items", scores, "--booklet", "вариант", "--identity", tmp_path / name, "--out", tmp_path / "out")  # fmt: skip
    assert (done.code, (tmp_path / "out").exists()) == (2, False)
    assert sentence in done.err


def test_variants_without_a_score_are_refused() -> None:
    blank = pa.table({"вариант": ["А", "Б"] * 5, "1": pa.nulls(10, pa.string())})
    with pytest.raises(InputRefused) as refused:
        pipeline.items(blank, booklet="вариант", identities={("А", "1"): "дроби"})
    assert "items-none" in [problem.code for problem in refused.value.problems]


def test_pupils_without_a_variant_are_named_and_counted_once() -> None:
    """Rows 4 and 6 have scores and no variant; row 7 has neither, and is a pupil without scores as anywhere."""
    variants = ["А", "Б", None, "А", "", None, "Б"]
    cells = pa.table({"вариант": variants, "1": [1, 0, 1, 0, 1, None, 1], "2": [0, 1, 1, 1, 0, None, 1]})
    found = pipeline.items(cells, booklet="вариант", identities={("А", "1"): "дроби", ("Б", "1"): "дроби"})
    named = [problem for problem in found.problems if problem.code == "pupil-without-booklet"]
    assert [(problem.row, problem.column) for problem in named] == [(4, "вариант"), (6, "вариант")]
    without = [problem.count for problem in found.problems if problem.code == "pupils-without-scores"]
    assert (without, found.pupils) == ([1], 4)


def test_maxima_follow_their_items_through_identities() -> None:
    cells = pa.table({"вариант": ["А", "Б"] * 4, "1": [1, 0, 0, 1] * 2, "2": [0, 1, 1, 1] * 2})
    named = {("А", "1"): "дроби", ("Б", "2"): "дроби"}
    found = pipeline.items(cells, booklet="вариант", identities=named, maxima={"1": 3})
    table = {row["item"]: row["max_score"] for row in found.tables["classical"].to_pylist()}
    # Column 1 is «дроби» in variant А and an item of its own in Б; column 2 has no stated maximum.
    assert table == {"дроби": 3, "А:2": 1, "Б:1": 3}
