"""The entry point: one group, one module per command, errors as sentences."""

from __future__ import annotations

import sys

import click

from rostok import __version__
from rostok.wording import activate, gettext
from rostok.wording.messages import language_of_environment


def build() -> click.Group:
    """The command tree in the current language; texts are chosen when it is built."""
    # Imported here because help texts are translated while the modules build their commands.
    from rostok.cli import analyse, demo, methodology, synth

    group = click.Group(
        "rostok",
        help=gettext("Росток: школы, которым нужна поддержка, — с причиной и уверенностью вывода."),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    )
    group = click.version_option(__version__, "--version", help=gettext("Показать версию и выйти."))(group)
    for module in (analyse, methodology, synth, demo):
        group.add_command(module.build())
    return group


def main() -> None:
    """Run ``rostok``: exit 0 done, 1 interrupted, 2 the input or the words cannot be used."""
    activate(language_of_environment())
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a plain text stream here
    build()(prog_name="rostok")
