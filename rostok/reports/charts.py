"""Charts as SVG strings, drawn on the server so that page, print and documents carry the same picture.

A chart takes typed rows and a width in pixels; at ``NARROW`` labels stand above their bars, at ``WIDE``
beside them. Colours come from the page's style sheet by class, so dark mode and print need no second
drawing. Every chart has an ``aria-label``; its figures stand in a table next to it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rostok.reports import svg
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


def _row_texts(plot: _Plot, row: int, label: str, text: str, bar: int = BAR) -> str:
    y, lines = plot.bar_y(row), _lines(label)
    middle = y + bar / 2 + FONT * 0.36
    figure = svg.text(plot.width, middle, text, "figure", "end")
    last = y - 6 if plot.is_narrow else middle + (len(lines) - 1) * LINE / 2
    said = (svg.text(0, last - (len(lines) - 1 - place) * LINE, line) for place, line in enumerate(lines))
    return "".join(said) + figure


def _axis(plot: _Plot, rows: int, ticks: Sequence[tuple[float, str]]) -> list[str]:
    bottom = rows * plot.row_height + 4
    parts = []
    for at, label in ticks:
        x = plot.x(at)
        parts.append(svg.line(x, 0, x, bottom, "grid"))
        anchor = "start" if at == 0 else "middle"
        parts.append(svg.text(x, bottom + FONT + 2, label, "tick", anchor))
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
            body.append(svg.rect(plot.left, y, plot.x(row.share / top) - plot.left, BAR, "bar"))
        if row.lower is not None and row.upper is not None:
            middle = y + BAR / 2
            body.append(svg.line(plot.x(row.lower / top), middle, plot.x(row.upper / top), middle, "whisker"))
        if row.threshold is not None:
            x = plot.x(row.threshold / top)
            body.append(svg.line(x, y - 2, x, y + BAR + 4, "threshold"))
    return svg.picture(width, len(rows) * plot.row_height + 4 + AXIS, title, body)


HISTOGRAM = 34  # height of one small histogram, px


def histogram_chart(rows: Sequence[HistogramRow], title: str, width: int) -> str:
    """Small multiples on one axis of shares 0–100 %; the highest bin of each row fills its height."""
    plot = _plot((row.label for row in rows), width, HISTOGRAM)
    body = _axis(plot, len(rows), [(at / 5, percent(at / 5, 0)) for at in range(6)])
    for index, row in enumerate(rows):
        y = plot.bar_y(index)
        body.append(_row_texts(plot, index, row.label, row.text, HISTOGRAM))
        body += _bins(plot, y, row)
        body.append(svg.line(plot.left, y + HISTOGRAM, plot.left + plot.span, y + HISTOGRAM, "base"))
        if row.threshold is not None:
            x = plot.x(row.threshold)
            body.append(svg.line(x, y - 2, x, y + HISTOGRAM, "threshold"))
    return svg.picture(width, len(rows) * plot.row_height + 4 + AXIS, title, body)


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
            parts.append(svg.rect(x + 0.5, y + HISTOGRAM - height, plot.span * step - 1, height, "bar"))
    return parts


def count_chart(rows: Sequence[CountRow], title: str, width: int) -> str:
    """Counts as bars, and over each the bracket of what chance alone would give."""
    plot = _plot((row.label for row in rows), width)
    top = max([1.0, *(value for row in rows for value in (row.count, row.upper))])
    step = svg.round_step(top)
    top = step * -(-top // step)
    body = _axis(plot, len(rows), [(at * step / top, f"{at * step:g}") for at in range(int(top / step) + 1)])
    for index, row in enumerate(rows):
        y = plot.bar_y(index)
        body.append(_row_texts(plot, index, row.label, row.text))
        body.append(svg.rect(plot.left, y, plot.x(row.count / top) - plot.left, BAR, "bar"))
        body.append(_bracket(plot.x, y, row.lower / top, row.expected / top, row.upper / top))
    return svg.picture(width, len(rows) * plot.row_height + 4 + AXIS, title, body)


def _bracket(x: Callable[[float], float], y: float, lower: float, expected: float, upper: float) -> str:
    middle = y + BAR / 2
    ends = "".join(svg.line(x(at), y + 1, x(at), y + BAR - 1, "chance") for at in (lower, upper))
    centre = f'<circle class="chance-dot" cx="{x(expected):g}" cy="{middle:g}" r="4"/>'
    return svg.line(x(lower), middle, x(upper), middle, "chance") + ends + centre


def parts_bar(parts: Sequence[Part], title: str, width: int) -> str:
    """One bar cut into parts of a whole; order as given, empty parts left out."""
    total = sum(part.count for part in parts)
    if not total:
        return ""
    body, x = [], 0.0
    for part in parts:
        if part.count:
            share = width * part.count / total
            body.append(svg.rect(round(x, 1), 0, share - 2, 18, part.css))
            x += share
    return svg.picture(width, 18, title, body).replace(
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
