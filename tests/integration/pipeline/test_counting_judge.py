"""Looked-up verdicts of simulated schools are those the methodology computes."""

from __future__ import annotations

import numpy as np
import pytest

from rostok import pipeline
from rostok.pipeline import intakes
from rostok.pipeline.counting_judge import decides_by_counting
from rostok.store import DataVersion
from rostok.store.engines import duckdb_engine


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> DataVersion:
    folder = tmp_path_factory.mktemp("counting") / "region"
    pipeline.synthesise(folder, schools=40, years=(2020, 2021), seed=5, kind="parquet")
    return DataVersion.open(folder)


@pytest.mark.parametrize(
    "settings", [{}, {"threshold": "0.2", "min_assessments": "3"}, {"min_participants": "15"}]
)
def test_looked_up_verdicts_are_the_computed_ones(
    region: DataVersion, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    methodology = pipeline.set_parameters(pipeline.find_methodology("federal-low-results"), settings)
    found = []
    for looks_up in (True, False):
        if not looks_up:
            monkeypatch.setattr(intakes, "decides_by_counting", lambda evaluation: False)
        with duckdb_engine() as engine:
            calculation = pipeline.calculate(region, methodology, engine, draws=64)
            assert calculation.intakes is not None and calculation.intakes.chance is not None
            assert decides_by_counting(calculation.evaluation)
        found.append((calculation.intakes.probability, calculation.intakes.chance.pupils_total))
    np.testing.assert_array_equal(found[0][0], found[1][0])
    assert found[0][1] == found[1][1]


@pytest.mark.parametrize(
    ("name", "settings"),
    [("at-risk", {}), ("persistently-low", {}), ("federal-low-results", {"count_by": "cohort"})],
)
def test_other_verdicts_are_not_looked_up(region: DataVersion, name: str, settings: dict[str, str]) -> None:
    methodology = pipeline.set_parameters(pipeline.find_methodology(name), settings)
    with duckdb_engine() as engine:
        calculation = pipeline.calculate(region, methodology, engine, draws=0)
        assert not decides_by_counting(calculation.evaluation)
