"""Elementary symmetric functions of many patterns of items at once, by summation only.

γ_r is the sum over all ways to make the raw score r of the products of the weights of the categories chosen.
The difference algorithm, which divides one item out of γ, cancels digits; here the items are only ever
multiplied in, and leaving out each item in turn costs I·log I multiplications: what both halves of a set of
items share is multiplied once. Values are rescaled on the way, so that hundreds of items do not overflow.
Source: Andersen (1972); Fischer (1974), summation algorithm; Liou (1994).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_RESCALE_EVERY = 16  # multiplications between two rescalings


@dataclass(frozen=True)
class Scaled:
    """γ as ``values`` (R + 1, B) times exp(``log`` (B)): raw score down, pattern across."""

    values: Floats
    log: Floats


def one(top: int, patterns: int) -> Scaled:
    """γ of no items: 1 at raw score 0."""
    values = np.zeros((top + 1, patterns))
    values[0] = 1.0
    return Scaled(values, np.zeros(patterns))


def multiply(gamma: Scaled, weights: Floats, present: Floats, items: range) -> Scaled:
    """γ with ``items`` added. ``weights`` (I, m + 1), or (I, m + 1, B), 1 for score 0; ``present`` (I, B) 1 or 0."""
    values, log = gamma.values, gamma.log
    for done, item in enumerate(items, 1):
        if not present[item].any():
            continue
        grown = values.copy()
        for score in np.flatnonzero(weights[item, 1:].reshape(weights.shape[1] - 1, -1).any(axis=1)) + 1:
            grown[score:] += values[:-score] * (weights[item, score] * present[item])
        values = grown
        if done % _RESCALE_EVERY == 0 or done == len(items):
            largest = values.max(axis=0)
            values /= largest
            log = log + np.log(largest)
    return Scaled(values, log)


def leave_one_out(gamma: Scaled, weights: Floats, present: Floats) -> Iterator[tuple[int, Scaled]]:
    """For each item, ``gamma`` with all the other items multiplied in."""
    yield from _leave_out(gamma, weights, present, range(len(weights)))


def _leave_out(gamma: Scaled, weights: Floats, present: Floats, items: range) -> Iterator[tuple[int, Scaled]]:
    if len(items) == 1:
        yield items[0], gamma
        return
    middle = len(items) // 2
    left, right = items[:middle], items[middle:]
    yield from _leave_out(multiply(gamma, weights, present, right), weights, present, left)
    yield from _leave_out(multiply(gamma, weights, present, left), weights, present, right)
