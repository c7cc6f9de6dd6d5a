"""Scales: what a raw score is worth. Data only; files are read in ``formats.scale_files``."""

from __future__ import annotations

from dataclasses import dataclass

from rostok.schema.assessments import Kind, Subject

# Values of an item column beside its points; a missing score is null.
NOT_ATTEMPTED = -1  # «X»: the pupil did not try; counts as 0 points and is counted apart
NOT_TAUGHT = -2  # «не пройд.»: the topic was not taught; not a score at all

MARKS = (2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Item:
    """One item (or criterion) of a paper: ``label`` as printed (``11.2``, ``1К3``), ``maximum`` in points."""

    position: int
    label: str
    maximum: int
    level: str | None = None  # Б, П or В

    def __post_init__(self) -> None:
        if self.position < 1 or self.maximum < 1:
            raise ValueError(f"item {self.label!r}: position and maximum are at least 1")


@dataclass(frozen=True, slots=True)
class Condition:
    """Points a mark needs beside the total: with fewer than ``least`` from ``items`` it is at most ``otherwise``.

    ``items`` are labels of items of the scale; ``text`` says the same for people.
    """

    text: str
    items: tuple[str, ...]
    least: int
    otherwise: int

    def __post_init__(self) -> None:
        if not self.items or self.least < 1 or self.otherwise not in MARKS:
            raise ValueError(f"condition {self.text!r}: items, points from 1 and a mark 2–5 are needed")


@dataclass(frozen=True, slots=True)
class Scale:
    """Raw score → mark for one paper, or the minimum of an exam.

    ``lower`` gives the least raw score of marks 3, 4 and 5. ``minimum`` is the least score that passes:
    ``lower[0]`` for papers with marks, the least test score for ЕГЭ with a hundred-point scale.
    ``extra`` holds the conditions beside the total (geometry, literacy). ``items`` of an exam stand in the order
    of its protocol: brief answers first. ``unit``: raw: primary points; test: the hundred-point scale of ЕГЭ;
    mark: the exam itself gives a mark and its points are not known here.
    """

    kind: Kind
    subject: Subject
    grade: int
    year: int
    maximum: int
    lower: tuple[int, int, int] | None
    minimum: int
    source: str
    confirmed: bool
    unit: str = "raw"
    region: str | None = None
    note: str = ""
    extra: tuple[Condition, ...] = ()
    items: tuple[Item, ...] = ()

    def __post_init__(self) -> None:
        if self.lower is not None:
            if not 0 < self.lower[0] < self.lower[1] < self.lower[2] <= self.maximum:
                raise ValueError(f"{self.key}: bounds of marks must rise within 1–{self.maximum}")
            if self.minimum != self.lower[0]:
                raise ValueError(f"{self.key}: the minimum is the least score of mark 3")
        if self.items and sum(item.maximum for item in self.items) != self.maximum:
            raise ValueError(f"{self.key}: maxima of items do not add up to {self.maximum}")
        known = {item.label for item in self.items}
        for condition in self.extra:
            if unknown := sorted(set(condition.items) - known):
                raise ValueError(f"{self.key}: a condition names items it has not: {', '.join(unknown)}")

    @property
    def key(self) -> str:
        place = f"/{self.region}" if self.region else ""
        return f"{self.kind}/{self.year}/{self.subject}/{self.grade}{place}"

    def mark_of(self, score: int | None) -> int | None:
        """The mark for a score in points; None without a score or where the scale has no marks."""
        if score is None or self.lower is None:
            return None
        return 2 + sum(score >= bound for bound in self.lower)

    def passes(self, score: int | None) -> bool | None:
        """Is the score at or above the minimum? None without a score."""
        return None if score is None else score >= self.minimum
