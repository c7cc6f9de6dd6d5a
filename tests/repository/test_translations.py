"""Catalogues: every message has its English text, every plural its Russian forms, placeholders agree."""

from __future__ import annotations

import configparser
import gettext
import re
from pathlib import Path

import click
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

LOCALES = Path("rostok/wording/locale")
KEYWORDS: dict[str, tuple[int, ...] | None] = {"gettext": None, "ngettext": (1, 2), "N_": None, "_": None}
PLACEHOLDER = re.compile(r"\{(\w*)")

Source = str | tuple[str, ...]


@pytest.fixture(scope="module")
def sources(root: Path) -> frozenset[Source]:
    """Every message of the code and the templates; a plural is a pair."""
    mapping = configparser.ConfigParser(interpolation=None)
    mapping.read(root / "babel.cfg", encoding="utf-8")
    sections = [tuple(part.strip() for part in name.split(":")) for name in mapping.sections()]
    methods = [(pattern, method) for method, pattern in sections]
    options = {pattern: dict(mapping[f"{method}: {pattern}"]) for method, pattern in sections}
    found = extract_from_dir(root / "rostok", methods, options, keywords=KEYWORDS)
    return frozenset(message for _, _, message, _, _ in found if message)


@pytest.fixture(scope="module")
def words_of_click() -> frozenset[Source]:
    """Every message of the installed click; in English they are said as they stand."""
    keywords: dict[str, tuple[int, ...] | None] = {"_": None, "ngettext": (1, 2)}
    found = extract_from_dir(Path(click.__file__).parent, [("**.py", "python")], keywords=keywords)
    return frozenset(message for _, _, message, _, _ in found if message)


def _catalogue(root: Path, language: str, domain: str = "rostok") -> Catalog:
    with (root / LOCALES / language / f"LC_MESSAGES/{domain}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _messages(catalogue: Catalog) -> dict[Source, Message]:
    return {_source(message): message for message in catalogue if message.id}


def _source(message: Message) -> Source:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _texts(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def test_messages_are_found(sources: frozenset[Source]) -> None:
    assert "математика" in sources
    assert ("{n} школа", "{n} школ") in sources


def test_english_says_everything(root: Path, sources: frozenset[Source]) -> None:
    english = _messages(_catalogue(root, "en"))
    untold = [source for source in sources if source not in english or not all(_texts(english[source]))]
    assert sorted(map(str, untold)) == []


def test_russian_has_three_forms_of_every_plural(root: Path, sources: frozenset[Source]) -> None:
    russian = _messages(_catalogue(root, "ru"))
    plurals = [source for source in sources if isinstance(source, tuple)]
    forms = {source: _texts(russian[source]) if source in russian else () for source in plurals}
    assert [source for source, texts in forms.items() if len(texts) != 3 or not all(texts)] == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_catalogues_hold_nothing_else(root: Path, sources: frozenset[Source], language: str) -> None:
    catalogue = _catalogue(root, language)
    assert [source for source in _messages(catalogue) if source not in sources] == []
    assert list(catalogue.obsolete) == []
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_placeholders_agree(root: Path, language: str) -> None:
    """A translation names the same values; in a plural any form may leave some out."""
    wrong = []
    for source, message in _messages(_catalogue(root, language)).items():
        known = set(PLACEHOLDER.findall(source if isinstance(source, str) else " ".join(source)))
        told = [set(PLACEHOLDER.findall(text)) for text in _texts(message) if text]
        exact = isinstance(source, str)
        wrong += [source for names in told if (names != known if exact else not names <= known)]
    assert wrong == []


def test_russian_says_everything_of_click(root: Path, words_of_click: frozenset[Source]) -> None:
    assert "Usage:" in words_of_click
    russian = _catalogue(root, "ru", "click")
    texts = {source: _texts(message) for source, message in _messages(russian).items()}
    assert texts.keys() == words_of_click
    assert [source for source, told in texts.items() if not all(told)] == []
    assert list(russian.obsolete) == []
    assert [message.id for message in russian if message.fuzzy and message.id] == []


def test_placeholders_of_click_are_known(root: Path) -> None:
    """Click fills them by name; a translation may leave some out but not name others."""
    wrong = []
    for source, message in _messages(_catalogue(root, "ru", "click")).items():
        known = set(PLACEHOLDER.findall(source if isinstance(source, str) else " ".join(source)))
        wrong += [text for text in _texts(message) if not set(PLACEHOLDER.findall(text)) <= known]
    assert wrong == []


@pytest.mark.parametrize(("language", "domain"), [("ru", "rostok"), ("en", "rostok"), ("ru", "click")])
def test_compiled_catalogue_is_the_committed_one(root: Path, language: str, domain: str) -> None:
    compiled = root / LOCALES / language / f"LC_MESSAGES/{domain}.mo"
    assert compiled.exists(), "run make setup"
    with compiled.open("rb") as file:
        inside = {_source(message): _texts(message) for message in read_mo(file) if message.id}
    told = {
        source: _texts(message) for source, message in _messages(_catalogue(root, language, domain)).items()
    }
    committed = {source: texts for source, texts in told.items() if all(texts)}
    assert {source: inside.get(source) for source in committed} == committed


def test_russian_plural_rule(root: Path) -> None:
    """1, 21 школа; 2–4 школы; 5–20, 111 школ: the rule of the language, written out by hand."""
    translation = gettext.translation("rostok", root / LOCALES, ["ru"])
    forms = [
        translation.ngettext("{n} школа", "{n} школ", n)[4:] for n in (1, 21, 2, 24, 5, 11, 12, 111, 100)
    ]
    assert forms == ["школа"] * 2 + ["школы"] * 2 + ["школ"] * 5
