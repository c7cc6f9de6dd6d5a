"""One description of an assessment out of what its parts say: items, and the grade the pupils were in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from rostok.schema.assessments import Assessment
from rostok.schema.problems import Problem
from rostok.schema.scales import Item
from rostok.store.parts import Part

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Description:
    assessment: Assessment
    items: tuple[Item, ...]
    without_items: frozenset[Path]  # parts that describe other items: their item scores are left out
    problems: tuple[Problem, ...]


def describe(parts: Sequence[Part]) -> Description:
    """What most scripts say wins; parts that disagree are named in problems, their totals and marks stay."""
    items = _most_said({part.path: part.items for part in parts if part.items}, parts, ())
    grade = _most_said({part.path: part.assessment.pupil_grade for part in parts}, parts, 0)
    known = {(item.position, item.maximum) for item in items}
    differing = [p for p in parts if not {(i.position, i.maximum) for i in p.items} <= known]
    assessment = replace(parts[0].assessment, pupil_grade=grade)
    problems = [_items_differ(part, assessment) for part in differing]
    problems += [_grade_differs(part, grade) for part in parts if part.assessment.pupil_grade != grade]
    return Description(assessment, items, frozenset(part.path for part in differing), tuple(problems))


def _most_said(said: dict[Path, T], parts: Sequence[Part], nothing: T) -> T:
    votes: Counter[T] = Counter()
    for part in parts:
        if part.path in said:
            votes[said[part.path]] += part.source.rows
    return min(votes, key=lambda what: (-votes[what], repr(what)), default=nothing)


def _items_differ(part: Part, assessment: Assessment) -> Problem:
    return Problem("items-differ", file=part.source.file, sheet=part.source.sheet,
                   values={"assessment": assessment.label})  # fmt: skip


def _grade_differs(part: Part, grade: int) -> Problem:
    values = {"grade": part.assessment.pupil_grade, "taken": grade, "assessment": part.assessment.label}
    return Problem("pupil-grade-differs", file=part.source.file, sheet=part.source.sheet, values=values)
