"""``rostok demo``: synthesise a region, analyse it, say what came out and where to look."""

from __future__ import annotations

from pathlib import Path

import click

from rostok.cli.analyse import show_summary
from rostok.cli.terminal import progress_bars, refusals
from rostok.wording import gettext


def build() -> click.Command:
    """The command in the current language."""
    params: list[click.Parameter] = [
        click.Option(["--out"], type=click.Path(path_type=Path), default=Path("demo"), show_default=True,
                     metavar="DIR", help=gettext("Папка примера.")),
        click.Option(["--schools"], type=click.IntRange(10, 5000), default=180, show_default=True,
                     metavar="N", help=gettext("Сколько школ.")),
        click.Option(["--seed"], type=click.IntRange(0), default=1, show_default=True, metavar="N",
                     help=gettext("Зерно.")),
    ]  # fmt: skip
    return click.Command(
        "demo", callback=_demo, params=params, help=gettext("Показать работу на выдуманном регионе.")
    )


def _demo(out: Path, schools: int, seed: int) -> None:
    from rostok import pipeline

    files, results = out / "files", out / "results"
    with refusals(), progress_bars() as progress:
        pipeline.synthesise(files, schools=schools, years=(2020, 2021, 2022), seed=seed, progress=progress)
        plan = pipeline.Plan(methodology=pipeline.find_methodology("federal-low-results"))
        run = pipeline.analyse((files,), plan=plan, out=results, progress=progress)
    show_summary(run, results)
