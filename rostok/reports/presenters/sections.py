"""What every section of analysis is made of on the page: a lead, blocks of sentences, tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rostok.reports.charts import NARROW, WIDE
from rostok.reports.effect_charts import Point, Sign
from rostok.reports.presenters.order import natural_key
from rostok.reports.presenters.region import Figure, TableView
from rostok.wording import decimal, gettext, integer

Names = Mapping[str, tuple[str, str]]  # school → its name and municipality


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a section. ``brief`` stands beside its title; ``folded`` until opened. Tables with their classes."""

    anchor: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[tuple[TableView, str], ...] = ()
    figures: tuple[Figure, ...] = ()
    brief: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class SectionView:
    """``link``: the word of the page's navigation."""

    anchor: str
    link: str
    title: str
    lead: tuple[str, ...]
    blocks: tuple[Block, ...]


def drawn(
    anchor: str, title: str, reading: str, draw: Callable[[int], str], table: TableView
) -> tuple[Figure, ...]:
    """The figure for wide and narrow screens; none where there is nothing to draw."""
    wide = draw(WIDE)
    return (Figure(anchor, title, reading, Markup(wide), Markup(draw(NARROW)), table),) if wide else ()


MOST_POINTS = 1000  # signs of one picture: of a country's schools there would be megabytes, and no paper left


def thinned(points: Sequence[Point]) -> tuple[Sequence[Point], str]:
    """Every so-many-th point where they are too many, and the sentence that says so; in the order given."""
    step = -(-len(points) // MOST_POINTS)
    if step < 2:
        return points, ""
    return points[::step], " " + gettext("Школ много: показана одна из каждых {n}.", n=integer(step))


def name_of(names: Names, school: str) -> str:
    return names.get(school, (school, ""))[0] or school


def place_of(names: Names, school: str) -> str:
    return names.get(school, ("", ""))[1]


def ordered(schools: Iterable[str], names: Names) -> list[str]:
    """By municipality, name and key; a school without a municipality stands last. Never by results."""

    def key(school: str) -> tuple[object, ...]:
        place = place_of(names, school)
        return not place, natural_key(place), natural_key(name_of(names, school)), school

    return sorted(schools, key=key)


def signed(value: float | None, digits: int = 1) -> str:
    """A difference with its sign.

    >>> signed(2.04), signed(-0.04), signed(None)
    ('+2,0', '0,0', '—')
    """
    text = decimal(value, digits)
    positive = value is not None and value > 0 and any(one in "123456789" for one in text)
    return f"+{text}" if positive else text


def beside_expected(sign: Sign) -> str:
    """What an interval says of a result beside the expected one, in words."""
    match sign:
        case Sign.ABOVE:
            return gettext("выше ожидаемого")
        case Sign.BELOW:
            return gettext("ниже ожидаемого")
    return gettext("сказать нельзя")
