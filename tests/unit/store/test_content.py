"""Hashes of what a table says."""

from __future__ import annotations

import pyarrow as pa
import pytest

from rostok.store.content import ContentHash, content_hash, row_hashes
from tests.unit.store.papers import paper, table

ROWS = [paper("11", "1", 3), paper("11", "2", None), paper("12", "1", 0, class_name=None)]


def test_content_hash_does_not_see_chunks() -> None:
    whole = table(ROWS)
    pieces = pa.concat_tables([whole.slice(0, 1), whole.slice(1, 0), whole.slice(1)])
    assert content_hash(pieces) == content_hash(whole)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("raw_score", 4),
        ("raw_score", None),
        ("class_name", ""),
        ("class_name", "5Б"),
        ("item_01", -1),
        ("absent", True),
    ],
)
def test_content_hash_sees_every_value(name: str, value: object) -> None:
    changed = [ROWS[0] | {name: value}, *ROWS[1:]]
    assert content_hash(table(changed)) != content_hash(table(ROWS))


def test_content_hash_sees_where_one_string_ends() -> None:
    one, other = [paper("1", "12", 3)], [paper("11", "2", 3)]
    assert content_hash(table(one)) != content_hash(table(other))
    moved = [table([paper("11", a, 3), paper("11", b, 3)]) for a, b in (("1", "23"), ("12", "3"))]
    assert content_hash(moved[0]) != content_hash(moved[1])


def test_content_hash_sees_missing_and_empty_apart() -> None:
    missing, empty = (table([paper("11", "1", 3, variant=v)]) for v in (None, ""))
    assert content_hash(missing) != content_hash(empty)


def test_content_hash_does_not_see_what_lies_under_a_missing_value() -> None:
    # Arrow keeps bytes under a null; two files may leave different ones.
    hidden = pa.StringArray.from_buffers(
        2, pa.py_buffer(b"\0\0\0\0\3\0\0\0\5\0\0\0"), pa.py_buffer(b"abcde"), pa.py_buffer(b"\2"), 1
    )
    assert hidden.to_pylist() == [None, "de"]
    plain = pa.array([None, "de"], pa.string())
    assert content_hash(pa.table({"a": hidden})) == content_hash(pa.table({"a": plain}))


def test_content_hash_takes_one_schema() -> None:
    content = ContentHash(table(ROWS).schema)
    with pytest.raises(ValueError, match="one schema"):
        content.update(pa.table({"a": [1]}))


def test_row_hashes_follow_rows_not_places() -> None:
    there, back = row_hashes(table(ROWS)), row_hashes(table(ROWS[::-1]))
    assert there.tolist() == back.tolist()[::-1]
    assert len(set(there.tolist())) == 3


def test_row_hashes_tell_columns_apart() -> None:
    swapped = [paper("11", "1", 3, item_01=1, item_02=2), paper("11", "1", 3, item_01=2, item_02=1)]
    hashes = row_hashes(table(swapped))
    assert hashes[0] != hashes[1]


def test_row_hashes_leave_out_what_they_are_told() -> None:
    one, other = (
        row_hashes(table([paper("11", "1", 3, municipality_id=m)]), ["municipality_id"]) for m in ("m1", None)
    )
    assert one.tolist() == other.tolist()


def test_row_hashes_of_no_rows() -> None:
    assert len(row_hashes(table([]))) == 0
