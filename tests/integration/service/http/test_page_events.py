"""The collector of any web page in a real browser: with consent only, each event once, none lost.

The page is a shop's own, of another origin than the service, and carries a key.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copy
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.integration.service.commands import Served, tastegraph
from tests.integration.service.conftest import cwd_rejects
from tests.support.pages import ROOT

KEY = "a-key-that-a-page-may-carry"
DOOR = "**/v1/events"
NAME = "tastegraph-events"
SETTLED = 1.6
"""Seconds after which a page has sent what it has: it gathers for one."""

HTML = """<!doctype html><title>Shop</title>
<main data-drink-view="own-01"><button data-drink-click="own-02">Two</button></main>
<script type="module">
  import { collector } from "./events.js";
  window.events = collector({ url: "%s/v1/events", key: "%s", fields: { source: "shop" } });
</script>"""


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("shop")
    copy(ROOT / "storefront" / "events.js", made)
    return made


@pytest.fixture(scope="module")
def origin(folder: Path) -> Iterator[str]:
    """The shop's own server."""
    handler = partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, world: Path, folder: Path, origin: str
) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("collecting") / "home"
    settings = {"TASTEGRAPH_WRITE_KEYS": KEY, "TASTEGRAPH_CORS_ORIGINS": origin}
    with Served(home, "--empty", **settings) as running:
        running.ready(120)
        imported = tastegraph(home, "import", str(world), cwd_rejects(home))
        assert imported.returncode == 0, imported.stderr
        (folder / "index.html").write_text(HTML % (running.base, KEY), encoding="utf-8")
        yield running


class Shop:
    """A shop's page, somebody in front of it, and the log behind it."""

    def __init__(self, page: Page, origin: str, service: Served) -> None:
        self.page = page
        self.origin = origin
        self.requests: list[dict[str, Any]] = []
        self._log = service.home / "events" / "log.db"
        self._before = set(self._ids())
        page.context.on("request", self._hear)
        self.open()

    def _hear(self, request: Any) -> None:
        if request.url.endswith("/v1/events"):
            self.requests.append(json.loads(request.post_data))

    def open(self) -> None:
        self.page.goto(f"{self.origin}/")
        self.page.wait_for_function("'events' in window", timeout=10_000)

    def consent(self, given: bool) -> None:
        self.page.evaluate("given => events.consent(given)", given)

    def click(self) -> None:
        self.page.get_by_role("button", name="Two").click()

    def stored(self) -> dict[str, int]:
        """How many characters the browser keeps under each name."""
        lengths: dict[str, int] = self.page.evaluate(
            "Object.fromEntries([localStorage, sessionStorage].flatMap(Object.entries)"
            ".map(([name, text]) => [name, text.length]))"
        )
        return lengths

    def rest(self) -> None:
        self.page.wait_for_timeout(SETTLED * 1000)

    def logged(self) -> list[tuple[str, str]]:
        """The type and the drink of what is new in the log."""
        recorded = [event for id_, event in self._ids().items() if id_ not in self._before]
        return sorted(
            (event_sent["type"], event_sent.get("drinkId", "")) for event_sent in recorded
        )

    def wait_for(self, *events: tuple[str, str], seconds: float = 10) -> None:
        until = time.monotonic() + seconds
        while self.logged() != sorted(events) and time.monotonic() < until:
            self.page.wait_for_timeout(100)
        assert self.logged() == sorted(events)

    def _ids(self) -> dict[str, dict[str, Any]]:
        if not self._log.exists():
            return {}
        file = sqlite3.connect(f"file:{self._log}?mode=ro", uri=True)
        try:
            bodies = [json.loads(body) for (body,) in file.execute("SELECT body FROM event")]
        finally:
            file.close()
        return {body["eventId"]: body for body in bodies}


@pytest.fixture
def shop(browser: Browser, origin: str, service: Served) -> Iterator[Shop]:
    with browser.new_context() as context:
        yield Shop(context.new_page(), origin, service)


VIEW = ("view", "own-01")
CLICK = ("click", "own-02")


def test_without_consent_nothing_is_sent_nor_kept(shop: Shop) -> None:
    shop.click()
    shop.page.evaluate("events.send('cart', 'own-03')")
    shop.rest()
    assert (shop.requests, shop.stored()) == ([], {})
    shop.page.evaluate("events.consent('no')")
    shop.click()
    shop.rest()
    assert (shop.requests, shop.stored()) == ([], {})


def test_with_consent_views_and_clicks_are_sent_together_and_once(shop: Shop) -> None:
    shop.consent(True)
    shop.consent(True)
    shop.click()
    shop.wait_for(VIEW, CLICK)
    shop.rest()
    [request] = shop.requests
    assert request["key"] == KEY
    assert {event["source"] for event in request["events"]} == {"shop"}
    assert len({event["sessionId"] for event in request["events"]}) == 1
    assert NAME not in shop.page.evaluate("Object.keys(localStorage)")


def test_offline_events_wait_also_through_a_reload(shop: Shop) -> None:
    shop.consent(True)
    shop.wait_for(VIEW)
    shop.rest()
    shop.page.context.set_offline(True)
    shop.click()
    shop.click()
    shop.rest()
    assert shop.logged() == [VIEW] and shop.stored()[NAME]
    shop.page.context.set_offline(False)
    shop.wait_for(VIEW, CLICK, CLICK)

    shop.page.route(DOOR, lambda route: route.abort())
    shop.click()
    shop.rest()
    shop.page.unroute(DOOR)
    shop.open()
    shop.consent(True)
    shop.wait_for(VIEW, VIEW, CLICK, CLICK, CLICK)


def test_withdrawn_consent_empties_the_queue(shop: Shop) -> None:
    shop.consent(True)
    shop.wait_for(VIEW)
    shop.page.context.set_offline(True)
    shop.click()
    assert shop.stored()[NAME]
    shop.consent(False)
    assert shop.stored() == {}
    shop.page.context.set_offline(False)
    shop.click()
    shop.rest()
    assert (shop.logged(), shop.stored()) == ([VIEW], {})


def test_what_was_not_taken_or_not_answered_is_sent_again_and_counts_once(shop: Shop) -> None:
    answers: list[str] = []

    def fail(route: Route) -> None:
        answers.append("busy" if not answers else "cut" if len(answers) == 1 else "well")
        if answers[-1] == "busy":
            route.fulfill(status=503, headers={"Access-Control-Allow-Origin": shop.origin})
        elif answers[-1] == "cut":
            route.fetch()  # it arrives, and the answer is lost
            route.abort()
        else:
            route.continue_()

    shop.page.route(DOOR, fail)
    began = time.monotonic()
    shop.consent(True)
    shop.page.wait_for_function("name => !(name in localStorage)", arg=NAME, timeout=30_000)
    assert answers == ["busy", "cut", "well"]
    assert time.monotonic() - began > 1 + 1 + 2  # it waits longer each time
    assert shop.logged() == [VIEW]
    assert len({event["eventId"] for sent in shop.requests for event in sent["events"]}) == 1


@pytest.mark.parametrize("keepalive", [True, False])
def test_what_is_left_when_the_page_is_left_is_sent_at_once(shop: Shop, keepalive: bool) -> None:
    if not keepalive:
        shop.page.evaluate("delete Request.prototype.keepalive")
    shop.consent(True)
    shop.click()
    shop.page.goto("about:blank")
    shop.wait_for(VIEW, CLICK)


def test_only_the_newest_events_are_kept(shop: Shop) -> None:
    shop.page.context.set_offline(True)
    shop.consent(True)
    shop.page.evaluate("for (let n = 0; n < 700; n++) events.send('click', 'own-' + n)")
    kept = json.loads(shop.page.evaluate("name => localStorage[name]", NAME))
    assert len(kept) == 500 and kept[-1]["drinkId"] == "own-699"
