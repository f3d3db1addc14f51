"""The storefront in a real browser: one visitor, and what they see."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, expect

from tests.integration.service.commands import Served
from tests.servers.chromium import chromium

PATIENCE_MS = 30_000
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = (390, 844)


def start_browser(playwright: Playwright) -> Browser:
    """A browser without a window. Chromium does not put root into its sandbox."""
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=chromium(), args=flags)


class Visitor:
    """Somebody with the page open."""

    def __init__(self, page: Page, served: Served) -> None:
        self.page = page
        self.served = served
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        # a connection that the test cut is no fault of the page
        if message.type == "error" and "net::ERR_" not in message.text:
            self.faults.append(message.text)

    @property
    def token(self) -> str:
        stored = self.page.evaluate("sessionStorage.getItem('tastegraph-token')")
        assert isinstance(stored, str)
        return stored

    def open(self, path: str = "") -> None:
        """Show a view, as somebody does who follows a link."""
        if self.page.url.startswith(self.served.base):
            self.page.evaluate("path => { location.hash = path }", f"#/{path}")
            self.page.locator(f"main[data-view='/{path}']").wait_for()
        else:
            self.page.goto(f"{self.served.base}/#/{path}")
        self.settle()

    def settle(self) -> None:
        """Wait until nothing on the page is loading."""
        self.page.locator("main[data-view]").wait_for()
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)

    def begin(self) -> None:
        """Come as a guest whom nobody knows."""
        self.open()
        self.page.get_by_role("button", name="Start: one minute").click()
        self.page.wait_for_selector(".sheet .chip")

    def declare(self, *allergies: str) -> None:
        """Choose allergies on their page and save them; none is said to be none."""
        self.page.wait_for_selector(".sheet .chip")
        if not allergies:
            self.page.get_by_label("I have no allergies").check()
        for name in allergies:
            self.page.get_by_label(name, exact=True).check()
        self.page.get_by_role("button", name="Save and continue").click()
        self.page.get_by_role("heading", name="Do you follow a diet?").wait_for()

    def arrive(self, *allergies: str) -> list[str]:
        """A guest with these allergies, in front of their list."""
        self.begin()
        self.declare(*allergies)
        return self.list()

    def list(self) -> list[str]:
        """Go to the list; return the ids of its drinks."""
        self.open()
        self.page.wait_for_selector("main .card:not(.ghost) .acts")
        return self.drinks()

    def drinks(self) -> list[str]:
        """The ids of the drinks on offer, as they are shown now."""
        cards = self.page.locator("main .cards .card[data-drink]")
        return [
            str(card) for card in cards.evaluate_all("all => all.map(one => one.dataset.drink)")
        ]

    def statuses(self) -> set[str]:
        cards = self.page.locator("main [data-status]")
        return set(cards.evaluate_all("all => all.map(one => one.dataset.status)"))

    def ask(self, query: str) -> dict[str, object]:
        """Ask the service as this visitor, past the page."""
        result: dict[str, object] = self.served.data(query, self.token)
        return result

    def violations(self, *rules: str) -> str:
        """What axe finds on the page as it is, by these rules or by all; empty if nothing."""
        asked = list(rules) or WCAG
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        options = {"runOnly": asked, "resultTypes": ["violations"]}
        results = AxeResults(self.page.evaluate("options => axe.run(options)", options))
        return results.generate_report() if results.violations_count else ""


@contextmanager
def visiting(browser: Browser, served: Served) -> Iterator[Visitor]:
    """A visitor with a browser of their own, on a phone; the page must have had no fault."""
    width, height = PHONE
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        visitor = Visitor(context.new_page(), served)
        yield visitor
        assert visitor.faults == []
