"""Where a region or country is built: beside its place, so that a half-written one is never seen there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rostok.store.aside import writing_to


@contextmanager
def built_aside(directory: Path) -> Iterator[Path]:
    """An empty folder beside ``directory``, gone when the block ends; ``Path.replace`` moves the result in.

    Raises FileExistsError when ``directory`` is a file or holds anything, InputRefused (output-not-writable,
    disk-full) wherever the disk refuses.
    """
    if directory.is_file() or (directory.is_dir() and any(directory.iterdir())):
        raise FileExistsError(str(directory))
    with writing_to(directory):
        directory.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def files_below(directory: Path) -> list[str]:
    """Every file under ``directory`` by its path from there, in order."""
    return sorted(
        path.relative_to(directory).as_posix() for path in directory.rglob("*") if not path.is_dir()
    )
