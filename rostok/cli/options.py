"""Options that several commands share: what is read, by what, and where the result goes."""

from __future__ import annotations

import datetime as dt
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rostok.wording import gettext

if TYPE_CHECKING:
    from rostok.formats import Assumptions


ENGINE = "ROSTOK_ENGINE"  # names the engine where no option does


class Day(click.ParamType[dt.date]):
    """A date as people write it in files: ``2021-06-30``."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(
                gettext("«{text}» — не дата; дата пишется так: 2021-06-30", text=str(value)), param, ctx
            )


class Number(click.FloatRange):
    """A number within bounds. NaN is none: it passes every comparison with them; nor is an infinity."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        found = float(super().convert(value, param, ctx))
        if not math.isfinite(found):
            self.fail(gettext("«{text}» — не число", text=str(value)), param, ctx)
        return found


def inputs() -> click.Parameter:
    return click.Argument(
        ["inputs"], nargs=-1, required=True, type=click.Path(path_type=Path), metavar="INPUT..."
    )


def out() -> click.Parameter:
    return click.Option(["--out"], required=True, type=click.Path(path_type=Path), metavar="DIR",
                        help=gettext("Папка результата: появляется целиком или не появляется."))  # fmt: skip


def on() -> click.Parameter:
    return click.Option(["--on"], type=Day(), metavar="DATE",
                        help=gettext("На какую дату, например 2021-06-30 (по умолчанию последний день последних данных)."))  # fmt: skip


def assume() -> click.Parameter:
    return click.Option(["--assume"], multiple=True, metavar="FIELD=VALUE",
                        help=gettext("Чего не сказано в файлах: kind, year, subject, grade, wave, school, region, codes."))  # fmt: skip


def engine() -> click.Parameter:
    return click.Option(["--engine"], default="duckdb", show_default=True, metavar="NAME", envvar=ENGINE,
                        callback=_with_address,
                        help=gettext("Где считать: duckdb — здесь, spark://узел:порт — на кластере Spark. То же говорит переменная ROSTOK_ENGINE."))  # fmt: skip


def _with_address(context: click.Context, parameter: click.Parameter, name: str) -> str:
    """``spark`` is the cluster that the environment names; without one, that of this machine."""
    named = os.environ.get(ENGINE, "")
    return named if name == "spark" and named.startswith("spark://") else name


def reading() -> list[click.Parameter]:
    """How the files are read."""
    return [
        click.Option(["--skip-unreadable"], is_flag=True,
                     help=gettext("Продолжать без файлов, которые не читаются; они названы в problems.csv.")),
        click.Option(["--workers"], type=click.IntRange(1, 64), default=2, show_default=True, metavar="N",
                     help=gettext("Сколько файлов читать одновременно.")),
    ]  # fmt: skip


def data() -> list[click.Parameter]:
    """What the files do not say, where they are added up, and how they are read."""
    return [assume(), engine(), *reading()]


def read_as(given: Mapping[str, Any]) -> dict[str, Any]:
    """Words of ``data`` (and ``on``), as click gives them, in the form the plan of a job takes."""
    return {**given, "assume": assumptions(given["assume"])}


def assumptions(given: tuple[str, ...]) -> Assumptions:
    """What ``--assume`` says; a usage error for anything else."""
    from rostok.formats import Assumptions

    try:
        return Assumptions.parse(given)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
