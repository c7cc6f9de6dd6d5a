"""Alpha and its kin worked by hand on four pupils and three items."""

from __future__ import annotations

import numpy as np
import pytest

from rostok.statistics.classical import (
    alpha_if_deleted,
    cronbach_alpha,
    describe,
    item_rest,
    pairwise_sums,
)

# Items × pupils. Sums of pupils: 3, 2, 1, 0; variances with divisor 3: 1/4, 1/3, 1/4; of the sum 5/3.
SCORES = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]])


def test_by_hand() -> None:
    found = describe(pairwise_sums(SCORES))
    variances = 1 / 4 + 1 / 3 + 1 / 4
    assert found.alpha == pytest.approx(3 / 2 * (1 - variances / (5 / 3)))  # 0.75
    assert found.mean == pytest.approx(1.5)
    assert found.sd == pytest.approx(np.sqrt(5 / 3))
    assert found.standard_error_of_measurement == pytest.approx(np.sqrt(5 / 3) * np.sqrt(1 - found.alpha))
    # The first item against 2, 1, 0, 0: covariance 1/4 with the rest's variance 11/12.
    assert found.item_rest[0] == pytest.approx(0.25 / np.sqrt(0.25 * 11 / 12))
    assert found.item_total[0] == pytest.approx(np.corrcoef(SCORES[0], [3, 2, 1, 0])[0, 1])
    # Without the third: sums 2, 2, 1, 0 have the variance 11/12.
    assert found.alpha_if_deleted[2] == pytest.approx(2 * (1 - (1 / 4 + 1 / 3) / (11 / 12)))


def test_pieces_add_up_to_the_whole() -> None:
    whole = pairwise_sums(SCORES)
    parts = pairwise_sums(SCORES[:, :1]) + pairwise_sums(SCORES[:, 1:])
    np.testing.assert_array_equal(whole.cross, parts.cross)
    np.testing.assert_array_equal(whole.counts, parts.counts)
    np.testing.assert_array_equal(whole.sums, parts.sums)


def test_missing_pairs_are_left_out() -> None:
    """The covariance of two items is that of the pupils who have both."""
    scores = np.array([[1, 1, 0, 0, -1, 2], [1, 0, 1, 0, 1, -1]])
    sums = pairwise_sums(scores)
    assert sums.counts.tolist() == [[5, 4], [4, 5]]
    assert sums.covariance[0, 1] == pytest.approx(np.cov([1, 1, 0, 0], [1, 0, 1, 0])[0, 1])
    assert sums.covariance[0, 0] == pytest.approx(np.var([1, 1, 0, 0, 2], ddof=1))
    assert sums.n.tolist() == [5, 5]
    assert sums.means.tolist() == pytest.approx([0.8, 0.6])


def test_items_never_answered_together_have_no_alpha() -> None:
    scores = np.array([[1, 0, 1, -1, -1, -1], [-1, -1, -1, 0, 1, 1]])
    found = describe(pairwise_sums(scores))
    assert np.isnan(found.alpha)
    assert np.isnan(found.item_rest).all()


@pytest.mark.parametrize("scores", [SCORES[:1], SCORES[:, :1]])
def test_one_item_or_one_pupil_has_no_alpha(scores: np.ndarray) -> None:
    assert np.isnan(describe(pairwise_sums(scores)).alpha)


def test_units_by_items_at_once() -> None:
    """The case above as the first of two units; in the second nobody differs from anybody."""
    own = np.array([[1 / 4, 1 / 3, 1 / 4], [0, 0, 0]])
    with_all = np.array([[1 / 2, 2 / 3, 1 / 2], [0, 0, 0]])  # of the first item: 1/4 + 1/6 + 1/12
    within, total = own.sum(axis=1, keepdims=True), with_all.sum(axis=1, keepdims=True)
    assert total[0, 0] == pytest.approx(5 / 3)
    alpha = cronbach_alpha(np.array([[3], [3]]), within, total)
    assert alpha[0, 0] == pytest.approx(0.75)
    rest = item_rest(own, with_all, total)
    assert rest[0, 0] == pytest.approx(0.25 / np.sqrt(0.25 * 11 / 12))
    deleted = alpha_if_deleted(3, own, with_all, within, total)
    assert deleted[0, 2] == pytest.approx(2 * (1 - (1 / 4 + 1 / 3) / (11 / 12)))
    assert np.isnan(alpha[1]).all() and np.isnan(rest[1]).all() and np.isnan(deleted[1]).all()
