"""How heavy the storefront is, and how soon its first list is there: benchmarks/storefront.md.

`scripts/serve` in one terminal, then `.venv/bin/python -m benchmarks.storefront [--base URL]`.
"""

from __future__ import annotations

import argparse
import gzip
import re
import statistics

import httpx
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import PHONE, start_browser

TIMES = 5
# Lighthouse's slow phone: 1.6 Mbit/s, 150 ms there and back, a processor of a quarter of the speed
SLOW_NETWORK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 200_000,
    "uploadThroughput": 93_750,
}
SLOWER = 4
FIRST_CARD = """new Promise(done => {
  const look = () => document.querySelector(".card:not(.ghost)") ? done(performance.now())
    : requestAnimationFrame(look);
  look();
})"""


def weight(base: str) -> None:
    """Print the bytes of the page and all its files, as they are and compressed."""
    page = httpx.get(f"{base}/").text
    paths = set(re.findall(r'(?:href|src)="(/kept/[^"]+)"', page))
    bodies = [page.encode(), *(httpx.get(f"{base}{path}").content for path in sorted(paths))]
    packed = sum(len(gzip.compress(body)) for body in bodies)
    print(f"{len(bodies)} files, {sum(map(len, bodies)):,} bytes, {packed:,} compressed")


def first_list(browser: Browser, base: str, *, slow: bool, again: bool) -> float:
    """Milliseconds from the navigation to the first drink, for somebody who is signed in."""
    token = httpx.get(f"{base}/demo").json()["person"]
    with browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}) as context:
        context.add_init_script(f"sessionStorage.setItem('tastegraph-token', '{token}')")
        page = context.new_page()
        if slow:
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", SLOW_NETWORK)
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        for _ in range(2 if again else 1):
            page.goto(f"{base}/", wait_until="commit")
            shown_at = float(page.evaluate(FIRST_CARD))
        return shown_at


def main(base: str) -> None:
    """Print the table."""
    weight(base)
    with sync_playwright() as playwright, start_browser(playwright) as browser:
        for slow in (False, True):
            for again in (False, True):
                times = [first_list(browser, base, slow=slow, again=again) for _ in range(TIMES)]
                where, when = "slow phone" if slow else "here", "again" if again else "first visit"
                print(
                    f"{where}, {when}: median {statistics.median(times):.0f} ms,"
                    f" worst {max(times):.0f} ms"
                )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--base", default="http://127.0.0.1:8000")
    main(asked.parse_args().base)
