"""What every file of the repository keeps: length, no machine's paths, no promises for later, no hard words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

MOST_LINES = 450
# Longer files and why they are one subject.
LONG_FILES: dict[str, str] = {}

TEXT_SUFFIXES = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".cfg",
    ".html",
    ".j2",
    ".css",
    ".js",
    ".po",
    ".in",
    ".csv",
}
SKIPPED_FOLDERS = {
    ".git",
    ".venv",
    ".venv-bench",
    ".venv-cluster",
    ".tools",
    "build",
    "dist",
    "_build",
    "_generated",
    "demo",
    "__pycache__",
}

# Folders of one machine, and work put off. Spelt so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.$}])/(?:wo[r]k|ro[o]t|ho[m]e|Us[e]rs)/\w")
PUT_OFF = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b")

# A school is never low, bad or lagging: its results in two papers are below a threshold.
HARD_WORDS = re.compile(
    r"слаб\w+ школ|школ\w* слаб|плох\w+ школ|худш|отстающ|неуспешн\w* школ|аутсайдер|антитоп|"
    r"низк\w+ школ\w|рейтинг школ|low-performing|worst school|bad school|failing school",
    re.IGNORECASE,
)


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        inside = path.relative_to(root)
        is_text = path.suffix in TEXT_SUFFIXES or path.name in {"Makefile", "run"}
        if is_text and path.is_file() and not SKIPPED_FOLDERS & set(inside.parts):
            yield path


def _found(root: Path, pattern: re.Pattern[str], under: str = "") -> list[str]:
    return [
        f"{path.relative_to(root)}:{number}: {line.strip()[:100]}"
        for path in _files(root)
        if path.relative_to(root).as_posix().startswith(under)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_files_are_short(root: Path) -> None:
    lengths = {
        path.relative_to(root).as_posix(): len(path.read_text("utf-8").splitlines())
        for path in (root / "rostok").rglob("*.py")
    }
    assert {name: n for name, n in lengths.items() if n > MOST_LINES and name not in LONG_FILES} == {}
    assert [name for name in LONG_FILES if lengths.get(name, 0) <= MOST_LINES] == []


def test_no_paths_of_one_machine(root: Path) -> None:
    assert _found(root, MACHINE_PATHS) == []


def test_nothing_is_put_off(root: Path) -> None:
    assert _found(root, PUT_OFF) == []


@pytest.mark.parametrize("folder", ["rostok", "methodologies", "indices", "scales", "docs", "README"])
def test_words_about_schools_are_neutral(root: Path, folder: str) -> None:
    assert _found(root, HARD_WORDS, folder) == []


@pytest.mark.parametrize(
    ("pattern", "caught", "passed"),
    [
        (MACHINE_PATHS, "open('/ro" + "ot/data')", "see docs/root/data and https://host.example/home/"),
        (PUT_OFF, "# TO" + "DO: later", "the methodology"),
        (HARD_WORDS, "это сла" + "бая школа", "результаты ниже порога в двух работах"),
    ],
)
def test_the_patterns_themselves(pattern: re.Pattern[str], caught: str, passed: str) -> None:
    assert pattern.search(caught)
    assert not pattern.search(passed)


def test_packages_open_with_a_few_lines(root: Path) -> None:
    """Each package says what lives here and where to start reading."""
    opening = {path: path.read_text("utf-8") for path in (root / "rostok").rglob("__init__.py")}
    assert [str(path) for path, text in opening.items() if not text.startswith('"""')] == []
