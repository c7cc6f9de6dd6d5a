"""What the documents promise exists: links, commands, targets of make, lines of the traceability table."""

from __future__ import annotations

import ast
import csv
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rostok.cli.main import build
from rostok.pipeline.outputs import REASON_COLUMNS, RESULT_COLUMNS, problems_table

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
FENCED = re.compile(r"^```[a-z]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
MAKE_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
REQUIREMENT = re.compile(r"S\d\.\d{3}")


def _documents(root: Path) -> list[Path]:
    manual = (
        path for path in (root / "docs").rglob("*.md") if not {"_build", "_generated"} & set(path.parts)
    )
    return [root / "README.md", root / "README.ru.md", *sorted(manual)]


def _commands(path: Path) -> Iterator[str]:
    for block in FENCED.findall(path.read_text("utf-8")):
        for line in block.splitlines():
            yield line.split("#")[0].strip().removeprefix("$ ").removeprefix(".venv/bin/")


def _has_command(words: list[str]) -> bool:
    """Is ``methodology show …`` a command of ``rostok``?"""
    command: click.Command = build()
    for word in words:
        if not isinstance(command, click.Group):
            return True
        if word.startswith("-"):
            return True
        if word not in command.commands:
            return False
        command = command.commands[word]
    return True


def test_links_lead_somewhere(root: Path) -> None:
    broken = [
        f"{path.relative_to(root)}: {target}"
        for path in _documents(root)
        for target in LINK.findall(path.read_text("utf-8"))
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert broken == []


def test_commands_of_the_documents_exist(root: Path) -> None:
    lines = [(path.name, line) for path in _documents(root) for line in _commands(path)]
    commands = [(name, line.split()[1:]) for name, line in lines if line.startswith("rostok ")]
    assert ("README.md", ["methodology", "list"]) in commands
    assert [(name, words) for name, words in commands if not _has_command(words)] == []


def test_make_targets_of_the_documents_exist(root: Path) -> None:
    known = set(MAKE_TARGET.findall((root / "Makefile").read_text("utf-8")))
    words = [
        (path.name, word)
        for path in _documents(root)
        for line in _commands(path)
        if line.startswith("make ")
        for word in line.split()[1:]
        if "=" not in word
    ]
    assert ("README.md", "demo") in words
    assert [(name, word) for name, word in words if word not in known] == []


def test_make_alone_explains_every_target(root: Path) -> None:
    makefile = (root / "Makefile").read_text("utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    shown = subprocess.run(["make", "-C", root], capture_output=True, text=True, check=True).stdout
    assert [target for target in phony[1].split() if f"make {target} " not in shown] == []


def _columns_told(page: Path, table: str) -> tuple[str, ...]:
    """Column names in the first cells of a table's section, in their order."""
    section = page.read_text("utf-8").split(f"## {table}\n")[1].split("\n## ")[0]
    first_cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return tuple(name for cell in first_cells for name in re.findall(r"`(\w+)`", cell))


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        ("results.csv", RESULT_COLUMNS),
        ("reasons.csv", REASON_COLUMNS),
        ("indicators.csv", ("school_id", "indicator", "value", "n", "coverage", "unit")),
        ("rules.csv", ("school_id", "rule", "verdict", "figure", "threshold", "source")),
        ("problems.csv", tuple(problems_table(()).column_names)),
    ],
)
def test_the_manual_names_every_column(root: Path, table: str, columns: tuple[str, ...]) -> None:
    assert _columns_told(root / "docs/manual/outputs.md", table) == columns


# --- docs/traceability.csv: requirement → where it is served


def _served(root: Path) -> list[dict[str, str]]:
    with (root / "docs/traceability.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    assert reader.fieldnames == ["requirement", "target_kind", "target"]
    return rows


def _has_definition(path: Path, name: str) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    return any(
        isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name for node in ast.walk(tree)
    )


def _target_exists(root: Path, kind: str, target: str) -> bool:
    """``page`` and ``document``: a path; ``test``: path or path::name; ``command``: words after ``rostok``."""
    match kind:
        case "page":
            return target.startswith("docs/manual/") and (root / target).is_file()
        case "document":
            return (root / target).exists()
        case "test":
            path, _, name = target.partition("::")
            return (root / path).is_file() and (not name or _has_definition(root / path, name))
        case "command":
            return target.startswith("rostok ") and _has_command(target.split()[1:])
    return False


def test_every_target_exists(root: Path) -> None:
    assert [row for row in _served(root) if not _target_exists(root, row["target_kind"], row["target"])] == []


def test_no_line_of_the_table_stands_twice(root: Path) -> None:
    rows = [tuple(row.values()) for row in _served(root)]
    assert len(rows) == len(set(rows))


def test_requirements_are_known(root: Path, shared: Path) -> None:
    with (shared / "requirements.csv").open(encoding="utf-8", newline="") as file:
        known = {row["id"] for row in csv.DictReader(file)}
    assert all(REQUIREMENT.fullmatch(identifier) for identifier in known)
    assert [row for row in _served(root) if row["requirement"] not in known] == []


@pytest.mark.parametrize(
    ("kind", "target", "exists"),
    [
        ("document", "README.md", True),
        ("document", "README.xx.md", False),
        ("page", "README.md", False),
        ("test", "tests/repository/test_documents.py::test_every_target_exists", True),
        ("test", "tests/repository/test_documents.py::test_of_nothing", False),
        ("command", "rostok methodology show", True),
        ("command", "rostok guess", False),
        ("feeling", "README.md", False),
    ],
)
def test_the_check_itself(root: Path, kind: str, target: str, exists: bool) -> None:
    assert _target_exists(root, kind, target) is exists
