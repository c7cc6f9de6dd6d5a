"""Conditions of schools as one number with its error: of which day, and what is said of an index of one indicator."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from rostok.pipeline import ClustersPlan
from rostok.pipeline.conditions import MeasuredConditions, by_index
from rostok.pipeline.grouping import clusters_of
from rostok.schema.problems import InputRefused
from rostok.store import DataVersion
from rostok.store.engines import duckdb_engine
from tests.integration.pipeline.context_cases import INDEX
from tests.integration.school_results import MATH_5, RUSSIAN_5, context_rows, drawn, names, stored

SCHOOLS = 30
POOR = np.linspace(0.1, 0.9, SCHOOLS)


def version(root: Path) -> DataVersion:
    """Poverty alone is asked, in two years: the poorest of 2021 are the richest of 2022."""
    rows = [*context_rows(POOR, "poor", 2021), *context_rows(POOR[::-1], "poor", 2022)]
    return stored(root, {MATH_5: drawn(np.zeros(SCHOOLS), 10, 1)}, rows)


def measured(root: Path, on: dt.date | None = None) -> MeasuredConditions:
    index = root / "own.yaml"
    # With both indicators a school would know half of the weight only.
    index.write_text(INDEX.replace("  educated: {sign: 1}\n", ""), "utf-8")
    with duckdb_engine() as engine:
        return by_index(version(root / "in"), engine, str(index), names(SCHOOLS), on=on)


def test_an_index_is_of_the_last_year_up_to_the_day(tmp_path: Path) -> None:
    now, before = measured(tmp_path).value, measured(tmp_path, dt.date(2021, 12, 31)).value
    assert (now[0], now[-1]) == pytest.approx((before[-1], before[0]))
    assert before[0] > 0 > before[-1]  # little poverty is better off
    with pytest.raises(InputRefused) as refused:
        measured(tmp_path, dt.date(2020, 12, 31))
    assert [problem.code for problem in refused.value.problems] == ["context-none"]


def test_an_index_of_one_indicator_is_not_taken_for_exact(tmp_path: Path) -> None:
    """Its scores have variance 29/30 over the schools; a reliability of 0.8 leaves a fifth of it to chance."""
    found = measured(tmp_path)
    assert found.error == pytest.approx([(29 / 30 * 0.2) ** 0.5] * SCHOOLS)
    assert "resilience-error-assumed" in [problem.code for problem in found.problems]


def test_conditions_that_differ_only_where_results_lack_make_no_groups(tmp_path: Path) -> None:
    """Of 30 schools two wrote no Russian, and they alone live otherwise."""
    levels = np.linspace(-2, 2, SCHOOLS)
    russian = dict(list(drawn(levels, 20, 2).items())[:28])
    context = context_rows(np.repeat([1.0, 2.0], [28, 2]))
    held = stored(tmp_path, {MATH_5: drawn(levels, 20, 1), RUSSIAN_5: russian}, context)
    with duckdb_engine() as engine, pytest.raises(InputRefused) as refused:
        clusters_of(held, engine, ClustersPlan(indicator="index", resamples=0))
    assert [p.code for p in refused.value.problems] == [
        "clusters-schools-left-out",
        "resilience-context-same",
    ]
