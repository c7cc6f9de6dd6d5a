"""Pupils of 40,000 schools with a score and five covariates, written as Parquet school by school."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks._harness import CACHE

SCHOOLS, PER_TOWN = 40_000, 16
COVARIATES = ("prior", "sex", "ses", "context", "size")
# What the made-up scores follow; the intercept first.
TRUTH = (3.0, 0.6, 0.5, 0.8, 0.2, -0.1)
BETWEEN, TOWNS, WITHIN = 4.0, 1.0, 16.0
_ROW_GROUP = 120_000


def table_of(millions: float) -> Path:
    """The file of that many million pupils; made once."""
    path = CACHE / f"pupils-{millions:g}m.parquet"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".aside")
        _write(aside, int(millions * 1e6))
        aside.replace(path)
    return path


def _write(path: Path, pupils: int) -> None:
    rng = np.random.default_rng(1)
    share = rng.lognormal(0, 0.8, SCHOOLS)
    sizes = np.maximum(1, share / share.sum() * pupils).astype(int)
    school = rng.normal(0, BETWEEN**0.5, SCHOOLS) + np.repeat(
        rng.normal(0, TOWNS**0.5, SCHOOLS // PER_TOWN), PER_TOWN
    )
    context, level = rng.normal(5, 2, SCHOOLS), rng.normal(0, 0.5, SCHOOLS)
    writer = None
    for places in np.array_split(np.arange(SCHOOLS), max(1, pupils // _ROW_GROUP)):
        at = np.repeat(places, sizes[places])
        table = _rows(rng, at, school, context, level, np.log(sizes))
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    assert writer is not None
    writer.close()


def _rows(
    rng: np.random.Generator, at: np.ndarray, school: np.ndarray, context: np.ndarray, level: np.ndarray, size: np.ndarray
) -> pa.Table:  # fmt: skip
    prior, sex = rng.normal(10, 3, len(at)).round(2), rng.integers(0, 2, len(at))
    ses = (rng.normal(0, 1, len(at)) + level[at]).round(3)
    columns = (prior, sex, ses, context[at], size[at])
    score = TRUTH[0] + sum(b * x for b, x in zip(TRUTH[1:], columns, strict=True)) + school[at]
    score = (score + rng.normal(0, WITHIN**0.5, len(at))).round(2)
    return pa.table({
        "school": [f"{100_000 + k}" for k in at.tolist()], "town": [f"m{k // PER_TOWN:04d}" for k in at.tolist()],
        "score": score, "prior": prior, "sex": pa.array(sex, pa.int8()), "ses": ses, "context": columns[3],
        "size": columns[4],
    })  # fmt: skip
