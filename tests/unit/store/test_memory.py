"""Freed arrays go back to the system, where the system can take them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from rostok.store.memory import give_back


def resident() -> int:
    """Kilobytes of this process in memory."""
    said = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in said if line.startswith("VmRSS"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux how much memory is held")
def test_memory_between_two_steps_is_given_back() -> None:
    give_back()
    before = resident()
    arrays = [np.ones(1_000_000) for _ in range(30)]  # 240 MB in pieces a heap may keep
    kept = arrays[-1]
    del arrays
    give_back()
    assert kept.sum() == 1_000_000
    assert resident() - before < 60_000
