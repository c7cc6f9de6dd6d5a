"""Progress of long work, told to whoever asked: a terminal, a job row, nobody."""

from __future__ import annotations

from collections.abc import Callable

# (stage as a message for people, steps done, steps in all)
Progress = Callable[[str, int, int], None]


def silent(stage: str, done: int, total: int) -> None:
    """Nobody asked."""
