"""Reasons in words: why a verdict is what it is, how far it is from another one, and what absences could change.

Works on rows of ``Evaluation`` as dicts. Sentences speak of results and never judge a school; a distance is a
property of the verdict: past results do not change and nobody is singled out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from string import Formatter
from typing import Any

import ibis

from rostok.methodology.dependencies import constant, used_names
from rostok.methodology.expressions import Expression, names
from rostok.methodology.nodes import CELL_NAMES, COUNTING_UNITS, AtLeast, Formula, Scope, When
from rostok.methodology.questions import compares_share, is_counted, least_participants
from rostok.methodology.reference_expressions import truth_of, value_of
from rostok.methodology.whole import Methodology
from rostok.schema.assessments import Kind, Subject, Wave
from rostok.wording import NBSP, count_of, decimal, gettext, integer, ngettext, percent, points

Row = Mapping[str, Any]

_FORMATS: Mapping[str, Callable[[float | None], str]] = {
    "": decimal,
    "decimal": lambda value: decimal(value, 2),
    "percent": percent,
    "integer": integer,
    "points": points,
}


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


class Explainer:
    """Explains rows of one methodology on one day; remembers distances, of which there are few different ones."""

    def __init__(self, methodology: Methodology, on: dt.date) -> None:
        self.methodology = methodology
        self.values = methodology.parameter_values(on)
        self.rule = methodology.cell_rule
        self.least_participants = least_participants(self.rule, self.values)
        self.of_share = compares_share(methodology, self.values)
        self._steps = self._needed_steps()
        self._used = self._names_used()
        self._template_names = {name for _, name, _ in _parsed(str(methodology.reason)) if name}
        self._distances: dict[tuple[object, ...], Distance | None] = {}
        self._told: dict[tuple[object, ...], str] = {}
        self._summaries: dict[tuple[object, ...], str] = {}
        self._identities: dict[tuple[object, ...], dict[str, object]] = {}

    # --- reasons

    def cell(self, cell: Row) -> str:
        """One assessment in words: «доля «2» по математике, 6 класс, весна 2021: 14 из 36 (38,9 %), порог 30 %»."""
        # A country has tens of thousands of cells and few different ones: 7 of 20 is told in the same words.
        key = tuple(cell.get(name) for name in self.columns)
        if key not in self._told:
            self._told[key] = self._tell(cell)
        return self._told[key]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of cells, beside ``school_id``, that reasons and distances rest on."""
        fixed = {
            "kind",
            "subject",
            "grade",
            "year",
            "school_year",
            "wave",
            "cohort",
            "participants",
            "below",
            "low",
        }
        carried = {*CELL_NAMES, *self.methodology.by_name, "share_below", "threshold"}
        return tuple(sorted(fixed | (self._template_names | self._used) & carried))

    def _tell(self, cell: Row) -> str:
        if not cell["participants"]:
            return gettext(
                "{kind}, {subject}, {grade} класс, {wave} {year}: в регионе писали, в этой школе результатов нет",
                **self._identity(cell),
            )
        text = self._filled(str(self.methodology.reason), cell)
        if cell["low"] != "unknown":
            return text
        if cell["below"] is None:
            return gettext("{text}; сказать нельзя: нет шкалы", text=text)
        if self.least_participants is None or cell["participants"] >= self.least_participants:
            return gettext("{text}; сказать нельзя: условие методики не выполнено", text=text)
        pupils = ngettext("{n} участник", "{n} участников", cell["participants"])
        return gettext("{text}; сказать нельзя: {pupils}", text=text, pupils=pupils)

    def verdict(self, result: Row, cells: Sequence[Row], figures: Row | None = None) -> str:
        """One line for the whole verdict of a school.

        ``cells`` are the rows of this school; ``figures`` gives indicators and rules by name, for methodologies
        that decide by other things than counting.
        """
        if is_counted(self.methodology):
            return self._counted(result, cells)
        return self._decided(result, figures or {})

    def _counted(self, result: Row, cells: Sequence[Row]) -> str:
        rule = self.methodology.counting_rule
        assert rule is not None
        if not result["assessment_count"]:
            return gettext("Сказать нельзя: нет ни одной работы, о которой можно судить.")
        key = tuple(result[name] for name in ("verdict", "low_count", "assessment_count", "unknown_count"))
        if key not in self._summaries:
            self._summaries[key] = self._summary(result, rule)
        low = [self.cell(cell) for cell in cells if cell["low"] == "true"]
        if result["verdict"] == "unknown" or not low:
            return f"{self._summaries[key]}."
        return f"{self._summaries[key]}: {'; '.join(low)}."

    def _summary(self, result: Row, rule: AtLeast) -> str:
        """The counts behind a verdict in words, without the full stop."""
        counted = gettext(
            "результаты ниже порога в {low} {of_all}, для вывода нужно {least}",
            low=integer(result["low_count"]),
            of_all=ngettext("из {n} работы", "из {n} работ", result["assessment_count"]),
            least=self._least(rule),
        )
        if result["verdict"] == "unknown":
            unknown = ngettext(
                "о {n} работе судить нельзя", "о {n} работах судить нельзя", result["unknown_count"]
            )
            if not result["unknown_count"]:  # every paper can be judged: a condition of the rule is not met
                unknown = gettext("во всех данных меньше работ или лет, чем нужно методике")
            return gettext("Сказать нельзя: {counted}; {unknown}", counted=counted, unknown=unknown)
        return counted[:1].upper() + counted[1:]

    def _least(self, rule: AtLeast) -> str:
        least = integer(float(constant(rule.least, self.values)))
        return gettext("{n} в каждом году", n=least) if rule.each_year else least

    def _decided(self, result: Row, figures: Row) -> str:
        """The category with what speaks for it; else what is missing."""
        for label, condition in self.methodology.category:
            if label == result["category"]:
                grounds = [
                    ground for name in self._grounds(condition) if (ground := self._ground(name, figures))
                ]
                return f"{label}: {'; '.join(grounds)}." if grounds else f"{label}."
        if result["category"] is not None:
            return f"{result['category']}."
        if result["verdict"] == "false":
            return gettext("Условия не выполнены.")
        conditions = [condition for _, condition in self.methodology.category]
        every = [name for condition in conditions for name in self._grounds(condition)]
        missing = [
            self._called(name) for name in every if name in figures and figures[name] in {None, "unknown"}
        ]
        return gettext(
            "Сказать нельзя: не хватает данных ({names}).", names="; ".join(dict.fromkeys(missing))
        )

    def _grounds(self, condition: Expression) -> list[str]:
        """Names behind a condition; a rule without a note is replaced by the names it is made of."""
        found: list[str] = []
        for name in sorted(names(condition)):
            item = self.methodology.by_name.get(name)
            if isinstance(item, When) and not item.note:
                found += self._grounds(item.when)
            elif item is not None:
                found.append(name)
        return list(dict.fromkeys(found))

    def _ground(self, name: str, figures: Row) -> str:
        """A true rule by its note, an indicator with its value; empty for what is false or missing."""
        value = figures.get(name)
        if isinstance(value, str):
            return self._called(name) if value == "true" else ""
        if not isinstance(value, int | float):
            return ""
        return f"{self._called(name)} {integer(value) if value == int(value) else decimal(value, 2)}"

    def _called(self, name: str) -> str:
        return self.methodology.by_name[name].note or name

    def _identity(self, cell: Row) -> dict[str, object]:
        """Words for the assessment of a cell; there are a dozen assessments and thousands of cells."""
        key = (cell["kind"], cell["subject"], cell["grade"], cell["year"], cell["wave"])
        if key not in self._identities:
            self._identities[key] = self._named(cell)
        return self._identities[key]

    def _named(self, cell: Row) -> dict[str, object]:
        kind, subject = Kind(cell["kind"]), Subject(cell["subject"])
        return {
            "kind": kind.label, "subject": subject.label, "grade": cell["grade"],
            "by_subject": gettext("по {subject}", subject=subject.by_label),
            "what": self._what(kind), "wave": Wave(cell["wave"]).label, "year": cell["year"],
            "school_year": cell["school_year"],
        }  # fmt: skip

    def _what(self, kind: Kind) -> str:
        """What is below the threshold: a mark, or the minimum of an exam without marks."""
        if kind in {Kind.EGE, Kind.EGE_PROFILE}:
            return gettext("доля не набравших минимум")
        return gettext("доля «2»")

    def _filled(self, template: str, cell: Row) -> str:
        known = {  # a parameter «threshold» is what the author of the text meant, not the column of that name
            **cell,
            **self.values,
            **self._identity(cell),
            "share": count_of(cell["below"], cell["participants"]),
        }
        pieces = []
        for text, name, format_ in _parsed(template):
            pieces.append(text)
            if name is not None:
                value = known[name]
                number = isinstance(value, float) or (value is None) or bool(format_)
                pieces.append(_trimmed(_FORMATS[format_](value)) if number else str(value))
        return "".join(pieces)

    # --- distances

    def cell_distance(self, cell: Row) -> Distance | None:
        """Pupils between this cell and the other side of the rule; None where it cannot be told or reached.

        Conditions are taken to change once as the count below rises, as shares do.
        """
        if self.rule is None or cell["low"] not in {"true", "false"} or cell["below"] is None:
            return None
        if self._used & _MOVING_TOO or not self._used <= cell.keys():
            return None
        key = tuple(cell[name] for name in sorted(self._used))
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

    def verdict_distance(self, result: Row, cells: Sequence[Row]) -> Distance | None:
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
                own = [self.cell_distance(cell) for cell in lows]
                total = sum(step.pupils for step in own if step is not None)
                steps.append(Distance(total, True, len(own)) if None not in own else None)
            elif not leave and not lows and all(cell["low"] == "false" for cell in group):
                reach = [step for cell in group if (step := self.cell_distance(cell)) is not None]
                steps.append(min(reach, key=lambda step: step.pupils) if reach else None)
        return steps


def _truth(rule: When, known: Mapping[str, object]) -> bool | None:
    return truth_of(rule.when, known) if truth_of(rule.needs, known) else None


@cache
def _parsed(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """A template as pieces: text, the name after it (None at the end), the format of its value."""
    return tuple((text, name, format_ or "") for text, name, format_, _ in Formatter().parse(template))


def _trimmed(text: str) -> str:
    """«30,0 %» → «30 %»: a threshold is a round number and reads as one."""
    for sign in (",0", ".0"):
        text = text.replace(sign + NBSP, NBSP) if sign + NBSP in text else text.removesuffix(sign)
    return text


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
