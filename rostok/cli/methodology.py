"""``rostok methodology list | show | check``: published definitions, readable without a calculation."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rostok.cli.terminal import REFUSED, err, refusals
from rostok.wording import gettext, ngettext


def build() -> click.Group:
    """The group in the current language."""
    group = click.Group("methodology", help=gettext("Методики: список, содержание, проверка файла."))
    group.add_command(click.Command("list", callback=_list, help=gettext("Какие методики есть.")))
    group.add_command(
        click.Command(
            "show",
            callback=_show,
            params=[click.Argument(["identifier"], metavar="ID[@VERSION]")],
            help=gettext("Показать методику: параметры, правила, источники, примеры."),
        )
    )
    group.add_command(
        click.Command(
            "check",
            callback=_check,
            params=[click.Argument(["file"], type=click.Path(path_type=Path), metavar="FILE")],
            help=gettext("Проверить файл методики и её примеры."),
        )
    )
    return group


def _list() -> None:
    from rostok import pipeline

    for methodology in pipeline.shipped_methodologies():
        click.echo(f"{methodology.id}@{methodology.version}\t{methodology.title_in_language}")


def _show(identifier: str) -> None:
    from rostok import pipeline

    with refusals():
        click.echo(pipeline.describe_methodology(pipeline.find_methodology(identifier)))


def _check(file: Path) -> None:
    from rostok import pipeline

    with refusals():
        methodology = pipeline.find_methodology(str(file))
    failures = pipeline.check_examples(methodology)
    if failures:
        for sentence in failures:
            err().print(f"• {sentence}", markup=False)
        sys.exit(REFUSED)
    done = ngettext("{n} пример выполнен", "{n} примеров выполнено", len(methodology.examples))
    click.echo(gettext("{name}: определение верно, {done}.", name=methodology.label, done=done))
