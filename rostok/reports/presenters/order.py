"""The order of schools: by municipality and name as people count, № 2 before № 10. Never by results."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rostok.reports.model import SchoolLine

_PARTS = re.compile(r"(\d+)")

type_key = tuple[tuple[int, int, str], ...]


def natural_key(text: str) -> type_key:
    """A key that puts numbers inside names in their order and ignores case, «ё» and quotation marks.

    >>> sorted(["Школа № 10", "Школа № 2"], key=natural_key)
    ['Школа № 2', 'Школа № 10']
    """
    plain = text.casefold().replace("ё", "е").strip("«»\"' ")
    parts = (part for part in _PARTS.split(plain) if part)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def in_order(schools: Iterable[SchoolLine]) -> list[SchoolLine]:
    """Schools by municipality, then name, then key; a school without a municipality stands last."""

    def key(school: SchoolLine) -> tuple[bool, type_key, type_key, type_key]:
        place = school.municipality or school.municipality_id
        return (not place, natural_key(place), natural_key(school.name), natural_key(school.school_id))

    return sorted(schools, key=key)
