"""``python -m rostok`` is ``rostok``."""

from __future__ import annotations

import subprocess
import sys

import rostok


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rostok", *arguments], capture_output=True, encoding="utf-8", check=False
    )


def test_module_says_its_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("rostok") and rostok.__version__ in done.stdout


def test_module_refuses_an_unknown_command() -> None:
    assert run("nonsense").returncode == 2
