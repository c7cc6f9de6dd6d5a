"""From a table of scores to one scale: which items and pupils can stand on it, the links, the calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rostok.formats.problem_log import ProblemLog
from rostok.statistics.item_scores import Grouping, group
from rostok.statistics.linking import DRIFT_LIMIT, Drift, Link, LinkTest, check_link
from rostok.statistics.placement import booklet_groups, comparable_groups, largest
from rostok.statistics.rasch import Calibration, NotEstimable, calibrate
from rostok.wording import decimal, gettext

Codes = NDArray[np.int16]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

LEAST_PUPILS = 2


@dataclass(frozen=True)
class Scale:
    """Items on one scale. ``placed``: places of its items among all; ``grouping`` counts those items only.

    ``lowest`` (all items): the lowest score anyone got, taken off before the model. ``calibration`` is None
    where no scale was found.
    """

    placed: Ints
    grouping: Grouping | None
    calibration: Calibration | None
    lowest: Ints


@dataclass(frozen=True)
class Labels:
    """Names of the items, and the number of the first pupil's row, for messages."""

    items: tuple[str, ...]
    first_row: int = 2

    def listed(self, places: Sequence[int], most: int = 8) -> str:
        """``«1», «2»`` and how many more."""
        return _first([f"«{self.items[place]}»" for place in places], most)

    def rows(self, pupils: Ints, most: int = 8) -> str:
        """``2, 14`` and how many more."""
        return _first([str(pupil + self.first_row) for pupil in pupils.tolist()], most)


def _first(names: Sequence[str], most: int) -> str:
    shown, more = ", ".join(names[:most]), len(names) - most
    return gettext("{listed} и ещё {more}", listed=shown, more=more) if more > 0 else shown


def lowest_scores(scores: Codes) -> Ints:
    """(I) the lowest score anyone got, 0 for an item without scores."""
    top = np.iinfo(np.int16).max
    return np.array([int(row.min(initial=top, where=row >= 0)) % top for row in scores], np.int64)


def find_scale(scores: Codes, labels: Labels, log: ProblemLog | None = None) -> Scale:
    """Place items on one scale and calibrate them; ``log`` gets a sentence for each that cannot be placed.

    ``scores``: items × pupils, negative for missing. Nothing is raised: what cannot be done is said.
    """
    lowest = lowest_scores(scores)
    # Row by row in the narrow type of the scores: a million pupils need no 64 bits for a mark.
    shifted = np.stack(
        [np.maximum(row - row.dtype.type(low), -1) for row, low in zip(scores, lowest, strict=True)]
    )
    active = np.flatnonzero(shifted.max(axis=1, initial=0) > 0)
    while len(active) > 1:
        grouping, active = _of_one_scale(shifted, active, labels, log)
        try:
            return Scale(active, grouping, calibrate(grouping.grouped), lowest)
        except NotEstimable:
            jumps = _widest_jumps(grouping)
            if not jumps.any():
                return _without(lowest, gettext("у правдоподобия нет конечного максимума"), log)
            for place in active[jumps].tolist():
                _report_jump(scores[place], place, labels, log)
            active = active[~jumps]
    return _without(lowest, gettext("меньше двух заданий с разными баллами"), log)


def _without(lowest: Ints, detail: str, log: ProblemLog | None) -> Scale:
    if log is not None:
        log.add("scale-not-found", values={"detail": detail})
    return Scale(np.zeros(0, np.int64), None, None, lowest)


def _of_one_scale(
    shifted: Codes, active: Ints, labels: Labels, log: ProblemLog | None
) -> tuple[Grouping, Ints]:
    """Those of the items that common pupils connect and answers compare, with their counts."""
    while True:
        grouping = group(shifted[active])
        kept = _connected(grouping, active, labels, log)
        if kept is None:
            kept = _comparable(grouping, active, labels, log)
        if kept is None:
            return grouping, active
        active = active[kept]


def _widest_jumps(grouping: Grouping) -> Bools:
    """Items whose best score stands farthest from the next lower one: they are the first to do without.

    Only scores of a minority: an item worth two points and nothing between is no mistake.
    """
    counts, top = grouping.grouped.category_counts, grouping.grouped.maxima
    items = np.arange(len(top))
    below = counts.copy()
    below[items, top] = 0
    scores = np.arange(counts.shape[1])
    jump = top - np.where(below > 0, scores, 0).max(axis=1)
    few = counts[items, top] < below.sum(axis=1)
    jump = np.where(few & (jump > 1), jump, 0)
    return np.asarray((jump > 0) & (jump == jump.max(initial=0)))


def _report_jump(column: Codes, place: int, labels: Labels, log: ProblemLog | None) -> None:
    if log is None:
        return
    top = int(column.max())
    log.add("item-score-jump", column=labels.items[place], value=str(top),
            values={"below": int(column[column < top].max()), "rows": labels.rows(np.flatnonzero(column == top))})  # fmt: skip


def _connected(grouping: Grouping, active: Ints, labels: Labels, log: ProblemLog | None) -> Bools | None:
    """The largest group of items with common pupils; None when all items are of one group."""
    groups = booklet_groups(grouping.grouped)
    if groups.max(initial=0) == 0:
        return None
    kept = largest(groups, grouping.grouped.category_counts.sum(axis=1))
    if log is not None:
        order = [groups[kept][0], *(g for g in range(groups.max() + 1) if g != groups[kept][0])]
        named = [labels.listed(active[groups == number].tolist()) for number in order]
        log.add("items-unconnected", values={"groups": " | ".join(named)})
    return kept


def _comparable(grouping: Grouping, active: Ints, labels: Labels, log: ProblemLog | None) -> Bools | None:
    groups = comparable_groups(grouping.grouped)
    if groups.max(initial=0) == 0:
        return None
    kept = largest(groups, grouping.grouped.category_counts.sum(axis=1))
    if kept.sum() < 2:
        return None
    if log is not None:
        for place in active[~kept].tolist():
            log.add("item-not-placed", column=labels.items[place])
    return kept


@dataclass(frozen=True)
class BookletLink:
    """The test of two booklets by their places."""

    first: int
    second: int
    test: LinkTest


def linked_booklets(
    scores: Codes, booklet: Ints, names: tuple[str, ...], labels: Labels, log: ProblemLog
) -> tuple[list[BookletLink], Bools]:
    """Tests of all pairs of booklets with common items, and the booklets that may stand on one scale."""
    alone = [_of_booklet(scores[:, booklet == place], labels) for place in range(len(names))]
    links = [
        BookletLink(one, other, check_link(alone[one], alone[other]))
        for one, other in combinations(range(len(names)), 2)
    ]
    links = [link for link in links if len(link.test.items)]
    for link in links:
        _report(link, names, labels, log)
    return links, _kept(links, np.bincount(booklet[booklet >= 0], minlength=len(names)))


def _of_booklet(scores: Codes, labels: Labels) -> Calibration:
    """A calibration whose items stand in the order of all items; one without parameters for those not placed."""
    scale = find_scale(scores, labels) if scores.shape[1] >= LEAST_PUPILS else None
    return _spread(scale, len(scores))


def _spread(scale: Scale | None, items: int) -> Calibration:
    from rostok.statistics.conditional import Parameters

    if scale is None or scale.calibration is None:
        none = np.zeros(0, np.int64)
        return Calibration(Parameters(none, none, items, 0), np.zeros(0), np.zeros((0, 0)), 0.0, 0)
    own = scale.calibration
    parameters = Parameters(
        scale.placed[own.parameters.item], own.parameters.score, items, own.parameters.top
    )
    return Calibration(parameters, own.values, own.covariance, own.log_likelihood, own.pupils)


def _report(link: BookletLink, names: tuple[str, ...], labels: Labels, log: ProblemLog) -> None:
    test = link.test
    pair = {"value": names[link.first], "values": {"other": names[link.second]}}
    common = len(test.items)
    if test.verdict is Link.FAILS:
        log.add("link-refused", value=names[link.first],
                values={"other": names[link.second], "limit": decimal(DRIFT_LIMIT),
                        "drifting": test.drift.count(Drift.DRIFTS), "common": common})  # fmt: skip
        return
    if test.verdict is Link.CANNOT_TELL:
        log.add("link-unknown", value=names[link.first],
                values={"other": names[link.second], "common": common,
                        "known": common - test.drift.count(Drift.CANNOT_TELL)})  # fmt: skip
    for place, drift in enumerate(test.drift):
        if drift is Drift.DRIFTS:
            log.add("link-drift", column=labels.items[int(test.items[place])], value=str(pair["value"]),
                    values={"other": names[link.second],
                            "difference": decimal(float(test.difference[place]), 2)})  # fmt: skip


def _kept(links: list[BookletLink], pupils: Ints) -> Bools:
    """From the largest booklet on, every booklet no link of which to those taken fails; all when none fails."""
    failing = {frozenset((link.first, link.second)) for link in links if link.test.verdict is Link.FAILS}
    taken: list[int] = []
    for place in np.argsort(-pupils, kind="stable").tolist():
        if not any(frozenset((place, other)) in failing for other in taken):
            taken.append(place)
    return np.isin(np.arange(len(pupils)), taken)
