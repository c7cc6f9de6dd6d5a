"""What the terminal shows: progress bars, problems as sentences, the exit code of a refusal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from rostok.schema.problems import InputRefused, Problem, Severity
from rostok.schema.progress import Progress
from rostok.wording import gettext, ngettext

if TYPE_CHECKING:
    from rostok.pipeline import SchoolRun

REFUSED = 2


def err() -> Console:
    """The console for everything that is not a result; made anew so that tests may catch it."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """Bars on a terminal; elsewhere a line per finished stage, so that logs stay short."""
    console = err()
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console) as bars:
        tasks: dict[str, object] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]  # rich's opaque id

        yield show


def _lines(console: Console) -> Progress:
    def show(stage: str, done: int, total: int) -> None:
        if done == total:
            console.print(f"{stage}: {done}/{total}", markup=False)

    return show


def show_problems(problems: Sequence[Problem], severity: Severity, most: int = 20) -> None:
    """Sentence and remedy of each problem of that severity, the first ``most`` of them."""
    chosen = [problem for problem in problems if problem.severity is severity]
    console = err()
    for problem in chosen[:most]:
        console.print(f"• {problem.sentence} {problem.remedy}", markup=False)
    if len(chosen) > most:
        rest = len(chosen) - most
        console.print(ngettext("… и ещё {n} замечание.", "… и ещё {n} замечаний.", rest), markup=False)


def show_remarks(problems: Sequence[Problem]) -> None:
    """How many remarks on the data there are, and in which file; nothing where there are none."""
    rows = sum(problem.count for problem in problems if problem.severity is Severity.WARNING)
    if rows:
        err().print(ngettext("{n} замечание к данным: problems.csv", "{n} замечаний к данным: problems.csv", rows),
                    markup=False)  # fmt: skip


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a refusal into its sentences and exit code 2; an interruption into one line and code 1."""
    try:
        yield
    except InputRefused as refused:
        show_problems(refused.problems, Severity.ERROR)
        err().print(gettext("Ничего не записано."), markup=False)
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        err().print(gettext("Прервано. Ничего не записано."), markup=False)
        sys.exit(1)


def show_schools(run: SchoolRun, table: str) -> None:
    """What could not be done, and on stdout the table to open."""
    own = [
        p
        for p in run.problems
        if p.code.startswith(("growth-", "clusters-", "resilience-", "context-", "model-"))
    ]
    show_problems(own, Severity.WARNING)
    show_problems(own, Severity.NOTICE)
    err().print("  " + gettext("школ: {schools}", schools=run.facts.get("schools", 0)), markup=False)
    show_remarks(run.problems)
    click.echo(str(run.out / f"{table}.csv"))
