"""The section on change: a school beside the region, what a small school's jump is worth, moves beside chance; worded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from rostok.disclosure import is_share_shown
from rostok.reports.analysis_model import Changed, Compared, Growth, Moved
from rostok.reports.change_charts import Move, dynamics, transitions_chart
from rostok.reports.effect_charts import EffectRow, Sign, caterpillar
from rostok.reports.presenters.boxes import MOST_ROWS, municipalities, under_places
from rostok.reports.presenters.region import Figure, TableView
from rostok.reports.presenters.sections import (
    Block,
    Names,
    SectionView,
    drawn,
    name_of,
    ordered,
    place_of,
    signed,
)
from rostok.wording import DASH, decimal, gettext, integer, ngettext

LEAST_POINTS = 5  # from which a break could be looked for


def present(found: Growth, names: Names) -> SectionView:
    blocks = [
        *_lines(found),
        *(_compared(one, number, found, names) for number, one in enumerate(found.compared, 1)),
        *(_moved(one, number) for number, one in enumerate(found.moved, 1)),
        *_cohorts(found),
    ]
    return SectionView("growth", gettext("Динамика"), gettext("Динамика"), tuple(_lead(found)), tuple(blocks))


def _lead(found: Growth) -> Iterator[str]:
    yield gettext(
        "Изменение школы стоит рядом с изменением региона: работы разных лет отличаются трудностью, и общий подъём или спад — не "
        "заслуга и не вина школы. «Рост больше, чем в регионе» значит, что результат школы изменился в лучшую сторону "
        "сильнее, чем у школ региона, и случаем это объяснить трудно."
    )
    yield gettext(
        "Разница «с поправкой» придвинута к изменению региона тем сильнее, чем меньше школа: скачок десяти учеников — ещё не новость. "
        "Писали разные дети, поэтому изменение — это и другой набор, а не только работа школы."
    )
    count = len(found.moments)
    if count < LEAST_POINTS:
        yield gettext(
            "Моментов в данных {n}: {moments}. По стольким точкам видно, что было в каждый момент, но не направление: о "
            "переломе или устойчивом росте можно говорить не раньше чем по {least}.",
            n=integer(count), moments=", ".join(found.moments), least=integer(LEAST_POINTS),
        )  # fmt: skip


def change_word(sign: Sign) -> str:
    """Beside the region's change, growth first."""
    match sign:
        case Sign.ABOVE:
            return gettext("рост больше, чем в регионе")
        case Sign.BELOW:
            return gettext("изменение ниже, чем в регионе")
    return gettext("сказать нельзя")


# --- groups of schools over moments


def _lines(found: Growth) -> Iterator[Block]:
    if not found.lines or len(found.moments) < 2:
        return
    title = gettext("Группы школ по моментам")
    reading = gettext(
        "Средний результат школ группы рядом с регионом (ноль): на сколько стандартных отклонений участников он выше или ниже. Линии "
        "отличаются номером и штрихом, отрезок — интервал среднего. Здесь школы, у которых есть результат в каждый момент. Линия "
        "идёт вверх, когда группа меняется лучше региона."
    )
    heads = (gettext("Школы"), *found.moments)
    rows = tuple(
        (f"{number}. {line.label}", *(DASH if p is None else _interval(p.value, p.lower, p.upper, 2) for p in line.points))
        for number, line in enumerate(found.lines, 1)
    )  # fmt: skip
    figures = drawn(
        "growth-lines-figure", title, reading,
        lambda width: dynamics(found.lines, found.moments, title, width), TableView(title, heads, rows),
    )  # fmt: skip
    yield Block("growth-lines", "", (), (), figures)


def _interval(value: float, lower: float, upper: float, digits: int = 1) -> str:
    return gettext(
        "{effect} (от {lower} до {upper})",
        effect=signed(value, digits), lower=signed(lower, digits), upper=signed(upper, digits),
    )  # fmt: skip


# --- two moments


def _compared(one: Compared, number: int, found: Growth, names: Names) -> Block:
    anchor = f"growth{number}"
    title = gettext("{first} → {second}", first=one.first, second=one.second)
    return Block(
        anchor, title, tuple(_sentences(one)), (), _schools(one, f"{anchor}-schools", found, names), _brief(one), folded=True
    )  # fmt: skip


def _brief(one: Compared) -> str:
    signs = Counter(shown_sign(line) for line in one.lines)
    return gettext(
        "{schools}; рост больше, чем в регионе, — {above}, ниже — {below}, сказать нельзя {rest}",
        schools=ngettext("{n} школа", "{n} школ", len(one.lines)),
        above=integer(signs[Sign.ABOVE]),
        below=integer(signs[Sign.BELOW]),
        rest=integer(signs[Sign.CANNOT_TELL]),
    )


def shown_sign(line: Changed) -> Sign:
    """Nothing is told of fewer than ten participants."""
    return line.sign if is_share_shown(line.participants) else Sign.CANNOT_TELL


def _sentences(one: Compared) -> Iterator[str]:
    yield gettext(
        "В среднем по школам региона процент выполнения изменился на {change} п.п.", change=signed(one.region_change)
    )  # fmt: skip
    if one.between_sd > 0:
        yield gettext(
            "Изменения самих школ отличаются друг от друга обычно на {sd} п.п. (среднее квадратическое); всё, что сверх этого, — случай.",
            sd=decimal(one.between_sd),
        )
    else:
        yield gettext("Школы изменились не более по-разному, чем это бывает случайно.")


def _schools(one: Compared, anchor: str, found: Growth, names: Names) -> tuple[Figure, ...]:
    title = gettext("Школы рядом с изменением региона")
    lines = {line.school_id: line for line in one.lines}
    shown = ordered((key for key, line in lines.items() if is_share_shown(line.participants)), names)
    if len(shown) > MOST_ROWS:
        values = {school: lines[school].shrunken for school in shown}
        return municipalities(values, anchor, title, gettext("Ноль — изменение региона."), names)
    rows = under_places([_row(lines[school], names) for school in shown], shown, names)
    reading = gettext(
        "Ноль — изменение региона, знак — разница школы с поправкой, в процентных пунктах, полоса — её интервал. Закрашенный кружок — рост "
        "больше, чем в регионе, закрашенный квадрат — изменение ниже, пустой кружок — сказать нельзя. «*» в таблице — состав "
        "участников заметно другой, чем был. Школ, где писали меньше десяти, на рисунке нет."
    )
    heads = (gettext("Школа"), gettext("Муниципалитет"), gettext("Изменение, п.п."), gettext("В регионе"),
             gettext("Сверх региона с поправкой"), gettext("Вывод"))  # fmt: skip
    table = TableView(
        title, heads, tuple(_table_row(lines[school], found, names) for school in ordered(lines, names))
    )
    return drawn(anchor, title, reading, lambda width: caterpillar(rows, title, width), table)


def _row(line: Changed, names: Names) -> EffectRow:
    return EffectRow(
        name_of(names, line.school_id), line.shrunken, line.lower, line.upper, line.sign, signed(line.shrunken)
    )  # fmt: skip


def _table_row(line: Changed, found: Growth, names: Names) -> tuple[str, ...]:
    star = "*" if line.school_id in found.changed_intake else ""
    who = name_of(names, line.school_id) + star, place_of(names, line.school_id) or DASH
    if not is_share_shown(line.participants):
        return (*who, DASH, DASH, DASH, gettext("сказать нельзя"))
    return (
        *who, signed(line.change), signed(line.region_change), _interval(line.shrunken, line.lower, line.upper),
        change_word(line.sign),
    )  # fmt: skip


# --- moves


def _moved(one: Moved, number: int) -> Block:
    title = gettext("Переходы между группами школ")
    reading = gettext(
        "Школы каждого момента поделены по результату на пять равных групп: 1 — пятая часть с самыми низкими результатами. В клетке — сколько "
        "школ перешло из группы строки в группу столбца, под числом — сколько дал бы один случай, если бы ни одна школа не "
        "изменилась. «▴» и рамка — больше случайного, «▾» — меньше. Клетка без знака ничего не говорит о школах: так бывает."
    )
    groups = tuple(str(number) for number in range(1, len(one.moves) + 1))
    heads = (
        gettext("Было: {moment}", moment=one.first),
        *(gettext("стало {group}", group=group) for group in groups),
    )
    table = TableView(
        title, heads, tuple((groups[at], *map(_move_text, row)) for at, row in enumerate(one.moves))
    )
    down, across = one.first, gettext("стало: {moment}", moment=one.second)
    figures = drawn(
        f"growth-moves{number}-figure", title, reading,
        lambda width: transitions_chart(one.moves, groups, title, width, down=down, across=across), table,
    )  # fmt: skip
    return Block(f"growth-moves{number}", "", (), (), figures)


def _move_text(move: Move) -> str:
    return gettext(
        "{seen}, случайно {lower}–{upper}",
        seen=integer(move.seen) + move.sign, lower=integer(move.lower), upper=integer(move.upper),
    )  # fmt: skip


# --- the same children


def _cohorts(found: Growth) -> Iterator[Block]:
    if not found.cohorts:
        return
    title = gettext("Те же дети из класса в класс")
    said = gettext(
        "Когорта — дети, которые пошли в первый класс в одном году; состав её мог поменяться. После начальной школы процент "
        "выполнения обычно падает и в регионе: работы труднее. Школу сравнивают с этим падением, а не с нулём."
    )
    heads = (gettext("Было"), gettext("Стало"), gettext("Школ"), gettext("В регионе, п.п."), gettext("Лучше региона"),
             gettext("Ниже"), gettext("Сказать нельзя"))  # fmt: skip
    table = TableView(title, heads, tuple(map(_cohort_row, found.cohorts)))
    yield Block("growth-cohorts", title, (said,), ((table, "text stacked"),))


def _cohort_row(one: Compared) -> tuple[str, ...]:
    signs = Counter(shown_sign(line) for line in one.lines)
    counts = (signs[Sign.ABOVE], signs[Sign.BELOW], signs[Sign.CANNOT_TELL])
    return one.first, one.second, integer(len(one.lines)), signed(one.region_change), *map(integer, counts)


# --- a school's card


def cards(found: Growth) -> dict[str, list[str]]:
    """What the latest two moments say of each school."""
    said: dict[str, list[str]] = defaultdict(list)
    for one in found.compared[:1]:
        for line in one.lines:
            if is_share_shown(line.participants):
                said[line.school_id].append(_sentence(one, line))
                if line.school_id in found.changed_intake:
                    said[line.school_id].append(
                        gettext("Состав участников заметно другой, чем был: сравнивайте осторожно.")
                    )
    return said


def _sentence(one: Compared, line: Changed) -> str:
    return gettext(
        "{first} → {second}: процент выполнения изменился на {change} п.п., в регионе — на {region}; сверх региона с поправкой "
        "{effect} п.п. — {verdict}.",
        first=one.first, second=one.second, change=signed(line.change), region=signed(line.region_change),
        effect=_interval(line.shrunken, line.lower, line.upper), verdict=change_word(line.sign),
    )  # fmt: skip
