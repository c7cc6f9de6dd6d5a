"""The command line as tests run it: in this process, or as a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from rostok.cli.main import build
from rostok.wording import use_language

_PROGRAM = "from rostok.cli.main import main; main()"


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str


def rostok(*arguments: object) -> Outcome:
    """``rostok …`` in Russian, in this process: quick, and a traceback fails the test."""
    with use_language("ru"):
        result = CliRunner().invoke(build(), [str(argument) for argument in arguments], prog_name="rostok")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Outcome(result.exit_code, result.stdout, result.stderr)


def rostok_program(*arguments: object, before: str = "", **environment: str) -> Outcome:
    """``rostok …`` as its own process; ``before`` is Python to run first, ``environment`` replaces variables."""
    words = ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "ROSTOK_LANGUAGE")
    own: Mapping[str, str] = {name: value for name, value in os.environ.items() if name not in words}
    done = subprocess.run(
        [sys.executable, "-c", f"{before}\n{_PROGRAM}", *(str(argument) for argument in arguments)],
        capture_output=True, encoding="utf-8", env={**own, "PYTHONIOENCODING": "utf-8", **environment}, check=False,
    )  # fmt: skip
    return Outcome(done.returncode, done.stdout, done.stderr)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by relative path: to see that nothing was touched."""
    return {path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*")) if path.is_file()}  # fmt: skip
