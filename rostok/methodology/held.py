"""What the data hold at all, beside what a methodology asks for: notes about the whole run, not about a school."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rostok.methodology.dependencies import constant
from rostok.methodology.nodes import AtLeast
from rostok.methodology.parameters import Value
from rostok.methodology.whole import Methodology
from rostok.wording import gettext, ngettext

Row = Mapping[str, Any]

_UNIT_KEYS = {
    "assessment": ("kind", "subject", "grade", "year", "wave"),
    "procedure": ("kind", "subject", "grade"),
    "cohort": ("cohort",),
}


def notes(
    methodology: Methodology, held: Iterable[Row], values: Mapping[str, Value] | None = None
) -> tuple[str, ...]:
    """What the methodology looks at and the data do not have at all; and that nothing can be said, if so.

    ``held``: rows of ``Evaluation.held``. ``values``: parameters in force; without them only kinds are looked at.
    """
    rows = list(held)
    found = _papers_missing(methodology, rows)
    if values is not None and (too_few := _too_few(methodology, rows, values)):
        found.insert(0, too_few)
    return tuple(found)


def _papers_missing(methodology: Methodology, held: list[Row]) -> list[str]:
    seen = {(str(row["kind"]), str(row["subject"]), int(row["grade"])) for row in held}
    found = []
    for selector in methodology.selectors:
        for subject in selector.subjects:
            missing = [
                grade
                for grade in selector.grades
                if (str(selector.row_kind), str(subject), grade) not in seen
            ]
            if missing:
                found.append(
                    gettext(
                        "{kind}, {subject}, {grades} класс: в данных нет ни одного результата, эти работы не учитывались.",
                        kind=selector.row_kind.label, subject=subject.label, grades=", ".join(map(str, missing)),
                    )
                )  # fmt: skip
    return found


def _too_few(methodology: Methodology, held: list[Row], values: Mapping[str, Value]) -> str:
    """That every verdict is unknown because the data hold too little to count; empty where they hold enough."""
    rule = methodology.counting_rule
    if rule is None or not methodology.low_results or rule.where is not None:
        return ""
    least = int(float(constant(rule.least, values)))
    above = methodology.by_name.get(methodology.verdict or "")
    if rule.each_year and isinstance(above, AtLeast):
        years, wanted = len({row["period"] for row in held}), int(float(constant(above.least, values)))
        if years < wanted:
            return gettext(
                "Сказать нельзя ни об одной школе: в данных {years}, а методике нужно {wanted}.",
                years=ngettext("{n} год", "{n} лет", years), wanted=ngettext("{n} год", "{n} лет", wanted),
            )  # fmt: skip
        return ""
    unit = str(constant(rule.count_by, values)) if rule.count_by else "assessment"
    units = len({tuple(row[name] for name in _UNIT_KEYS[unit]) for row in held})
    if units >= least:
        return ""
    return gettext(
        "Сказать нельзя ни об одной школе: в данных {units}, а методике нужно не меньше {least}. Добавьте результаты других работ из списка методики.",
        units=_counted(unit, units), least=least,
    )  # fmt: skip


def _counted(unit: str, count: int) -> str:
    if unit == "cohort":
        return ngettext("{n} когорта", "{n} когорт", count)
    return ngettext("{n} оценочная процедура", "{n} оценочных процедур", count)
