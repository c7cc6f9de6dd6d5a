"""Child, the peer: the same numbers by pandas, file by file, only the columns needed, schools as categories."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from benchmarks import _federal as rule


def counted(paper: rule.Paper) -> pd.DataFrame:
    """Counts by school of one paper."""
    columns = ["school_id", "participant", "absent", "under_minimum"]
    read = pq.read_table(paper.path, columns=columns, read_dictionary=["school_id"])
    scripts = read.set_column(3, "under_minimum", read["under_minimum"].fill_null(False)).to_pandas()
    sums = scripts.groupby("school_id", observed=True, sort=False)[
        ["participant", "absent", "under_minimum"]
    ].sum()
    sums = sums.set_axis(["participants", "absent", "below"], axis=1).reset_index()
    sums["school_id"] = sums["school_id"].astype(str)
    return sums.assign(**paper.identity)


def cells(store: Path) -> pd.DataFrame:
    """School × paper: counts, share, interval, verdict as words."""
    found = pd.concat([counted(paper) for paper in rule.papers(store)], ignore_index=True)
    n, x, z2 = found["participants"].to_numpy(float), found["below"].to_numpy(float), rule.Z**2
    with np.errstate(invalid="ignore", divide="ignore"):
        half = np.sqrt(z2 * (x * (n - x) / n + z2 / 4)) / (n + z2)
        centre = (x + z2 / 2) / (n + z2)
        found["share_below"] = x / n
    found["lower"] = np.where(n > 0, np.where(x == 0, 0.0, centre - half), np.nan)
    found["upper"] = np.where(n > 0, np.where(x == n, 1.0, centre + half), np.nan)
    low = np.where(found["share_below"] >= rule.THRESHOLD, "true", "false")
    found["low"] = np.where(n >= rule.MIN_PARTICIPANTS, low, "unknown")
    return found


def results(cells: pd.DataFrame, schools: pd.DataFrame, papers: int) -> pd.DataFrame:
    """One row per school of the register; a paper held without the school is unknown, but not for primary schools."""
    lows = cells[cells["low"] == "true"]
    joined = schools.set_index("school_id").sort_index()
    joined["low_count"] = lows.groupby("school_id").size()
    joined["cohorts"] = lows.groupby("school_id")["cohort"].nunique()
    joined["known"] = cells[cells["low"] != "unknown"].groupby("school_id").size()
    joined["present"] = cells.groupby("school_id").size()
    numbers = ["low_count", "cohorts", "known", "present"]
    joined[numbers] = joined[numbers].fillna(0).astype(int)
    joined["assessment_count"] = np.where(joined["kind"] == rule.PRIMARY, joined["present"], papers)
    joined["unknown_count"] = joined["assessment_count"] - joined["known"]
    could = joined["low_count"] + joined["unknown_count"] >= rule.MIN_ASSESSMENTS
    unknown = could | (joined["assessment_count"] == 0)
    joined["low_results"] = np.where(
        joined["low_count"] >= rule.MIN_ASSESSMENTS, "true", np.where(unknown, "unknown", "false")
    )
    return joined.reset_index()[rule.RESULT_COLUMNS]


def main(store: str, out: str) -> None:
    folder, target = Path(store), Path(out)
    target.mkdir(parents=True)
    found = cells(folder)
    schools = pq.read_table(folder / "schools.parquet", columns=["school_id", "kind"]).to_pandas()
    found.sort_values(["year", "subject", "grade", "school_id"])[rule.REASON_COLUMNS].to_csv(
        target / "reasons.csv", index=False, float_format="%.6f"
    )
    results(found, schools, len(rule.papers(folder))).to_csv(target / "results.csv", index=False)
    print(json.dumps({"cells": len(found)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
