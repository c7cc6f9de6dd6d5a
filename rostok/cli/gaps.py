"""``rostok gaps``: which items and skills fail in which class, school, municipality."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rostok.cli import options
from rostok.cli.terminal import err, progress_bars, refusals, show_problems, show_remarks
from rostok.schema.codifiers import LEAST_ITEMS
from rostok.schema.problems import Severity
from rostok.wording import gettext, integer, ngettext

if TYPE_CHECKING:
    from rostok.pipeline import GapRun

_LEVELS = ("class", "school", "municipality", "region")
_OF_PAPERS = ("map-", "codifier-", "item-heading-")  # how codes begin whose warnings are told on the screen
_SKILLS = ("skill", "block", "kes", "kt")


def _options() -> list[click.Parameter]:
    return [
        options.inputs(),
        click.Option(["--by"], required=True, type=click.Choice(_LEVELS),
                     help=gettext("Чья карта: класса, школы, муниципалитета или региона.")),
        click.Option(["--codifier", "codifiers"], multiple=True, type=click.Path(path_type=Path), metavar="FILE",
                     help=gettext("Кодификатор (JSON или XLSX): умения, КЭС, КТ, уровни. Можно несколько.")),
        click.Option(["--skills-by"], type=click.Choice(_SKILLS), default="skill", show_default=True,
                     help=gettext("Что считать умением: умение, блок ПООП, КЭС или КТ кодификатора.")),
        click.Option(["--least-items"], type=click.IntRange(1, 50), default=LEAST_ITEMS, show_default=True,
                     metavar="N",
                     help=gettext("Сколько заданий нужно для вывода об умении.")),
        click.Option(["--maps-only"], is_flag=True, help=gettext("Писать только gaps.csv и skills.csv.")),
        options.out(),
        options.on(),
        *options.data(),
    ]  # fmt: skip


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "gaps",
        callback=_gaps,
        params=_options(),
        help=gettext(
            "Карты затруднений: какие задания и умения не удаются классу, школе, муниципалитету, региону.\n\n"
            "Файлы для аналитика: малые группы в них не скрыты. Карты классов — только для самой школы."
        ),
        epilog="\b\n"
        + gettext("Пример:\n  rostok gaps выгрузки/ --by school --codifier кодификатор.json --out карты"),
    )


def _gaps(
    inputs: tuple[Path, ...],
    by: str,
    codifiers: tuple[Path, ...],
    skills_by: str,
    least_items: int,
    maps_only: bool,
    out: Path,
    **reading: Any,
) -> None:
    from rostok import pipeline
    from rostok.pipeline.gap_units import Level
    from rostok.schema.codifiers import SkillSource

    with refusals():
        plan = pipeline.GapPlan(
            by=Level(by),
            codifiers=codifiers,
            skills_by=SkillSource(skills_by),
            least_items=least_items,
            maps_only=maps_only,
            **options.read_as(reading),
        )
        with progress_bars() as progress:
            run = pipeline.gaps(inputs, plan=plan, out=out, progress=progress)
    _show(run)


def _show(run: GapRun) -> None:
    """What could not be done, how much there is, and on stdout the file to open."""
    console = err()
    show_problems(run.problems, Severity.ERROR)
    # What concerns whole papers; faults of rows stand in problems.csv.
    of_papers = [p for p in run.problems if p.code.startswith(_OF_PAPERS)]
    show_problems(of_papers, Severity.WARNING)
    systemic = run.rows.get("systemic.csv", 0)
    if systemic:
        console.print("  " + ngettext(
            "умений, у которых ниже порога большинство заданий: {n} (systemic.csv)",
            "умений, у которых ниже порога большинство заданий: {n} (systemic.csv)", systemic), markup=False)  # fmt: skip
    show_remarks(run.problems)
    if run.page.reduced:
        console.print("  " + gettext(
            "работ, у которых на странице maps.html показаны не эти, а более крупные единицы: {n}. Почему и как получить "
            "остальное, сказано на странице.", n=integer(run.page.reduced)), markup=False)  # fmt: skip
    click.echo(str(run.out / "gaps.csv"))
