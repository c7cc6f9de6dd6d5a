"""The section on items and skills: per paper its items, skills, municipalities, mark groups and scores, worded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rostok.disclosure import is_share_shown
from rostok.reports.item_charts import SIGNS, shade
from rostok.reports.item_model import Gaps, ItemLine, PaperGaps, Percent, SchoolGaps, SkillLine
from rostok.reports.presenters.item_figures import marks_figure, percent_text, score_figure, status_word
from rostok.reports.presenters.order import natural_key
from rostok.reports.presenters.region import Figure, TableView
from rostok.schema.verdicts import Status
from rostok.wording import DASH, NBSP, decimal, gettext, integer, ngettext, percent

MAX_PLACES = 150  # rows of a map of municipalities; a country has more, and its report names none


MAX_PAPERS = 12  # of one school's card, latest first: a region has ninety papers and thousands of cards


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A number of a map as text, and the classes that shade it."""

    text: str
    css: str


@dataclass(frozen=True, slots=True)
class HeatView:
    """A map as a table: the numbers are the picture. ``heads``: short text and what it stands for."""

    caption: str
    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]


@dataclass(frozen=True, slots=True)
class PaperView:
    """One paper, folded until it is opened."""

    anchor: str
    title: str
    brief: str
    sentences: tuple[str, ...]
    items: TableView
    skills: TableView | None
    places: HeatView | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class GapsView:
    lead: tuple[str, ...]
    papers: tuple[PaperView, ...]


def present(gaps: Gaps) -> GapsView:
    """The whole section."""
    ordered = sorted(gaps.papers, key=lambda paper: (-paper.assessment.year, paper.assessment.key))
    return GapsView(
        _lead(gaps), tuple(_paper(paper, f"gaps{number}") for number, paper in enumerate(ordered, 1))
    )


def _lead(gaps: Gaps) -> tuple[str, ...]:
    levels = "; ".join(
        f"{level} — {_percent(enough)}{NBSP}±{NBSP}{_percent(margin)}"
        for level, enough, margin in gaps.thresholds
    )
    lead = [
        gettext(
            "Какие задания и умения не удаются. Вывод делается по интервалу, а не по самому проценту: «ниже порога» — "
            "весь интервал ниже порога уровня, «выше порога» — весь выше, иначе сказать нельзя. Пороги уровней, "
            "в процентах: {levels}.",
            levels=levels,
        ),
        gettext(
            "Карта показывает задания, а не учителей: результаты ВПР не оценивают учителя. Карты школ и классов "
            "составляет команда rostok gaps; карта класса — только для самой школы."
        ),
    ]
    if not gaps.codifiers:
        lead.append(
            gettext(
                "Кодификатор не дан (--codifier): умения не названы, и у заданий, уровень которых не известен, "
                "вывода нет."
            )
        )
    return tuple(lead)


def _percent(value: float) -> str:
    return decimal(value, 0 if float(value).is_integer() else 1)


def _paper(paper: PaperGaps, anchor: str) -> PaperView:
    label = paper.assessment.label
    figures = []
    if paper.marks:
        figures.append(marks_figure(f"{anchor}-marks", gettext("Задания по группам отметок"), paper.marks))
    if any(bar.count for bar in paper.scores):
        figures.append(
            score_figure(
                f"{anchor}-scores",
                gettext("Первичные баллы"),
                paper.scores,
                paper.boundaries,
                _expectation(paper),
            )
        )
    return PaperView(
        anchor, label, _brief(paper), tuple(_sentences(paper)), _items_table(paper), _skills_table(paper),
        _places(paper), tuple(figures),
    )  # fmt: skip


def _expectation(paper: PaperGaps) -> str:
    return "" if all(bar.expected is None for bar in paper.scores) else expectation_note()


def expectation_note() -> str:
    """What the expected numbers of scores are."""
    return gettext(
        "Ожидание — гладкая кривая по остальным баллам: как участники распределены у самых границ отметок, она не "
        "знает. Подъём на границе по всем школам — повод посмотреть раздел о доверии, а не вывод."
    )


def _brief(paper: PaperGaps) -> str:
    wrote = ngettext(
        "{count} участник", "{count} участников", paper.participants, count=integer(paper.participants)
    )
    below = sum(item.percent.status is Status.BELOW for item in paper.items)
    judged = sum(item.percent.status is not None for item in paper.items)
    if not judged:
        return gettext("{wrote}; уровни заданий не известны", wrote=wrote)
    return gettext(
        "{wrote}; ниже порога заданий: {below} из {judged}",
        wrote=wrote,
        below=integer(below),
        judged=integer(judged),
    )


def _sentences(paper: PaperGaps) -> list[str]:
    """What stands out, in words: systemic gaps first, then crossings of mark groups."""
    said = [
        gettext(
            "Системный дефицит: «{skill}». Ниже порога задания {items} — большинство заданий этого умения.",
            skill=skill.text,
            items=", ".join(skill.below),
        )
        for skill in paper.skills
        if skill.systemic
    ]
    crossing = [row.label for row in paper.marks if row.crossing]
    if crossing:
        said.append(
            gettext(
                "Группы отметок пересеклись в заданиях {items}: получившие отметку выше выполнили их хуже. Стоит "
                "посмотреть условие и критерии этих заданий.",
                items=", ".join(crossing),
            )
        )
    return said


def _interval(one: Percent) -> str:
    if one.lower is None or one.upper is None or not is_share_shown(one.participants):
        return DASH
    return f"{decimal(one.lower)}–{decimal(one.upper)}{NBSP}%"


def _items_table(paper: PaperGaps) -> TableView:
    with_skills = bool(paper.skills)
    heads = [gettext("Задание"), gettext("Уровень"), gettext("Отвечали"), gettext("Выполнено"), gettext("Интервал"),
             gettext("Не приступали"), gettext("Не пройдено"), gettext("Связь с остальными заданиями"), gettext("Вывод")]  # fmt: skip
    if with_skills:
        heads.append(gettext("Умения"))
    rows = tuple(
        _item_row(item, paper.participants, _skills_of(item, paper) if with_skills else None)
        for item in paper.items
    )
    return TableView(gettext("Задания: {paper}", paper=paper.assessment.label), tuple(heads), rows)


def skill_number(place: int) -> str:
    """Short name of a skill of one paper: «У3»."""
    return gettext("У{number}", number=place + 1)


def _skills_of(item: ItemLine, paper: PaperGaps) -> str:
    found = [skill_number(at) for at, skill in enumerate(paper.skills) if item.label in skill.items]
    return ", ".join(found) or DASH


def _item_row(item: ItemLine, wrote: int, skills: str | None) -> tuple[str, ...]:
    """Shares of fewer than ten stay open: how many answered stands beside them."""
    one = item.percent
    shown = is_share_shown(one.participants)
    row = (
        item.label, item.level or DASH, integer(one.participants),
        percent_text(one.value) if shown else DASH, _interval(one),
        percent(item.not_attempted_share if shown else None),
        percent(item.not_taught_share if is_share_shown(wrote) else None), decimal(item.item_rest, 2),
        status_word(one.status) or DASH,
    )  # fmt: skip
    return row if skills is None else (*row, skills)


def _skills_table(paper: PaperGaps) -> TableView | None:
    if not paper.skills:
        return None
    heads = (
        gettext("Умение"),
        gettext("Задания"),
        gettext("Выполнено"),
        gettext("Интервал"),
        gettext("Вывод"),
        gettext("Системный дефицит"),
        says_more_head(),
    )
    return TableView(
        gettext("Умения: {paper}", paper=paper.assessment.label),
        heads,
        tuple(map(_skill_row, range(len(paper.skills)), paper.skills)),
    )


def _skill_row(place: int, skill: SkillLine) -> tuple[str, ...]:
    return (
        f"{skill_number(place)}. {skill.text}", ", ".join(skill.items), _percent_or_count(skill.percent),
        _interval(skill.percent), skill_verdict(skill), systemic_word(skill, beside_verdict=True), says_more_word(skill.says_more),
    )  # fmt: skip


def skill_verdict(skill: SkillLine) -> str:
    """The verdict, with the reason where there is none and what it rests on where that is little."""
    if open_because := _open_because(skill):
        return _cannot_tell(open_because)
    said = status_word(skill.percent.status)
    return gettext("{verdict}: по одному заданию", verdict=said) if len(skill.items) == 1 else said


def systemic_word(skill: SkillLine, *, beside_verdict: bool = False) -> str:
    """Is it a systemic gap? «No» is said only where the opposite was looked for and not found.

    ``beside_verdict``: ``skill_verdict`` stands beside it and names the reason they share.
    """
    if skill.systemic:
        return gettext("да")
    if open_because := _open_because(skill):
        return gettext("сказать нельзя") if beside_verdict else _cannot_tell(open_because)
    may_be_most = 2 * (len(skill.below) + len(skill.undecided)) > len(skill.items)
    if skill.percent.status is Status.BELOW and may_be_most:
        return _cannot_tell(gettext("нет вывода о заданиях {items}", items=", ".join(skill.undecided)))
    return gettext("нет")


def _cannot_tell(reason: str) -> str:
    return gettext("сказать нельзя: {reason}", reason=reason)


def _open_because(skill: SkillLine) -> str:
    """Why a skill has no verdict; empty where it has one."""
    if skill.percent.status in (Status.BELOW, Status.ABOVE):
        return ""
    if not skill.judged:
        return ngettext("только {n} задание", "только {n} заданий", len(skill.items))
    if skill.percent.value is None:
        return gettext("никто не отвечал")
    if skill.percent.status is None:
        return gettext("не известен уровень заданий")
    if not is_share_shown(skill.percent.participants):
        return gettext("мало ответов")
    return gettext("интервал задевает порог")


def _percent_or_count(one: Percent) -> str:
    """Of fewer than ten their number only, as everywhere on the page."""
    return percent_text(one.value) if one.value is None or is_share_shown(one.participants) else _count(one)


def _count(one: Percent) -> str:
    return f"n={integer(one.participants)}"


def says_more_head() -> str:
    """Head of the column of ``says_more_word``."""
    return gettext("Об ученике говорит больше итога")


def says_more_word(says_more: bool | None) -> str:
    """Does a pupil's score of a skill tell more of it than the total of the paper does?"""
    if says_more is None:
        return gettext("сказать нельзя")
    return gettext("да") if says_more else gettext("нет")


def _places(paper: PaperGaps) -> HeatView | None:
    if not 1 < len(paper.places) <= MAX_PLACES:
        return None
    columns = [(item.label, item.skill) for item in paper.items]
    whole = (gettext("Все школы"), tuple(heat_cell(item.percent) for item in paper.items))
    rows = [
        (place.name, tuple(map(heat_cell, place.items)))
        for place in sorted(paper.places, key=lambda place: natural_key(place.name))
    ]
    caption = gettext("Муниципалитеты и задания: {paper}", paper=paper.assessment.label)
    return HeatView(caption, tuple(columns), (whole, *rows))


def heat_cell(one: Percent) -> HeatCell:
    """«48▾» and its shade; «n=3» where fewer than ten answered, a dash where nobody did."""
    if one.value is None:
        return HeatCell(DASH, "")
    if not is_share_shown(one.participants):
        return HeatCell(_count(one), "")
    css = shade(one.value) + (" marked" if one.status is Status.BELOW else "")
    return HeatCell(f"{round(one.value)}{SIGNS[one.status] if one.status else ''}", css)


def school_sentences(found: Sequence[SchoolGaps]) -> tuple[str, ...]:
    """For a school's card: papers with items below, latest first."""
    ordered = sorted(found, key=lambda one: (-one.assessment.year, one.assessment.key))
    said = tuple(map(_school_sentence, ordered[:MAX_PAPERS]))
    left = len(ordered) - MAX_PAPERS
    if left <= 0:
        return said
    return (*said, ngettext("И ещё в {n} работе.", "И ещё в {n} работах.", left))


def _school_sentence(one: SchoolGaps) -> str:
    said = gettext(
        "{paper}, {participants}: задания {items} ({below} из {total}).", paper=one.assessment.label,
        participants=ngettext("{n} участник", "{n} участников", one.participants), items=", ".join(one.below),
        below=integer(len(one.below)), total=integer(one.items),
    )  # fmt: skip
    if one.skills:
        said += " " + gettext(
            "Системный дефицит: {skills}.", skills="; ".join(f"«{text}»" for text in one.skills)
        )
    return said
