"""What a table says, as a hash: independent of chunks, of Parquet bytes and of how the input was cut.

``ContentHash`` (SHA-256) names versions and reads rows in canonical order. ``row_hashes`` (64 bits, fast,
not cryptographic) lets two sources of one school be compared without sorting or keeping either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# The least value of an integer type stands for "missing" while hashing; no declared column can hold it.
_MISSING = {np.dtype(t): np.iinfo(t).min for t in (np.int8, np.int16, np.int32, np.int64)}


class ContentHash:
    """SHA-256 over the columns of one schema; feed it tables in canonical row order, cut as you like.

    Every column is hashed apart, strings as bytes and lengths, so that a column of any chunking gives the
    same bytes. 25 million scripts take about two seconds.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._hashes = [(hashlib.sha256(), hashlib.sha256()) for _ in schema]
        self.rows = 0

    def update(self, table: pa.Table) -> None:
        if table.schema.names != self._schema.names:
            raise ValueError("a content hash takes tables of one schema")
        self.rows += table.num_rows
        for column, (values, lengths) in zip(table.columns, self._hashes, strict=True):
            for chunk in column.chunks:
                if pa.types.is_string(chunk.type):
                    data, sizes = _string_bytes(chunk)
                    values.update(data)
                    lengths.update(sizes)
                else:
                    values.update(fixed_values(chunk).data)

    def hexdigest(self) -> str:
        whole = hashlib.sha256(f"rows {self.rows}\n".encode())
        for field, (values, lengths) in zip(self._schema, self._hashes, strict=True):
            whole.update(f"{field.name} {field.type} {values.hexdigest()} {lengths.hexdigest()}\n".encode())
        return whole.hexdigest()


def content_hash(table: pa.Table) -> str:
    """Content hash of a whole table in the order it has."""
    content = ContentHash(table.schema)
    content.update(table)
    return content.hexdigest()


def fixed_values(array: pa.Array) -> np.ndarray:
    """Values of a number or bool column with "missing" written as one fixed value of the type."""
    if pa.types.is_boolean(array.type):
        array = array.cast(pa.int8())
    missing = np.nan if pa.types.is_floating(array.type) else _MISSING[np.dtype(array.type.to_pandas_dtype())]
    filled = pc.fill_null(array, pa.scalar(missing, array.type)) if array.null_count else array
    return np.ascontiguousarray(filled.to_numpy(zero_copy_only=False))


def _string_bytes(array: pa.Array) -> tuple[memoryview, memoryview]:
    """Bytes of all strings, and their lengths with −1 for missing."""
    nulls = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    filled = pc.fill_null(array, "") if nulls is not None else array
    _, offsets_buffer, data_buffer = filled.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32)[filled.offset : filled.offset + len(filled) + 1]
    if len(filled) == 0 or data_buffer is None:
        data = memoryview(b"")
    else:
        data = memoryview(data_buffer)[int(offsets[0]) : int(offsets[-1])]
    lengths = np.diff(offsets)
    if nulls is not None:
        lengths[nulls] = -1
    return data, lengths.data


def row_hashes(table: pa.Table, leave_out: Iterable[str] = ()) -> np.ndarray:
    """One uint64 per row over all columns but ``leave_out``; a missing value weighs nothing.

    So a column that is absent and one that is empty are the same. Sums of these (mod 2⁶⁴) compare sets of
    rows with repetitions, whatever their order.
    """
    left_out = set(leave_out)
    total = np.zeros(table.num_rows, np.uint64)
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name not in left_out and column.null_count < len(column):
            total += _column_hashes(name, column.combine_chunks())
    return _mix(total)


def _column_hashes(name: str, array: pa.Array) -> np.ndarray:
    seed = _text_hash(name)
    if pa.types.is_string(array.type):
        codes = array.dictionary_encode()
        words = [0 if word is None else _text_hash(word) for word in codes.dictionary.to_pylist()]
        values = np.array(words, np.uint64)[pc.fill_null(codes.indices, 0).to_numpy(zero_copy_only=False)]
    else:
        values = _as_words(fixed_values(array))
    hashed = _mix(values ^ seed)
    if array.null_count:
        hashed[array.is_null().to_numpy(zero_copy_only=False)] = 0
    return hashed


def _as_words(values: np.ndarray) -> np.ndarray:
    wide = np.float64 if values.dtype.kind == "f" else np.int64
    words: np.ndarray = values.astype(wide).view(np.uint64)
    return words


def _text_hash(text: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


def _mix(values: np.ndarray) -> np.ndarray:
    """The finisher of splitmix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit."""
    mixed = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    finished: np.ndarray = mixed ^ (mixed >> np.uint64(31))
    return finished
