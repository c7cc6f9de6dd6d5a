"""Where shipped definitions lie: beside the package in a wheel, at the top of the checkout otherwise."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(name: str) -> Path:
    """The directory of shipped ``methodologies``, ``scales`` or ``indices``."""
    packed = _PACKAGE / "_data" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
