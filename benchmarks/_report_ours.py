"""Child: a stored version → the whole report by the federal methodology, with the sections named."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks._as_installed import hide_pandas

hide_pandas()

from rostok import pipeline  # noqa: E402 - pandas must be hidden first


def main(store: str, sections: str, out: str) -> None:
    named = frozenset(filter(None, sections.split(",")))
    plan = pipeline.Plan(pipeline.find_methodology("federal-low-results"), sections=named)
    run = pipeline.analyse([Path(store)], plan=plan, out=Path(out))
    print(json.dumps(run.seconds | {"bytes": (Path(out) / "report.html").stat().st_size}))


if __name__ == "__main__":
    main(*sys.argv[1:])
