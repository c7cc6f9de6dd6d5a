"""The form of a line of the catalogue of problems; the lines are in ``problems`` and ``model_problems``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One line of the catalogue; ``sentence`` and ``remedy`` are messages with named placeholders."""

    code: str
    severity: Severity
    sentence: str
    remedy: str
