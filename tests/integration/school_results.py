"""Results of made-up schools as a stored version: papers of five points, pupils round the level of their school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rostok.schema.assessments import Assessment
from rostok.schema.scales import Item
from rostok.store import DataVersion
from tests.unit.store.papers import ITEMS, MATH_5, RUSSIAN_5, Row, batch, build, paper, rows_of

Floats = NDArray[np.float64]
Scores = Mapping[str, Sequence[int]]  # school → scores of its pupils

MATH_5_LATER = replace(MATH_5, year=2022)
MATH_6_LATER = replace(MATH_5, year=2022, grade=6, pupil_grade=6)  # those who wrote MATH_5


def names(count: int) -> list[str]:
    return [f"99{at:04d}" for at in range(1, count + 1)]


def drawn(levels: Floats, pupils: int, seed: int) -> dict[str, list[int]]:
    """Scores round 2.5 + level with a spread of one point, whole and from 0 to 5."""
    rng = np.random.default_rng([17, seed])
    points = np.clip(np.rint(2.5 + levels[:, None] + rng.normal(size=(len(levels), pupils))), 0, 5).astype(
        int
    )
    return dict(zip(names(len(levels)), points.tolist(), strict=True))


def stored(
    root: Path,
    papers: Mapping[Assessment, Scores],
    context: Sequence[Row] = (),
    *,
    items: Mapping[Assessment, tuple[Item, ...]] | None = None,
    strangers: bool = False,
) -> DataVersion:
    """A version of these papers; pupils are numbered in their school, every other one a girl.

    ``strangers``: in later papers numbers go to others, so that sexes do not agree.
    """
    batches = []
    for number, (assessment, scores) in enumerate(papers.items()):
        rows = [
            paper(school, str(at), score, sex="mf"[(at // 2 if strangers and number else at) % 2])
            for school, points in scores.items()
            for at, score in enumerate(points)
        ]
        held = (items or {}).get(assessment, ITEMS)
        batches.append(batch(rows, f"{number}.xlsx", assessment, held))
    extra = [rows_of("context", context, "context.csv")] if context else []
    return build(root, *batches, *extra).version


def context_rows(values: Floats, indicator: str = "index", year: int = 2021) -> list[Row]:
    return [
        {"school_id": school, "year": year, "indicator": indicator, "value": float(value), "unit": "points"}
        for school, value in zip(names(len(values)), values.tolist(), strict=True)
    ]


def two_years(root: Path, levels: Floats, later: Floats, pupils: int = 20) -> DataVersion:
    """The same paper in two years, schools at ``levels`` and at ``later`` ones."""
    return stored(root, {MATH_5: drawn(levels, pupils, 1), MATH_5_LATER: drawn(later, pupils, 2)})


def with_context(root: Path, levels: Floats, context: Floats, pupils: int = 20) -> DataVersion:
    """Two subjects of one year and an indicator of conditions of as many schools as it has values."""
    papers = {MATH_5: drawn(levels, pupils, 3), RUSSIAN_5: drawn(levels, pupils, 4)}
    return stored(root, papers, context_rows(context))
