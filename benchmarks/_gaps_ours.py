"""Child: the maps of a stored version, as tables (``tables``) or as the files of ``--maps-only`` (``files``)."""

from __future__ import annotations

import functools
import json
import sys
from pathlib import Path

from benchmarks._as_installed import hide_pandas

hide_pandas()

from rostok import pipeline  # noqa: E402 - pandas must be hidden first
from rostok.pipeline.ahead import ahead  # noqa: E402
from rostok.pipeline.gap_tables import PaperMap, gap_rows  # noqa: E402
from rostok.pipeline.gap_units import Level  # noqa: E402
from rostok.store import DataVersion  # noqa: E402
from rostok.store.engines import LEAST_MEMORY, duckdb_engine  # noqa: E402
from rostok.store.memory import give_back  # noqa: E402

Figures = dict[str, float]


def tables(store: str, plan: pipeline.GapPlan) -> Figures:
    """Every row of gaps.csv as an Arrow table, figures as decimals, piece by piece in two threads."""
    said: Figures = {"rows": 0, "answers": 0, "points": 0}
    with duckdb_engine(LEAST_MEMORY) as engine:
        for paper in pipeline.paper_maps(DataVersion.open(Path(store)), engine, plan):
            for figures in ahead(functools.partial(_one, paper), paper.spans(), threads=2):
                for name, value in figures.items():
                    said[name] += value
            del paper
            give_back()
    return said


def _one(paper: PaperMap, span: slice) -> Figures:
    figures = paper.figures(span)
    rows = gap_rows(paper, figures)
    sums = figures.sums
    return {"rows": rows.num_rows, "answers": int(sums.answered.sum()), "points": int(sums.scores.sum())}


def main(what: str, store: str, level: str, out: str) -> None:
    plan = pipeline.GapPlan(by=Level(level), maps_only=True)
    if what == "tables":
        print(json.dumps(tables(store, plan)))
        return
    run = pipeline.gaps([Path(store)], plan=plan, out=Path(out))
    print(json.dumps({"rows": run.rows["gaps.csv"], "bytes": (Path(out) / "gaps.csv").stat().st_size}))


if __name__ == "__main__":
    main(*sys.argv[1:])
