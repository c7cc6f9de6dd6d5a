"""``rostok clusters``: kinds of schools by their results in several assessments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rostok.cli import options
from rostok.cli.terminal import progress_bars, refusals, show_schools
from rostok.statistics.school_limits import MOST_KINDS, RESAMPLES
from rostok.wording import gettext


def _options() -> list[click.Parameter]:
    return [
        options.inputs(),
        options.out(),
        click.Option(["--index"], metavar="ID", help=gettext("Индекс условий как ещё один признак (см. «rostok context»).")),
        click.Option(["--indicator"], metavar="NAME", help=gettext("Показатель условий как ещё один признак.")),
        click.Option(["--most"], type=click.IntRange(1, 20), default=MOST_KINDS, show_default=True, metavar="N",
                     help=gettext("Сколько групп самое большее; число выбирается по BIC.")),
        click.Option(["--resamples"], type=click.IntRange(0, 1000), default=RESAMPLES, show_default=True, metavar="N",
                     help=gettext("Сколько раз проверить группы на других наборах школ.")),
        options.on(),
        *options.data(),
    ]  # fmt: skip


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "clusters",
        callback=_clusters,
        params=_options(),
        help=gettext(
            "Группы школ, схожих по результатам нескольких работ: сколько их, чем отличаются, устойчивы ли.\n\n"
            "Файлы для аналитика. Группа — описание, а не оценка школы; «групп нет» — тоже ответ."
        ),
        epilog="\b\n" + gettext("Пример:\n  rostok clusters выгрузки/ --index social-passport --out группы"),
    )


def _clusters(
    inputs: tuple[Path, ...],
    out: Path,
    index: str | None,
    indicator: str | None,
    most: int,
    resamples: int,
    **reading: Any,
) -> None:
    from rostok import pipeline

    if index is not None and indicator is not None:
        raise click.UsageError(gettext("Назовите что-нибудь одно: --index или --indicator."))
    with refusals():
        plan = pipeline.ClustersPlan(
            index=index,
            indicator=indicator,
            most=most,
            resamples=resamples,
            **options.read_as(reading),
        )
        with progress_bars() as progress:
            run = pipeline.clusters(inputs, plan=plan, out=out, progress=progress)
    show_schools(run, "clusters")
