"""The section on schools whose results are higher than hard conditions let expect, worded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rostok.reports.analysis_model import Resilience, ResilienceLine
from rostok.reports.effect_charts import Point, Sign, conditions_chart
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
    thinned,
)
from rostok.schema.verdicts import ResilienceVerdict as Verdict
from rostok.wording import DASH, N_, decimal, gettext, integer, percent

_WORDS = {
    Verdict.RESILIENT: N_("выше ожидаемого в трудных условиях"),
    Verdict.NOT_RESILIENT: N_("не выше ожидаемого в трудных условиях"),
    Verdict.BETTER_CONDITIONS: N_("условия не из трудных"),
    Verdict.CANNOT_TELL: N_("сказать нельзя"),
}
_SIGNS = {Verdict.RESILIENT: Sign.ABOVE, Verdict.NOT_RESILIENT: Sign.BELOW}


def present(found: Resilience, names: Names) -> SectionView:
    counts = Counter(Verdict(line.verdict) for line in found.lines)
    title = gettext("Результаты в трудных условиях")
    heads = (gettext("Вывод"), gettext("Школ"))
    rows = tuple((verdict_word(verdict), integer(counts[verdict])) for verdict in Verdict)
    blocks = [
        Block(
            "resilience-counts",
            "",
            (),
            ((TableView(gettext("Школы по выводам"), heads, rows), ""),),
            _figure(found),
        ),
        *_listed(found, names),
    ]
    return SectionView("resilience", gettext("Резильентность"), title, tuple(_lead(found)), tuple(blocks))


def verdict_word(verdict: str) -> str:
    return gettext(_WORDS[Verdict(verdict)])


def _lead(found: Resilience) -> Iterator[str]:
    yield gettext(
        "Школы, которые в трудных условиях учат так, что результаты выше ожидаемых при этих условиях, называют резильентными. Здесь это "
        "расчёт по модели с вероятностью, а не тип «резильентная» типологии. Трудные условия — нижние {part} школ региона "
        "по условиям ({index}); «выше» — больше чем на {delta} стандартного отклонения участников; вывод делается, когда его вероятность "
        "не меньше {certainty}.",
        part=percent(found.lower_part, 0), index=found.index, delta=decimal(found.delta, 1), certainty=percent(found.certainty, 0),
    )  # fmt: skip
    yield gettext(
        "Это не значит, что школа лучше других или что дело в ней: расчёт не знает, кто в неё пришёл и как проверяли. Сначала "
        "посмотрите, можно ли доверять результатам, потом — чему у этих школ можно поучиться. «Не выше ожидаемого» — тоже не упрёк: "
        "столько же дают школы в таких же условиях."
    )
    reliability = gettext(
        "Условия известны не точно: надёжность индекса {reliability}, и это учтено.",
        reliability=decimal(found.reliability, 2),
    )
    if found.assumed_reliability:
        reliability += " " + gettext("Сама надёжность не известна и взята обычной для таких показателей.")
    yield reliability + " " + gettext("Поэтому о многих школах сказать нельзя.")


def _figure(found: Resilience) -> tuple[Figure, ...]:
    title = gettext("Условия и отличие от ожидаемого")
    told = [(line.context, line.effect, Verdict(line.verdict)) for line in found.lines]
    points = [
        Point(x, y, _SIGNS.get(verdict, Sign.CANNOT_TELL)) for x, y, verdict in told if x is not None and y is not None
    ]  # fmt: skip
    shown, thin = thinned(points)
    across, upwards = (
        gettext("условия школы: правее — благополучнее"),
        gettext("отличие от ожидаемого, отклонений участников"),
    )
    reading = gettext(
        "Каждый знак — школа: её условия и отличие результата от ожидаемого при таких условиях, с поправкой на число "
        "участников. Пунктир — граница трудных условий; сам индекс не точен, поэтому левее него бывает больше школ, чем в этой части. Закрашенный кружок — выше ожидаемого, закрашенный квадрат — не выше, пустой кружок — сказать "
        "нельзя или условия не из трудных."
    )
    return drawn(
        "resilience-figure", title, reading + thin,
        lambda width: conditions_chart(shown, (), title, width, across=across, upwards=upwards, cut=found.cut),
        _halves(found),
    )  # fmt: skip


def _halves(found: Resilience) -> TableView:
    """Schools on both sides of the cut."""
    heads = (
        gettext("Условия"),
        gettext("Школ"),
        gettext("Отличие от ожидаемого, в среднем"),
        *map(verdict_word, Verdict),
    )
    known = [line for line in found.lines if line.context is not None and line.effect is not None]
    parts = (
        (gettext("трудные"), [line for line in known if line.context is not None and line.context <= found.cut]),
        (gettext("остальные"), [line for line in known if line.context is not None and line.context > found.cut]),
    )  # fmt: skip
    return TableView(
        gettext("Условия и отличие от ожидаемого"), heads, tuple((name, *_half(lines)) for name, lines in parts)
    )  # fmt: skip


def _half(lines: list[ResilienceLine]) -> tuple[str, ...]:
    counts = Counter(Verdict(line.verdict) for line in lines)
    effects = [line.effect for line in lines if line.effect is not None]
    mean = sum(effects) / len(effects) if effects else None
    return integer(len(lines)), signed(mean, 2), *(integer(counts[verdict]) for verdict in Verdict)


def _listed(found: Resilience, names: Names) -> Iterator[Block]:
    lines = {line.school_id: line for line in found.lines if line.verdict == Verdict.RESILIENT}
    if not lines:
        return
    title = gettext("Чей опыт стоит посмотреть")
    heads = (
        gettext("Школа"),
        gettext("Муниципалитет"),
        gettext("Отличие от ожидаемого"),
        gettext("Вероятность"),
    )
    rows = tuple(
        (name_of(names, key), place_of(names, key) or DASH, signed(lines[key].effect, 2), percent(lines[key].probability, 0))
        for key in ordered(lines, names)
    )  # fmt: skip
    said = gettext(
        "Результаты этих школ выше ожидаемых в трудных условиях. Школы стоят по муниципалитетам и названиям."
    )
    yield Block("resilience-schools", title, (said,), ((TableView(title, heads, rows), "text"),))


def cards(found: Resilience) -> dict[str, list[str]]:
    """Only of schools in hard conditions of which something can be told well."""
    return {
        line.school_id: [
            gettext(
                "Условия школы трудные, а результаты выше ожидаемых при таких условиях; вероятность — {probability}. Её опыт стоит "
                "посмотреть.",
                probability=percent(line.probability, 0),
            )
        ]
        for line in found.lines
        if line.verdict == Verdict.RESILIENT
    }
