"""Codes of schools in protocols of ГИА → keys of schools, by the codes a register gives.

Six digits of a region's code of ГИА and six digits of a login of ФИС ОКО look the same and are not: where the
register has codes of ГИА, a code it does not know must not fall on a school by chance.
"""

from __future__ import annotations

import pyarrow as pa

from rostok.schema.assessments import Kind

UNKNOWN_PREFIX = "gia:"

_OWN_KIND = {Kind.OGE: "oge", Kind.EGE: "ege", Kind.EGE_BASE: "ege", Kind.EGE_PROFILE: "ege"}


def resolve_schools(
    scripts: pa.Table, aliases: pa.Table | None, kind: Kind
) -> tuple[pa.Table, tuple[str, ...]]:
    """SCRIPTS or COUNTS of an exam with the keys of schools, and the codes no school has.

    ``aliases`` is ALIASES. Without any alias for this kind of exam the codes stay as they are: the protocols
    may use logins. With aliases, a code of this kind is preferred to one for both; a key that some school of
    ``aliases`` bears already stays; any other code becomes ``gia:<code>``, a school of its own.
    """
    known = _codes(aliases, kind) if aliases is not None else {}
    if not known or aliases is None:
        return scripts, ()
    keys = set(aliases["school_id"].to_pylist())
    written = scripts["school_id"].to_pylist()
    unknown = sorted({code for code in written if code not in known and code not in keys})
    named = [known.get(code) or (code if code in keys else UNKNOWN_PREFIX + code) for code in written]
    place = scripts.schema.get_field_index("school_id")
    resolved = scripts.set_column(place, scripts.schema.field(place), pa.array(named, pa.string()))
    return resolved, tuple(unknown)


def _codes(aliases: pa.Table, kind: Kind) -> dict[str, str]:
    """Alias → key for an exam; a code of the exam itself wins over one for both."""
    codes: dict[str, str] = {}
    for wanted in ("gia", _OWN_KIND.get(kind, "")):
        for row in aliases.to_pylist():
            if row["kind"] == wanted:
                codes[row["alias"]] = row["school_id"]
    return codes
