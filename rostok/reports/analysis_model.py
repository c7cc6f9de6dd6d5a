"""What the report says of schools beside what was expected of them, and beside themselves a year before: plain data.

The pipeline fills it when ``analyse --with value-added,resilience,growth,clusters,similar,sandbox`` is asked for.
Percents are 0–100, shares 0–1, standard scores in standard deviations of the region's pupils.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rostok.reports.change_charts import Line, Move
from rostok.reports.effect_charts import BandPoint, BoxRow, Sign
from rostok.schema.assessments import Assessment


@dataclass(frozen=True, slots=True)
class ValueLine:
    """A school in one paper: mean percents, the shrunken ``effect`` with its error, what its own interval says."""

    school_id: str
    participants: int
    real: float
    expected: float
    effect: float
    error: float
    sign: Sign


@dataclass(frozen=True, slots=True)
class PaperValue:
    """One paper beside its conditions. ``conditions``: what was taken into account: ``sex``, ``cohort_prior_mean``, ``context``.

    ``dropped``: participants of whom something is not known. ``bands`` and ``of_conditions`` (conditions by school)
    where the index is taken into account. ``reliable_from``: participants from which an effect is known rather than
    guessed (reliability 0.8), None where schools do not differ.
    """

    assessment: Assessment
    conditions: tuple[str, ...]
    participants: int
    dropped: int
    between_sd: float
    share_between: float
    lines: tuple[ValueLine, ...]
    reliable_from: float | None = None
    bands: tuple[BandPoint, ...] = ()
    of_conditions: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValueAdded:
    """``index``: the title of the index of conditions, empty without. ``boxes``: mean effects by group of schools over
    ``box_papers`` papers of one kind: those with an earlier result or those without, whichever are more.

    ``left_out``: papers of the same school year that are not shown; ``without``: those nothing can be expected of.
    """

    papers: tuple[PaperValue, ...]
    index: str = ""
    boxes: tuple[BoxRow, ...] = ()
    box_papers: int = 0
    left_out: int = 0
    without: int = 0


@dataclass(frozen=True, slots=True)
class TriedValue:
    """One value of the parameter: the list, who enters and leaves, and the same rule a year before where data were."""

    value: float
    listed: int
    entered: tuple[str, ...]
    left: tuple[str, ...]
    listed_before: int | None = None
    both: int | None = None
    found_earlier: float | None = None
    recovered: int | None = None


@dataclass(frozen=True, slots=True)
class GroupMoves:
    """A group of schools (``feature=value``): of how many, and how many are listed at each value tried."""

    group: str
    schools: int
    listed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sandbox:
    """``base``: the rule as it stands, among ``tried`` in the order of values."""

    title: str
    unit: str
    base: float
    tried: tuple[TriedValue, ...]
    groups: tuple[GroupMoves, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A school between two moments: its change, the region's, the shrunken difference with its interval.

    ``participants``: of the moment that has fewer of them.
    """

    school_id: str
    participants: int
    change: float
    region_change: float
    shrunken: float
    lower: float
    upper: float
    sign: Sign


@dataclass(frozen=True, slots=True)
class Compared:
    """Two moments over all schools, in percent correct. ``what``: a paper, or empty for all papers of both moments."""

    what: str
    first: str
    second: str
    region_change: float
    between_sd: float
    lines: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """Moves between groups of schools by result from one moment to another beside what chance gives."""

    first: str
    second: str
    moves: tuple[tuple[Move, ...], ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """``compared``: all papers of two moments, or single papers where there is one each; latest first.

    ``cohorts``: the same children from grade to grade. ``lines``: groups of schools over ``moments``.
    ``changed_intake``: schools whose participants or absences are others than before.
    """

    moments: tuple[str, ...]
    compared: tuple[Compared, ...]
    cohorts: tuple[Compared, ...] = ()
    moved: tuple[Moved, ...] = ()
    lines: tuple[Line, ...] = ()
    changed_intake: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ResilienceLine:
    """A school: conditions (higher is better off), effect, probability, verdict (``rostok.statistics.resilience``)."""

    school_id: str
    context: float | None
    effect: float | None
    probability: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Resilience:
    """``delta`` in standard deviations of pupils; ``cut`` of conditions; ``reliability`` of the index of conditions.

    ``assumed_reliability``: nobody knows it, a usual one was taken.
    """

    index: str
    delta: float
    lower_part: float
    certainty: float
    cut: float
    reliability: float
    lines: tuple[ResilienceLine, ...]
    assumed_reliability: bool = False


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A school in like conditions; ``sign``: its result beside the school's, many comparisons allowed for."""

    school_id: str
    distance: float
    sign: Sign


@dataclass(frozen=True, slots=True)
class SimilarLine:
    """A school: how many neighbours within the caliper, its result beside their mean in percentage points, the nearest."""

    school_id: str
    neighbours: int
    difference: float | None
    lower: float | None
    upper: float | None
    sign: Sign
    nearest: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True)
class Similar:
    """``caliper``: of a deviation on each indicator; ``most`` neighbours are counted.

    ``unknown``: schools with results that told too little of their conditions.
    """

    index: str
    indicators: int
    caliper: float
    most: int
    lines: tuple[SimilarLine, ...]
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class ClusterLine:
    """A group found in the results, in words. ``found_again``: share of resamples, None with one group.

    ``members``: schools with the probability that they belong here.
    """

    number: int
    description: str
    found_again: float | None
    members: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Clusters:
    """``stability``: adjusted Rand index over resamples, None where not known."""

    groups: tuple[ClusterLine, ...]
    stability: float | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """The sections asked for; None: not asked for, or the data give none."""

    value_added: ValueAdded | None = None
    sandbox: Sandbox | None = None
    growth: Growth | None = None
    resilience: Resilience | None = None
    similar: Similar | None = None
    clusters: Clusters | None = None
