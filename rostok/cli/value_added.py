"""``rostok value-added``: from a table of pupils to effects of schools beside what their context lets expect."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rostok.cli import options
from rostok.cli.terminal import err, progress_bars, refusals, show_problems
from rostok.schema.problems import Severity
from rostok.wording import gettext, ngettext

if TYPE_CHECKING:
    from rostok.pipeline import ValueAdded


def _options() -> list[click.Parameter]:
    return [
        click.Argument(["table"], required=True, type=click.Path(path_type=Path), metavar="TABLE"),
        click.Option(["--outcome"], required=True, metavar="COLUMN",
                     help=gettext("Столбец с результатом участника.")),
        click.Option(["--covariates"], multiple=True, metavar="A,B,A:B",
                     help=gettext("Признаки, с учётом которых ожидается результат; A:B — их произведение. Тексты — категории.")),
        click.Option(["--group"], required=True, metavar="COLUMN", help=gettext("Столбец школ.")),
        click.Option(["--group2"], metavar="COLUMN",
                     help=gettext("Столбец, в группах которого лежат школы: муниципалитет.")),
        click.Option(["--slope", "slopes"], multiple=True, metavar="GROUP:A",
                     help=gettext("Признак, наклон по которому у групп свой. Можно повторять.")),
        click.Option(["--weights"], metavar="COLUMN",
                     help=gettext("Веса точности: дисперсия остатка делится на вес.")),
        click.Option(["--ml"], is_flag=True, help=gettext("Наибольшее правдоподобие вместо REML.")),
        click.Option(["--categorical"], multiple=True, metavar="A,B",
                     help=gettext("Числовые столбцы, которые надо читать как категории.")),
        click.Option(["--base", "bases"], multiple=True, metavar="COLUMN=VALUE",
                     help=gettext("Категория, с которой сравниваются остальные (по умолчанию первая по порядку).")),
        click.Option(["--residuals"], is_flag=True,
                     help=gettext("Посчитать и остатки участников: ещё один проход по таблице.")),
        options.engine(),
        options.out(),
    ]  # fmt: skip


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "value-added",
        callback=_value_added,
        params=_options(),
        help=gettext("Посчитать, насколько результаты школ выше или ниже ожидаемых при их условиях, с погрешностью."),
        epilog="\b\n" + gettext("Пример:\n  rostok value-added участники.csv --outcome балл --covariates пол,прежний "
                                "--group школа --group2 муниципалитет --out стоимость"),
    )  # fmt: skip


def parse_bases(texts: tuple[str, ...]) -> dict[str, str]:
    """``("пол=М",)`` → ``{"пол": "М"}``; UsageError for anything else."""
    found = {}
    for text in texts:
        name, _, value = text.partition("=")
        if not name.strip() or not value.strip():
            raise click.UsageError(gettext("--base: ожидается СТОЛБЕЦ=КАТЕГОРИЯ, а не «{text}».", text=text))
        found[name.strip()] = value.strip()
    return found


def _listed(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


def _value_added(
    table: Path,
    outcome: str,
    covariates: tuple[str, ...],
    group: str,
    group2: str | None,
    slopes: tuple[str, ...],
    weights: str | None,
    ml: bool,
    categorical: tuple[str, ...],
    bases: tuple[str, ...],
    residuals: bool,
    engine: str,
    out: Path,
) -> None:
    from rostok import pipeline

    plan = pipeline.ValueAddedPlan(
        outcome, group, _listed(covariates), group2, _listed(slopes), weights, not ml, _listed(categorical),
        parse_bases(bases), engine, residuals,
    )  # fmt: skip
    with refusals(), progress_bars() as progress:
        found = pipeline.write_value_added(table, plan=plan, out=out, progress=progress)
    _show(found, out)


def _show(found: ValueAdded, out: Path) -> None:
    """How many pupils and groups, what was left out; on stdout the folder."""
    groups = ", ".join(f"{level.name} — {len(level.units)}" for level in found.fit.levels)
    console = err()
    console.print(ngettext("{n} участник; групп: {groups}", "{n} участников; групп: {groups}", found.fit.rows, groups=groups),
                  markup=False)  # fmt: skip
    show_problems(found.problems, Severity.WARNING)
    show_problems(found.problems, Severity.NOTICE)
    click.echo(str(out))
