"""``rostok table``: one row per participant with what a model of value added may need."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rostok.cli import options
from rostok.cli.terminal import err, progress_bars, refusals, show_problems, show_remarks
from rostok.schema.problems import Severity
from rostok.wording import gettext, integer

if TYPE_CHECKING:
    from rostok.pipeline import TableRun


def _options() -> list[click.Parameter]:
    return [
        options.inputs(),
        click.Option(["--out"], required=True, type=click.Path(path_type=Path), metavar="FILE",
                     help=gettext("Файл .csv или .parquet: появляется целиком или не появляется.")),
        *options.data(),
    ]  # fmt: skip


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "table",
        callback=_table,
        params=_options(),
        help=gettext(
            "Собрать таблицу участников для модели: баллы, прежний результат параллели, условия школы.\n\n"
            "Строка на участника и работу: это данные аналитика, публиковать их нельзя."
        ),
        epilog="\b\n" + gettext("Пример:\n  rostok table выгрузки/ анкета.xlsx schools.csv --out участники.parquet"),
    )  # fmt: skip


def _table(
    inputs: tuple[Path, ...],
    out: Path,
    **reading: Any,
) -> None:
    from rostok import pipeline

    with refusals():
        plan = pipeline.TablePlan(
            **options.read_as(reading),
        )
        with progress_bars() as progress:
            run = pipeline.modelling_table(inputs, out=out, plan=plan, progress=progress)
    _show(run)


def _show(run: TableRun) -> None:
    """How many rows and columns; on stdout the file."""
    said = gettext(
        "Участников: {rows}, столбцов: {columns}.", rows=integer(run.rows), columns=integer(len(run.columns))
    )
    known = sum(prior is not None for prior in run.priors.values())
    prior = gettext("Прежний результат тех же детей есть у работ: {known} из {papers}.", known=integer(known),
                    papers=integer(len(run.priors)))  # fmt: skip
    err().print(f"{said} {prior}", markup=False)
    of_table = [problem for problem in run.problems if problem.code.startswith("table-")]
    show_problems(of_table, Severity.WARNING)
    show_remarks(run.problems)
    click.echo(str(run.out))
