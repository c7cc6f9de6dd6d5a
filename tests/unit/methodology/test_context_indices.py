"""Indices of context as files: expressions over columns, what is refused, and that shipped ones name real codes."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from rostok.formats.context_questions import ADAPTED, QUESTIONS
from rostok.methodology.column_expressions import column_of
from rostok.methodology.context_indices import IndexDefinition, load_index
from rostok.methodology.errors import MethodologyError
from rostok.methodology.expressions import parse
from rostok.methodology.reference_expressions import value_of

NAN = math.nan
INDEX = """
id: own
version: "1"
title: свой
source: {document: никакой, confirmed: false}
author: Анна
checked_by: Борис
valid_from: 2021-01-01
review_on: 2030-01-01
indicators:
  poor: {code: "доля бедных, %", range: [0, 1]}
  top: {value: top / teachers}
  size: {transform: log}
components:
  poor: {sign: -1}
  top: {sign: 1, weight: 2}
"""


def load(text: str = INDEX) -> IndexDefinition:
    return load_index(text, "own.yaml")


def test_a_file_becomes_columns() -> None:
    found = load()
    columns = {"доля бедных, %": np.array([0.2, 1.5]), "top": np.array([3.0, 4]), "teachers": np.array([12.0, 0]),
               "size": np.array([0.0, 99])}  # fmt: skip
    values = [one.column(columns, 2).tolist() for one in found.indicators]
    assert values[0][0] == 0.2 and math.isnan(values[0][1])  # a share of 1.5 is no answer
    assert values[1][0] == 0.25 and math.isnan(values[1][1])  # of no teachers
    assert values[2] == pytest.approx([0, math.log(100)])
    assert [(one.indicator, one.sign, one.weight) for one in found.components] == [
        ("poor", -1, 1),
        ("top", 1, 2),
    ]
    assert found.codes == {"доля бедных, %", "top", "teachers", "size"}
    assert (found.weighting, found.missing, found.least_known, str(found.title)) == (
        "equal",
        "known",
        0.6,
        "свой",
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sign: -1", "sign: 2", "знак — 1 или −1"),
        ("weight: 2", "weight: 0", "вес больше нуля"),
        ("{value: top / teachers}", "{value: \"territory == 'rural'\"}", "слов в показателях"),
        ("{value: top / teachers}", "{value: top > 3}", "здесь условие"),
        ("{value: top / teachers}", "{value: top ** 2}", "в этом языке нет"),
        ("range: [0, 1]", "range: [1, 0]", "два числа"),
        ("range: [0, 1]", "value: top", "одно из двух"),
        ("  top: {sign: 1, weight: 2}", "  tip: {sign: 1}", "«tip» нет"),
        ("author: Анна", "author: Анна\nweights: best", "неизвестно"),
        ("author: Анна", "author: Анна\nleast_known: 0", "least_known"),
        ("  poor: {sign: -1}\n  top: {sign: 1, weight: 2}", "  {}", "ничего не входит"),
        ("transform: log", "transform: square", "неизвестно"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    assert old in INDEX
    with pytest.raises(MethodologyError) as refused:
        load(INDEX.replace(old, new))
    assert said in refused.value.sentence and refused.value.line


@pytest.mark.parametrize(
    "text",
    [
        "a + b * 2 - -a", "a / b", "a / (b - b)", "if_else(a > b, a, b)", "if_else(a == b or b < 0, 1, a)", "coalesce(a, b, 7)",
        "if_else(known(a) and not known(b), 1, 0)", "min(a, b)", "max(a, b, 2)", "abs(a - b)", "round_half_up(a * b)",
        "if_else(a in [1, 2.5], 10, 20)", "if_else(a >= b and b >= 0, 1, 0)", "if_else(a <= b or b != 3, 1, 0)",
        "if_else(not a < b, 1, 0)",
    ],
)  # fmt: skip
def test_columns_mean_what_the_reference_means(text: str) -> None:
    numbers = [None, -1.0, 0.0, 1.0, 2.5, 3.0]
    pairs = [(a, b) for a in numbers for b in numbers]
    columns = {
        name: np.array([NAN if pair[k] is None else pair[k] for pair in pairs])
        for k, name in enumerate(("a", "b"))
    }
    expression = parse(text)
    found = column_of(expression, columns, len(pairs))
    for value, (a, b) in zip(found.tolist(), pairs, strict=True):
        told = value_of(expression, {"a": a, "b": b, "assigned": frozenset()})
        assert (math.isnan(value) and told is None) or value == pytest.approx(told), (a, b)


def test_shipped_indices_name_codes_of_the_questionnaires(root: Path) -> None:
    shipped = {path.parent.name: load_index(path.read_text("utf-8"), path.name)
               for path in sorted((root / "indices").glob("*/*.yaml"))}  # fmt: skip
    assert set(shipped) == {"official-2021", "official-2022", "social-passport"}
    patterns = [
        re.compile(re.escape(one.code).replace(r"\{0\}", r"\w+") + "$") for one in (*QUESTIONS, ADAPTED)
    ]
    for name, found in shipped.items():
        assert found.id == name
        assert all(str(one.title) != one.name for one in found.indicators)
        unknown = {code for code in found.codes if not any(pattern.match(code) for pattern in patterns)}
        assert unknown <= {"rural"} or name == "social-passport", unknown
