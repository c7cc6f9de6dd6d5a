"""A page in a fresh browser context; each module says by ``address`` which page."""

from __future__ import annotations

import pytest

WIDE = {"width": 1280, "height": 900}


@pytest.fixture
def open_page(browser, address):
    """Open the page in a fresh context; a message on the console or a request to outside fails the test."""
    contexts, complaints = [], []

    def opened(viewport=WIDE, **options):
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: request.url == address or complaints.append(request.url))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
