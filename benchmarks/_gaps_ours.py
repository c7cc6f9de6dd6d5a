"""Child: the maps of a stored version, as tables (``tables``) or as the files of ``--maps-only`` (``files``)."""

from __future__ import annotations

import json
import sys
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from benchmarks._as_installed import hide_pandas

hide_pandas()

from rostok import pipeline  # noqa: E402 - pandas must be hidden first
from rostok.pipeline.gap_tables import PaperMap, UnitFigures, gap_rows  # noqa: E402
from rostok.pipeline.gap_units import Level  # noqa: E402
from rostok.store import DataVersion  # noqa: E402
from rostok.store.engines import LEAST_MEMORY, duckdb_engine  # noqa: E402
from rostok.store.memory import give_back  # noqa: E402

Figures = dict[str, float]


def tables(store: str, plan: pipeline.GapPlan) -> Figures:
    """Every row of gaps.csv as an Arrow table, figures as decimals, piece by piece in two threads."""
    said: Figures = {"rows": 0, "answers": 0, "points": 0}
    with duckdb_engine(LEAST_MEMORY) as engine, ThreadPoolExecutor(2) as threads:
        for paper in pipeline.paper_maps(DataVersion.open(Path(store)), engine, plan):
            waiting: deque[Future[Figures]] = deque()
            for figures in paper.pieces():
                waiting.append(threads.submit(_one, paper, figures))
                if len(waiting) > 2:
                    _add(said, waiting.popleft().result())
            for piece in waiting:
                _add(said, piece.result())
            del paper, figures
            give_back()
    return said


def _one(paper: PaperMap, figures: UnitFigures) -> Figures:
    rows = gap_rows(paper, figures)
    sums = figures.sums
    return {"rows": rows.num_rows, "answers": int(sums.answered.sum()), "points": int(sums.scores.sum())}


def _add(said: Figures, more: Figures) -> None:
    for name, value in more.items():
        said[name] += value


def main(what: str, store: str, level: str, out: str) -> None:
    plan = pipeline.GapPlan(by=Level(level), maps_only=True)
    if what == "tables":
        print(json.dumps(tables(store, plan)))
        return
    run = pipeline.gaps([Path(store)], plan=plan, out=Path(out))
    print(json.dumps({"rows": run.rows["gaps.csv"], "bytes": (Path(out) / "gaps.csv").stat().st_size}))


if __name__ == "__main__":
    main(*sys.argv[1:])
