"""How the platform speaks: translation, plurals, numbers and dates as people read them.

Source language of every message is Russian; English is a translation (``locale/en``). Plural forms of
Russian live in ``locale/ru``. Nothing here knows schools or marks. Start with ``messages`` and ``numbers``.
"""

from rostok.wording.messages import N_, activate, current_language, gettext, ngettext, use_language
from rostok.wording.numbers import (
    DASH,
    NBSP,
    count_of,
    date_long,
    date_short,
    decimal,
    integer,
    percent,
    points,
    unbroken,
)

__all__ = [
    "DASH",
    "NBSP",
    "N_",
    "activate",
    "count_of",
    "current_language",
    "date_long",
    "date_short",
    "decimal",
    "gettext",
    "integer",
    "ngettext",
    "percent",
    "points",
    "unbroken",
    "use_language",
]
