"""How numbers stand in the files: a probability is never written as nought unless it is nought."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from rostok.pipeline.csv_files import CsvStream, write_csv

# Number, and how it must stand: six decimals from 0.0001 on, six significant digits below.
SPELT = (
    (0.25, "0.250000"), (0.00012345678, "0.000123"), (0.0001, "0.000100"), (0.0000999996, "9.99996e-05"),
    (0.0000123456789, "1.23457e-05"), (4e-7, "4e-07"), (3.2e-308, "3.2e-308"), (0.0, "0.000000"),
    (1.0, "1.000000"), (float("nan"), ""), (None, ""),
)  # fmt: skip


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_small_probabilities_keep_their_digits(tmp_path: Path) -> None:
    numbers = pa.array([value for value, _ in SPELT], pa.float64())
    table = pa.table(
        {"p_value": pa.chunked_array([numbers.slice(0, 4), numbers.slice(4)]), "name": ["а,б"] * 11}
    )
    write_csv(tmp_path / "quoted.csv", table)
    assert lines(tmp_path / "quoted.csv")[1:] == [f'{text},"а,б"' for _, text in SPELT]
    write_csv(tmp_path / "plain.csv", pa.table({"q_value": numbers, "n": list(range(11))}))
    assert lines(tmp_path / "plain.csv")[1:] == [f"{text},{n}" for n, (_, text) in enumerate(SPELT)]


def test_pieces_of_a_file_are_spelt_as_the_whole(tmp_path: Path) -> None:
    """A piece without a small probability and one with it: the file shows no seam."""
    with CsvStream(tmp_path / "stream.csv", ["p_value", "value"]) as stream:
        stream.append(pa.table({"p_value": [0.5, None], "value": [1e-7, 2.0]}))
        stream.append(pa.table({"p_value": [1e-7, 0.5], "value": [1.0, 2.0]}))
    assert lines(tmp_path / "stream.csv")[1:] == [
        "0.500000,0.000000",
        ",2.000000",
        "1e-07,1.000000",
        "0.500000,2.000000",
    ]


def test_an_empty_piece_of_a_table_leaves_nothing_in_the_file(tmp_path: Path) -> None:
    """Tables joined of several have pieces without rows, at the start, in the middle and at the end."""
    none, one, two = (pa.array(values, pa.int64()) for values in ([], [1], [2]))
    table = pa.table({"n": pa.chunked_array([none, one, none, two, none]), "name": ["а", "б"]})
    write_csv(tmp_path / "whole.csv", table)
    assert (tmp_path / "whole.csv").read_bytes() == "n,name\n1,а\n2,б\n".encode()
    with CsvStream(tmp_path / "pieces.csv", ("n", "name")) as stream:
        stream.append(table)
    assert (tmp_path / "pieces.csv").read_bytes() == "n,name\n1,а\n2,б\n".encode()


def test_a_table_without_rows_has_its_header(tmp_path: Path) -> None:
    write_csv(tmp_path / "empty.csv", pa.table({"n": pa.chunked_array([], pa.int64())}))
    assert (tmp_path / "empty.csv").read_bytes() == b"n\n"
