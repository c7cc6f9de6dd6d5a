"""How far a paper or a verdict is from another outcome, in participants.

A distance is a property of the verdict: past results do not change and nobody is singled out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rostok.methodology.dependencies import constant, used_names
from rostok.methodology.nodes import COUNTING_UNITS, AtLeast, Formula, Scope, When
from rostok.methodology.parameters import Value
from rostok.methodology.questions import decides
from rostok.methodology.reference_expressions import truth_of, value_of
from rostok.methodology.whole import Methodology
from rostok.wording import gettext, ngettext

Row = Mapping[str, Any]

# A paper that moves over the threshold takes one of these with it, and nobody knows which or by how much.
_MOVING_TOO = frozenset({"marks_3", "marks_4", "marks_5", "raw_sum"})


@dataclass(frozen=True, slots=True)
class Distance:
    """How many participants of this assessment (or these ``assessments``) would have to have another result.

    ``pupils`` is positive; ``fewer``: fewer below the threshold, else more.
    """

    pupils: int
    fewer: bool
    assessments: int = 1

    @property
    def sentence(self) -> str:
        """The distance as sensitivity of the verdict."""
        pupils = ngettext("{n} участника", "{n} участников", self.pupils)
        where = ngettext("в {n} работе", "в {n} работах", self.assessments)
        if self.fewer:
            text = gettext(
                "Вывод был бы другим, если бы ниже порога было на {pupils} меньше ({where}).",
                pupils=pupils,
                where=where,
            )
        else:
            text = gettext(
                "Вывод был бы другим, если бы ниже порога было на {pupils} больше ({where}).",
                pupils=pupils,
                where=where,
            )
        return (
            text
            + " "
            + gettext(
                "Это мера чувствительности вывода: прошлые результаты не меняются, и никто из учеников не выделяется."
            )
        )


class Distances:
    """Distances under one methodology; remembers those of cells, of which there are few different ones."""

    def __init__(self, methodology: Methodology, values: Mapping[str, Value]) -> None:
        self.methodology, self.values = methodology, values
        self.rule = methodology.cell_rule
        self._steps = self._needed_steps()
        self.used = self._names_used()
        self._distances: dict[tuple[object, ...], Distance | None] = {}

    def of_cell(self, cell: Row) -> Distance | None:
        """Pupils between this cell and the other side of the rule; None where it cannot be told or reached, and
        where another rule than this one decides the verdict.

        Conditions are taken to change once as the count below rises, as shares do.
        """
        if (
            self.rule is None
            or not decides(self.methodology)
            or cell["low"] not in {"true", "false"}
            or cell["below"] is None
        ):
            return None
        if self.used & _MOVING_TOO or not self.used <= cell.keys():
            return None
        key = tuple(cell[name] for name in sorted(self.used))
        if key not in self._distances:
            self._distances[key] = self._search(cell)
        return self._distances[key]

    def _search(self, cell: Row) -> Distance | None:
        low, below, n = cell["low"] == "true", int(cell["below"]), int(cell["participants"])
        end = 0 if low else n
        if self._low(cell, end) is not (not low):
            return None
        here, there = below, end  # the truth changes between them
        while abs(here - there) > 1:
            middle = (here + there) // 2
            if self._low(cell, middle) is low:
                here = middle
            else:
                there = middle
        return Distance(abs(there - below), fewer=low) if there != below else None

    def _low(self, cell: Row, below: int) -> bool | None:
        """The cell rule with another count below; figures of other cells and years stay as they are."""
        assert self.rule is not None
        known: dict[str, object] = {
            **cell,
            **self.values,
            **dict.fromkeys(("below", "under_minimum", "marks_2"), below),
        }
        for step in self._steps:
            known[step.name] = (
                value_of(step.value, known) if isinstance(step, Formula) else _truth(step, known)
            )
        return _truth(self.rule, known)

    def _needed_steps(self) -> tuple[Formula | When, ...]:
        """Formulas and rules the cell rule is made of, in order of dependence."""
        if self.rule is None:
            return ()
        left, found = [*used_names(self.rule)], set()
        while left:
            name = left.pop()
            if name in self.methodology.by_name and name not in found:
                found.add(name)
                left += used_names(self.methodology.by_name[name])
        steps = (item for item in self.methodology.ordered if item.name in found)
        return tuple(item for item in steps if isinstance(item, Formula | When) and item.scope is Scope.CELL)

    def _names_used(self) -> frozenset[str]:
        """Columns of a cell that the cell rule rests on: what the steps compute anew is not among them."""
        used = {"participants", "below", "low"}
        for item in (*self._steps, *([self.rule] if self.rule else [])):
            used |= used_names(item)
        return frozenset(used - set(self.values) - {step.name for step in self._steps})

    def of_verdict(self, result: Row, cells: Sequence[Row]) -> Distance | None:
        """The least number of pupils whose other results would make the verdict other than it is.

        None for an unknown verdict and for methodologies that do not count assessments of one school.
        """
        rule, verdict = self.methodology.counting_rule, result["verdict"]
        if rule is None or rule.each_year or rule.where is not None or self.methodology.verdict != rule.name:
            return None
        if verdict not in {"true", "false"}:
            return None
        least = int(float(constant(rule.least, self.values)))
        steps = sorted(
            (step for step in self._unit_steps(rule, cells, verdict == "true") if step is not None),
            key=lambda step: (step.pupils, step.assessments),
        )
        low = int(result["low_count"])
        # To fall out of the list it is enough that known lows no longer reach the minimum.
        wanted = low - least + 1 if verdict == "true" else least - low - int(result["unknown_count"])
        if wanted < 1 or wanted > len(steps):
            return None
        chosen = steps[:wanted]
        return Distance(
            sum(step.pupils for step in chosen), verdict == "true", sum(step.assessments for step in chosen)
        )

    def _unit_steps(self, rule: AtLeast, cells: Sequence[Row], leave: bool) -> list[Distance | None]:
        """Per counting unit: what it takes to stop being low (all its lows), or to become low (one of its cells)."""
        unit = str(constant(rule.count_by, self.values)) if rule.count_by else COUNTING_UNITS[0]
        groups: dict[object, list[Row]] = {}
        for place, cell in enumerate(cells):
            procedure = (cell["kind"], cell["subject"], cell["grade"])
            key = {"assessment": place, "procedure": procedure, "cohort": cell["cohort"]}[unit]
            groups.setdefault(key, []).append(cell)
        steps: list[Distance | None] = []
        for group in groups.values():
            lows = [cell for cell in group if cell["low"] == "true"]
            if leave and lows:
                own = [self.of_cell(cell) for cell in lows]
                total = sum(step.pupils for step in own if step is not None)
                steps.append(Distance(total, True, len(own)) if None not in own else None)
            elif not leave and not lows and all(cell["low"] == "false" for cell in group):
                reach = [step for cell in group if (step := self.of_cell(cell)) is not None]
                steps.append(min(reach, key=lambda step: step.pupils) if reach else None)
        return steps


def _truth(rule: When, known: Mapping[str, object]) -> bool | None:
    return truth_of(rule.when, known) if truth_of(rule.needs, known) else None
