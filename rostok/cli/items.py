"""``rostok items``: from a table of scores to statistics of items."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rostok.cli.terminal import err, progress_bars, refusals, show_problems
from rostok.schema.problems import Severity
from rostok.wording import gettext, ngettext

if TYPE_CHECKING:
    from rostok.pipeline import ItemAnalysis


def _options() -> list[click.Parameter]:
    path = click.Path(path_type=Path)
    return [
        click.Argument(["table"], required=True, type=path, metavar="TABLE"),
        click.Option(["--id", "ids"], multiple=True, metavar="COLUMN,...",
                     help=gettext("Столбцы, которые не задания: код, школа, класс. Войдут в pupils.csv.")),
        click.Option(["--group"], metavar="COLUMN",
                     help=gettext("Столбец групп (пол, год): смещение заданий между ними.")),
        click.Option(["--booklet"], metavar="COLUMN",
                     help=gettext("Столбец варианта. Один столбец баллов — одно задание во всех вариантах.")),
        click.Option(["--identity"], type=path, metavar="FILE",
                     help=gettext("Таблица соответствия (booklet, column, item), если столбцы — номера заданий в варианте.")),
        click.Option(["--maximum", "maxima"], multiple=True, metavar="COLUMN=N",
                     help=gettext("Наибольший балл за задание: баллы выше него — опечатки.")),
        click.Option(["--out"], required=True, type=path, metavar="DIR",
                     help=gettext("Папка результата: появляется целиком или не появляется.")),
    ]  # fmt: skip


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "items",
        callback=_items,
        params=_options(),
        help=gettext(
            "Посчитать по таблице баллов показатели заданий: надёжность, трудность, согласие с моделью, смещение."
        ),
        epilog="\b\n" + gettext("Пример:\n  rostok items баллы.csv --id код,класс --group пол --out задания"),
    )


def parse_maxima(texts: tuple[str, ...]) -> dict[str, int]:
    """``("7=2",)`` → ``{"7": 2}``; UsageError for anything else."""
    found = {}
    for text in texts:
        name, _, value = text.rpartition("=")
        if not name.strip() or not value.strip().isdigit() or int(value) < 1:
            raise click.UsageError(gettext("--maximum: ожидается СТОЛБЕЦ=БАЛЛ, а не «{text}».", text=text))
        found[name.strip()] = int(value)
    return found


def _items(
    table: Path,
    ids: tuple[str, ...],
    group: str | None,
    booklet: str | None,
    identity: Path | None,
    maxima: tuple[str, ...],
    out: Path,
) -> None:
    from rostok import pipeline

    if identity is not None and booklet is None:
        raise click.UsageError(gettext("--identity нужен вместе с --booklet."))
    names = tuple(dict.fromkeys(name.strip() for text in ids for name in text.split(",") if name.strip()))
    plan = pipeline.ItemPlan(names, group, booklet, identity, parse_maxima(maxima))
    with refusals(), progress_bars() as progress:
        found = pipeline.write_items(table, plan=plan, out=out, progress=progress)
    _show(found, out)


def _show(found: ItemAnalysis, out: Path) -> None:
    """How many pupils, the reliability, what was set aside; on stdout the folder."""
    console = err()
    test = found.tables["test"].to_pylist()[0]
    items = ngettext("{n} задание", "{n} заданий", test["items"])
    console.print(
        ngettext("{n} участник, {items}", "{n} участников, {items}", found.pupils, items=items), markup=False
    )
    show_problems(found.problems, Severity.WARNING)
    click.echo(str(out))
