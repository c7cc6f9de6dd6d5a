"""What is installed: hashed, pinned, explained, and from no address of anybody's."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

LOCKED = ("uv", "runtime", "dev", "cluster")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")


def _names(path: Path) -> set[str]:
    """Names of the requirements of an ``.in`` file, without versions, extras and included files."""
    lines = (line.split("#")[0].strip() for line in path.read_text("utf-8").splitlines())
    return {_name(line) for line in lines if line and not line.startswith("-")}


def _name(requirement: str) -> str:
    return re.split(r"[\s=<>~!;\[]", requirement)[0].lower().replace("_", "-").replace(".", "-")


def _pins(path: Path) -> dict[str, set[str]]:
    """Name → pinned versions (several where the version depends on Python)."""
    pins: dict[str, set[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if match := PIN.match(line):
            pins.setdefault(_name(match[1]), set()).add(match[2])
    return pins


@pytest.mark.parametrize("name", LOCKED)
def test_every_requirement_is_pinned_and_hashed(root: Path, name: str) -> None:
    text = (root / "requirements" / f"{name}.txt").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    assert [line for line in lines if not PIN.match(line) or "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("name", LOCKED)
def test_every_wanted_package_is_locked(root: Path, name: str) -> None:
    folder = root / "requirements"
    assert _names(folder / f"{name}.in") <= _pins(folder / f"{name}.txt").keys()


@pytest.mark.parametrize(("inner", "outer"), [("runtime", "dev"), ("dev", "cluster")])
def test_what_includes_another_has_its_versions(root: Path, inner: str, outer: str) -> None:
    few, many = (_pins(root / "requirements" / f"{name}.txt") for name in (inner, outer))
    assert {name: many.get(name) for name in few} == few


def test_package_and_requirements_name_the_same_dependencies(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    assert {_name(line) for line in project["dependencies"]} == _names(root / "requirements" / "runtime.in")


def test_extra_of_the_cluster_is_what_its_tests_install(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    extra = {_name(line) for line in project["optional-dependencies"]["cluster"]}
    assert extra == _names(root / "requirements" / "cluster.in")


def test_every_dependency_says_what_it_is_for(root: Path) -> None:
    text = (root / "pyproject.toml").read_text("utf-8")
    block = re.search(r"^dependencies = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert block is not None
    assert [line for line in block[1].splitlines() if not re.search(r'",\s+# \S', line)] == []


def test_no_addresses_where_things_are_installed(root: Path) -> None:
    files = [root / "Makefile", root / ".ci/run", root / "pyproject.toml", *root.glob("requirements/*")]
    text = {path.name: path.read_text("utf-8") for path in files}
    assert [name for name, content in text.items() if "://" in content] == []
    assert [
        name for name, content in text.items() if re.search(r"--(extra-)?index-url|--find-links", content)
    ] == []
