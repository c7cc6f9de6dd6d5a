"""p-values → the false discovery rate at which each would be named (Benjamini and Hochberg 1995)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def discovery_rates(p_values: Floats) -> Floats:
    """The q-value of each p-value, over all that are known; NaN stays NaN and counts as no test.

    >>> discovery_rates(np.array([0.01, np.nan, 0.04])).round(6).tolist()
    [0.02, nan, 0.04]
    """
    # Here, because it takes a second to load and most runs have nothing to test.
    from scipy.stats import false_discovery_control

    found = np.full(p_values.shape, np.nan)
    known = ~np.isnan(p_values)
    if known.any():
        found[known] = false_discovery_control(p_values[known])
    return found
