"""Made-up regions with planted schools, as stored versions, and the truth behind each school."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rostok import pipeline
from rostok.pipeline.reading import scale_book
from rostok.statistics.intervals import wilson
from rostok.store import DataVersion
from rostok.store.engines import duckdb_engine
from rostok.synth import generate
from rostok.synth.schools import Schools

_T = TypeVar("_T")

SIZES = ((0, 12, "до 12"), (12, 25, "12–24"), (25, 50, "25–49"), (50, 75, "50–74"), (75, 1000, "75 и больше"))


@dataclass(frozen=True)
class Truth:
    """In the order of ``schools``: pupils a grade, and what was planted. ``own``: effect beyond what context expects."""

    schools: tuple[str, ...]
    size: NDArray[np.int64]
    planted: NDArray[np.str_]
    context: NDArray[np.float64]
    own: NDArray[np.float64]
    trend: NDArray[np.float64]


def truth_of(schools: Schools) -> Truth:
    """Expected is the line of lasting effects on context over the region."""
    slope, level = np.polyfit(schools.context, schools.effect, 1)
    return Truth(
        schools.keys, schools.size, np.array(schools.planted), schools.context,
        schools.effect - level - slope * schools.context, schools.trend,
    )  # fmt: skip


def with_region(
    seed: int, schools: int, years: Sequence[int], work: Callable[[DataVersion, Any, Truth], _T]
) -> _T:
    """``work`` with the stored region, an engine, and the truth."""
    truth = truth_of(
        generate(schools=schools, years=years, seed=seed, scales=scale_book()).population.schools
    )
    with tempfile.TemporaryDirectory() as folder, duckdb_engine(threads=1) as engine:
        pipeline.synthesise(Path(folder) / "region", schools=schools, years=years, seed=seed, kind="parquet")
        return work(DataVersion.open(Path(folder) / "region"), engine, truth)


def share(hits: float, base: float) -> str:
    """``12 из 20: 0,60 (0,39–0,78)``."""
    if not base:
        return "—"
    low, high = wilson(hits, base)
    text = f"{hits:.0f} из {base:.0f}: {hits / base:.2f} ({float(low):.2f}–{float(high):.2f})"
    return text.replace(".", ",")
