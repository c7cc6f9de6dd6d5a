"""The first screen: what was done, the result, how firm it is, what chance would give, what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from rostok.reports.charts import Part
from rostok.reports.model import Report, SchoolLine, Verdict
from rostok.reports.presenters import words
from rostok.statistics.firmness import Firmness
from rostok.wording import date_long, gettext, integer, ngettext, percent


@dataclass(frozen=True, slots=True)
class Tile:
    """A number with its words; ``count`` is repeated in ``title``."""

    title: str
    explanation: str
    css: str
    count: int

    @property
    def titled(self) -> Markup:
        """The title with its number set apart."""
        number = integer(self.count)
        return Markup(str(escape(self.title)).replace(number, f"<b>{number}</b>", 1))


@dataclass(frozen=True, slots=True)
class FirmnessRow:
    """One degree of firmness: how many schools of each verdict, and what the word means."""

    word: str
    meaning: str
    counts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SummaryView:
    """Everything on the first screen."""

    title: str
    subtitle: str
    synthetic: str
    done: str
    rule: str
    tiles: tuple[Tile, ...]
    parts: tuple[Part, ...]
    parts_label: str
    firmness_lead: str
    firmness_heads: tuple[str, ...]
    firmness: tuple[FirmnessRow, ...]
    chance: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    changed: tuple[str, ...]
    notes: tuple[str, ...]
    steps: tuple[str, ...]


def _subtitle(report: Report) -> str:
    parts = [report.place] if report.place else []
    if report.run.window:
        parts.append(_years(report.run.window))
    parts.append(gettext("по данным на {day}", day=date_long(report.run.on)))
    return " · ".join(parts)


def _years(window: tuple[int, ...]) -> str:
    first, last = min(window), max(window)
    if first == last:
        return gettext("{year} год", year=first)
    return gettext("{first}–{last} годы", first=first, last=last)


def _done(report: Report) -> str:
    seen = [school for school in report.schools if _has_results(school, report)]
    schools = ngettext(
        "В расчёте {count} школа с результатами", "В расчёте {count} школ с результатами", len(seen),
        count=integer(len(seen)),
    )  # fmt: skip
    parts = [schools]
    places = {school.municipality_id or school.municipality for school in seen} - {""}
    if places:
        parts.append(
            ngettext(
                "{count} муниципалитет", "{count} муниципалитетов", len(places), count=integer(len(places))
            )
        )
    if report.assessments:
        kinds = list(dict.fromkeys(line.assessment.kind.label for line in report.assessments))
        number = len(report.assessments)
        parts.append(ngettext("{n} работа ({kinds})", "{n} работ ({kinds})", number, kinds=", ".join(kinds)))
        written = sum(line.participants for line in report.assessments)
        parts.append(
            ngettext(
                "{count} участник во всех работах вместе",
                "{count} участников во всех работах вместе",
                written,
                count=integer(written),
            )
        )
    done = "; ".join(parts) + "."
    without = len(report.schools) - len(seen)
    if not without:
        return done
    rest = ngettext(
        "Ещё у {count} школы реестра таких результатов нет.", "Ещё у {count} школ реестра таких результатов нет.",
        without, count=integer(without),
    )  # fmt: skip
    return f"{done} {rest}"


def _has_results(school: SchoolLine, report: Report) -> bool:
    """Did anybody write there? Without assessments: is there a value of any indicator?"""
    if report.assessments:
        return school.participants > 0
    return any(one.value is not None for one in school.indicators)


def _support_tiles(report: Report) -> tuple[Tile, ...]:
    yes, unknown, no = (
        len(report.with_verdict(verdict)) for verdict in (Verdict.TRUE, Verdict.UNKNOWN, Verdict.FALSE)
    )
    needed = report.methodology.needed or 0
    return (
        Tile(
            ngettext("{count} школе положена поддержка", "{count} школам положена поддержка", yes,
                     count=integer(yes)),
            ngettext("результаты ниже порога не меньше чем в {n} работе",
                     "результаты ниже порога не меньше чем в {n} работах", needed),
            "yes", yes,
        ),
        Tile(
            ngettext("о {count} школе сказать нельзя", "о {count} школах сказать нельзя", unknown,
                     count=integer(unknown)),
            _why_unknown(report.with_verdict(Verdict.UNKNOWN)), "unknown", unknown,
        ),
        Tile(
            ngettext("{count} школа не в списке", "{count} школ не в списке", no, count=integer(no)),
            ngettext("результаты ниже порога меньше чем в {n} работе",
                     "результаты ниже порога меньше чем в {n} работах", needed),
            "no", no,
        ),
    )  # fmt: skip


def _why_unknown(schools: Sequence[SchoolLine]) -> str:
    """Schools of which one cannot tell: how many have nothing at all, how many too little."""
    unseen = sum(school.assessment_count == 0 for school in schools)
    empty = sum(school.participants == 0 for school in schools) - unseen
    few = len(schools) - empty - unseen
    parts = []
    if empty:
        parts.append(
            ngettext("у {n} школы нет ни одного результата", "у {n} школ нет ни одного результата", empty)
        )
    if few:
        parts.append(gettext("у {n} мало участников или части работ нет", n=integer(few)))
    if unseen:
        parts.append(
            ngettext(
                "на работы {n} школы методика не смотрит", "на работы {n} школ методика не смотрит", unseen
            )
        )
    parts.append(gettext("это не отказ в поддержке"))
    return "; ".join(parts)


def _category_tiles(report: Report) -> tuple[Tile, ...]:
    """One tile per category met, in the methodology's order; verdict words where there is a verdict."""
    order = {one.category: place for place, one in enumerate(report.methodology.categories)}
    meanings = {one.category: one.meaning for one in report.methodology.categories}
    counts: Counter[tuple[int, str, str, str]] = Counter()
    for school in report.schools:
        chip = words.verdict_chip(school, report.methodology)
        code = words.verdict_code(school)
        if school.verdict is None and not school.category:
            code = "unknown"
        place = {"unknown": 10**6, "no": 10**6 + 1}.get(code, order.get(school.category, len(order)))
        counts[
            (place, chip, code, meanings.get(school.category, "") if code in ("yes", "plain") else "")
        ] += 1
    return tuple(
        Tile(
            ngettext("{chip}: {count} школа", "{chip}: {count} школ", count, chip=chip, count=integer(count)),
            meaning,
            code,
            count,
        )
        for (_, chip, code, meaning), count in sorted(counts.items())
    )


def tiles(report: Report) -> tuple[Tile, ...]:
    """The result in numbers with words."""
    if report.has_verdict and words.speaks_of_support(report.methodology):
        return _support_tiles(report)
    return _category_tiles(report)


def _firmness_lead(report: Report) -> str:
    listed = report.with_verdict(Verdict.TRUE) if report.has_verdict else report.schools
    if not report.has_firmness or not listed:
        return ""
    counts = Counter(school.firmness for school in listed)
    values = {"firm": counts[Firmness.FIRM], "likely": counts[Firmness.LIKELY], "open": counts[Firmness.OPEN]}
    shown = {name: integer(count) for name, count in values.items()}
    if words.speaks_of_support(report.methodology):
        return gettext(
            "Вывод о школах списка: уверенный — {firm}, скорее всего верный — {likely}, открытый — {open}.",
            **shown,
        )
    return gettext("Вывод уверенный — {firm}, скорее всего верный — {likely}, открытый — {open}.", **shown)


def _firmness_columns(report: Report) -> list[tuple[str, list[SchoolLine]]]:
    if not report.has_verdict:
        return [(gettext("школ"), list(report.schools))]
    category = next((school.category for school in report.with_verdict(Verdict.TRUE)), "")
    return [
        (words.verdict_word(verdict, report.methodology, category), list(report.with_verdict(verdict)))
        for verdict in (Verdict.TRUE, Verdict.UNKNOWN, Verdict.FALSE)
    ]


def _firmness_rows(report: Report) -> tuple[FirmnessRow, ...]:
    if not report.has_firmness:
        return ()
    columns = [Counter(school.firmness for school in lines) for _, lines in _firmness_columns(report)]
    return tuple(
        FirmnessRow(
            words.firmness_word(one),
            words.firmness_meaning(one),
            tuple(integer(column[one]) for column in columns),
        )
        for one in Firmness
    )


def _chance(report: Report) -> tuple[str, ...]:
    """Listings by the chance of pupils, by that of pupils and cohorts, and what the length of the list says."""
    total = report.chance_total
    if total is None:
        return ()
    found = [
        gettext(
            "Если бы все школы учили одинаково и менялось только то, какие ученики писали работу, в список попало "
            "бы около {expected} школ ({range}): столько даёт одно то, что учеников в школе немного.",
            expected=integer(total.expected), range=_between(total.lower, total.upper),
        )
    ]  # fmt: skip
    expected, lower, upper = (
        total.expected_with_cohorts, total.lower_with_cohorts, total.upper_with_cohorts,
    )  # fmt: skip
    if expected is not None and lower is not None and upper is not None:
        found.append(
            gettext(
                "Если бы при этом годы набора и классы одной школы бывали сильнее и слабее, как в этих данных, — "
                "около {expected} ({range}): столько даёт ещё и то, что бывают удачные и трудные годы.",
                expected=integer(expected), range=_between(lower, upper),
            )
        )  # fmt: skip
    found.append(_beside_chance(total.listed, upper if upper is not None else total.upper))
    if report.persisting is not None:
        found.append(
            gettext(
                "Школы при этом различаются: около {share} разброса между ними повторяется у других детей той же школы.",
                share=percent(report.persisting, 0),
            )
        )
    return tuple(found)


def _between(lower: float, upper: float) -> str:
    return gettext("от {lower} до {upper}", lower=integer(lower), upper=integer(upper))


def _beside_chance(listed: int, upper: float) -> str:
    """How to read the length of the list beside what chance gives at most."""
    if listed > upper:
        said = gettext("В списке сейчас {listed}: больше, чем дал бы случай.", listed=integer(listed))
    else:
        said = gettext(
            "В списке сейчас {listed}: по одной длине списка не видно, что школы отличаются друг от друга.",
            listed=integer(listed),
        )
    return (
        said
        + " "
        + gettext(
            "Какие школы в нём не случайно, говорит устойчивость вывода каждой; чем меньше школа, тем больше решает "
            "случай — таблица по размеру школ ниже."
        )
    )


def _parameters(report: Report) -> tuple[tuple[str, ...], tuple[str, ...]]:
    named = [
        (one, f"{one.title or one.name} — {words.parameter_text(one)}")
        for one in report.methodology.parameters
    ]
    return (
        tuple(text for one, text in named if not one.confirmed),
        tuple(text for one, text in named if one.changed),
    )


def _steps(report: Report) -> tuple[str, ...]:
    steps = [
        gettext("Найдите свои школы: они стоят по муниципалитетам и названиям, мест и рейтинга здесь нет.")
    ]
    if report.has_verdict:
        steps.append(
            gettext(
                "Прочитайте в карточке причины. Где вывод открыт или многие отсутствовали, начните с разговора со школой."
            )
        )
        steps.append(
            gettext("Где сказать нельзя, смотрите общую оценку в карточке и то, что школа знает о себе сама.")
        )
    if report.problems:
        steps.append(
            gettext("Просмотрите замечания к данным: исправленный файл можно загрузить и пересчитать.")
        )
    return tuple(steps)


def present(report: Report) -> SummaryView:
    """The first screen of a report."""
    shown = tiles(report)
    unconfirmed, changed = _parameters(report)
    return SummaryView(
        title=report.methodology.title,
        subtitle=_subtitle(report),
        synthetic=gettext("Данные вымышлены: школы и результаты созданы программой для проверки.")
        if report.run.synthetic
        else "",
        done=_done(report),
        rule=report.methodology.summary,
        tiles=shown,
        parts=tuple(Part(tile.title, tile.count, tile.css) for tile in shown),
        parts_label="; ".join(tile.title for tile in shown),
        firmness_lead=_firmness_lead(report),
        firmness_heads=tuple(head for head, _ in _firmness_columns(report)),
        firmness=_firmness_rows(report),
        chance=_chance(report),
        unconfirmed=unconfirmed,
        changed=changed,
        notes=report.notes,
        steps=_steps(report),
    )
