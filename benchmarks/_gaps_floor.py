"""Child, the floor: every item column decoded and added up by DuckDB, no groups."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

from benchmarks._gaps_rule import papers


def main(_: str, store: str, level: str, out: str) -> None:
    rows = 0
    with duckdb.connect() as engine:
        for paper in papers(Path(store)):
            sums = ", ".join(f"sum({name})" for name in paper.items)
            found = engine.execute(f"SELECT count(*), {sums} FROM read_parquet('{paper.path}')").fetchone()
            rows += found[0] if found else 0
    print(json.dumps({"scripts": rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])
