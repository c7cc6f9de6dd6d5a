"""A lock that dies with its process, so that a killed build can be told from a running one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _take(handle: IO[bytes]) -> None:
        msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: IO[bytes]) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def take_lock(path: Path) -> IO[bytes] | None:
    """An open locked file, or None when a living process holds the lock. Closing the file gives it back."""
    handle = path.open("wb")
    try:
        _take(handle)
    except OSError:
        handle.close()
        return None
    return handle
