"""The expression language: text to nodes and back, values worked by hand on both interpreters."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

from rostok.methodology.errors import WordingError
from rostok.methodology.expressions import Type, parse, type_of, unparse
from rostok.methodology.ibis_expressions import Compiler
from rostok.methodology.reference_expressions import value_of

KNOWN: dict[str, object] = {
    "two": 2.0,
    "half": 0.5,
    "nothing": None,
    "zero": 0.0,
    "word": "да",
    "no_word": None,
}
VALUES = {
    "two + half * two": 3.0,
    "(two + half) * two": 5.0,
    "two - half - half": 1.0,
    "two / (half / two)": 8.0,
    "-two + 1": -1.0,
    "two / zero": None,
    "two + nothing": None,
    "min(two, half)": 0.5,
    "max(two, nothing)": None,
    "abs(half - two)": 1.5,
    "coalesce(nothing, half)": 0.5,
    "round_half_up(half)": 1.0,
    "round_half_up(-half)": 0.0,
    "round_half_up(-two - half)": -2.0,
    "round_half_up(0.05 * (800 - 550))": 13.0,
    "round_half_up(2.4)": 2.0,
    "if_else(two > 1, half, two)": 0.5,
    "if_else(nothing > 1, half, two)": None,
    "two > 1 > half": True,
    "two >= 2.0000000001": True,
    "two > 1.9999999999": False,
    "0.1 + 0.2 == 0.3": True,
    "0.1 + 0.2 != 0.3": False,
    "nothing == nothing": None,
    "two > 3 and nothing > 1": False,
    "two > 1 and nothing > 1": None,
    "two > 1 or nothing > 1": True,
    "two > 3 or nothing > 1": None,
    "not nothing > 1": None,
    "not two > 3": True,
    "known(nothing)": False,
    "not known(nothing)": True,
    "word == 'да'": True,
    "word != 'да'": False,
    "no_word == 'да'": None,
    "word in ['нет', 'да']": True,
    "word not in ['нет', 'да']": False,
    "no_word in ['нет']": None,
    "two in [1, 2]": True,
}


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_value_on_the_reference(text: str, value: object) -> None:
    assert value_of(parse(text), KNOWN) == value


def test_values_on_duckdb() -> None:
    table = ibis.memtable(pa.table({"one": [1]})).mutate(
        two=ibis.literal(2.0), half=ibis.literal(0.5), nothing=ibis.null("float64"), zero=ibis.literal(0.0),
        word=ibis.literal("да"), no_word=ibis.null("string"),
    )  # fmt: skip
    compiled = Compiler(table, {})
    found = ibis.duckdb.connect().to_pyarrow(
        table.select(**{f"v{place}": compiled(parse(text)) for place, text in enumerate(VALUES)})
    )
    assert dict(zip(VALUES, found.to_pylist()[0].values(), strict=True)) == VALUES


def test_whether_a_negation_is_known_is_not_whether_it_is_false() -> None:
    """«NOT a IS NOT NULL» without brackets would say false for a known true."""
    table = ibis.memtable(pa.table({"a": [True, False, None]}))
    column = Compiler(table.mutate(x=table.a.cast("float64")), {})(parse("not x > 0"))
    assert ibis.duckdb.connect().to_pyarrow(column.notnull()).to_pylist() == [True, True, False]


@pytest.mark.parametrize("text", VALUES)
def test_written_again_it_is_the_same(text: str) -> None:
    assert parse(unparse(parse(text))) == parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("two ** 2", "в этом языке нет"),
        ("two.real", "в этом языке нет"),
        ("[1, 2]", "в этом языке нет"),
        ("lambda: 1", "в этом языке нет"),
        ("True", "в этом языке нет"),
        ("__import__('os')", "функции «__import__» нет"),
        ("min(two)", "1 аргументов"),
        ("min(two, key=1)", "в этом языке нет"),
        ("two is 2", "сравнения «two is 2»"),
        ("word in two", "нужен перечень"),
        ("two >", "не читается"),
        ("(" * 500 + "two" + ")" * 500, "не читается"),
    ],
)
def test_what_is_not_of_this_language(text: str, sentence: str) -> None:
    with pytest.raises(WordingError) as caught:
        parse(text)
    assert sentence in caught.value.sentence


@pytest.mark.parametrize(
    "text", ["two + word", "two and two > 1", "word > 'а'", "word == 2", "not two", "if_else(two, 1, 2)", "word in [1]",
             "assigned(two)", "-word", "unknown_name"],
)  # fmt: skip
def test_wrong_types(text: str) -> None:
    types = dict.fromkeys(("two", "half", "nothing", "zero"), Type.NUMBER) | dict.fromkeys(
        ("word", "no_word"), Type.TEXT
    )
    with pytest.raises(WordingError):
        type_of(parse(text), types)
