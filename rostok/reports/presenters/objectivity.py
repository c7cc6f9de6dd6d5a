"""The section on whether results can be relied on, worded. A marker opens a question and names no cause."""

from __future__ import annotations

from dataclasses import dataclass

from rostok.reports.item_model import EffectLine, ListedPaper, ListedSchool, Objectivity, TreatedLists
from rostok.reports.presenters.order import natural_key
from rostok.reports.presenters.region import TableView
from rostok.schema.markers import MARKERS, Basis, Marker
from rostok.wording import DASH, N_, count_of, decimal, gettext, integer, ngettext, percent
from rostok.wording.labels import label

_BASES = {
    Basis.OFFICIAL: N_("по документу 2019 года, описание"),
    Basis.VARIANT: N_("с учётом классов и равных рангов, описание"),
    Basis.TEST: N_("проверка честного распределения"),
    Basis.DESCRIPTION: N_("описание"),
}

_GROUPS = {
    "territory=rural": N_("сельские"),
    "territory=urban": N_("городские"),
    "territory=unknown": N_("местность не известна"),
    "size=small": N_("в работе в среднем меньше 15 участников"),
    "size=medium": N_("в работе в среднем 15–49 участников"),
    "size=large": N_("в работе в среднем 50 участников и больше"),
    "special_needs=many": N_("много детей с ОВЗ"),
    "special_needs=few": N_("мало детей с ОВЗ"),
    "special_needs=unknown": N_("о детях с ОВЗ не известно"),
    "kind=unknown": N_("вид школы не известен"),
}


@dataclass(frozen=True, slots=True)
class MarkerView:
    """One marker in words: what was seen, what else could explain it, what to look at."""

    title: str
    basis: str
    schools: str
    seen: str
    otherwise: str
    look: str


@dataclass(frozen=True, slots=True)
class ObjectivityView:
    """Empty tables are None."""

    lead: tuple[str, ...]
    listed: TableView | None
    markers: tuple[MarkerView, ...]
    lists: TableView | None
    lists_lead: str
    differing: TableView | None
    effects: TableView | None
    indexes: TableView | None = None
    indexes_lead: str = ""
    markers_note: str = ""


def present(found: Objectivity) -> ObjectivityView:
    """The whole section."""
    return ObjectivityView(
        lead=_lead(found),
        listed=_listed(found),
        markers=tuple(marker_view(code, count) for code, count in found.markers),
        lists=_lists(found.lists) if found.lists else None,
        lists_lead=lists_lead(found.lists) if found.lists else "",
        differing=_differing(found, found.lists) if found.lists and found.lists.differing else None,
        effects=_effects(found.effects) if found.effects else None,
        indexes=_indexes(found) if found.indexes else None,
        indexes_lead=indexes_lead(found),
        markers_note=markers_note(),
    )


def _lead(found: Objectivity) -> tuple[str, ...]:
    lead = [
        gettext(
            "Чьи результаты стоит посмотреть ещё раз. Признак говорит, что "
            "распределение необычно; он ничего не доказывает, и рядом всегда названо, чем ещё это бывает."
        ),
        gettext(
            "Проверки возможны в {tested} из {schools} школ. В список вошли: {listed}; в остальных школах проверки "
            "ничего необычного не видят или сказать нельзя.",
            tested=integer(found.tested), schools=integer(found.schools), listed=integer(len(found.listed)),
        ),
        gettext(
            "Если верны предположения проверок, ошибочно в списке в среднем не больше {rate} школ. Это доля в списке, а "
            "не о каждой школе: сначала ищите причину в том, чему и как учат.",
            rate=percent(found.rate, 0),
        ),
    ]  # fmt: skip
    if found.asked:
        lead.append(
            gettext(
                "Хоть один официальный признак хотя бы в одном году есть у {marked} школ, которые писали работы "
                "официального перечня. Признак «средний балл выше регионального» есть у любой сильной школы, поэтому в "
                "список по официальным признакам школы не попадают.",
                marked=count_of(found.marked, found.asked),
            )
        )
    return tuple(lead)


def school_name(found: Objectivity, school: str) -> tuple[str, str]:
    return found.names.get(school, (school, ""))


def _listed(found: Objectivity) -> TableView | None:
    """Schools in the order of municipalities and names: the list is no order of suspicion."""
    if not found.listed:
        return None
    ordered = sorted(found.listed, key=lambda one: school_order(found, one.school_id))
    heads = (gettext("Школа"), gettext("Муниципалитет"), gettext("Что увидено"), gettext("Где заметнее всего"),
             gettext("Вероятность при честной проверке"))  # fmt: skip
    return TableView(
        gettext("Школы, результаты которых стоит посмотреть ещё раз"), heads,
        tuple(_listed_row(found, one) for one in ordered),
    )  # fmt: skip


def school_order(found: Objectivity, school: str) -> tuple[object, ...]:
    name, place = school_name(found, school)
    return natural_key(place), natural_key(name)


def _listed_row(found: Objectivity, one: ListedSchool) -> tuple[str, ...]:
    name, place = school_name(found, one.school_id)
    papers = "; ".join(paper_text(paper) for paper in one.papers)
    return name, place or DASH, seen_text(one) or DASH, papers or DASH, probability(one.p_value)


def seen_text(one: ListedSchool) -> str:
    """Markers that put a school on the list. Where equal works do so alone, the commonest other reason stands beside."""
    titles = "; ".join(MARKERS[code].title for code in one.markers if code in MARKERS)
    if one.markers == ("repeated_answers",):
        return gettext(
            "{title} — так бывает и от общего учителя: начните с того, что и как проходили", title=titles
        )
    return titles


_COUNTED = {
    "boundary_peaks": N_("{paper}: на границах отметок {seen}, ожидалось {expected}"),
    "repeated_answers": N_("{paper}: повторов {seen}, ожидалось {expected}"),
}


def paper_text(one: ListedPaper) -> str:
    """A paper to look at, with what was counted in it where the test counts works."""
    if one.marker not in _COUNTED or one.seen is None or one.expected is None:
        return one.assessment.label
    return gettext(
        _COUNTED[one.marker], paper=one.assessment.label, seen=integer(round(one.seen)),
        expected=_expectation(one.expected),
    )  # fmt: skip


def _expectation(works: float) -> str:
    """Never nought: what is expected rarely is expected all the same."""
    if works < 0.01:
        return gettext("меньше {least}", least=decimal(0.01, 2))
    return decimal(works, 1 if works >= 1 else 2)


def probability(value: float | None) -> str:
    """A p-value as people read it.

    >>> probability(0.0312), probability(0.00001), probability(None)
    ('0,031', 'меньше 0,001', '—')
    """
    if value is None:
        return DASH
    return gettext("меньше {least}", least=decimal(0.001, 3)) if value < 0.001 else decimal(value, 3)


def marker_view(code: str, schools: int) -> MarkerView:
    marker = MARKERS[code]
    return MarkerView(
        marker.title, basis_word(marker), ngettext("{n} школа", "{n} школ", schools), marker.seen,
        marker.otherwise, marker.look,
    )  # fmt: skip


def lists_lead(lists: TreatedLists) -> str:
    """What was set aside and widened in the three lists."""
    if not lists.set_aside:
        return gettext("Откладывать нечего: список школ один и тот же.")
    return gettext(
        "Результатов школ из списка выше (школа и работа): {n}. Во втором списке они отложены. В третьем учтено, сколько их "
        "работ могло быть ниже минимума, если бы на границе «3» их было столько, сколько ожидается: если вывод от этого меняется, "
        "сказать нельзя. Школа от этого ничего не теряет: списки стоят рядом, решает человек.",
        n=integer(lists.set_aside),
    )


def _lists(lists: TreatedLists) -> TableView:
    heads = (gettext("Вывод"), *treatments())
    rows = tuple((outcome, *map(integer, numbers)) for outcome, *numbers in lists.counts)
    return TableView(gettext("Список школ с этими результатами и без них"), heads, rows)


def treatments() -> tuple[str, str, str]:
    """Heads of the three lists."""
    return gettext("По всем результатам"), gettext("Без отложенных"), gettext("С расширенными")


def _differing(found: Objectivity, lists: TreatedLists) -> TableView:
    heads = (gettext("Школа"), gettext("Муниципалитет"), *treatments())
    ordered = sorted(lists.differing, key=lambda one: school_order(found, one.school_id))
    rows = tuple(
        (*school_name(found, one.school_id), one.with_all, one.set_aside, one.widened) for one in ordered
    )
    return TableView(gettext("Кто отличается в этих списках"), heads, rows)


def group_word(group: str) -> str:
    """A group of ``region.csv`` in words; a kind of school is its own word."""
    feature, _, value = group.partition("=")
    if feature == "region":
        return gettext("регион {code}", code=value.removeprefix("reg"))
    return gettext(_GROUPS[group]) if group in _GROUPS else label(value)


def _indexes(found: Objectivity) -> TableView:
    """The official index of each region by year, with what it rests on."""
    rows = tuple(
        (region_word(line.region), str(line.year), count_of(line.marked, line.asked), decimal(line.index))
        for line in found.indexes
    )
    heads = (
        gettext("Регион"),
        gettext("Год"),
        gettext("С официальным признаком, из писавших работы перечня"),
        gettext("Индекс"),
    )
    return TableView(gettext("Официальный индекс региона по годам"), heads, rows)


def indexes_lead(found: Objectivity) -> str:
    """What the index is, and what it is of where regions stand together."""
    lead = gettext(
        "Индекс — процент школ без единого официального признака в этом году, среди тех, кто в этом году писал работы "
        "официального перечня."
    )
    if not any(line.region for line in found.indexes):
        return lead
    return lead + " " + gettext(
        "Школы нескольких регионов: средний балл и квартили — своего региона, индекс у каждого свой. Проверки, по "
        "которым составлен список, смотрят на все школы вместе."
    )  # fmt: skip


def region_word(region: str) -> str:
    """A region as its line in the table of indexes; all schools where the data are of one."""
    return group_word(f"region={region}") if region else gettext("Все школы")


def basis_word(marker: Marker) -> str:
    """What stands behind a marker."""
    return gettext(_BASES[marker.basis])


def marked_note() -> str:
    """How a line of markers by school is to be read."""
    return gettext(
        "Строка — признак, который встретился в школе. Он говорит, что распределение необычно, и ничего не доказывает; чем "
        "ещё это бывает и что посмотреть — на листе «Признаки». Чисел меньше чем по десяти участникам нет."
    )


def markers_note() -> str:
    """Why more schools have a marker than the index counts."""
    return gettext(
        "Здесь считаются школы по всем работам; в официальный индекс входят только работы и признаки документа."
    )


def effects_title() -> str:
    """Of the table and of the sheet that say which schools are touched."""
    return gettext("Каких школ это касается")


def _effects(lines: tuple[EffectLine, ...]) -> TableView:
    heads = (gettext("Школы"), gettext("Всего"),
             gettext("С официальным признаком, из писавших работы перечня"), gettext("Проверки возможны"),
             gettext("В списке"))  # fmt: skip
    rows = tuple(
        (group_word(one.group), integer(one.schools),
         count_of(one.marked, one.asked) if one.asked else DASH, integer(one.tested),
         count_of(one.flagged, one.tested))
        for one in lines
    )  # fmt: skip
    return TableView(effects_title(), heads, rows)
