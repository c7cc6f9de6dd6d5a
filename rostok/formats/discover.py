"""Which files an input names: files as given, folders with everything below them, in one stable order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rostok.schema.file_system import in_words
from rostok.schema.problems import Problem

# Left by programs beside the files people mean: lock files of offices, caches of systems.
_SERVICE_PREFIXES = ("~$", ".", "__MACOSX")
_SERVICE_NAMES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read: where it lies, and how the user sees it, with ``/`` on every system."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the given paths name; ``problems`` are the paths that are not there or let nobody in."""

    files: tuple[InputFile, ...]
    problems: tuple[Problem, ...] = ()


def is_service_name(name: str) -> bool:
    """Is this a name no person gave: a lock file, a hidden one, a cache?"""
    return name.startswith(_SERVICE_PREFIXES) or name.lower() in _SERVICE_NAMES


def discover(paths: Iterable[Path]) -> Discovery:
    """Every file under ``paths``, each once, sorted by shown name.

    A file in a given folder is shown with the folder's own name in front (``2021/5/…xlsx`` for ``…/2021``),
    because that name often says the year; a file given by itself is shown with the folder it lies in.
    """
    found: dict[Path, str] = {}
    problems = []
    for path in paths:
        if not path.exists():
            problems.append(Problem("file-missing", path.as_posix()))
            continue
        place = path.resolve()
        base = place.parent if place.is_dir() else place.parent.parent
        walk = _Walk(base)
        for file in walk.files(place):
            found.setdefault(file, file.relative_to(base).as_posix())
        problems += walk.problems
    files = [InputFile(path, name) for path, name in found.items()]
    files.sort(key=lambda file: (file.name, str(file.path)))
    return Discovery(tuple(files), tuple(problems))


class _Walk:
    """Goes through one given path; what cannot be entered becomes a problem, pipes and devices are left alone."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._entered: set[Path] = set()  # a link to a folder above would lead round for ever
        self.problems: list[Problem] = []

    def files(self, place: Path) -> Iterator[Path]:
        if place.is_file():
            yield place
        elif place.is_dir():
            yield from self._below(place)
        elif place.is_symlink():
            self.problems.append(Problem("file-missing", self._shown(place)))

    def _below(self, folder: Path) -> Iterator[Path]:
        if folder.resolve() in self._entered:
            return
        self._entered.add(folder.resolve())
        try:
            children = sorted(folder.iterdir())
        except OSError as error:
            detail = {"detail": in_words(error)}
            self.problems.append(Problem("file-damaged", self._shown(folder), values=detail))
            return
        for child in children:
            if not is_service_name(child.name):
                yield from self.files(child)

    def _shown(self, path: Path) -> str:
        return path.relative_to(self._base).as_posix()
