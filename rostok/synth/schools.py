"""Schools of a synthetic region: who they are, where they stand, what was planted in them.

Effects are in standard deviations of pupils (the whole spread of pupils is about 1). Variance between schools
adds up to about 0.15, as in real ВПР; half of the lasting part goes with the social context.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.synth import places
from rostok.synth.streams import stream
from rostok.wording import gettext, integer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SCHOOL_SD = 0.22  # lasting, over all subjects
SUBJECT_SD = 0.10  # lasting, of one subject
GENERATION_SD = 0.11  # of one generation of children
CONTEXT_PART = 0.7  # correlation of the lasting effect with the social context

REGION_CODE = 99  # the region in logins, as in ``sch990001``
SCHOOLS_PER_REGION = 8_000
SCHOOLS_PER_MUNICIPALITY = 9
KEY_ROOM = 9_999  # numbers a region can give to schools
MUNICIPALITY_ROOM = 999

KINDS = ("НОШ", "ООШ", "СОШ", "гимназия", "лицей")
GRADES = {"НОШ": (1, 4), "ООШ": (1, 9), "СОШ": (1, 11), "гимназия": (1, 11), "лицей": (1, 11)}

LOW, RESILIENT, INFLATED, AT_RISK, IMPROVING = "low", "resilient", "inflated", "at_risk", "improving"
PLANTED_SHARE = {LOW: 0.08, RESILIENT: 0.05, INFLATED: 0.05, AT_RISK: 0.05, IMPROVING: 0.05}
_PLANTED_LEAST_SIZE = 12  # pupils a grade: in smaller schools no planted truth could be seen
# Effect at the first moment of the data and its change a year.
_PLANTED_EFFECT = {
    LOW: (-0.88, 0.0),
    RESILIENT: (0.35, 0.0),
    INFLATED: (-0.30, 0.0),
    AT_RISK: (0.15, -0.32),
    IMPROVING: (-0.80, 0.35),
}
_RESILIENT_CONTEXT = -1.3
_SELECTIVE, _ORDINARY = 0.20, 0.07  # what being a gymnasium adds; the rest make up for the planted schools
_MANY_ABSENT_SHARE = 0.04  # of schools


@dataclass(frozen=True, slots=True)
class Block:
    """Which schools these are: a region, or one of ``parts`` blocks of it, which share its numbers."""

    region_code: int = REGION_CODE
    part: int = 0
    parts: int = 1

    @property
    def label(self) -> str:
        return f"{self.region_code}/{self.part}"


@dataclass(frozen=True, slots=True)
class Municipalities:
    """``codes`` (``reg99_m001``), names and whether a town, in order of the codes."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    urban: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Schools:
    """One entry per school in each array, ordered by municipality and key."""

    keys: tuple[str, ...]  # six digits
    names: tuple[str, ...]
    settlements: tuple[str, ...]
    kinds: tuple[str, ...]
    municipality: Ints
    urban: NDArray[np.bool_]
    size: Ints  # pupils a grade, typical
    lowest: Ints  # grades taught
    highest: Ints
    context: Floats  # social context, standard deviations, more is better off
    effect: Floats  # lasting effect at the first moment of the data
    trend: Floats  # its change a year
    absent_logit: Floats
    leniency: Floats  # of journal marks
    lifts: NDArray[np.bool_]  # marking lifts scores to the bound of a mark
    planted: tuple[str, ...]  # "" = nothing

    def __len__(self) -> int:
        return len(self.keys)


def make_municipalities(count: int, block: Block) -> Municipalities:
    """``count`` municipalities; every fourth is a town, the first the capital."""
    first = block.part * (MUNICIPALITY_ROOM // block.parts)
    urban = tuple(number % 4 == 0 for number in range(count))
    codes = tuple(f"reg{block.region_code}_m{first + number + 1:03d}" for number in range(count))
    names = tuple(places.municipality(first + number, urban=urban[number]) for number in range(count))
    return Municipalities(codes, names, urban)


def _place_schools(count: int, municipalities: Municipalities, rng: np.random.Generator) -> Ints:
    """The municipality of each school, ascending; the capital has about a fifth of the schools."""
    number = len(municipalities.codes)
    weights = np.array([2.0 if urban else 1.0 for urban in municipalities.urban])
    weights[0] = max(2.0, 0.25 * weights[1:].sum())
    drawn = rng.choice(number, size=count, p=weights / weights.sum())
    drawn[: min(count, number)] = np.arange(min(count, number))  # none is empty
    return np.asarray(np.sort(drawn))


def _sizes(urban: NDArray[np.bool_], rng: np.random.Generator) -> Ints:
    typical = np.where(urban, 68.0, 13.0) * np.exp(rng.normal(0, np.where(urban, 0.50, 0.62)))
    return np.asarray(np.clip(np.rint(typical), 3, 200), dtype=np.int64)


def _kinds(urban: NDArray[np.bool_], size: Ints, context: Floats, rng: np.random.Generator) -> list[str]:
    """Kinds by place, size and context: gymnasiums in towns, schools of nine grades mostly in villages."""
    luck = rng.random(len(size))
    kinds = []
    for town, pupils, standing, chance in zip(urban, size, context, luck, strict=True):
        if town and pupils >= 40 and chance < 0.13 + 0.12 * standing:
            kinds.append("гимназия" if chance * 1000 % 2 < 1 else "лицей")
        elif chance > (0.98 if town else 0.96):
            kinds.append("НОШ")
        else:
            kinds.append("ООШ" if chance > (0.94 if town else 0.70) else "СОШ")
    return kinds


def _plant(size: Ints, highest: Ints, seed: int, block: Block) -> list[str]:
    """Which schools carry a planted truth, drawn among those large enough to show it."""
    planted = [""] * len(size)
    fit = np.flatnonzero((size >= _PLANTED_LEAST_SIZE) & (highest >= 9))
    chosen = stream(seed, "planted", block.label).permutation(fit)
    start = 0
    for label, share in PLANTED_SHARE.items():
        number = max(1, round(share * len(size)))
        for school in chosen[start : start + number]:
            planted[school] = label
        start += number
    return planted


def _keys(count: int, block: Block, seed: int) -> list[str]:
    """Distinct keys, scattered within the numbers that belong to the block."""
    room = KEY_ROOM // block.parts
    first = 1 + room * block.part
    numbers = stream(seed, "keys", block.label).choice(room, size=count, replace=False) + first
    return [f"{block.region_code}{number:04d}" for number in numbers]


def _effects(
    context: Floats, kinds: list[str], planted: list[str], rng: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Context, lasting effect and its change a year: ordinary ones, then those of planted truths."""
    own = rng.normal(0, 1, len(kinds))
    context = np.where(np.array(planted) == RESILIENT, _RESILIENT_CONTEXT + 0.3 * own, context)
    effect = SCHOOL_SD * (CONTEXT_PART * context + np.sqrt(1 - CONTEXT_PART**2) * own)
    effect += np.array([_SELECTIVE if kind in {"гимназия", "лицей"} else _ORDINARY for kind in kinds])
    trend = rng.normal(0, 0.03, len(kinds))
    for school, label in enumerate(planted):
        if label:
            start, trend[school] = _PLANTED_EFFECT[label]
            effect[school] = start + 0.05 * np.clip(own[school], -1, 1)
    return context, effect, trend


def _absence(count: int, rng: np.random.Generator) -> Floats:
    """Logit of absence of each school: ordinary in most, more than half of the pupils in some."""
    ordinary = rng.normal(np.log(0.075 / 0.925), 0.75, count)
    many = rng.random(count) < _MANY_ABSENT_SHARE
    return np.where(many, rng.normal(0.4, 0.4, count), ordinary)


def make_schools(count: int, municipalities: Municipalities, *, seed: int, block: Block) -> Schools:
    """``count`` schools of one block; raises ValueError when a region would get more than 8,000."""
    if not 1 <= count <= SCHOOLS_PER_REGION // block.parts:
        raise ValueError(
            gettext(
                "школ в регионе от 1 до {most}, а не {given}",
                most=integer(SCHOOLS_PER_REGION),
                given=integer(count * block.parts),
            )
        )
    rng = stream(seed, "schools", block.label)
    place = _place_schools(count, municipalities, rng)
    town = np.array(municipalities.urban)[place]
    urban = np.where(town, rng.random(count) < 0.85, rng.random(count) < 0.12)
    size = _sizes(urban, rng)
    neighbourhood = rng.normal(0, 0.4, len(municipalities.codes))[place]
    context = neighbourhood + rng.normal(0, 0.85, count) + np.where(urban, 0.25, -0.2)
    kinds = _kinds(urban, size, context, rng)
    lowest, highest = np.array([GRADES[kind] for kind in kinds]).T
    planted = _plant(size, highest, seed, block)
    context, effect, trend = _effects(context, kinds, planted, rng)
    keys = _keys(count, block, seed)
    order = np.lexsort((np.array(keys), place))
    names, settlements = _names(kinds, urban, place, municipalities, block)
    return Schools(
        keys=tuple(keys[i] for i in order),
        names=tuple(names[i] for i in order),
        settlements=tuple(settlements[i] for i in order),
        kinds=tuple(kinds[i] for i in order),
        municipality=place[order],
        urban=urban[order],
        size=size[order],
        lowest=lowest[order],
        highest=highest[order],
        context=context[order],
        effect=effect[order],
        trend=trend[order],
        absent_logit=_absence(count, rng)[order],
        leniency=rng.normal(0.35, 0.35, count)[order],
        lifts=(np.array(planted) == INFLATED)[order],
        planted=tuple(planted[i] for i in order),
    )


def _names(
    kinds: list[str], urban: NDArray[np.bool_], place: Ints, municipalities: Municipalities, block: Block
) -> tuple[list[str], list[str]]:  # fmt: skip
    """Names and settlements: schools in a town share the town's name, each village has its own."""
    names, settlements = [], []
    for school, kind in enumerate(kinds):
        number = int(place[school]) if urban[school] else len(municipalities.codes) + school
        settlement = places.settlement(number + 10_000 * block.part)
        settlements.append(settlement)
        names.append(places.school(school + 1, kind, urban=bool(urban[school]), place=settlement))
    return names, settlements
