"""Maps, scores and objectivity in a real browser: two widths, light and dark, black and white, paper."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "reports"))

from item_sample import full_report

from rostok.reports import html

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    html.write(full_report(8), path)
    return path.as_uri()


@pytest.fixture
def open_page(open_page):
    """The page with everything of both sections unfolded."""

    def opened(viewport=WIDE, **options):
        page = open_page(viewport, **options)
        page.evaluate(
            "document.querySelectorAll('#gaps details, #objectivity details').forEach(one => one.open = true)"
        )
        return page

    return opened


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1280", "360"])
def test_sections_never_scroll_sideways(open_page, viewport):
    page = open_page(viewport)
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(over) == 0
    assert page.locator("#gaps1 .heat").is_visible() and page.locator("#gaps1 svg:visible").count() == 2


@pytest.mark.parametrize("place", ["#gaps1 .items", "#gaps1 .text", "#objectivity .text"])
def test_a_phone_shows_every_cell_of_a_row_without_scrolling_or_holes(open_page, place):
    """A row is a card: nothing lies outside the screen, and no cell is pulled high by a column one word wide."""
    page = open_page(PHONE)
    for box in page.locator(f"{place} tbody tr >> nth=0").locator("th, td").all():
        found = box.bounding_box()
        assert found["x"] >= 0 and found["x"] + found["width"] <= PHONE["width"]
        assert found["height"] < 150
    head = "cell => getComputedStyle(cell, '::before').content"
    assert "Муниципалитет" in page.locator("#objectivity .text td >> nth=0").evaluate(head)


def test_a_phone_shows_the_verdict_of_an_item_beside_its_number(open_page):
    row = open_page(PHONE).locator("#gaps1 .items tbody tr >> nth=0")
    number, verdict = (
        row.locator("th").bounding_box(),
        row.locator("td", has_text="ниже порога").bounding_box(),
    )
    assert abs(number["y"] - verdict["y"]) < 12


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1280", "360"])
def test_axe_finds_nothing_in_sections(open_page, viewport, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    result = axe.Axe().run(open_page(viewport, color_scheme=scheme))
    found = [(one["id"], one["nodes"][0]["html"]) for one in result.response["violations"]]
    assert found == []


LUMINANCE = """selector => {
  const found = getComputedStyle(document.querySelector(selector)).backgroundColor.match(/[\\d.]+/g).map(Number);
  return (0.2126 * found[0] + 0.7152 * found[1] + 0.0722 * found[2]) / 255;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shades_stay_in_order_without_colour(open_page, scheme):
    """Five steps that a photocopier keeps apart, the strongest farthest from the paper."""
    page = open_page(color_scheme=scheme)
    page.evaluate(
        "document.querySelector('#gaps1 .heat tbody').innerHTML = '<tr>' + [0,1,2,3,4].map(n => `<td class=shade${n}>1</td>`).join('') + '</tr>'"
    )
    greys = [page.evaluate(LUMINANCE, f"#gaps1 td.shade{step}") for step in range(5)]
    ordered = greys if scheme == "dark" else greys[::-1]
    assert ordered == sorted(ordered)
    assert min(abs(one - other) for one, other in pairwise(greys)) > 0.03


def test_paper_shows_maps_and_their_tables(open_page):
    page = open_page()
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = false)")
    page.emulate_media(media="print")
    for place in ("#gaps1 .heat", "#gaps1-marks svg >> nth=0", "#gaps1-marks table"):
        box = page.locator(place).bounding_box()
        assert box is not None and box["height"] > 40
