"""One paper of one school in words, and which papers a counting rule counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rostok.methodology.dependencies import used_names
from rostok.methodology.expressions import names
from rostok.methodology.nodes import SCHOOL_ATTRIBUTES, AtLeast, Scope, When, Wording
from rostok.methodology.parameters import Value
from rostok.methodology.reference_expressions import truth_of
from rostok.methodology.templates import Place, filled, places, worded
from rostok.methodology.whole import Methodology
from rostok.schema.assessments import Kind, Subject, Wave, class_label
from rostok.wording import count_of, gettext

Row = Mapping[str, Any]


class Papers:
    """Words and truths of cells under one methodology; ``attributes`` are those of the school."""

    def __init__(self, methodology: Methodology, values: Mapping[str, Value]) -> None:
        self.methodology, self.values = methodology, values
        self.shown_values = shown_values(methodology, values)
        self._identities: dict[tuple[object, ...], dict[str, object]] = {}

    def told(self, template: Wording, cell: Row) -> str:
        """A template filled from a cell."""
        known = {  # a parameter «threshold» is what the author of the text meant, not the column of that name
            **cell,
            **self.shown_values,
            **self._identity(cell),
            "share": self._share(cell),
        }

        def say(place: Place) -> str | None:
            return worded(known.get(place.name), place.format)

        return filled(str(template), say)

    def _share(self, cell: Row) -> str | None:
        threshold = self.values.get("threshold")
        bound = threshold if isinstance(threshold, float) else None
        return None if cell["below"] is None else count_of(cell["below"], cell["participants"], bound=bound)

    def absent(self, cell: Row) -> str:
        """A paper that others wrote and this school did not."""
        return gettext(
            "{kind}, {subject}, {class}, {wave} {year}: в регионе писали, в этой школе результатов нет",
            **self._identity(cell),
        )

    def names_in(self, template: Wording) -> frozenset[str]:
        """What a template names, in both languages."""
        return frozenset(place.name for text in (template.ru, template.en) for place in places(text))

    def _identity(self, cell: Row) -> dict[str, object]:
        """Words for the assessment of a cell; there are a dozen assessments and thousands of cells."""
        key = tuple(cell[name] for name in ("kind", "subject", "grade", "pupil_grade", "year", "wave"))
        if key not in self._identities:
            self._identities[key] = _named(cell)
        return self._identities[key]

    # --- what a counting rule counts

    def counted_rule(self, rule: AtLeast) -> tuple[When, AtLeast]:
        """The rule of one paper behind a counting rule, and the rule that counts papers (itself, or one per year)."""
        while isinstance(of := self.methodology.by_name[rule.of], AtLeast):
            rule = of
        assert isinstance(of, When)  # checked by the loader
        return of, rule

    def counted(
        self, rule: AtLeast, cells: Sequence[Row], attributes: Row, truth: bool | None = True
    ) -> list[Row]:
        """The cells for which the counted rule is true (or false, or unknown) and ``where`` holds."""
        of, counting = self.counted_rule(rule)
        steps = self._steps(of, counting)
        found = []
        for cell in cells:
            known: dict[str, object] = {
                **cell,
                **self.values,
                **{name: attributes.get(name) for name in SCHOOL_ATTRIBUTES},
            }
            for step in steps:
                known[step.name] = truth_of(step.when, known) if truth_of(step.needs, known) else None
            if (counting.where is None or truth_of(counting.where, known)) and known[of.name] is truth:
                found.append(cell)
        return found

    def columns(self, rule: AtLeast) -> frozenset[str]:
        """The names of a cell that counting and telling rest on."""
        of, counting = self.counted_rule(rule)
        used = names(counting.where) if counting.where else frozenset[str]()
        for step in self._steps(of, counting):
            used |= used_names(step)
        return used | self.names_in(self.template(rule))

    def template(self, rule: AtLeast) -> Wording:
        """How papers that ``rule`` counts are told: in its own words, those of the counted rule, or of all papers."""
        of, counting = self.counted_rule(rule)
        return rule.reason or counting.reason or of.reason or self.methodology.reason

    def _steps(self, of: When, counting: AtLeast) -> list[When]:
        """The rules of a cell that ``of`` and ``where`` are made of, in order of dependence; figures are in the cell."""
        left = [of.name, *(names(counting.where) if counting.where else ())]
        wanted: set[str] = set()
        while left:
            item = self.methodology.by_name.get(left.pop())
            if isinstance(item, When) and item.name not in wanted:
                wanted.add(item.name)
                left += used_names(item)
        return [
            item
            for item in self.methodology.ordered
            if isinstance(item, When) and item.name in wanted and item.scope is Scope.CELL
        ]


def shown_values(methodology: Methodology, values: Mapping[str, Value]) -> dict[str, Value]:
    """Parameters as a text shows them: a choice by its title."""
    return {one.name: one.title_of(values[one.name]) or values[one.name] for one in methodology.parameters}


def _named(cell: Row) -> dict[str, object]:
    kind, subject = Kind(cell["kind"]), Subject(cell["subject"])
    return {
        "kind": kind.label, "subject": subject.label, "grade": cell["grade"],
        "class": class_label(cell["grade"], cell["pupil_grade"]),
        "by_subject": gettext("по {subject}", subject=subject.by_label),
        "what": _what(kind), "wave": Wave(cell["wave"]).label, "year": cell["year"],
        "school_year": cell["school_year"],
    }  # fmt: skip


def _what(kind: Kind) -> str:
    """What is below the threshold: a mark, or the minimum of an exam without marks."""
    if kind in {Kind.EGE, Kind.EGE_PROFILE}:
        return gettext("доля не набравших минимум")
    return gettext("доля «2»")
