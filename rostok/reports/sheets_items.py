"""The sheets that items, skills and objectivity add to the workbook: the lines of the page, to be filtered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rostok.disclosure import is_share_shown
from rostok.reports.item_model import Gaps, Objectivity, PaperGaps, Percent, PlaceLine, SkillLine
from rostok.reports.model import Report
from rostok.reports.presenters import gaps, objectivity
from rostok.reports.presenters.item_figures import status_word
from rostok.reports.presenters.order import natural_key
from rostok.reports.sheets import MAX_ROWS, Column, Sheet, Value
from rostok.wording import gettext

Row = tuple[Value, ...]


def item_sheets(report: Report) -> tuple[Sheet, ...]:
    """None where neither was asked for."""
    found: list[Sheet] = []
    if report.gaps:
        found.append(_items_sheet(report.gaps))
        if any(paper.skills for paper in report.gaps.papers):
            found.append(_skills_sheet(report.gaps))
    if report.objectivity:
        found.append(_listed_sheet(report.objectivity))
        found.append(_markers_sheet(report.objectivity))
    return tuple(found)


def _figures() -> tuple[Column, ...]:
    return (
        Column(gettext("Отвечали"), 11, "number"), Column(gettext("Выполнено"), 11, "share"),
        Column(gettext("Интервал от"), 11, "share"), Column(gettext("до"), 9, "share"), Column(gettext("Вывод"), 16),
    )  # fmt: skip


def _percent(one: Percent) -> Row:
    """Shares of fewer than ten pupils are left empty, as everywhere in the workbook."""
    shown = is_share_shown(one.participants)
    values = (one.value, one.lower, one.upper)
    shares = [value / 100 if shown and value is not None else None for value in values]
    return (one.participants, *shares, status_word(one.status))


def _kept(papers: Sequence[PaperGaps], columns: int) -> bool:
    """Do the lines of municipalities fit beside those of the whole?"""
    return sum((1 + len(paper.places)) * columns for paper in papers) <= MAX_ROWS


def _ordered(places: Sequence[PlaceLine]) -> list[PlaceLine]:
    return sorted(places, key=lambda place: natural_key(place.name))


def _items_sheet(found: Gaps) -> Sheet:
    columns = (
        Column(gettext("Работа"), 40), Column(gettext("Задание"), 10), Column(gettext("Уровень"), 9),
        Column(gettext("Где"), 34), *_figures(), Column(gettext("Не приступали"), 12, "share"),
        Column(gettext("Не пройдено"), 11, "share"), Column(gettext("Связь с остальными заданиями"), 10, "figure"),
        Column(gettext("Умение"), 70, "long"),
    )  # fmt: skip
    most = max((len(paper.items) for paper in found.papers), default=0)
    return Sheet(gettext("Задания"), columns, _item_rows(found.papers, _kept(found.papers, most)))


def _item_rows(papers: Sequence[PaperGaps], with_places: bool) -> Iterator[Row]:
    for paper in papers:
        for at, item in enumerate(paper.items):
            head = (paper.assessment.label, item.label, item.level or None)
            yield (
                *head, gettext("Все школы"), *_percent(item.percent),
                item.not_attempted_share if is_share_shown(item.percent.participants) else None,
                item.not_taught_share if is_share_shown(paper.participants) else None,
                item.item_rest, item.skill or None,
            )  # fmt: skip
            for place in _ordered(paper.places) if with_places else ():
                yield (*head, place.name, *_percent(place.items[at]), None, None, None, item.skill or None)


def _skills_sheet(found: Gaps) -> Sheet:
    columns = (
        Column(gettext("Работа"), 40), Column(gettext("Умение"), 70, "long"), Column(gettext("Задания"), 18),
        Column(gettext("Где"), 34), *_figures(), Column(gettext("Задания ниже порога"), 18),
        Column(gettext("Системный дефицит"), 26), Column(gaps.says_more_head(), 14),
    )  # fmt: skip
    most = max((len(paper.skills) for paper in found.papers), default=0)
    return Sheet(gettext("Умения"), columns, _skill_rows(found.papers, _kept(found.papers, most)))


def _skill_rows(papers: Sequence[PaperGaps], with_places: bool) -> Iterator[Row]:
    for paper in papers:
        for at, skill in enumerate(paper.skills):
            head = (paper.assessment.label, skill.text, ", ".join(skill.items))
            yield (*head, gettext("Все школы"), *_percent(skill.percent), *_of_whole(skill))
            for place in _ordered(paper.places) if with_places else ():
                yield (*head, place.name, *_percent(place.skills[at]), None, None, None)


def _of_whole(skill: SkillLine) -> Row:
    return ", ".join(skill.below) or None, gaps.systemic_word(skill), gaps.says_more_word(skill.says_more)


def _listed_sheet(found: Objectivity) -> Sheet:
    """Schools whose results call for a second look, and its outcomes where they differ."""
    columns = (
        Column(gettext("Код школы"), 12), Column(gettext("Школа"), 42), Column(gettext("Муниципалитет"), 30),
        Column(gettext("Стоит посмотреть ещё раз"), 14), Column(gettext("Что увидено"), 50, "long"),
        Column(gettext("Где заметнее всего"), 60, "long"), Column(gettext("Проверок"), 10, "number"),
        Column(gettext("Вероятность при честной проверке"), 14, "chance"),
        Column(gettext("С поправкой на число школ"), 14, "chance"),
        *(Column(head, 22) for head in objectivity.treatments()),
    )  # fmt: skip
    return Sheet(gettext("Доверие"), columns, _listed_rows(found))


def _listed_rows(found: Objectivity) -> Iterator[Row]:
    listed = {one.school_id: one for one in found.listed}
    differing = {one.school_id: one for one in found.lists.differing} if found.lists else {}
    for school in sorted({*listed, *differing}, key=lambda key: objectivity.school_order(found, key)):
        name, place = objectivity.school_name(found, school)
        one, treated = listed.get(school), differing.get(school)
        yield (
            school, name, place, gettext("да") if one else gettext("нет"),
            objectivity.seen_text(one) if one else None,
            "; ".join(objectivity.paper_text(paper) for paper in one.papers) if one else None, one.tests if one else None,
            one.p_value if one else None, one.q_value if one else None, treated.with_all if treated else None,
            treated.set_aside if treated else None, treated.widened if treated else None,
        )  # fmt: skip


def _markers_sheet(found: Objectivity) -> Sheet:
    columns = (
        Column(gettext("Признак"), 40, "long"), Column(gettext("На чём основан"), 30), Column(gettext("Школ"), 9, "number"),
        Column(gettext("Что увидено"), 60, "long"), Column(gettext("Чем ещё это бывает"), 60, "long"),
        Column(gettext("Что посмотреть"), 60, "long"),
    )  # fmt: skip
    views = [(count, objectivity.marker_view(code, count)) for code, count in found.markers]
    rows = [(v.title, v.basis, count, v.seen, v.otherwise, v.look) for count, v in views]
    return Sheet(gettext("Признаки"), columns, rows)
