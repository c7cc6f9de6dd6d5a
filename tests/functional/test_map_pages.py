"""The page of ``rostok gaps`` in a real browser: a picture where it fits, its open table on a phone."""

from __future__ import annotations

import pytest

from rostok.reports import maps_html
from rostok.reports.item_charts import MapCell
from rostok.reports.maps_html import MapsPage, PaperMaps, SkillHead
from rostok.schema.verdicts import Status

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The map of a region: one row beside that of all schools, thirteen items and a skill."""
    cells = (MapCell(48.0, Status.BELOW, 900),) * 14
    items = tuple(str(n) for n in range(1, 14))
    skills = (SkillHead("Выполнять действия с дробями и решать задачи на движение", says_little=True),)
    paper = PaperMaps("ВПР, математика, 6 класс", items, skills, cells, (("reg99", cells),))
    path = tmp_path_factory.mktemp("maps") / "maps.html"
    maps_html.write(MapsPage((paper,), False, "1"), path)
    return path.as_uri()


def test_a_phone_shows_the_table_where_the_picture_does_not_fit(open_page):
    page = open_page(PHONE)
    assert page.locator("svg:visible").count() == 0
    assert page.locator("td:visible", has_text="48,0").count() == 28
    assert page.locator("p:visible", has_text="цвет клетки").count() == 0
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(over) == 0


def test_a_wide_screen_shows_the_picture_and_keeps_the_table_folded(open_page):
    page = open_page(WIDE)
    assert page.locator("svg:visible").count() == 2
    table = page.locator("table >> nth=0")
    assert not table.is_visible()
    page.locator("summary >> nth=0").click()
    assert table.is_visible()
