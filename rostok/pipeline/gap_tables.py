"""Maps of one paper → the rows of the output files, column by column as the manual promises them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

from rostok.pipeline.gap_skills import PaperContent
from rostok.pipeline.gap_units import Level, PaperUnits, UnitSums
from rostok.schema.assessments import Assessment
from rostok.schema.codifiers import LEAST_ITEMS
from rostok.statistics import gaps
from rostok.statistics.item_sums import PaperSums
from rostok.statistics.subscores import Subscore, subscore

Numbers = NDArray[np.float64]

PERCENT_DIGITS = 4
SHARE_DIGITS = 6
ROWS_AT_ONCE = 100_000  # of one piece of a table: 50 MB with all its columns

_UNIT = [("unit_level", pa.string()), ("unit_id", pa.string())]
_PAPER = [
    ("kind", pa.string()), ("subject", pa.string()), ("grade", pa.int64()), ("year", pa.int64()), ("wave", pa.string()),
]  # fmt: skip
_PERCENT, _SHARE = pa.decimal128(12, PERCENT_DIGITS), pa.decimal128(18, SHARE_DIGITS)
_FIGURES = [
    ("item_level", pa.string()), ("participants", pa.int64()), ("mean_score", _SHARE), ("max_score", pa.int64()),
    ("percent_correct", _PERCENT), ("lower", _PERCENT), ("upper", _PERCENT), ("region_percent", _PERCENT),
    ("difference", _PERCENT), ("item_rest", _SHARE), ("not_attempted_share", _SHARE), ("not_taught_share", _SHARE),
    ("status", pa.string()),
]  # fmt: skip

GAPS = pa.schema([*_UNIT, *_PAPER, ("item", pa.string()), *_FIGURES])
SKILLS = pa.schema([*_UNIT, *_PAPER, ("skill", pa.string()), ("items", pa.int64()), *_FIGURES])
TESTS = pa.schema([
    *_UNIT, *_PAPER, ("participants", pa.int64()), ("complete", pa.int64()), ("items", pa.int64()),
    ("max_score", pa.int64()), ("mean_score", _SHARE), ("standard_deviation", _SHARE), ("alpha", _SHARE),
    ("standard_error_of_measurement", _SHARE),
])  # fmt: skip
ALPHA = pa.schema([*_UNIT, *_PAPER, ("item", pa.string()), ("alpha_if_deleted", _SHARE)])
DIFFERENCES = pa.schema([
    *_UNIT, *_PAPER, ("item", pa.string()), ("parent_level", pa.string()), ("parent_id", pa.string()),
    ("participants", pa.int64()), ("percent_correct", _PERCENT), ("difference", _PERCENT), ("q_value", pa.float64()),
])  # fmt: skip
MARKS = pa.schema([
    *_UNIT, *_PAPER, ("item", pa.string()), ("mark", pa.int64()), ("participants", pa.int64()),
    ("percent_correct", _PERCENT), ("lower", _PERCENT), ("upper", _PERCENT), ("crossing", pa.string()),
])  # fmt: skip
DISTRIBUTION = pa.schema([
    *_UNIT, *_PAPER, ("raw_score", pa.int64()), ("participants", pa.int64()), ("share", _SHARE),
])  # fmt: skip
SUBSCORES = pa.schema([
    *_PAPER, ("skill", pa.string()), ("items", pa.int64()), ("participants", pa.int64()), ("alpha", _SHARE),
    ("prmse_subscore", _SHARE), ("prmse_total", _SHARE), ("says_more", pa.string()),
    ("verdict", pa.string()), ("labels", pa.string()),
])  # fmt: skip
SYSTEMIC = pa.schema([
    *_UNIT, *_PAPER, ("skill", pa.string()), ("items", pa.int64()), ("items_below", pa.int64()),
    ("labels_below", pa.string()), ("status", pa.string()), ("rests_on", pa.string()),
])  # fmt: skip
YEARS = pa.schema([
    *_UNIT, ("kind", pa.string()), ("subject", pa.string()), ("grade", pa.int64()), ("wave", pa.string()),
    ("block", pa.string()), ("items", pa.int64()), ("earlier", pa.int64()), ("later", pa.int64()),
    ("earlier_participants", pa.int64()), ("later_participants", pa.int64()), ("earlier_percent", _PERCENT),
    ("later_percent", _PERCENT), ("difference", _PERCENT), ("lower", _PERCENT), ("upper", _PERCENT),
])  # fmt: skip


class SkillVerdict(StrEnum):
    """Why a skill has no verdict in any unit: too few items, or one without a level.

    Whether its score says more than the total (``subscores``) is asked of a *pupil's* score and decides nothing here:
    a percent of a group describes what the group did, however little two items tell of one child.
    """

    GIVEN = "given"
    FEW_ITEMS = "few_items"
    NO_LEVEL = "no_level"


@dataclass(frozen=True)
class PaperMap:
    """One paper judged at the level asked for. Columns are items, then skills, then ``extra`` blocks of years."""

    assessment: Assessment
    content: PaperContent
    units: PaperUnits
    thresholds: gaps.Thresholds
    least_items: int = LEAST_ITEMS
    extra: tuple[tuple[int, ...], ...] = ()

    @property
    def items(self) -> int:
        return len(self.content.items)

    @cached_property
    def parts(self) -> tuple[tuple[int, ...], ...]:
        """The items (places) behind every column."""
        singles = tuple((place,) for place in range(self.items))
        return singles + tuple(skill.places for skill in self.content.skills) + self.extra

    @cached_property
    def maxima(self) -> NDArray[np.int64]:
        most = [item.maximum for item in self.content.items]
        return np.array([sum(most[place] for place in places) for places in self.parts], np.int64)

    @cached_property
    def bounds(self) -> tuple[Numbers, Numbers]:
        items = self.content.items
        levels, most = [item.level for item in items], [item.maximum for item in items]
        return self.thresholds.bounds(levels, most, self.parts)

    @cached_property
    def regional(self) -> Numbers:
        """Percent correct of every region, (regions, columns)."""
        return gaps.percent_correct(self.units.levels[Level.REGION].sums, self.maxima)

    @cached_property
    def subscores(self) -> tuple[Subscore, ...]:
        """Of every skill, over all pupils of the data."""
        skills, country = self.content.skills, self.units.country
        return tuple(subscore(country, 0, self.items + at, skill.places) for at, skill in enumerate(skills))

    @cached_property
    def verdicts(self) -> tuple[SkillVerdict, ...]:
        """Of every skill: is there a verdict of its own?"""
        start = self.items
        return tuple(
            SkillVerdict.FEW_ITEMS if len(skill.places) < self.least_items
            else SkillVerdict.NO_LEVEL if np.isnan(self.bounds[0][start + at])
            else SkillVerdict.GIVEN
            for at, skill in enumerate(self.content.skills)
        )  # fmt: skip

    def judged(self, sums: PaperSums, effective: Numbers) -> Judged:
        """Percents of units whose intervals rest on ``effective`` answers; not every skill gets a verdict."""
        lower, upper = gaps.interval(sums, self.maxima, effective)
        status = gaps.statuses(lower, upper, self.bounds, sums.answered, self.thresholds.least_answers)
        withheld = [verdict is not SkillVerdict.GIVEN for verdict in self.verdicts]
        status[:, self.items + np.flatnonzero(withheld)] = 0
        return Judged(sums, gaps.percent_correct(sums, self.maxima), lower, upper, status)

    def whole(self) -> Judged:
        """All schools together, as clusters: one unit."""
        schools, country = self.units.levels[Level.SCHOOL].sums, self.units.country
        effective = gaps.effective_answers(country, self.maxima)
        parent = np.zeros(schools.units, np.int64)
        effect = gaps.design_effects(schools, parent, country, self.maxima, effective)
        return self.judged(country, effective / effect)

    def effective(self, level: UnitSums) -> Numbers:
        """Answers an interval rests on: of larger units fewer by the effect of their schools."""
        effective = gaps.effective_answers(level.sums, self.maxima)
        if level.level in (Level.CLASS, Level.SCHOOL):
            return effective
        schools = self.units.levels[Level.SCHOOL]
        parent = schools.regions if level.level is Level.REGION else self.units.of_school[Level.MUNICIPALITY]
        return effective / gaps.design_effects(schools.sums, parent, level.sums, self.maxima, effective)

    def pieces(self) -> Iterator[UnitFigures]:
        """The units asked for in pieces of ``ROWS_AT_ONCE`` rows."""
        return map(self.figures, self.spans())

    def spans(self) -> Iterator[slice]:
        """Which units stand in each piece."""
        step = max(1, ROWS_AT_ONCE // max(1, len(self.parts)))
        return (slice(start, start + step) for start in range(0, self.units.units.sums.units, step))

    @cached_property
    def _effective_of_larger(self) -> Numbers | None:
        """Of units whose answers are fewer than their own say, because schools differ; None for schools and classes."""
        units = self.units.units
        return None if units.level in (Level.CLASS, Level.SCHOOL) else self.effective(units)

    def figures(self, span: slice) -> UnitFigures:
        units, effective = self.units.units, self._effective_of_larger
        sums = units.sums.taken(span)
        effective = gaps.effective_answers(sums, self.maxima) if effective is None else effective[span]
        judged = self.judged(sums, effective)
        return UnitFigures(
            sums, judged.percent, judged.lower, judged.upper, judged.status, names=units.names[span],
            regional=self.regional[units.regions[span]], paper=gaps.paper_statistics(sums, self.items),
        )  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """Percents correct of some units with their intervals and verdicts, (units, columns)."""

    sums: PaperSums
    percent: Numbers
    lower: Numbers
    upper: Numbers
    status: NDArray[np.int8]


@dataclass(frozen=True)
class UnitFigures(Judged):
    """The same of the units asked for, with their names, the percents of their regions and the paper as a test."""

    names: pa.Array
    regional: Numbers
    paper: gaps.PaperStatistics


# --- tables


def gap_rows(paper: PaperMap, figures: UnitFigures) -> pa.Table:
    """``gaps.csv``: unit by unit, items in the order of the paper."""
    items = paper.content.items
    labels = _column(labels_of(paper), len(figures.names))
    levels = [item.level or "" for item in items]
    return _table(GAPS, paper, figures, range(len(items)), {"item": labels}, levels)


def skill_rows(paper: PaperMap, figures: UnitFigures) -> pa.Table:
    """``skills.csv``; which skills get no verdict and why: ``PaperMap.verdicts``."""
    skills, start = paper.content.skills, paper.items
    chosen = range(start, start + len(skills))
    units = len(figures.names)
    named = {
        "skill": _column([skill.text for skill in skills], units),
        "items": pa.array(np.tile([len(skill.places) for skill in skills], units).astype(np.int64)),
    }
    levels = [level_of(paper, skill.places) for skill in skills]
    return _table(SKILLS, paper, figures, chosen, named, levels)


def labels_of(paper: PaperMap) -> list[str]:
    """Labels of the items; a repeated one with its number, so that every row has a key."""
    seen: dict[str, int] = {}
    labels = []
    for item in paper.content.items:
        seen[item.label] = seen.get(item.label, 0) + 1
        labels.append(item.label if seen[item.label] == 1 else f"{item.label} ({seen[item.label]})")
    return labels


def level_of(paper: PaperMap, places: Sequence[int]) -> str:
    """Levels of a skill's items: «Б», «Б/П»; empty where one has none."""
    levels = [paper.content.items[place].level for place in places]
    return "" if None in levels else "/".join(dict.fromkeys(level or "" for level in levels))


def _table(
    schema: pa.Schema, paper: PaperMap, figures: UnitFigures, columns: range,
    named: Mapping[str, pa.Array], levels: Sequence[str],
) -> pa.Table:  # fmt: skip
    chosen = slice(columns.start, columns.stop)
    units = len(figures.names)
    sums, answered = figures.sums, figures.sums.answered[:, chosen]
    base = np.where(answered > 0, answered, np.nan)
    asked, tried = _asked(paper, sums, columns)
    values = {
        "unit_level": constant(paper.units.asked, units * len(columns)),
        "unit_id": repeated(figures.names, len(columns)),
        **paper_columns(paper.assessment, units * len(columns)),
        **named,
        "item_level": _column(levels, units),
        "participants": pa.array(answered.ravel(), pa.int64()),
        "mean_score": decimals(sums.scores[:, chosen] / base, SHARE_DIGITS),
        "max_score": pa.array(np.tile(paper.maxima[chosen], units)),
        "percent_correct": decimals(figures.percent[:, chosen]),
        "lower": decimals(figures.lower[:, chosen]),
        "upper": decimals(figures.upper[:, chosen]),
        "region_percent": decimals(figures.regional[:, chosen]),
        "difference": decimals(figures.percent[:, chosen] - figures.regional[:, chosen]),
        "item_rest": decimals(figures.paper.item_rest[:, chosen], SHARE_DIGITS),
        "not_attempted_share": decimals(_ratio(sums.not_attempted[:, chosen], tried), SHARE_DIGITS),
        "not_taught_share": decimals(_ratio(sums.not_taught[:, chosen], asked), SHARE_DIGITS),
        "status": status_words(figures.status[:, chosen]),
    }
    return pa.table([values[name] for name in schema.names], names=schema.names)


def _asked(paper: PaperMap, sums: PaperSums, columns: range) -> tuple[Numbers, Numbers]:
    """How many answers were asked for (participants × items) and how many count, per unit and column."""
    sizes = np.array([len(paper.parts[column]) for column in columns])
    asked = sums.participants[:, None] * sizes
    tried = np.column_stack([
        sums.answered[:, list(paper.parts[column])].sum(axis=1) for column in columns
    ]) if len(columns) else asked  # fmt: skip
    return asked.astype(float), tried.astype(float)


def _ratio(count: NDArray[np.integer], base: Numbers) -> Numbers:
    share: Numbers = np.divide(count, base, out=np.full(base.shape, np.nan), where=base > 0)
    return share


def paper_rows(paper: PaperMap, figures: UnitFigures) -> pa.Table:
    """``tests.csv``: the paper as a whole, a row per unit."""
    units, sums, found = len(figures.names), figures.sums, figures.paper
    values = {
        "unit_level": constant(paper.units.asked, units),
        "unit_id": figures.names,
        **paper_columns(paper.assessment, units),
        "participants": pa.array(sums.participants, pa.int64()),
        "complete": pa.array(sums.complete, pa.int64()),
        "items": pa.array((sums.answered[:, : paper.items] > 0).sum(axis=1)),
        "max_score": pa.array(np.full(units, sum(item.maximum for item in paper.content.items))),
        "mean_score": decimals(found.mean, SHARE_DIGITS),
        "standard_deviation": decimals(found.deviation, SHARE_DIGITS),
        "alpha": decimals(found.alpha, SHARE_DIGITS),
        "standard_error_of_measurement": decimals(found.error, SHARE_DIGITS),
    }
    return pa.table([values[name] for name in TESTS.names], names=TESTS.names)


def alpha_rows(paper: PaperMap, figures: UnitFigures) -> pa.Table:
    """``alpha.csv``: alpha without each item, for units with enough complete papers only."""
    unit, item = np.nonzero(~np.isnan(figures.paper.alpha_if_deleted))
    labels = pa.array(labels_of(paper), pa.string())
    values = {
        "unit_level": constant(paper.units.asked, len(unit)),
        "unit_id": figures.names.take(pa.array(unit)),
        **paper_columns(paper.assessment, len(unit)),
        "item": labels.take(pa.array(item)),
        "alpha_if_deleted": decimals(figures.paper.alpha_if_deleted[unit, item], SHARE_DIGITS),
    }
    return pa.table([values[name] for name in ALPHA.names], names=ALPHA.names)


# --- columns


def paper_columns(assessment: Assessment, rows: int) -> dict[str, pa.Array]:
    """What every row of a paper repeats."""
    return {
        "kind": constant(assessment.kind, rows),
        "subject": constant(assessment.subject, rows),
        "grade": pa.repeat(pa.scalar(assessment.grade, pa.int64()), rows),
        "year": pa.repeat(pa.scalar(assessment.year, pa.int64()), rows),
        "wave": constant(assessment.wave, rows),
    }


def constant(text: str, rows: int) -> pa.Array:
    """One text in every row, kept once."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([str(text)]))


def repeated(names: pa.Array, times: int) -> pa.Array:
    """Each name ``times`` times in a row, kept once."""
    return pa.DictionaryArray.from_arrays(
        pa.array(np.repeat(np.arange(len(names), dtype=np.int32), times)), names
    )


def _column(texts: Sequence[str], units: int) -> pa.Array:
    """The texts over and over, once per unit; empty = missing."""
    places = np.tile(np.arange(len(texts), dtype=np.int32), units)
    empty = np.tile(np.array([not text for text in texts], bool), units)
    return pa.DictionaryArray.from_arrays(pa.array(places, mask=empty), pa.array(list(texts), pa.string()))


_STATUS = pa.array([str(gaps.STATUS_WORDS[key]) for key in (-1, 0, 1)])


def status_words(status: NDArray[np.int8]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(status.ravel() + np.int8(1)), _STATUS)


def decimals(values: ArrayLike, digits: int = PERCENT_DIGITS) -> pa.Array:
    """Numbers as decimals of one spelling, half to even; NaN and infinite = missing. Kept as whole numbers inside.

    Twice as fast as a cast of rounded floats, which matters for fifteen million rows.
    """
    flat = np.asarray(values, float).ravel()
    known = np.isfinite(flat)
    whole = np.rint(np.where(known, flat, 0) * 10.0**digits).astype(np.int64)
    words = np.empty((len(whole), 2), np.int64)
    words[:, 0] = whole
    words[:, 1] = whole >> 63  # the sign, in the upper half of a 128-bit number
    valid = None if known.all() else pa.py_buffer(np.packbits(known, bitorder="little"))
    kind = pa.decimal128(12 if digits == PERCENT_DIGITS else 18, digits)
    return pa.Array.from_buffers(kind, len(whole), [valid, pa.py_buffer(words)])
