"""Child: a stored version → results.csv and reasons.csv by the federal methodology. ``draws`` 0: no firmness."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks._as_installed import hide_pandas

hide_pandas()

from rostok import pipeline  # noqa: E402 - pandas must be hidden first


def main(store: str, out: str, draws: str) -> None:
    plan = pipeline.Plan(pipeline.find_methodology("federal-low-results"), draws=int(draws), report=False)
    run = pipeline.analyse([Path(store)], plan=plan, out=Path(out))
    print(json.dumps(run.seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
