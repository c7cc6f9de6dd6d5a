"""What absences could change: the same tables as if everybody absent had sat the paper (Ibis)."""

from __future__ import annotations

from typing import Any

import ibis


def assume_absent(facts: Any, below: bool) -> Any:
    """FACTS (or cells made of them) as if every absentee had sat the paper: all below the threshold, or all above it (Ibis expression).

    Where the source does not say how many were absent, the row stays as it is. Marks above «2» and sums of scores
    become missing when absentees are placed above or below, because nobody knows which they would have been.
    """
    absent = facts.absent.fill_null(0)
    added = absent if below else ibis.literal(0)
    moved = absent > 0
    changed = {
        "participants": facts.participants + absent,
        "absent": ibis.cases((facts.absent.notnull(), ibis.literal(0))),
        "under_minimum": facts.under_minimum.fill_null(0) + added,
        "marks_2": facts.marks_2 + added,
    }
    # A school where nobody sat the paper has no count below yet; with absentees placed it has.
    known = facts.under_minimum.notnull() | (facts.participants == 0)
    changed["under_minimum"] = ibis.cases((known, changed["under_minimum"]))
    if "below" in facts.columns:  # cells of an evaluation carry the count its methodology looks at
        seen = facts.below.notnull() | (facts.participants == 0)
        changed["below"] = ibis.cases((seen, facts.below.fill_null(0) + added))
    for name in ("marks_3", "marks_4", "marks_5", "raw_sum"):
        changed[name] = ibis.cases((~moved, facts[name]))
    types = facts.schema()
    return facts.mutate(**{name: column.cast(types[name]) for name, column in changed.items()})
