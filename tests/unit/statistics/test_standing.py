"""Where a school stands on its papers: by hand, and coverage of the errors by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rostok.statistics.standing import Papers, cohort_variance, standing

RNG = np.random.default_rng(3)


def papers(rows: list[tuple[int, int, int, list[float]]]) -> Papers:
    """Rows of school, paper, cohort, percents of its pupils."""
    columns = list(zip(*rows, strict=True))
    school, paper, cohort = (np.array(column, np.int64) for column in columns[:3])
    values = [np.array(column) for column in columns[3]]
    sums = [np.array([float(f(v)) for v in values]) for f in (len, np.sum, lambda v: np.sum(v**2))]
    return Papers(school, paper, cohort, *sums)


def test_two_schools_by_hand() -> None:
    found = standing(papers([(0, 0, 0, [40, 60]), (1, 0, 0, [60, 80]), (0, 1, 0, [50, 50, 80])]), 3)
    # Paper 0: region 60, school 0 −10; paper 1: only school 0, 0. Mean over scripts: (2·−10 + 3·0) ÷ 5 = −4.
    np.testing.assert_allclose(found.result, [-4, 10, math.nan])
    # Within schools: paper 0 (200 + 200) ÷ 2 = 200, paper 1 600 ÷ 2 = 300. One cohort: errors 10 and 10 go together.
    np.testing.assert_allclose(found.variance, [((2 * 10 + 3 * 10) / 5) ** 2, 100, math.nan])
    assert found.n.tolist() == [5, 2, 0] and found.cohorts.tolist() == [1, 1, 0]
    assert math.isnan(found.cohort_variance)


def test_difficulty_of_papers_does_not_matter() -> None:
    base = [(0, 0, 0, [10.0, 30]), (1, 0, 0, [30.0, 50]), (0, 1, 1, [20.0, 20]), (1, 1, 1, [60.0, 40])]
    harder = [(s, p, c, [v - 5 * p for v in values]) for s, p, c, values in base]
    np.testing.assert_allclose(standing(papers(base), 2).result, standing(papers(harder), 2).result)


def test_variance_between_cohorts_by_hand() -> None:
    # Two schools of two cohorts, 2 and 6 apart, sampling variance 1: spreads 2 and 18, mean 10, less 1.
    found = cohort_variance(np.array([0, 0, 1, 1]), np.array([0.0, 2, 0, 6]), np.ones(4))
    assert found == pytest.approx(9)
    assert cohort_variance(np.array([0, 0]), np.array([1.0, 1.1]), np.ones(2)) == 0
    assert math.isnan(cohort_variance(np.array([0, 1]), np.zeros(2), np.ones(2)))


def test_intervals_hold_the_truth() -> None:
    """Schools that differ by 5 points, their cohorts by 4, pupils by 20; two papers for each of two cohorts."""
    hits = total = 0
    for _ in range(20):
        truth = RNG.normal(0, 5, 150)
        rows = []
        for school in range(150):
            size = int(RNG.integers(8, 60))
            for cohort in range(2):
                level = truth[school] + RNG.normal(0, 4)
                ability = RNG.normal(0, 14, size)
                rows += [(school, 2 * cohort + paper, cohort,
                          list(50 + level + ability + RNG.normal(0, 14, size))) for paper in range(2)]  # fmt: skip
        found = standing(papers(rows), 150)
        assert 2 < math.sqrt(found.cohort_variance) < 5.5
        hits += int((np.abs(found.result - truth) <= 1.96 * found.error).sum())
        total += 150
    assert 0.93 <= hits / total <= 0.975


def test_nobody_wrote_anything() -> None:
    empty = np.array([], np.int64)
    found = standing(Papers(empty, empty, empty, *[np.array([])] * 3), 2)
    assert np.isnan(found.result).all() and found.n.tolist() == [0, 0]
    found = standing(papers([(0, 0, 0, []), (1, 0, 0, [])]), 2)
    assert np.isnan(found.result).all() and found.n.tolist() == [0, 0]
