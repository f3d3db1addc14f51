"""The files of the pages as a browser gets them: small, kept, and held to a strict policy."""

from __future__ import annotations

import gzip
import re

import httpx

from tests.integration.service.commands import Served

MOST_BYTES = 118_000
MOST_PACKED_BYTES = 46_000


def get(served: Served, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{served.base}{path}", headers=headers, timeout=30)


def files(served: Served, page: str = "/") -> list[str]:
    """The addresses that a page names."""
    return re.findall(r'(?:href|src)="(/kept/[^"]+)"', get(served, page).text)


def test_the_page_and_all_its_files_are_small(served: Served) -> None:
    bodies = [get(served, path).content for path in ("/", *files(served))]
    assert len(bodies) > 15 and all(bodies)
    assert sum(map(len, bodies)) < MOST_BYTES
    packed = httpx.get(f"{served.base}/", headers={"Accept-Encoding": "gzip"}, timeout=30)
    assert packed.headers["content-encoding"] == "gzip"
    assert sum(len(gzip.compress(body)) for body in bodies) < MOST_PACKED_BYTES


def test_the_console_is_small_too(served: Served) -> None:
    bodies = [get(served, path).content for path in ("/console", *files(served, "/console"))]
    assert len(bodies) > 15 and all(bodies)
    assert sum(len(gzip.compress(body)) for body in bodies) < MOST_PACKED_BYTES


def test_nothing_may_run_on_the_page_but_its_own_files(served: Served) -> None:
    named = {*files(served), *files(served, "/console")}
    for path in ("/", "/console", *sorted(named), "/storefront/none.js"):
        headers = get(served, path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
    for page in ("/", "/console"):
        markup = get(served, page).text
        assert not re.search(r"<script(?![^>]* src=)|<style|https?://| on\w+=", markup)


def test_files_are_kept_for_good_and_the_page_is_asked_for_again(served: Served) -> None:
    page = get(served, "/")
    assert page.headers["cache-control"] == "no-cache"
    again = get(served, "/", **{"If-None-Match": page.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    path = files(served)[0]
    assert "immutable" in get(served, path).headers["cache-control"]
    old = re.sub(r"/kept/\w+/", "/kept/0000000000000000/", path)
    assert get(served, old).status_code == 404
    named = get(served, re.sub(r"/kept/\w+/", "/", path))
    assert named.headers["cache-control"] == "no-cache" and named.status_code == 200


def test_only_the_pages_own_files_are_served(served: Served) -> None:
    for path in ("/storefront/__init__.py", "/console/../pyproject.toml", "/nothing"):
        assert get(served, path).status_code == 404


def test_a_page_of_another_name_gets_no_demonstration(served: Served) -> None:
    answer = get(served, "/demo")
    assert set(answer.json()) == {"person", "guest"}
    assert answer.headers["cache-control"] == "no-store"
    assert get(served, "/demo", Host="drinks.example:8000").json() == {}
