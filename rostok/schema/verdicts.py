"""What can be said of a percent correct beside its threshold."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where the whole interval of a percent lies: below the threshold, above it, or on neither side."""

    BELOW = "below"
    ABOVE = "above"
    CANNOT_TELL = "cannot_tell"
