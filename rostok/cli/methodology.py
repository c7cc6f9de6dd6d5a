"""``rostok methodology list | show | check``: published definitions, readable without a calculation."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rostok.cli.terminal import REFUSED, err, refusals
from rostok.wording import gettext, ngettext

if TYPE_CHECKING:
    from rostok.methodology import Methodology


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
        click.echo(f"{methodology.id}@{methodology.version}\t{methodology.title}")


def _show(identifier: str) -> None:
    from rostok import pipeline

    with refusals():
        methodology = pipeline.find_methodology(identifier)
        text = pipeline.source_text(methodology)
    for line in described(methodology):
        click.echo(line)
    click.echo(gettext("Определение целиком, с правилами и примерами:"))
    click.echo(text)


def described(methodology: Methodology) -> Iterator[str]:
    """The methodology for reading in a terminal: what it is, where it comes from, its parameters."""
    from rostok.methodology.parameters import UNITS, written

    source = methodology.source
    yield f"{methodology.id}@{methodology.version}: {methodology.title}"
    if str(methodology.about):
        yield str(methodology.about)
    yield gettext("Источник: {source}", source=source.document) + _unconfirmed(source.confirmed)
    if source.note:
        yield f"  {source.note}"
    yield gettext(
        "Автор: {author}. Проверка: {checker}.", author=methodology.author, checker=methodology.checked_by
    )
    yield gettext("Параметры:")
    for parameter in methodology.parameters:
        value = ", ".join(written(value) for _, value in parameter.dated)
        name = f"{parameter.name} ({parameter.title})" if parameter.title else parameter.name
        unit = "" if parameter.choices else f", {gettext(UNITS[parameter.unit])}"
        yield f"  {name} = {value}{unit} — {parameter.source}" + _unconfirmed(parameter.confirmed)
        for choice in parameter.choices:
            yield f"    {choice.value} — {choice.title}"


def _unconfirmed(confirmed: bool) -> str:
    return "" if confirmed else " " + gettext("(не подтверждено)")


def _check(file: Path) -> None:
    from rostok import pipeline

    with refusals():
        methodology = pipeline.load_methodology(file)
        failures = pipeline.check_examples(methodology)
    if failures:
        for failure in failures:
            err().print(f"• {failure.sentence}", markup=False)
        sys.exit(REFUSED)
    done = ngettext("{n} пример выполнен", "{n} примеров выполнено", len(methodology.examples))
    click.echo(
        gettext("{name}: определение верно, {done}.", name=f"{methodology.id}@{methodology.label}", done=done)
    )
