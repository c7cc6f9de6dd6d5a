"""The Wright map: pupils and items on one scale. Its table stands in ``presenters.item_figures``."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rostok.reports import svg
from rostok.wording import decimal, gettext


@dataclass(frozen=True, slots=True)
class WrightItem:
    """An item, or a step of one, on the scale of ability (logits)."""

    label: str
    difficulty: float
    standard_error: float | None = None


@dataclass(frozen=True, slots=True)
class AbilityBin:
    """How many pupils lie from ``lower`` to ``upper`` on the scale of ability."""

    lower: float
    upper: float
    count: int


WRIGHT_ROW = 17


def wright_map(items: Sequence[WrightItem], pupils: Sequence[AbilityBin], title: str, width: int) -> str:
    """Pupils and items on one scale: ability to the left as bars, items to the right at their difficulty."""
    ends = [one.difficulty for one in items] + [
        end for one in pupils if one.count for end in (one.lower, one.upper)
    ]
    if not ends:
        return ""
    low, high = math.floor(min(ends) * 2) / 2, math.ceil(max(ends) * 2) / 2
    high = max(high, low + 1)
    rows = max(14, min(40, round((high - low) * 6)))
    height = rows * WRIGHT_ROW + 30
    middle = round(width * 0.4)

    def y(value: float) -> float:
        return round(20 + (high - value) / (high - low) * (height - 40), 1)

    body = [svg.line(middle, 12, middle, height - 12, "base")]
    body += _logits(low, high, width, y, middle)
    body += _ability_bars(pupils, middle, y)
    body += _item_labels(items, middle, width, y)
    body.append(svg.text(0, 11, gettext("ученики"), "tick"))
    body.append(svg.text(middle + 8, 11, gettext("задания"), "tick"))
    return svg.picture(width, height, title, body)


def _logits(low: float, high: float, width: int, y: Callable[[float], float], middle: int) -> list[str]:
    step = 1 if high - low > 3 else 0.5
    parts = []
    for at in range(math.ceil(low / step), math.floor(high / step) + 1):
        here = y(at * step)
        parts.append(svg.line(34, here, width, here, "grid"))
        parts.append(svg.text(28, here + 4, decimal(at * step, 0 if step == 1 else 1), "tick", "end"))
    return parts


def _ability_bars(pupils: Sequence[AbilityBin], middle: int, y: Callable[[float], float]) -> list[str]:
    most = max((one.count for one in pupils), default=0)
    parts = []
    for one in pupils:
        if one.count:
            long = round((middle - 40) * one.count / most, 1)
            top = y(one.upper)
            parts.append(
                svg.rect(middle - long, top + 0.5, long, round(max(1, y(one.lower) - top - 1), 1), "bar")
            )
    return parts


def _item_labels(
    items: Sequence[WrightItem], middle: int, width: int, y: Callable[[float], float]
) -> list[str]:
    """Labels at their difficulty; those that would overlap stand beside one another in the same line."""
    parts: list[str] = []
    taken: dict[int, float] = {}
    for item in sorted(items, key=lambda one: (-one.difficulty, one.label)):
        here = y(item.difficulty)
        line = round(here / WRIGHT_ROW)
        x = taken.get(line, middle + 14)
        if x == middle + 14:
            parts.append(svg.line(middle - 4, here, middle + 10, here, "whisker"))
        if x + 8 * len(item.label) > width:
            continue  # the table has them all
        parts.append(svg.text(x, line * WRIGHT_ROW + 4, item.label))
        taken[line] = x + 8 * len(item.label) + 12
    return parts
