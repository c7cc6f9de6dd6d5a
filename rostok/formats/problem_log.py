"""Collects the problems of one table: each code listed up to a limit, and all of them counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rostok.schema.problems import Problem

# A table of 26,000 rows with one mistake in every row must not give 26,000 lines to read.
LISTED_PER_CODE = 200


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
