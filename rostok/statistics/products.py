"""Products of long thin matrices in pieces that one thread multiplies.

BLAS sends a product of some size to all cores and spins until the last one answers. On a machine whose cores
are busy with other work that takes a hundred times longer than the product itself, and most of ours are small.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ONE_THREAD = 250_000  # multiplications OpenBLAS still does in the calling thread


def outer_sum(left: Floats, right: Floats) -> Floats:
    """``left @ right.T`` for (a, n) and (b, n) with n the long side."""
    rows, columns, length = len(left), len(right), left.shape[1]
    step = max(_ONE_THREAD // max(rows * columns, 1), 64)
    found = np.zeros((rows, columns))
    for first in range(0, length, step):
        found += left[:, first : first + step] @ right[:, first : first + step].T
    return found
