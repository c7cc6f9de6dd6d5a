"""Charts of schools beside what was expected: caterpillars with bars for comparing, conditions, boxes of groups.

No chart puts schools in an order of results: rows come in the order they are given, by name. Nothing is said by colour
alone: a filled sign is told apart from what was expected, a hollow one is not. Colours come from the page's style sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rostok.reports import svg
from rostok.reports.axes import Axis, around, around_nought

FONT = 13
LABEL = 250  # px of the labels beside rows
FIGURE = 116  # px of the figures at the end of rows
ROW, ROW_NARROW = 22, 38
AXIS = 26
R = 4.5


class Sign(StrEnum):
    """What can be said of a value beside the expected one."""

    ABOVE = "above"
    BELOW = "below"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class EffectRow:
    """A school: its effect, the ends of its bar for comparing with another, what its own interval says."""

    label: str
    effect: float
    lower: float
    upper: float
    sign: Sign
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    """A school among others: conditions and result."""

    x: float
    y: float
    sign: Sign = Sign.CANNOT_TELL


@dataclass(frozen=True, slots=True)
class BandPoint:
    """At conditions ``x``: what is expected, how sure that line is, and how far schools lie around it."""

    x: float
    expected: float
    lower: float
    upper: float
    school_lower: float
    school_upper: float


@dataclass(frozen=True, slots=True)
class BoxRow:
    """Schools of one group: quarter points, and between which values nine of ten lie."""

    label: str
    low: float
    quarter: float
    median: float
    three_quarters: float
    high: float
    text: str


def mark(x: float, y: float, sign: Sign, r: float = R) -> str:
    """Filled circle above, filled square below, hollow circle where it cannot be told."""
    if sign is Sign.BELOW:
        return f'<rect class="told" x="{x - r:.4g}" y="{y - r:.4g}" width="{2 * r:g}" height="{2 * r:g}"/>'
    css = "told" if sign is Sign.ABOVE else "point"
    return f'<circle class="{css}" cx="{x:g}" cy="{y:g}" r="{r:g}"/>'


@dataclass(frozen=True, slots=True)
class _Rows:
    """Where rows stand: labels beside them on a wide screen, above them on a narrow one."""

    width: int
    count: int

    @property
    def is_narrow(self) -> bool:
        return self.width < 480

    @property
    def height(self) -> int:
        return ROW_NARROW if self.is_narrow else ROW

    @property
    def bottom(self) -> int:
        return self.count * self.height + 4

    def axis(self, low: float, high: float) -> Axis:
        start = 8 if self.is_narrow else LABEL
        return Axis(low, high, start, self.width - FIGURE)

    def y(self, row: int) -> float:
        """The middle of what is drawn in a row."""
        return row * self.height + (27 if self.is_narrow else ROW / 2)

    def texts(self, row: int, label: str, figure: str) -> str:
        y = self.y(row)
        if self.is_narrow:
            return svg.text(0, y - 14, cut(label, 42)) + svg.text(self.width, y + 5, figure, "figure", "end")
        said = svg.text(0, y + 5, cut(label, LABEL // 8))
        return said + svg.text(self.width, y + 5, figure, "figure", "end")

    def picture(self, title: str, body: Sequence[str]) -> str:
        return svg.picture(self.width, self.bottom + AXIS, title, body)


def cut(text: str, most: int) -> str:
    """Text that fits; the whole stands in the table."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def upright_grid(axis: Axis, bottom: float, most: int) -> list[str]:
    """Grid lines with their labels under the rows; nought is drawn as the line to compare with."""
    parts = []
    for value, label in axis.ticks(most):
        x = axis.at(value)
        parts.append(svg.line(x, 0, x, bottom, "base" if value == 0 else "grid"))
        parts.append(svg.text(x, bottom + FONT + 4, label, "tick", "middle"))
    return parts


def caterpillar(
    rows: Sequence[EffectRow | str], title: str, width: int, ends: tuple[float, float] | None = None
) -> str:
    """Effects with bars for comparing two schools, in the order given; a bare text is the head of those under it.

    ``ends``: of the axis, to keep charts alike.
    """
    schools = [row for row in rows if isinstance(row, EffectRow)]
    if not schools:
        return ""
    place = _Rows(width, len(rows))
    axis = place.axis(*(ends or around_nought([end for row in schools for end in (row.lower, row.upper)])))
    body = upright_grid(axis, place.bottom, 4 if place.is_narrow else 8)
    for number, row in enumerate(rows):
        y = place.y(number)
        if isinstance(row, str):
            body.append(svg.text(0, y + 5, cut(row, 42), "figure"))
            continue
        body.append(place.texts(number, row.label, row.text))
        body.append(svg.line(axis.at(row.lower), y, axis.at(row.upper), y, "whisker"))
        body.append(mark(axis.at(row.effect), y, row.sign))
    return place.picture(title, body)


def box_plot(rows: Sequence[BoxRow], title: str, width: int) -> str:
    """Groups of schools: the box holds the middle half, the line inside is the median, whiskers hold nine of ten."""
    if not rows:
        return ""
    place = _Rows(width, len(rows))
    axis = place.axis(*around([end for row in rows for end in (row.low, row.high)]))
    body = upright_grid(axis, place.bottom, 4 if place.is_narrow else 8)
    for number, row in enumerate(rows):
        y, half = place.y(number), 6
        left, right = axis.at(row.quarter), axis.at(row.three_quarters)
        body.append(place.texts(number, row.label, row.text))
        body.append(svg.line(axis.at(row.low), y, axis.at(row.high), y, "link"))
        body.append(svg.rect(left, y - half, right - left, 2 * half, "box"))
        body.append(svg.line(axis.at(row.median), y - half, axis.at(row.median), y + half, "median"))
    return place.picture(title, body)


HEIGHT = 380
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 12, 44


def conditions_chart(
    points: Sequence[Point], bands: Sequence[BandPoint], title: str, width: int, *, across: str, upwards: str,
    cut: float | None = None,
) -> str:  # fmt: skip
    """Results of schools by their conditions, with what is expected: a line, its band, the band of most schools.

    ``across`` and ``upwards`` name the axes; ``cut``: conditions at which a dashed line stands.
    """
    if not points:
        return ""
    height = HEIGHT if width >= 480 else 300
    ys = [p.y for p in points] + [end for b in bands for end in (b.school_lower, b.school_upper)]
    x_axis = Axis(*around([*(p.x for p in points), *(b.x for b in bands)]), LEFT, width - RIGHT)
    y_axis = Axis(*around(ys), height - BOTTOM, TOP)
    body = _plot_grid(x_axis, y_axis, 4 if width < 480 else 8)
    places = [(b, x_axis.at(b.x)) for b in bands]
    body.append(
        _area([(x, y_axis.at(b.school_lower), y_axis.at(b.school_upper)) for b, x in places], "band-schools")
    )
    body.append(_area([(x, y_axis.at(b.lower), y_axis.at(b.upper)) for b, x in places], "band"))
    body.append(svg.polyline([(x, y_axis.at(b.expected)) for b, x in places], "fitted"))
    if cut is not None:
        body.append(svg.line(x_axis.at(cut), TOP, x_axis.at(cut), height - BOTTOM, "threshold"))
    # Those that can be told of are drawn last, on top.
    for point in sorted(points, key=lambda one: one.sign is not Sign.CANNOT_TELL):
        body.append(mark(x_axis.at(point.x), y_axis.at(point.y), point.sign, 3.5))
    body.append(svg.text(LEFT, height - 4, across, "tick"))
    body.append(svg.text(LEFT + 4, TOP + 10, upwards, "tick"))
    return svg.picture(width, height, title, body)


def _plot_grid(x_axis: Axis, y_axis: Axis, most: int) -> list[str]:
    parts = []
    for value, label in y_axis.ticks(5):
        y = y_axis.at(value)
        parts += [
            svg.line(x_axis.start, y, x_axis.end, y, "grid"),
            svg.text(LEFT - 6, y + 4, label, "tick", "end"),
        ]
    for value, label in x_axis.ticks(most):
        parts.append(svg.text(x_axis.at(value), y_axis.start + FONT + 4, label, "tick", "middle"))
    return parts


def _area(ends: Sequence[tuple[float, float, float]], css: str) -> str:
    """The area between lower and upper ends at each x; nothing from fewer than two."""
    if len(ends) < 2:
        return ""
    around_it = [(x, upper) for x, _, upper in ends] + [(x, lower) for x, lower, _ in reversed(ends)]
    return f'<path class="{css}" d="M{"L".join(f"{x:g} {y:g}" for x, y in around_it)}Z"/>'
