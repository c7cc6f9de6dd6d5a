"""Why a school has its category, where that is more than counting papers: from conditions to sentences with figures.

A condition is taken apart as logic is: what makes an ``and`` true is all of it, what makes an ``or`` true is what is
true in it, and the other way round for what is false. At the ends stand rules and comparisons, which are worded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rostok.disclosure import is_share_shown
from rostok.methodology.dependencies import constant, figure_and_threshold, used_names
from rostok.methodology.expressions import Expression, Logic, Name, Not, names
from rostok.methodology.nodes import SCHOOL_ATTRIBUTES, AtLeast, Rule, Scope, When
from rostok.methodology.papers import Papers
from rostok.methodology.parameters import Value
from rostok.methodology.reference_expressions import truth_of
from rostok.methodology.templates import OF_PARTICIPANTS, Place, filled, worded
from rostok.methodology.whole import Methodology
from rostok.wording import decimal, gettext, integer, ngettext

Row = Mapping[str, Any]
_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class SchoolFigures:
    """What is known of one school beside its papers: rows of ``Evaluation.indicators`` and ``.rules`` by name, and
    the attributes conditions may name."""

    indicators: Mapping[str, Row] = field(default_factory=dict)
    rules: Mapping[str, Row] = field(default_factory=dict)
    attributes: Row = field(default_factory=dict)

    @classmethod
    def of_rows(
        cls, indicators: Iterable[Row], rules: Iterable[Row], attributes: Row | None = None
    ) -> SchoolFigures:
        return cls(
            {row["indicator"]: row for row in indicators},
            {row["rule"]: row for row in rules},
            attributes or {},
        )

    def truth(self, rule: str) -> bool | None:
        row = self.rules.get(rule)
        return None if row is None else _TRUTHS.get(row["verdict"])

    def value(self, indicator: str) -> float | None:
        row = self.indicators.get(indicator)
        return None if row is None else row["value"]


class Grounds:
    """Words the verdicts of one methodology."""

    def __init__(self, methodology: Methodology, values: Mapping[str, Value], papers: Papers) -> None:
        self.methodology, self.values, self.papers = methodology, values, papers

    @property
    def columns(self) -> frozenset[str]:
        """The names of cells that these reasons rest on."""
        counting = [rule for rule in self.methodology.rules if isinstance(rule, AtLeast)]
        return frozenset[str]().union(*(self.papers.columns(rule) for rule in counting))

    def verdict(self, result: Row, cells: Sequence[Row], figures: SchoolFigures) -> str:
        """One line: the category with what speaks for it, what is not met, or what is missing."""
        lists = frozenset((result.get("assigned") or "").split(" / "))
        school = _School(self, cells, figures, lists)
        for label, condition in self.methodology.category:
            if label == result["category"]:
                return _sentence(label, school.because(condition, True))
        conditions = [condition for _, condition in self.methodology.category]
        none_holds = bool(conditions) and all(school.truth(condition) is False for condition in conditions)
        if result["category"] is not None or result["verdict"] == "false" or none_holds:
            unmet = [text for condition in conditions for text in school.because(condition, False)]
            return _sentence(result["category"] or gettext("Условия не выполнены"), unmet)
        missing = [text for condition in conditions for text in school.missing(condition)]
        named = "; ".join(dict.fromkeys(missing))
        return (
            gettext("Сказать нельзя: не хватает данных ({names}).", names=named)
            if named
            else gettext("Сказать нельзя: не хватает данных.")
        )


def _sentence(head: str, grounds: Sequence[str]) -> str:
    # A rule may be called what its category is called: the same words are not said twice.
    said = [text.removeprefix(f"{head}: ") for text in dict.fromkeys(grounds) if text]
    text = f"{head}: {'; '.join(said)}" if said else head
    return text if text.endswith(".") else text + "."  # «п.п.» has its own


class _School:
    """The reasons of one school."""

    def __init__(
        self, grounds: Grounds, cells: Sequence[Row], figures: SchoolFigures, lists: frozenset[str]
    ) -> None:
        self.methodology, self.values, self.papers = grounds.methodology, grounds.values, grounds.papers
        self.cells, self.figures = cells, figures
        self.known: dict[str, object] = {
            "assigned": lists,
            **self.values,
            **{name: figures.attributes.get(name) for name in SCHOOL_ATTRIBUTES},
            **{name: row["value"] for name, row in figures.indicators.items()},
            **{name: figures.truth(name) for name in figures.rules},
        }

    def truth(self, condition: Expression) -> bool | None:
        """Of a condition about the school; None where it names something that is not at hand."""
        try:
            return truth_of(condition, self.known)
        except KeyError:  # the years of the window are not at hand
            return None

    # --- what speaks for an outcome

    def because(self, condition: Expression, wanted: bool, *, negated: bool = False) -> list[str]:
        """Texts of what makes ``condition`` come out as ``wanted``; ``negated``: inside a ``not``."""
        match condition:
            case Not(operand):
                return self.because(operand, not wanted, negated=not negated)
            case Logic(_, operands):
                telling = [part for part in operands if self.truth(part) in {wanted, None}]
                return [text for part in telling for text in self.because(part, wanted, negated=negated)]
            case Name(name) if isinstance(rule := self.methodology.by_name.get(name), When | AtLeast):
                return self._of_rule(rule, wanted, negated=negated)
            case _:
                return [self._compared(condition)] if self.truth(condition) is wanted else []

    def _of_rule(self, rule: Rule, wanted: bool, *, negated: bool) -> list[str]:
        if self.figures.truth(rule.name) is not wanted:
            return []
        if isinstance(rule, AtLeast):
            if wanted:
                return [self._counted(rule)]
            # «не» перед правилом: the category does not rest on papers that are not there
            return [] if negated else [self._short_of(rule)]
        if rule.reason:
            return [filled(str(rule.reason), self._say)]
        if self._is_made_of_rules(rule):
            return self.because(rule.when, wanted, negated=negated)
        figure = self._figure(rule)
        if wanted:
            return [(str(rule.note) or rule.name) + figure]
        return [] if negated else [gettext("{note} — нет", note=str(rule.note) or rule.name) + figure]

    def _is_made_of_rules(self, rule: When) -> bool:
        used = [self.methodology.by_name.get(name) for name in names(rule.when)]
        return any(isinstance(item, When | AtLeast) for item in used)

    def _counted(self, rule: AtLeast) -> str:
        """The rule with the papers it counts."""
        counted = self.papers.counted(rule, self.cells, self.figures.attributes)
        template = self.papers.template(rule)
        told = "; ".join(self.papers.told(template, cell) for cell in counted)
        note = str(rule.note)
        return f"{note}: {told}" if note and told else note or told

    def _short_of(self, rule: AtLeast) -> str:
        row = self.figures.rules[rule.name]
        return gettext(
            "{note} — нет (таких работ {found}, нужно {least})",
            note=str(rule.note) or rule.name,
            found=integer(row["figure"]),
            least=integer(float(constant(rule.least, self.values))),
        )

    def _figure(self, rule: When) -> str:
        """« (12, граница 15)» for a rule that compares one figure; empty for others."""
        row = self.figures.rules[rule.name]
        if row["figure"] is None or row["threshold"] is None:
            return ""
        compared = figure_and_threshold(rule.when, self.values)
        item = (
            self.methodology.by_name.get(compared[0].name)
            if compared and isinstance(compared[0], Name)
            else None
        )
        unit = getattr(item, "unit", "")
        return gettext(
            " ({figure}, граница {threshold})",
            figure=_with_unit(row["figure"], unit),
            threshold=_with_unit(row["threshold"], unit),
        )

    def _compared(self, condition: Expression) -> str:
        """A comparison written in a condition itself: the indicators it names, with the threshold of one."""
        named = [item for name in sorted(names(condition)) if (item := self.methodology.by_name.get(name))]
        texts = []
        for item in named:
            value, unit = self.figures.value(item.name), getattr(item, "unit", "")
            if value is not None:
                texts.append(f"{str(item.note) or item.name} {_with_unit(value, unit)}")
        compared = figure_and_threshold(condition, self.values)
        if len(texts) == 1 and compared and isinstance(compared[1], Name) and compared[1].name in self.values:
            threshold = _with_unit(self.values[compared[1].name], getattr(named[0], "unit", ""))
            return gettext("{text} (граница {threshold})", text=texts[0], threshold=threshold)
        return ", ".join(texts)

    def _say(self, place: Place) -> str | None:
        """The words for a place in a reason about the school."""
        if place.name in self.papers.shown_values:
            return worded(self.papers.shown_values[place.name], place.format)
        row = self.figures.indicators.get(place.name)
        if row is None:
            return None
        if place.format == OF_PARTICIPANTS:
            return worded(row["n"], place.format)
        if row["unit"] == "share" and row["n"] is not None and not is_share_shown(row["n"]):
            return None  # a share of a handful of children is read as a property of each of them
        return worded(row["value"], place.format)

    # --- what is missing

    def missing(self, condition: Expression) -> list[str]:
        """What keeps a condition from being decided, by titles; nothing where nothing has one."""
        return [text for name in sorted(names(condition)) for text in self._missing(name)]

    def _missing(self, name: str) -> list[str]:
        item = self.methodology.by_name.get(name)
        if isinstance(item, AtLeast):
            return [self._uncounted(item)] if self.figures.truth(name) is None else []
        known = self.figures.truth(name) if isinstance(item, When) else self.figures.value(name)
        if item is None or item.scope is not Scope.SCHOOL or known is not None:
            return []
        # what it is made of is nearer to the data than what it is called itself
        parts = [text for part in sorted(used_names(item)) for text in self._missing(part)]
        return parts or ([str(item.note)] if item.note else [])

    def _uncounted(self, rule: AtLeast) -> str:
        unknown = len(self.papers.counted(rule, self.cells, self.figures.attributes, None))
        note = str(rule.note) or rule.name
        if not unknown:
            return gettext("{note}: работ для вывода мало", note=note)
        papers = ngettext("о {n} работе судить нельзя", "о {n} работах судить нельзя", unknown)
        return f"{note}: {papers}"


def _with_unit(value: Value, unit: str) -> str:
    if isinstance(value, str):
        return value
    if unit == "share":
        return worded(value, "percent") or ""
    return integer(value) if value == int(value) else decimal(value, 2)
