"""The page of ``rostok items`` in a real browser: two widths, light and dark, paper."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "reports"))

from test_items_page import PAGE, USUAL

from rostok.reports import items_html
from rostok.reports.items_model import ItemsPage

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


def many_items() -> ItemsPage:
    lines = tuple(replace(USUAL, label=f"{n}К1", rest=0.05 * n) for n in range(1, 13))
    return replace(PAGE, lines=lines, items=12, groups=())


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "items.html"
    items_html.write(many_items(), path)
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1280", "360"])
def test_page_is_readable_and_never_scrolls_sideways(browser, address, viewport, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    with browser.new_context(viewport=viewport, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(address)
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(over) == 0
        assert page.locator("#scale svg:visible").count() == 1
        found = axe.Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


def test_paper_has_the_scale_and_its_table(browser, address):
    with browser.new_context(viewport=WIDE) as context:
        page = context.new_page()
        page.goto(address)
        page.emulate_media(media="print")
        for place in ("#scale svg >> nth=0", "#scale table", "#items .sparkline >> nth=0"):
            box = page.locator(place).bounding_box()
            assert box is not None and box["height"] > 10
