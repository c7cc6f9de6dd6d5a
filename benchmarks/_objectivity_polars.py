"""Child, the peer: histograms, means with intervals and rank correlations of every school by Polars."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl

Z = 1.96


def histogram(path: Path) -> pl.DataFrame:
    """School × journal mark × score: the one pass over the scripts."""
    return (
        pl.scan_parquet(path)
        .filter(pl.col("participant") & pl.col("raw_score").is_not_null())
        .group_by("school_id", "journal_mark", "raw_score")
        .agg(n=pl.len().cast(pl.Float64))
        .collect(engine="streaming")
    )


def markers(counts: pl.DataFrame) -> pl.DataFrame:
    """Per school: pupils, lower end of the interval, flag, both rank correlations."""
    score, n = pl.col("raw_score").cast(pl.Float64), pl.col("n")
    sums = {"pupils": n.sum(), "total": (n * score).sum(), "squares": (n * score * score).sum()}
    # A school is compared with its own region: the first two digits of its key.
    region = pl.col("school_id").str.head(2).alias("region")
    mean, variance = pl.col("total") / pl.col("pupils"), _variance()
    error = (variance / pl.col("pupils")).sqrt()
    limits = counts.group_by(region).agg(**sums).select("region", limit=mean + Z * error)
    found = counts.group_by("school_id").agg(**sums).with_columns(region, lower=mean - Z * error)
    found = found.join(limits, on="region")
    known = counts.filter(pl.col("journal_mark").is_not_null())
    ranked = _ranked(_ranked(known, "journal_mark", "x"), "raw_score", "y")
    middle = n.sum().over("school_id")
    centred = ranked.with_columns(x=pl.col("x") - (middle + 1) / 2, y=pl.col("y") - (middle + 1) / 2)
    ranks = centred.group_by("school_id").agg(
        m=n.sum(), xx=(n * pl.col("x") ** 2).sum(), yy=(n * pl.col("y") ** 2).sum(),
        xy=(n * pl.col("x") * pl.col("y")).sum(),
    )  # fmt: skip
    m = pl.col("m")
    ranks = ranks.select(
        "school_id",
        official=1 - 6 * (pl.col("xx") + pl.col("yy") - 2 * pl.col("xy")) / (m * (m * m - 1)),
        ties=pl.col("xy") / (pl.col("xx") * pl.col("yy")).sqrt(),
    )
    return found.select(
        "school_id",
        "pupils",
        "lower",
        flagged=(pl.col("lower") > pl.col("limit")) & pl.col("lower").is_not_nan(),
    ).join(ranks, on="school_id", how="left")


def _variance() -> pl.Expr:
    n = pl.col("pupils")
    return ((pl.col("squares") - pl.col("total") ** 2 / n) / (n - 1)).clip(0)


def _ranked(counts: pl.DataFrame, column: str, name: str) -> pl.DataFrame:
    """Mid-ranks of the values within each school, from the counts."""
    values = counts.group_by("school_id", column).agg(same=pl.col("n").sum()).sort("school_id", column)
    ranks = values.with_columns(
        (pl.col("same").cum_sum().over("school_id") - (pl.col("same") - 1) / 2).alias(name)
    )
    return counts.join(ranks.drop("same"), on=["school_id", column])


def main(store: str, out: str) -> None:
    folder = Path(store)
    target = Path(out)
    target.mkdir(parents=True)
    said = {}
    for path in sorted((folder / "scripts").rglob("*.parquet")):
        key = path.relative_to(folder / "scripts").with_suffix("").as_posix()
        found = markers(histogram(path))
        found.write_csv(target / f"{key.replace('/', '-')}.csv", float_precision=6)
        official = found.filter(pl.col("pupils") > 1)
        said[key] = [int(found["flagged"].sum()), int((official["official"] < 0).sum()), float(official["lower"].sum()),
                     float(official["official"].sum())]  # fmt: skip
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
