"""``rostok growth``: how schools changed beside the region, and how much of it is no news."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rostok.cli import options
from rostok.cli.terminal import progress_bars, refusals, show_schools
from rostok.wording import gettext


def _options() -> list[click.Parameter]:
    return [
        options.inputs(),
        options.out(),
        click.Option(["--linked"], is_flag=True,
                     help=gettext("Коды участников в разных работах — одни и те же дети: посчитать процентили прогресса.")),
        options.on(),
        *options.data(),
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
    **reading: Any,
) -> None:
    from rostok import pipeline

    with refusals():
        plan = pipeline.GrowthPlan(
            linked=linked,
            **options.read_as(reading),
        )
        with progress_bars() as progress:
            run = pipeline.growth(inputs, plan=plan, out=out, progress=progress)
    show_schools(run, "growth")
