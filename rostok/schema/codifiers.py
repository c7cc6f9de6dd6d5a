"""Codifiers: what each item of a paper checks. Data only; texts come with the user's file, none is shipped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rostok.schema.assessments import Assessment, Kind, Subject
from rostok.schema.scales import Item

# Latin letters that stand in labels for the Cyrillic ones they look like: «1K1» and «1К1» are one criterion.
_CYRILLIC = str.maketrans("KCTMAEHOPXB", "КСТМАЕНОРХВ")
# A skill's verdict needs at least so many items: one item shows the item, not the skill. A convention of ours.
LEAST_ITEMS = 2


class SkillSource(StrEnum):
    """Which column of a codifier names the skills: the skill itself, the block of the programme, КЭС or КТ."""

    SKILL = "skill"
    BLOCK = "block"
    KES = "kes"
    KT = "kt"


@dataclass(frozen=True, slots=True)
class CodifierItem:
    """One line: the item by its label, what it checks, its level (Б, П, В or None) and maximum (None = not said)."""

    label: str
    skill: str = ""
    level: str | None = None
    maximum: int | None = None
    blocks: tuple[str, ...] = ()
    kes: tuple[str, ...] = ()
    kt: tuple[str, ...] = ()

    def named_by(self, source: SkillSource) -> tuple[str, ...]:
        """What that column says of the item; empty where it says nothing."""
        said = {
            SkillSource.SKILL: (self.skill,),
            SkillSource.BLOCK: self.blocks,
            SkillSource.KES: self.kes,
            SkillSource.KT: self.kt,
        }[source]
        return tuple(text for text in said if text)


@dataclass(frozen=True, slots=True)
class Codifier:
    """The codifier of one paper of one year. ``content`` and ``requirements``: code of КЭС and КТ → its words."""

    kind: Kind
    subject: Subject
    grade: int
    year: int
    items: tuple[CodifierItem, ...]
    content: tuple[tuple[str, str], ...] = ()
    requirements: tuple[tuple[str, str], ...] = ()

    def is_of_paper(self, assessment: Assessment) -> bool:
        """The same kind, subject and grade, whatever the year?"""
        return (self.kind, self.subject, self.grade) == (
            assessment.kind,
            assessment.subject,
            assessment.grade,
        )

    def matched(self, items: Sequence[Item]) -> tuple[CodifierItem, ...] | None:
        """Its lines in the order of ``items``; None when it is the codifier of other items.

        By label where the labels are the same set, else by order where number and maxima agree. A maximum that
        the codifier does not name agrees with any.
        """
        lines = {label_key(line.label): line for line in self.items}
        keys = [label_key(item.label) for item in items]
        if len(lines) == len(self.items) and set(lines) == set(keys) and len(set(keys)) == len(keys):
            ordered: Sequence[CodifierItem] = [lines[key] for key in keys]
        elif len(self.items) == len(items):
            ordered = self.items
        else:
            return None
        fits = all(line.maximum in (None, item.maximum) for line, item in zip(ordered, items, strict=True))
        return tuple(ordered) if fits and ordered else None

    def words(self, source: SkillSource, text: str) -> str:
        """A skill as people read it: a code of КЭС or КТ with its words, any other text as it stands."""
        named = {SkillSource.KES: self.content, SkillSource.KT: self.requirements}.get(source, ())
        return next((f"{code} {words}" for code, words in named if code == text), text)


def label_key(label: str) -> str:
    """A label without what differs between files: blanks, case, look-alike letters, a full stop at the end.

    >>> label_key("1K1") == label_key(" 1к1 "), label_key("11.2")
    (True, '11.2')
    """
    return re.sub(r"\s+", "", label).upper().translate(_CYRILLIC).rstrip(".")


def text_key(text: str) -> str:
    """What makes two texts of a codifier the same: their letters and figures, without breaks of lines and stops.

    >>> text_key("Умение извлекать ин- формацию.") == text_key("умение  извлекать информацию")
    True
    """
    return re.sub(r"[\W_]+", "", text).casefold()


def with_levels(items: Sequence[Item], lines: Iterable[CodifierItem]) -> tuple[Item, ...]:
    """The items, those without a level with the one the codifier gives."""
    return tuple(
        item if item.level or not line.level else replace(item, level=line.level)
        for item, line in zip(items, lines, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill of a paper: its words and the places (from 0) of the items that check it."""

    text: str
    places: tuple[int, ...]


def skills_of(codifier: Codifier, lines: Sequence[CodifierItem], source: SkillSource) -> tuple[Skill, ...]:
    """The skills of a paper in the order in which they are first checked; an item may check several."""
    found: dict[str, tuple[str, list[int]]] = {}
    for place, line in enumerate(lines):
        for text in line.named_by(source):
            key = text if source in (SkillSource.KES, SkillSource.KT) else text_key(text)
            found.setdefault(key, (codifier.words(source, text), []))[1].append(place)
    return tuple(Skill(text, tuple(dict.fromkeys(places))) for text, places in found.values())


def same_blocks(
    one: Sequence[CodifierItem], other: Sequence[CodifierItem]
) -> tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]:
    """Blocks that two years check alike: text, places in the one, places in the other.

    Alike: the same text, the same number of items with the same maxima and levels (``domain.md`` §4.3: years are
    compared only where the blocks of the codifier are the same). An item without a block counts by its skill.
    """
    mine, theirs = _by_block(one), _by_block(other)
    return tuple(
        (text, places, theirs[key][1])
        for key, (text, places) in mine.items()
        if key in theirs and _built(one, places) == _built(other, theirs[key][1])
    )


def _by_block(lines: Sequence[CodifierItem]) -> dict[str, tuple[str, tuple[int, ...]]]:
    found: dict[str, tuple[str, tuple[int, ...]]] = {}
    for place, line in enumerate(lines):
        text = "; ".join(line.blocks) or line.skill
        if text:
            known, places = found.get(text_key(text), (text, ()))
            found[text_key(text)] = (known, (*places, place))
    return found


def _built(lines: Sequence[CodifierItem], places: Sequence[int]) -> list[tuple[int, str]]:
    return sorted((lines[place].maximum or 0, lines[place].level or "") for place in places)
