"""The official formulas on numbers worked by hand from the document (method of 2019, appendix)."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics.objectivity.journal import journal_gaps
from rostok.statistics.objectivity.official import (
    changes,
    clustered_means,
    inflated_means,
    objectivity_index,
    rank_agreement,
)


def _counts(*schools: list[int], maximum: int = 10) -> np.ndarray:
    return np.array([np.bincount(scores, minlength=maximum + 1) for scores in schools])


def test_the_interval_of_a_school_lies_right_of_the_region() -> None:
    # Region: 8, 9, 10, 10, 2, 3, 4, 3 → X̄ = 49/8 = 6.125, Σx² = 383, S² = (383 − 8·6.125²)/7 = 82.875/7.
    found = inflated_means(_counts([8, 9, 10, 10], [2, 3, 4, 3]))
    assert found.limit == pytest.approx(6.125 + 1.96 * np.sqrt(82.875 / 7 / 8))  # 8.509
    # First school: x̄ = 9.25, s² = (345 − 4·85.5625)/3 = 0.91667; 9.25 − 1.96·√(0.91667/4) = 8.3117.
    assert found.lower[0] == pytest.approx(8.3117, abs=1e-4)
    assert found.flagged.tolist() == [False, False]
    assert inflated_means(_counts([9, 10, 10, 10], [2, 3, 4, 3], [5, 5, 4, 6])).flagged.tolist() == [
        True,
        False,
        False,
    ]


def test_one_pupil_has_no_interval() -> None:
    found = inflated_means(_counts([10], [1, 2, 3, 1]))
    assert np.isnan(found.lower[0]) and not found.flagged[0]


def test_classes_widen_the_interval() -> None:
    # Two classes of 2 with means 10 and 8.5: residual sums ±1.5 → Σ = 4.5; error = √(4.5·2/1)/4 = 0.75.
    counts = _counts([10, 10, 8, 9], [2, 3, 4, 3])
    means = inflated_means(counts)
    clustered = clustered_means(means, np.array([0, 0, 1]), np.array([2, 2, 4]), np.array([20.0, 17.0, 12.0]))
    assert clustered.lower[0] == pytest.approx(9.25 - 1.96 * 0.75)
    assert np.isnan(clustered.lower[1])  # one class: nothing can be said
    # Region of two schools of 4: means 9.25 and 3, middle 6.125; √(2·(3.125·4)²·2/1)/8 = 3.125.
    assert clustered.limit == pytest.approx(6.125 + 1.96 * 3.125)


def _pairs(*pupils: tuple[int, int], maximum: int = 10) -> np.ndarray:
    counts = np.zeros((1, 4, maximum + 1), dtype=int)
    for mark, score in pupils:
        counts[0, mark - 2, score] += 1
    return counts


def test_spearman_without_ties_is_the_textbook_value() -> None:
    # Ranks of marks 1 2 3 4, of scores 2 1 4 3: Σd² = 4, r = 1 − 24/60 = 0.6.
    found = rank_agreement(_pairs((2, 3), (3, 1), (4, 9), (5, 7)))
    assert found.official[0] == pytest.approx(0.6) and found.with_ties[0] == pytest.approx(0.6)


def test_spearman_with_ties_differs_from_the_official_formula() -> None:
    # Marks 3 3 4 4 → ranks 1.5 1.5 3.5 3.5; scores 5 6 7 8 → 1 2 3 4; Σd² = 1; official 1 − 6/60 = 0.9;
    # Pearson over ranks: cov = 4, var = 4 and 5 → 4/√20 = 0.8944.
    found = rank_agreement(_pairs((3, 5), (3, 6), (4, 7), (4, 8)))
    assert found.official[0] == pytest.approx(0.9)
    assert found.with_ties[0] == pytest.approx(4 / np.sqrt(20))


def test_equal_marks_make_the_official_coefficient_meaningless() -> None:
    # All marks 4: ranks 2, 2, 2 against 1, 2, 3: Σd² = 2, official 1 − 12/24 = 0.5; the coefficient does not exist.
    found = rank_agreement(_pairs((4, 5), (4, 6), (4, 7)))
    assert found.official[0] == pytest.approx(0.5) and np.isnan(found.with_ties[0])


def test_reversed_marks_are_flagged() -> None:
    assert rank_agreement(_pairs((5, 1), (4, 2), (3, 3))).flagged.tolist() == [True]


def test_change_of_a_generation_by_quartiles_of_type_seven() -> None:
    # K: 1.0 1.1 1.2 1.3 and 3.0; quartiles by linear interpolation are the 2nd and 4th value: 1.1 and 1.3.
    before = np.array([50, 55, 60, 65, 90.0, np.nan, 40])
    after = np.array([50, 50, 50, 50, 30.0, 50, 0])
    found = changes(before, after)
    assert (found.lower, found.upper) == (pytest.approx(1.1 - 0.6), pytest.approx(1.3 + 0.6))
    assert found.fell.tolist() == [False, False, False, False, True, False, False]
    assert np.isnan(found.ratio[5:]).all()


def test_index_is_the_percent_without_markers() -> None:
    assert objectivity_index(np.array([True, False, False, False])) == 75.0
    assert np.isnan(objectivity_index(np.array([], dtype=bool)))


def test_journal_gaps_are_counted() -> None:
    # Marks by scale: 0–1 → 2, 2–3 → 3, 4 → 4, 5 → 5. Journal 5 with 0 points is three marks apart.
    mark_of = np.array([2, 2, 3, 3, 4, 5])
    gaps = journal_gaps(_pairs((5, 0), (4, 2), (3, 3), (3, 5), maximum=5), mark_of)
    assert [float(part[0]) for part in (gaps.pupils, gaps.lower, gaps.equal, gaps.higher, gaps.far)] == [
        4,
        2,
        1,
        1,
        2,
    ]


def test_every_region_is_compared_with_itself() -> None:
    """Schools 0 and 2 are of region 1, school 1 of region 0: each has the limits it has where it stands alone."""
    schools = ([9, 10, 10, 10], [2, 3, 4, 3], [2, 4, 3, 5])
    region = np.array([1, 0, 1])
    found = inflated_means(_counts(*schools), region)
    # Region 0: x̄ = 3, Σ(x − 3)² = 2, S² = 2/3. Region 1: Σx = 53, x̄ = 6.625, Σx² = 435, S² = (435 − 53²/8)/7.
    spread = (435 - 53**2 / 8) / 7
    assert found.limit == pytest.approx([3 + 1.96 * np.sqrt(2 / 3 / 4), 6.625 + 1.96 * np.sqrt(spread / 8)])
    # School 0: 9.75 − 1.96·0.5/2 = 9.26 against 8.998 of its region.
    assert found.lower[0] == pytest.approx(9.26) and found.flagged.tolist() == [True, False, False]
    clustered = clustered_means(found, np.array([0, 1, 2]), np.array([4, 4, 4]), np.array([39.0, 12.0, 14.0]))
    # Region 1 of two schools with means 9.75 and 3.5: √(2·(3.125·4)²·2/1)/8 = 3.125; region 0 is one school.
    assert np.isnan(clustered.limit[0]) and clustered.limit[1] == pytest.approx(6.625 + 1.96 * 3.125)


def test_quartiles_are_of_the_region() -> None:
    """K of 3 is far from 1.0 … 1.3 in its own region, and nothing unusual among 2.8 … 3.1."""
    ratios = np.array([1.0, 1.1, 1.2, 1.3, 3.0, 2.8, 2.9, 3.0, 3.1, 3.0])
    after = np.full(10, 20.0)
    found = changes(ratios * after, after, np.array([0] * 5 + [1] * 5))
    assert np.flatnonzero(found.fell).tolist() == [4]
    # Second region: quartiles of type 7 of 2.8 2.9 3.0 3.0 3.1 are 2.9 and 3.0.
    assert (found.lower[1], found.upper[1]) == (pytest.approx(2.9 - 0.3), pytest.approx(3.0 + 0.3))
    assert not changes(ratios * after, after).fell.any()
