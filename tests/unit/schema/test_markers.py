"""Words of markers: complete, neutral, and the same in the manual."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rostok.schema.markers import MARKERS, Basis, Marker
from rostok.statistics.objectivity.battery import TESTS
from rostok.wording import use_language

PAGE = Path(__file__).resolve().parents[3] / "docs" / "manual" / "objectivity_markers.inc"
_BASES = {
    Basis.OFFICIAL: "официальный", Basis.VARIANT: "вариант официального", Basis.TEST: "проверка",
    Basis.DESCRIPTION: "описание",
}  # fmt: skip
NEVER = ("наруш", "завыш", "обман", "списыва", "подтасов", "махина", "фальс", "вина", "винов")  # wording.md

# What may be asked of the papers, and so stands under «на что посмотреть»; never among other explanations.
SUSPICIONS = ("в пользу", "заранее", "вместе;", "копирован", "мягче", "отметку выше")


def _section(marker: Marker) -> str:
    held = f"В столбце `value` — {marker.value}" + (f", в `limit` — {marker.limit}." if marker.limit else ".")
    return "\n".join([
        f"### {marker.title} (`{marker.code}`, {_BASES[marker.basis]})", "",
        f"**Что увидено.** {marker.seen} {held}", "",
        f"**Чем ещё объясняется.** {marker.otherwise}", "", f"**На что посмотреть.** {marker.look}",
    ])  # fmt: skip


def test_manual_says_of_markers_what_reports_say() -> None:
    with use_language("ru"):
        text = "\n\n".join(_section(marker) for marker in MARKERS.values()) + "\n"
    if os.environ.get("ROSTOK_WRITE_MANUAL"):
        PAGE.write_text(text, "utf-8")
    assert PAGE.read_text("utf-8") == text, "run this test with ROSTOK_WRITE_MANUAL=1"


@pytest.mark.parametrize("marker", MARKERS.values(), ids=lambda marker: marker.code)
def test_marker_opens_a_question(marker: Marker) -> None:
    with use_language("ru"):
        words = " ".join(
            [marker.title, marker.seen, marker.otherwise, marker.look, marker.value, marker.limit]
        ).lower()
        assert marker.seen.endswith(".") and marker.otherwise.endswith(".") and marker.look.endswith(".")
    assert not [word for word in NEVER if word in words]


@pytest.mark.parametrize("marker", MARKERS.values(), ids=lambda marker: marker.code)
def test_other_explanations_are_no_suspicions(marker: Marker) -> None:
    with use_language("ru"):
        otherwise = marker.otherwise.lower()
    assert not [word for word in SUSPICIONS if word in otherwise]


def test_tests_are_those_of_the_battery() -> None:
    assert tuple(code for code, marker in MARKERS.items() if marker.basis is Basis.TEST) == TESTS
