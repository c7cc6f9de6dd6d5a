"""``rostok resilience``: schools that do better than their conditions let expect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rostok.cli import options
from rostok.cli.terminal import err, progress_bars, refusals, show_schools
from rostok.schema.verdicts import ResilienceVerdict
from rostok.statistics.school_limits import CERTAINTY, DELTA, LOWER_PART
from rostok.wording import gettext


def _options() -> list[click.Parameter]:
    return [
        options.inputs(),
        options.out(),
        click.Option(["--index"], metavar="ID", help=gettext("Индекс условий (см. «rostok context»); без него — свой индекс региона из данных или тот, о котором данные знают больше.")),
        click.Option(["--indicator"], metavar="NAME", help=gettext("Или показатель из таблицы условий: больше — благополучнее.")),
        click.Option(["--falling"], is_flag=True, help=gettext("Больше — труднее: доля малообеспеченных, например.")),
        click.Option(["--reliability"], type=options.Number(0.05, 1), metavar="SHARE",
                     help=gettext("Надёжность показателя, если известна: доля различий школ, которая не погрешность.")),
        click.Option(["--delta"], type=options.Number(), default=DELTA, show_default=True, metavar="D",
                     help=gettext("Насколько выше ожидаемого, в отклонениях участников.")),
        click.Option(["--lower-part"], type=options.Number(0.05, 0.95), default=LOWER_PART, show_default=True,
                     metavar="SHARE", help=gettext("Какая доля школ считается школами в трудных условиях.")),
        click.Option(["--certainty"], type=options.Number(0.55, 0.999), default=CERTAINTY, show_default=True,
                     metavar="P", help=gettext("Вероятность, с которой вывод делается; между — «сказать нельзя».")),
        options.on(),
        *options.data(),
    ]  # fmt: skip


def build() -> click.Command:
    """The command in the current language."""
    return click.Command(
        "resilience",
        callback=_resilience,
        params=_options(),
        help=gettext(
            "Резильентность по модели: школы в трудных условиях, чьи результаты выше ожидаемых, с вероятностью.\n\n"
            "Файлы для аналитика. Это не тип «резильентная» свердловской типологии: там другое правило."
        ),
        epilog="\b\n"
        + gettext("Пример:\n  rostok resilience выгрузки/ --index social-passport --out резильентность"),
    )


def _resilience(
    inputs: tuple[Path, ...],
    out: Path,
    index: str | None,
    indicator: str | None,
    falling: bool,
    reliability: float | None,
    delta: float,
    lower_part: float,
    certainty: float,
    **reading: Any,
) -> None:
    from rostok import pipeline

    if index is not None and indicator is not None:
        raise click.UsageError(gettext("Назовите условия: --index ИМЯ или --indicator ИМЯ, что-нибудь одно."))
    if indicator is None and (falling or reliability is not None):
        raise click.UsageError(gettext("--falling и --reliability — для --indicator: у индекса они свои."))
    with refusals():
        plan = pipeline.ResiliencePlan(
            index=index,
            indicator=indicator,
            falling=falling,
            reliability=reliability,
            delta=delta,
            lower_part=lower_part,
            certainty=certainty,
            **options.read_as(reading),
        )
        with progress_bars() as progress:
            run = pipeline.resilience(inputs, plan=plan, out=out, progress=progress)
    verdicts = run.facts["verdicts"]
    named = run.facts["index"] or run.facts["indicator"]
    err().print("  " + gettext("условия школ: {name}", name=named), markup=False)
    said = gettext(
        "в трудных условиях и выше ожидаемого: {n}; сказать нельзя: {unknown}",
        n=verdicts[ResilienceVerdict.RESILIENT], unknown=verdicts[ResilienceVerdict.CANNOT_TELL],
    )  # fmt: skip
    err().print("  " + said, markup=False)
    show_schools(run, "resilience")
