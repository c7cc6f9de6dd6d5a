"""Histograms and descriptive markers of all schools from stored Parquet, beside pandas and Polars.

    python -m benchmarks.objectivity [--sizes 1,5,25] [--runs 2] [--write]

Sizes are millions of scripts, the data those of ``benchmarks.national``. Asked for at 25 million: 8 seconds and
900 MB; better 4 seconds and 500 MB. The peers give means with intervals and rank correlations; ours also classes,
absences, changes of generations and the journal, and writes them all as rows. The numbers both give are compared.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import polars as pl

from benchmarks._harness import Measured, number, run_module, said_when, table, write_page
from benchmarks.national import Data, data_of

PROGRAMS = {
    "Росток": "_objectivity_ours", "Polars": "_objectivity_polars", "pandas": "_objectivity_pandas",
    "чтение столбцов": "_objectivity_floor",
}  # fmt: skip
OURS, PEERS, FLOOR = "Росток", ("Polars", "pandas"), "чтение столбцов"


def measure(data: Data, runs: int) -> dict[str, Measured]:
    """The fastest of ``runs`` runs of every program, in turns; ours and the peers gave the same numbers."""
    best: dict[str, Measured] = {}
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            for name, module in PROGRAMS.items():
                measured = run_module(module, str(data.directory), f"{folder}/{name}")
                best[name] = min(measured, best.get(name, measured), key=lambda m: m.seconds)
            check_equal(_said(Path(folder) / OURS), {name: best[name].said for name in PEERS})
    return best


def _said(out: Path) -> dict[str, list[float]]:
    """Per subject, grade and year: what the peers say of each paper."""
    markers = pl.scan_csv(out / "markers.csv", schema_overrides={"school_id": pl.String})
    value = pl.col("value")
    summed = markers.group_by("marker", "year", "subject", "grade").agg(
        flagged=(pl.col("flagged").cast(pl.String) == "true").sum(), total=value.sum()
    )
    found: dict[str, list[float]] = {}
    for row in summed.collect().iter_rows(named=True):
        key = f"{row['year']}/{row['subject']}/{row['grade']}"
        line = found.setdefault(key, [0.0] * 4)
        if row["marker"] in ("inflated_mean", "journal_reversed"):
            place = int(row["marker"] == "journal_reversed")
            line[place], line[place + 2] = row["flagged"], row["total"]
    return found


def check_equal(ours: dict[str, list[float]], peers: dict[str, dict[str, list[float]]]) -> None:
    """AssertionError naming the first paper whose numbers differ."""
    for peer, said in peers.items():
        for key, figures in said.items():
            _, year, _, subject, grade = key.split("/")
            mine = ours[f"{year}/{subject}/{grade}"]
            same = mine[:2] == figures[:2] and all(
                abs(a - b) < 0.05 for a, b in zip(mine[2:], figures[2:], strict=True)
            )
            assert same, f"{key}: {peer} says {json.dumps(figures)}, ours {json.dumps(mine)}"


def page(found: list[tuple[Data, dict[str, Measured]]]) -> str:
    sizes = [f"{number(data.scripts / 1e6, 1)} млн" for data, _ in found]
    seconds = [[name, *(number(m[name].seconds) for _, m in found)] for name in PROGRAMS]
    memory = [[name, *(number(m[name].together_mb, 0) for _, m in found)] for name in PROGRAMS]
    ratio = [["Росток ÷ чтение столбцов", *(number(m[OURS].seconds / m[FLOOR].seconds) for _, m in found)]]
    return "\n\n".join([
        f"{said_when()} Распределения баллов и описательные признаки всех школ: от готового хранилища до markers.csv, "
        "schools.csv и region.csv (`--no-tests`), весь процесс вместе с запуском. Средние с интервалами и ранговые "
        "корреляции всех программ сверены по каждой работе; остальное (классы, отсутствие, параллели, журнал, строка на "
        "каждый признак) делает только Росток.",
        "Секунд:", table(["", *sizes], seconds + ratio),
        "Мегабайт памяти:", table(["", *sizes], memory),
        "Требуется для 25 млн работ: 8 с, 900 МБ; желательно 4 с, 500 МБ.",
    ])  # fmt: skip


def main() -> int:
    return write_page(
        __doc__,
        data_of,
        measure,
        page,
        name="objectivity",
        title="Объективность: описательные признаки страны",
    )


if __name__ == "__main__":
    sys.exit(main())
