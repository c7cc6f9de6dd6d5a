"""A small region for reading back: 30 schools, three years."""

from __future__ import annotations

from pathlib import Path

import pytest

from rostok.formats import ScaleBook, load_scales
from rostok.synth import Region, generate


@pytest.fixture(scope="session")
def scales(root: Path) -> ScaleBook:
    return load_scales(root / "scales")


@pytest.fixture(scope="session")
def region(scales: ScaleBook) -> Region:
    return generate(schools=30, years=(2020, 2021, 2022), seed=1, scales=scales)
