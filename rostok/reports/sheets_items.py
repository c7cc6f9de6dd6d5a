"""The sheets that maps of items and skills add to the workbook: the lines of the page, to be filtered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rostok.disclosure import is_share_shown
from rostok.reports.item_model import Gaps, PaperGaps, Percent, PlaceLine, SkillLine
from rostok.reports.model import Report
from rostok.reports.presenters import gaps
from rostok.reports.presenters.item_figures import mark_of_score, order_word, status_word
from rostok.reports.presenters.order import natural_key
from rostok.reports.sheets import MAX_ROWS, Column, Sheet, Value
from rostok.reports.sheets_objectivity import objectivity_sheets
from rostok.wording import gettext

Row = tuple[Value, ...]


def item_sheets(report: Report) -> tuple[Sheet, ...]:
    """None where neither was asked for."""
    found: list[Sheet] = []
    if report.gaps:
        found.append(_items_sheet(report.gaps))
        if any(paper.skills for paper in report.gaps.papers):
            found.append(_skills_sheet(report.gaps))
        found += _beside(report.gaps.papers)
    if report.objectivity:
        found += objectivity_sheets(report.objectivity)
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


def _beside(papers: Sequence[PaperGaps]) -> Iterator[Sheet]:
    """What the page draws, where there is any of it."""
    if any(paper.marks for paper in papers):
        yield _marks_sheet(papers)
    if any(paper.scores for paper in papers):
        yield _scores_sheet(papers)


def _marks_sheet(papers: Sequence[PaperGaps]) -> Sheet:
    columns = (
        Column(gettext("Работа"), 40), Column(gettext("Задание"), 10), Column(gettext("Отметка"), 10),
        Column(gettext("Участников"), 11, "number"), Column(gettext("Выполнено"), 11, "share"),
        Column(gettext("Порядок групп"), 16),
    )  # fmt: skip
    return Sheet(gettext("Группы отметок"), columns, _mark_rows(papers))


def _scores_sheet(papers: Sequence[PaperGaps]) -> Sheet:
    columns = (
        Column(gettext("Работа"), 40), Column(gettext("Балл"), 8, "number"),
        Column(gettext("Участников"), 11, "number"), Column(gettext("Ожидалось"), 11, "figure"),
        Column(gettext("Отметка"), 10),
    )  # fmt: skip
    return Sheet(gettext("Баллы"), columns, _score_rows(papers), (gaps.expectation_note(),))


def _mark_rows(papers: Sequence[PaperGaps]) -> Iterator[Row]:
    """A group too small for a percent has its number alone."""
    for paper in papers:
        for line in paper.marks:
            order = order_word(line)
            for point in line.points:
                share = None if point.percent is None else point.percent / 100
                yield paper.assessment.label, line.label, point.mark, point.participants, share, order


def _score_rows(papers: Sequence[PaperGaps]) -> Iterator[Row]:
    for paper in papers:
        for bar in paper.scores:
            yield (
                paper.assessment.label,
                bar.score,
                bar.count,
                bar.expected,
                mark_of_score(bar.score, paper.boundaries),
            )
