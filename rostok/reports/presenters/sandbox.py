"""The section on the threshold moved: who would enter and leave the list, the year before, whom it touches; worded."""

from __future__ import annotations

from collections.abc import Iterator

from rostok.reports.analysis_model import Sandbox, TriedValue
from rostok.reports.change_charts import ListRow, lists_chart
from rostok.reports.presenters.objectivity import group_word
from rostok.reports.presenters.region import TableView
from rostok.reports.presenters.sections import (
    Block,
    Names,
    SectionView,
    drawn,
    name_of,
    ordered,
    place_of,
)
from rostok.reports.presenters.words import value_text
from rostok.wording import DASH, gettext, integer, percent

MOST_MOVED = 200  # schools in the table of those that move; the workbook has all


def present(found: Sandbox, names: Names) -> SectionView:
    return SectionView(
        "sandbox",
        gettext("Порог"),
        gettext("Что изменится, если подвинуть порог"),
        tuple(_lead(found)),
        (_lists(found), *_years(found), *_moved(found, names), *_groups(found)),
    )


def _lead(found: Sandbox) -> Iterator[str]:
    yield gettext(
        "Порог кто-то выбрал. Здесь то же правило посчитано на тех же данных при соседних значениях параметра «{title}»; сейчас он "
        "равен {base}. Методика от этого не меняется: раздел показывает, насколько список держится на одном числе.",
        title=found.title, base=value_word(found, found.base),
    )  # fmt: skip
    yield gettext(
        "Если сдвиг на шаг меняет список на треть, порог стоит среди множества похожих школ: решайте о мерах для школ по обе "
        "стороны от него, а не о том, где провести черту. Устойчивость вывода о каждой школе — в её карточке; другие параметры и "
        "значения считает rostok sandbox."
    )


def value_word(found: Sandbox, value: float) -> str:
    return value_text(value, found.unit)


def _lists(found: Sandbox) -> Block:
    title = gettext("Список при разных значениях")
    rows = [
        ListRow(value_word(found, one.value), one.listed - len(one.entered), len(one.entered), len(one.left), one.value == found.base)
        for one in found.tried
    ]  # fmt: skip
    reading = gettext(
        "Полоса вправо — школы в списке, её светлый конец — те, кто войдёт, пунктирная полоса влево — те, кто выйдет по сравнению с "
        "правилом как есть (его значение выделено)."
    )
    heads = (gettext("Значение"), gettext("В списке"), gettext("Войдут"), gettext("Выйдут"))
    table = TableView(title, heads, tuple(_list_row(found, one) for one in found.tried))
    figures = drawn("sandbox-figure", title, reading, lambda width: lists_chart(rows, title, width), table)
    return Block("sandbox-lists", "", (), (), figures)


def _list_row(found: Sandbox, one: TriedValue) -> tuple[str, ...]:
    value = value_word(found, one.value)
    if one.value == found.base:
        return gettext("{value} (как есть)", value=value), integer(one.listed), DASH, DASH
    return value, integer(one.listed), integer(len(one.entered)), integer(len(one.left))


# --- a year before


def _years(found: Sandbox) -> Iterator[Block]:
    if all(one.listed_before is None for one in found.tried):
        return
    title = gettext("То же правило годом раньше")
    heads = (gettext("Значение"), gettext("В списке сейчас"), gettext("Было в списке"), gettext("В обоих"),
             gettext("Из нынешних были названы годом раньше"), gettext("Были в списке и вышли"))  # fmt: skip
    rows = tuple(
        (
            value_word(found, one.value),
            *map(integer, (one.listed, one.listed_before, one.both)),
            percent(one.found_earlier, 0),
            integer(one.recovered),
        )
        for one in found.tried
    )
    said = gettext(
        "Часть школ выходит из списка сама: попасть в него помогает и неудачный год, а следующий бывает обычным. Поэтому «вышли» — ещё не "
        "«помогли»: сколько вышло бы и без помощи, считает rostok sandbox вместе с устойчивостью. Если окно методики — два "
        "года, соседние списки делят один год данных."
    )
    yield Block("sandbox-years", title, (said,), ((TableView(title, heads, rows), "stacked"),))


# --- schools


def _moved(found: Sandbox, names: Names) -> Iterator[Block]:
    """Schools that are not on the list at every value, with the values at which they are."""
    moved = {school for one in found.tried for school in (*one.entered, *one.left)}
    if not moved:
        return
    title = gettext("Школы, о которых решает порог")
    shown = ordered(moved, names)[:MOST_MOVED]
    heads = (
        gettext("Школа"),
        gettext("Муниципалитет"),
        *(value_word(found, one.value) for one in found.tried),
    )
    rows = tuple(
        (name_of(names, school), place_of(names, school) or DASH, *listed_at(found, school))
        for school in shown
    )
    said = [
        gettext(
            "Эти школы при одних значениях в списке, при других нет. Таких школ: {n}; об остальных вывод при всех показанных значениях один. «Да» — школа в списке.",
            n=integer(len(moved)),
        )
    ]
    if len(moved) > len(shown):
        said.append(gettext("Здесь первые {n}, все — в книге на листе «Порог».", n=integer(len(shown))))
    yield Block("sandbox-schools", title, tuple(said), ((TableView(title, heads, rows), "text"),), (),
                gettext("школ: {n}", n=integer(len(moved))), folded=True)  # fmt: skip


def listed_at(found: Sandbox, school: str) -> tuple[str, ...]:
    """«да» or a dash at each value, for a school that moves at some value."""
    # It stands on the list as it is when some value makes it leave; a school that only enters does not.
    now = any(school in one.left for one in found.tried)
    yes = gettext("да")
    return tuple(
        yes if (school in one.entered) or (now and school not in one.left) else DASH for one in found.tried
    )


def _groups(found: Sandbox) -> Iterator[Block]:
    if not found.groups:
        return
    title = gettext("Кого касается сдвиг")
    heads = (
        gettext("Школы"),
        gettext("Всего"),
        *(value_word(found, one.value) for one in found.tried),
    )
    rows = tuple(
        (group_word(one.group), integer(one.schools), *map(integer, one.listed)) for one in found.groups
    )
    said = gettext(
        "Сколько школ каждой группы в списке. Если сдвиг двигает прежде всего малые школы, он двигает случай: у них меньше участников."
    )
    yield Block("sandbox-groups", title, (said,), ((TableView(title, heads, rows), ""),))
