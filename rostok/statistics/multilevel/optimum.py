"""The least deviance over θ: BFGS from the best of a few starts, then Newton steps to the last digit.

Λ is taken without bounds: the deviance depends on ΛΛᵀ only, so a sign says nothing, and a variance of nought is an
ordinary minimum at which the gradient vanishes. Whether a small value is nought is asked at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from rostok.statistics.multilevel.elimination import Design, deviance, value_and_gradient
from rostok.statistics.multilevel.sums import Floats

# Standard deviations of effects relative to σ from which the search may start: schools differ by 0.1 to 1 of the
# spread of pupils within them; beyond are outcomes that hardly vary within a unit.
STARTS = (0.1, 0.4, 1.0, 4.0, 16.0, 64.0)
NEWTON_STEPS = 100  # a handful, but for three effects of which one is hardly there: then the valley is flat
DIFFERENCE = 1e-4  # step of the second derivatives
SMALL = 1e-3  # below it a relative deviation is tried at nought
NO_WORSE = 1e-8  # of the deviance
CONVERGED = 1e-7  # of the deviance, by the quadratic that fits at the end


@dataclass(frozen=True)
class Optimum:
    theta: Floats
    converged: bool


def minimise(design: Design) -> Optimum:
    """θ of the least deviance, diagonals of Λ not negative; exact noughts where the minimum is at nought."""
    start = min((_start(design, size) for size in STARTS), key=lambda theta: deviance(design, theta))
    with np.errstate(all="ignore"):
        found = minimize(
            lambda theta: value_and_gradient(design, theta), start, jac=True, method="BFGS",
            options={"gtol": 1e-3, "maxiter": 500},
        )  # fmt: skip
    theta, left = _newton(design, np.asarray(found.x))
    theta = _at_nought(design, theta)
    return Optimum(_signed(design, theta), left < CONVERGED)


def _start(design: Design, size: float) -> Floats:
    return np.concatenate([np.eye(len(level.effects))[np.tril_indices(len(level.effects))] * size
                           for level in design.levels])  # fmt: skip


def _newton(design: Design, theta: Floats) -> tuple[Floats, float]:
    """Newton steps; what the deviance could still fall by in the end."""
    value, gradient = value_and_gradient(design, theta)
    left = np.inf
    for _ in range(NEWTON_STEPS):
        step, left = _step(design, theta, gradient)
        if left < 1e-15 * max(1.0, abs(value)) and np.abs(step).max() < 1e-9 * max(1.0, np.abs(theta).max()):
            break
        for _halving in range(30):
            candidate, tried = value_and_gradient(design, theta + step)
            if candidate <= value + 1e-12 * abs(value):
                break
            step = step / 2
        else:
            break
        theta, value, gradient = theta + step, candidate, tried
    return theta, left


def _step(design: Design, theta: Floats, gradient: Floats) -> tuple[Floats, float]:
    """A step downhill, and the fall the quadratic promises. Directions that hardly bend are not gone far."""
    size = DIFFERENCE * np.maximum(1e-2, np.abs(theta))
    bends = np.empty((len(theta), len(theta)))
    for k, h in enumerate(size):
        shift = np.zeros_like(theta)
        shift[k] = h
        ahead, behind = (value_and_gradient(design, theta + sign * shift)[1] for sign in (1, -1))
        bends[:, k] = (ahead - behind) / (2 * h)
    values, axes = np.linalg.eigh((bends + bends.T) / 2)
    values = np.maximum(np.abs(values), 1e-8 * max(float(np.abs(values).max()), 1e-300))
    along = axes.T @ gradient / values
    step = -axes @ along
    longest = max(0.5, 0.5 * float(np.abs(theta).max()))
    if np.abs(step).max() > longest:
        step = step * (longest / np.abs(step).max())
    return step, float(0.5 * (along**2 * values).sum())


def _at_nought(design: Design, theta: Floats) -> Floats:
    """Small diagonal values set to nought where that is no worse."""
    for place in _diagonal(design):
        if abs(theta[place]) < SMALL:
            tried = theta.copy()
            tried[place] = 0
            if deviance(design, tried) <= deviance(design, theta) + NO_WORSE:
                theta = tried
    return theta


def _signed(design: Design, theta: Floats) -> Floats:
    found = []
    for factor in design.factors(theta):
        signs = np.where(np.diagonal(factor) < 0, -1.0, 1.0)
        found.append((factor * signs)[np.tril_indices(len(factor))])
    return np.concatenate(found)


def _diagonal(design: Design) -> list[int]:
    places: list[int] = []
    place = 0
    for level in design.levels:
        rows, columns = np.tril_indices(len(level.effects))
        places += (place + np.flatnonzero(rows == columns)).tolist()
        place += level.parameters
    return places
