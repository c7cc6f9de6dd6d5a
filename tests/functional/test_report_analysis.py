"""Sections of analysis in a real browser: two widths, light and dark, paper."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "reports"))

from analysis_sample import analysed_report

from rostok.reports import html

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
SECTIONS = ("value-added", "resilience", "growth", "similar", "clusters", "sandbox")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    html.write(analysed_report(), path)
    return path.as_uri()


@pytest.fixture
def open_page(open_page):
    """The page with everything of the sections unfolded."""

    def opened(viewport=WIDE, **options):
        page = open_page(viewport, **options)
        page.evaluate("document.querySelectorAll('.analysis details').forEach(one => one.open = true)")
        return page

    return opened


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1280", "360"])
def test_sections_never_scroll_sideways(open_page, viewport):
    page = open_page(viewport)
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(over) == 0
    for section in SECTIONS:
        assert page.locator(f"#{section} h2").is_visible()
    # groups, conditions, schools, resilience, three of growth, similar, sandbox: one of each width is shown
    assert page.locator(".analysis svg:visible").count() == page.locator(".analysis figure").count() == 9


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1280", "360"])
def test_axe_finds_nothing_in_sections(open_page, viewport, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    result = axe.Axe().run(open_page(viewport, color_scheme=scheme))
    found = [(one["id"], one["nodes"][0]["html"]) for one in result.response["violations"]]
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_filled_and_hollow_signs_differ_in_both_schemes(open_page, scheme):
    page = open_page(color_scheme=scheme)
    fill = "selector => getComputedStyle(document.querySelector(selector)).fill"
    hollow, filled = page.evaluate(fill, ".analysis .point"), page.evaluate(fill, ".analysis .told")
    assert hollow != filled


def test_paper_shows_charts_and_their_tables(open_page):
    page = open_page()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)")
    page.emulate_media(media="print")
    for place in ("#value1-schools svg >> nth=0", "#value1-schools table", "#growth-moves1-figure table"):
        box = page.locator(place).bounding_box()
        assert box is not None and box["height"] > 40
