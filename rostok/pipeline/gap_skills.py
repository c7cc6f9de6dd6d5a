"""Which codifier belongs to which paper, and what of a paper can be compared with another year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from rostok.formats.codifiers import read_codifiers
from rostok.schema.assessments import Assessment
from rostok.schema.codifiers import (
    Codifier,
    CodifierItem,
    Skill,
    SkillSource,
    same_blocks,
    skills_of,
    with_levels,
)
from rostok.schema.problems import Problem
from rostok.schema.scales import Item


@dataclass(frozen=True, slots=True)
class PaperContent:
    """What a paper consists of: items with levels, its skills, and lines of the codifier that fits it (or none)."""

    items: tuple[Item, ...]
    skills: tuple[Skill, ...] = ()
    lines: tuple[CodifierItem, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class CodifierBook:
    """Codifiers of the files given, in their order; ``file`` of each by place. ``empty``: files that hold none."""

    codifiers: tuple[Codifier, ...] = ()
    files: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()

    @classmethod
    def read(cls, paths: Sequence[Path]) -> CodifierBook:
        """Raises InputRefused for a file that cannot be read."""
        said = [(str(path), read_codifiers(path)) for path in paths]
        found = [(codifier, file) for file, codifiers in said for codifier in codifiers]
        empty = tuple(file for file, codifiers in said if not codifiers)
        return cls(tuple(codifier for codifier, _ in found), tuple(file for _, file in found), empty)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the files themselves, whatever the papers are."""
        return tuple(Problem("codifier-empty", file=file) for file in self.empty)

    def content(self, assessment: Assessment, items: Sequence[Item], source: SkillSource) -> PaperContent:
        """The paper with the skills of its codifier; without any, and a problem that says why, where none fits."""
        plain = PaperContent(tuple(items))
        own = [
            (codifier, file)
            for codifier, file in zip(self.codifiers, self.files, strict=True)
            if codifier.is_of_paper(assessment)
        ]
        if not self.codifiers:
            return plain
        for codifier, file in own:
            if codifier.year != assessment.year:
                continue
            lines = codifier.matched(items)
            if lines is None:
                values = {
                    "assessment": assessment.label, "found": len(codifier.items), "expected": len(items),
                    "points": sum(line.maximum or 0 for line in codifier.items), "maximum": sum(i.maximum for i in items),
                }  # fmt: skip
                return replace(plain, problems=(Problem("codifier-other-items", file=file, values=values),))
            skills = skills_of(codifier, lines, source)
            return PaperContent(with_levels(items, lines), skills, lines)
        if own:
            years = ", ".join(str(codifier.year) for codifier, _ in own)
            values = {"assessment": assessment.label, "years": years}
            return replace(plain, problems=(Problem("codifier-other-year", file=own[0][1], values=values),))
        return replace(
            plain, problems=(Problem("codifier-missing", values={"assessment": assessment.label}),)
        )


@dataclass(frozen=True, slots=True)
class CommonBlock:
    """A block of the codifier that two papers of different years check alike: items of each, from 0."""

    text: str
    earlier: Assessment
    later: Assessment
    earlier_places: tuple[int, ...]
    later_places: tuple[int, ...]


def common_blocks(contents: Mapping[Assessment, PaperContent]) -> tuple[CommonBlock, ...]:
    """Blocks by which papers of neighbouring years of one kind, subject, grade and wave may be compared."""
    found = []
    ordered = sorted(contents, key=lambda a: (a.kind, a.subject, a.grade, a.wave, a.year))
    for earlier, later in pairwise(ordered):
        same = all(
            getattr(earlier, name) == getattr(later, name) for name in ("kind", "subject", "grade", "wave")
        )
        if same:
            blocks = same_blocks(_full(contents[earlier]), _full(contents[later]))
            found += [CommonBlock(text, earlier, later, mine, theirs) for text, mine, theirs in blocks]
    return tuple(found)


def _full(content: PaperContent) -> tuple[CodifierItem, ...]:
    """Lines with the maxima and levels of the paper itself: a codifier may be silent about them."""
    return tuple(
        replace(line, maximum=item.maximum, level=item.level)
        for line, item in zip(content.lines, content.items, strict=False)
    )
