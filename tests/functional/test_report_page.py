"""The report in a real browser: layout at two widths, keyboard, accessibility, paper."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "reports"))

from report_sample import sample_report

from rostok.reports import html

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    html.write(sample_report(60), path)
    return path.as_uri()


def shown(page):
    """Names of the schools that can be seen."""
    return page.locator(".s .name").evaluate_all(
        "all => all.filter(e => e.checkVisibility()).map(e => e.textContent)"
    )


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1280", "360"])
def test_page_never_scrolls_sideways(open_page, viewport):
    page = open_page(viewport)
    assert overflow(page) == 0
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert overflow(page) == 0


def test_result_is_on_the_first_screen_of_a_phone(open_page):
    page = open_page(PHONE)
    assert page.locator("h1").is_visible()
    top = page.locator(".tile").first.bounding_box()["y"]
    assert top < PHONE["height"] - 100


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["1280", "360"])
def test_axe_finds_nothing(open_page, viewport, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = open_page(viewport, color_scheme=scheme)
    page.locator("details.place > summary").first.click()
    page.locator("details.s > summary").first.click()
    page.evaluate("document.querySelectorAll('.more').forEach(one => one.open = true)")
    result = axe.Axe().run(page)
    found = [(one["id"], one["nodes"][0]["html"]) for one in result.response["violations"]]
    assert found == []


def test_search_works_by_keyboard_and_speaks(open_page):
    page = open_page()
    page.locator("#find").focus()
    page.keyboard.type("соловьева")  # written without «ё», found with it
    assert shown(page) == [
        "Школа имени Героя Советского Союза Н. Н. Соловьёва с углублённым изучением отдельных предметов"
    ]
    assert page.locator("#found").text_content() == "Показано школ: 1 из 60."
    assert page.locator("#found").get_attribute("role") == "status"
    page.keyboard.type("ъъъ")
    assert shown(page) == []
    assert "Ничего не найдено" in page.locator("#found").text_content()


def test_card_opens_by_keyboard(open_page):
    page = open_page()
    page.locator("#find").fill("Соловьёва")
    page.locator("details.s:visible > summary").focus()
    page.keyboard.press("Enter")
    card = page.locator("details.s[open] .card")
    assert card.is_visible()
    assert "Список и расчёт расходятся" in card.text_content()
    assert card.locator(".cells tbody tr").count() == 10


def test_order_is_chosen_by_keyboard_and_municipality_comes_first(open_page):
    page = open_page()
    page.locator("#open").click()  # opens every municipality
    by_place = shown(page)
    page.locator("#order").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("#order").input_value() == "name"
    by_name = shown(page)
    assert sorted(by_name) == sorted(by_place) and by_name != by_place
    numbered = [name for name in by_name if name.startswith("Школа №")]
    assert numbered == sorted(numbered, key=lambda name: int(name.split()[-1]))
    page.locator("button[type=reset]").press("Enter")
    page.locator(".flat").wait_for(state="hidden")
    assert sorted(shown(page)) == sorted(by_place)


def test_no_order_puts_schools_by_their_results(open_page):
    page = open_page()
    values = page.locator("#order option").evaluate_all("all => all.map(one => one.value)")
    assert values == ["", "name", "kind", "size"]


def test_filters_combine(open_page):
    page = open_page()
    page.select_option("#verdict", "сказать нельзя")
    unknown = len(shown(page))
    page.select_option("#firmness", "open")
    both = len(shown(page))
    assert 0 < both <= unknown < 60
    assert page.locator("#found").text_content() == f"Показано школ: {both} из 60."


def test_page_is_whole_without_javascript(open_page):
    page = open_page(java_script_enabled=False)
    assert not page.locator("#tools").is_visible()
    page.locator("details.place > summary").first.click()
    page.locator("details.s > summary").first.click()
    assert page.locator("details.s[open] .card").first.is_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_paper_shows_closed_cards(open_page, script):
    page = open_page(java_script_enabled=script)
    if script:
        page.locator("#find").fill("Соловьёва")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    reasons = page.locator("[data-id='905002'] .cells")
    box = reasons.bounding_box()
    assert box is not None and box["height"] > 100
    assert not page.locator(".tools").is_visible()


def test_paper_keeps_the_table_of_municipalities_with_its_heading(open_page):
    page = open_page()
    page.locator("#find").fill("Соловьёва")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    kept = page.locator("#schools > details.more")
    assert kept.locator("summary").is_visible()
    assert kept.locator("summary").text_content() == "Школы по муниципалитетам"
    assert kept.locator("tbody tr").count() == 10 and kept.locator("table").is_visible()


def test_paper_has_pages_and_only_what_was_shown(open_page, tmp_path):
    page = open_page()
    whole = page.pdf(prefer_css_page_size=True)
    page.locator("#find").fill("Соловьёва")
    one = page.pdf(prefer_css_page_size=True)
    assert whole.startswith(b"%PDF") and one.startswith(b"%PDF")
    assert one.count(b"/Type /Page\n") < whole.count(b"/Type /Page\n")


@pytest.mark.screenshot
def test_picture_for_the_manual(open_page, tmp_path):
    page = open_page()
    target = Path(os.environ.get("ROSTOK_SCREENSHOTS") or tmp_path) / "report.png"
    page.screenshot(path=target)
    assert target.stat().st_size > 10_000
