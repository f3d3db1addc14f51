"""A real browser, and somebody with a page of the served installation open."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.integration.service.commands import Served
from tests.servers.chromium import chromium_missing
from tests.support.browser import Visitor, start_browser, visiting


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if reason := chromium_missing():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must try the pages in a browser, but {reason}")
        pytest.skip(reason)
    with sync_playwright() as playwright, start_browser(playwright) as started:
        yield started


@pytest.fixture
def visitor(browser: Browser, served: Served) -> Iterator[Visitor]:
    with visiting(browser, served) as coming:
        yield coming
