"""Words for verdicts, firmness, units and values. The tone is set by the project's wording rules:

a school is never low or last; its results are below a threshold, support is due to it, or one cannot tell.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from rostok.methodology.parameters import UNITS
from rostok.reports.model import MethodologyText, Parameter, SchoolLine, UnknownBecause, Verdict
from rostok.statistics.firmness import Firmness
from rostok.wording import DASH, N_, NBSP, decimal, gettext, integer, ngettext, percent

_FIRMNESS_MEANING = {
    Firmness.FIRM: N_("при другом наборе учеников вывод был бы тем же не реже 95 раз из 100"),
    Firmness.LIKELY: N_("вывод был бы тем же от 80 до 95 раз из 100"),
    Firmness.OPEN: N_("реже 80 раз из 100: при другом наборе учеников вывод мог быть иным"),
}

_UNITS = {
    **UNITS,
    "schools": N_("школ"),
    "level": N_("уровень"),
    "calendar years": N_("календарных лет"),
    "school years": N_("учебных лет"),
    "cohorts": N_("когорт"),
}


def _counted(count: int, unit: str) -> str | None:
    """A whole number with its unit in the form that follows it; None for a unit that is not counted."""
    match unit:
        case "pupils":
            return ngettext("{n} участник", "{n} участников", count)
        case "assessments":
            return ngettext("{n} работа", "{n} работ", count)
        case "schools":
            return ngettext("{n} школа", "{n} школ", count)
        case "years":
            return ngettext("{n} год", "{n} лет", count)
        case "calendar years":
            return ngettext("{n} календарный год", "{n} календарных лет", count)
        case "school years":
            return ngettext("{n} учебный год", "{n} учебных лет", count)
        case "cohorts":
            return ngettext("{n} когорта", "{n} когорт", count)
    return None


def speaks_of_support(methodology: MethodologyText) -> bool:
    """Does a true verdict mean that support is due: low results in so many papers, rather than a category?

    Results low in each of three years are low results too, but no rule makes support of them.
    """
    return methodology.low_results and methodology.needed is not None


def verdict_code(school: SchoolLine) -> str:
    """``yes``, ``no``, ``unknown``, or ``plain`` where there are categories only: a CSS class and a filter."""
    codes = {Verdict.TRUE: "yes", Verdict.FALSE: "no", Verdict.UNKNOWN: "unknown", None: "plain"}
    return codes[school.verdict]


def verdict_chip(school: SchoolLine, methodology: MethodologyText) -> str:
    """Two or three words for a row of a list."""
    if school.verdict is None:
        return school.category or gettext("категория не определена")
    if school.verdict is Verdict.FALSE and school.category:
        return school.category  # «otherwise» of a methodology has a name of its own
    return verdict_word(school.verdict, methodology, school.category)


def verdict_word(verdict: Verdict, methodology: MethodologyText, category: str = "") -> str:
    """The verdict in words; ``category`` names a true one where the methodology does not speak of support."""
    if verdict is Verdict.UNKNOWN:
        return gettext("сказать нельзя")
    if speaks_of_support(methodology):
        return gettext("положена поддержка") if verdict is Verdict.TRUE else gettext("не в списке")
    if verdict is Verdict.TRUE:
        return category or gettext("отнесена к категории")
    return gettext("не отнесена к категории")


def bound_word(verdict: Verdict, school: SchoolLine, methodology: MethodologyText) -> str:
    """What the verdict of this school would be; a category is named only where the school has it."""
    return verdict_word(verdict, methodology, school.category if school.verdict is Verdict.TRUE else "")


def firmness_word(firmness: Firmness | None) -> str:
    return "" if firmness is None else firmness.label


def firmness_meaning(firmness: Firmness) -> str:
    return gettext(_FIRMNESS_MEANING[firmness])


def firmness_sentence(school: SchoolLine) -> str:
    """How firm the verdict is, in words and cases out of a hundred; empty when it was not computed."""
    if school.firmness is None or school.probability is None:
        return ""
    # Whole cases, never rounded up: 94.7 is 94 beside «скорее всего», whose cases end before 95.
    cases = math.floor(school.probability * 100 + 1e-9)
    word = firmness_word(school.firmness)
    if school.probability > 0.99:
        return gettext(
            "Устойчивость: {word}. При другом наборе учеников вывод был бы тем же больше чем в 99 случаях из 100.",
            word=word,
        )
    if cases < 1:
        return gettext(
            "Устойчивость: {word}. При другом наборе учеников вывод был бы тем же реже чем в 1 случае из 100.",
            word=word,
        )
    return ngettext(
        "Устойчивость: {word}. При другом наборе учеников вывод был бы тем же примерно в {n} случае из 100.",
        "Устойчивость: {word}. При другом наборе учеников вывод был бы тем же примерно в {n} случаях из 100.",
        cases,
        word=word,
    )


def unknown_because(because: UnknownBecause | None, participants: int | None) -> str:
    """«сказать нельзя: 4 участника»."""
    if because is UnknownBecause.NO_DATA or not participants:
        return gettext("сказать нельзя: нет данных")
    if because is UnknownBecause.NO_SCALE:
        return gettext("сказать нельзя: нет шкалы")
    if because is UnknownBecause.CONDITION:
        return gettext("сказать нельзя: условие методики не выполнено")
    return ngettext("сказать нельзя: {n} участник", "сказать нельзя: {n} участников", participants)


def unit_word(unit: str) -> str:
    """The unit in words; one we do not know stands as the methodology wrote it."""
    return gettext(_UNITS[unit]) if unit in _UNITS else unit


def value_text(value: float | int | str | bool | None, unit: str = "", digits: int = 1) -> str:
    """A value as people read it: shares as percent, whole numbers whole, a dash for a missing one."""
    if value is None:
        return DASH
    if isinstance(value, bool):
        return gettext("да") if value else gettext("нет")
    if isinstance(value, str):
        return value
    if unit == "share":
        return percent(value, 0 if abs(value * 100 - round(value * 100)) < 1e-9 else digits)
    return integer(value) if float(value).is_integer() else decimal(value, 3).rstrip("0")


def range_text(lower: float | None, upper: float | None) -> str:
    """Two shares as «20–35 %»; more digits where both would round to one number."""
    if lower is None or upper is None:
        return DASH
    for digits in (0, 1, 2):
        low, high = decimal(lower * 100, digits), decimal(upper * 100, digits)
        if low != high:
            return f"{low}–{high}{NBSP}%"
    return f"{low}{NBSP}%"


def count_range(lower: float | None, upper: float | None) -> str:
    """Two counts as «155–209», one number where they round to the same."""
    if lower is None or upper is None:
        return DASH
    low, high = integer(round(lower)), integer(round(upper))
    return low if low == high else f"{low}–{high}"


# What a number of this unit is called already says the unit: «граница группы качества: 6», «вес отметки: 0,64».
_BARE_UNITS = frozenset({"", "share", "coefficient", "index", "group", "mark", "grade", "count", "variance"})


def parameter_text(parameter: Parameter) -> str:
    """Value with its unit: «30,0 %», «5 участников»; a choice by its title."""
    value = value_text(parameter.value, parameter.unit)
    if parameter.unit == "choice":
        return parameter.value_title or value
    if parameter.unit in _BARE_UNITS or parameter.value is None:
        return value
    # a methodology file may give a whole number as 2.0
    whole = isinstance(parameter.value, (int, float)) and float(parameter.value).is_integer()
    counted = _counted(int(parameter.value), parameter.unit) if whole else None
    return counted or f"{value}{NBSP}{unit_word(parameter.unit)}"


ABBREVIATIONS = (
    ("ШНОР", N_("школа с низкими образовательными результатами — категория расчёта или приказа")),
    ("ШССУ", N_("школа в сложных социальных условиях")),
    ("ВПР", N_("всероссийские проверочные работы")),
    ("ОГЭ", N_("основной государственный экзамен, 9 класс")),
    ("ЕГЭ", N_("единый государственный экзамен, 11 класс")),
    ("ГВЭ", N_("государственный выпускной экзамен")),
    ("ГИА", N_("государственная итоговая аттестация: ОГЭ, ЕГЭ, ГВЭ")),
    ("РПР", N_("региональная проверочная работа")),
    ("ФИОКО", N_("Федеральный институт оценки качества образования")),
    ("ФИС ОКО", N_("федеральная информационная система оценки качества образования")),
    ("СОШ", N_("средняя общеобразовательная школа, 1–11 классы")),
    ("ООШ", N_("основная общеобразовательная школа, 1–9 классы")),
    ("НОШ", N_("начальная общеобразовательная школа, 1–4 классы")),
    ("СОУ", N_("степень обученности учащихся: взвешенная доля отметок")),
    ("ИОМ", N_("индивидуальный образовательный маршрут")),
)

_KNOWN = re.compile(r"\b(" + "|".join(sorted((a for a, _ in ABBREVIATIONS), key=len, reverse=True)) + r")\b")


@dataclass(slots=True)
class Abbreviations:
    """Explains each abbreviation where the page uses it first; one object per page."""

    used: list[str] = field(default_factory=list)

    def mark(self, text: str) -> Markup:
        """The text escaped, first uses wrapped in ``<abbr>``."""
        meanings = dict(ABBREVIATIONS)

        def wrap(match: re.Match[str]) -> str:
            word = match.group(1)
            if word in self.used:
                return word
            self.used.append(word)
            return f'<abbr title="{escape(gettext(meanings[word]))}">{word}</abbr>'

        return Markup(_KNOWN.sub(wrap, str(escape(text))))


def legend(texts: str) -> list[tuple[str, str]]:
    """Abbreviations that occur in ``texts``, with their meaning, in the order of the catalogue."""
    met = set(_KNOWN.findall(texts))
    return [(word, gettext(meaning)) for word, meaning in ABBREVIATIONS if word in met]
