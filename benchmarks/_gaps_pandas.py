"""Child, the peer: the same map by pandas, paper by paper, schools as categories; without correlations and effects."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from benchmarks._gaps_rule import Paper, Z, keys, papers


def sums_of(paper: Paper, level: str) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Participants of each unit, and per statistic a frame of units × items."""
    named = keys(level)
    read = pq.read_table(paper.path, columns=[*named, "participant", *paper.items], read_dictionary=named)
    read = read.filter(read["participant"])
    groups = read.select(named).to_pandas()
    by = [groups[name] for name in named]
    blank = -3  # one more value keeps the columns int8; a missing value would make them floats
    items = pd.DataFrame({name: read[name].fill_null(blank).to_numpy() for name in paper.items}, copy=False)
    points = items.clip(lower=0)
    parts = {
        "n": items >= -1, "s": points, "q": points.astype(np.int16) ** 2, "x": items == -1, "t": items == -2,
    }  # fmt: skip
    found = {
        name: frame.groupby(by, observed=True, sort=False).sum().astype(np.int64)
        for name, frame in parts.items()
    }
    return groups.groupby(by, observed=True, sort=False).size(), found


def long(paper: Paper, level: str) -> pd.DataFrame:
    size, sums = sums_of(paper, level)
    most = np.array(paper.maxima, float)
    n, s, q = (sums[name].to_numpy(float) for name in ("n", "s", "q"))
    with np.errstate(invalid="ignore", divide="ignore"):
        p = s / (n * most)
        spread = q / (n * most**2) - p * p
        told = np.where(spread > 0, n * p * (1 - p) / spread, n)
        half = np.sqrt(Z * Z * (p * (1 - p) * told + Z * Z / 4)) / (told + Z * Z)
        centre = (p * told + Z * Z / 2) / (told + Z * Z)
        region = np.broadcast_to(100 * s.sum(axis=0) / (n.sum(axis=0) * most), p.shape)
        columns = {
            "n": n, "mean": s / n, "percent": 100 * p, "lower": 100 * (centre - half), "upper": 100 * (centre + half),
            "region": region, "difference": 100 * p - region, "x_share": sums["x"].to_numpy() / n,
            "t_share": sums["t"].to_numpy() / size.to_numpy()[:, None], "s": s,
        }  # fmt: skip
    frame = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
    frame["item"] = np.tile(np.arange(len(most)), len(n))
    frame["status"] = np.where(frame["upper"] < 57, -1, np.where(frame["lower"] > 63, 1, 0))
    units = np.repeat(np.arange(len(n)), len(most))
    for at, name in enumerate(keys(level)):
        index = sums["n"].index
        values = index.get_level_values(at) if index.nlevels > 1 else index
        frame[name] = pd.Categorical(values)[units]
    return frame


def main(_: str, store: str, level: str, out: str) -> None:
    said = {"rows": 0, "answers": 0, "points": 0}
    for paper in papers(Path(store)):
        found = long(paper, level)
        said["rows"] += len(found)
        said["answers"] += int(found["n"].sum())
        said["points"] += int(found["s"].sum())
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
