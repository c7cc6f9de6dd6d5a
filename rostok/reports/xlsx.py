"""The report as a workbook: the same lines as the page, to be filtered and passed on.

Numbers stay numbers with a format, shares of fewer than ten pupils are left empty as on the page, and text
is never taken for a formula: a name that begins like one is written as quoted text.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from rostok.disclosure import is_share_shown
from rostok.reports.model import CellLine, Report, SchoolLine, Verdict
from rostok.reports.presenters import data, methodology, schools, summary, words
from rostok.reports.presenters.order import in_order
from rostok.reports.sheets import MAX_ROWS, Column, Sheet, Value
from rostok.reports.sheets_analysis import analysis_sheets
from rostok.reports.sheets_items import item_sheets
from rostok.wording import gettext, integer

MAX_TEXT = 32_000  # a cell holds 32,767 characters
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def _share(value: float | None, base: int | None) -> float | None:
    return value if is_share_shown(base) else None


def _identity() -> tuple[Column, ...]:
    return (
        Column(gettext("Код школы"), 12), Column(gettext("Школа"), 42), Column(gettext("Муниципалитет"), 30),
    )  # fmt: skip


def _who(school: SchoolLine) -> tuple[str, str, str]:
    return school.school_id, school.name, school.municipality or school.municipality_id


def _schools_sheet(report: Report, ordered: Sequence[SchoolLine]) -> Sheet:
    columns = (
        *_identity(), Column(gettext("Вид"), 12), Column(gettext("Вывод"), 20), Column(gettext("Категория"), 20),
        Column(gettext("Ниже порога, работ"), 11, "number"), Column(gettext("Всего работ"), 9, "number"),
        Column(gettext("Сказать нельзя, работ"), 11, "number"), Column(gettext("Разных когорт"), 10, "number"),
        Column(gettext("Устойчивость"), 15), Column(gettext("Вероятность того же вывода"), 13, "share"),
        Column(gettext("Отсутствовали"), 13, "number"), Column(gettext("из"), 9, "number"),
        Column(gettext("Доля отсутствий"), 12, "share"),
        Column(gettext("Вывод, если бы все отсутствовавшие получили «2»"), 22),
        Column(gettext("Вывод, если бы никто из отсутствовавших не получил «2»"), 22),
        Column(gettext("Общая оценка доли"), 11, "share"), Column(gettext("от"), 8, "share"),
        Column(gettext("до"), 8, "share"), Column(gettext("Присвоено списком"), 26),
        Column(gettext("Причины"), 70, "long"),
    )  # fmt: skip
    return Sheet(gettext("Школы"), columns, (_school_row(school, report) for school in ordered))


def _school_row(school: SchoolLine, report: Report) -> tuple[Value, ...]:
    bounds, pooled, base = school.participation, school.pooled, school.participants
    away, invited = schools.absence(school)
    no_bound = gettext("неизвестно, сколько отсутствовало") if away is None and school.participants else None
    listed = "; ".join(f"{one.year}: {one.category}" for one in school.assigned)
    return (
        *_who(school), school.kind, words.verdict_chip(school, report.methodology), school.category,
        school.low_count, school.assessment_count, school.unknown_count, school.cohorts,
        words.firmness_word(school.firmness), _rounded_down(school.probability), away, invited, _share(school.share_absent, invited),
        words.bound_word(bounds.all_below, school, report.methodology) if bounds else no_bound,
        words.bound_word(bounds.all_above, school, report.methodology) if bounds else no_bound,
        *((_share(one, base) for one in (pooled.share, pooled.lower, pooled.upper)) if pooled else (None,) * 3),
        listed, "\n".join(school.reasons),
    )  # fmt: skip


def _rounded_down(probability: float | None) -> float | None:
    """As the column shows it, to a tenth of a percent: 94.99 must not read 95.0 beside «скорее всего»."""
    return None if probability is None else math.floor(probability * 1000 + 1e-9) / 1000


def _papers_sheet(ordered: Sequence[SchoolLine]) -> Sheet:
    columns = (
        *_identity(), Column(gettext("Работа"), 40), Column(gettext("Когорта"), 12),
        Column(gettext("Участников"), 11, "number"), Column(gettext("Отсутствовали"), 13, "number"),
        Column(gettext("«2» или ниже минимума"), 13, "number"), Column(gettext("Доля"), 9, "share"),
        Column(gettext("Интервал от"), 9, "share"), Column(gettext("до"), 9, "share"),
        Column(gettext("Порог"), 9, "share"), Column(gettext("Результаты"), 28),
        Column(gettext("До смены вывода, участников"), 13, "number"),
    )  # fmt: skip
    return Sheet(gettext("Основания"), columns, _paper_rows(fitting(ordered, _papers)))


def fitting(ordered: Sequence[SchoolLine], rows_of: Callable[[SchoolLine], int]) -> Sequence[SchoolLine]:
    """The schools whose rows a sheet can carry: all, those that wait for an answer, or none."""
    waiting = [school for school in ordered if school.verdict in (Verdict.TRUE, Verdict.UNKNOWN)]
    for chosen in (ordered, waiting):
        if sum(map(rows_of, chosen)) <= MAX_ROWS:
            return chosen
    return []


def _papers(school: SchoolLine) -> int:
    return len(school.cells)


def _rules(school: SchoolLine) -> int:
    return len(schools.told_rules(school))


def _indicators(school: SchoolLine) -> int:
    return len(school.indicators)


def _paper_rows(chosen: Sequence[SchoolLine]) -> Iterator[tuple[Value, ...]]:
    for school in chosen:
        for cell in school.cells:
            yield (*_who(school), *_paper(cell))


def _paper(cell: CellLine) -> tuple[Value, ...]:
    base = cell.participants
    return (
        cell.assessment.label, cell.cohort, base, cell.absent, cell.below, _share(cell.share, base),
        _share(cell.lower, base), _share(cell.upper, base), cell.threshold, schools.cell_view(cell).judgement,
        cell.distance,
    )  # fmt: skip


def _rules_sheet(ordered: Sequence[SchoolLine]) -> Sheet:
    columns = (
        *_identity(), Column(gettext("Правило"), 50), Column(gettext("Выполнено"), 16),
        Column(gettext("Показатель"), 14, "figure"), Column(gettext("Порог"), 14, "figure"),
        Column(gettext("Единица"), 14), Column(gettext("Источник"), 40),
    )  # fmt: skip

    def rows() -> Iterator[tuple[Value, ...]]:
        for school in fitting(ordered, _rules):
            for rule in schools.told_rules(school):
                title, _, _, outcome = schools.rule_row(rule)
                unit = words.unit_word(rule.unit)
                yield (*_who(school), title, outcome, rule.figure, rule.threshold, unit, rule.source)

    return Sheet(gettext("Правила"), columns, rows())


def _indicators_sheet(ordered: Sequence[SchoolLine]) -> Sheet:
    columns = (
        *_identity(), Column(gettext("Показатель"), 50), Column(gettext("Код"), 24),
        Column(gettext("Значение"), 12, "figure"), Column(gettext("Единица"), 14),
        Column(gettext("Участников"), 11, "number"), Column(gettext("Полнота"), 10, "share"),
    )  # fmt: skip

    def rows() -> Iterator[tuple[Value, ...]]:
        for school in fitting(ordered, _indicators):
            for one in school.indicators:
                value = _share(one.value, one.n) if one.unit == "share" and one.n is not None else one.value
                yield (*_who(school), one.title or one.indicator, one.indicator, value,
                       words.unit_word(one.unit), one.n, one.coverage)  # fmt: skip

    return Sheet(gettext("Показатели"), columns, rows())


def _pairs(name: str, rows: Iterable[Sequence[Value]]) -> Sheet:
    return Sheet(name, (Column(gettext("Что"), 44, "long"), Column(gettext("Значение"), 100, "long")), rows)


def _summary_sheet(report: Report, ordered: Sequence[SchoolLine]) -> Sheet:
    first = summary.present(report)
    rows: list[tuple[Value, ...]] = [(first.title, first.subtitle)]
    rows += [(gettext("Внимание"), first.synthetic)] if first.synthetic else []
    rows += [(gettext("Сделано"), first.done), (gettext("Правило"), first.rule)]
    rows += [(tile.title, tile.explanation) for tile in first.tiles]
    rows += [(gettext("Устойчивость"), text) for text in (first.firmness_lead,) if text]
    rows += [(gettext("Случайность"), text) for text in first.chance]
    rows += [(gettext("Чего не знаем"), note) for note in first.notes]
    rows += [(gettext("Не подтверждено документом"), text) for text in first.unconfirmed]
    rows += [(gettext("Изменено для этого расчёта"), text) for text in first.changed]
    rows += _left_out(ordered)
    return _pairs(gettext("Сводка"), rows)


def _left_out(ordered: Sequence[SchoolLine]) -> list[tuple[Value, ...]]:
    """What did not fit and where it is."""
    counted = (
        (gettext("Основания"), "reasons.csv", _papers),
        (gettext("Правила"), "rules.csv", _rules),
        (gettext("Показатели"), "indicators.csv", _indicators),
    )
    rows: list[tuple[Value, ...]] = []
    for name, file, rows_of in counted:
        left = len(ordered) - len(fitting(ordered, rows_of))
        if left:
            said = gettext(
                "На лист не поместились строки {n} школ; все строки — в {file}.", n=integer(left), file=file
            )
            rows.append((name, said))
    return rows


def _methodology_sheet(report: Report) -> Sheet:
    view = methodology.present(report)
    columns = (
        Column(gettext("Что"), 44, "long"), Column(gettext("Значение"), 44, "long"),
        Column(gettext("Источник"), 60, "long"), Column(gettext("Сверено"), 18),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = [(word, value, None, None) for word, value in view.facts]
    rows += [(f"{one.title} ({one.name})", one.value, one.source, one.confirmed) for one in view.parameters]
    rows += [
        (gettext("Категория {name}", name=name), meaning, None, None) for name, meaning in view.categories
    ]
    rows += [(gettext("Оговорка"), limit, None, None) for limit in view.limits]
    rows += [(word, value, None, None) for word, value in view.run]
    return Sheet(gettext("Методика"), columns, rows)


def _data_sheet(report: Report) -> Sheet:
    columns = (
        Column(gettext("Вид"), 14), Column(gettext("Где"), 48, "long"), Column(gettext("Что"), 70, "long"),
        Column(gettext("Сколько"), 12, "number"), Column(gettext("Что делать"), 60, "long"),
    )  # fmt: skip
    rows: list[tuple[Value, ...]] = [
        (gettext("файл"), line.name, data.file_view(line).contents, line.rows, None) for line in report.files
    ]
    for _, problems in data.grouped(report.problems):
        rows += [
            (data.severity_word(one.severity), data.place(one), data.sentence(one), one.count, one.remedy)
            for one in problems
        ]
    return Sheet(gettext("Данные и замечания"), columns, rows)


def sheets(report: Report) -> tuple[Sheet, ...]:
    """The sheets in their order; a methodology of counts alone has no indicators to show."""
    ordered = in_order(report.schools)
    found = (
        _summary_sheet(report, ordered),
        _schools_sheet(report, ordered),
        _papers_sheet(ordered),
        _rules_sheet(ordered),
        _indicators_sheet(ordered) if any(map(_indicators, ordered)) else None,
        *item_sheets(report),
        *analysis_sheets(report),
        _methodology_sheet(report),
        _data_sheet(report),
    )
    return tuple(sheet for sheet in found if sheet is not None)


def write(report: Report, path: Path) -> None:
    """Write the workbook to ``path``; raises OSError as the file system does."""
    # Rows leave memory as they are written: a national run has hundreds of thousands of them.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties(
        {
            "title": report.methodology.title,
            "author": f"Росток {report.run.code_version}",
            # the date of the data, not of the clock: the same run gives the same workbook
            "created": dt.datetime.combine(report.run.on, dt.time(), dt.UTC),
        }
    )
    formats = _formats(book)
    for sheet in sheets(report):
        _write_sheet(book, sheet, formats, report)
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(str(error)) from error


def _formats(book: Any) -> dict[str, Any]:
    top = {"valign": "top"}
    return {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1, "bg_color": "#E3EEF6"}),
        "text": book.add_format(top),
        "long": book.add_format({**top, "text_wrap": True}),
        "quoted": book.add_format({**top, "quote_prefix": True}),
        "number": book.add_format({**top, "num_format": "#,##0"}),
        "figure": book.add_format({**top, "num_format": "#,##0.0##"}),
        "chance": book.add_format({**top, "num_format": "0.0000"}),
        "share": book.add_format({**top, "num_format": "0.0%"}),
    }  # fmt: skip


def _write_sheet(book: Any, sheet: Sheet, formats: dict[str, Any], report: Report) -> None:
    page = book.add_worksheet(sheet.name)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
    for place, column in enumerate(sheet.columns):
        page.write_string(0, place, column.head, formats["head"])
    last = 0
    for last, row in enumerate(sheet.rows, start=1):
        _write_row(page, last, row, sheet.columns, formats)
    for at, note in enumerate(sheet.notes, last + 2):
        page.write_string(at, 0, note, formats["text"])
    page.freeze_panes(1, 2 if len(sheet.columns) > 5 else 0)
    page.autofilter(0, 0, last, len(sheet.columns) - 1)
    _set_print(page, sheet, report)


def _write_row(
    page: Any, at: int, row: Sequence[Value], columns: Sequence[Column], formats: dict[str, Any]
) -> None:
    for place, (value, column) in enumerate(zip(row, columns, strict=True)):
        if value is None or value == "":
            continue
        if isinstance(value, str):
            style = formats["quoted" if value.startswith(FORMULA_STARTS) else column.kind]
            page.write_string(at, place, value[:MAX_TEXT], style)
        else:
            page.write_number(at, place, value, formats[column.kind])


def _set_print(page: Any, sheet: Sheet, report: Report) -> None:
    page.set_landscape()
    page.set_paper(9)  # A4
    page.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    # & starts a code in a header, a doubled one is itself
    title = report.methodology.title.replace("&", "&&")
    page.set_header(f"&L&8{title}&R&8{sheet.name}")
    page.set_footer(f"&R&8{gettext('стр. ')}&P / &N")
