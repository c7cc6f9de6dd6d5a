"""Texts of a YAML file in one language or two."""

from __future__ import annotations

from rostok.methodology.nodes import NO_WORDS, Wording
from rostok.methodology.yaml_tables import Mapped
from rostok.wording import gettext


def wording_of(entry: Mapped, key: str) -> Wording:
    """A text, or {ru: …, en: …}."""
    if key not in entry or isinstance(entry.data[key], str):
        return Wording(entry.text(key))
    both = entry.table(key, gettext("текст на двух языках")).only("ru", "en")
    return Wording(both.text("ru"), both.text("en", ""))


def wording_or_none(entry: Mapped, key: str) -> Wording:
    """The same; no words where the key is absent."""
    return wording_of(entry, key) if key in entry else NO_WORDS
