"""Options of the form ``NAME=VALUE``."""

from __future__ import annotations

import click

from rostok.wording import gettext


def pairs(values: tuple[str, ...], option: str) -> dict[str, str]:
    """``NAME=VALUE`` of an option given several times; a usage error for anything else."""
    found = {}
    for text in values:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(
                gettext("{option}: ожидается ИМЯ=ЗНАЧЕНИЕ, а не «{text}».", option=option, text=text)
            )
        found[name.strip()] = value.strip()
    return found
