"""An index of school context as a versioned YAML file: which answers become which indicators, and how they add up.

Beside methodologies, because it is written the same way: expressions over the codes of ``context``, sources, texts in
two languages. Shipped ones lie in ``indices/``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rostok.methodology.column_expressions import Floats, column_of
from rostok.methodology.errors import MethodologyError, WordingError
from rostok.methodology.expressions import Call, Expression, Name, Text, Type, names, type_of, walk
from rostok.methodology.nodes import Origin, Wording
from rostok.methodology.yaml_tables import Mapped, read_yaml
from rostok.methodology.yaml_wordings import wording_of, wording_or_none
from rostok.statistics.context import Missing, Weighting
from rostok.wording import gettext

LEAST_KNOWN = 0.6  # share of the weight a school must have answered, where the file says nothing
_WORDS = (
    "id", "version", "title", "about", "source", "author", "checked_by", "valid_from", "review_on", "indicators",
    "components", "weights", "missing", "least_known",
)  # fmt: skip
_TRANSFORMS = ("none", "log")


@dataclass(frozen=True, slots=True)
class ContextIndicator:
    """A number per school. ``code``: of the data, as it stands there; else ``value`` over codes.

    ``log``: the logarithm of value + 1, for counts that differ a hundredfold. ``limits``: what is outside is no
    answer: more teachers of the highest category than teachers.
    """

    name: str
    title: Wording
    value: Expression | None
    code: str = ""
    log: bool = False
    limits: tuple[float, float] | None = None

    @property
    def codes(self) -> frozenset[str]:
        return frozenset({self.code}) if self.value is None else names(self.value)

    def column(self, columns: Mapping[str, Floats], rows: int) -> Floats:
        """Values over columns by code; NaN where missing."""
        value = self.value if self.value is not None else Name(self.code)
        found = np.where(self.impossible(columns, rows), np.nan, column_of(value, columns, rows))
        return np.log1p(np.where(found > -1, found, np.nan)) if self.log else found

    def impossible(self, columns: Mapping[str, Floats], rows: int) -> NDArray[np.bool_]:
        """Where a value lies outside the limits."""
        if self.limits is None:
            return np.zeros(rows, bool)
        value = self.value if self.value is not None else Name(self.code)
        found = column_of(value, columns, rows)
        return np.asarray((found < self.limits[0]) | (found > self.limits[1]))


@dataclass(frozen=True, slots=True)
class Component:
    """An indicator in the index. ``sign``: +1 more is better off, −1 worse; ``weight``: for weights as given."""

    indicator: str
    sign: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class IndexDefinition:
    """``indicators`` holds the whole mapping; ``components`` those that make the index."""

    id: str
    version: str
    title: Wording
    about: Wording
    source: Origin
    author: str
    checked_by: str
    valid_from: dt.date
    review_on: dt.date
    indicators: tuple[ContextIndicator, ...]
    components: tuple[Component, ...]
    weighting: Weighting = Weighting.EQUAL
    missing: Missing = Missing.KNOWN
    least_known: float = LEAST_KNOWN
    file: str = ""

    @property
    def label(self) -> str:
        return f"{self.id}@{self.version}"

    @property
    def codes(self) -> frozenset[str]:
        """Every code of the data that any indicator uses."""
        return frozenset().union(*(one.codes for one in self.indicators))

    def indicator(self, name: str) -> ContextIndicator:
        return next(one for one in self.indicators if one.name == name)


def load_index(text: str, name: str) -> IndexDefinition:
    """The index written in ``text``; ``name`` is the file as shown to people. Raises MethodologyError."""
    root = read_yaml(text, name).only(*_WORDS)
    indicators = _indicators(root)
    source = root.table("source", gettext("источник индекса")).only("document", "confirmed", "note")
    least = root.number("least_known", LEAST_KNOWN)
    if not 0 < least <= 1:
        raise root.fail("least_known", gettext("доля «least_known» равна {value}.", value=least),
                        gettext("Она больше 0 и не больше 1."))  # fmt: skip
    return IndexDefinition(
        id=root.text("id"), version=root.text("version"), title=wording_of(root, "title"),
        about=wording_or_none(root, "about"),
        source=Origin(source.text("document"), source.truth("confirmed"), wording_or_none(source, "note")),
        author=root.text("author"), checked_by=root.text("checked_by"), valid_from=root.day("valid_from"),
        review_on=root.day("review_on"), indicators=indicators,
        components=_components(root, {one.name for one in indicators}),
        weighting=Weighting(root.word("weights", tuple(Weighting), Weighting.EQUAL)),
        missing=Missing(root.word("missing", tuple(Missing), Missing.KNOWN)), least_known=least, file=name,
    )  # fmt: skip


def _indicators(root: Mapped) -> tuple[ContextIndicator, ...]:
    table = root.table("indicators", gettext("показатели"))
    return tuple(_indicator(name, table.table(name, gettext("показатель"))) for name in table.names())


def _indicator(name: str, entry: Mapped) -> ContextIndicator:
    entry.only("value", "code", "title", "transform", "range")
    log = entry.word("transform", _TRANSFORMS, "none") == "log"
    title = wording_or_none(entry, "title") or Wording(name)
    limits = _limits(entry)
    if "code" in entry:
        if "value" in entry:
            raise entry.fail("code", gettext("нужно одно из двух: value или code."),
                             gettext("code берёт показатель данных как есть, value — выражение."))  # fmt: skip
        return ContextIndicator(name, title, None, entry.text("code"), log, limits)
    value = entry.expression("value", Name(name))
    try:
        _check_numbers(value)
    except WordingError as wrong:
        raise entry.refuse("value", wrong) from None
    return ContextIndicator(name, title, value, log=log, limits=limits)


def _limits(entry: Mapped) -> tuple[float, float] | None:
    if "range" not in entry:
        return None
    found = entry.numbers("range")
    if len(found) != 2 or found[0] >= found[1]:
        raise entry.fail("range", gettext("у range два числа: наименьшее и наибольшее."),
                         gettext("Например: range: [0, 1]."))  # fmt: skip
    return found[0], found[1]


def _check_numbers(value: Expression) -> None:
    """Numbers only: the table of context holds no words, and lists of categories have nothing to do with it."""
    for part in walk(value):
        if isinstance(part, Text) or (isinstance(part, Call) and part.function == "assigned"):
            raise WordingError(
                gettext("слов в показателях условий нет."), gettext("Сравнивайте с числом: settlement_type == 4.")
            )  # fmt: skip
    if type_of(value, dict.fromkeys(names(value), Type.NUMBER)) is not Type.NUMBER:
        raise WordingError(
            gettext("здесь условие, а нужно число."), gettext("Оберните его: if_else(…, 1, 0).")
        )


def _components(root: Mapped, known: set[str]) -> tuple[Component, ...]:
    table = root.table("components", gettext("что входит в индекс"))
    found = []
    for name in table.names():
        if name not in known:
            raise MethodologyError(root.file, table.line_of(name), gettext("показателя «{name}» нет.", name=name),
                                   gettext("Опишите его в indicators."))  # fmt: skip
        entry = table.table(name, gettext("составляющая")).only("sign", "weight")
        sign, weight = entry.whole("sign"), entry.number("weight", 1.0)
        if sign not in (1, -1) or not weight > 0:
            raise entry.fail("sign" if sign not in (1, -1) else "weight",
                             gettext("знак — 1 или −1, вес больше нуля."),
                             gettext("1 — чем больше, тем благополучнее; −1 — наоборот."))  # fmt: skip
        found.append(Component(name, sign, weight))
    if not found:
        raise root.fail(
            "components", gettext("в индекс ничего не входит."), gettext("Назовите хотя бы один показатель.")
        )
    return tuple(found)
