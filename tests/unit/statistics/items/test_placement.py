"""What can stand on one scale: booklets that hang together, splits with evidence both ways, links that hold."""

from __future__ import annotations

import numpy as np

from rostok.statistics.abilities import by_raw_score, likelihood_levels, weighted_levels
from rostok.statistics.item_scores import group
from rostok.statistics.linking import Drift, Link, check_link
from rostok.statistics.placement import booklet_groups, comparable_groups, largest
from rostok.statistics.rasch import Calibration, calibrate

RNG = np.random.default_rng(11)


def simulated(difficulty: np.ndarray, pupils: int = 3000) -> np.ndarray:
    level = RNG.normal(size=pupils)
    return (RNG.random((len(difficulty), pupils)) < 1 / (1 + np.exp(difficulty[:, None] - level))).astype(int)


def calibrated(difficulty: np.ndarray, pupils: int = 3000) -> Calibration:
    return calibrate(group(simulated(difficulty, pupils)).grouped)


def test_booklets_without_common_items_are_two_groups() -> None:
    scores = np.full((4, 40), -1)
    scores[:2, :20] = RNG.integers(0, 2, (2, 20))
    scores[2:, 20:] = RNG.integers(0, 2, (2, 20))
    assert booklet_groups(group(scores).grouped).tolist() == [0, 0, 1, 1]
    scores[2, :20] = RNG.integers(0, 2, 20)  # one item of the second in the first
    assert booklet_groups(group(scores).grouped).tolist() == [0, 0, 0, 0]


def test_item_of_those_who_solved_the_rest_is_apart() -> None:
    """The third is solved only by pupils who solved both others: nothing says how much harder it is."""
    scores = np.array([[1, 0, 1, 1, 0], [0, 1, 1, 1, 0], [0, 0, 0, 1, 0]])
    assert comparable_groups(group(scores).grouped).tolist() == [0, 0, 1]
    more = np.hstack([scores, [[0], [1], [1]]])  # one pupil has it and lacks the first
    assert comparable_groups(group(more).grouped).tolist() == [0, 0, 0]


def test_largest_group_by_items_then_scores() -> None:
    assert largest(np.array([0, 1, 1]), np.array([9, 1, 1])).tolist() == [False, True, True]
    assert largest(np.array([0, 1]), np.array([3, 4])).tolist() == [False, True]


def test_link_of_the_same_items_holds() -> None:
    difficulty = np.linspace(-1.5, 1.5, 10)
    found = check_link(calibrated(difficulty), calibrated(difficulty))
    assert found.verdict is Link.HOLDS
    assert Drift.DRIFTS not in found.drift


def test_link_of_positions_is_refused() -> None:
    """Another variant with other items under the same numbers."""
    difficulty = np.linspace(-1.5, 1.5, 10)
    assert check_link(calibrated(difficulty), calibrated(difficulty[::-1])).verdict is Link.FAILS


def test_one_drifting_item_of_ten_is_named() -> None:
    difficulty = np.linspace(-1.5, 1.5, 10)
    changed = difficulty + np.where(np.arange(10) == 4, 1.2, 0)
    found = check_link(calibrated(difficulty), calibrated(changed))
    assert [place for place, drift in enumerate(found.drift) if drift is Drift.DRIFTS] == [4]
    assert found.verdict is Link.HOLDS
    assert abs(found.difference[4] - 1.2) < 0.4


def test_few_pupils_or_items_cannot_tell() -> None:
    difficulty = np.linspace(-1, 1, 6)
    assert check_link(calibrated(difficulty, 60), calibrated(difficulty, 60)).verdict is Link.CANNOT_TELL
    assert check_link(calibrated(difficulty[:2]), calibrated(difficulty[:2])).verdict is Link.CANNOT_TELL


def test_levels_meet_their_equations() -> None:
    """Two items of difficulties −d, d: one point is level 0; Warm's levels of 0 and 2 lie symmetric about it."""
    calibration = calibrate(group(np.array([[1] * 30 + [0] * 10, [0] * 30 + [1] * 10])).grouped)
    both = np.ones((3, 2), bool)
    plain = likelihood_levels(calibration, both, np.array([0, 1, 2]))
    assert np.isnan(plain.level[[0, 2]]).all()
    assert abs(plain.level[1]) < 1e-12
    # Information there: twice p(1 − p) at the distance ln 3 / 2.
    share = 1 / (1 + np.exp(np.log(3) / 2))
    assert abs(plain.standard_error[1] - 1 / np.sqrt(2 * share * (1 - share))) < 1e-6
    warm = weighted_levels(calibration, both, np.array([0, 1, 2])).level
    assert np.isfinite(warm).all()
    assert abs(warm[0] + warm[2]) < 1e-9


def test_warm_level_of_equal_items_by_hand() -> None:
    """Of n items of difficulty 0 Warm's estimate is the logit of (r + ½)/(n + 1)."""
    scores = simulated(np.zeros(4))
    calibration = calibrate(group(scores).grouped)
    equal = Calibration(calibration.parameters, np.zeros(4), calibration.covariance, 0.0, 1)
    raw = np.arange(5)
    warm = weighted_levels(equal, np.ones((5, 4), bool), raw).level
    np.testing.assert_allclose(warm, np.log((raw + 0.5) / (4 - raw + 0.5)), atol=1e-9)


def test_short_test_leaves_extreme_scores_open() -> None:
    """Through three inner scores no spline is laid, as eRm lays none."""
    four, five = (by_raw_score(calibrated(np.linspace(-1, 1, n)), np.ones(n, bool)).level for n in (4, 5))
    assert np.isnan(four[[0, 4]]).all()
    assert np.isfinite(four[1:4]).all()
    assert np.isfinite(five).all()
    assert (np.diff(five) > 0).all()
