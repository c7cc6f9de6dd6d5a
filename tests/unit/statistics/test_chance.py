"""Expected listings by size: sums of unequal trials by hand."""

import numpy as np
import pytest

from rostok.statistics.chance import by_size, of_all_sizes, size_band, sum_interval


def test_size_bands_have_the_stated_bounds() -> None:
    assert size_band([3, 9.9, 10, 24.9, 25, 49, 50, 99.9, 100, 200]).tolist() == [
        0,
        0,
        1,
        1,
        2,
        2,
        3,
        3,
        4,
        4,
    ]


def test_interval_of_ten_equal_trials_is_binomial() -> None:
    # Binomial(10; 0.3): P(0) = 0.0282 is above 0.025; P(≤5) = 0.9527, P(≤6) = 0.9894
    assert sum_interval([0.3] * 10) == (0, 6)


def test_interval_of_unequal_trials() -> None:
    # 0.5 and 0.1: P(0) = 0.45, P(1) = 0.50, P(2) = 0.05
    assert sum_interval([0.5, 0.1], confidence=0.9) == (0, 1)
    assert sum_interval([0.5, 0.1], confidence=0.91) == (0, 2)


def test_interval_of_certain_trials_is_their_number() -> None:
    assert sum_interval([1.0, 1.0, 0.0]) == (2, 2)
    assert sum_interval([]) == (0, 0)


def test_interval_of_many_trials_is_normal() -> None:
    # mean 300, deviation √(3000 · 0.1 · 0.9) = 16.43; 300 ± 32.2
    assert sum_interval(np.full(3000, 0.1)) == (268, 332)
    assert sum_interval(np.full(2000, 0.15)) == (269, 332)  # exact: 300 ± 1.96 · 15.97 = 268.7–331.3


def test_interval_refuses_what_is_no_probability() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        sum_interval([1.2])


def test_by_size_counts_each_band_and_skips_empty_ones() -> None:
    bands = by_size([5, 7, 120], [0.5, 0.25, 0.0], [True, True, False])
    assert [(b.smallest, b.largest, b.schools, b.listed) for b in bands] == [(0, 9, 2, 2), (100, None, 1, 0)]
    assert bands[0].expected == pytest.approx(0.75)
    assert (bands[0].lower, bands[0].upper) == (0, 2)
    assert (bands[1].expected, bands[1].lower, bands[1].upper) == (0.0, 0, 0)


def test_schools_that_wrote_nothing_are_in_no_band_and_not_in_the_total() -> None:
    size, chance, listed = [0, 5, 0, 120], [0.0, 0.5, 0.0, 0.25], [False, True, False, True]
    assert [(b.smallest, b.schools, b.listed) for b in by_size(size, chance, listed)] == [
        (0, 1, 1),
        (100, 1, 1),
    ]
    whole = of_all_sizes(size, chance, listed)
    assert (whole.smallest, whole.largest, whole.schools, whole.listed) == (0, None, 2, 2)
    # P(0) = 0.375, P(1) = 0.5, P(2) = 0.125
    assert (whole.expected, whole.lower, whole.upper) == (0.75, 0, 2)
    assert by_size([0], [0.0], [False]) == ()
