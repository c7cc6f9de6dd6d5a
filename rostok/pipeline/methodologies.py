"""Finding and showing methodologies: shipped ones by name, own ones by file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rostok.methodology import Methodology, MethodologyError, load
from rostok.pipeline.resources import shipped
from rostok.schema.problems import InputRefused, Problem

_SUFFIXES = {".yaml", ".yml"}


def shipped_methodologies() -> tuple[Methodology, ...]:
    """Every shipped methodology, by id and version."""
    return tuple(_shipped(file) for file in sorted(shipped("methodologies").glob("*/*.yaml")))


@cache
def _shipped(file: Path) -> Methodology:
    return load(file.read_text(encoding="utf-8"), f"{file.parent.name}/{file.name}")


def find_methodology(identifier: str) -> Methodology:
    """The methodology of ``ID``, ``ID@VERSION`` or a YAML file; without a version the latest one.

    Raises InputRefused: methodology-unknown, methodology-refused, or file-missing.
    """
    path = Path(identifier)
    if path.suffix.lower() in _SUFFIXES:
        return load_methodology(path)
    name, _, version = identifier.partition("@")
    # The folder of a methodology bears its id (a repository test says so): the others need not be read.
    files = shipped("methodologies").glob("*/*.yaml")
    named = [_shipped(file) for file in sorted(files) if file.parent.name == name]
    found = [m for m in named if version in ("", m.version)]
    if not found:
        options = ", ".join(f"{m.id}@{m.version}" for m in shipped_methodologies())
        raise InputRefused((Problem("methodology-unknown", value=identifier, values={"options": options}),))
    return max(found, key=lambda m: m.valid_from)


def load_methodology(path: Path) -> Methodology:
    """The methodology written in a file; InputRefused names file, line and remedy."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputRefused((Problem("file-missing", file=str(path)),)) from error
    except UnicodeDecodeError as error:
        raise InputRefused((Problem("file-encoding", file=str(path)),)) from error
    try:
        return load(text, str(path))
    except MethodologyError as error:
        raise InputRefused((refusal(error),)) from error


def source_text(methodology: Methodology) -> str:
    """The file a methodology was read from, as its author wrote it."""
    own = Path(methodology.file)
    path = own if own.is_file() else shipped("methodologies") / methodology.file
    return path.read_text(encoding="utf-8")


def refusal(error: MethodologyError) -> Problem:
    """A refused definition as a problem like any other."""
    place = f"{error.file}:{error.line}" if error.line else error.file
    values = {"detail": f"{place}: {error.sentence}", "advice": error.remedy}
    return Problem("methodology-refused", file=error.file, row=error.line, values=values)


def set_parameters(methodology: Methodology, given: dict[str, str]) -> Methodology:
    """``methodology`` with values of ``--set``; InputRefused names the parameter and what was meant."""
    if not given:
        return methodology
    try:
        return methodology.with_parameters(given)
    except MethodologyError as error:
        raise InputRefused((refusal(error),)) from error
