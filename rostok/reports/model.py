"""What a report is made of: frozen, typed, not formatted. The pipeline fills it, the presenters word it.

Shares are 0–1, counts are pupils or schools, dates are dates; ``None`` is always "not known" and never zero.
Text that belongs to a methodology (titles, reasons, sources) arrives as written there; every other word is
chosen by the presenters. Start with ``Report`` at the end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rostok.reports.analysis_model import Analysis
from rostok.reports.item_model import Gaps, Objectivity
from rostok.schema.assessments import Assessment
from rostok.schema.problems import Problem
from rostok.statistics.firmness import Firmness


class Verdict(StrEnum):
    """The verdict of a methodology on a school, as written in ``results.csv``."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool | None) -> Verdict:
        """Kleene logic to words: NULL is ``unknown``."""
        return cls.UNKNOWN if value is None else cls.TRUE if value else cls.FALSE


class UnknownBecause(StrEnum):
    """Why a cell cannot be judged."""

    FEW_PARTICIPANTS = "few_participants"  # fewer than the methodology's minimum
    NO_DATA = "no_data"  # held in the region, nothing recorded for this school
    NO_SCALE = "no_scale"  # results are there, a scale to judge them by is not
    CONDITION = "condition"  # another condition of the methodology is not met, or what it asks for is missing


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the methodology with the value used in this run; ``value`` is None when not set."""

    name: str
    title: str
    value: float | int | str | bool | None
    unit: str = ""  # share, pupils, assessments, calendar years, …; empty for a choice
    source: str = ""
    confirmed: bool = True
    changed: bool = False  # given for this run, differs from the published methodology
    value_title: str = ""  # what a chosen word is called; empty for a number


@dataclass(frozen=True, slots=True)
class CategoryMeaning:
    """A category of the methodology and what it means; the order here is the order on the page."""

    category: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class MethodologyText:
    """The methodology as people should see it.

    ``low_results``: does it ask about low results, as the list of support does? ``needed`` is how many assessments
    below the threshold make its verdict true; None where the verdict is not such a number. ``min_participants``
    is the number its rule for one assessment asks for; None where it asks for none. ``label`` is the version with changed parameters, ``2021.1+threshold=0.25``.
    """

    id: str
    version: str
    label: str
    title: str
    source: str = ""
    source_confirmed: bool = True
    author: str = ""
    checker: str = ""
    summary: str = ""  # the rule in one or two sentences
    hash: str = ""
    valid_from: dt.date | None = None
    review_on: dt.date | None = None
    low_results: bool = False
    needed: int | None = None
    min_participants: int | None = None
    parameters: tuple[Parameter, ...] = ()
    categories: tuple[CategoryMeaning, ...] = ()
    limits: tuple[str, ...] = ()  # what the methodology says against itself (reconstruction …)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """When and by what the run was made. ``window`` is the calendar years that were looked at, ascending."""

    on: dt.date
    window: tuple[int, ...]
    data_version: str
    code_version: str
    engine: str
    engine_version: str = ""
    replicates: int | None = None  # draws behind probabilities; None when firmness was not computed
    seed: int | None = None
    synthetic: bool = False  # invented data: the page says so at the top and on every printed sheet


class FileState(StrEnum):
    """What became of an input file."""

    READ = "read"
    IGNORED = "ignored"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One input file. ``rows`` are data rows of the file, ``participants`` those who wrote the paper."""

    name: str
    layout: str = ""
    state: FileState = FileState.READ
    contents: str = ""  # «ВПР, математика, 6 класс, весна 2021» or «реестр школ»
    rows: int = 0
    participants: int | None = None
    schools: int | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class AssessmentLine:
    """One assessment used by the run, over all its schools, and what results were judged by."""

    assessment: Assessment
    schools: int
    participants: int
    absent: int | None = None
    below: int | None = None
    lower: float | None = None
    upper: float | None = None
    threshold: float | None = None
    scale_source: str = ""
    scale_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class CellLine:
    """One school × one assessment: a row of ``reasons.csv``.

    ``lower``–``upper`` is the Wilson interval, read as variation between intakes. ``distance`` is by how many
    pupils the count below the threshold would have to differ for ``low`` to change: −2 = two fewer,
    3 = three more; None when the cell cannot be judged or no number within the participants changes it.
    ``low`` and ``because`` are both None where the methodology has no rule for one assessment. ``of_share``: is the
    rule «the share below has reached ``threshold``»? Else ``threshold`` is None and ``low`` is about something else.
    """

    assessment: Assessment
    participants: int | None
    absent: int | None
    below: int | None
    share: float | None
    lower: float | None
    upper: float | None
    threshold: float | None
    low: bool | None
    distance: int | None = None
    because: UnknownBecause | None = None
    of_share: bool = True

    @property
    def cohort(self) -> str:
        return self.assessment.cohort


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """A row of ``indicators.csv``; ``coverage`` is the share of parts that were there, 0–1."""

    indicator: str
    title: str
    value: float | None
    n: int | None = None
    coverage: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A row of ``rules.csv``. ``unit`` says how figure and threshold are to be read (``share``, ``pupils`` …).

    ``decides``: do the verdict or the category rest on this rule? Others only point something out.
    """

    rule: str
    title: str
    verdict: bool | None
    figure: float | None = None
    threshold: float | None = None
    unit: str = ""
    source: str = ""
    decides: bool = False


@dataclass(frozen=True, slots=True)
class PooledEstimate:
    """Share below over all papers of the school, drawn towards the region the more the fewer pupils there are."""

    share: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class ParticipationBounds:
    """The verdict if all absentees had been below the threshold, and if none of them had been."""

    all_below: Verdict
    all_above: Verdict


@dataclass(frozen=True, slots=True)
class AssignedCategory:
    """A category from an order or a list: kept apart from the computed one, a difference is shown."""

    category: str
    year: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """One school: a row of ``results.csv`` and everything its card shows.

    ``verdict`` is None where the methodology gives categories only. ``verdict_distance``: the least number
    of pupils whose results would have to differ, in any papers, for the whole verdict to change; None = not
    known or cannot change. ``reasons`` are whole sentences, the deciding one first.
    """

    school_id: str
    name: str
    kind: str = ""
    territory: str = ""
    municipality_id: str = ""
    municipality: str = ""
    category: str = ""
    verdict: Verdict | None = None
    low_count: int | None = None
    assessment_count: int | None = None
    unknown_count: int | None = None
    cohorts: int | None = None
    firmness: Firmness | None = None
    probability: float | None = None
    reasons: tuple[str, ...] = ()
    cells: tuple[CellLine, ...] = ()
    indicators: tuple[IndicatorLine, ...] = ()
    rules: tuple[RuleLine, ...] = ()
    share_absent: float | None = None
    participation: ParticipationBounds | None = None
    pooled: PooledEstimate | None = None
    verdict_distance: int | None = None
    sensitivity: str = ""  # a sentence of the methodology; empty: the presenter words ``verdict_distance``
    assigned: tuple[AssignedCategory, ...] = ()

    @property
    def participants(self) -> int:
        """Papers written over all cells: the size by which schools are banded, not a number of children."""
        return sum(cell.participants or 0 for cell in self.cells)


@dataclass(frozen=True, slots=True)
class ChanceLine:
    """Schools of one size: how many are listed, and how many chance alone would list.

    Size is the mean number of participants per paper, ``size_from`` to ``size_to`` inclusive (None = and
    more). ``expected`` with its interval is over replicates in which every school is like the region and only
    which pupils came varies; the three ``…_with_cohorts`` let cohorts and classes vary too.
    """

    size_from: int
    size_to: int | None
    schools: int
    listed: int
    expected: float
    lower: float
    upper: float
    expected_with_cohorts: float | None = None
    lower_with_cohorts: float | None = None
    upper_with_cohorts: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything ``report.html`` and ``report.xlsx`` say. Order of schools does not matter: pages sort them.

    ``notes`` are sentences on what was not known («ГИА в данных нет»). ``chance_total`` is the line over all
    sizes; its interval is not the sum of the bands' intervals, so it is given, not derived.
    """

    methodology: MethodologyText
    run: RunFacts
    schools: tuple[SchoolLine, ...]
    assessments: tuple[AssessmentLine, ...] = ()
    chance: tuple[ChanceLine, ...] = ()
    chance_total: ChanceLine | None = None
    persisting: float | None = None  # share 0–1 of the variance between schools that other children repeat
    files: tuple[FileLine, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    place: str = ""  # name of the region or municipality, for the heading
    gaps: Gaps | None = None  # None: not asked for
    objectivity: Objectivity | None = None
    analysis: Analysis = field(default_factory=Analysis)
    outputs: tuple[str, ...] = field(
        default=("results.csv", "reasons.csv", "indicators.csv", "rules.csv", "problems.csv", "run.json",
                 "report.xlsx")
    )  # fmt: skip

    @property
    def has_verdict(self) -> bool:
        """Does the methodology say yes, no or unknown, beside categories?"""
        return any(school.verdict is not None for school in self.schools)

    @property
    def has_firmness(self) -> bool:
        return any(school.firmness is not None for school in self.schools)

    def with_verdict(self, verdict: Verdict) -> Sequence[SchoolLine]:
        return [school for school in self.schools if school.verdict is verdict]
