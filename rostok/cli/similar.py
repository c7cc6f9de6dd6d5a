"""``rostok similar``: schools in like conditions, and who of them did better."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rostok.cli import options
from rostok.cli.context import index_option, weights_option, year_option
from rostok.cli.terminal import err, progress_bars, refusals, show_problems, show_remarks
from rostok.schema.problems import Severity
from rostok.wording import gettext, integer

if TYPE_CHECKING:
    from rostok.pipeline import SimilarRun

DISTANCES = ("euclid", "mahalanobis")


def _options() -> list[click.Parameter]:
    return [
        options.inputs(),
        click.Option(["--school", "schools"], multiple=True, required=True, metavar="ID",
                     help=gettext("Школа, которой ищут похожих; можно несколько, all — каждой.")),
        index_option(required=False),
        year_option(),
        weights_option(),
        click.Option(["--distance"], type=click.Choice(DISTANCES), default="euclid", show_default=True,
                     help=gettext("Расстояние между условиями: взвешенное евклидово или Махаланобиса.")),
        click.Option(["--caliper"], type=options.Number(0, min_open=True), default=0.5, show_default=True, metavar="X",
                     help=gettext("Дальше не похожи: столько отклонений в среднем на показатель.")),
        click.Option(["--neighbours"], type=click.IntRange(1, 100), default=10, show_default=True, metavar="N",
                     help=gettext("Сколько похожих школ показать.")),
        click.Option(["--group"], type=click.Path(path_type=Path), metavar="FILE",
                     help=gettext("Своя группа: файл, школа на строку. Показаны все, как бы далеко ни были.")),
        options.out(),
        *options.data(),
    ]  # fmt: skip


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "similar",
        callback=_similar,
        params=_options(),
        help=gettext("Найти школы в похожих условиях: чем отличаются и кто из них справился лучше."),
        epilog="\b\n" + gettext("Пример:\n  rostok similar выгрузки/ анкета.xlsx --school sch223504 --out похожие"),
    )  # fmt: skip


def _similar(
    inputs: tuple[Path, ...],
    schools: tuple[str, ...],
    index: str | None,
    year: int | None,
    weights: str | None,
    distance: str,
    caliper: float,
    neighbours: int,
    group: Path | None,
    out: Path,
    **reading: Any,
) -> None:
    from rostok import pipeline
    from rostok.statistics.context import Weighting
    from rostok.statistics.matching import Distance

    with refusals():
        plan = pipeline.SimilarPlan(
            schools=schools,
            index=index,
            year=year,
            weights=None if weights is None else Weighting(weights),
            distance=Distance(distance),
            caliper=caliper,
            neighbours=neighbours,
            group=group,
            **options.read_as(reading),
        )
        with progress_bars() as progress:
            run = pipeline.similar(inputs, plan=plan, out=out, progress=progress)
    _show(run)


def _show(run: SimilarRun) -> None:
    """By which index, how many pairs, what cannot be told; on stdout the file to open."""
    verdicts = run.tables["compared"]["verdict"].to_pylist()
    found = run.conditions
    said = gettext("{index} (ответы за {year} год). Похожих: {pairs}; результат выше у {better}, ниже у {worse}, об остальных сказать нельзя.",
                   index=str(found.definition.title), year=found.answers.year, pairs=integer(len(verdicts)),
                   better=integer(verdicts.count("better")), worse=integer(verdicts.count("worse")))  # fmt: skip
    err().print(said, markup=False)
    own = [problem for problem in run.problems if problem.code.startswith(("similar-", "context-"))]
    show_problems(own, Severity.WARNING)
    show_problems(own, Severity.NOTICE)
    show_remarks(run.problems)
    click.echo(str(run.out / "similar.csv"))
