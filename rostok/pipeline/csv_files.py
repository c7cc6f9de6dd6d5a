"""Results as CSV: UTF-8, comma, header, ``\\n``; empty = missing; shares 0–1 with six digits; byte-stable.

Columns of probabilities (``PROBABILITIES``) never say 0.000000 of what is only small: below ``SMALL`` they stand as
1.23457e-05.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

SHARE_DIGITS = 6
_SHARE = pa.decimal128(18, SHARE_DIGITS)
PROBABILITIES = frozenset({"p_value", "q_value"})
SMALL = 1e-4  # six decimals of a smaller number are fewer than three digits


def write_csv(path: Path, table: pa.Table) -> None:
    """Write ``table`` as it stands, floats as decimals with six digits.

    Floats become decimals so that a value has one spelling on every machine; NaN becomes empty.
    """
    plain = _plain(table)
    if _needs_quotes(plain):
        _write_quoted(path, plain)
        return
    options = pyarrow.csv.WriteOptions(quoting_style="none", include_header=False)
    with path.open("wb") as stream:
        stream.write((",".join(table.column_names) + "\n").encode())
        pyarrow.csv.write_csv(plain, stream, options)


def spelt(table: pa.Table, precision: str) -> pa.Table:
    """Floats as texts of ``precision`` (``.12g``): six decimals are too few for a standard error."""
    columns = {name: table.column(name) for name in table.column_names}
    for name, column in columns.items():
        if pa.types.is_floating(column.type):
            texts = [None if value is None else _number(value, precision) for value in column.to_pylist()]
            columns[name] = pa.array(texts, pa.string())
        elif pa.types.is_string(column.type):
            columns[name] = pc.fill_null(column, "")
    return pa.table(columns)


def _number(value: float, precision: str) -> str:
    text = format(value, precision)
    return "0" if text == "-0" else text


class CsvStream:
    """A CSV file written piece by piece, with the spelling of ``write_csv``; a context manager.

    For tables that would fill the memory as a whole. ``bytes_of`` may run in several threads at once.
    """

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._stream = path.open("wb")
        self._stream.write((",".join(names) + "\n").encode())

    def __enter__(self) -> CsvStream:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()

    def append(self, table: pa.Table) -> None:
        """Write the rows of ``table``, whose columns are those of the file."""
        self.write(self.bytes_of(table))

    def write(self, rows: bytes | pa.Buffer) -> None:
        """Write rows that ``bytes_of`` gave."""
        self._stream.write(rows)

    def bytes_of(self, table: pa.Table) -> pa.Buffer | bytes:
        """The rows as they will stand in the file."""
        if tuple(table.column_names) != self.names:
            raise ValueError(f"columns {table.column_names} are not those of the file")
        if table.num_rows == 0:
            return b""
        quoted = any(_quotes_in(table.column(name)) for name in self.names)
        plain = _plain(table)
        if quoted:
            text = io.StringIO(newline="")
            texts = (_texts(plain.column(name)) for name in self.names)
            csv.writer(text, lineterminator="\n").writerows(zip(*texts, strict=True))
            return text.getvalue().encode()
        sink = pa.BufferOutputStream()
        options = pyarrow.csv.WriteOptions(quoting_style="none", include_header=False)
        pyarrow.csv.write_csv(plain, sink, options)
        return sink.getvalue()


def _quotes_in(column: pa.ChunkedArray) -> bool:
    """Does any text of the column need quotes? Of repeated texts each is looked at once."""
    if pa.types.is_dictionary(column.type):
        return any(_needs_quotes(pa.table({"text": chunk.dictionary})) for chunk in column.chunks)
    return _needs_quotes(pa.table({"text": column}))


def _write_quoted(path: Path, table: pa.Table) -> None:
    """Slower, and quotes only what needs it: Arrow would quote every text of the file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.column_names)
        texts = (_texts(table.column(name)) for name in table.column_names)
        writer.writerows(zip(*texts, strict=True))


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    return list(column.cast(pa.string()).to_pylist())


def _plain(table: pa.Table) -> pa.Table:
    """The columns as they are spelt, without empty pieces.

    pyarrow 26 writes sixteen kilobytes of whatever memory holds for a piece without rows that others follow.
    """
    columns = [_text_safe(table.column(name), name) for name in table.column_names]
    filled = [
        pa.chunked_array([piece for piece in column.chunks if len(piece)], column.type) for column in columns
    ]
    return pa.table(filled, names=table.column_names)


def _text_safe(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_floating(kind):
        finite = pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind))
        rounded = pc.cast(pc.round(finite, SHARE_DIGITS), _SHARE)
        return _with_small(finite, rounded) if name in PROBABILITIES else rounded
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, pa.string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
    return column


def _with_small(values: pa.ChunkedArray, rounded: pa.ChunkedArray) -> pa.ChunkedArray:
    """``rounded``, but six significant digits of the small ones; they are rare, so only they are spelt one by one."""
    small = pc.fill_null(pc.and_(pc.greater(values, 0), pc.less(values, SMALL)), False)
    if not pc.any(small).as_py():
        return rounded
    texts = pa.array([f"{value:.{SHARE_DIGITS}g}" for value in values.filter(small).to_pylist()], pa.string())
    words = pc.cast(rounded, pa.string()).combine_chunks()
    return pa.chunked_array([pc.replace_with_mask(words, small.combine_chunks(), texts)])


def _needs_quotes(table: pa.Table) -> bool:
    strings = (table.column(i) for i, field in enumerate(table.schema) if pa.types.is_string(field.type))
    return any(pc.any(pc.match_substring_regex(column, '[",\r\n]')).as_py() for column in strings)
