"""The card of one school: verdict, reasons, papers, sensitivity, participation, pooled estimate in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from rostok.disclosure import SHARE_FROM_PUPILS, is_share_shown
from rostok.reports.charts import interval_bar
from rostok.reports.model import (
    AssignedCategory,
    CellLine,
    IndicatorLine,
    MethodologyText,
    RuleLine,
    SchoolLine,
    Verdict,
)
from rostok.reports.presenters import words
from rostok.schema.assessments import Assessment
from rostok.wording import DASH, count_of, current_language, gettext, integer, ngettext, percent


@dataclass(frozen=True, slots=True)
class CellView:
    """One paper of a school, worded."""

    label: str
    participants: str
    absent: str
    below: str
    bar: Markup
    threshold: str
    judgement: str
    css: str  # yes, no, unknown; empty where nothing is asked of one paper
    margin: str


@dataclass(frozen=True, slots=True)
class SchoolView:
    """One card. Empty text means the line is not shown."""

    id: str
    name: str
    kind: str
    chip: str
    code: str
    firmness_code: str
    firmness: str
    brief: str
    size: int
    verdict: str
    firmness_sentence: str
    evidence: str
    reasons: tuple[str, ...]
    cells: tuple[CellView, ...]
    has_margins: bool  # is any paper at a known distance from another verdict?
    sensitivity: str
    participation: tuple[str, ...]
    pooled: str
    assigned: tuple[str, ...]
    rules: tuple[tuple[str, str, str, str], ...]
    indicators: tuple[tuple[str, str, str], ...]
    gaps: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@lru_cache(maxsize=512)
def _label(assessment: Assessment, language: str) -> str:
    return assessment.label


def _threshold_text(cell: CellLine) -> str:
    """The threshold in pupils: «от 11»; a dash where the cell cannot be judged."""
    if cell.threshold is None or not cell.participants or cell.low is None:
        return DASH
    # 0.3 × 10 must be 3 pupils, not 4: the product of binary fractions may lie a hair above
    least = math.ceil(cell.threshold * cell.participants - 1e-9)
    return gettext("от {least}", least=integer(least))


def _margin_text(distance: int | None) -> str:
    if distance is None:
        return DASH
    if distance < 0:
        return gettext("на {n} меньше", n=integer(-distance))
    return gettext("на {n} больше", n=integer(distance))


def cell_view(cell: CellLine) -> CellView:
    """A paper in words; a share of fewer than ten pupils stays a count and has no bar."""
    drawn = Markup("")
    if (
        cell.share is not None
        and cell.lower is not None
        and cell.upper is not None
        and is_share_shown(cell.participants)
    ):
        drawn = Markup(interval_bar(cell.share, cell.lower, cell.upper, cell.threshold))
    if cell.low is None and cell.because is None:
        judgement, css = DASH, ""
    elif cell.low is None:
        judgement, css = words.unknown_because(cell.because, cell.participants), "unknown"
    elif not cell.of_share:
        judgement = gettext("условие выполнено") if cell.low else gettext("условие не выполнено")
        css = "yes" if cell.low else "no"
    elif cell.low:
        judgement, css = gettext("ниже порога"), "yes"
    else:
        judgement, css = gettext("не ниже порога"), "no"
    return CellView(
        _label(cell.assessment, current_language()),
        integer(cell.participants),
        integer(cell.absent),
        count_of(
            cell.below,
            cell.participants,
            min_base_for_percent=SHARE_FROM_PUPILS,
            bound=cell.threshold,
        ),
        drawn,
        _threshold_text(cell),
        judgement,
        css,
        _margin_text(cell.distance),
    )


def brief(school: SchoolLine, methodology: MethodologyText) -> str:
    """«ниже порога: 3 из 10 работ», for a list; empty where the question is another one."""
    if not methodology.low_results or school.low_count is None or not school.assessment_count:
        return ""
    return ngettext(
        "ниже порога: {low} из {n} работы",
        "ниже порога: {low} из {n} работ",
        school.assessment_count,
        low=school.low_count,
    )


def verdict_sentence(school: SchoolLine, methodology: MethodologyText) -> str:
    """The verdict as a sentence."""
    if not words.speaks_of_support(methodology) or school.verdict is None:
        return _category_sentence(school, methodology)
    if school.verdict is Verdict.TRUE:
        return gettext("Школе положена поддержка.")
    if school.verdict is Verdict.UNKNOWN:
        if school.assessment_count == 0:
            return gettext("Сказать нельзя: методика не смотрит на работы этой школы.")
        return gettext("Сказать нельзя: данных мало. Это не значит, что поддержка не нужна.")
    return gettext("По этой методике школа не в списке поддержки.")


def _category_sentence(school: SchoolLine, methodology: MethodologyText) -> str:
    if school.verdict is Verdict.UNKNOWN or (school.verdict is None and not school.category):
        return gettext("Сказать нельзя: данных для этой методики мало.")
    if not school.category:
        names = [one.category for one in methodology.categories]
        if len(names) == 1:
            return gettext("Расчёт не относит школу к категории: {category}.", category=names[0])
        return gettext("Расчёт не относит школу к этой категории.")
    return gettext("Категория по расчёту: «{category}».", category=school.category)


def evidence_sentence(school: SchoolLine, methodology: MethodologyText) -> str:
    """What the verdict is counted from: papers, unknown ones, cohorts."""
    if not methodology.low_results or school.low_count is None or school.assessment_count is None:
        return ""
    parts = [
        gettext(
            "Работ с результатами ниже порога: {low} из {base}.",
            low=school.low_count,
            base=school.assessment_count,
        )
    ]
    if methodology.needed is not None:
        parts.append(gettext("Для списка нужно не меньше: {needed}.", needed=methodology.needed))
    if school.unknown_count:
        parts.append(gettext("Работ, о которых сказать нельзя: {n}.", n=school.unknown_count))
    parts += _cohorts(school)
    return " ".join(parts)


def _cohorts(school: SchoolLine) -> list[str]:
    if school.cohorts is None or (school.low_count or 0) < 2:
        return []
    if school.cohorts == 1:
        return [
            gettext(
                "Работы ниже порога писали одни и те же дети (одна когорта): это более слабое основание, чем две когорты."
            )
        ]
    return [gettext("Разных когорт детей за работами ниже порога: {n}.", n=school.cohorts)]


def sensitivity_sentence(school: SchoolLine) -> str:
    """How far the whole verdict is from another one. A margin of the verdict, not a task for anybody."""
    if school.sensitivity:
        return school.sensitivity
    if school.verdict_distance is None:
        return ""
    return ngettext(
        "Вывод был бы другим, если бы иначе написал {n} участник. Прошлые результаты не меняются: это запас вывода, а не задание.",
        "Вывод был бы другим, если бы иначе написали {n} участников. Прошлые результаты не меняются: это запас вывода, а не задание.",
        school.verdict_distance,
    )


def written(school: SchoolLine) -> list[CellLine]:
    """The papers anybody came to, or was absent from."""
    return [cell for cell in school.cells if cell.participants or cell.absent]


def absence(school: SchoolLine) -> tuple[int | None, int | None]:
    """How many were absent of how many, over the papers that tell it; None where none does."""
    known = [cell for cell in written(school) if cell.absent is not None]
    if not known:
        return None, None
    away = sum(cell.absent or 0 for cell in known)
    return away, away + sum(cell.participants or 0 for cell in known)


def participation_sentences(school: SchoolLine, methodology: MethodologyText) -> tuple[str, ...]:
    """How many were absent of how many, and what the verdict would be if they had written otherwise."""
    papers, (away, base) = written(school), absence(school)
    if not papers:
        return ()
    if away is None:
        return (
            gettext(
                "Сколько учеников отсутствовало, в файлах не сказано: как они изменили бы вывод, неизвестно."
            ),
        )
    counted = count_of(away, base, min_base_for_percent=SHARE_FROM_PUPILS)
    said = [gettext("Отсутствовали: {count}.", count=counted)]
    telling = sum(cell.absent is not None for cell in papers)
    if telling < len(papers):
        said.append(gettext("О скольких работах это известно: {n} из {base}.", n=telling, base=len(papers)))
    return (*said, *_bounds(school, methodology)) if away else tuple(said)


def _bounds(school: SchoolLine, methodology: MethodologyText) -> tuple[str, ...]:
    """What the verdict would be if all the absent were below, and if none were."""
    if school.participation is None or school.verdict is None:
        return ()
    below, above = school.participation.all_below, school.participation.all_above
    if below is above is school.verdict:
        return (gettext("Вывод не зависит от того, как написали бы отсутствовавшие."),)
    bounds = gettext(
        "Если бы все отсутствовавшие получили «2» (на экзамене — ниже минимума): {below}; если бы никто из них: {above}.",
        below=words.bound_word(below, school, methodology),
        above=words.bound_word(above, school, methodology),
    )
    return (bounds,)


def pooled_sentence(school: SchoolLine, methodology: MethodologyText) -> str:
    """The estimate over all papers, drawn towards the region."""
    if school.pooled is None:
        return ""
    if not is_share_shown(school.participants):
        return gettext("Общая оценка по всем работам: участников меньше десяти, доля не показывается.")
    text = gettext(
        "Общая оценка по всем работам с поправкой на численность: «2» или ниже минимума у {share} (интервал {range}).",
        share=percent(school.pooled.share, 0),
        range=words.range_text(school.pooled.lower, school.pooled.upper),
    )
    if school.verdict is Verdict.UNKNOWN and words.speaks_of_support(methodology):
        return (
            text + " " + gettext("Пока по отдельным работам сказать нельзя, о поддержке можно судить по ней.")
        )
    return text


def _assigned(school: SchoolLine) -> tuple[str, ...]:
    return tuple(_assigned_sentence(one, school.category) for one in school.assigned)


def _assigned_sentence(assigned: AssignedCategory, computed: str) -> str:
    source = assigned.source or gettext("источник не указан")
    listed = gettext(
        "В списке {year} года: «{category}» ({source}).",
        year=assigned.year,
        category=assigned.category,
        source=source,
    )
    if assigned.category == computed:
        return listed + " " + gettext("Расчёт даёт то же.")
    found = gettext("«{category}»", category=computed) if computed else gettext("категории нет")
    return listed + " " + gettext("По расчёту: {found}. Список и расчёт расходятся.", found=found)


def told_rules(school: SchoolLine) -> tuple[RuleLine, ...]:
    """The rules worth a line: those that decide, and others that are true. ``rules.csv`` has them all."""
    return tuple(one for one in school.rules if one.decides or one.verdict)


def rule_row(rule: RuleLine) -> tuple[str, str, str, str]:
    """Title, figure, threshold, outcome."""
    outcome = {True: gettext("да"), False: gettext("нет"), None: gettext("сказать нельзя")}[rule.verdict]
    return (
        rule.title or rule.rule,
        words.value_text(rule.figure, rule.unit),
        words.value_text(rule.threshold, rule.unit),
        outcome,
    )


def indicator_row(indicator: IndicatorLine) -> tuple[str, str, str]:
    """Title, value with its unit, number of pupils; a share of fewer than ten pupils stays hidden."""
    few = indicator.unit == "share" and indicator.n is not None and not is_share_shown(indicator.n)
    value = gettext("меньше 10 участников") if few else words.value_text(indicator.value, indicator.unit)
    return (indicator.title or indicator.indicator, value, integer(indicator.n))


def school_view(school: SchoolLine, methodology: MethodologyText, *, whole: bool = True) -> SchoolView:
    """The card of a school; ``whole=False`` keeps what a one-line listing needs."""
    return SchoolView(
        id=school.school_id,
        name=school.name or gettext("Школа {id}", id=school.school_id),
        kind=school.kind,
        chip=words.verdict_chip(school, methodology),
        code=words.verdict_code(school),
        firmness_code=str(school.firmness or ""),
        firmness=words.firmness_word(school.firmness),
        brief=brief(school, methodology),
        size=school.participants,
        verdict=verdict_sentence(school, methodology) if whole else "",
        firmness_sentence=words.firmness_sentence(school) if whole else "",
        evidence=evidence_sentence(school, methodology) if whole else "",
        reasons=school.reasons if whole else (),
        cells=tuple(cell_view(cell) for cell in school.cells) if whole else (),
        has_margins=any(cell.distance is not None for cell in school.cells),
        sensitivity=sensitivity_sentence(school) if whole else "",
        participation=participation_sentences(school, methodology) if whole else (),
        pooled=pooled_sentence(school, methodology) if whole else "",
        assigned=_assigned(school) if whole else (),
        rules=_rules(school, methodology) if whole else (),
        indicators=_indicators(school, methodology) if whole else (),
    )


def _rules(school: SchoolLine, methodology: MethodologyText) -> tuple[tuple[str, str, str, str], ...]:
    """What decides where counting papers does not, and what else is true of the school."""
    if school.cells and words.speaks_of_support(methodology):
        return ()
    return tuple(rule_row(one) for one in told_rules(school))


def _indicators(school: SchoolLine, methodology: MethodologyText) -> tuple[tuple[str, str, str], ...]:
    """The same for indicators: steps of a formula have no title and stay in ``indicators.csv``."""
    if school.cells and words.speaks_of_support(methodology):
        return ()
    titled = [one for one in school.indicators if one.title not in ("", one.indicator)]
    return tuple(indicator_row(one) for one in (titled if school.cells or titled else school.indicators))
