"""The reports of all shipped methodologies on a phone: nothing scrolls sideways, whatever a card holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.command import rostok
from tests.integration.papers import text_table, write

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
BY_PAPERS = ("at-risk", "federal-low-results", "improving-school", "persistently-low", "sverdlovsk-typology")
VALUES = """
school    | year | indicator | value
sch990001 | 2021 | api       | 550
sch990001 | 2022 | api       | 563
"""
REGISTER = """
login     | name      | kind | municipality_id | municipality
sch990001 | Школа № 1 | СОШ  | m1              | Заречный район
"""


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    folder = tmp_path_factory.mktemp("invented") / "region"
    done = rostok(
        "synth", "--schools", 20, "--years", "2020,2021,2022", "--format", "parquet", "--out", folder
    )
    assert done.code == 0, done.err
    return folder


def report_of(given: Path, methodology: str, out: Path) -> str:
    done = rostok(
        "analyse", given, "--methodology", methodology, "--workers", "1", "--no-firmness", "--out", out
    )
    assert done.code == 0, done.err
    return (out / "report.html").as_uri()


def overflow(browser, address):
    """By how much the page with everything open is wider than the screen, and whether it has a card."""
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    # What reaches over the edge and is cut off there would be lost to the reader.
    cut = page.evaluate(
        "[...document.querySelectorAll('.card *')].filter(e => !e.closest('.scroll, .unseen') "
        "&& e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 100))"
    )
    cards = page.locator(".card").count()
    context.close()
    return wider, cut, cards > 0


@pytest.mark.parametrize("methodology", BY_PAPERS)
def test_page_fits_a_phone(browser, region, tmp_path, methodology):
    assert overflow(browser, report_of(region, methodology, tmp_path / "out")) == (0, [], True)


def test_page_without_papers_fits_a_phone(browser, tmp_path):
    given = write(tmp_path / "in", {"api.csv": text_table(VALUES), "schools.csv": text_table(REGISTER)})
    assert overflow(browser, report_of(given, "california-growth", tmp_path / "out")) == (0, [], True)
