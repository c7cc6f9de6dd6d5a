"""The files beside a map: groups by marks, distributions, differences that hold, skills as sub-scores, years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rostok.pipeline.gap_skills import CommonBlock
from rostok.pipeline.gap_tables import (
    DIFFERENCES,
    DISTRIBUTION,
    MARKS,
    SHARE_DIGITS,
    SUBSCORES,
    SYSTEMIC,
    YEARS,
    Numbers,
    PaperMap,
    UnitFigures,
    constant,
    decimals,
    labels_of,
    paper_columns,
    status_words,
)
from rostok.pipeline.gap_units import Level
from rostok.pipeline.item_lists import list_of_items
from rostok.schema.scales import MARKS as MARK_VALUES
from rostok.statistics import gaps
from rostok.statistics.intervals import wilson
from rostok.store.reduced import MarkSums


@dataclass(frozen=True, slots=True)
class Named:
    """Differences that were tested and those that hold."""

    table: pa.Table
    tested: int


def difference_rows(paper: PaperMap) -> Named:
    """``differences.csv``: differences to each larger unit that hold at the false discovery rate, and how many were tested."""
    units, tables, tested = paper.units.units, [], 0
    labels = pa.array(labels_of(paper), pa.string())
    columns = slice(0, paper.items)
    sums, most = units.sums.taken(slice(None), columns), paper.maxima[columns]
    groups = paper.units.clusters.taken(columns) if paper.units.clusters else None
    for level, parent in paper.units.parents.items():
        whole = paper.units.levels[level]
        found = gaps.differences(sums, parent, whole.sums.taken(slice(None), columns), most, groups)
        tested += int((~np.isnan(found.q)).sum())
        unit, item = np.nonzero(found.q <= gaps.FALSE_DISCOVERY_RATE)
        answered, scores = sums.answered[unit, item], sums.scores[unit, item]
        values = {
            "unit_level": constant(units.level, len(unit)),
            "unit_id": units.names.take(pa.array(unit)),
            **paper_columns(paper.assessment, len(unit)),
            "item": labels.take(pa.array(item)),
            "parent_level": constant(level, len(unit)),
            "parent_id": whole.names.take(pa.array(parent[unit])),
            "participants": pa.array(answered, pa.int64()),
            "percent_correct": decimals(100.0 * scores / (answered * most[item])),
            "difference": decimals(found.difference[unit, item]),
            "q_value": pa.array(found.q[unit, item]),
        }
        tables.append(pa.table([values[name] for name in DIFFERENCES.names], names=DIFFERENCES.names))
    return Named(pa.concat_tables(tables) if tables else DIFFERENCES.empty_table(), tested)


# --- marks and scores


def mark_rows(paper: PaperMap, marks: MarkSums) -> pa.Table:
    """``marks.csv``: items by groups of marks, from schools upwards, groups of ``MIN_GROUP`` answers and more."""
    level = Level.SCHOOL if paper.units.asked is Level.CLASS else paper.units.asked
    units = paper.units.levels[level]
    schools = paper.units.levels[Level.SCHOOL].names
    place = pc.index_in(marks.school, schools).to_numpy(zero_copy_only=False).astype(np.int64)
    unit = place if level is Level.SCHOOL else paper.units.of_school[level][place]
    order = np.searchsorted(np.array(MARK_VALUES), marks.mark)
    shape = (units.sums.units, len(MARK_VALUES))
    participants = spread_by_mark(marks.participants[:, None], unit, order, shape)[:, :, 0]
    answered, scores = (
        spread_by_mark(values, unit, order, shape) for values in (marks.answered, marks.scores)
    )
    return _marks_table(paper, units.names, level, participants, answered, scores)


def spread_by_mark(
    values: NDArray[np.integer], unit: NDArray[np.int64], order: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.int64]:
    """Groups added into (units, marks, items)."""
    table = np.zeros((*shape, values.shape[1]), np.int64)
    inside = unit >= 0
    np.add.at(table, (unit[inside], order[inside]), values[inside])
    return table


def _marks_table(
    paper: PaperMap, names: pa.Array, level: Level, participants: NDArray[np.int64],
    answered: NDArray[np.int64], scores: NDArray[np.int64],
) -> pa.Table:  # fmt: skip
    share, crossing = gaps.mark_groups(answered, scores, paper.maxima[: paper.items])
    unit, item, mark = np.nonzero(~np.isnan(share).transpose(0, 2, 1))
    at = (unit, mark, item)
    lower, upper = wilson(share[at] * answered[at], answered[at])
    words = pa.array([str(word) for word in (gaps.Crossing.NO, gaps.Crossing.CANNOT_TELL, gaps.Crossing.YES)])
    labels = pa.array(labels_of(paper), pa.string())
    values = {
        "unit_level": constant(level, len(unit)),
        "unit_id": names.take(pa.array(unit)),
        **paper_columns(paper.assessment, len(unit)),
        "item": labels.take(pa.array(item)),
        "mark": pa.array(np.array(MARK_VALUES, np.int64)[mark]),
        "participants": pa.array(participants[unit, mark]),
        "percent_correct": decimals(100 * share[at]),
        "lower": decimals(100 * lower),
        "upper": decimals(100 * upper),
        "crossing": words.take(pa.array(crossing[at].astype(np.int64) + 1)),
    }
    return pa.table([values[name] for name in MARKS.names], names=MARKS.names)


def distribution_rows(paper: PaperMap, counts: pa.Table) -> pa.Table:
    """``distribution.csv``: how many participants of each unit have each raw score that anybody of it has."""
    counts = _at_level(paper, counts)
    counts = counts.group_by(["unit_id", "raw_score"], use_threads=False).aggregate([("participants", "sum")])
    counts = counts.sort_by([("unit_id", "ascending"), ("raw_score", "ascending")])
    names = counts["unit_id"].combine_chunks()
    of_unit = counts.group_by("unit_id", use_threads=False).aggregate([("participants_sum", "sum")])
    base = of_unit["participants_sum_sum"].combine_chunks().take(
        pc.index_in(names, of_unit["unit_id"].combine_chunks())
    )  # fmt: skip
    participants = counts["participants_sum"].combine_chunks()
    values = {
        "unit_level": constant(paper.units.asked, len(names)),
        "unit_id": names,
        **paper_columns(paper.assessment, len(names)),
        "raw_score": counts["raw_score"].combine_chunks().cast(pa.int64()),
        "participants": participants,
        "share": decimals(pc.divide(participants.cast(pa.float64()), base.cast(pa.float64())), SHARE_DIGITS),
    }
    return pa.table([values[name] for name in DISTRIBUTION.names], names=DISTRIBUTION.names)


def _at_level(paper: PaperMap, counts: pa.Table) -> pa.Table:
    """Counts with the unit of the level asked for; without those that are in none."""
    schools = counts["school_id"].combine_chunks()
    asked = paper.units.asked
    if asked is Level.CLASS:
        unit = pc.binary_join_element_wise(schools, counts["class_name"].combine_chunks(), "/")
    elif asked is Level.SCHOOL:
        unit = schools
    else:
        place = pc.index_in(schools, paper.units.levels[Level.SCHOOL].names).to_numpy(zero_copy_only=False)
        parent = paper.units.of_school[asked][place.astype(np.int64)]
        unit = paper.units.units.names.take(pa.array(parent, mask=parent < 0))
    return counts.append_column("unit_id", unit).filter(pc.is_valid(unit))


# --- skills


def systemic_rows(paper: PaperMap, figures: UnitFigures) -> pa.Table:
    """``systemic.csv``: skills most of whose items are below in a unit, with their items and what the verdict rests on.

    Named where the skill itself is ``below`` and more than half of its items are (domain.md §4.3).
    """
    skills = paper.content.skills
    labels = labels_of(paper)
    below = figures.status < 0
    counted, most = gaps.systemic(below, paper.items, [skill.places for skill in skills])
    sizes = np.array([len(skill.places) for skill in skills], np.int64)
    unit, skill = np.nonzero(most)
    named = [
        list_of_items(labels[place] for place in skills[s].places if below[u, place])
        for u, s in zip(unit.tolist(), skill.tolist(), strict=True)
    ]
    values = {
        "unit_level": constant(paper.units.asked, len(unit)),
        "unit_id": figures.names.take(pa.array(unit)),
        **paper_columns(paper.assessment, len(unit)),
        "skill": pa.array([skills[s].text for s in skill.tolist()], pa.string()),
        "items": pa.array(sizes[skill]),
        "items_below": pa.array(counted[unit, skill]),
        "labels_below": pa.array(named, pa.string()),
        "status": status_words(figures.status[unit, paper.items + skill]),
        "rests_on": pa.array(["one_item" if sizes[s] == 1 else "several_items" for s in skill.tolist()], pa.string()),
    }  # fmt: skip
    return pa.table([values[name] for name in SYSTEMIC.names], names=SYSTEMIC.names)


_SAYS_MORE = {True: "yes", False: "no", None: "cannot_tell"}


def subscore_rows(paper: PaperMap) -> pa.Table:
    """``subscores.csv``: over all pupils of the data, does a skill's score say more of it than the total?"""
    skills, found, labels = paper.content.skills, paper.subscores, labels_of(paper)
    values = {
        **paper_columns(paper.assessment, len(skills)),
        "skill": pa.array([skill.text for skill in skills], pa.string()),
        "items": pa.array([len(skill.places) for skill in skills], pa.int64()),
        "labels": pa.array(
            [list_of_items(labels[place] for place in skill.places) for skill in skills], pa.string()
        ),
        "participants": pa.array([one.participants for one in found], pa.int64()),
        "alpha": decimals([one.alpha for one in found], SHARE_DIGITS),
        "prmse_subscore": decimals([one.from_itself for one in found], SHARE_DIGITS),
        "prmse_total": decimals([one.from_total for one in found], SHARE_DIGITS),
        "says_more": pa.array([_SAYS_MORE[one.says_more] for one in found], pa.string()),
        "verdict": pa.array([str(verdict) for verdict in paper.verdicts], pa.string()),
    }
    return pa.table([values[name] for name in SUBSCORES.names], names=SUBSCORES.names)


# --- years


@dataclass(frozen=True)
class BlockShares:
    """One block in one paper by unit: share of the maximum, its variance through effective answers, participants."""

    names: tuple[str, ...]
    answered: NDArray[np.integer]
    share: Numbers
    effective: Numbers


def block_shares(paper: PaperMap) -> tuple[BlockShares, ...]:
    """Of every ``extra`` column of the paper."""
    units = paper.units.units
    start = paper.items + len(paper.content.skills)
    effective = paper.effective(units)
    percent = gaps.percent_correct(units.sums, paper.maxima)
    names = tuple(units.names.to_pylist())
    return tuple(
        BlockShares(names, units.sums.answered[:, column], percent[:, column] / 100, effective[:, column])
        for column in range(start, len(paper.parts))
    )


def year_rows(block: CommonBlock, earlier: BlockShares, later: BlockShares, level: Level) -> pa.Table:
    """``years.csv``: units that wrote both papers; the interval of the difference is Newcombe's (1998, method 10)."""
    place: Mapping[str, int] = {name: at for at, name in enumerate(later.names)}
    pairs = [(at, place[name]) for at, name in enumerate(earlier.names) if name in place]
    mine, theirs = (np.array([pair[side] for pair in pairs], np.int64) for side in (0, 1))
    p, n = earlier.share[mine], earlier.effective[mine]
    q, m = later.share[theirs], later.effective[theirs]
    low_p, high_p = wilson(np.clip(p, 0, 1) * n, np.where(np.isnan(p), np.nan, n))
    low_q, high_q = wilson(np.clip(q, 0, 1) * m, np.where(np.isnan(q), np.nan, m))
    lower = q - p - np.sqrt((q - low_q) ** 2 + (high_p - p) ** 2)
    upper = q - p + np.sqrt((high_q - q) ** 2 + (p - low_p) ** 2)
    rows = len(pairs)
    values = {
        "unit_level": constant(level, rows),
        "unit_id": pa.array([earlier.names[at] for at in mine.tolist()], pa.string()),
        "kind": constant(block.later.kind, rows),
        "subject": constant(block.later.subject, rows),
        "grade": pa.repeat(pa.scalar(block.later.grade, pa.int64()), rows),
        "wave": constant(block.later.wave, rows),
        "block": constant(block.text, rows),
        "items": pa.repeat(pa.scalar(len(block.later_places), pa.int64()), rows),
        "earlier": pa.repeat(pa.scalar(block.earlier.year, pa.int64()), rows),
        "later": pa.repeat(pa.scalar(block.later.year, pa.int64()), rows),
        "earlier_participants": pa.array(earlier.answered[mine], pa.int64()),
        "later_participants": pa.array(later.answered[theirs], pa.int64()),
        "earlier_percent": decimals(100 * p),
        "later_percent": decimals(100 * q),
        "difference": decimals(100 * (q - p)),
        "lower": decimals(100 * lower),
        "upper": decimals(100 * upper),
    }
    return pa.table([values[name] for name in YEARS.names], names=YEARS.names)
