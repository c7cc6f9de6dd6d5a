"""The section «expected and real results», worded for a head teacher: what «higher than expected» means and does not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from rostok.disclosure import is_share_shown
from rostok.reports.analysis_model import PaperValue, ValueAdded, ValueLine
from rostok.reports.effect_charts import (
    EffectRow,
    Point,
    Sign,
    box_plot,
    caterpillar,
    conditions_chart,
)
from rostok.reports.presenters.boxes import MOST_ROWS, box_reading, box_table, municipalities, under_places
from rostok.reports.presenters.item_figures import percent_text
from rostok.reports.presenters.region import Figure, TableView
from rostok.reports.presenters.sections import (
    Block,
    Names,
    SectionView,
    beside_expected,
    drawn,
    name_of,
    ordered,
    place_of,
    signed,
    thinned,
)
from rostok.statistics.intervals import reach
from rostok.statistics.multilevel.effects import BAR
from rostok.wording import DASH, N_, decimal, gettext, integer, ngettext, percent
from rostok.wording import points as points_text

PARTS = 5  # of schools by their conditions, for the table under the picture

_TAKEN = {
    "sex": N_("пол"),
    "cohort_prior_mean": N_("прежний средний результат той же когорты школы"),
    "context": N_("условия школы"),
}


def present(found: ValueAdded, names: Names) -> SectionView:
    blocks = [_paper(paper, number, names) for number, paper in enumerate(found.papers, 1)]
    if found.boxes:
        blocks.insert(0, _groups(found))
    return SectionView(
        "value-added",
        gettext("Ожидаемое"),
        gettext("Результат рядом с ожидаемым"),
        tuple(_lead(found)),
        tuple(blocks),
    )


def _lead(found: ValueAdded) -> Iterator[str]:
    yield gettext(
        "Школы учат разных детей в разных условиях. Здесь результат школы стоит рядом с ожидаемым: со средним у участников региона "
        "с таким же прежним результатом и в таких же условиях — насколько они известны."
    )
    yield gettext(
        "«Выше ожидаемого» значит: участники этой школы написали работу лучше, чем в среднем в таких же условиях, и настолько, что "
        "случаем это объяснить трудно. Это не значит, что школа учит лучше других: расчёт не знает, кто пришёл в школу, "
        "кто занимался дополнительно и как проверяли. «Ниже ожидаемого» — повод спросить почему, а не оценка школы и "
        "не оценка учителей."
    )
    yield gettext(
        "«Сказать нельзя» — обычный ответ: одну работу пишут двадцать-тридцать человек, и по стольким школу от ожидания "
        "отличить трудно. Результат около ожидаемого не значит «школа ничего не даёт»: она даёт столько же, "
        "сколько школы в таких же условиях."
    )
    if found.index:
        yield gettext("Чем измерены условия: {index}.", index=found.index)
    yield gettext(
        "Отметка по журналу не учитывается: её ставит та же школа. Школы стоят по муниципалитетам и названиям, не по "
        "величине разницы: у большинства полосы перекрываются, и порядок среди них случаен."
    )
    if found.left_out:
        yield gettext(
            "Работ этого учебного года, которые в отчёт не поместились: {n}. Их посчитает rostok value-added.",
            n=integer(found.left_out),
        )
    if found.without:
        yield gettext(
            "Работ, в которых ожидать не от чего (нет ни прежнего результата, ни условий школ, или школ слишком мало): {n}.",
            n=integer(found.without),
        )


# --- a paper


def _paper(paper: PaperValue, number: int, names: Names) -> Block:
    anchor = f"value{number}"
    figures = (
        *_conditions(paper, f"{anchor}-conditions"),
        *_schools(paper, f"{anchor}-schools", names),
    )
    return Block(
        anchor, paper.assessment.label, tuple(_sentences(paper)), (), figures, _brief(paper), folded=True
    )


def _brief(paper: PaperValue) -> str:
    signs = Counter(line.sign for line in paper.lines)
    return gettext(
        "{schools}; выше ожидаемого {above}, ниже {below}, сказать нельзя {rest}",
        schools=ngettext("{n} школа", "{n} школ", len(paper.lines)),
        above=integer(signs[Sign.ABOVE]),
        below=integer(signs[Sign.BELOW]),
        rest=integer(signs[Sign.CANNOT_TELL]),
    )


def _sentences(paper: PaperValue) -> Iterator[str]:
    taken = ", ".join(gettext(_TAKEN[name]) for name in paper.conditions)
    yield gettext("Учтено: {taken}.", taken=taken)
    if "cohort_prior_mean" in paper.conditions:
        yield gettext(
            "Прежний результат учтён, поэтому речь о том, что прибавилось с прошлой работы, а не об уровне: школа с высоким "
            "результатом может быть около ожидаемого, и наоборот."
        )
    else:
        yield gettext(
            "Прежнего результата этих детей в данных нет: в разнице есть и то, с чем они пришли. Читайте её осторожнее."
        )
    if paper.between_sd > 0:
        yield gettext(
            "Школы отличаются от ожидания обычно на {sd} (среднее квадратическое) — это {share} всех различий между участниками; "
            "остальное — различия детей внутри школ.",
            sd=points_text(paper.between_sd / 100).removeprefix("+"),
            share=percent(paper.share_between, 0),
        )
    else:
        yield gettext("Школы отличаются от ожидания не больше, чем это бывает случайно.")
    if paper.reliable_from is not None:
        yield gettext(
            "Чтобы об одной школе можно было говорить довольно надёжно, нужно около {n} участников.",
            n=integer(round(paper.reliable_from)),
        )
    if paper.dropped:
        yield gettext(
            "Не вошли {n} из {all} участников: о них известно не всё.",
            n=integer(paper.dropped), all=integer(paper.dropped + paper.participants),
        )  # fmt: skip


def shown(paper: PaperValue) -> list[ValueLine]:
    """Lines whose figures may be shown: ten participants and more."""
    return [line for line in paper.lines if is_share_shown(line.participants)]


def _schools(paper: PaperValue, anchor: str, names: Names) -> tuple[Figure, ...]:
    lines = {line.school_id: line for line in shown(paper)}
    if len(lines) > MOST_ROWS:
        return municipalities(
            {one.school_id: one.effect for one in lines.values()}, anchor,
            gettext("Школы муниципалитетов рядом с ожидаемым"), gettext("Ноль — ожидаемый результат."), names,
        )  # fmt: skip
    rows = under_places(
        [_row(lines[school], names) for school in ordered(lines, names)], ordered(lines, names), names
    )
    title = gettext("Школы рядом с ожидаемым")
    reading = gettext(
        "Ноль — ожидаемый результат, знак — разница школы с поправкой на число участников, в процентных пунктах. Закрашенный кружок — выше "
        "ожидаемого, закрашенный квадрат — ниже, пустой кружок — сказать нельзя. Полосы — для сравнения двух заранее "
        "выбранных школ: если они не перекрываются, школы отличаются. Школ, где писали меньше десяти, здесь нет."
    )
    return drawn(
        anchor, title, reading, lambda width: caterpillar(rows, title, width), _table(title, paper, names)
    )


def _row(line: ValueLine, names: Names) -> EffectRow:
    half = BAR * line.error
    name, effect = name_of(names, line.school_id), line.effect
    return EffectRow(name, effect, effect - half, effect + half, line.sign, signed(effect))


def _table(title: str, paper: PaperValue, names: Names) -> TableView:
    heads = (gettext("Школа"), gettext("Муниципалитет"), gettext("Участников"), gettext("Получено"), gettext("Ожидалось"),
             gettext("Разница с поправкой, п.п."), gettext("Вывод"))  # fmt: skip
    lines = {line.school_id: line for line in paper.lines}
    return TableView(
        title, heads, tuple(_table_row(lines[school], names) for school in ordered(lines, names))
    )


def _table_row(line: ValueLine, names: Names) -> tuple[str, ...]:
    who = name_of(names, line.school_id), place_of(names, line.school_id) or DASH, integer(line.participants)
    if not is_share_shown(line.participants):
        return (*who, DASH, DASH, DASH, gettext("сказать нельзя"))
    return (
        *who,
        percent_text(line.real),
        percent_text(line.expected),
        effect_text(line),
        beside_expected(line.sign),
    )


def effect_text(line: ValueLine) -> str:
    """The shrunken difference with its own interval: «+5,1 (от +1,0 до +9,2)»."""
    half = reach() * line.error
    return gettext(
        "{effect} (от {lower} до {upper})",
        effect=signed(line.effect), lower=signed(line.effect - half), upper=signed(line.effect + half),
    )  # fmt: skip


# --- groups of schools


def _groups(found: ValueAdded) -> Block:
    title = gettext("Группы школ рядом с ожидаемым")
    reading = gettext("Разница школы — средняя по её работам, всего работ {n}. Ноль — ожидаемый результат. ", n=integer(found.box_papers)) + box_reading()  # fmt: skip
    figures = drawn(
        "value-groups-figure", title, reading,
        lambda width: box_plot(found.boxes, title, width), box_table(title, found.boxes),
    )  # fmt: skip
    return Block("value-groups", "", (), (), figures)


# --- conditions


def _conditions(paper: PaperValue, anchor: str) -> tuple[Figure, ...]:
    if len(paper.bands) < 2:
        return ()
    lines = shown(paper)
    alike = [Point(paper.of_conditions[one.school_id], at_same_terms(one, paper), one.sign) for one in lines]
    title = gettext("Условия и результат")
    across, upwards = gettext("условия школы: правее — благополучнее"), gettext("процент выполнения")
    reading = gettext(
        "Каждый знак — школа: её результат, приведённый к одинаковым прочим условиям. Линия — ожидаемый результат, тёмная "
        "полоса — насколько точно известна сама линия, светлая — где лежат 95 из 100 школ, будь участников очень много. Это связь, а не "
        "причина: условия не предопределяют результата, и школы вокруг линии — тому подтверждение."
    )
    if "cohort_prior_mean" in paper.conditions:
        reading += " " + gettext(
            "Прежний результат уже учтён, поэтому линия может и падать: это не значит, что благополучие мешает учиться."
        )
    points, thin = thinned(alike)
    return drawn(
        anchor, title, reading + thin,
        lambda width: conditions_chart(points, paper.bands, title, width, across=across, upwards=upwards),
        _conditions_table(title, alike, paper),
    )  # fmt: skip


def at_same_terms(line: ValueLine, paper: PaperValue) -> float:
    """The school's result as it would be with everything but its conditions as in the region as a whole."""
    first, last = paper.bands[0], paper.bands[-1]
    share = (paper.of_conditions[line.school_id] - first.x) / ((last.x - first.x) or 1.0)
    return first.expected + share * (last.expected - first.expected) + line.real - line.expected


def _conditions_table(title: str, alike: Sequence[Point], paper: PaperValue) -> TableView:
    """Schools in fifths by their conditions: a row per school would be the table of the other picture."""
    heads = (gettext("Условия школ"), gettext("Школ"), gettext("Получено, в среднем"), gettext("Ожидалось"))
    by_x = sorted(alike, key=lambda point: point.x)
    parts = [part for part in np.array_split(np.arange(len(by_x)), PARTS) if len(part)]
    rows = [_part([by_x[at] for at in part], paper) for part in parts]
    return TableView(title, heads, tuple(rows))


def _part(points_: Sequence[Point], paper: PaperValue) -> tuple[str, ...]:
    low, high = points_[0].x, points_[-1].x
    first, last = paper.bands[0], paper.bands[-1]
    middle = sum(point.x for point in points_) / len(points_)
    expected = first.expected + (middle - first.x) / ((last.x - first.x) or 1.0) * (
        last.expected - first.expected
    )
    mean = sum(point.y for point in points_) / len(points_)
    span = gettext("от {low} до {high}", low=decimal(low), high=decimal(high))
    return span, integer(len(points_)), percent_text(mean), percent_text(expected)


# --- a school's card


def cards(found: ValueAdded) -> dict[str, list[str]]:
    """By school the papers in which something can be said of it, and in how many it cannot."""
    told: dict[str, list[str]] = defaultdict(list)
    rest: Counter[str] = Counter()
    for paper in found.papers:
        for line in paper.lines:
            if line.sign is Sign.CANNOT_TELL:
                rest[line.school_id] += 1
            else:
                told[line.school_id].append(_sentence(paper, line))
    for school, papers in rest.items():
        told[school].append(
            gettext(
                "Работ, в которых сказать, выше или ниже ожидаемого результат, нельзя: {n}.",
                n=integer(papers),
            )
        )
    return told


def _sentence(paper: PaperValue, line: ValueLine) -> str:
    return gettext(
        "{paper}: получено {real}, ожидалось {expected}; с поправкой на число участников разница {effect} п.п. — {verdict}.",
        paper=paper.assessment.label,
        real=percent_text(line.real),
        expected=percent_text(line.expected),
        effect=effect_text(line),
        verdict=beside_expected(line.sign),
    )
