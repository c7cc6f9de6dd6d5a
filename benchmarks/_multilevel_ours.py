"""One model by us, as a process of its own: the file, then the group columns and slopes asked for."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import ibis

from benchmarks._multilevel_data import COVARIATES
from rostok import pipeline


def main() -> None:
    path, levels, slope = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    pipeline.value_added, ibis.duckdb  # noqa: B018 - loaded when first named; that is not the computation
    started = time.perf_counter()
    found = pipeline.value_added(
        path, outcome="score", covariates=COVARIATES, group="school", group2="town" if levels == 3 else None,
        slopes=[slope] if slope else [],
    )  # fmt: skip
    seconds = time.perf_counter() - started
    said = {
        "seconds": seconds, "rows": found.fit.rows, "criterion": found.fit.criterion,
        "between": float(found.fit.levels[0].covariance[0, 0]), "estimates": found.fit.estimates.tolist(),
    }  # fmt: skip
    print(json.dumps(said))


if __name__ == "__main__":
    main()
