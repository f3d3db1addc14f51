"""Pictures of the pages for the README, of a running service: `--base URL --into FOLDER`.

With `--operator TOKEN` those of the console too.
"""

from __future__ import annotations

import argparse
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.servers.chromium import chromium_missing
from tests.support.browser import PHONE, start_browser
from tests.support.pages import DOCS

DESKTOP = (1280, 800)


def save(page: Page, path: Path) -> None:
    """Save what is seen, once nothing loads and nothing is told in passing."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.locator(".toast")).to_have_count(0, timeout=30_000)
    page.evaluate("document.fonts.ready.then(() => scrollTo(0, 0))")
    picture = Image.open(BytesIO(page.screenshot(animations="disabled")))
    picture.convert("RGB").save(path, optimize=True)


def visit(browser: Browser, base: str, size: tuple[int, int], scheme: str = "light") -> Page:
    """A page of a given size, somebody new in front of it."""
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=1.75 if size == PHONE else 1,
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page.goto(f"{base}/")
    return page


def declare(page: Page) -> None:
    """Become a guest with a milk allergy who likes lime, mint and coffee."""
    page.get_by_role("button", name="Start: one minute").click()
    page.get_by_label("Milk", exact=True).check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("heading", name="Do you follow a diet?").wait_for()
    page.get_by_role("link", name="Flavors").click()
    for flavor in ("Lime", "Minty", "Coffee"):
        page.get_by_label(flavor, exact=True).check()
    page.get_by_role("button", name="Save and see my list").click()
    page.locator(".card .acts").first.wait_for()


def buy_some(page: Page, base: str) -> None:
    """Buy two drinks, so that reasons have something to speak of."""
    for drink in ("virgin-mojito", "espresso-tonic"):
        page.goto(f"{base}/#/drink/{drink}")
        page.locator("header.drink [data-act=PURCHASE]").click()
        page.get_by_text("Bought: ").wait_for()
    page.goto(f"{base}/#/")
    page.locator(".card .acts").first.wait_for()


def take_console(base: str, into: Path, token: str) -> None:
    """Take pictures of the console, as an operator changes a recipe in it, and back."""
    with sync_playwright() as playwright, start_browser(playwright) as browser:
        page = visit(browser, base, DESKTOP)
        page.goto(f"{base}/console")
        page.get_by_label("Your token").fill(token)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("row", name="Catalogue").wait_for()
        save(page, into / "console-overview.png")
        page.goto(f"{base}/console#/drinks/espresso-tonic")
        page.get_by_label("Ingredient", exact=True).first.wait_for()
        page.get_by_role("button", name="Add a line").click()
        page.get_by_label("Ingredient", exact=True).last.fill("whole milk")
        change = page.get_by_role("button", name="Save, and see the verdicts")
        change.click()
        page.get_by_text("What has changed:").wait_for()
        save(page, into / "console-recipe.png")
        page.get_by_role("button", name="Remove").last.click()
        change.click()
        page.get_by_text("Saved: it acts").wait_for()


def take(base: str, into: Path) -> None:
    """Take all pictures."""
    with sync_playwright() as playwright, start_browser(playwright) as browser:
        phone = visit(browser, base, PHONE)
        declare(phone)
        buy_some(phone, base)
        save(phone, into / "storefront-phone.png")
        phone.goto(f"{base}/#/drink/flat-white")
        phone.get_by_text("in place of").first.wait_for()
        save(phone, into / "storefront-phone-why-not.png")
        for name, scheme in (("desktop", "light"), ("dark", "dark")):
            page = visit(browser, base, DESKTOP, scheme)
            declare(page)
            buy_some(page, base)
            save(page, into / f"storefront-{name}.png")


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--base", default="http://127.0.0.1:8000")
    asked.add_argument("--into", type=Path, default=DOCS / "images")
    asked.add_argument("--operator", help="a token, for the console")
    options = asked.parse_args()
    if missing := chromium_missing():
        raise SystemExit(missing)
    take(options.base, options.into)
    if options.operator:
        take_console(options.base, options.into, options.operator)
