"""Charts as SVG strings, drawn on the server so that page, print and documents carry the same picture.

A chart takes typed rows and a width in pixels; at ``NARROW`` labels stand above their bars, at ``WIDE``
beside them. Colours come from the page's style sheet by class, so dark mode and print need no second
drawing. Every chart has an ``aria-label``; its figures stand in a table next to it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape

from rostok.wording import percent, unbroken

WIDE = 900
NARROW = 320

BAR = 14  # height of a bar, px
GAP = 12
FONT = 13
LINE = FONT + 2  # of a label that takes several lines
LABEL = 42  # characters of a label in one line, at either width
AXIS = 22  # room for tick labels under the rows


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """A share 0–1 with an interval and, where there is one, the threshold it is compared with."""

    label: str
    share: float | None
    lower: float | None
    upper: float | None
    threshold: float | None
    text: str


@dataclass(frozen=True, slots=True)
class HistogramRow:
    """Counts of schools in equal bins of the share from 0 to 1."""

    label: str
    bins: tuple[int, ...]
    threshold: float | None
    text: str


@dataclass(frozen=True, slots=True)
class CountRow:
    """A count beside the interval that chance alone would give."""

    label: str
    count: float
    lower: float
    expected: float
    upper: float
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole; ``css`` is the class that colours it."""

    label: str
    count: int
    css: str


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where rows and their labels go for one width."""

    width: int
    label_width: int
    text_width: int
    row_height: int
    above: float  # room in a row over its bar

    @property
    def left(self) -> int:
        return self.label_width

    @property
    def span(self) -> int:
        return self.width - self.label_width - self.text_width

    def x(self, share: float) -> float:
        return round(self.left + min(max(share, 0.0), 1.0) * self.span, 1)

    @property
    def is_narrow(self) -> bool:
        return self.label_width == 0

    def bar_y(self, row: int) -> float:
        return row * self.row_height + self.above + 4


def _lines(label: str) -> list[str]:
    return textwrap.wrap(unbroken(label), LABEL, break_long_words=False) or [""]


def _plot(labels: Iterable[str], width: int, bar: int = BAR, text_width: int = 110) -> _Plot:
    """Every row is as high as the longest label needs."""
    text = LINE * max((len(_lines(label)) for label in labels), default=1) - (LINE - FONT)
    if width < 480:
        return _Plot(width, 0, 88, text + 5 + bar + GAP, text + 5)
    return _Plot(width, 310, text_width, max(text, bar) + GAP, max(text - bar, 0) / 2)


def _svg(width: int, height: int, title: str, body: Sequence[str]) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(title)}">{"".join(body)}</svg>'
    )


def _text(x: float, y: float, text: str, css: str = "", anchor: str = "") -> str:
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    styled = f' class="{css}"' if css else ""
    return f'<text x="{x:g}" y="{y:g}"{styled}{anchored}>{escape(text)}</text>'


def _rect(x: float, y: float, width: float, height: float, css: str) -> str:
    return f'<rect class="{css}" x="{x:g}" y="{y:g}" width="{max(width, 0):.4g}" height="{height:g}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    return f'<path class="{css}" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>'


def _row_texts(plot: _Plot, row: int, label: str, text: str, bar: int = BAR) -> str:
    y, lines = plot.bar_y(row), _lines(label)
    middle = y + bar / 2 + FONT * 0.36
    figure = _text(plot.width, middle, text, "figure", "end")
    last = y - 6 if plot.is_narrow else middle + (len(lines) - 1) * LINE / 2
    said = (_text(0, last - (len(lines) - 1 - place) * LINE, line) for place, line in enumerate(lines))
    return "".join(said) + figure


def _axis(plot: _Plot, rows: int, ticks: Sequence[tuple[float, str]]) -> list[str]:
    bottom = rows * plot.row_height + 4
    parts = []
    for at, label in ticks:
        x = plot.x(at)
        parts.append(_line(x, 0, x, bottom, "grid"))
        anchor = "start" if at == 0 else "middle"
        parts.append(_text(x, bottom + FONT + 2, label, "tick", anchor))
    return parts


def _percent_ticks(plot: _Plot, top: float) -> list[tuple[float, str]]:
    step = 0.1 if top <= 0.6 else 0.2
    if top <= 0.25:
        step = 0.05
    count = int(top / step + 1e-9)
    return [(index * step / top, percent(index * step, 0)) for index in range(count + 1)]


def _top(values: Sequence[float]) -> float:
    """The end of a share axis: the next ten percent above the largest value, at most 1."""
    return min(1.0, (int(max(values, default=0.0) * 10 - 1e-9) + 1) / 10)


def interval_chart(rows: Sequence[IntervalRow], title: str, width: int) -> str:
    """Shares with their intervals as bars with whiskers, the threshold as a dashed line per row."""
    plot = _plot((row.label for row in rows), width)
    top = _top(
        [value for row in rows for value in (row.upper, row.share, row.threshold) if value is not None]
    )
    body = _axis(plot, len(rows), _percent_ticks(plot, top))
    for index, row in enumerate(rows):
        y = plot.bar_y(index)
        body.append(_row_texts(plot, index, row.label, row.text))
        if row.share is not None:
            body.append(_rect(plot.left, y, plot.x(row.share / top) - plot.left, BAR, "bar"))
        if row.lower is not None and row.upper is not None:
            middle = y + BAR / 2
            body.append(_line(plot.x(row.lower / top), middle, plot.x(row.upper / top), middle, "whisker"))
        if row.threshold is not None:
            x = plot.x(row.threshold / top)
            body.append(_line(x, y - 2, x, y + BAR + 4, "threshold"))
    return _svg(width, len(rows) * plot.row_height + 4 + AXIS, title, body)


HISTOGRAM = 34  # height of one small histogram, px


def histogram_chart(rows: Sequence[HistogramRow], title: str, width: int) -> str:
    """Small multiples on one axis of shares 0–100 %; the highest bin of each row fills its height."""
    plot = _plot((row.label for row in rows), width, HISTOGRAM)
    body = _axis(plot, len(rows), [(at / 5, percent(at / 5, 0)) for at in range(6)])
    for index, row in enumerate(rows):
        y = plot.bar_y(index)
        body.append(_row_texts(plot, index, row.label, row.text, HISTOGRAM))
        body += _bins(plot, y, row)
        body.append(_line(plot.left, y + HISTOGRAM, plot.left + plot.span, y + HISTOGRAM, "base"))
        if row.threshold is not None:
            x = plot.x(row.threshold)
            body.append(_line(x, y - 2, x, y + HISTOGRAM, "threshold"))
    return _svg(width, len(rows) * plot.row_height + 4 + AXIS, title, body)


def _bins(plot: _Plot, y: float, row: HistogramRow) -> list[str]:
    most = max(row.bins, default=0)
    if not most:
        return []
    step = 1 / len(row.bins)
    parts = []
    for place, count in enumerate(row.bins):
        if count:
            height = round(max(1.0, HISTOGRAM * count / most), 1)
            x = plot.x(place * step)
            parts.append(_rect(x + 0.5, y + HISTOGRAM - height, plot.span * step - 1, height, "bar"))
    return parts


def count_chart(rows: Sequence[CountRow], title: str, width: int) -> str:
    """Counts as bars, and over each the bracket of what chance alone would give."""
    plot = _plot((row.label for row in rows), width)
    top = max([1.0, *(value for row in rows for value in (row.count, row.upper))])
    step = _round_step(top)
    top = step * -(-top // step)
    body = _axis(plot, len(rows), [(at * step / top, f"{at * step:g}") for at in range(int(top / step) + 1)])
    for index, row in enumerate(rows):
        y = plot.bar_y(index)
        body.append(_row_texts(plot, index, row.label, row.text))
        body.append(_rect(plot.left, y, plot.x(row.count / top) - plot.left, BAR, "bar"))
        body.append(_bracket(plot.x, y, row.lower / top, row.expected / top, row.upper / top))
    return _svg(width, len(rows) * plot.row_height + 4 + AXIS, title, body)


def _round_step(top: float) -> float:
    """A step of 1, 2 or 5 × 10ⁿ that gives at most five ticks."""
    step = 1.0
    while True:
        for factor in (1, 2, 5):
            if top / (step * factor) <= 5:
                return step * factor
        step *= 10


def _bracket(x: Callable[[float], float], y: float, lower: float, expected: float, upper: float) -> str:
    middle = y + BAR / 2
    ends = "".join(_line(x(at), y + 1, x(at), y + BAR - 1, "chance") for at in (lower, upper))
    centre = f'<circle class="chance-dot" cx="{x(expected):g}" cy="{middle:g}" r="4"/>'
    return _line(x(lower), middle, x(upper), middle, "chance") + ends + centre


def parts_bar(parts: Sequence[Part], title: str, width: int) -> str:
    """One bar cut into parts of a whole; order as given, empty parts left out."""
    total = sum(part.count for part in parts)
    if not total:
        return ""
    body, x = [], 0.0
    for part in parts:
        if part.count:
            share = width * part.count / total
            body.append(_rect(round(x, 1), 0, share - 2, 18, part.css))
            x += share
    return _svg(width, 18, title, body).replace(
        'class="chart"', 'class="chart parts" preserveAspectRatio="none"'
    )


def interval_bar(share: float, lower: float, upper: float, threshold: float | None) -> str:
    """The bar inside a table row: interval, point, threshold on 0–100; the row beside it holds the figures.

    Kept short on purpose: a region has thousands of these in one file.
    """
    at = round(share * 100, 1)
    limit = (
        "" if threshold is None else f'<path class="t" d="M{threshold * 100:g} 0V14"/>'
    )  # fmt: skip
    return (
        '<svg class="i" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">'
        f'<path class="k" d="M0 7H100"/><path class="v" d="M{lower * 100:.1f} 7H{upper * 100:.1f}"/>'
        f'<path class="p" d="M{at:g} 2V12"/>{limit}</svg>'
    )
