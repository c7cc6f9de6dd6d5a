"""Parameters of a methodology: a value, or dated values, with unit, source and whether the source confirms it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace

from rostok.methodology.errors import WordingError, perhaps
from rostok.methodology.expressions import Type
from rostok.methodology.nodes import NO_WORDS, Wording
from rostok.wording import N_, gettext

Value = float | str

# Unit → what it is called. ``choice`` is the only unit of words.
UNITS = {
    "share": N_("доля"), "pupils": N_("участников"), "assessments": N_("работ"), "years": N_("лет"),
    "points": N_("баллов"), "mark": N_("отметка"), "grade": N_("класс"), "group": N_("группа"),
    "index": N_("индекс"), "coefficient": N_("коэффициент"), "count": N_("число"),
    "variance": N_("дисперсия"), "choice": N_("выбор"),
}  # fmt: skip
_WHOLE = {"pupils", "assessments", "years", "count", "mark", "grade"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the words a parameter may have, and what people call it."""

    value: str
    title: Wording


@dataclass(frozen=True, slots=True)
class Parameter:
    """``dated`` holds (first day, value) in rising order; a plain value is dated from the first day there is."""

    name: str
    dated: tuple[tuple[dt.date, Value], ...]
    unit: str
    source: str
    confirmed: bool
    note: str = ""
    choices: tuple[Choice, ...] = ()
    title: Wording = NO_WORDS  # what people call it, lower case

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise WordingError(
                gettext("у параметра «{name}» единица «{unit}» неизвестна.", name=self.name, unit=self.unit),
                perhaps(self.unit, UNITS),
            )
        if not self.dated:
            raise WordingError(
                gettext("у параметра «{name}» нет значения.", name=self.name),
                gettext("Напишите value: число."),
            )
        if (self.unit == "choice") != bool(self.choices):
            raise WordingError(
                gettext("у параметра «{name}» unit: choice и choices должны стоять вместе.", name=self.name),
                gettext("Поставьте unit: choice, а в choices — слова и через двоеточие их названия."),
            )
        for _, value in self.dated:
            self._check(value)

    def _check(self, value: Value) -> None:
        if self.unit == "choice":
            if value not in self.words:
                raise WordingError(
                    gettext("у параметра «{name}» нет варианта «{value}».", name=self.name, value=value),
                    perhaps(str(value), self.words),
                )
            return
        if isinstance(value, str) or not math.isfinite(value):
            raise WordingError(
                gettext(
                    "значение параметра «{name}» — «{value}», а нужно число.", name=self.name, value=value
                ),
                gettext("Напишите число с точкой, без кавычек."),
            )
        if self.unit == "share" and not 0 <= value <= 1:
            raise WordingError(
                gettext("доля «{name}» равна {value}, а бывает от 0 до 1.", name=self.name, value=value),
                gettext("Проценты разделите на 100: 30 % — это 0.30."),
            )
        if self.unit in _WHOLE and (value < 0 or value != int(value)):
            raise WordingError(
                gettext("«{name}» равно {value}, а нужно целое число от нуля.", name=self.name, value=value),
                gettext("Уберите знак и дробную часть."),
            )

    @property
    def words(self) -> tuple[str, ...]:
        """The words to choose from; none for a number."""
        return tuple(choice.value for choice in self.choices)

    def title_of(self, value: Value) -> str:
        """What people call a chosen word; empty for a number."""
        return next((str(choice.title) for choice in self.choices if choice.value == value), "")

    @property
    def type(self) -> Type:
        return Type.TEXT if self.unit == "choice" else Type.NUMBER

    def on(self, day: dt.date) -> Value:
        """The value in force on ``day``; WordingError before the first one."""
        known = [value for first, value in self.dated if first <= day]
        if not known:
            raise WordingError(
                gettext("у параметра «{name}» нет значения на {day}.", name=self.name, day=day.isoformat()),
                gettext("Самое раннее — с {day}. Укажите другую дату или задайте значение.", day=self.dated[0][0].isoformat()),
            )  # fmt: skip
        return known[-1]

    def set(self, written: str) -> Parameter:
        """The parameter with one value for all days, as written by a person («0,25» or «0.25»)."""
        value: Value = written.strip()
        if self.unit != "choice":
            try:
                value = float(written.replace(",", "."))
            except ValueError:
                raise WordingError(
                    gettext("«{name}={value}»: нужно число.", name=self.name, value=written),
                    gettext("Например: {name}=0.25.", name=self.name),
                ) from None
        return replace(self, dated=((dt.date.min, value),))


def written(value: Value) -> str:
    """A value as it stands in a version label: shortest text that reads back the same."""
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) else repr(value)
