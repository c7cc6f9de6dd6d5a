"""Reasons in words: what a paper and a school look like under the rules, with figures.

Works on rows of ``Evaluation`` as dicts. Sentences speak of results and never judge a school. ``grounds`` words the
reasons of methodologies that do not simply count papers, ``distances`` how far a verdict is from another one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from rostok.methodology.dependencies import constant
from rostok.methodology.distances import Distance, Distances
from rostok.methodology.grounds import Grounds, SchoolFigures
from rostok.methodology.nodes import CELL_NAMES, AtLeast
from rostok.methodology.papers import Papers
from rostok.methodology.questions import compares_share, is_counted, least_participants
from rostok.methodology.whole import Methodology
from rostok.wording import gettext, integer, ngettext

Row = Mapping[str, Any]

_FIXED = frozenset({
    "kind", "subject", "grade", "pupil_grade", "year", "school_year", "wave", "cohort", "participants", "below", "low",
})  # fmt: skip


class Explainer:
    """Explains rows of one methodology on one day; remembers what it said, for most papers are told alike."""

    def __init__(self, methodology: Methodology, on: dt.date) -> None:
        self.methodology = methodology
        self.values = methodology.parameter_values(on)
        self.least_participants = least_participants(methodology.cell_rule, self.values)
        self.of_share = compares_share(methodology, self.values)
        self._distances = Distances(methodology, self.values)
        self._papers = Papers(methodology, self.values)
        self._grounds = Grounds(methodology, self.values, self._papers)
        self._told: dict[tuple[object, ...], str] = {}
        self._summaries: dict[tuple[object, ...], str] = {}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns of cells, beside ``school_id``, that reasons and distances rest on."""
        carried = {*CELL_NAMES, *self.methodology.by_name, "share_below", "threshold", "years_back"}
        wanted = self._papers.names_in(self.methodology.reason) | self._distances.used
        if not is_counted(self.methodology):
            wanted |= self._grounds.columns
        return tuple(sorted(_FIXED | wanted & carried))

    def cell(self, cell: Row) -> str:
        """One assessment in words: «доля «2» по математике, 6 класс, весна 2021: 14 из 36 (38,9 %), порог 30 %»."""
        # A country has tens of thousands of cells and few different ones: 7 of 20 is told in the same words.
        key = tuple(cell.get(name) for name in self.columns)
        if key not in self._told:
            self._told[key] = self._tell(cell)
        return self._told[key]

    def _tell(self, cell: Row) -> str:
        if not cell["participants"]:
            return self._papers.absent(cell)
        text = self._papers.told(self.methodology.reason, cell)
        if cell["low"] != "unknown":
            return text
        if cell["below"] is None:
            return gettext("{text}; сказать нельзя: нет шкалы", text=text)
        if self.least_participants is None or cell["participants"] >= self.least_participants:
            return gettext("{text}; сказать нельзя: условие методики не выполнено", text=text)
        pupils = ngettext("{n} участник", "{n} участников", cell["participants"])
        return gettext("{text}; сказать нельзя: {pupils}", text=text, pupils=pupils)

    def verdict(self, result: Row, cells: Sequence[Row], figures: SchoolFigures | None = None) -> str:
        """One line for the whole verdict of a school.

        ``cells`` are the rows of this school; ``figures`` what is known of it beside them, for methodologies that
        decide by other things than counting.
        """
        if is_counted(self.methodology):
            return self._counted(result, cells)
        return self._grounds.verdict(result, cells, figures or SchoolFigures())

    def _counted(self, result: Row, cells: Sequence[Row]) -> str:
        rule = self.methodology.counting_rule
        assert rule is not None
        if not result["assessment_count"]:
            return gettext("Сказать нельзя: методика не смотрит на работы этой школы.")
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

    def cell_distance(self, cell: Row) -> Distance | None:
        """See ``Distances.of_cell``."""
        return self._distances.of_cell(cell)

    def verdict_distance(self, result: Row, cells: Sequence[Row]) -> Distance | None:
        """See ``Distances.of_verdict``."""
        return self._distances.of_verdict(result, cells)
