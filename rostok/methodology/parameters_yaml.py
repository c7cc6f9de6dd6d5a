"""Parameters as a methodology writes them → ``parameters.Parameter``."""

from __future__ import annotations

import datetime as dt
from typing import cast

from rostok.methodology.errors import WordingError
from rostok.methodology.parameters import Choice, Parameter, Value
from rostok.methodology.yaml_tables import Mapped
from rostok.methodology.yaml_wordings import wording_of, wording_or_none
from rostok.wording import gettext


def read_parameters(root: Mapped) -> tuple[Parameter, ...]:
    """The parameters in the order written; none where the word is absent."""
    if "parameters" not in root:
        return ()
    table = root.table("parameters", gettext("параметры"))
    return tuple(_parameter(table, name) for name in table.names())


def _parameter(table: Mapped, name: str) -> Parameter:
    entry = table.table(name, gettext("параметр «{name}»", name=name))
    entry.only("title", "value", "values", "unit", "source", "confirmed", "note", "choices")
    if not name.isidentifier() or name.startswith("_"):
        raise table.fail(
            name,
            gettext("имя параметра «{name}» не годится.", name=name),
            gettext("Буквы, цифры и «_», без пробелов."),
        )
    choices = _choices(entry)
    try:
        return Parameter(
            name, _dated(entry, bool(choices)), entry.text("unit"), entry.text("source"), entry.truth("confirmed"),
            entry.text("note", ""), choices, wording_or_none(entry, "title"),
        )  # fmt: skip
    except WordingError as wrong:
        raise table.refuse(name, wrong) from None


def _choices(entry: Mapped) -> tuple[Choice, ...]:
    """``choices: {word: title}``: a word nobody can read is no choice."""
    if "choices" not in entry:
        return ()
    table = entry.table("choices", gettext("варианты и их названия"))
    return tuple(Choice(value, wording_of(table, value)) for value in table.names())


def _dated(entry: Mapped, of_words: bool) -> tuple[tuple[dt.date, Value], ...]:
    """``value: x`` for all days, or ``values: {2021-01-01: x, 2023-01-01: y}``."""
    if ("value" in entry) == ("values" in entry):
        raise entry.fail(
            "value",
            gettext("нужно одно из двух: value или values."),
            gettext("values: {2021-01-01: 0.3} — значения по датам."),
        )
    if "value" in entry:
        return ((dt.date.min, entry.text("value") if of_words else entry.number("value")),)
    dated = entry.table("values", gettext("значения по датам"))
    found: list[tuple[dt.date, Value]] = []
    for day in dated.data:
        if not isinstance(day, dt.date):
            raise dated.fail(str(day), gettext("«{day}» — не дата.", day=day), gettext("Пишите 2021-01-01."))
        found.append((day, dated.text(cast(str, day)) if of_words else dated.number(cast(str, day))))
    return tuple(sorted(found))
