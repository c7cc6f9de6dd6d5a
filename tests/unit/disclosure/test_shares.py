"""Shares of fewer than ten pupils are not shown."""

import pytest

from rostok.disclosure import SHARE_FROM_PUPILS, is_share_shown, shown_share


def test_the_limit_is_ten_pupils() -> None:
    assert SHARE_FROM_PUPILS == 10
    assert (is_share_shown(9), is_share_shown(10), is_share_shown(0), is_share_shown(None)) == (
        False,
        True,
        False,
        False,
    )


def test_shown_share_needs_both_numbers() -> None:
    assert shown_share(3, 12) == 0.25
    assert shown_share(3, 9) is None
    assert shown_share(None, 12) is None
    assert shown_share(3, None) is None


def test_shown_share_refuses_impossible_counts() -> None:
    with pytest.raises(ValueError, match="13 of 12"):
        shown_share(13, 12)
