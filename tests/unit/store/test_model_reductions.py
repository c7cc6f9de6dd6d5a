"""Sums by cell from an engine: what becomes a key of cells changes nothing, columns of every type are read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import ibis
import numpy as np
import pyarrow as pa
import pytest

from rostok.statistics.multilevel import Sums, fit, sums_of_rows
from rostok.statistics.multilevel.cells import OUTCOME, sums_of_cells
from rostok.statistics.multilevel.formula import Variable, columns_of, numbers_to_centre, parse_terms
from rostok.store import model_reductions as reductions
from rostok.store.engines import duckdb_engine
from rostok.store.model_reductions import UsedColumns

N, SCHOOLS = 3000, 30
_RNG = np.random.default_rng(4)
SCHOOL = np.sort(_RNG.integers(0, SCHOOLS, N))
COLUMNS = {
    "y": _RNG.normal(50, 10, N), "prior": _RNG.normal(2000, 3, N), "sex": _RNG.integers(0, 2, N).astype(np.int8),
    "context": _RNG.normal(size=SCHOOLS)[SCHOOL], "w": _RNG.choice([0.5, 1.0, 2.0], N),
}  # fmt: skip
KEYS = [f"s{k:02d}" for k in SCHOOL]
TERMS = ["prior,sex,context,sex:prior,context:prior"]


def reduced(*, weights: str | None = None, most_cells: int = 16) -> tuple[Sums, set[str]]:
    used = UsedColumns("y", ("school",), ("prior", "sex", "context"), (), weights)
    columns = columns_of(parse_terms(TERMS), {name: Variable(name) for name in used.numbers})
    with pytest.MonkeyPatch.context() as patch, duckdb_engine() as engine:
        patch.setattr(reductions, "MOST_CELLS", most_cells)
        table = ibis.memtable(pa.table({**COLUMNS, "school": KEYS}))
        rows = reductions.complete(reductions.typed(table, used), used)
        recipe = reductions.recipe_of(engine.to_pyarrow(rows), used, columns, numbers_to_centre(columns))
        cells = reductions.reduce_cells(engine, rows, used, recipe)
    return sums_of_cells(recipe, cells), set(recipe.summed)


@pytest.mark.parametrize("weights", [None, "w"])
def test_what_is_a_key_of_cells_changes_speed_only(weights: str | None) -> None:
    by_cells, summed = reduced(weights=weights)
    by_rows, all_summed = reduced(weights=weights, most_cells=0)
    assert (summed, all_summed) == ({"prior"}, {"prior", "sex", "context"})
    x = {name: COLUMNS[name].astype(float) for name in ("prior", "sex", "context")}
    products = {"prior:sex": x["prior"] * x["sex"], "prior:context": x["prior"] * x["context"]}
    expected = fit(
        sums_of_rows(COLUMNS["y"], x | products, {"school": KEYS}, COLUMNS[weights] if weights else None)
    )
    for sums in (by_cells, by_rows):
        found = fit(sums)
        assert found.terms == expected.terms
        assert found.criterion == pytest.approx(expected.criterion, abs=1e-6)
        assert found.standard_errors == pytest.approx(expected.standard_errors, rel=1e-5)


def typed(column: pa.Array, *, as_text: bool) -> list[object]:
    """One column as the engine types it."""
    used = UsedColumns("y", ("school",), () if as_text else ("x",), ("x",) if as_text else ())
    count = len(column)
    table = ibis.memtable(pa.table({"y": [1.0] * count, "school": ["a"] * count, "x": column}))
    with duckdb_engine() as engine:
        rows = reductions.typed(table, used)
        name = reductions.text_of("x") if as_text else reductions.number_of("x")
        found: list[object] = engine.to_pyarrow(rows)[name].to_pylist()
    return found


def test_numbers_of_every_type() -> None:
    assert typed(pa.array([Decimal("1.5"), None]), as_text=False) == [1.5, None]
    assert typed(pa.array([1, 2], pa.int8()), as_text=False) == [1.0, 2.0]
    assert typed(pa.array([" 1,5 ", "2.5", "десять", ""]), as_text=False) == [1.5, 2.5, None, None]


def test_names_of_every_type() -> None:
    assert typed(pa.array([True, False, None]), as_text=True) == ["TRUE", "FALSE", None]  # as R names them
    assert typed(pa.array([12.0, 0.5, float("nan")]), as_text=True) == ["12", "0.5", None]
    assert typed(pa.array([7, None], pa.int64()), as_text=True) == ["7", None]
    assert typed(pa.array([dt.date(2021, 3, 15)]), as_text=True) == ["2021-03-15"]


def test_a_number_may_be_a_group_too() -> None:
    used = UsedColumns("y", ("class",), ("class",), ())
    table = ibis.memtable(pa.table({"y": [1.0, 2.0, 4.0], "class": [5, 5, 6]}))
    with duckdb_engine() as engine:
        rows = reductions.complete(reductions.typed(table, used), used)
        columns = columns_of(parse_terms(["class"]), {"class": Variable("class")})
        recipe = reductions.recipe_of(engine.to_pyarrow(rows), used, columns, {"class"})
        cells = reductions.reduce_cells(engine, rows, used, recipe)
    assert dict(cells.keys) == {"class": ["5", "6"]}
    # Two pupils with 1 and 2 points: Σ(y − shift) and their number.
    shift = recipe.shifts[OUTCOME]
    assert cells.sums[OUTCOME,].tolist() == pytest.approx([3 - 2 * shift, 4 - shift])
    assert cells.rows.tolist() == [2, 1]


def test_a_level_spelt_with_blanks_is_one_level() -> None:
    """Three spellings of each of four levels are more than the six asked for; none may be lost."""
    spelt = pa.array([f"{blank}{level}" for level in "абвг" for blank in ("", " ", "  ")])
    used = UsedColumns("y", ("школа",), (), ("вид",))
    table = pa.table({"y": np.ones(12), "школа": ["1"] * 12, "вид": spelt})
    with duckdb_engine() as engine:
        rows = reductions.typed(ibis.memtable(table), used)
        assert sorted(reductions.levels_of(engine, rows, "вид", 6) or []) == list("абвг")
        assert reductions.levels_of(engine, rows, "вид", 3) is None


def test_a_code_too_large_for_a_whole_number_stays_as_it_is() -> None:
    assert typed(pa.array([12.0, 1e300]), as_text=True) == ["12", "1e+300"]
