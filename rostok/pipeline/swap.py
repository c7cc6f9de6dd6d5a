"""Output directories appear whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rostok.schema.problems import InputRefused, Problem
from rostok.store.aside import problem_of, writing_to

# A directory that holds this file was written by us and may be replaced by a newer result.
MARKER = "run.json"
OUTPUTS = frozenset(
    {
        MARKER,
        "results.csv",
        "reasons.csv",
        "indicators.csv",
        "rules.csv",
        "problems.csv",
        "report.html",
        "report.xlsx",
        # statistics of items
        "items.html",
        "test.csv",
        "classical.csv",
        "rasch.csv",
        "pcm.csv",
        "fit.csv",
        "persons.csv",
        "pupils.csv",
        "dif.csv",
        "dif_pairs.csv",
        "link.csv",
        "sensitivity.csv",
        # learning-gap maps
        "gaps.csv",
        "skills.csv",
        "tests.csv",
        "alpha.csv",
        "differences.csv",
        "marks.csv",
        "distribution.csv",
        "subscores.csv",
        "systemic.csv",
        "years.csv",
        "maps.html",
        "places.csv",
        # value added
        "fixed.csv",
        "variance.csv",
        "effects.csv",
        "reliability.csv",
        "residuals.csv",
        "model.json",
        # sandbox
        "sandbox.csv",
        "moves.csv",
        "groups.csv",
        "chance.csv",
        # index of context, similar schools
        "context.csv",
        "components.csv",
        "stability.csv",
        "social_index.csv",
        "similar.csv",
        "compared.csv",
        "differs.csv",
        "group.csv",
        # growth, groups of schools, resilience
        "growth.csv",
        "cohorts.csv",
        "comparisons.csv",
        "intake.csv",
        "series.csv",
        "transitions.csv",
        "sexes.csv",
        "percentiles.csv",
        "clusters.csv",
        "profiles.csv",
        "choice.csv",
        "descriptions.csv",
        "resilience.csv",
        "conditions.csv",
        # objectivity
        "markers.csv",
        "schools.csv",
        "region.csv",
    }
)

# Folders inside a result and the names of our files in them: maps of single papers, named by their assessment; what
# may be published, and the record of what may not.
PAGES, PUBLIC, PRIVATE = "maps", "public", "private"
FOLDERS = {
    PAGES: re.compile(r"[a-z_]+-\d{4}-[a-z]+-[a-z_]+-\d+\.html"),
    PUBLIC: re.compile(r"(?:gaps|skills)\.csv"),
    PRIVATE: re.compile(r"(?:cells|places)\.csv"),
}


@contextmanager
def whole_directory(target: Path) -> Iterator[Path]:
    """A fresh directory beside ``target`` that takes its place when the block ends without an error.

    An empty target or an earlier result of ours is replaced; anything else is refused and left untouched.
    Raises InputRefused with ``output-not-ours``, ``output-not-writable`` or ``disk-full``.
    """
    target = target.absolute()
    _refuse_foreign(target)
    aside: Path | None = None
    try:
        aside = _beside(target)
        # mkdtemp is private by design; a result is as readable as any file its owner makes.
        aside.chmod(0o777 & ~_umask())
        yield aside
        _swap(aside, target)
    except OSError as error:
        raise InputRefused((problem_of(error, target),)) from error
    finally:
        if aside is not None and aside.exists():
            shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def room_for(target: Path, is_ours: Callable[[Path], bool]) -> Iterator[None]:
    """Nothing at ``target`` for the length of the block: what is ours steps aside, and comes back when it fails.

    Raises InputRefused (output-not-ours) where anything else lies there, which stays untouched.
    """
    target = target.absolute()
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        yield
        return
    if not is_ours(target):
        raise InputRefused((Problem("output-not-ours", file=str(target)),))
    with writing_to(target):
        old = _beside(target)
        target.replace(old)
    try:
        yield
    except BaseException:
        if not target.exists():
            old.replace(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def check_target(target: Path) -> None:
    """Can ``target`` be written when the work is done? Asked before it, with the refusals of ``whole_directory``."""
    target = target.absolute()
    _refuse_foreign(target)
    with writing_to(target):
        # In the nearest folder there is, so that a refused run leaves no empty parents behind.
        place = next(folder for folder in target.parents if folder.exists())
        Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=place)).rmdir()


def _refuse_foreign(target: Path) -> None:
    if target.exists() and not _replaceable(target):
        raise InputRefused((Problem("output-not-ours", file=str(target)),))


def _beside(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _replaceable(target: Path) -> bool:
    """Empty, or an earlier result and nothing beside it: notes people keep there are not ours to remove."""
    if not target.is_dir():
        return False
    names = {entry.name for entry in target.iterdir()}
    if not all(_is_ours(target / name) for name in names & FOLDERS.keys()):
        return False
    return not names or (MARKER in names and names <= OUTPUTS | FOLDERS.keys())


def _is_ours(folder: Path) -> bool:
    """Does a folder inside a result hold our files alone?"""
    pattern = FOLDERS[folder.name]
    return folder.is_dir() and all(
        one.is_file() and pattern.fullmatch(one.name) is not None for one in folder.iterdir()
    )


def _swap(aside: Path, target: Path) -> None:
    if not target.exists():
        aside.rename(target)
        return
    old = aside.with_name(aside.name + ".old")
    target.rename(old)
    try:
        aside.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
