"""Tables of pupils for models: CSV of every habit, Parquet in place, only the used columns, refusals."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rostok.formats.model_tables import model_table_of, open_model_file
from rostok.schema.problems import InputRefused

USED = ["балл", "школа"]


def read(tmp_path: Path, content: bytes, used: list[str] = USED) -> dict[str, list[object]]:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    found = open_model_file(path, used)
    assert found.rows is not None
    return found.rows.to_pydict()


@pytest.mark.parametrize(
    "content",
    [
        "балл,школа,имя\n5,007,Аня\n,012,Боря\n".encode(),
        "балл;школа;имя\r\n5;007;Аня\r\nн/д;012;Боря\r\n".encode("cp1251"),
        "\ufeffимя\tбалл\tшкола\nАня\t5\t007\nБоря\tNA\t012\n".encode(),
        "sep=;\nимя;балл;школа\nАня;5;007\nБоря;-;012\n".encode(),
        "балл,школа\n5,007\n\nNaN,012,лишнее\n".encode(),
    ],
)
def test_csv_of_every_habit_gives_texts(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == {"балл": ["5", None], "школа": ["007", "012"]}


def test_quoted_numbers_are_names_where_others_are_not_quoted(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(b'"y","class","black","note"\n1.5,"180","0","a, b"\n2.5,"180","1",NA\n')
    found = open_model_file(path, ["y", "class", "black", "note"])
    assert found.quoted == {"class", "black", "note"}
    path.write_bytes(b'"y","black"\n"1.5","0"\n"2.5","1"\n')
    assert open_model_file(path, ["y", "black"]).quoted == frozenset()


def test_parquet_stays_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    school = pa.array(["a", "b"]).dictionary_encode()
    pq.write_table(pa.table({"балл": [1.5, 2.5], "школа": school, "лишнее": [1, 2]}), path)
    found = open_model_file(path, USED)
    assert (found.rows, found.path) == (None, path)
    assert found.types == {"балл": pa.float64(), "школа": pa.string()}
    assert found.head().to_pydict() == {"балл": [1.5, 2.5], "школа": ["a", "b"]}


def test_tables_in_memory_lose_their_dictionaries() -> None:
    table = pa.table({"балл": [1, 2], "школа": pa.array(["a", "b"]).dictionary_encode()})
    assert model_table_of(table, USED).types == {"балл": pa.int64(), "школа": pa.string()}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("t.csv", b"", "file-empty"),
        ("t.csv", b" \n ", "table-empty"),
        ("t.csv", "балл,школа\n".encode(), "table-header-only"),
        ("t.csv", "балл,имя\n1,Аня\n".encode(), "column-missing"),
        ("t.csv", "балл,школа,балл\n1,а,2\n".encode(), "column-repeated"),
        ("t.parquet", b"PAR1 and nothing", "file-damaged"),
        ("t.rar", b"Rar!\x1a\x07", "model-table-unknown"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputRefused) as refused:
        open_model_file(path, USED)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "no.csv", "file-missing"), (tmp_path, "model-table-unknown")):
        with pytest.raises(InputRefused) as refused:
            open_model_file(path, USED)
        assert refused.value.problems[0].code == code
