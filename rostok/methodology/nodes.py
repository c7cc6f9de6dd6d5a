"""What a methodology is made of. Frozen; each node checks itself when built, so a wrong one cannot exist.

Two scopes. A **cell** is one school in one assessment (ВПР, математика, 6 класс, весна 2021). A **school** is the
school as a whole. A definition's scope follows from the names it uses and is never written down. Cells come from
``selectors`` and ``window``; indicators are numbers, rules are true, false or unknown, ``category`` is the first
condition that holds. Order of definitions does not matter; a circle is refused (``order``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from rostok.methodology.errors import WordingError
from rostok.methodology.expressions import Expression, Type
from rostok.schema.assessments import Kind, Subject, Wave
from rostok.wording import current_language, gettext

COUNTS = (
    "participants", "absent", "below", "under_minimum", "marks_2", "marks_3", "marks_4", "marks_5",
    "raw_sum", "raw_maximum",
)  # fmt: skip
# What rules and reasons may name of a cell beside the columns of ``reasons.csv``.
CELL_DETAILS = (*COUNTS[COUNTS.index("under_minimum") :], "period", "years_back")
# ``years_back``: 0 in the latest year of the window, 1 in the year before it …
CELL_NAMES: Mapping[str, Type] = {
    **dict.fromkeys((*COUNTS, "grade", "pupil_grade", "year", "years_back"), Type.NUMBER),
    **dict.fromkeys(("kind", "subject", "wave"), Type.TEXT),
}
SCHOOL_ATTRIBUTES = ("school_kind", "territory", "municipality_id")  # known in both scopes
SCHOOL_NAMES: Mapping[str, Type] = {"window_years": Type.NUMBER}  # years of the window found in the data
COUNTING_UNITS = ("assessment", "procedure", "cohort")
# Columns the tables of results carry beside what a methodology defines: ``low`` is the cell rule's own verdict there,
# so a rule may be called so and an indicator may not. A parameter is no column.
OUTPUT_COLUMNS = frozenset(
    {"threshold", "lower", "upper", "low_count", "assessment_count", "unknown_count", "cohorts"}
)
RESERVED_FOR_INDICATORS = frozenset({"low"})
RESERVED = frozenset(
    {*OUTPUT_COLUMNS, *CELL_NAMES, *SCHOOL_ATTRIBUTES, *SCHOOL_NAMES, "school_id", "school_year", "cohort", "period", "category",
     "assigned", "differs", "verdict", "n", "coverage"}
)  # fmt: skip


class Scope(StrEnum):
    CELL = "cell"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in both languages; an empty English falls back to Russian. An empty one is false."""

    ru: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.ru)

    def __str__(self) -> str:
        return self.en if self.en and current_language() == "en" else self.ru


NO_WORDS = Wording()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a methodology comes from, and whether the document confirms what is written."""

    document: str
    confirmed: bool
    note: Wording = NO_WORDS


@dataclass(frozen=True, slots=True)
class Selector:
    """Assessments to look at. Several ``kinds`` are joined: their counts add up into one row of ``row_kind``."""

    kinds: tuple[Kind, ...]
    row_kind: Kind
    subjects: tuple[Subject, ...]
    grades: tuple[int, ...]
    waves: tuple[Wave, ...]
    below: Expression

    def overlaps(self, other: Selector) -> bool:
        pairs = (
            ((*self.kinds, self.row_kind), (*other.kinds, other.row_kind)),
            (self.subjects, other.subjects),
            (self.grades, other.grades),
            (self.waves, other.waves),
        )
        return all(set(mine) & set(theirs) for mine, theirs in pairs)


@dataclass(frozen=True, slots=True)
class Window:
    """The ``latest`` years that the data have among the selected assessments, up to the day asked about."""

    latest: Expression
    of: str  # calendar_years or school_years


# --- indicators -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression over what its scope knows."""

    name: str
    unit: str
    scope: Scope
    value: Expression
    note: Wording = NO_WORDS


@dataclass(frozen=True, slots=True)
class Previous:
    """The cell indicator ``of`` for the same kind, subject and grade in the year before, inside the window."""

    name: str
    unit: str
    of: str
    scope: Scope = Scope.CELL
    note: Wording = NO_WORDS


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One number per school from its cells: sum, mean (weighted), count of a condition, min or max.

    Cells whose value, weight or ``where`` is missing are left out; ``coverage`` is the part of the cells in
    ``where`` that were used, ``n`` the participants in them. ``years``: all, or the school's latest or first year
    with a value, or their difference (missing where both are one year).
    """

    name: str
    unit: str
    how: str  # sum, mean, count, min, max
    of: Expression
    weight: Expression | None = None
    where: Expression | None = None
    years: str = "all"  # all, latest, first, change
    scope: Scope = Scope.SCHOOL
    note: Wording = NO_WORDS


@dataclass(frozen=True, slots=True)
class Context:
    """The school's latest value of a context indicator up to the day, or the value of the year before that one."""

    name: str
    unit: str
    code: str
    year: str = "latest"  # latest, previous
    scope: Scope = Scope.SCHOOL
    note: Wording = NO_WORDS


@dataclass(frozen=True, slots=True)
class Index:
    """Weighted mean of school indicators; weights of missing ones are shared out among the rest (coverage)."""

    name: str
    unit: str
    parts: tuple[tuple[str, Expression], ...]
    scope: Scope = Scope.SCHOOL
    note: Wording = NO_WORDS


@dataclass(frozen=True, slots=True)
class Scale:
    """Number → band number: by rising ``cuts`` (first band ``first``) or by equal steps ceil(x ÷ width) + offset.

    ``closed`` says to which band a value on the bound belongs: right is (a, b], left is [a, b). Values nearer
    than the tolerance of the language lie on the bound.
    """

    closed: str
    cuts: tuple[float, ...] = ()
    first: int = 1
    width: float | None = None
    offset: int = 0

    def __post_init__(self) -> None:
        if bool(self.cuts) == (self.width is not None):
            raise WordingError(
                gettext("в bands нужно одно из двух: cuts или width."), gettext("Оставьте пороги или шаг.")
            )
        if list(self.cuts) != sorted(set(self.cuts)) or (self.width is not None and self.width <= 0):
            raise WordingError(
                gettext("пороги в bands должны расти, а шаг быть больше нуля."), gettext("Проверьте числа.")
            )
        if self.closed not in {"left", "right"}:
            raise WordingError(
                gettext("side «{side}» неизвестна.", side=self.closed), gettext("Можно: (a,b] или [a,b).")
            )


@dataclass(frozen=True, slots=True)
class Bands:
    """The band of a school indicator; kinds of school may have scales of their own."""

    name: str
    unit: str
    of: str
    scale: Scale
    by_kind: tuple[tuple[str, Scale], ...] = ()
    scope: Scope = Scope.SCHOOL
    note: Wording = NO_WORDS


@dataclass(frozen=True, slots=True)
class Parent:
    """The indicator ``of`` for the whole region or municipality: ratio of sums, never a mean of schools' ratios.

    A cell indicator must be a quotient ``a / b`` and is summed over the schools of the same assessment; an
    aggregate is computed again over all cells of the parent.
    """

    name: str
    unit: str
    of: str
    level: str  # region, municipality
    scope: Scope
    note: Wording = NO_WORDS


@dataclass(frozen=True, slots=True)
class Shrunken:
    """Empirical Bayes: ``of`` drawn towards the precision-weighted mean of all schools, the more the larger its
    sampling ``variance``. The spread of true values is estimated by moments (DerSimonian and Laird 1986); cells are
    shrunken within their assessment."""

    name: str
    unit: str
    of: str
    variance: Expression
    scope: Scope
    note: Wording = NO_WORDS


Indicator: TypeAlias = Formula | Previous | Aggregate | Context | Index | Bands | Parent | Shrunken


# --- rules ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class When:
    """``when`` where ``needs`` holds; unknown where ``needs`` is false or unknown.

    ``note`` says what is the case when the rule is true; ``reason`` is a template of the figures (``templates``).
    """

    name: str
    scope: Scope
    when: Expression
    needs: Expression | None = None
    note: Wording = NO_WORDS
    reason: Wording = NO_WORDS


@dataclass(frozen=True, slots=True)
class AtLeast:
    """True when the known trues of rule ``of`` reach ``least``; false when even all unknown ones together could
    not; else unknown. Unknown where there is nothing to count, and for everybody where the data as a whole hold
    fewer than ``least`` units: one paper cannot show that there are no two.

    ``count_by`` merges cells first: each assessment for itself, kind × subject × grade once, or each cohort once
    (one true makes the unit true). ``each_year`` gives a verdict per year of the window, to be counted by another
    ``AtLeast`` over that name.
    """

    name: str
    least: Expression
    of: str
    where: Expression | None = None
    count_by: Expression | None = None
    each_year: bool = False
    needs: Expression | None = None
    note: Wording = NO_WORDS
    reason: Wording = NO_WORDS
    scope: Scope = Scope.SCHOOL


Rule: TypeAlias = When | AtLeast
Definition: TypeAlias = Indicator | Rule
