"""The region as a whole: charts, and under each the table of its figures."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from rostok.disclosure import is_share_shown
from rostok.reports.charts import (
    NARROW,
    WIDE,
    CountRow,
    HistogramRow,
    IntervalRow,
    count_chart,
    histogram_chart,
    interval_chart,
)
from rostok.reports.model import AssessmentLine, ChanceLine, Report, SchoolLine, Verdict
from rostok.reports.presenters import words
from rostok.reports.presenters.order import in_order
from rostok.wording import DASH, count_of, decimal, gettext, integer, percent

BINS = 20  # of the distribution of schools, five percent each


@dataclass(frozen=True, slots=True)
class TableView:
    """A table: heads and rows of text; the first cell of a row is its head."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart drawn for wide and narrow screens, the sentence that says how to read it, and its table."""

    anchor: str
    title: str
    reading: str
    wide: Markup
    narrow: Markup
    table: TableView


def _drawn(draw: Callable[[int], str]) -> tuple[Markup, Markup]:
    return Markup(draw(WIDE)), Markup(draw(NARROW))


def _share(line: AssessmentLine) -> float | None:
    return None if line.below is None or not line.participants else line.below / line.participants


def shares_figure(lines: Sequence[AssessmentLine]) -> Figure:
    """Share below with its Wilson interval, per assessment over all schools."""
    rows = [
        IntervalRow(
            line.assessment.label, _share(line), line.lower, line.upper, line.threshold, percent(_share(line))
        )
        for line in lines
    ]
    title = gettext("Доля «2» или ниже минимума по работам")
    wide, narrow = _drawn(lambda width: interval_chart(rows, title, width))
    table = TableView(
        title,
        (
            gettext("Работа"), gettext("Школ"), gettext("Писали"), gettext("«2» или ниже минимума"),
            gettext("Интервал"), gettext("Шкала"),
        ),
        tuple(
            (
                line.assessment.label, integer(line.schools), integer(line.participants),
                count_of(line.below, line.participants), words.range_text(line.lower, line.upper),
                _scale(line),
            )
            for line in lines
        ),
    )  # fmt: skip
    reading = gettext(
        "Полоса — доля по всем школам вместе, черта поверх — интервал Уилсона, пунктир — порог для школы. "
        "Работы разных лет и классов отличаются трудностью: сравнивать можно школы внутри одной работы."
    )
    return Figure("shares", title, reading, wide, narrow, table)


def _scale(line: AssessmentLine) -> str:
    source = line.scale_source or DASH
    return source if line.scale_confirmed else gettext("{source}; не подтверждена", source=source)


def distribution_figure(report: Report) -> Figure | None:
    """How shares spread over schools, one small histogram per assessment; papers under ten pupils left out."""
    spread = _shares_by_assessment(report)
    lines = [line for line in report.assessments if spread[line.assessment.key]]
    if not lines:
        return None
    title = gettext("Как доли распределены по школам")
    rows = [
        HistogramRow(line.assessment.label, _bins(spread[line.assessment.key]), line.threshold,
                     _at_threshold(spread[line.assessment.key], line.threshold))
        for line in lines
    ]  # fmt: skip
    wide, narrow = _drawn(lambda width: histogram_chart(rows, title, width))
    table = TableView(
        title,
        (
            gettext("Работа"), gettext("Школ"), gettext("У четверти школ не больше"),
            gettext("У половины не больше"), gettext("У трёх четвертей не больше"), gettext("Порог и больше"),
        ),
        tuple(_spread_row(line, spread[line.assessment.key]) for line in lines),
    )  # fmt: skip
    reading = gettext(
        "Столбик — сколько школ имеют такую долю (шаг 5 %), пунктир — порог, справа — сколько школ на пороге и выше. "
        "Работы, которые писали меньше 10 человек, не показаны."
    )
    return Figure("distribution", title, reading, wide, narrow, table)


def _shares_by_assessment(report: Report) -> dict[str, list[float]]:
    spread: dict[str, list[float]] = defaultdict(list)
    for school in report.schools:
        for cell in school.cells:
            if cell.share is not None and is_share_shown(cell.participants):
                spread[cell.assessment.key].append(cell.share)
    for shares in spread.values():
        shares.sort()
    return spread


def _bins(shares: Sequence[float]) -> tuple[int, ...]:
    bins = [0] * BINS
    for share in shares:
        bins[min(int(share * BINS + 1e-9), BINS - 1)] += 1
    return tuple(bins)


def _at_threshold(shares: Sequence[float], threshold: float | None) -> str:
    if threshold is None:
        return DASH
    reached = len(shares) - bisect_right(shares, threshold - 1e-9)
    return gettext("{count} из {base}", count=integer(reached), base=integer(len(shares)))


def quantile(ordered: Sequence[float], part: float) -> float:
    """The least value that at least ``part`` of the values do not exceed.

    >>> quantile([0.1, 0.2, 0.3, 0.4], 0.5)
    0.2
    """
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def _spread_row(line: AssessmentLine, shares: Sequence[float]) -> tuple[str, ...]:
    return (
        line.assessment.label,
        integer(len(shares)),
        *(percent(quantile(shares, part)) for part in (0.25, 0.5, 0.75)),
        _at_threshold(shares, line.threshold),
    )


def _band(line: ChanceLine) -> str:
    if line.size_to is None:
        return (
            gettext("{n} и больше", n=integer(line.size_from)) if line.size_from > 1 else gettext("все школы")
        )
    return f"{integer(line.size_from)}–{integer(line.size_to)}"


def chance_figure(bands: Sequence[ChanceLine], total: ChanceLine | None) -> Figure:
    """Listed schools by size beside the number that chance alone would list."""
    rows = [
        CountRow(
            gettext("{band} участников", band=_band(line)), line.listed, line.lower, line.expected, line.upper,
            gettext("{listed} из {schools}", listed=integer(line.listed), schools=integer(line.schools)),
        )
        for line in bands
    ]  # fmt: skip
    title = gettext("Кто попал бы в список случайно")
    wide, narrow = _drawn(lambda width: count_chart(rows, title, width))
    lines = [*bands, total] if total is not None else list(bands)
    table = TableView(
        title,
        (
            gettext("Участников на работу, в среднем"), gettext("Школ"), gettext("В списке"),
            gettext("Случайно: ученики"), gettext("от – до"),
            gettext("Случайно: ученики и годы набора"), gettext("от – до"),
        ),
        tuple(
            (
                _band(line), integer(line.schools), integer(line.listed), decimal(line.expected, 1),
                words.count_range(line.lower, line.upper), decimal(line.expected_with_cohorts, 1),
                words.count_range(line.lower_with_cohorts, line.upper_with_cohorts),
            )
            for line in lines
        ),
    )  # fmt: skip
    reading = gettext(
        "Полоса — сколько школ такого размера в списке. Скоба с точкой — сколько их было бы, если бы все школы учили "
        "одинаково и дело было только в том, какие ученики писали. Где полоса внутри скобы, сам по себе список мало "
        "что говорит: решают карточка и разговор со школой. Второй счёт в таблице относит к случаю и то, что классы "
        "и годы набора одной школы бывают сильнее и слабее."
    )
    return Figure("chance", title, reading, wide, narrow, table)


def participation_figure(report: Report) -> Figure | None:
    """Share absent per assessment, where the data say who was absent."""
    lines = [line for line in report.assessments if line.absent is not None]
    if not lines:
        return None
    title = gettext("Кто не писал")
    rows = [
        IntervalRow(
            line.assessment.label, _absent_share(line), None, None, None, percent(_absent_share(line))
        )
        for line in lines
    ]
    wide, narrow = _drawn(lambda width: interval_chart(rows, title, width))
    table = TableView(
        title,
        (gettext("Работа"), gettext("Писали"), gettext("Отсутствовали")),
        tuple(
            (
                line.assessment.label, integer(line.participants),
                count_of(line.absent, line.participants + (line.absent or 0)),
            )
            for line in lines
        ),
    )  # fmt: skip
    return Figure("participation", title, _participation_reading(report.schools), wide, narrow, table)


def _absent_share(line: AssessmentLine) -> float | None:
    base = line.participants + (line.absent or 0)
    return None if not base else (line.absent or 0) / base


def _participation_reading(schools: Sequence[SchoolLine]) -> str:
    with_results = [school for school in schools if school.participants]
    bounded = [school for school in with_results if school.participation is not None]
    moved = sum(
        not (one.participation.all_below is one.participation.all_above is one.verdict)
        for one in bounded
        if one.participation is not None
    )
    if not bounded:
        return gettext("Доля отсутствовавших среди всех, кто есть в файлах.")
    said = [
        gettext(
            "Доля отсутствовавших среди всех, кто есть в файлах. Школ, где вывод мог бы быть другим, смотря как "
            "написали бы отсутствовавшие: {moved} из {total} с результатами; границы — в карточке школы.",
            moved=integer(moved), total=integer(len(bounded)),
        )
    ]  # fmt: skip
    silent = len(with_results) - len(bounded)
    if silent:
        said.append(gettext("Школ, о которых не сказано, сколько отсутствовало: {n}.", n=integer(silent)))
    without = len(schools) - len(with_results)
    if without:
        said.append(gettext("Школ без результатов: {n}.", n=integer(without)))
    return " ".join(said)


def municipalities_table(report: Report) -> TableView:
    """Schools of each municipality by verdict, in the order of names."""
    rows = []
    for place, members in groupby(
        in_order(report.schools), key=lambda one: one.municipality or one.municipality_id
    ):
        lines = list(members)
        counts = [sum(one.verdict is verdict for one in lines) for verdict in _VERDICTS]
        rows.append(
            (place or gettext("не указан"), integer(len(lines)), *(integer(count) for count in counts))
        )
    category = next((one.category for one in report.with_verdict(Verdict.TRUE)), "")
    heads = [words.verdict_word(verdict, report.methodology, category) for verdict in _VERDICTS]
    return TableView(
        gettext("Школы по муниципалитетам"), (gettext("Муниципалитет"), gettext("Школ"), *heads), tuple(rows)
    )


_VERDICTS = (Verdict.TRUE, Verdict.UNKNOWN, Verdict.FALSE)


def present(report: Report) -> tuple[Figure, ...]:
    """Charts that this report has data for."""
    figures: list[Figure | None] = []
    if report.assessments:
        figures += [shares_figure(report.assessments), distribution_figure(report)]
    if report.chance:
        figures.append(chance_figure(report.chance, report.chance_total))
    figures.append(participation_figure(report))
    return tuple(figure for figure in figures if figure is not None)
