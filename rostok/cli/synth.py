"""``rostok synth``: a synthetic region to try the product on, in the layouts real files have."""

from __future__ import annotations

from pathlib import Path

import click

from rostok.cli import options
from rostok.cli.terminal import progress_bars, refusals
from rostok.wording import gettext


def parse_years(text: str) -> tuple[int, ...]:
    """``2020,2021`` as years; UsageError with a sentence for anything else."""
    try:
        years = tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        years = ()
    if not years or not all(2015 <= year <= 2035 for year in years):
        raise click.UsageError(
            gettext("--years: ожидаются годы от 2015 до 2035 через запятую, а не «{text}».", text=text)
        )
    return years


def build() -> click.Command:
    """The command in the current language."""
    params: list[click.Parameter] = [
        click.Option(["--schools"], type=click.IntRange(1, 60_000), default=180, show_default=True, metavar="N",
                     help=gettext("Сколько школ.")),
        click.Option(["--years"], default="2020,2021,2022", show_default=True, metavar="Y1,Y2",
                     help=gettext("Календарные годы результатов.")),
        click.Option(["--seed"], type=click.IntRange(0), default=1, show_default=True, metavar="N",
                     help=gettext("Зерно: одно зерно — одни и те же файлы.")),
        click.Option(["--format", "kind"], type=click.Choice(["xlsx", "parquet"]), default="xlsx", show_default=True,
                     help=gettext("Файлы, как их присылают, или готовое хранилище.")),
        click.Option(["--dirt"], type=options.Number(0, 0.5), default=0.01, show_default=True, metavar="SHARE",
                     help=gettext("Доля строк с ошибками и странностями настоящих выгрузок.")),
        click.Option(["--scripts"], type=click.IntRange(1), default=None, metavar="N",
                     help=gettext("Сколько результатов учеников всего (только parquet; по умолчанию по числу школ).")),
        click.Option(["--out"], required=True, type=click.Path(path_type=Path), metavar="DIR",
                     help=gettext("Куда писать.")),
    ]  # fmt: skip
    return click.Command(
        "synth",
        callback=_synth,
        params=params,
        help=gettext("Создать выдуманный регион: школы, результаты, контекст и известная правда о них."),
        epilog="\b\n"
        + gettext("Пример:\n  rostok synth --schools 180 --years 2020,2021 --seed 7 --out регион"),
    )


def _synth(
    schools: int, years: str, seed: int, kind: str, dirt: float, scripts: int | None, out: Path
) -> None:
    from rostok import pipeline

    chosen = parse_years(years)
    with refusals(), progress_bars() as progress:
        pipeline.synthesise(
            out,
            schools=schools,
            years=chosen,
            seed=seed,
            kind=kind,
            dirt=dirt,
            scripts=scripts,
            progress=progress,
        )
    click.echo(str(out))
