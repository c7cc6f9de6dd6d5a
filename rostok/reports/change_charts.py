"""Charts of change: means over moments with their intervals, moves between groups beside what chance would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rostok.reports import svg
from rostok.reports.axes import Axis, around
from rostok.reports.effect_charts import FONT, cut
from rostok.wording import integer

HEIGHT, LEFT, TOP, BOTTOM = 280, 52, 14, 30
ENDS = 150  # px beside the last moment for the names of lines
DASHES = 4  # ways of drawing a line


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its interval."""

    value: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Line:
    """A group over moments; None where it has no result."""

    label: str
    points: tuple[Estimate | None, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """Schools that moved between two groups, and how many would have by chance."""

    seen: int
    expected: float
    lower: float
    upper: float

    @property
    def sign(self) -> str:
        """▴ more than chance gives, ▾ fewer, empty where chance alone would do.

        >>> Move(9, 5.2, 2, 8).sign, Move(8, 5.2, 2, 8).sign
        ('▴', '')
        """
        return "▴" if self.seen > self.upper else "▾" if self.seen < self.lower else ""


def dynamics(lines: Sequence[Line], moments: Sequence[str], title: str, width: int, upwards: str = "") -> str:
    """Lines over moments, each with its own dash and number; upright strokes are intervals."""
    known = [p for line in lines for p in line.points if p is not None]
    if not known:
        return ""
    ends = ENDS if width >= 480 else 24
    first, last = LEFT + 20.0, float(width - ends - 12)
    y_axis = Axis(*around([end for p in known for end in (p.lower, p.upper)]), HEIGHT - BOTTOM, TOP)
    body = _grid(y_axis, LEFT, width - ends)
    for at, moment in enumerate(moments):
        body.append(svg.text(_moment_x(at, len(moments), first, last), HEIGHT - 8, moment, "tick", "middle"))
    for number, line in enumerate(lines):
        # Lines step aside from one another so that their intervals can be told apart.
        aside = 6 * (number - (len(lines) - 1) / 2)
        body += _line(
            line,
            number,
            [_moment_x(at, len(moments), first, last) + aside for at in range(len(moments))],
            y_axis,
        )
    body += _names(lines, y_axis, width - ends + 4, short=width < 480)
    body.append(svg.text(LEFT + 4, TOP - 3, upwards, "tick"))
    return svg.picture(width, HEIGHT, title, body)


def _moment_x(at: int, count: int, first: float, last: float) -> float:
    return round((first + last) / 2 if count < 2 else first + at * (last - first) / (count - 1), 1)


def _grid(axis: Axis, left: float, right: float) -> list[str]:
    parts = []
    for value, label in axis.ticks(5):
        y = axis.at(value)
        parts.append(svg.line(left, y, right, y, "base" if value == 0 else "grid"))
        parts.append(svg.text(left - 6, y + 4, label, "tick", "end"))
    return parts


def _line(line: Line, number: int, xs: Sequence[float], axis: Axis) -> list[str]:
    parts: list[str] = []
    run: list[tuple[float, float]] = []
    for x, point in zip([*xs, 0.0], [*line.points, None], strict=True):
        if point is None:
            parts.append(svg.polyline(run, f"series dash{number % DASHES}"))
            run = []
            continue
        run.append((x, axis.at(point.value)))
        parts.append(svg.line(x, axis.at(point.lower), x, axis.at(point.upper), "interval"))
        parts.append(f'<circle class="told" cx="{x:g}" cy="{axis.at(point.value):g}" r="3.5"/>')
    return parts


def _names(lines: Sequence[Line], axis: Axis, x: float, *, short: bool) -> list[str]:
    """Names at the ends of lines, none over another; on a narrow screen their numbers."""
    wanted = []
    for number, line in enumerate(lines, start=1):
        last = next((p for p in reversed(line.points) if p is not None), None)
        if last is not None:
            wanted.append((axis.at(last.value), f"{number}" if short else f"{number}. {cut(line.label, 18)}"))
    parts, before = [], -1e9
    for y, said in sorted(wanted):
        before = max(y, before + FONT + 2)
        parts.append(svg.text(x, before + 4, said, "figure"))
    return parts


LIST_ROW, LIST_BAR = 30, 16


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list of schools by a rule: those it shares with the rule as it stands, those that enter, those that leave."""

    label: str
    kept: int
    entered: int
    left: int
    is_base: bool = False


def lists_chart(rows: Sequence[ListRow], title: str, width: int) -> str:
    """Lists as bars: to the right of nought who is listed, those who enter framed; to the left those who leave."""
    if not rows:
        return ""
    label = 110 if width >= 480 else 64
    most = max(row.kept + row.entered for row in rows) or 1
    axis = Axis(-max(row.left for row in rows), most, label + 34, width - 88)
    body = []
    for number, row in enumerate(rows):
        y = number * LIST_ROW + 6
        middle = y + LIST_BAR / 2 + FONT * 0.36
        zero, kept, end, left = (axis.at(at) for at in (0, row.kept, row.kept + row.entered, -row.left))
        body.append(svg.text(0, middle, row.label, "figure" if row.is_base else ""))
        body.append(svg.rect(zero, y, kept - zero, LIST_BAR, "bar"))
        if row.entered:
            body.append(svg.rect(kept, y, end - kept, LIST_BAR, "box"))
            body.append(
                svg.text(
                    end + 6, middle, f"{integer(row.kept + row.entered)} (+{integer(row.entered)})", "tick"
                )
            )
        else:
            body.append(svg.text(kept + 6, middle, integer(row.kept), "tick"))
        if row.left:
            body.append(svg.rect(left, y, zero - left, LIST_BAR, "away"))
            body.append(svg.text(left - 4, middle, f"−{integer(row.left)}", "tick", "end"))
    bottom = len(rows) * LIST_ROW + 4
    body.append(svg.line(axis.at(0), 0, axis.at(0), bottom, "base"))
    return svg.picture(width, bottom, title, body)


CELL_WIDTH, CELL_HEIGHT = 84, 46


def transitions_chart(
    moves: Sequence[Sequence[Move]], groups: Sequence[str], title: str, width: int, *, down: str, across: str
) -> str:
    """Moves from the group of a row to that of a column: how many, and under it how many chance would give."""
    if not moves:
        return ""
    head = 104 if width >= 480 else 34
    step = min(CELL_WIDTH, (width - head) / len(groups))
    body = [
        svg.text(head, 14, across, "tick"),
        svg.text(0, 34, cut(down, 16) if width >= 480 else "", "tick"),
    ]
    for place, group in enumerate(groups):
        body.append(svg.text(head + (place + 0.5) * step, 34, group, "figure", "middle"))
    for row, cells in enumerate(moves):
        y = 42 + row * CELL_HEIGHT
        body.append(svg.text(0, y + 26, groups[row], "figure"))
        whole = sum(cell.seen for cell in cells) or 1
        for place, cell in enumerate(cells):
            body.append(_move(cell, head + place * step, y, step, cell.seen / whole))
    return svg.picture(width, 42 + len(moves) * CELL_HEIGHT + 4, title, body)


def _move(cell: Move, x: float, y: float, step: float, share: float) -> str:
    """The more schools of the row, the darker; a frame and a sign where chance does not give as many."""
    middle = x + step / 2
    css = f"shade{min(4, int(share * 5))}" + (" marked" if cell.sign else "")
    expected = f"{integer(cell.lower)}–{integer(cell.upper)}"
    return (
        svg.rect(x + 1, y + 1, step - 3, CELL_HEIGHT - 3, css)
        + svg.text(middle, y + 20, integer(cell.seen) + cell.sign, "figure", "middle")
        + svg.text(middle, y + 37, expected, "cell", "middle")
    )
