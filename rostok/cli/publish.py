"""``rostok publish``: tables that may leave the authority, out of the analyst's maps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rostok.cli import options
from rostok.cli.terminal import err, progress_bars, refusals
from rostok.wording import gettext, integer

if TYPE_CHECKING:
    from rostok.pipeline import PublishRun


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "publish",
        callback=_publish,
        params=[
            click.Argument(["folder"], type=click.Path(path_type=Path), metavar="FOLDER"),
            options.out(),
            click.Option(["--previous"], multiple=True, type=click.Path(path_type=Path), metavar="DIR",
                         help=gettext("Прежняя публикация (папка, которую написала эта команда); все по порядку, начиная с первой.")),
            click.Option(["--workers"], type=click.IntRange(1, 64), default=2, show_default=True, metavar="N",
                         help=gettext("Сколько работ считать одновременно.")),
        ],
        help=gettext(
            "Таблицы для публикации из карт затруднений: малые группы и «все или никто» скрыты, и вычитанием их не узнать.\n\n"
            "FOLDER — результат «rostok gaps» по школам, муниципалитетам или регионам. Публиковать можно папку public результата; "
            "private — запись о том, что и почему скрыто."
        ),
        epilog="\b\n" + gettext("Пример:\n  rostok publish карты --previous было --out публикация"),
    )  # fmt: skip


def _publish(folder: Path, out: Path, previous: tuple[Path, ...], workers: int) -> None:
    from rostok import pipeline

    with refusals(), progress_bars() as progress:
        run = pipeline.publish(folder, out=out, previous=previous, workers=workers, progress=progress)
    _show(run)


def _show(run: PublishRun) -> None:
    """How much is hidden and what was left out; on stdout the folder that may be published."""
    console = err()
    hidden = sum(run.hidden.values())
    console.print("  " + gettext(
        "чисел {cells}, скрыто {hidden}, из них ради других {complementary}",
        cells=integer(run.cells), hidden=integer(hidden), complementary=integer(run.complementary)), markup=False)  # fmt: skip
    if run.exposed:
        console.print("  " + gettext(
            "уже раскрыто прежними публикациями: {n}; скрыть это нельзя", n=integer(run.exposed)), markup=False)  # fmt: skip
    if run.not_comparable:
        console.print("  " + gettext(
            "строк без процента, потому что задание не проходили многие: {n}", n=integer(run.not_comparable)), markup=False)  # fmt: skip
    if run.left_out:
        console.print("  " + gettext(
            "не публикуются: {files} — в них больше, чем можно защитить вычитанием", files=", ".join(run.left_out)), markup=False)  # fmt: skip
    click.echo(str(run.out / "public"))
