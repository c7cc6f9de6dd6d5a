"""Charts of items and scores: gap maps, score histograms, items by mark groups, sparklines.

Nothing is said by colour alone. A cell of a map carries its number and a sign, marks are drawn as their digits,
lines differ in dash, and shades of one hue stay in order in black and white. Every chart has a table of the same
figures in ``presenters.item_figures``. Labels are given by the caller, in the reader's language.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rostok.reports import svg
from rostok.schema.verdicts import Status
from rostok.wording import DASH, integer

FONT = 13


SIGNS = {Status.BELOW: "▾", Status.ABOVE: "▴", Status.CANNOT_TELL: ""}


@dataclass(frozen=True, slots=True)
class MapCell:
    """Percent correct 0–100, None where nobody's answer counts; what its interval says; how many answered."""

    percent: float | None
    status: Status | None = None
    participants: int | None = None


@dataclass(frozen=True, slots=True)
class MapColumn:
    """An item or a skill: a short ``head`` for the chart, ``title`` in full for the table."""

    head: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class MapRow:
    """A class, a school, a municipality: one cell per column; ``of_region`` for the row to compare with."""

    label: str
    cells: tuple[MapCell, ...]
    of_region: bool = False


@dataclass(frozen=True, slots=True)
class ScoreBar:
    """How many have this raw score and how many were expected (None: no expectation)."""

    score: int
    count: int
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class Boundary:
    """The least raw score that gives ``mark``."""

    score: int
    mark: str


@dataclass(frozen=True, slots=True)
class MarkPoint:
    """Percent correct 0–100 of the pupils with one mark; None where they are too few to say."""

    mark: str
    percent: float | None
    participants: int | None = None


@dataclass(frozen=True, slots=True)
class MarkRow:
    """An item by mark groups, lowest mark first; ``crossing``: a higher mark does worse than a lower one."""

    label: str
    points: tuple[MarkPoint, ...]
    crossing: bool = False


CELL_WIDTH, CELL_HEIGHT = 38, 24
HEAD = 20


def shade(percent: float) -> str:
    """The class of a percent: five steps of one hue, the strongest where least is solved.

    >>> [shade(percent) for percent in (0, 19.99, 20, 79, 100)]
    ['shade4', 'shade4', 'shade3', 'shade1', 'shade0']
    """
    return f"shade{4 - min(4, int(max(percent, 0) // 20))}"


@dataclass(frozen=True, slots=True)
class _MapPlot:
    """Where cells go: beside their labels on a wide screen, under them on a narrow one."""

    label_width: int
    label_height: int

    @property
    def row_height(self) -> int:
        return CELL_HEIGHT + self.label_height

    def block(self, rows: int) -> int:
        return HEAD + rows * self.row_height + 14


def gap_map(columns: Sequence[MapColumn], rows: Sequence[MapRow], title: str, width: int) -> str:
    """A table of numbers in shaded cells; columns that do not fit stand in further blocks below."""
    plot = _MapPlot(250, 0) if width >= 480 else _MapPlot(0, 17)
    fitting = max(1, (width - plot.label_width) // CELL_WIDTH)
    starts = range(0, len(columns), fitting)
    body = []
    for number, start in enumerate(starts):
        part = slice(start, start + fitting)
        body.append(_map_block(columns[part], rows, part, number * plot.block(len(rows)), plot))
    return svg.picture(width, len(starts) * plot.block(len(rows)), title, body)


def _map_block(
    columns: Sequence[MapColumn], rows: Sequence[MapRow], part: slice, top: int, plot: _MapPlot
) -> str:
    parts = []
    for place, column in enumerate(columns):
        x = plot.label_width + place * CELL_WIDTH + CELL_WIDTH / 2 - 1
        parts.append(svg.text(x, top + 14, _cut(column.head, 5), "tick", "middle"))
    for at, row in enumerate(rows):
        y = top + HEAD + at * plot.row_height
        label = _cut(row.label, (plot.label_width or 320) // 8)
        parts.append(svg.text(0, y + 16 - plot.label_height // 5, label, "figure" if row.of_region else ""))
        for place, cell in enumerate(row.cells[part]):
            parts.append(_map_cell(cell, plot.label_width + place * CELL_WIDTH, y + plot.label_height))
    return "".join(parts)


def _map_cell(cell: MapCell, x: float, y: float) -> str:
    middle = x + CELL_WIDTH / 2 - 1
    if cell.percent is None:
        return svg.text(middle, y + 16, DASH, "tick", "middle")
    css = shade(cell.percent) + (" marked" if cell.status is Status.BELOW else "")
    said = integer(round(cell.percent)) + (SIGNS[cell.status] if cell.status else "")
    bold = "cell figure" if cell.status is Status.BELOW else "cell"
    box = svg.rect(x + 1, y + 1, CELL_WIDTH - 4, CELL_HEIGHT - 4, css)
    return box + svg.text(middle, y + 16, said, bold, "middle")


def _cut(text: str, most: int) -> str:
    """Text that fits; the whole stands in the table."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


PLOT_HEIGHT = 220
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 26, 40


@dataclass(frozen=True, slots=True)
class _Axes:
    """Pixels of a plot with counts upwards."""

    width: int
    lowest: float
    highest: float
    most: float

    def x(self, value: float) -> float:
        span = max(self.highest - self.lowest, 1e-9)
        return round(LEFT + (value - self.lowest) / span * (self.width - LEFT - RIGHT), 1)

    def y(self, count: float) -> float:
        return round(TOP + (1 - count / self.most) * (PLOT_HEIGHT - TOP - BOTTOM), 1)


def score_histogram(
    bars: Sequence[ScoreBar], boundaries: Sequence[Boundary], title: str, width: int, axis: str = ""
) -> str:
    """Pupils by raw score, the scores that give a mark, and the expected counts as a dotted line."""
    if not bars:
        return ""
    most = max(max(bar.count, bar.expected or 0) for bar in bars) or 1
    step = svg.round_step(most)
    axes = _Axes(width, bars[0].score - 0.5, bars[-1].score + 0.5, step * math.ceil(most / step))
    body = _count_axis(axes, step)
    body += _score_bars(axes, bars)
    body += _score_ticks(axes, bars)
    body += _boundary_lines(axes, boundaries, bars)
    expected = [(axes.x(bar.score), axes.y(bar.expected)) for bar in bars if bar.expected is not None]
    body.append(svg.polyline(expected, "expected"))
    body.append(svg.text(LEFT, PLOT_HEIGHT - 4, axis, "tick"))
    return svg.picture(width, PLOT_HEIGHT, title, body)


def _count_axis(axes: _Axes, step: float) -> list[str]:
    parts = []
    for at in range(round(axes.most / step) + 1):
        y, label = axes.y(at * step), integer(at * step)
        parts += [
            svg.line(LEFT, y, axes.width - RIGHT, y, "grid"),
            svg.text(LEFT - 6, y + 4, label, "tick", "end"),
        ]
    return parts


def _score_bars(axes: _Axes, bars: Sequence[ScoreBar]) -> list[str]:
    wide = axes.x(1) - axes.x(0)
    gap = min(2.0, wide / 5)
    return [
        svg.rect(round(axes.x(bar.score - 0.5) + gap / 2, 1), axes.y(bar.count), wide - gap,
                 round(axes.y(0) - axes.y(bar.count), 1), "bar")
        for bar in bars if bar.count
    ]  # fmt: skip


def _score_ticks(axes: _Axes, bars: Sequence[ScoreBar]) -> list[str]:
    room = 26 / max(axes.x(1) - axes.x(0), 1e-9)  # scores under one label
    every = max(1, round(svg.round_step(room, 1)))
    y = axes.y(0) + FONT + 3
    return [
        svg.text(axes.x(bar.score), y, integer(bar.score), "tick", "middle")
        for bar in bars
        if bar.score % every == 0
    ]


def _boundary_lines(axes: _Axes, boundaries: Sequence[Boundary], bars: Sequence[ScoreBar]) -> list[str]:
    """A dashed line before the least score of each mark, the mark at its top."""
    parts = []
    for boundary in boundaries:
        if bars[0].score < boundary.score <= bars[-1].score:
            x = axes.x(boundary.score - 0.5)
            parts.append(svg.line(x, TOP - 8, x, axes.y(0), "threshold"))
            parts.append(svg.text(x + 4, TOP - 8, boundary.mark, "figure"))
    return parts


MARK_ROW = 26


def mark_groups(rows: Sequence[MarkRow], title: str, width: int) -> str:
    """A row per item, 0–100 percent; each group of pupils stands there as the digit of its mark."""
    label_width = 200 if width >= 480 else 64
    span = width - label_width - 20
    height = len(rows) * MARK_ROW + 24

    def x(percent: float) -> float:
        return round(label_width + percent / 100 * span, 1)

    body = []
    for at in range(0, 101, 20):
        body.append(svg.line(x(at), 0, x(at), height - 20, "grid"))
        body.append(svg.text(x(at), height - 5, f"{at}", "tick", "middle"))
    for number, row in enumerate(rows):
        y = number * MARK_ROW + MARK_ROW / 2
        label = row.label + ("*" if row.crossing else "")
        body.append(svg.text(0, y + 5, _cut(label, label_width // 8), "figure" if row.crossing else ""))
        known = [point.percent for point in row.points if point.percent is not None]
        if known:
            body.append(svg.line(x(min(known)), y, x(max(known)), y, "link"))
        placed = sorted((x(one.percent), one.mark) for one in row.points if one.percent is not None)
        body += _digits(placed, y)
    return svg.picture(width, height, title, body)


def _digits(placed: Sequence[tuple[float, str]], y: float) -> list[str]:
    """Digits at their percents; those that would cover each other step up and down, never aside."""
    parts, step, before = [], 0, -math.inf
    for at, mark in placed:
        step = (-6 if step > 0 else 6) if at - before < 16 else 0
        before = at
        parts.append(_digit(at, y + step, mark))
    return parts


def _digit(x: float, y: float, mark: str) -> str:
    digit = mark.strip("«»\"'")
    return f'<circle class="dot" cx="{x:g}" cy="{y:g}" r="9"/>' + svg.text(
        x, y + 4.5, digit, "digit", "middle"
    )


def sparkline(values: Sequence[float | None], title: str, lowest: float = 0.0, highest: float = 100.0) -> str:
    """A few values in a line the height of text; a missing one breaks it, the last one is dotted."""
    width, height = 96, 22
    step = (width - 10) / max(len(values) - 1, 1)

    def at(place: int, value: float) -> tuple[float, float]:
        share = min(max((value - lowest) / max(highest - lowest, 1e-9), 0), 1)
        return round(5 + place * step, 1), round(height - 4 - share * (height - 8), 1)

    body: list[str] = []
    run: list[tuple[float, float]] = []
    for place, value in enumerate([*values, None]):
        if value is not None:
            run.append(at(place, value))
            continue
        body.append(svg.polyline(run, "spark"))
        if len(run) == 1:
            body.append(f'<circle class="spark-dot" cx="{run[0][0]:g}" cy="{run[0][1]:g}" r="2"/>')
        run = []
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if known:
        x, y = at(*known[-1])
        body.append(f'<circle class="spark-dot" cx="{x:g}" cy="{y:g}" r="3"/>')
    return svg.picture(width, height, title, body, "chart sparkline")
