"""The entry point: one group, one module per command, errors as sentences."""

from __future__ import annotations

import gettext as standard_gettext
import os
import sys

import click

from rostok import __version__
from rostok.wording import activate, current_language, gettext
from rostok.wording.messages import CATALOGUES, language_of_environment


def build() -> click.Group:
    """The command tree in the current language; texts are chosen when it is built."""
    # Imported here because help texts are translated while the modules build their commands.
    from rostok.cli import (
        analyse,
        clusters,
        context,
        demo,
        gaps,
        growth,
        items,
        methodology,
        objectivity,
        publish,
        resilience,
        sandbox,
        similar,
        synth,
        table,
        value_added,
    )

    group = click.Group(
        "rostok",
        help=gettext("Росток: школы, которым нужна поддержка, — с причиной и уверенностью вывода."),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    group = click.version_option(__version__, "--version", help=gettext("Показать версию и выйти."))(group)
    for module in (
        analyse,
        gaps,
        objectivity,
        items,
        table,
        context,
        similar,
        value_added,
        resilience,
        growth,
        clusters,
        sandbox,
        publish,
        methodology,
        synth,
        demo,
    ):
        group.add_command(module.build())
    return group


def use_click_in(language: str) -> None:
    """Let click say its own words («Вызов:», «обязательно», refused options) in ``language``.

    Click asks the standard library's default domain, which is chosen by the process and its LANGUAGE. English
    has no catalogue: those are click's words as they are.
    """
    os.environ["LANGUAGE"] = language
    standard_gettext.bindtextdomain("click", str(CATALOGUES))
    standard_gettext.textdomain("click")


def main() -> None:
    """Run ``rostok``: exit 0 done, 1 interrupted, 2 the input or the words cannot be used."""
    activate(language_of_environment())
    use_click_in(current_language())
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a plain text stream here
    build()(prog_name="rostok")
