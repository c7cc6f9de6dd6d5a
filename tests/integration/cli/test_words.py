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


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS), ("methodology", "check")])
def test_click_says_its_own_words_in_russian(command: tuple[str, ...]) -> None:
    shown = rostok_program(*command, "--help")
    assert shown.out.startswith("Вызов: rostok")
    assert re.search(r"^  -h, --help +Показать эту справку и выйти\.$", shown.out, re.MULTILINE)
    assert re.findall(r"Usage|Options|Commands|Show|required|default|RANGE", shown.out) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "Не указан аргумент 'INPUT...'."),
        (("x",), "Не указан параметр '--methodology'."),
        (("x", "--autumn"), "Параметра --autumn нет. Может быть, одно из: '--assume', '--out'?"),
        ((*PLAN, "x", "--out", "o", "--draws", "много"),
         "Значение не подходит для '--draws': «много» неизвестно, возможно: '64', '128', '256', '512', '1024', '2048', '4096', '8192'."),
        ((*PLAN, "x", "--out", "o", "--draws", "100"),
         "Значение не подходит для '--draws': «100» неизвестно, возможно: '64', '128', '256', '512', '1024', '2048', '4096', '8192'."),
    ],
)  # fmt: skip
def test_click_refuses_words_in_russian(words: tuple[str, ...], told: str) -> None:
    done = rostok_program("analyse", *words)
    assert (done.code, done.out) == (2, "")
    lines = done.err.splitlines()
    assert lines[:2] == ["Вызов: rostok analyse [OPTIONS] INPUT...", "Справка: rostok analyse --help"]
    assert lines[-1] == f"Ошибка: {told}"


@pytest.mark.parametrize(
    ("word", "told"),
    [("--on", "Параметру --on нужно значение."), ("--report=1", "У параметра --report не бывает значения.")],
)
def test_misused_option_is_refused_in_russian(word: str, told: str) -> None:
    done = rostok_program("analyse", "x", word)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[-1] == f"Ошибка: {told}"


def test_unknown_command_and_version_in_russian() -> None:
    assert rostok_program("analyze").err.splitlines()[-1].startswith("Ошибка: Команды «analyze» нет.")
    assert re.fullmatch(r"rostok, версия [0-9.]+\n", rostok_program("--version").out)


@pytest.mark.parametrize("command", ["analyse", "synth"])
def test_example_can_be_copied(command: str) -> None:
    """One line, however narrow the terminal: a name broken at its hyphen is another name."""
    shown = rostok_program(command, "--help", COLUMNS="60")
    assert [line for line in shown.out.splitlines() if line.startswith("  Пример")] == ["  Пример:"]
    example = shown.out.splitlines()[-1]
    assert example.startswith(f"    rostok {command} ") and len(example) > 60


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
        ((*PLAN, "--on", "30.06.2021"), "«30.06.2021» — не дата; дата пишется так: 2021-06-30"),
        (
            (*PLAN, "--engine", "excel"),
            "Аналитического движка «excel» нет. Есть: duckdb, spark, spark://HOST:PORT.",
        ),
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
