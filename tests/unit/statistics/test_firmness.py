"""The probability of the same verdict and its word."""

import numpy as np
import pytest

from rostok.statistics.firmness import Firmness, probability, word
from rostok.wording import use_language


def test_probability_is_never_certain() -> None:
    # (256 + ½)/257, (0 + ½)/257, (128 + ½)/257
    assert probability([256, 0, 128], 256).tolist() == [0.998054, 0.001946, 0.5]


@pytest.mark.parametrize(("same", "draws"), [([5], 4), ([-1], 4), ([0], 0)])
def test_probability_refuses_impossible_counts(same: list[int], draws: int) -> None:
    with pytest.raises(ValueError, match="between none and all"):
        probability(same, draws)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.95, Firmness.FIRM),
        (0.949999, Firmness.LIKELY),
        (0.8, Firmness.LIKELY),
        (0.799999, Firmness.OPEN),
        (None, None),
        (np.nan, None),
    ],
)
def test_word_at_its_bounds(value: float | None, expected: Firmness | None) -> None:
    assert word(value) is expected


def test_every_word_has_a_label() -> None:
    with use_language("ru"):
        assert [one.label for one in Firmness] == ["уверенно", "скорее всего", "вывод открыт"]
