"""Numbers and dates as ``wording.md`` asks: comma, no-break space, real minus, dash for a missing value."""

from __future__ import annotations

import datetime as dt
import math
import re

from rostok.wording.messages import current_language

NBSP = "\N{NO-BREAK SPACE}"
THIN = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EM DASH}"

_MONTHS_RU = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


def _missing(value: float | None) -> bool:
    return value is None or math.isnan(value)


_GRADES = re.compile(r"(?<=\d) (?=класс)|(?<=\bgrade) (?=\d)")


def unbroken(text: str) -> str:
    """``text`` in which «6 класс» never falls apart at the end of a line.

    >>> unbroken("6 класс, 2021"), unbroken("grade 6")
    ('6\\xa0класс, 2021', 'grade\\xa06')
    """
    return _GRADES.sub(NBSP, text)


def decimal(value: float | None, digits: int = 1) -> str:
    """``value`` with a fixed number of digits.

    >>> decimal(-1234.56)
    '−1\u202f234,6'
    >>> decimal(None)
    '—'
    """
    if value is None or _missing(value):
        return DASH
    whole, _, fraction = f"{abs(value):,.{digits}f}".partition(".")
    russian = current_language() == "ru"
    text = whole.replace(",", THIN) + (("," if russian else ".") + fraction if fraction else "")
    rounds_to_zero = not any(character in "123456789" for character in text)
    return text if value >= 0 or rounds_to_zero else MINUS + text


def integer(value: float | None) -> str:
    """A whole number with thin thousands, a dash where there is none."""
    return decimal(value, 0)


def percent(share: float | None, digits: int = 1) -> str:
    """A share 0–1 as percent.

    >>> percent(0.38888)
    '38,9\xa0%'
    """
    if share is None or _missing(share):
        return DASH
    return decimal(share * 100, digits) + NBSP + "%"


def points(share: float | None, digits: int = 1) -> str:
    """A difference of shares in percentage points, with its sign."""
    if share is None or _missing(share):
        return DASH
    sign = "+" if share > 0 else ""
    unit = "п.п." if current_language() == "ru" else "pp"
    return sign + decimal(share * 100, digits) + NBSP + unit


def count_of(
    count: int | None, base: int | None, *, min_base_for_percent: int = 10, bound: float | None = None
) -> str:
    """Count, base and, for a base that can carry it, the percent.

    A share that is not ``bound`` (a share too) never reads as if it were: it gets more digits.

    >>> count_of(14, 36)
    '14 из 36 (38,9\xa0%)'
    >>> count_of(2, 7)
    '2 из 7'
    >>> count_of(299, 998, bound=0.3)
    '299 из 998 (29,96\xa0%)'
    """
    if count is None or base is None:
        return DASH
    joined = f"{integer(count)} {'из' if current_language() == 'ru' else 'of'} {integer(base)}"
    if base < min_base_for_percent or base == 0:
        return joined
    return f"{joined} ({percent(count / base, _digits_apart(count / base, bound))})"


_TOLERANCE, _MOST_DIGITS = 1e-9, 4


def _digits_apart(share: float, bound: float | None) -> int:
    """Digits of the percent that tell ``share`` from ``bound``; one where they need no telling apart."""
    if bound is None or abs(share - bound) < _TOLERANCE:
        return 1
    told = (
        digits
        for digits in range(1, _MOST_DIGITS)
        if round(share * 100, digits) != round(bound * 100, digits)
    )
    return next(told, _MOST_DIGITS)


def date_long(day: dt.date | None) -> str:
    """``15 марта 2022``; in English ``15 March 2022``."""
    if day is None:
        return DASH
    if current_language() == "ru":
        return f"{day.day}{NBSP}{_MONTHS_RU[day.month - 1]} {day.year}"
    return f"{day.day}{NBSP}{day:%B} {day.year}"


def date_short(day: dt.date | None) -> str:
    """``15.03.2022``, for tables."""
    return DASH if day is None else f"{day:%d.%m.%Y}"
