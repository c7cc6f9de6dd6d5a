"""Child: a stored version → markers.csv, schools.csv, region.csv, without the tests."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks._as_installed import hide_pandas

hide_pandas()

from rostok import pipeline  # noqa: E402 - pandas must be hidden first


def main(store: str, out: str) -> None:
    run = pipeline.objectivity([Path(store)], plan=pipeline.ObjectivityPlan(tests=False), out=Path(out))
    print(json.dumps(run.seconds))


if __name__ == "__main__":
    main(*sys.argv[1:])
