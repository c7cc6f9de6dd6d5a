"""Templates of reasons: text with places for figures, and clauses that are left out where a figure is missing.

``{name}`` or ``{name:format}`` is a place. ``[…]`` is a clause, which may hold other clauses: it is left out when
one of its own places has nothing to say. A place outside every clause says so in words, never by a naked dash.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter
from typing import TypeAlias

from rostok.methodology.errors import WordingError, perhaps
from rostok.wording import NBSP, decimal, gettext, integer, percent, points

# Format → how a number is written. ``n`` asks for the participants behind an indicator instead of its value.
FORMATS: Mapping[str, Callable[[float], str]] = {
    "": decimal,
    "decimal": lambda value: decimal(value, 2),
    "percent": percent,
    "integer": integer,
    "points": points,
    "pp": lambda value: points(value).lstrip("+"),
    "n": integer,
}
OF_PARTICIPANTS = "n"


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    format: str


@dataclass(frozen=True, slots=True)
class Clause:
    pieces: tuple[Piece, ...]


Piece: TypeAlias = str | Place | Clause


@cache
def parsed(template: str) -> Clause:
    """The template as a tree; WordingError where its brackets do not match."""
    open_clauses: list[list[Piece]] = [[]]
    for token in _tokens(template):
        if token == "[":
            open_clauses.append([])
        elif token == "]":
            if len(open_clauses) == 1:
                raise _unbalanced()
            inside = open_clauses.pop()
            open_clauses[-1].append(Clause(tuple(inside)))
        else:
            open_clauses[-1].append(token)
    if len(open_clauses) > 1:
        raise _unbalanced()
    return Clause(tuple(open_clauses[0]))


def _tokens(template: str) -> Iterator[str | Place]:
    try:
        pieces = list(Formatter().parse(template))
    except ValueError:
        raise WordingError(
            gettext("фигурные скобки в тексте не сходятся."), gettext("Каждой «{{» нужна своя «}}».", ok=True)
        ) from None
    for text, name, format_, conversion in pieces:
        yield from _split(text)
        if name is not None:
            yield Place(f"{name}!{conversion}" if conversion else name, format_ or "")


def _split(text: str) -> Iterator[str]:
    """Text with its square brackets as pieces of their own."""
    rest = text
    while rest:
        cut = next((place for place, sign in enumerate(rest) if sign in "[]"), len(rest))
        if cut:
            yield rest[:cut]
        if cut < len(rest):
            yield rest[cut]
        rest = rest[cut + 1 :]


def _unbalanced() -> WordingError:
    return WordingError(
        gettext("квадратные скобки в тексте не сходятся."),
        gettext("В скобках […] стоит то, что пропускают, когда числа нет: каждой «[» нужна своя «]»."),
    )


def places(template: str) -> tuple[Place, ...]:
    """Every place of a template, in its order."""
    return tuple(_places(parsed(template)))


def _places(clause: Clause) -> Iterator[Place]:
    for piece in clause.pieces:
        if isinstance(piece, Place):
            yield piece
        elif isinstance(piece, Clause):
            yield from _places(piece)


def check_places(template: str, allowed: Collection[str], with_participants: Collection[str]) -> None:
    """WordingError for a name nobody knows here or an unknown format."""
    for place in places(template):
        if place.name not in allowed:
            raise WordingError(
                gettext("места «{name}» для текста нет.", name=place.name), perhaps(place.name, allowed)
            )
        if place.format not in FORMATS:
            raise WordingError(
                gettext("вид «{format}» неизвестен.", format=place.format),
                perhaps(place.format, [name for name in FORMATS if name]),
            )
        if place.format == OF_PARTICIPANTS and place.name not in with_participants:
            raise WordingError(
                gettext("у «{name}» нет числа участников.", name=place.name),
                gettext("Вид «n» есть у показателей школы; здесь возьмите participants."),
            )


def filled(template: str, say: Callable[[Place], str | None]) -> str:
    """The text; ``say`` gives the words for a place, None where there is nothing to say."""
    return "".join(_said(piece, say) for piece in parsed(template).pieces)


def _said(piece: Piece, say: Callable[[Place], str | None]) -> str:
    match piece:
        case Place():
            words = say(piece)
            return gettext("(неизвестно)") if words is None else words
        case Clause(pieces):
            own = [piece for piece in pieces if isinstance(piece, Place)]
            if any(say(place) is None for place in own):
                return ""
            return "".join(_said(piece, say) for piece in pieces)
        case _:
            return piece


def worded(value: object, format_: str) -> str | None:
    """A value in a format; None for a missing one. Words and whole numbers without a format stand as they are."""
    if value is None:
        return None
    if (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and (format_ or isinstance(value, float))
    ):
        return _trimmed(FORMATS[format_](value))
    return str(value)


def _trimmed(text: str) -> str:
    """«30,0 %» → «30 %»: a threshold is a round number and reads as one."""
    for sign in (",0", ".0"):
        text = text.replace(sign + NBSP, NBSP) if sign + NBSP in text else text.removesuffix(sign)
    return text
