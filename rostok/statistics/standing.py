"""Where a school stands on the papers it wrote: percentage points above or below the region, with the error.

Papers differ in difficulty, so a school is compared with the region on each paper by itself. What another cohort of
the same school would show is learnt from schools with several cohorts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Papers:
    """Sums of a paper's participants by school, in percent correct. One row per school and paper.

    ``paper`` and ``cohort`` are numbers from 0; ``cohort``: of which children the paper is.
    """

    school: Whole
    paper: Whole
    cohort: Whole
    n: Floats
    total: Floats
    squares: Floats


@dataclass(frozen=True, slots=True)
class Standing:
    """By school: ``result`` NaN without papers. ``variance``: of sampling children and of cohorts."""

    result: Floats
    variance: Floats
    n: Floats  # scripts
    cohorts: Whole
    cohort_variance: float  # between cohorts of a school beyond sampling; NaN where no school has two

    @property
    def error(self) -> Floats:
        return np.sqrt(self.variance)


def standing(papers: Papers, schools: int) -> Standing:
    """Mean over a school's scripts of (its percent correct − the region's on that paper).

    Papers of one cohort are written by the same children: their errors are taken as going together fully, which is
    the widest they can be. Cohorts are independent, and differ by ``cohort_variance`` beyond sampling children.
    """
    keep = papers.n > 0
    if not keep.any():
        empty = np.full(schools, np.nan)
        return Standing(empty, empty, np.zeros(schools), np.zeros(schools, np.int64), float("nan"))
    school, paper, cohort = papers.school[keep], papers.paper[keep], papers.cohort[keep]
    n, total, squares = papers.n[keep], papers.total[keep], papers.squares[keep]
    deviation = total / n - _region_means(paper, n, total)[paper]
    error = np.sqrt(_within_variances(paper, n, total, squares)[paper] / n)
    cohorts = int(cohort.max()) + 1
    cells, cell = np.unique(school * cohorts + cohort, return_inverse=True)
    weight = np.bincount(cell, n)
    mean = np.bincount(cell, n * deviation) / weight
    sampling = (np.bincount(cell, n * error) / weight) ** 2
    owner = cells // cohorts
    between = cohort_variance(owner, mean, sampling)
    share = weight / np.bincount(owner, weight, schools)[owner]
    found = np.bincount(owner, share * mean, schools)
    variance = np.bincount(owner, share**2 * (sampling + np.nan_to_num(between)), schools)
    count = np.bincount(owner, minlength=schools)
    has = count > 0
    return Standing(np.where(has, found, np.nan), np.where(has, variance, np.nan),
                    np.asarray(np.bincount(owner, weight, schools), float), count, between)  # fmt: skip


def _region_means(paper: Whole, n: Floats, total: Floats) -> Floats:
    return np.asarray(np.bincount(paper, total) / np.maximum(np.bincount(paper, n), 1))


def _within_variances(paper: Whole, n: Floats, total: Floats, squares: Floats) -> Floats:
    """Variance of children within schools by paper, pooled; over all children where no school has two."""
    inside = np.bincount(paper, np.maximum(squares - total**2 / n, 0))
    freedom = np.bincount(paper, n - 1)
    count = np.bincount(paper, n)
    whole = np.bincount(paper, squares) - np.bincount(paper, total) ** 2 / np.maximum(count, 1)
    pooled = inside / np.maximum(freedom, 1)
    return np.asarray(np.where(freedom > 0, pooled, np.maximum(whole, 0) / np.maximum(count - 1, 1)))


def cohort_variance(school: Whole, mean: Floats, sampling: Floats) -> float:
    """Variance between cohorts of a school beyond ``sampling``, by moments; NaN where no school has two cohorts.

    Schools weigh by how exactly their cohorts are known, found in two steps (as DerSimonian and Laird 1986).
    """
    count = np.bincount(school).astype(float)
    several = count >= 2
    if not several.any():
        return float("nan")
    at_least = np.maximum(count, 1)
    centre = np.bincount(school, mean) / at_least
    spread = np.bincount(school, (mean - centre[school]) ** 2)[several] / (count[several] - 1)
    noise = (np.bincount(school, sampling) / at_least)[several]
    freedom = count[several] - 1
    found = 0.0
    for _ in range(2):
        scale = noise + found
        if not (scale > 0).all():
            scale = np.ones(len(noise))
        weight = freedom / scale**2
        found = max(0.0, float(weight @ (spread - noise) / weight.sum()))
    return found
