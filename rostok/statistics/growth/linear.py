"""Quantile regression (Koenker and Bassett 1978) as the linear programme it is, solved by HiGHS through scipy.

Rows with a weight stand for as many equal rows: results of a paper are whole points, so a region of 25,000 pupils is
some hundreds of different rows. That makes the exact solution quick, and no approximation is needed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.optimize import linprog

Floats = NDArray[np.float64]


class NotSolved(ValueError):  # noqa: N818 - reads as a statement where it is raised
    """The programme has no solution the solver could find; the words are the solver's."""


def quantile_coefficients(
    columns: ArrayLike, outcome: ArrayLike, weights: ArrayLike, quantile: float
) -> Floats:
    """Coefficients that minimise Σ w·ρ(y − Xb), ρ(u) = u·(q − [u < 0]). Raises NotSolved.

    The dual is solved, one variable per row between 0 and its weight and one equation per column, and the
    coefficients are its multipliers. Where several solutions are equally good, one of them is given.

    >>> quantile_coefficients([[1.0]] * 5, [1.0, 2.0, 3.0, 4.0, 100.0], [1.0] * 5, 0.5).tolist()
    [3.0]
    """
    x, y, w = (np.asarray(values, np.float64) for values in (columns, outcome, weights))
    found = linprog(
        -y, A_eq=sparse.csr_matrix(x.T), b_eq=(1 - quantile) * (w @ x), bounds=np.column_stack([np.zeros(len(w)), w]),
        method="highs",
    )  # fmt: skip
    if not found.success:
        raise NotSolved(found.message)
    return np.asarray(-found.eqlin.marginals, np.float64)
