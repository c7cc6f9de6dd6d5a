"""School keys: an opaque string; for logins of ФИС ОКО their six digits (``domain.md`` §6.1)."""

from __future__ import annotations

import re
from collections.abc import Collection

# sch/edu are schools (2020–2021 and from 2022 on, the same digits); ksh and spo are other institutions
# whose digits come from the same register.
_LOGIN = re.compile(r"^\s*(?:sch|edu|ksh|spo)[\s_]?(\d{6})\s*$", re.IGNORECASE)
_LOGIN_DIGITS = re.compile(r"\d{6}")
WHOLE = "region"  # name of the only region where the keys of schools say none
_MUNICIPALITY = re.compile(r"^\s*(?:\d+-)?reg(\d{2})(?:\d{4})?_(?:vpr_)?m(\d{3})\s*$", re.IGNORECASE)


def school_key(written: object) -> str | None:
    """The key of a school as it is written in some file; None when the cell is empty.

    >>> school_key("sch223504"), school_key("EDU223504"), school_key(" Гимназия-1 "), school_key("")
    ('223504', '223504', 'Гимназия-1', None)
    >>> school_key(101.0)  # numbers come from workbooks as floats
    '101'
    """
    if written is None:
        return None
    if isinstance(written, float) and written.is_integer():
        written = int(written)
    text = str(written).strip()
    if not text:
        return None
    login = _LOGIN.match(text)
    return login.group(1) if login else text


def is_login(written: object) -> bool:
    """Is this a login of ФИС ОКО?"""
    return isinstance(written, str) and _LOGIN.match(written) is not None


def are_logins(schools: Collection[str]) -> bool:
    """Are all of these keys logins, so that their first two digits say the region?"""
    return bool(schools) and all(map(_LOGIN_DIGITS.fullmatch, schools))


def region_of(login: str) -> str:
    """``reg99`` by the first digits of a login."""
    return f"reg{login[:2]}"


def regions_of(schools: Collection[str]) -> list[str]:
    """The region of each school; one for everybody where keys are not all logins.

    >>> regions_of(["223504", "990001"]), regions_of(["223504", "Гимназия-1"])
    (['reg22', 'reg99'], ['region', 'region'])
    """
    return list(map(region_of, schools)) if are_logins(schools) else [WHOLE] * len(schools)


def municipality_key(written: object) -> str | None:
    """The key of a municipality: register codes in one spelling, a name as it stands.

    >>> municipality_key("reg99_vpr_m069"), municipality_key("reg99_m069"), municipality_key("Город А")
    ('reg99_m069', 'reg99_m069', 'Город А')
    """
    if written is None:
        return None
    text = str(written).strip()
    if not text:
        return None
    code = _MUNICIPALITY.match(text)
    return f"reg{code.group(1)}_m{code.group(2)}" if code else text
