"""Results as CSV: UTF-8, comma, header, ``\\n``; empty = missing; shares 0–1 with six digits; byte-stable."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

SHARE_DIGITS = 6
_SHARE = pa.decimal128(18, SHARE_DIGITS)


def write_csv(path: Path, table: pa.Table) -> None:
    """Write ``table`` as it stands, floats as decimals with six digits.

    Floats become decimals so that a value has one spelling on every machine; NaN becomes empty.
    """
    columns = [_text_safe(table.column(name)) for name in table.column_names]
    plain = pa.table(columns, names=table.column_names)
    if _needs_quotes(plain):
        _write_quoted(path, plain)
        return
    options = pyarrow.csv.WriteOptions(quoting_style="none", include_header=False)
    with path.open("wb") as stream:
        stream.write((",".join(table.column_names) + "\n").encode())
        pyarrow.csv.write_csv(plain, stream, options)


def _write_quoted(path: Path, table: pa.Table) -> None:
    """Slower, and quotes only what needs it: Arrow would quote every text of the file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.column_names)
        texts = (_texts(table.column(name)) for name in table.column_names)
        writer.writerows(zip(*texts, strict=True))


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    return list(column.cast(pa.string()).to_pylist())


def _text_safe(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_floating(kind):
        finite = pc.if_else(pc.is_finite(column), column, pa.scalar(None, kind))
        return pc.cast(pc.round(finite, SHARE_DIGITS), _SHARE)
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, pa.string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return pc.if_else(pc.equal(column, ""), pa.scalar(None, column.type), column)
    return column


def _needs_quotes(table: pa.Table) -> bool:
    strings = (table.column(i) for i, field in enumerate(table.schema) if pa.types.is_string(field.type))
    return any(pc.any(pc.match_substring_regex(column, '[",\r\n]')).as_py() for column in strings)
