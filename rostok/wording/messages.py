"""Messages in Russian (source) and English, chosen per process or per ``use_language`` block.

The language is a context variable, so two threads of one server may speak differently.
"""

from __future__ import annotations

import gettext as _stdlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("ru", "en")
CATALOGUES = Path(__file__).parent / "locale"

_language: ContextVar[str] = ContextVar("language", default="ru")


def N_(message: str) -> str:  # noqa: N802 - the customary name, known to message extractors
    """Mark a message for the catalogue without translating it now."""
    return message


@cache
def _catalogue(language: str) -> _stdlib.NullTranslations:
    # Fallback keeps a source checkout usable before catalogues are compiled: it shows the Russian source.
    return _stdlib.translation("rostok", localedir=CATALOGUES, languages=[language], fallback=True)


def gettext(message: str, /, **values: object) -> str:
    """The message in the current language with its named placeholders filled.

    >>> gettext("Строка {row}", row=4)
    'Строка 4'
    """
    text = _catalogue(_language.get()).gettext(message)
    return text.format(**values) if values else text


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """The plural form that belongs to ``n``; ``{n}`` is always available.

    >>> [ngettext("{n} школа", "{n} школ", n) for n in (1, 2, 5)]
    ['1 школа', '2 школы', '5 школ']
    """
    return _catalogue(_language.get()).ngettext(one, many, n).format(n=n, **values)


def current_language() -> str:
    """The language of this context, ``ru`` or ``en``."""
    return _language.get()


def activate(language: str) -> None:
    """Speak ``language`` from here on in this context; an unknown one falls back to Russian."""
    _language.set(language if language in LANGUAGES else "ru")


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Speak ``language`` inside the block only."""
    token = _language.set(language if language in LANGUAGES else "ru")
    try:
        yield
    finally:
        _language.reset(token)


def language_of_environment(environ: Mapping[str, str] | None = None) -> str:
    """English for an English locale, Russian for every other, the empty and the C locale among them.

    >>> language_of_environment({"LANG": "en_GB.UTF-8"}), language_of_environment({"LANG": "C.UTF-8"})
    ('en', 'ru')
    """
    environ = os.environ if environ is None else environ
    for name in ("ROSTOK_LANGUAGE", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name)
        if value:
            return "en" if value.lower().startswith("en") else "ru"
    return "ru"
