"""Which package may know which: the contracts of pyproject.toml hold."""

from __future__ import annotations

import tomllib
from pathlib import Path

from importlinter import api


def test_import_contracts_are_kept(root: Path) -> None:
    assert api.use_cases.lint_imports(config_filename=str(root / "pyproject.toml"), cache_dir=None)


def test_every_package_has_its_layer(root: Path) -> None:
    """import-linter checks this for packages it finds; here for the folders themselves, in the stated order."""
    contracts = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract for contract in contracts if contract["type"] == "layers")["layers"]
    declared = {name.strip(" ()") for layer in layers for name in layer.split("|")}
    folders = {path.parent.name for path in (root / "rostok").glob("*/__init__.py")}
    assert folders
    assert folders <= declared


def test_required_layers_exist(root: Path) -> None:
    """A layer without parentheses is promised to exist."""
    contracts = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract for contract in contracts if contract["type"] == "layers")["layers"]
    required = {part.strip() for layer in layers for part in layer.split("|") if "(" not in part}
    assert all((root / "rostok" / name / "__init__.py").exists() for name in required)
