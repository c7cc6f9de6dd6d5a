"""The two evaluators agree on random methodologies and data; and what must not matter does not."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rostok.methodology import load
from rostok.methodology.examples import ExampleTables, on_reference
from rostok.methodology.reference import ReferenceEvaluation
from rostok.methodology.reference_figures import Row
from tests.generative.random_methodologies import data, methodologies
from tests.spec.engines import on_duckdb, verdicts_on_duckdb

# Every example asks the engine for several tables: shrinking a failure that way takes many minutes.
ENGINE_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
OUTPUTS = ("results", "cells", "indicators", "rules")


def same(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-7, abs_tol=1e-9)
    return one == other


def differences(one: ReferenceEvaluation, other: ReferenceEvaluation) -> list[str]:
    found = []
    for output in OUTPUTS:
        left: list[Row] = getattr(one, output)
        right: list[Row] = getattr(other, output)
        if len(left) != len(right):
            found.append(f"{output}: {len(left)} rows and {len(right)}")
        for a, b in zip(left, right, strict=False):
            found += [
                f"{output}.{name}: {a[name]!r} and {b[name]!r} in {a}"
                for name in a
                if not same(a[name], b[name])
            ]
            assert list(a) == list(b)
    return found


@settings(max_examples=40, phases=ENGINE_PHASES)
@given(methodologies(), data())
def test_evaluators_agree(text: str, given_tables: ExampleTables) -> None:
    methodology = load(text, "random.yaml")
    reference = on_reference(methodology, given_tables)
    assert differences(reference, on_duckdb(methodology, given_tables)) == []


@settings(max_examples=20, phases=ENGINE_PHASES)
@given(methodologies(with_parents=False), data())
def test_cheap_verdicts_agree(text: str, given_tables: ExampleTables) -> None:
    methodology = load(text, "random.yaml")
    words = {True: "true", False: "false", None: "unknown"}
    full = {
        row["school_id"]: (row["verdict"], row["category"])
        for row in on_reference(methodology, given_tables).results
    }
    for school, (verdict, category) in verdicts_on_duckdb(methodology, given_tables).items():
        assert (words[verdict], category) == full[school]  # type: ignore[index]


@settings(max_examples=60)
@given(methodologies(), data(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(text: str, given_tables: ExampleTables, chance: random.Random) -> None:
    methodology = load(text, "random.yaml")

    def shuffled(rows: list[Row]) -> list[Row]:
        return chance.sample(rows, len(rows))

    mixed = replace(
        given_tables, facts=shuffled(given_tables.facts), schools=shuffled(given_tables.schools),
        context=shuffled(given_tables.context), categories=shuffled(given_tables.categories),
    )  # fmt: skip
    assert differences(on_reference(methodology, given_tables), on_reference(methodology, mixed)) == []


@settings(max_examples=60)
@given(methodologies(), data())
def test_names_of_schools_change_nothing(text: str, given_tables: ExampleTables) -> None:
    methodology = load(text, "random.yaml")

    def renamed(rows: list[Row]) -> list[Row]:
        return [{**row, "school_id": "№" + str(row["school_id"])} for row in rows]  # keeps the order

    other = ExampleTables(
        renamed(given_tables.facts), renamed(given_tables.schools), renamed(given_tables.context),
        renamed(given_tables.categories), given_tables.on,
    )  # fmt: skip
    found = on_reference(methodology, given_tables)
    expected = ReferenceEvaluation(*(renamed(getattr(found, output)) for output in OUTPUTS))
    assert differences(expected, on_reference(methodology, other)) == []


@settings(max_examples=60)
@given(methodologies(with_parents=False), data(), st.integers(0, 40))
def test_unrelated_schools_change_nothing(text: str, given_tables: ExampleTables, below: int) -> None:
    """A school more, with papers others wrote too and in no list, leaves every other school as it was."""
    methodology = load(text, "random.yaml")
    twin = [
        {**row, "school_id": "я", "participants": 40, "under_minimum": below}
        for row in given_tables.facts
        if row["school_id"] == given_tables.facts[0]["school_id"]
    ]
    before = on_reference(methodology, given_tables)
    after = on_reference(methodology, replace(given_tables, facts=[*given_tables.facts, *twin]))
    without = ReferenceEvaluation(
        *([row for row in getattr(after, output) if row["school_id"] != "я"] for output in OUTPUTS)
    )
    assert differences(before, without) == []
