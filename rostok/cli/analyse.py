"""``rostok analyse``: from a folder of result files to an explained list of schools."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rostok.cli.terminal import err, progress_bars, refusals, show_problems
from rostok.schema.draws import DRAWS
from rostok.schema.problems import Severity
from rostok.wording import gettext, integer, ngettext

if TYPE_CHECKING:
    from rostok.formats import Assumptions
    from rostok.pipeline import Outcome, Run


def _pairs(values: tuple[str, ...], option: str) -> dict[str, str]:
    pairs = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(
                gettext("{option}: ожидается ИМЯ=ЗНАЧЕНИЕ, а не «{text}».", option=option, text=text)
            )
        pairs[name.strip()] = value.strip()
    return pairs


class Day(click.ParamType[dt.date]):
    """A date as people write it in files: ``2021-06-30``."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(
                gettext("«{text}» — не дата; дата пишется так: 2021-06-30", text=str(value)), param, ctx
            )


def _options() -> list[click.Parameter]:
    path = click.Path(path_type=Path)
    return [
        click.Argument(["inputs"], nargs=-1, required=True, type=path, metavar="INPUT..."),
        click.Option(["--methodology", "methodology"], required=True, metavar="ID[@VERSION]",
                     help=gettext("Методика: имя, имя с версией или путь к файлу YAML.")),
        click.Option(["--out"], required=True, type=path, metavar="DIR",
                     help=gettext("Папка результата: появляется целиком или не появляется.")),
        click.Option(["--on"], type=Day(), metavar="DATE",
                     help=gettext("На какую дату, например 2021-06-30 (по умолчанию последний день последних данных).")),
        click.Option(["--set", "settings"], multiple=True, metavar="NAME=VALUE",
                     help=gettext("Задать параметр методики; войдёт в хеш и в название версии.")),
        click.Option(["--assume"], multiple=True, metavar="FIELD=VALUE",
                     help=gettext("Чего не сказано в файлах: kind, year, subject, grade, wave, school, region, codes.")),
        click.Option(["--engine"], default="duckdb", show_default=True, metavar="NAME",
                     help=gettext("Аналитический движок.")),
        click.Option(["--firmness/--no-firmness"], default=True, show_default=True,
                     help=gettext("Считать устойчивость вывода.")),
        click.Option(["--draws"], type=click.Choice(DRAWS), default=256, show_default=True, metavar="N",
                     help=gettext("Число повторений для устойчивости: степень двойки от {least} до {most}.", least=DRAWS[0], most=DRAWS[-1])),
        click.Option(["--report/--no-report"], default=True, show_default=True,
                     help=gettext("Писать report.html и report.xlsx.")),
        click.Option(["--skip-unreadable"], is_flag=True,
                     help=gettext("Продолжать без файлов, которые не читаются; они названы в problems.csv.")),
        click.Option(["--workers"], type=click.IntRange(1, 64), default=2, show_default=True, metavar="N",
                     help=gettext("Сколько файлов читать одновременно.")),
    ]  # fmt: skip


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "analyse",
        callback=_analyse,
        params=_options(),
        help=gettext("Прочитать файлы результатов и составить объяснённый список школ."),
        # \b: click leaves the lines alone, which it would break at the hyphens of a name.
        epilog="\b\n"
        + gettext(
            "Пример:\n  rostok analyse выгрузки/ schools.csv --methodology federal-low-results --out итог"
        ),
    )


def _analyse(
    inputs: tuple[Path, ...],
    methodology: str,
    out: Path,
    on: dt.date | None,
    settings: tuple[str, ...],
    assume: tuple[str, ...],
    engine: str,
    firmness: bool,
    draws: int,
    report: bool,
    skip_unreadable: bool,
    workers: int,
) -> None:
    from rostok import pipeline

    with refusals():
        plan = pipeline.Plan(
            methodology=pipeline.set_parameters(
                pipeline.find_methodology(methodology), _pairs(settings, "--set")
            ),
            on=on,
            assume=_assumptions(assume),
            engine=engine,
            draws=draws if firmness else 0,
            report=report,
            skip_unreadable=skip_unreadable,
            workers=workers,
        )
        with progress_bars() as progress:
            run = pipeline.analyse(inputs, plan=plan, out=out, progress=progress)
    show_summary(run, out)


def _assumptions(options: tuple[str, ...]) -> Assumptions:
    from rostok.formats import Assumptions

    try:
        return Assumptions.parse(options)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def show_summary(run: Run, out: Path) -> None:
    """Outcomes with their numbers of schools, remarks on the data, and on stdout the file to open."""
    console = err()
    show_problems(run.problems, Severity.ERROR)
    for outcome in run.outcomes:
        counted = ngettext("{n} школа", "{n} школ", outcome.schools)
        console.print(f"  {_named(outcome)}: {counted}{_without_results(outcome)}", markup=False)
    rows = sum(problem.count for problem in run.problems if problem.severity is Severity.WARNING)
    if rows:
        console.print(ngettext("{n} замечание к данным: problems.csv", "{n} замечаний к данным: problems.csv", rows),
                      markup=False)  # fmt: skip
    page = out / "report.html"
    click.echo(str(page if page.exists() else out / "results.csv"))


def _named(outcome: Outcome) -> str:
    """The category; where there is none, what the verdict says instead."""
    if outcome.verdict == "unknown":
        return gettext("сказать нельзя")
    if outcome.category:
        return outcome.category
    if outcome.verdict is None:
        return gettext("без категории")
    return gettext("в списке") if outcome.verdict == "true" else gettext("не в списке")


def _without_results(outcome: Outcome) -> str:
    if not outcome.without_results:
        return ""
    return gettext(" (из них без единого результата: {n})", n=integer(outcome.without_results))
