"""The few SVG elements our charts are made of, as strings.

Colours and strokes come from the page's style sheet by class, never from the element: dark mode and print need
no second drawing, and the page's security policy forbids styles in elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def picture(width: float, height: float, title: str, body: Sequence[str], css: str = "chart") -> str:
    """A whole picture; ``title`` is what a screen reader says of it."""
    return (
        f'<svg class="{css}" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'aria-label="{escape(title)}">{"".join(body)}</svg>'
    )


def text(x: float, y: float, text: str, css: str = "", anchor: str = "") -> str:
    """Text with its baseline at ``y``; ``anchor`` is ``middle`` or ``end``."""
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    styled = f' class="{css}"' if css else ""
    return f'<text x="{x:g}" y="{y:g}"{styled}{anchored}>{escape(text)}</text>'


def rect(x: float, y: float, width: float, height: float, css: str) -> str:
    """A rectangle; a negative width is none."""
    return f'<rect class="{css}" x="{x:g}" y="{y:g}" width="{max(width, 0):.4g}" height="{height:g}"/>'


def line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    """A straight line."""
    return f'<path class="{css}" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>'


def polyline(points: Sequence[tuple[float, float]], css: str) -> str:
    """A line through ``points``; nothing through fewer than two."""
    if len(points) < 2:
        return ""
    return f'<path class="{css}" d="M{"L".join(f"{x:.4g} {y:.4g}" for x, y in points)}"/>'


def round_step(top: float, most: int = 5) -> float:
    """A step of 1, 2 or 5 × 10ⁿ that divides an axis up to ``top`` into at most ``most`` parts.

    >>> round_step(4), round_step(23), round_step(1400)
    (1.0, 5.0, 500.0)
    """
    step = 1.0
    while True:
        for factor in (1, 2, 5):
            if top / (step * factor) <= most:
                return step * factor
        step *= 10
