"""Build a directory aside and swap it in whole: a reader sees all of it or none.

Also the one place where a refusal of the file system becomes a sentence for people.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from rostok.schema.file_system import error_number, in_words
from rostok.schema.problems import InputRefused, Problem
from rostok.store.locks import take_lock

PREFIX = ".building-"
LOCK = "lock"

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """Turn an OSError met while writing under ``path`` into InputRefused (disk-full, output-not-writable)."""
    try:
        yield
    except OSError as error:
        raise InputRefused((problem_of(error, path),)) from error


def problem_of(error: OSError, path: Path) -> Problem:
    """What the refusal of the file system means for the person who named ``path``."""
    if error_number(error) in _NO_SPACE:
        return Problem("disk-full", file=str(path))
    return Problem("output-not-writable", file=str(path), values={"detail": in_words(error)})


class Aside:
    """A directory ``root/.building-…`` that becomes ``root/name`` on ``commit`` and vanishes otherwise.

    Use as a context manager. Opening it removes what killed builds left in the same root; a directory whose
    owner is alive is left alone. Raises InputRefused where ``root`` cannot be made or written.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        with writing_to(root):
            root.mkdir(parents=True, exist_ok=True)
            remove_leftovers(root)
            self.directory, self._lock = self._open()

    def _open(self) -> tuple[Path, IO[bytes]]:
        directory = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self.root))
        lock = take_lock(directory / LOCK)
        if lock is None:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(directory))
        return directory, lock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def discard(self) -> None:
        """Remove everything built so far; nothing happens after a commit."""
        self._lock.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def commit(self, name: str) -> Path:
        """Swap in as ``root/name``. An existing directory of that name wins and this one is discarded.

        Names are hashes of content, so the one that stands already says the same.
        """
        target = self.root / name
        with writing_to(self.root):
            if not target.exists():
                sync_tree(self.directory)
                self._swap(target)
                sync_directory(self.root)
        self.discard()
        return target

    def _swap(self, target: Path) -> None:
        self.directory.chmod(0o755)  # mkdtemp makes it private; a store is read by colleagues
        if os.name == "nt":
            self._lock.close()  # there a directory with an open file cannot be renamed
        try:
            self.directory.replace(target)
        except OSError:
            if not target.is_dir():
                raise
            return  # another process was faster with the same content
        # The lock moves with the directory and goes last: killed before this line, it lies there unused.
        with suppress(OSError):
            (target / LOCK).unlink()


def remove_leftovers(root: Path) -> None:
    """Remove directories of builds whose process is gone."""
    for left in root.glob(PREFIX + "*"):
        if not left.is_dir():
            continue
        # Between mkdtemp and its lock a build is an empty directory; taking that away could hit a living
        # process, leaving it there harms nobody.
        if not (left / LOCK).exists():
            continue
        lock = take_lock(left / LOCK)
        if lock is not None:
            lock.close()
            shutil.rmtree(left, ignore_errors=True)


def sync_tree(directory: Path) -> None:
    """Flush every file and directory below ``directory`` to the disk."""
    for folder, _, files in os.walk(directory, topdown=False):
        for name in files:
            _sync(Path(folder) / name)
        sync_directory(Path(folder))


def sync_directory(directory: Path) -> None:
    """Flush the list of names of one directory; systems without that call keep it in order themselves."""
    if os.name != "nt":
        _sync(directory)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
