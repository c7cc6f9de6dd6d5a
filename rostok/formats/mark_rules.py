"""The mark of a script: by the scale, and what a mark written in the file may still say.

The mark comes from the scale with its extra conditions (geometry, literacy); a written mark is only compared. A
condition is checked where the file gives the scores it asks for. A protocol that gives the total only cannot be
checked, and there a written mark that the condition explains stands: docs/adr/0009-the-mark-of-an-exam.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rostok.formats.problem_log import ProblemLog
from rostok.formats.pupil_rules import MISSING, Bools, Ints, places
from rostok.schema.assessments import Assessment
from rostok.schema.scales import NOT_ATTEMPTED, Condition, Item, Scale


@dataclass(frozen=True, slots=True)
class MarksByScale:
    """``marks`` by the total and the checked conditions; ``unchecked``: rows a condition could lower, and to what."""

    marks: Ints
    unchecked: tuple[tuple[Bools, int], ...] = ()

    @property
    def uncertain(self) -> Bools:
        """Rows whose mark an unchecked condition could lower."""
        return self._any([rows for rows, _ in self.unchecked])

    def explain(self, written: Ints) -> Bools:
        """Rows whose written mark is what an unchecked condition would make of the scale's."""
        return self._any([rows & (written == mark) for rows, mark in self.unchecked])

    def _any(self, masks: Sequence[Bools]) -> Bools:
        found = np.zeros(len(self.marks), np.bool_)
        for mask in masks:
            found |= mask
        return found


def marks_by_scale(scale: Scale | None, items: tuple[Item, ...], scores: Ints, raw: Ints) -> MarksByScale:
    """Marks of the totals ``raw``; ``scores`` are items × rows. Missing without a scale of marks or a total."""
    if scale is None or scale.lower is None:
        return MarksByScale(np.full(len(raw), MISSING, np.int16))
    marks = np.searchsorted(np.array(scale.lower), raw, side="right").astype(np.int16) + np.int16(2)
    marks = np.where(raw == MISSING, np.int16(MISSING), marks)
    believed = _rows_of_the_paper(scale, items, scores, raw)
    unchecked = []
    for condition in scale.extra:
        points, known = _points(scale, condition, scores, believed)
        lowered = (marks > condition.otherwise) & known & (points < condition.least)
        marks = np.where(lowered, np.int16(condition.otherwise), marks)
        open_ = (marks > condition.otherwise) & ~known & ~_met_by_any(scale, condition, raw)
        unchecked.append((open_, condition.otherwise))
    return MarksByScale(marks, tuple(unchecked))


def _rows_of_the_paper(scale: Scale, items: tuple[Item, ...], scores: Ints, raw: Ints) -> Bools:
    """Rows whose items are those of the scale: as many of the same maxima, and together the total.

    A protocol gives no numbers of items; only what adds up may be counted as geometry or literacy.
    """
    if [item.maximum for item in items] != [item.maximum for item in scale.items]:
        return np.zeros(len(raw), np.bool_)
    return np.asarray(np.where(scores > 0, scores, 0).sum(axis=0) == raw)


def _points(
    scale: Scale, condition: Condition, scores: Ints, believed: Bools
) -> tuple[npt.NDArray[np.int64], Bools]:
    """Points of a condition by row, and whether every score it asks for is known."""
    if not believed.any():
        return np.zeros(len(believed), np.int64), believed
    asked = scores[[place for place, item in enumerate(scale.items) if item.label in condition.items]]
    known = ((asked >= 0) | (asked == NOT_ATTEMPTED)).all(axis=0)
    return np.where(asked > 0, asked, 0).sum(axis=0, dtype=np.int64), known & believed


def _met_by_any(scale: Scale, condition: Condition, raw: Ints) -> Bools:
    """Rows whose total cannot be had without the points asked for, whatever the items: 31 of 31 has geometry."""
    others = sum(item.maximum for item in scale.items if item.label not in condition.items)
    return np.asarray(raw - others >= condition.least)


def settle_with_protocol(
    by_scale: MarksByScale, written: Ints, rows: npt.NDArray[np.int64], log: ProblemLog
) -> Ints:
    """The mark of each row of an exam's protocol, and what is to be said of it."""
    alone = (by_scale.marks == MISSING) & (written != MISSING)
    lowered = by_scale.explain(written)
    for place in places(lowered):
        log.add(
            "exam-mark-lowered", row=int(rows[place]), value=int(written[place]),
            values={"mark": int(by_scale.marks[place])},
        )  # fmt: skip
    for place in places(by_scale.uncertain & (written == MISSING)):
        log.add("exam-mark-missing", row=int(rows[place]))
    report_differing(by_scale.marks, np.where(lowered, np.int16(MISSING), written), rows, log)
    return np.where(alone | lowered, written, by_scale.marks)


def report_differing(marks: Ints, written: Ints, rows: npt.NDArray[np.int64], log: ProblemLog) -> None:
    """Rows where the file has another mark than the scale gives."""
    for place in places((written != MISSING) & (marks != MISSING) & (written != marks)):
        log.add(
            "mark-differs", row=int(rows[place]), value=int(written[place]),
            values={"mark": int(marks[place])},
        )  # fmt: skip


def report_exam_scale(assessment: Assessment, scale: Scale | None, table: pa.Table, log: ProblemLog) -> None:
    """Say where an exam has no scale or an unconfirmed one, if anything hangs on it."""
    label = assessment.label
    if scale is not None:
        if not scale.confirmed and scale.unit != "mark":
            log.add("scale-unconfirmed", values={"assessment": label, "source": scale.source})
        return
    participant = table["participant"].to_numpy(zero_copy_only=False)
    without_mark = np.asarray(table["under_minimum"].is_null())
    if (participant & without_mark).any():
        log.add("scale-missing", values={"assessment": label})
    if number := int((participant & ~without_mark).sum()):
        log.add("exam-scale-missing", values={"assessment": label, "marks": number})
