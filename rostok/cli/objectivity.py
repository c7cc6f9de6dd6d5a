"""``rostok objectivity``: can the results be trusted, and which schools call for a second look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rostok.cli import options
from rostok.cli.terminal import err, progress_bars, refusals, show_problems, show_remarks
from rostok.schema.problems import Severity
from rostok.statistics.objectivity.limits import RATE
from rostok.wording import gettext

if TYPE_CHECKING:
    from rostok.pipeline import ObjectivityRun

_RATES = options.Number(0.001, 0.5)


def _options() -> list[click.Parameter]:
    return [
        options.inputs(),
        options.out(),
        click.Option(["--rate"], type=_RATES, default=RATE, show_default=True, metavar="SHARE",
                     help=gettext("Какая доля школ в списке может оказаться в нём по ошибке, от 0,001 до 0,5.")),
        click.Option(["--tests/--no-tests"], default=True, show_default=True,
                     help=gettext("Проверки с вероятностями; без них только описание и официальные признаки.")),
        options.on(),
        *options.data(),
    ]  # fmt: skip


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "objectivity",
        callback=_objectivity,
        params=_options(),
        help=gettext(
            "Можно ли доверять результатам: официальные признаки, проверки и школы, на которые стоит посмотреть.\n\n"
            "Файлы для аналитика: малые группы в них не скрыты. Признак — повод посмотреть, а не вывод о школе."
        ),
        epilog="\b\n" + gettext("Пример:\n  rostok objectivity выгрузки/ schools.csv --out объективность"),
    )


def _objectivity(
    inputs: tuple[Path, ...],
    out: Path,
    rate: float,
    tests: bool,
    **reading: Any,
) -> None:
    from rostok import pipeline

    with refusals():
        plan = pipeline.ObjectivityPlan(
            rate=rate,
            tests=tests,
            **options.read_as(reading),
        )
        with progress_bars() as progress:
            run = pipeline.objectivity(inputs, plan=plan, out=out, progress=progress)
    _show(run, tests)


def _show(run: ObjectivityRun, tests: bool) -> None:
    """What could not be done, how many schools, and on stdout the file to open."""
    console = err()
    show_problems(run.problems, Severity.ERROR)
    of_papers = [
        p for p in run.problems if p.code.startswith("objectivity-") and p.severity is Severity.WARNING
    ]
    show_problems(of_papers, Severity.WARNING)
    if run.asked:
        console.print("  " + gettext("школ с официальными признаками: {n} из {asked}, писавших работы перечня",
                                     n=run.marked, asked=run.asked), markup=False)  # fmt: skip
    if tests:
        console.print("  " + gettext("школ, на которые стоит посмотреть: {n} из {tested}, о которых можно сказать",
                                     n=run.flagged, tested=run.tested), markup=False)  # fmt: skip
    show_remarks(run.problems)
    click.echo(str(run.out / "schools.csv"))
