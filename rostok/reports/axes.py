"""Axes of numbers that may lie below nought: round ticks, and where a value stands in pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rostok.wording import decimal


@dataclass(frozen=True, slots=True)
class Axis:
    """Values ``low`` to ``high`` drawn from pixel ``start`` to ``end``; upright axes have ``start`` below ``end``.

    >>> axis = Axis(-10, 10, 100, 300)
    >>> axis.at(0), axis.at(5), axis.at(99)
    (200.0, 250.0, 300.0)
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value; beyond an end it is the end."""
        share = (min(max(value, self.low), self.high) - self.low) / max(self.high - self.low, 1e-12)
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, most: int = 6) -> tuple[tuple[float, str], ...]:
        """Round values within the axis with their labels, at most ``most`` parts between them.

        >>> Axis(-12, 23, 0, 1).ticks(4)
        ((-10.0, '−10'), (0.0, '0'), (10.0, '10'), (20.0, '20'))
        """
        step = nice_step((self.high - self.low) / most)
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return tuple((at * step, decimal(at * step, digits)) for at in range(first, last + 1))


def nice_step(least: float) -> float:
    """The least of 1, 2, 5 × 10ⁿ that is not under ``least``; 1 for nought.

    >>> nice_step(0.03), nice_step(3), nice_step(10)
    (0.05, 5.0, 10.0)
    """
    if not least > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least) + 1e-9)
    return round(next(f for f in (1, 2, 5, 10) if f * power >= least * (1 - 1e-9)) * power, 12)


def around_nought(values: Iterable[float]) -> tuple[float, float]:
    """Ends of an axis that holds all values and has nought in its middle.

    >>> around_nought([-3, 12])
    (-12.5, 12.5)
    """
    most = max((abs(value) for value in values if math.isfinite(value)), default=0.0) or 1.0
    step = nice_step(most / 5) / 2
    reach = math.ceil(most / step - 1e-9) * step
    return -reach, reach


def around(values: Sequence[float]) -> tuple[float, float]:
    """Round ends of an axis that holds all values.

    >>> around([31.0, 78.4])
    (30.0, 80.0)
    """
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return 0.0, 1.0
    step = nice_step(max(max(known) - min(known), 1e-9) / 5)
    low, high = (math.floor(min(known) / step + 1e-9) * step, math.ceil(max(known) / step - 1e-9) * step)
    return (low, high) if high > low else (low, low + step)
