"""Fixtures for every test: the shared data beside the checkout, Chromium, and how Hypothesis behaves.

A test that needs something this machine lacks is skipped with the reason; where ``CI=true`` it fails, because
there ``.ci/run`` has installed everything.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI") == "true"

# The machine may be busy with other work: time limits per example would make tests fail for no reason.
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if IN_CI else "dev")


def _absent(reason: str) -> NoReturn:
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data beside the checkout: real results, reference results, requirements."""
    path = ROOT.parent / "shared"
    if not (path / "requirements.csv").exists():
        _absent("no shared data beside the checkout")
    return path


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The Chromium of this machine; ROSTOK_CHROMIUM names another one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("ROSTOK_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        _absent("no Chromium on this machine")
    return Path(found)


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """A running Chromium that asks the network for nothing."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield running
        running.close()
