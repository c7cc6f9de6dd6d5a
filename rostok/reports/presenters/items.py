"""The page of ``rostok items``: the test in words, what stands out, the table of items, the scale, groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from rostok.reports.item_charts import MapColumn
from rostok.reports.items_model import ItemFigures, ItemsPage, Shift
from rostok.reports.presenters.item_figures import groups_figure, percent_text, trend, wright_figure
from rostok.reports.presenters.region import Figure, TableView
from rostok.schema.problems import Severity
from rostok.wording import DASH, decimal, gettext, integer, ngettext

LEAST_ANSWERS = 50  # behind a correlation, as in maps of gaps (domain.md §4.3)
LOW_REST = 0.2  # Ebel and Frisbie (1991): below it an item is to be rejected or improved
FIT_LOW, FIT_HIGH = 0.7, 1.3  # Wright and Linacre (1994), run-of-the-mill tests
EASY, HARD = 95.0, 5.0  # percent; beyond them an item tells hardly anybody from anybody
MAX_PROBLEMS = 40


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that stands out, or a problem with the data: what was seen, and what to do."""

    seen: str
    look: str


@dataclass(frozen=True, slots=True)
class ItemsView:
    title: str
    lead: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    remarks: tuple[Remark, ...]
    judged: bool  # answers enough to say that nothing stands out
    table: TableView
    figures: tuple[Figure, ...]
    problems: tuple[Remark, ...]
    more_problems: str


def present(page: ItemsPage) -> ItemsView:
    """Everything the page shows, worded."""
    problems = [one for one in page.problems if one.severity is not Severity.NOTICE]
    left = len(problems) - MAX_PROBLEMS
    return ItemsView(
        title=gettext("Показатели заданий: {source}", source=page.source),
        lead=_lead(page),
        facts=_facts(page),
        remarks=(*_remarks(page), *map(_shift, page.shifts)),
        judged=any(line.answered >= LEAST_ANSWERS for line in page.lines),
        table=_table(page),
        figures=tuple(_figures(page)),
        problems=tuple(Remark(one.sentence, one.remedy) for one in problems[:MAX_PROBLEMS]),
        more_problems=ngettext("И ещё {n} замечание — в problems.csv.", "И ещё {n} замечаний — в problems.csv.", left)
        if left > 0 else "",
    )  # fmt: skip


def _lead(page: ItemsPage) -> tuple[str, ...]:
    items = ngettext("{n} задание", "{n} заданий", page.items)
    pupils = ngettext("{n} участник", "{n} участников", page.pupils)
    lead = [
        gettext("{pupils}, {items}.", pupils=pupils, items=items),
        gettext(
            "Эта страница — о заданиях, а не об учениках, классах и учителях. Она для аналитика: малые группы здесь "
            "не скрыты, публиковать её нельзя."
        ),
    ]
    if all(line.answered < LEAST_ANSWERS for line in page.lines):
        lead.append(
            gettext(
                "Ответов меньше {least} на каждое задание: связи и согласие с моделью так измерены грубо, и выводов "
                "по ним здесь нет.",
                least=LEAST_ANSWERS,
            )
        )
    return tuple(lead)


def _facts(page: ItemsPage) -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Средний балл"), decimal(page.mean, 2)),
        (gettext("Разброс баллов (стандартное отклонение)"), decimal(page.sd, 2)),
        (gettext("Надёжность (альфа Кронбаха)"), decimal(page.alpha, 2)),
        (gettext("Погрешность балла одного участника"), decimal(page.error, 2)),
    )


def _remarks(page: ItemsPage) -> Iterator[Remark]:
    for line in page.lines:
        if line.answered >= LEAST_ANSWERS:
            yield from _of_item(line, page.alpha)


def _of_item(line: ItemFigures, alpha: float | None) -> Iterator[Remark]:
    named = gettext("Задание {item}", item=line.label)
    if line.rest is not None and line.rest < 0:
        yield Remark(
            gettext("{item}: чаще решают те, кто слабее в остальном (связь {rest}).", item=named,
                    rest=decimal(line.rest, 2)),
            gettext("Проверьте ключ и критерии, порядок столбцов. Бывает и у задания на совсем другое умение."),
        )  # fmt: skip
    elif line.rest is not None and line.rest < LOW_REST:
        yield Remark(
            gettext("{item}: слабо связано с остальными ({rest}).", item=named, rest=decimal(line.rest, 2)),
            gettext("Посмотрите, не другое ли умение оно проверяет и одинаково ли поняты критерии."),
        )
    if line.percent is not None and not HARD <= line.percent <= EASY:
        solved = percent_text(line.percent)
        yield Remark(
            gettext("{item}: решили почти все ({percent}).", item=named, percent=solved)
            if line.percent > EASY
            else gettext("{item}: почти никто не решил ({percent}).", item=named, percent=solved),
            gettext("Такое задание почти не различает участников. Проходили ли тему, понятно ли условие?"),
        )
    if line.infit is not None and not FIT_LOW <= line.infit <= FIT_HIGH:
        seen = (
            gettext("{item}: ответы случайнее, чем ждёт модель (infit {infit}).", item=named, infit=decimal(line.infit, 2))
            if line.infit > FIT_HIGH
            else gettext("{item}: ответы предсказуемее, чем ждёт модель (infit {infit}).", item=named,
                         infit=decimal(line.infit, 2))
        )  # fmt: skip
        yield Remark(seen, _fit_look(above=line.infit > FIT_HIGH))
    if line.without is not None and alpha is not None and line.without > alpha + 0.005:
        yield Remark(
            gettext("{item}: без него надёжность выше ({without} вместо {alpha}).", item=named,
                    without=decimal(line.without, 2), alpha=decimal(alpha, 2)),
            gettext("Одного этого мало, чтобы убрать задание: оно может быть единственным на своё умение."),
        )  # fmt: skip


def _fit_look(*, above: bool) -> str:
    if above:
        return gettext("Посмотрите, можно ли угадать ответ, списать его или понять условие по-разному.")
    return gettext("Посмотрите, не повторяет ли оно соседнее задание или не проверяется ли вместе с ним.")


def _shift(shift: Shift) -> Remark:
    named = gettext("Задание {item}", item=shift.label)
    values = {"item": named, "focal": shift.focal, "reference": shift.reference}
    if shift.easier:
        seen = gettext("{item}: для «{focal}» легче, чем для «{reference}» того же уровня.", **values)
    else:
        seen = gettext("{item}: для «{focal}» труднее, чем для «{reference}» того же уровня.", **values)
    size = gettext("Различие большое.") if shift.large else gettext("Различие заметное.")
    return Remark(
        seen, size + " " + gettext("Так бывает и когда группы учили по-разному. Посмотрите слова и сюжет задания.")
    )  # fmt: skip


def _table(page: ItemsPage) -> TableView:
    by_level = any(line.by_level for line in page.lines)
    heads = [
        gettext("Задание"), gettext("Ответов"), gettext("Наибольший балл"), gettext("Выполнение"),
        gettext("Связь с остальными"), gettext("Альфа без него"), gettext("Трудность, логиты"), gettext("Infit"),
    ]  # fmt: skip
    if by_level:
        heads.append(gettext("От слабых к сильным"))
    rows = []
    for line in page.lines:
        rows.append((
            line.label, integer(line.answered), integer(line.maximum), percent_text(line.percent),
            decimal(line.rest, 2), decimal(line.without, 2), decimal(line.difficulty, 2),
            decimal(line.infit, 2), *((_trend(line),) if by_level else ()),
        ))  # fmt: skip
    return TableView(gettext("Таблица заданий"), tuple(heads), tuple(rows))


def _trend(line: ItemFigures) -> Markup:
    if all(value is None for value in line.by_level):
        return Markup(DASH)
    return trend(line.by_level, gettext("Задание {item}, от слабых к сильным", item=line.label))


def _figures(page: ItemsPage) -> Iterator[Figure]:
    if page.scale:
        yield wright_figure("scale", gettext("Ученики и задания на одной шкале"), page.scale, page.levels)
    if page.groups:
        columns = [MapColumn(line.label) for line in page.lines]
        title = gettext("Выполнение по группам: {group}", group=page.group_name)
        yield groups_figure("groups", title, columns, page.groups)
