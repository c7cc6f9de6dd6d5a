"""``rostok sandbox``: a parameter of a methodology moved, and what that would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rostok.cli import options
from rostok.cli.settings import pairs
from rostok.cli.terminal import err, progress_bars, refusals, show_problems, show_remarks
from rostok.schema.problems import Severity
from rostok.wording import gettext, integer, percent

if TYPE_CHECKING:
    from rostok.pipeline import SandboxRun


def _options() -> list[click.Parameter]:
    return [
        options.inputs(),
        click.Option(["--methodology"], required=True, metavar="ID[@VERSION]",
                     help=gettext("Методика: имя, имя с версией или путь к файлу YAML.")),
        click.Option(["--vary"], required=True, metavar="NAME=A:B:STEP",
                     help=gettext("Какой параметр двигать и как: имя=от:до:шаг, например threshold=0.2:0.4:0.05.")),
        options.out(),
        click.Option(["--set", "settings"], multiple=True, metavar="NAME=VALUE",
                     help=gettext("Задать другие параметры методики.")),
        click.Option(["--firmness/--no-firmness"], default=True, show_default=True,
                     help=gettext("Считать устойчивость и случайные попадания: без них быстрее во много раз.")),
        options.on(),
        *options.data(),
    ]  # fmt: skip


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "sandbox",
        callback=_sandbox,
        params=_options(),
        help=gettext(
            "Песочница: что изменится в списке, если подвинуть порог, вес или окно методики.\n\n"
            "Ничего не решает: показывает, кто войдёт и кто выйдет, сколько в списке случайного, что та же "
            "методика сказала бы годом раньше и каких школ это касается."
        ),
        epilog="\b\n" + gettext("Пример:\n  rostok sandbox выгрузки/ schools.csv --methodology federal-low-results --vary threshold=0.2:0.4:0.05 --out песочница"),
    )  # fmt: skip


def _sandbox(
    inputs: tuple[Path, ...], methodology: str, vary: str, out: Path, settings: tuple[str, ...], firmness: bool,
    **reading: Any,
) -> None:  # fmt: skip
    from rostok import pipeline
    from rostok.pipeline.sandboxing import DRAWS

    try:
        varied = pipeline.Varied.parse(vary)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    with refusals():
        plan = pipeline.SandboxPlan(
            pipeline.set_parameters(pipeline.find_methodology(methodology), pairs(settings, "--set")),
            varied,
            draws=DRAWS if firmness else 0,
            **options.read_as(reading),
        )
        with progress_bars() as progress:
            run = pipeline.sandbox(inputs, plan=plan, out=out, progress=progress)
    _show(run)


def _show(run: SandboxRun) -> None:
    """A line for every value, the rule as it stands first; on stdout the file to open."""
    console = err()
    show_problems(run.problems, Severity.ERROR)
    found = run.sandbox
    listed = integer(int(found.base.now.listed.sum()))
    console.print(
        "  " + gettext("как есть: {name} = {value}, в списке {listed}",
                       name=found.parameter, value=found.base.value, listed=listed), markup=False)  # fmt: skip
    for row in found.summary().to_pylist():
        line = gettext("{name} = {value}: в списке {listed}, войдёт {entered}, выйдет {left}",
                       name=found.parameter, value=row["value"], listed=integer(row["listed"]),
                       entered=integer(row["entered"]), left=integer(row["left"]))  # fmt: skip
        if row["firm_share"] is not None:
            line += gettext("; уверенно {share}", share=percent(row["firm_share"]))
        console.print("  " + line, markup=False)
    if found.base.before is None:
        console.print("  " + gettext("данных годом раньше нет: сравнить не с чем"), markup=False)
    show_remarks(run.problems)
    click.echo(str(run.out / "sandbox.csv"))
