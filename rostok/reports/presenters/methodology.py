"""The methodology section: where the rule comes from, its parameters and what is not confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from rostok.reports.model import MethodologyText, Parameter, Report
from rostok.reports.presenters import words
from rostok.wording import DASH, date_long, gettext, integer


@dataclass(frozen=True, slots=True)
class ParameterView:
    """One row of the table of parameters."""

    title: str
    name: str
    value: str
    source: str
    confirmed: str
    changed: bool


@dataclass(frozen=True, slots=True)
class MethodologyView:
    """Facts as pairs of word and value, parameters, categories, limits."""

    summary: str
    facts: tuple[tuple[str, str], ...]
    parameters: tuple[ParameterView, ...]
    categories: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    run: tuple[tuple[str, str], ...]


def _confirmed(confirmed: bool) -> str:
    return gettext("подтверждено") if confirmed else gettext("не подтверждено")


def parameter_view(parameter: Parameter) -> ParameterView:
    """A parameter in words."""
    return ParameterView(
        parameter.title or parameter.name,
        parameter.name,
        words.parameter_text(parameter),
        parameter.source or DASH,
        _confirmed(parameter.confirmed),
        parameter.changed,
    )


def _facts(methodology: MethodologyText) -> tuple[tuple[str, str], ...]:
    source = methodology.source or DASH
    facts = [
        (gettext("Методика"), f"{methodology.title} ({methodology.id})"),
        (gettext("Версия"), methodology.label or methodology.version),
        (gettext("Источник"), f"{source} — {_confirmed(methodology.source_confirmed)}"),
        (gettext("Записал"), methodology.author or DASH),
        (gettext("Сверил с источником"), methodology.checker or gettext("никто: сверка не проводилась")),
    ]
    if methodology.valid_from is not None:
        facts.append((gettext("Действует с"), date_long(methodology.valid_from)))
    if methodology.review_on is not None:
        facts.append((gettext("Пересмотреть"), date_long(methodology.review_on)))
    return tuple(facts)


def run_facts(report: Report) -> tuple[tuple[str, str], ...]:
    """What repeats the run: data, code, engine, draws."""
    run = report.run
    engine = f"{run.engine} {run.engine_version}".strip()
    facts = [
        (gettext("Данные на"), date_long(run.on)),
        (gettext("Годы в окне"), ", ".join(str(year) for year in run.window) or DASH),
        (gettext("Версия данных"), run.data_version),
        (gettext("Контрольная сумма методики"), report.methodology.hash or DASH),
        (
            gettext("Программа"),
            gettext("Росток {version}, {engine}", version=run.code_version, engine=engine),
        ),
    ]
    if run.replicates is not None:
        seed = DASH if run.seed is None else str(run.seed)
        drawn = gettext("{n} повторов, зерно {seed}", n=integer(run.replicates), seed=seed)
        facts.append((gettext("Устойчивость"), drawn))
    return tuple(facts)


def present(report: Report) -> MethodologyView:
    """The section of the methodology and of the run."""
    methodology = report.methodology
    return MethodologyView(
        methodology.summary,
        _facts(methodology),
        tuple(parameter_view(one) for one in methodology.parameters),
        tuple((one.category, one.meaning) for one in methodology.categories),
        methodology.limits,
        run_facts(report),
    )
