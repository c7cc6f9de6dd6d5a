"""``rostok analyse``: from a folder of result files to an explained list of schools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rostok.cli import options
from rostok.cli.settings import pairs
from rostok.cli.terminal import err, progress_bars, refusals, show_problems, show_remarks
from rostok.schema.draws import DRAWS
from rostok.schema.problems import Severity
from rostok.wording import gettext, ngettext
from rostok.wording.labels import label

if TYPE_CHECKING:
    from rostok.pipeline import Outcome, Run


def _sections(text: str, *, report: bool) -> frozenset[str]:
    from rostok.pipeline.analysing import SECTIONS

    names = frozenset(filter(None, (name.strip() for name in text.split(","))))
    if unknown := sorted(names - set(SECTIONS)):
        raise click.UsageError(
            gettext(
                "--with: «{name}» — не раздел отчёта; есть {known}",
                name=unknown[0],
                known=", ".join(SECTIONS),
            )
        )
    if names and not report:
        raise click.UsageError(gettext("--with дополняет отчёт: уберите --no-report."))
    return names


def _options() -> list[click.Parameter]:
    return [
        options.inputs(),
        click.Option(["--methodology", "methodology"], required=True, metavar="ID[@VERSION]",
                     help=gettext("Методика: имя, имя с версией или путь к файлу YAML.")),
        options.out(),
        options.on(),
        click.Option(["--set", "settings"], multiple=True, metavar="NAME=VALUE",
                     help=gettext("Задать параметр методики; войдёт в хеш и в название версии.")),
        options.assume(),
        options.engine(),
        click.Option(["--firmness/--no-firmness"], default=True, show_default=True,
                     help=gettext("Считать устойчивость вывода.")),
        click.Option(["--draws"], type=click.Choice(DRAWS), default=256, show_default=True, metavar="N",
                     help=gettext("Число повторений для устойчивости: степень двойки от {least} до {most}.", least=DRAWS[0], most=DRAWS[-1])),
        click.Option(["--report/--no-report"], default=True, show_default=True,
                     help=gettext("Писать report.html и report.xlsx.")),
        click.Option(["--with", "sections"], default="", metavar="NAME,...",
                     help=gettext("Добавить в отчёт разделы через запятую: gaps (карты затруднений), objectivity (доверие к результатам), value-added (рядом с ожидаемым), resilience (трудные условия), growth (динамика), similar (похожие школы), clusters (группы школ), sandbox (другой порог).")),
        click.Option(["--codifier", "codifiers"], multiple=True, type=click.Path(path_type=Path), metavar="FILE",
                     help=gettext("Кодификатор для карт затруднений (JSON или XLSX). Можно несколько.")),
        *options.reading(),
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
    settings: tuple[str, ...],
    firmness: bool,
    draws: int,
    report: bool,
    sections: str,
    codifiers: tuple[Path, ...],
    **reading: Any,
) -> None:
    from rostok import pipeline

    with refusals():
        plan = pipeline.Plan(
            methodology=pipeline.set_parameters(
                pipeline.find_methodology(methodology), pairs(settings, "--set")
            ),
            draws=draws if firmness else 0,
            report=report,
            sections=_sections(sections, report=report),
            codifiers=codifiers,
            **options.read_as(reading),
        )
        with progress_bars() as progress:
            run = pipeline.analyse(inputs, plan=plan, out=out, progress=progress)
    show_summary(run, out)


def show_summary(run: Run, out: Path) -> None:
    """Outcomes with their numbers of schools, remarks on the data, and on stdout the file to open."""
    console = err()
    show_problems(run.problems, Severity.ERROR)
    for outcome in run.outcomes:
        counted = ngettext("{n} школа", "{n} школ", outcome.schools)
        console.print(f"  {_named(outcome)}: {counted}", markup=False)
    for problem in run.problems:
        if (
            problem.code == "assumption-overruled"
        ):  # asked for by hand and not done: not to be looked for in a file
            console.print(f"  {problem.sentence}", markup=False)
    show_remarks(run.problems)
    page = out / "report.html"
    click.echo(str(page if page.exists() else out / "results.csv"))


def _named(outcome: Outcome) -> str:
    """The category; where there is none, what the verdict says instead."""
    if outcome.verdict == "unknown":
        return gettext("сказать нельзя")
    if outcome.category:
        return label(outcome.category)
    if outcome.verdict is None:
        return gettext("без категории")
    return gettext("в списке") if outcome.verdict == "true" else gettext("не в списке")
