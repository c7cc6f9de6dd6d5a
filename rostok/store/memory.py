"""Memory that was freed, given back to the system before the next large step asks for its own."""

from __future__ import annotations

import ctypes

import pyarrow as pa


def give_back() -> None:
    """Let allocators return what nobody uses: half a gigabyte between two papers of a country.

    glibc raises its own threshold up to 32 MB as large arrays come and go, and keeps smaller ones in a heap that
    it shortens only from the end. On other systems only Arrow's share is returned.
    """
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
