"""GraphiQL in a real browser, held to its policy: what its editor does needs no inline style."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import ConsoleMessage, Error, async_playwright, expect

from graph.connection import Address, connect
from graph.schema import apply_schema
from service.assembly import run_service
from service.http.service import Service
from service.settings import read_settings
from tests.servers.chromium import chromium, chromium_missing
from tests.support.emptying import empty
from tests.support.sockets import listening

QUERY = "\nquery Wrong { drink(nothing: 1) { nam"


@pytest.fixture
async def service(embedded_address: Address, tmp_path: Path) -> AsyncIterator[Service]:
    settings = read_settings({"TASTEGRAPH_HOME": str(tmp_path), "TASTEGRAPH_RATE_LIMITS": "0,0,0"})
    async with connect(embedded_address, deadline=30.0) as graph:
        await apply_schema(graph)
        await empty(graph)
        async with run_service(settings, graph, None) as running:
            yield running


async def test_its_editor_breaks_no_rule_of_the_page(service: Service) -> None:
    if reason := chromium_missing():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must try the page in a browser, but {reason}")
        pytest.skip(reason)
    errors = list[str]()

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with (
        listening(service) as address,
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=chromium(), args=flags) as browser,
    ):
        page = await browser.new_page()
        page.set_default_timeout(30_000)
        page.on("console", hear)
        await page.goto(address.replace("ws://", "http://"))
        await page.locator(".graphiql-execute-button").click()
        await expect(page.locator(".graphiql-response")).to_contain_text("Nobody is signed in")
        await page.locator(".graphiql-query-editor .CodeMirror").click()
        await page.keyboard.press("Control+End")
        await page.keyboard.type(QUERY)
        await expect(page.locator("[class*=CodeMirror-lint-mark]").first).to_be_attached()
        assert errors == []
        with pytest.raises(Error, match="style-src"):  # it would have been heard
            await page.add_style_tag(content="body { color: red }")
