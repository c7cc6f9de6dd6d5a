"""Child, the peer: the same numbers by Polars, lazy and streaming, only the columns needed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl

from benchmarks import _federal as rule


def cells(store: Path) -> pl.DataFrame:
    """School × paper: counts, share, interval, verdict."""
    counted = [
        pl.scan_parquet(paper.path)
        .group_by("school_id")
        .agg(
            participants=pl.col("participant").sum(),
            absent=pl.col("absent").sum(),
            below=pl.col("under_minimum").sum(),
        )
        .with_columns(**{name: pl.lit(value) for name, value in paper.identity.items()})
        for paper in rule.papers(store)
    ]
    n, x, z2 = pl.col("participants"), pl.col("below"), rule.Z**2
    half = (z2 * (x * (n - x) / n + z2 / 4)).sqrt() / (n + z2)
    centre = (x + z2 / 2) / (n + z2)
    enough = n >= rule.MIN_PARTICIPANTS
    return (
        pl.concat(counted)
        .with_columns(
            share_below=pl.when(n > 0).then(x / n),
            lower=pl.when(n > 0).then(pl.when(x == 0).then(0.0).otherwise(centre - half)),
            upper=pl.when(n > 0).then(pl.when(x == n).then(1.0).otherwise(centre + half)),
            low=pl.when(enough).then(x / n >= rule.THRESHOLD),
        )
        .collect(engine="streaming")
    )


def results(cells: pl.DataFrame, schools: pl.DataFrame, papers: int) -> pl.DataFrame:
    """One row per school of the register; a paper held without the school is unknown, but not for primary schools."""
    low = pl.col("low")
    summed = cells.group_by("school_id").agg(
        low_count=low.sum(),
        known=low.is_not_null().sum(),
        present=pl.len(),
        cohorts=pl.col("cohort").filter(low).n_unique(),
    )
    joined = schools.join(summed, on="school_id", how="left").with_columns(
        pl.col("low_count", "known", "present", "cohorts").fill_null(0)
    )
    expected = pl.when(pl.col("kind") == rule.PRIMARY).then(pl.col("present")).otherwise(papers)
    unknown = expected - pl.col("known")
    return joined.select(
        "school_id",
        low_results=pl.when(pl.col("low_count") >= rule.MIN_ASSESSMENTS)
        .then(pl.lit("true"))
        .when((expected == 0) | (pl.col("low_count") + unknown >= rule.MIN_ASSESSMENTS))
        .then(pl.lit("unknown"))
        .otherwise(pl.lit("false")),
        low_count="low_count",
        assessment_count=expected,
        unknown_count=unknown,
        cohorts="cohorts",
    ).sort("school_id")


def main(store: str, out: str) -> None:
    folder, target = Path(store), Path(out)
    target.mkdir(parents=True)
    found = cells(folder)
    schools = pl.read_parquet(folder / "schools.parquet", columns=["school_id", "kind"])
    words = found.with_columns(low=pl.col("low").cast(pl.String).fill_null("unknown"))
    words.sort(["year", "subject", "grade", "school_id"]).select(rule.REASON_COLUMNS).write_csv(
        target / "reasons.csv", float_precision=6
    )
    results(found, schools, len(rule.papers(folder))).write_csv(target / "results.csv")
    print(json.dumps({"cells": found.height}))


if __name__ == "__main__":
    main(*sys.argv[1:])
