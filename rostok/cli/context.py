"""``rostok context``: a social index of schools from their questionnaires, and how far it can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rostok.cli import options
from rostok.cli.terminal import err, progress_bars, refusals, show_problems, show_remarks
from rostok.schema.problems import Severity
from rostok.wording import gettext, integer

if TYPE_CHECKING:
    from rostok.pipeline import ContextRun

WEIGHTS = ("equal", "given", "principal", "regression")


def index_option(*, required: bool) -> click.Parameter:
    return click.Option(["--index"], required=required, metavar="ID",
                        help=gettext("Индекс условий: official-2021, official-2022, social-passport или свой файл YAML."))  # fmt: skip


def year_option() -> click.Parameter:
    return click.Option(["--year"], type=click.IntRange(2000, 2100), metavar="YEAR",
                        help=gettext("За какой год условия (по умолчанию последний, за который есть ответы)."))  # fmt: skip


def weights_option() -> click.Parameter:
    return click.Option(["--weights"], type=click.Choice(WEIGHTS),
                        help=gettext("Веса: равные, из файла, первая главная компонента, по регрессии результатов."))  # fmt: skip


def _options() -> list[click.Parameter]:
    return [
        options.inputs(),
        index_option(required=True),
        year_option(),
        weights_option(),
        options.out(),
        *options.data(),
    ]


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "context",
        callback=_context,
        params=_options(),
        help=gettext("Посчитать индекс условий школ по анкетам: кому труднее, по чему это видно и насколько надёжно."),
        epilog="\b\n" + gettext("Пример:\n  rostok context выгрузки/ анкета.xlsx --index official-2021 --out условия"),
    )  # fmt: skip


def _context(
    inputs: tuple[Path, ...],
    index: str,
    year: int | None,
    weights: str | None,
    out: Path,
    **reading: Any,
) -> None:
    from rostok import pipeline
    from rostok.statistics.context import Weighting

    with refusals():
        plan = pipeline.ContextPlan(
            index=index,
            year=year,
            weights=None if weights is None else Weighting(weights),
            **options.read_as(reading),
        )
        with progress_bars() as progress:
            run = pipeline.context(inputs, plan=plan, out=out, progress=progress)
    _show(run)


def _show(run: ContextRun) -> None:
    """How many schools have an index, what was left out; on stdout the file to open."""
    of_index = [problem for problem in run.problems if problem.code.startswith("context-")]
    found = run.conditions.found
    count = int((found.index == found.index).sum())
    said = gettext("Индекс за {year} год есть у школ: {count} из {schools}.", year=run.conditions.answers.year,
                   count=integer(count), schools=integer(len(found.schools)))  # fmt: skip
    err().print(said, markup=False)
    show_problems(of_index, Severity.WARNING)
    show_remarks(run.problems)
    click.echo(str(run.out / "context.csv"))
