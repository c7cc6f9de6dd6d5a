"""Child, the peer: histograms, means with intervals and rank correlations of every school by pandas."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

Z = 1.96
COLUMNS = ["school_id", "journal_mark", "raw_score", "participant"]


def histogram(path: Path) -> pd.DataFrame:
    """School × journal mark × score, counted on codes of the schools."""
    scripts = pd.read_parquet(path, columns=COLUMNS, dtype_backend="pyarrow")
    scripts = scripts[scripts["participant"] & scripts["raw_score"].notna()]
    codes, schools = pd.factorize(scripts["school_id"])
    plain = pd.DataFrame({
        "school_id": codes.astype(np.int32),
        "journal_mark": scripts["journal_mark"].fillna(0).to_numpy(dtype=np.int8),
        "raw_score": scripts["raw_score"].to_numpy(dtype=np.int16),
    })  # fmt: skip
    counts = (
        plain.groupby(["school_id", "journal_mark", "raw_score"], sort=True).size().rename("n").reset_index()
    )
    counts["n"] = counts["n"].astype(float)
    counts.attrs["schools"] = np.asarray(schools)
    return counts


def markers(counts: pd.DataFrame) -> pd.DataFrame:
    work = counts.assign(
        s=counts["n"] * counts["raw_score"], q=counts["n"] * counts["raw_score"].astype(float) ** 2
    )
    sums = work.groupby("school_id")[["n", "s", "q"]].sum()
    n, mean = sums["n"], sums["s"] / sums["n"]
    lower = mean - Z * np.sqrt(((sums["q"] - n * mean**2) / (n - 1)).clip(lower=0) / n)
    # A school is compared with its own region: the first two digits of its key.
    region = pd.Series(counts.attrs["schools"][sums.index], index=sums.index).str[:2]
    every = sums.groupby(region).sum()
    middle = every["s"] / every["n"]
    limits = middle + Z * np.sqrt((every["q"] - every["n"] * middle**2) / (every["n"] - 1) / every["n"])
    limit = region.map(limits)
    known = counts[counts["journal_mark"] > 0].copy()
    total = known.groupby("school_id")["n"].transform("sum")
    for column, name in (("journal_mark", "x"), ("raw_score", "y")):
        values = known.groupby(["school_id", column])["n"].sum()
        rank = values.groupby(level=0).cumsum() - (values - 1) / 2
        keys = pd.MultiIndex.from_arrays([known["school_id"], known[column]])
        known[name] = rank.reindex(keys).to_numpy() - (total + 1) / 2
    parts = pd.DataFrame({
        "school_id": known["school_id"], "m": known["n"], "xx": known["n"] * known["x"] ** 2,
        "yy": known["n"] * known["y"] ** 2, "xy": known["n"] * known["x"] * known["y"],
    }).groupby("school_id").sum()  # fmt: skip
    m = parts["m"]
    official = 1 - 6 * (parts["xx"] + parts["yy"] - 2 * parts["xy"]) / (m * (m * m - 1))
    ties = parts["xy"] / np.sqrt(parts["xx"] * parts["yy"])
    return pd.DataFrame(
        {"pupils": n, "lower": lower, "flagged": lower > limit, "official": official, "ties": ties}
    )


def main(store: str, out: str) -> None:
    folder, target, said = Path(store), Path(out), {}
    target.mkdir(parents=True)
    for path in sorted((folder / "scripts").rglob("*.parquet")):
        key = path.relative_to(folder / "scripts").with_suffix("").as_posix()
        counts = histogram(path)
        found = markers(counts)
        found.index = counts.attrs["schools"][found.index]
        found.to_csv(target / f"{key.replace('/', '-')}.csv", float_format="%.6f", index_label="school_id")
        official = found[found["pupils"] > 1]
        said[key] = [int(found["flagged"].sum()), int((official["official"] < 0).sum()), float(official["lower"].sum()),
                     float(official["official"].sum())]  # fmt: skip
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
