"""Words of data and methodologies in the reader's language."""

from __future__ import annotations

from rostok import pipeline
from rostok.synth.schools import KINDS
from rostok.wording.labels import KNOWN, label

_LATIN = {"annual growth target", "statewide interim performance target"}


def test_every_word_of_the_shipped_methodologies_is_known() -> None:
    """A methodology that is added with a new category or a new short source has to give it English."""
    words = set(KINDS)
    for found in pipeline.shipped_methodologies():
        words |= {name for name, _ in found.category} | {one.source for one in found.parameters}
        words |= {found.author, found.checked_by}
    assert words - KNOWN - _LATIN == set()


def test_a_word_nobody_knows_stays_as_it_was_written() -> None:
    assert [label(text) for text in ("Кадетский корпус", "", "ШНОР / своя категория")] == [
        "Кадетский корпус", "", "ШНОР / своя категория",
    ]  # fmt: skip
