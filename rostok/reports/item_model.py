"""What the report says of items, skills and of how far results can be relied on: plain data, nothing worded.

The pipeline fills it when ``analyse --with gaps,objectivity`` is asked for. Percents are 0–100, shares 0–1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rostok.reports.item_charts import Boundary, MarkRow, ScoreBar
from rostok.schema.assessments import Assessment
from rostok.schema.verdicts import Status


@dataclass(frozen=True, slots=True)
class Percent:
    """Percent correct with its interval and verdict; None where nobody's answer counts."""

    participants: int
    value: float | None
    lower: float | None = None
    upper: float | None = None
    status: Status | None = None  # None: no threshold applies


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item over the whole data. ``skill``: what it checks by the codifier; empty where none was given."""

    label: str
    level: str
    skill: str
    percent: Percent
    not_attempted_share: float | None = None
    not_taught_share: float | None = None
    item_rest: float | None = None


@dataclass(frozen=True, slots=True)
class SkillLine:
    """A skill over the whole data. ``below``, ``undecided``: labels of its items that are below, that cannot be told of.

    ``systemic``: it is below, and most of its items are. ``judged``: it has items enough for a verdict.
    ``says_more``: a pupil's score tells more of it than the total does (PRMSE), None where that cannot be told.
    Raises ValueError for a verdict on a skill of too few items.
    """

    text: str
    items: tuple[str, ...]
    percent: Percent
    below: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    systemic: bool = False
    judged: bool = True
    says_more: bool | None = None

    def __post_init__(self) -> None:
        if self.percent.status in (Status.BELOW, Status.ABOVE) and not self.judged:
            raise ValueError(f"{self.text}: a verdict that has nothing to rest on")
        if self.systemic and self.percent.status is not Status.BELOW:
            raise ValueError(f"{self.text}: a systemic gap of a skill that is not below")


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """A municipality: items, then skills, in the order of the paper."""

    name: str
    items: tuple[Percent, ...]
    skills: tuple[Percent, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperGaps:
    """One paper: the map of its items, and what stands beside it."""

    assessment: Assessment
    schools: int
    participants: int
    items: tuple[ItemLine, ...]
    skills: tuple[SkillLine, ...] = ()
    places: tuple[PlaceLine, ...] = ()
    marks: tuple[MarkRow, ...] = ()
    scores: tuple[ScoreBar, ...] = ()
    boundaries: tuple[Boundary, ...] = ()


@dataclass(frozen=True, slots=True)
class SchoolGaps:
    """Items of one paper that lie below their thresholds in a school with their whole intervals."""

    assessment: Assessment
    participants: int
    items: int
    below: tuple[str, ...]
    skills: tuple[str, ...] = ()  # systemic gaps


@dataclass(frozen=True, slots=True)
class Gaps:
    """Learning-gap maps of all papers. ``schools``: by school, papers with an item below only.

    ``thresholds``: level, percent that is enough, margin. ``codifiers``: were any given?
    """

    papers: tuple[PaperGaps, ...]
    schools: Mapping[str, tuple[SchoolGaps, ...]]
    thresholds: tuple[tuple[str, float, float], ...]
    codifiers: bool = False


@dataclass(frozen=True, slots=True)
class ListedPaper:
    """A paper in which a test of a listed school speaks: works ``seen`` and ``expected``, None where none are counted."""

    assessment: Assessment
    marker: str
    seen: float | None = None
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class ListedSchool:
    """A school whose results call for a second look. ``markers``: codes (``rostok.schema.markers``) met in it.

    ``tests``: how many tests the school has; ``papers``: those in which a test speaks loudest.
    """

    school_id: str
    tests: int
    p_value: float | None
    q_value: float | None
    markers: tuple[str, ...] = ()
    papers: tuple[ListedPaper, ...] = ()


@dataclass(frozen=True, slots=True)
class EffectLine:
    """One group of schools, ``feature=value`` as ``region.csv`` names it: how many, and how many are touched."""

    group: str
    schools: int
    asked: int  # wrote papers of the official list
    marked: int  # of these, with an official marker
    tested: int | None = None  # None: no tests were asked for
    flagged: int | None = None


@dataclass(frozen=True, slots=True)
class TreatedOutcome:
    """A school's outcome, as the list of schools says it: with all results, with the marked ones set aside or widened."""

    school_id: str
    with_all: str
    set_aside: str
    widened: str


@dataclass(frozen=True, slots=True)
class TreatedLists:
    """Outcome → schools: with all results, without the marked, with the marked widened; schools that differ in any.

    ``set_aside``: results (school × paper) that were set aside in the second list and widened in the third.
    """

    counts: tuple[tuple[str, int, int, int], ...]
    differing: tuple[TreatedOutcome, ...]
    set_aside: int


@dataclass(frozen=True, slots=True)
class IndexLine:
    """The official index of a region in one year, 0–100: of ``asked`` schools ``marked`` have an official marker.

    ``region``: its key where the data are of several, else empty.
    """

    region: str
    year: int
    index: float
    asked: int
    marked: int


@dataclass(frozen=True, slots=True)
class MarkedPaper:
    """A marker met in a school: in one paper, or over all of them (None). ``value`` beside its ``limit``."""

    school_id: str
    marker: str
    assessment: Assessment | None
    participants: int
    value: float | None = None
    limit: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True)
class Objectivity:
    """Whether results can be relied on. ``rate``: expected share of wrong schools among ``listed``.

    ``markers``: code → schools in which it was met, over all papers. ``indexes``: by region and year; empty where it
    cannot be told. ``schools``: all looked at, ``asked``: those that wrote papers of the official list in any year,
    the base of ``marked``; ``tested``: those the tests can tell of. ``names``: school → its name and municipality.
    ``by_paper``: markers by school and paper; empty where they are too many for a sheet.
    """

    schools: int
    asked: int
    marked: int
    tested: int
    rate: float
    markers: tuple[tuple[str, int], ...]
    listed: tuple[ListedSchool, ...]
    effects: tuple[EffectLine, ...] = ()
    lists: TreatedLists | None = None
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    indexes: tuple[IndexLine, ...] = ()
    by_paper: tuple[MarkedPaper, ...] = ()
