"""The federal list of a small country by three programs that share no code: ours, Polars, pandas."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from benchmarks import _national_pandas, _national_polars
from benchmarks.national import check_equal
from rostok import pipeline


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("country")
    store = folder / "store"
    pipeline.synthesise(store, schools=150, years=(2021, 2022), seed=3, kind="parquet", scripts=60_000)
    plan = pipeline.Plan(pipeline.find_methodology("federal-low-results"), draws=0, report=False)
    pipeline.analyse([store], plan=plan, out=folder / "ours")
    _national_polars.main(str(store), str(folder / "polars"))
    _national_pandas.main(str(store), str(folder / "pandas"))
    return {name: folder / name for name in ("ours", "polars", "pandas")}


def test_independent_programs_give_the_same_list(outputs: dict[str, Path]) -> None:
    check_equal(outputs)
    with (outputs["ours"] / "results.csv").open(encoding="utf-8") as stream:
        verdicts = {row["low_results"] for row in csv.DictReader(stream)}
    assert verdicts == {"true", "false", "unknown"}  # otherwise equality would say little


def test_a_difference_of_one_pupil_is_noticed(outputs: dict[str, Path], tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    changed.mkdir()
    lines = (outputs["polars"] / "reasons.csv").read_text("utf-8").splitlines()
    cells = lines[1].split(",")
    cells[7] = str(int(cells[7]) + 1)
    (changed / "reasons.csv").write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]), "utf-8")
    (changed / "results.csv").write_bytes((outputs["polars"] / "results.csv").read_bytes())
    with pytest.raises(AssertionError, match="participants of changed differs"):
        check_equal({"ours": outputs["ours"], "changed": changed})
