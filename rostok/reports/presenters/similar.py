"""The section on schools in like conditions: how many have neighbours, and how each stands beside them; worded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rostok.reports.analysis_model import Similar, SimilarLine
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
from rostok.wording import DASH, decimal, gettext, integer


def present(found: Similar, names: Names) -> SectionView:
    title = gettext("Похожие школы")
    blocks = (
        _numbers(found),
        Block("similar-schools", "", (), (), _schools(found, names)),
    )
    return SectionView("similar", gettext("Похожие"), title, tuple(_lead(found)), blocks)


def _lead(found: Similar) -> Iterator[str]:
    yield gettext(
        "Сравнивать и учиться стоит у школ в похожих условиях. Похожи школы, которые по показателям условий ({index}, показателей: "
        "{indicators}) отличаются в среднем не больше чем на {caliper} отклонения; берутся ближайшие, не больше {most}.",
        index=found.index, indicators=integer(found.indicators), caliper=decimal(found.caliper, 1), most=integer(found.most),
    )  # fmt: skip
    yield gettext(
        "«Выше, чем у похожих» значит, что результат школы отличается от среднего у соседей по условиям больше, чем бывает случайно. "
        "Похожи они только по тому, о чём спросили: разница может быть и в том, о чём не спрашивали."
    )
    if found.unknown:
        yield gettext(
            "Школ с результатами, которые сказали о своих условиях слишком мало: {n}; соседей у них не ищут.",
            n=integer(found.unknown),
        )


_SPANS = ((0, 0), (1, 2), (3, 9), (10, None))
LEAST_NEIGHBOURS = 3  # in the picture: the mean of two says so little that its bar hides all others


def _numbers(found: Similar) -> Block:
    title = gettext("Сколько у школ соседей по условиям")
    counts = Counter(line.neighbours for line in found.lines)
    rows = tuple((_span(low, high), integer(_between(counts, low, high))) for low, high in _SPANS)
    said = gettext(
        "У школы без соседей сравнивать не с кем: её условия не похожи ни на чьи. О её работе это не говорит ничего."
    )
    table = TableView(title, (gettext("Соседей"), gettext("Школ")), rows)
    return Block("similar-numbers", title, (said,), ((table, ""),))


def _between(counts: Counter[int], low: int, high: int | None) -> int:
    return sum(n for count, n in counts.items() if low <= count and (high is None or count <= high))


def _span(low: int, high: int | None) -> str:
    if high is None:
        return gettext("{n} и больше", n=integer(low))
    return integer(low) if low == high else f"{integer(low)}–{integer(high)}"


def beside_word(line: SimilarLine) -> str:
    match line.sign:
        case Sign.ABOVE:
            return gettext("выше, чем у похожих")
        case Sign.BELOW:
            return gettext("ниже, чем у похожих")
    return gettext("сказать нельзя") if line.neighbours else gettext("похожих нет")


def _schools(found: Similar, names: Names) -> tuple[Figure, ...]:
    title = gettext("Школы рядом с похожими")
    lines = {line.school_id: line for line in found.lines}
    shown = ordered(
        (
            key
            for key, line in lines.items()
            if line.difference is not None and line.neighbours >= LEAST_NEIGHBOURS
        ),
        names,
    )
    if len(shown) > MOST_ROWS:
        values = {key: lines[key].difference or 0.0 for key in shown}
        return municipalities(
            values, "similar-figure", title, gettext("Ноль — среднее у похожих школ."), names
        )
    rows = under_places([_row(lines[key], names) for key in shown], shown, names)
    reading = gettext(
        "Ноль — среднее у соседей школы по условиям, знак — её отличие от них в процентных пунктах, полоса — интервал. Закрашенный кружок — выше, "
        "закрашенный квадрат — ниже, пустой кружок — сказать нельзя. У каждой школы соседи свои, поэтому школы между собой так "
        "не сравнивают. Школ, у которых соседей меньше трёх, на рисунке нет."
    )
    heads = (
        gettext("Школа"),
        gettext("Муниципалитет"),
        gettext("Соседей"),
        gettext("Рядом с их средним, п.п."),
        gettext("Вывод"),
    )
    table = TableView(title, heads, tuple(_table_row(lines[key], names) for key in ordered(lines, names)))
    return drawn("similar-figure", title, reading, lambda width: caterpillar(rows, title, width), table)


def _row(line: SimilarLine, names: Names) -> EffectRow:
    difference, lower, upper = (one or 0.0 for one in (line.difference, line.lower, line.upper))
    return EffectRow(name_of(names, line.school_id), difference, lower, upper, line.sign, signed(difference))


def _table_row(line: SimilarLine, names: Names) -> tuple[str, ...]:
    return (
        name_of(names, line.school_id), place_of(names, line.school_id) or DASH, integer(line.neighbours),
        beside_text(line), beside_word(line),
    )  # fmt: skip


def beside_text(line: SimilarLine) -> str:
    if line.difference is None:
        return DASH
    return gettext(
        "{effect} (от {lower} до {upper})",
        effect=signed(line.difference), lower=signed(line.lower), upper=signed(line.upper),
    )  # fmt: skip


# --- a school's card


def cards(found: Similar, names: Names) -> dict[str, list[str]]:
    return {line.school_id: list(_sentences(line, names)) for line in found.lines if line.neighbours}


def _sentences(line: SimilarLine, names: Names) -> Iterator[str]:
    nearest = ", ".join(_named(one.school_id, names) for one in line.nearest)
    yield gettext(
        "Похожих по условиям школ: {n}. Ближайшие: {nearest}. Результат рядом с их средним, п.п.: {beside} — {verdict}.",
        n=integer(line.neighbours), nearest=nearest, beside=beside_text(line), verdict=beside_word(line),
    )  # fmt: skip
    better = [_named(one.school_id, names) for one in line.nearest if one.sign is Sign.ABOVE]
    if better:
        yield gettext(
            "В похожих условиях результаты выше, и случаем это объяснить трудно: {names}. Спросите, что там делают.",
            names=", ".join(better),
        )


def _named(school: str, names: Names) -> str:
    place = place_of(names, school)
    return f"{name_of(names, school)} ({place})" if place else name_of(names, school)
