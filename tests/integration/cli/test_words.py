"""What the command line says of itself, and of words it does not know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integration.cli.conftest import PLAN, QUICK
from tests.integration.command import rostok, rostok_program

CYRILLIC = re.compile("[А-Яа-яЁё]")
COMMANDS = ("analyse", "methodology", "synth", "demo")


@pytest.mark.parametrize("locale", [{}, {"LANG": "C.UTF-8"}, {"LANG": "ru_RU.UTF-8"}])
def test_help_is_russian_by_default(locale: dict[str, str]) -> None:
    shown = rostok_program("--help", **locale)
    assert shown.code == 0
    assert "школы, которым нужна поддержка" in shown.out
    assert [name for name in COMMANDS if name not in shown.out] == []


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS), ("methodology", "check")])
def test_help_is_english_in_an_english_locale(command: tuple[str, ...]) -> None:
    shown = rostok_program(*command, "--help", LANG="en_GB.UTF-8")
    assert shown.code == 0
    assert shown.out.startswith("Usage: rostok")
    assert CYRILLIC.findall(shown.out) == []


def test_every_option_of_analyse_is_explained() -> None:
    shown = rostok("analyse", "--help")
    for option in ("--methodology", "--on", "--engine", "--out", "--set", "--assume"):
        assert re.search(rf"^  {option}\b.*?[А-я]{{3}}", shown.out, re.MULTILINE | re.DOTALL), option


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--methodology", "neither"), "Методики «neither» нет. Есть: at-risk@"),
        (("--methodology", "federal-low-results@1999"), "Методики «federal-low-results@1999» нет."),
        ((*PLAN, "--set", "porog=0.3"), "параметра «porog» в методике нет. Можно: count_by, min_assessments"),
        ((*PLAN, "--set", "threshold=много"), "threshold=0.25"),
        ((*PLAN, "--set", "threshold"), "--set: ожидается ИМЯ=ЗНАЧЕНИЕ, а не «threshold»."),
        ((*PLAN, "--assume", "colour=red"), "поля: kind, year, subject, grade, wave, school, region"),
        ((*PLAN, "--assume", "subject=танцы"), "«танцы» неизвестно, возможно: russian, math"),
        ((*PLAN, "--on", "вчера"), "вчера"),
        ((*PLAN, "--engine", "excel"), "excel"),
    ],
)
def test_unknown_word_is_refused_with_what_is_possible(
    inputs: Path, tmp_path: Path, words: tuple[str, ...], told: str
) -> None:
    done = rostok("analyse", inputs, *words, *QUICK, "--out", tmp_path / "out")
    assert (done.code, done.out) == (2, "")
    assert told in " ".join(done.err.split())
    assert list(tmp_path.iterdir()) == []


def test_refusal_in_english(inputs: Path, tmp_path: Path) -> None:
    done = rostok_program("analyse", inputs, "--methodology", "neither", "--out", tmp_path / "out",
                          LANG="en_GB.UTF-8")  # fmt: skip
    assert done.code == 2
    assert done.err.splitlines()[-1] == "Nothing was written."
    assert CYRILLIC.findall(done.err) == []
