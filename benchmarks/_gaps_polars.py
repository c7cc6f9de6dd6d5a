"""Child, the peer: the same map by Polars, lazy and streaming; without correlations and effects of schools."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import polars as pl

from benchmarks._gaps_rule import Paper, Z, keys, papers


def wide(paper: Paper, level: str) -> pl.DataFrame:
    """Unit × item sums side by side."""
    sums: list[pl.Expr] = []
    for at, name in enumerate(paper.items):
        item = pl.col(name)
        sums += [
            (item >= -1).sum().cast(pl.Int64).alias(f"n{at}"),
            item.clip(lower_bound=0).cast(pl.Int64).sum().alias(f"s{at}"),
            item.clip(lower_bound=0).cast(pl.Int16).pow(2).cast(pl.Int64).sum().alias(f"q{at}"),
            (item == -1).sum().cast(pl.Int64).alias(f"x{at}"),
            (item == -2).sum().cast(pl.Int64).alias(f"t{at}"),
        ]
    scripts = pl.scan_parquet(paper.path).filter(pl.col("participant"))
    return scripts.group_by(keys(level)).agg(pl.len().alias("all"), *sums).collect(engine="streaming")


def long(paper: Paper, level: str) -> pl.DataFrame:
    """The rows of the map with intervals and statuses."""
    sums = wide(paper, level)
    parts = [
        sums.select(
            *keys(level), pl.col("all"), pl.lit(at).alias("item"), pl.lit(most).alias("max"),
            n=f"n{at}", s=f"s{at}", q=f"q{at}", x=f"x{at}", t=f"t{at}",
        )
        for at, most in enumerate(paper.maxima)
    ]  # fmt: skip
    n, most = pl.col("n"), pl.col("max")
    p = pl.col("s") / (n * most)
    spread = pl.col("q") / (n * most * most) - p * p
    told = pl.when(spread > 0).then(n * p * (1 - p) / spread).otherwise(n)
    half = (Z * Z * (p * (1 - p) * pl.col("m") + Z * Z / 4)).sqrt() / (pl.col("m") + Z * Z)
    centre = (p * pl.col("m") + Z * Z / 2) / (pl.col("m") + Z * Z)
    return (
        pl.concat(parts)
        .with_columns(m=told)
        .with_columns(
            percent=100 * p, mean=pl.col("s") / n, lower=100 * (centre - half), upper=100 * (centre + half),
            region=100 * pl.col("s").sum().over("item") / (n.sum().over("item") * most),
            x_share=pl.col("x") / n, t_share=pl.col("t") / pl.col("all"),
        )
        .with_columns(
            difference=pl.col("percent") - pl.col("region"),
            status=pl.when(pl.col("upper") < 57).then(-1).when(pl.col("lower") > 63).then(1).otherwise(0),
        )
    )  # fmt: skip


def main(_: str, store: str, level: str, out: str) -> None:
    said = {"rows": 0, "answers": 0, "points": 0}
    for paper in papers(Path(store)):
        found = long(paper, level)
        if level == "class":
            found = found.filter(pl.col("class_name").is_not_null())
        said["rows"] += found.height
        said["answers"] += int(found["n"].sum())
        said["points"] += int(found["s"].sum())
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
