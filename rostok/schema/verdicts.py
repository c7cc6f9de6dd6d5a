"""What can be said: of a percent correct beside its threshold, of a school beside others or beside its conditions."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """Where the whole interval of a percent lies: below the threshold, above it, or on neither side."""

    BELOW = "below"
    ABOVE = "above"
    CANNOT_TELL = "cannot_tell"


class Verdict(StrEnum):
    """Of a school beside the region or schools like it: told apart from chance, or not."""

    BETTER = "better"
    WORSE = "worse"
    CANNOT_TELL = "cannot_tell"


class ResilienceVerdict(StrEnum):
    """What can be said of a school; ``BETTER_CONDITIONS``: it does not stand in the lower part."""

    RESILIENT = "resilient"
    NOT_RESILIENT = "not_resilient"
    BETTER_CONDITIONS = "better_conditions"
    CANNOT_TELL = "cannot_tell"
