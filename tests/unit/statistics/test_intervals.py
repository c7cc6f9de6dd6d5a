"""Wilson's interval against published values and its edge cases."""

import numpy as np
import pytest

from rostok.statistics.intervals import reach, wilson


@pytest.mark.parametrize(
    ("count", "base", "lower", "upper"),
    [
        # Newcombe (1998), Statistics in Medicine 17:857, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_newcombe(count: int, base: int, lower: float, upper: float) -> None:
    found = wilson(count, base)
    assert found[0] == pytest.approx(lower, abs=5e-5)
    assert found[1] == pytest.approx(upper, abs=5e-5)


def test_wilson_ends_are_exact_at_none_and_all() -> None:
    lower, upper = wilson([0, 7], [7, 7])
    assert lower[0] == 0.0
    assert upper[1] == 1.0
    # 7 of 7 and 0 of 7 mirror each other; the inner bound is z²/(n + z²) = 3.8415/10.8415.
    assert upper[0] == pytest.approx(0.354330, abs=1e-6)
    assert lower[1] == pytest.approx(1 - 0.354330, abs=1e-6)


def test_wilson_of_nobody_or_of_an_unknown_count_is_missing() -> None:
    lower, upper = wilson([0, np.nan, 3], [0, 10, np.nan])
    assert np.isnan(lower).all()
    assert np.isnan(upper).all()


def test_wilson_takes_another_confidence() -> None:
    # z = 1 at 68.27 %: (2 + 0.5 ± √(2·2/4 + 0.25)) / 5
    lower, upper = wilson(2, 4, confidence=0.6826894921)
    assert (lower, upper) == (pytest.approx(0.276393, abs=1e-6), pytest.approx(0.723607, abs=1e-6))


@pytest.mark.parametrize(("count", "base"), [(5, 4), (-1, 4), (0, -2)])
def test_wilson_refuses_impossible_counts(count: int, base: int) -> None:
    with pytest.raises(ValueError, match="between 0 and its base"):
        wilson(count, base)


def test_wilson_refuses_impossible_confidence() -> None:
    with pytest.raises(ValueError, match="confidence"):
        wilson(1, 2, confidence=1.0)


def test_reach_of_a_normal_by_the_tables() -> None:
    """Quantiles as every table of the normal distribution prints them."""
    assert [round(reach(level), 4) for level in (0.90, 0.95, 0.99)] == [1.6449, 1.96, 2.5758]
    with pytest.raises(ValueError, match="between 0 and 1"):
        reach(1)
