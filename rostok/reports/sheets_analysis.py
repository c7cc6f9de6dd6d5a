"""The sheets that sections of analysis add to the workbook: every school, to be filtered."""

from __future__ import annotations

from collections.abc import Iterator

from rostok.disclosure import is_share_shown
from rostok.reports.analysis_model import Clusters, Growth, Resilience, Sandbox, Similar, ValueAdded
from rostok.reports.model import Report
from rostok.reports.presenters import growth, resilience, sandbox, similar
from rostok.reports.presenters.analysis import names_of
from rostok.reports.presenters.sections import Names, beside_expected, name_of, ordered, place_of
from rostok.reports.sheets import MAX_ROWS, Column, Sheet, Value
from rostok.statistics.intervals import reach
from rostok.wording import gettext

Row = tuple[Value, ...]


def analysis_sheets(report: Report) -> tuple[Sheet, ...]:
    """None where no section was asked for."""
    found, names = report.analysis, names_of(report)
    sheets: list[Sheet] = []
    if found.value_added:
        sheets.append(_value_added(found.value_added, names))
    if found.resilience:
        sheets.append(_resilience(found.resilience, names))
    if found.growth:
        sheets.append(_growth(found.growth, names))
    if found.similar:
        sheets.append(_similar(found.similar, names))
    if found.clusters and len(found.clusters.groups) > 1:
        sheets.append(_clusters(found.clusters, names))
    if found.sandbox:
        sheets.append(_sandbox(found.sandbox, names))
    return tuple(sheets)


def _identity() -> tuple[Column, ...]:
    return (
        Column(gettext("Код школы"), 12),
        Column(gettext("Школа"), 42),
        Column(gettext("Муниципалитет"), 30),
    )


def _who(school: str, names: Names) -> tuple[str, str, str]:
    return school, name_of(names, school), place_of(names, school)


def _value_added(found: ValueAdded, names: Names) -> Sheet:
    columns = (
        *_identity(), Column(gettext("Работа"), 40), Column(gettext("Участников"), 11, "number"),
        Column(gettext("Получено"), 10, "share"), Column(gettext("Ожидалось"), 10, "share"),
        Column(gettext("Разница с поправкой, п.п."), 12, "figure"), Column(gettext("от"), 8, "figure"),
        Column(gettext("до"), 8, "figure"), Column(gettext("Вывод"), 18), Column(gettext("Учтён прежний результат"), 12),
    )  # fmt: skip
    fits = sum(len(paper.lines) for paper in found.papers) <= MAX_ROWS
    return Sheet(gettext("Ожидаемое"), columns, _value_rows(found, names) if fits else ())


def _value_rows(found: ValueAdded, names: Names) -> Iterator[Row]:
    for paper in found.papers:
        lines = {line.school_id: line for line in paper.lines}
        prior = gettext("да") if "cohort_prior_mean" in paper.conditions else gettext("нет")
        for school in ordered(lines, names):
            line = lines[school]
            half = reach() * line.error
            figures: Row = (
                line.real / 100,
                line.expected / 100,
                line.effect,
                line.effect - half,
                line.effect + half,
            )
            if not is_share_shown(line.participants):
                figures = (None,) * 5
            yield (*_who(school, names), paper.assessment.label, line.participants, *figures,
                   beside_expected(line.sign), prior)  # fmt: skip


def _sandbox(found: Sandbox, names: Names) -> Sheet:
    """Schools that some value moves, with the values at which they are listed."""
    heads = [gettext("При {value}", value=sandbox.value_word(found, one.value)) for one in found.tried]
    columns = (*_identity(), *(Column(head, 12) for head in heads))
    moved = ordered({school for one in found.tried for school in (*one.entered, *one.left)}, names)
    rows = ((*_who(school, names), *sandbox.listed_at(found, school)) for school in moved)
    return Sheet(gettext("Порог"), columns, rows)


def _growth(found: Growth, names: Names) -> Sheet:
    columns = (
        *_identity(), Column(gettext("Было"), 24), Column(gettext("Стало"), 24),
        Column(gettext("Изменение, п.п."), 12, "figure"), Column(gettext("В регионе"), 10, "figure"),
        Column(gettext("Сверх региона с поправкой"), 12, "figure"), Column(gettext("от"), 8, "figure"),
        Column(gettext("до"), 8, "figure"), Column(gettext("Вывод"), 28), Column(gettext("Состав участников другой"), 12),
    )  # fmt: skip
    every = (*found.compared, *found.cohorts)
    fits = sum(len(one.lines) for one in every) <= MAX_ROWS
    return Sheet(gettext("Динамика"), columns, _growth_rows(found, names) if fits else ())


def _growth_rows(found: Growth, names: Names) -> Iterator[Row]:
    for one in (*found.compared, *found.cohorts):
        lines = {line.school_id: line for line in one.lines}
        for school in ordered(lines, names):
            line = lines[school]
            figures: Row = (line.change, line.region_change, line.shrunken, line.lower, line.upper)
            if not is_share_shown(line.participants):
                figures = (None,) * 5
            other = gettext("да") if school in found.changed_intake else gettext("нет")
            yield (*_who(school, names), one.first, one.second, *figures,
                   growth.change_word(growth.shown_sign(line)), other)  # fmt: skip


def _resilience(found: Resilience, names: Names) -> Sheet:
    columns = (
        *_identity(), Column(gettext("Условия"), 10, "figure"), Column(gettext("Отличие от ожидаемого"), 12, "figure"),
        Column(gettext("Вероятность"), 12, "share"), Column(gettext("Вывод"), 36),
    )  # fmt: skip
    lines = {line.school_id: line for line in found.lines}
    rows = (
        (*_who(key, names), lines[key].context, lines[key].effect, lines[key].probability,
         resilience.verdict_word(lines[key].verdict))
        for key in ordered(lines, names)
    )  # fmt: skip
    return Sheet(gettext("Резильентность"), columns, rows if len(lines) <= MAX_ROWS else ())


def _similar(found: Similar, names: Names) -> Sheet:
    columns = (
        *_identity(), Column(gettext("Соседей"), 10, "number"), Column(gettext("Рядом с их средним, п.п."), 12, "figure"),
        Column(gettext("от"), 8, "figure"), Column(gettext("до"), 8, "figure"), Column(gettext("Вывод"), 24),
        Column(gettext("Ближайшие"), 60, "long"),
    )  # fmt: skip
    lines = {line.school_id: line for line in found.lines}
    rows = (
        (*_who(key, names), lines[key].neighbours, lines[key].difference, lines[key].lower, lines[key].upper,
         similar.beside_word(lines[key]), "; ".join(name_of(names, one.school_id) for one in lines[key].nearest))
        for key in ordered(lines, names)
    )  # fmt: skip
    return Sheet(gettext("Похожие"), columns, rows if len(lines) <= MAX_ROWS else ())


def _clusters(found: Clusters, names: Names) -> Sheet:
    columns = (
        *_identity(), Column(gettext("Группа"), 9, "number"), Column(gettext("Вероятность"), 12, "share"),
        Column(gettext("Чем отличается группа"), 70, "long"),
    )  # fmt: skip
    of_school = {school: (group, chance) for group in found.groups for school, chance in group.members}
    rows = (
        (*_who(key, names), of_school[key][0].number, of_school[key][1], of_school[key][0].description)
        for key in ordered(of_school, names)
    )
    return Sheet(gettext("Группы"), columns, rows if len(of_school) <= MAX_ROWS else ())
