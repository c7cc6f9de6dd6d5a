"""``rostok growth``: how schools changed beside the region, and how much of it is no news."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rostok.cli import options
from rostok.cli.terminal import err, progress_bars, refusals, show_problems, show_remarks
from rostok.schema.problems import Severity
from rostok.wording import gettext

if TYPE_CHECKING:
    from rostok.pipeline import SchoolRun


def _options() -> list[click.Parameter]:
    return [
        options.inputs(),
        options.out(),
        click.Option(["--linked"], is_flag=True,
                     help=gettext("Коды участников в разных работах — одни и те же дети: посчитать процентили прогресса.")),
        options.on(),
        options.assume(),
        options.engine(),
        *options.reading(),
    ]  # fmt: skip


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "growth",
        callback=_growth,
        params=_options(),
        help=gettext(
            "Динамика: как изменились результаты школ по сравнению с регионом, с погрешностью.\n\n"
            "Файлы для аналитика: малые группы в них не скрыты. Скачок малой школы — не новость: он придвинут к региону."
        ),
        epilog="\b\n" + gettext("Пример:\n  rostok growth выгрузки/ --out динамика"),
    )


def _growth(
    inputs: tuple[Path, ...],
    out: Path,
    linked: bool,
    on: dt.date | None,
    assume: tuple[str, ...],
    engine: str,
    skip_unreadable: bool,
    workers: int,
) -> None:
    from rostok import pipeline

    with refusals():
        plan = pipeline.GrowthPlan(
            on=on, assume=options.assumptions(assume), engine=engine, skip_unreadable=skip_unreadable,
            workers=workers, linked=linked,
        )  # fmt: skip
        with progress_bars() as progress:
            run = pipeline.growth(inputs, plan=plan, out=out, progress=progress)
    show(run, "growth")


def show(run: SchoolRun, table: str) -> None:
    """What could not be done, and on stdout the table to open."""
    own = [
        p
        for p in run.problems
        if p.code.startswith(("growth-", "clusters-", "resilience-", "context-", "model-"))
    ]
    show_problems(own, Severity.WARNING)
    show_problems(own, Severity.NOTICE)
    err().print("  " + gettext("школ: {schools}", schools=run.facts.get("schools", 0)), markup=False)
    show_remarks(run.problems)
    click.echo(str(run.out / f"{table}.csv"))
