"""Codes of schools in protocols of ГИА → keys of schools, by the codes a register gives.

Six digits of a region's code of ГИА and six digits of a login of ФИС ОКО look the same and are not: a code must
not fall on a school by chance.
"""

from __future__ import annotations

import pyarrow as pa

from rostok.schema.assessments import Kind

UNKNOWN_PREFIX = "gia:"

_OWN_KIND = {Kind.OGE: "oge", Kind.EGE: "ege", Kind.EGE_BASE: "ege", Kind.EGE_PROFILE: "ege"}


def resolve_schools(
    table: pa.Table, aliases: pa.Table | None, kind: Kind
) -> tuple[pa.Table, tuple[str, ...]]:
    """A table of one exam (``school_id`` as its file has it) with keys of schools, and the codes no school has.

    ``aliases`` is ALIASES. A table is written in one coding: where more of its codes are keys of schools than
    codes of this kind of exam, and where there are no codes of this kind at all, it stays as it is. Else a code
    of the exam itself is preferred to one for both exams, zeros in front do not count (workbooks lose them),
    and a code nobody has becomes ``gia:<code>``, a school of its own.
    """
    known = {} if aliases is None else _codes(aliases, kind)
    written = table["school_id"].to_pylist()
    codes = set(written)
    keys = set() if aliases is None else set(aliases["school_id"].to_pylist())
    named = {code: known[_bare(code)] for code in codes if _bare(code) in known}
    if not known or len(codes & keys) > len(named):
        return table, ()
    resolved = pa.array([named.get(code, UNKNOWN_PREFIX + code) for code in written], pa.string())
    place = table.schema.get_field_index("school_id")
    return table.set_column(place, table.schema.field(place), resolved), tuple(sorted(codes - set(named)))


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
