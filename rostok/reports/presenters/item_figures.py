"""Charts of items with the sentence that says how to read each, and the table of the same figures."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from rostok.reports.charts import NARROW, WIDE
from rostok.reports.item_charts import (
    Boundary,
    MapCell,
    MapColumn,
    MapRow,
    MarkPoint,
    MarkRow,
    ScoreBar,
    gap_map,
    mark_groups,
    score_histogram,
    sparkline,
)
from rostok.reports.presenters.region import Figure, TableView
from rostok.reports.wright_map import AbilityBin, WrightItem, wright_map
from rostok.schema.verdicts import Status
from rostok.wording import DASH, NBSP, decimal, gettext, integer


def status_word(status: Status | None) -> str:
    """What the interval says, in words; empty where no threshold applies."""
    match status:
        case Status.BELOW:
            return gettext("ниже порога")
        case Status.ABOVE:
            return gettext("выше порога")
        case Status.CANNOT_TELL:
            return gettext("сказать нельзя")
    return ""


def percent_text(percent: float | None, digits: int = 1) -> str:
    """A percent 0–100 as text."""
    return DASH if percent is None else decimal(percent, digits) + NBSP + "%"


def groups_figure(anchor: str, title: str, columns: Sequence[MapColumn], rows: Sequence[MapRow]) -> Figure:
    """Items by groups of pupils; the row of all of them stands in bold."""
    reading = gettext(
        "Число — процент выполнения, чем гуще цвет клетки, тем меньше решено. «—» — ответов меньше десяти. Разные "
        "проценты — ещё не смещение задания: одна группа может быть сильнее во всём."
    )
    return Figure(
        anchor, title, reading, Markup(gap_map(columns, rows, title, WIDE)),
        Markup(gap_map(columns, rows, title, NARROW)), _map_table(title, columns, rows),
    )  # fmt: skip


def _map_table(title: str, columns: Sequence[MapColumn], rows: Sequence[MapRow]) -> TableView:
    """One line per item and a column per unit where units are few, else the other way round."""
    if len(rows) <= 8:
        heads = (gettext("Задание"), *(row.label for row in rows))
        lines = tuple(
            (_column_title(column), *(_cell_text(row.cells[at]) for row in rows))
            for at, column in enumerate(columns)
        )
        return TableView(title, heads, lines)
    heads = (gettext("Где"), *(_column_title(column) for column in columns))
    return TableView(title, heads, tuple((row.label, *map(_cell_text, row.cells)) for row in rows))


def _column_title(column: MapColumn) -> str:
    return f"{column.head}. {column.title}" if column.title else column.head


def _cell_text(cell: MapCell) -> str:
    if cell.percent is None:
        return DASH
    said = status_word(cell.status) if cell.status in (Status.BELOW, Status.ABOVE) else ""
    return percent_text(cell.percent) + (f", {said}" if said else "")


def score_figure(
    anchor: str, title: str, bars: Sequence[ScoreBar], boundaries: Sequence[Boundary], reading: str = ""
) -> Figure:
    """Raw scores with the boundaries of marks; ``reading`` says what the expectation is."""
    said = gettext("Столбик — сколько участников получили столько баллов, пунктир — с какого балла отметка.")
    if any(bar.expected is not None for bar in bars):
        said += " " + gettext("Точечная линия — сколько ожидалось.")
    axis = gettext("первичный балл")
    wide, narrow = (Markup(score_histogram(bars, boundaries, title, width, axis)) for width in (WIDE, NARROW))
    return Figure(
        anchor, title, f"{said} {reading}".strip(), wide, narrow, _score_table(title, bars, boundaries)
    )


def mark_of_score(score: int, boundaries: Sequence[Boundary]) -> str:
    """The mark a raw score gives; empty where no scale is known."""
    reached = [one for one in boundaries if one.score <= score]
    return max(reached, key=lambda one: one.score).mark if reached else ""


def order_word(row: MarkRow) -> str:
    """Do groups with higher marks do an item better?"""
    return gettext("пересеклись") if row.crossing else gettext("по порядку")


def _score_table(title: str, bars: Sequence[ScoreBar], boundaries: Sequence[Boundary]) -> TableView:
    heads = (gettext("Балл"), gettext("Участников"), gettext("Ожидалось"), gettext("Отметка"))
    rows = tuple(
        (
            integer(bar.score),
            integer(bar.count),
            DASH if bar.expected is None else decimal(bar.expected),
            mark_of_score(bar.score, boundaries) or DASH,
        )
        for bar in bars
    )
    return TableView(title, heads, rows)


def wright_figure(
    anchor: str, title: str, items: Sequence[WrightItem], pupils: Sequence[AbilityBin]
) -> Figure:
    """Pupils beside items on the scale of the Rasch model."""
    reading = gettext(
        "Слева ученики, справа задания на одной шкале (логиты). Задание на одной высоте с учеником он решает примерно "
        "в половине случаев, задания выше — реже. Где заданий нет, уровень измерен грубо."
    )
    wide, narrow = (Markup(wright_map(items, pupils, title, width)) for width in (WIDE, NARROW))
    rows = [
        (
            one.label,
            decimal(one.difficulty, 2),
            DASH if one.standard_error is None else decimal(one.standard_error, 2),
        )
        for one in sorted(items, key=lambda one: -one.difficulty)
    ]
    rows += [
        (gettext("ученики от {low} до {high}", low=decimal(one.lower, 1), high=decimal(one.upper, 1)),
         integer(one.count), "")
        for one in pupils
    ]  # fmt: skip
    heads = (gettext("Задание"), gettext("Трудность, логиты"), gettext("Погрешность"))
    return Figure(anchor, title, reading, wide, narrow, TableView(title, heads, tuple(rows)))


def marks_figure(anchor: str, title: str, rows: Sequence[MarkRow]) -> Figure:
    """Items by mark groups; crossing groups are pointed out."""
    reading = gettext(
        "Цифра стоит там, сколько процентов выполнили получившие эту отметку. Обычно цифры идут по порядку; «*» — "
        "группы пересеклись: так бывает и случайно в малых группах, и когда задание проверяет другое умение или "
        "понято по-разному. Стоит посмотреть само задание и его критерии."
    )
    wide, narrow = (Markup(mark_groups(rows, title, width)) for width in (WIDE, NARROW))
    marks = tuple(point.mark for point in rows[0].points) if rows else ()
    heads = (gettext("Задание"), *marks, gettext("Порядок групп"))
    lines = tuple(
        (
            row.label,
            *map(_point_text, row.points),
            order_word(row),
        )
        for row in rows
    )
    return Figure(anchor, title, reading, wide, narrow, TableView(title, heads, lines))


def _point_text(point: MarkPoint) -> str:
    if point.percent is None:
        return (
            DASH if not point.participants else gettext("мало участников: {n}", n=integer(point.participants))
        )
    return percent_text(point.percent)


def trend(values: Sequence[float | None], label: str) -> Markup:
    """A sparkline of percents whose words say the same: first, last, and what is missing."""
    said = ", ".join(percent_text(value, 0) for value in values)
    return Markup(sparkline(values, f"{label}: {said}"))
