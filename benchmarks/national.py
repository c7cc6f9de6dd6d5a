"""A national year from stored Parquet to results.csv and reasons.csv, beside pandas and Polars.

    python -m benchmarks.national [--sizes 1,5,25] [--runs 2] [--write]

Sizes are millions of scripts; 25 million are 40,000 schools. The data are made by ``rostok synth`` and kept in
build/benchmarks. The peers give the same numbers by the federal rule, and that is checked row by row before any
figure is printed. Asked for at 25 million: 3 seconds without firmness, 15 with it, 700 MB, data in 5 minutes.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from benchmarks import _federal as rule
from benchmarks._harness import (
    CACHE,
    Goal,
    Measured,
    goals,
    number,
    run_module,
    said_when,
    table,
    write_page,
)
from rostok import pipeline
from rostok.store import DataVersion, is_version

SCHOOLS_PER_MILLION = 1_600
# What is asked for at that size.
GOAL_MILLIONS = 25
MOST_SECONDS, MOST_SECONDS_FIRM, MOST_SECONDS_MADE, MOST_MB = 3, 15, 300, 700
YEARS, SEED, DRAWS = (2021, 2022), 1, 256
PROGRAMS = {
    "Росток без устойчивости": ("_national_ours", "0"),
    "Росток с устойчивостью": ("_national_ours", str(DRAWS)),
    "Polars": ("_national_polars",),
    "pandas": ("_national_pandas",),
}


@dataclass(frozen=True, slots=True)
class Data:
    """Stored scripts of one size; ``made_in`` is None when they were made before."""

    millions: int
    directory: Path
    scripts: int
    read_scripts: int
    schools: int
    made_in: float | None


def data_of(millions: int) -> Data:
    directory = CACHE / f"national-{millions}m"
    made_in = None
    if not is_version(directory):
        directory.parent.mkdir(parents=True, exist_ok=True)
        started = time.perf_counter()
        schools, scripts = SCHOOLS_PER_MILLION * millions, millions * 1_000_000
        pipeline.synthesise(
            directory, schools=schools, years=YEARS, seed=SEED, kind="parquet", scripts=scripts
        )
        made_in = time.perf_counter() - started
    version = DataVersion.open(directory)
    used = {paper.path for paper in rule.papers(directory)}
    rows = {version.scripts_path(entry.assessment): entry.rows for entry in version.manifest.assessments}
    return Data(millions, directory, sum(rows.values()), sum(rows[path] for path in used),
                version.table("schools").num_rows, made_in)  # fmt: skip


def measure(data: Data, runs: int) -> dict[str, Measured]:
    """The fastest of ``runs`` runs of every program, in turns; all of them gave the same numbers."""
    best: dict[str, Measured] = {}
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            for name, (module, *arguments) in PROGRAMS.items():
                measured = run_module(module, str(data.directory), f"{folder}/{name}", *arguments)
                best[name] = min(measured, best.get(name, measured), key=lambda m: m.seconds)
            check_equal({name: Path(folder) / name for name in PROGRAMS})
    return best


def check_equal(outputs: dict[str, Path]) -> None:
    """AssertionError naming the first program and column that differ from ours."""
    ours, *peers = outputs
    for file, columns, keys in (
        ("results.csv", rule.RESULT_COLUMNS, ["school_id"]),
        ("reasons.csv", rule.REASON_COLUMNS, ["school_id", "year", "subject", "grade"]),
    ):
        expected = _read(outputs[ours] / file, columns, keys)
        for peer in peers:
            found = _read(outputs[peer] / file, columns, keys)
            assert found.height == expected.height, (
                f"{file}: {peer} has {found.height} rows, not {expected.height}"
            )
            for column in columns:
                assert _same(expected[column], found[column]), f"{file}: {column} of {peer} differs"


def _read(path: Path, columns: list[str], keys: list[str]) -> pl.DataFrame:
    types = {"school_id": pl.String, "low_results": pl.String, "low": pl.String}
    return pl.read_csv(path, columns=columns, schema_overrides=types).select(columns).sort(keys)


def _same(one: pl.Series, other: pl.Series) -> bool:
    if not one.dtype.is_float():
        return bool(one.eq_missing(other).all())
    # The last of six digits: rounding half up and half to even part here.
    close = ((one - other).abs() <= 1.000001e-6).fill_null(False) | (one.is_null() & other.is_null())
    return bool(close.all())


def page(found: list[tuple[Data, dict[str, Measured]]]) -> str:
    sizes = [f"{number(data.scripts / 1e6, 1)} млн" for data, _ in found]
    seconds = [[name, *(number(m[name].seconds) for _, m in found)] for name in PROGRAMS]
    memory = [[name, *(number(m[name].together_mb, 0) for _, m in found)] for name in PROGRAMS]
    volumes = [
        ["школ", *(str(data.schools) for data, _ in found)],
        ["работ в окне методики", *(f"{number(data.read_scripts / 1e6)} млн" for data, _ in found)],
        ["строк reasons.csv", *(str(m["Polars"].said["cells"]) for _, m in found)],
        ["данные созданы, с", *(number(data.made_in, 0) if data.made_in else "раньше" for data, _ in found)],
    ]
    return "\n\n".join([
        f"{said_when()} От готового хранилища до results.csv и reasons.csv, методика federal-low-results, весь процесс "
        f"вместе с запуском. Числа всех программ совпали построчно.",
        table(["", *sizes], volumes),
        "Секунд:", table(["", *sizes], seconds),
        "Мегабайт памяти (все процессы, общие страницы один раз):", table(["", *sizes], memory),
        "Программы на Polars и pandas читают только нужные столбцы; объяснений и устойчивости они не дают.",
        f"Для {GOAL_MILLIONS} млн работ:",
        goals(_goals(found)),
    ])  # fmt: skip


def _goals(found: list[tuple[Data, dict[str, Measured]]]) -> list[Goal]:
    """Every goal of the largest size; one that was not measured this time says so."""
    data, measured = next(((d, m) for d, m in found if d.millions == GOAL_MILLIONS), (None, {}))
    plain, firm = (measured.get(name) for name in list(PROGRAMS)[:2])
    return [
        Goal("время без устойчивости", MOST_SECONDS, "с", plain and plain.seconds),
        Goal("время с устойчивостью", MOST_SECONDS_FIRM, "с", firm and firm.seconds),
        Goal("память без устойчивости", MOST_MB, "МБ", plain and plain.together_mb),
        Goal("память с устойчивостью", MOST_MB, "МБ", firm and firm.together_mb),
        Goal("создание данных", MOST_SECONDS_MADE, "с", data and data.made_in),
    ]


def main() -> int:
    return write_page(__doc__, data_of, measure, page, name="national", title="Страна за год")


if __name__ == "__main__":
    sys.exit(main())
