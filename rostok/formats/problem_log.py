"""Collects the problems of one table: each code listed up to a limit, and all of them counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rostok.schema.problems import Problem
from rostok.wording import gettext

# A table of 26,000 rows with one mistake in every row must not give 26,000 lines to read.
LISTED_PER_CODE = 200


# Names of columns a message shows, and how much of each: a questionnaire asks in whole paragraphs.
SHOWN_COLUMNS = 5
SHOWN_LETTERS = 40


def named(columns: Sequence[str]) -> str:
    """Headings for a message: the first of them in quotation marks, how many more there are.

    >>> named(["a-17-grade", ""])
    '«a-17-grade», «без названия»'
    """
    shown = [_clipped(" ".join(title.split())) for title in columns[:SHOWN_COLUMNS]]
    more = len(columns) - len(shown)
    listed = ", ".join(f"«{title}»" for title in shown)
    return gettext("{listed} и ещё {more}", listed=listed, more=more) if more else listed


def _clipped(title: str) -> str:
    if not title:
        return gettext("без названия")
    return title if len(title) <= SHOWN_LETTERS else title[: SHOWN_LETTERS - 1].rstrip() + "…"


@dataclass(slots=True)
class ProblemLog:
    """Problems of one table in the order they are met; ``file`` and ``sheet`` are filled in here.

    The first ``LISTED_PER_CODE`` of a code stand one by one; the next place carries the number of all that
    remain in ``count``, so the counts of a code always add up to what was met.
    """

    file: str
    sheet: str = ""
    _listed: list[Problem] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)
    _rest: dict[str, Problem] = field(default_factory=dict)

    def add(
        self,
        code: str,
        *,
        row: int | None = None,
        column: str = "",
        value: object = "",
        values: Mapping[str, object] | None = None,
        count: int = 1,
    ) -> None:
        """Report one finding, or ``count`` findings of which only the first place is known."""
        met = self._numbers.get(code, 0)
        self._numbers[code] = met + count
        if code in self._rest:
            self._rest[code] = replace(self._rest[code], count=self._rest[code].count + count)
            return
        problem = Problem(code, self.file, self.sheet, row, column, str(value), dict(values or {}), count)
        if met < LISTED_PER_CODE:
            self._listed.append(problem)
        else:
            self._rest[code] = problem

    def count(self, code: str) -> int:
        """How many times a code was met."""
        return self._numbers.get(code, 0)

    def problems(self) -> tuple[Problem, ...]:
        """Everything met, listed ones first."""
        return (*self._listed, *self._rest.values())
