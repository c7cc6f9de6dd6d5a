"""Codes of schools in protocols of ГИА → keys of schools, by the codes a register gives.

Six digits of a region's code of ГИА and six digits of a login of ФИС ОКО look the same and are not: a code must
not fall on a school by chance. Which of the two a cell holds is decided where it is read (``exam_school``), by
its heading and its form; from there on a code of ГИА is ``gia:<code>`` until a register says whose it is.
"""

from __future__ import annotations

import re

import pyarrow as pa

from rostok.formats.assumptions import Codes
from rostok.formats.cells import text_of
from rostok.formats.workbook import Cell
from rostok.schema.assessments import Kind
from rostok.schema.keys import is_login, school_key

UNKNOWN_PREFIX = "gia:"
# Headings of columns that hold keys of schools, whatever the table is about.
LOGIN_HEADINGS = frozenset(
    {"логин", "логин школы", "логин оо", "login", "school_id", "пользователь", "user"}
)  # fmt: skip

_CODE = re.compile(r"\d[\d-]*")
_OWN_KIND = {Kind.OGE: "oge", Kind.EGE: "ege", Kind.EGE_BASE: "ege", Kind.EGE_PROFILE: "ege"}


def exam_school(written: Cell, heading: str, codes: Codes | None) -> str | None:
    """The school of a row of an exam: the key, or ``gia:<code>`` for a code that is no login; None for a blank.

    ``codes`` is what the user says of all codes: ``login`` where the region has one numbering for both.

    >>> exam_school("sch100001", "код оо", None), exam_school(100001.0, "код оо", None)
    ('100001', 'gia:100001')
    >>> exam_school("100001", "логин", None), exam_school("100001", "код оо", Codes.LOGIN)
    ('100001', '100001')
    """
    key = school_key(written)
    is_key = is_login(written) or heading in LOGIN_HEADINGS or codes is Codes.LOGIN
    if key is None or is_key or not _CODE.fullmatch(text_of(written)):
        return key
    return UNKNOWN_PREFIX + key


def has_codes(schools: pa.ChunkedArray | pa.Array) -> bool:
    """Is any of these schools known by its code of ГИА only?"""
    return any(str(school).startswith(UNKNOWN_PREFIX) for school in schools.unique().to_pylist())


def resolve_schools(
    table: pa.Table, aliases: pa.Table | None, kind: Kind
) -> tuple[pa.Table, tuple[str, ...]]:
    """A table of one exam with its ``gia:<code>`` made keys of schools, and the codes no school has.

    ``aliases`` is ALIASES. A code of the exam itself is preferred to one for both exams, zeros in front do not
    count (workbooks lose them), and a code nobody has stays ``gia:<code>``, a school of its own.
    """
    known = {} if aliases is None else _codes(aliases, kind)
    written = table["school_id"].to_pylist()
    codes = {school: school.removeprefix(UNKNOWN_PREFIX) for school in set(written) if _is_code(school)}
    named = {school: known[_bare(code)] for school, code in codes.items() if _bare(code) in known}
    unknown = tuple(sorted(code for school, code in codes.items() if school not in named))
    if not named:
        return table, unknown
    resolved = pa.array([named.get(school, school) for school in written], pa.string())
    place = table.schema.get_field_index("school_id")
    return table.set_column(place, table.schema.field(place), resolved), unknown


def _is_code(school: str) -> bool:
    return school.startswith(UNKNOWN_PREFIX)


def _bare(code: str) -> str:
    return code.lstrip("0")


def _codes(aliases: pa.Table, kind: Kind) -> dict[str, str]:
    """Alias → key for an exam; a code of the exam itself wins over one for both."""
    codes: dict[str, str] = {}
    for wanted in ("gia", _OWN_KIND.get(kind, "")):
        for row in aliases.to_pylist():
            if row["kind"] == wanted:
                codes[_bare(row["alias"])] = row["school_id"]
    return codes
