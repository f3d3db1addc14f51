"""The pages are whole: links lead somewhere, pictures are there, lists have no gaps."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.pages import DOCS, ROOT, anchor, blocks, headings, links, pages

PAGES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages()]
MOST_IMAGE_BYTES = 300_000


def broken(page: Path, link: str) -> str | None:
    """What is wrong with a link inside the project, if anything is."""
    path, _, part = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists() or not target.is_relative_to(ROOT):
        return f"{link}: there is no such file"
    if part and part not in map(anchor, headings(target.read_text(encoding="utf-8"))):
        return f"{link}: there is no such heading"
    return None


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: Path) -> None:
    inside = [
        link for link in links(page.read_text(encoding="utf-8")) if not link.startswith("http")
    ]
    assert [fault for link in inside if (fault := broken(page, link))] == []


def test_a_broken_link_is_noticed() -> None:
    page = DOCS / "metrics.md"
    assert broken(page, "no-such-page.md")
    assert broken(page, "architecture.md#no-such-heading")
    assert broken(page, "architecture.md#freshness-by-versions") is None


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_no_place_of_one_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"/(?:work|tmp|root|home)/\w*|ey[JK]\w{10,}\.", text) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_one_title_and_closed_blocks(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith("# ") and text.endswith("\n")
    assert len(re.findall(r"^# ", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.M)) == 1
    assert len(re.findall(r"^```", text, re.MULTILINE)) == 2 * len(
        re.findall(r"^```[^\n]*\n.*?^```$", text, re.MULTILINE | re.DOTALL)
    )


def test_pictures_are_shown_and_small() -> None:
    shown = {
        (page.parent / link).resolve()
        for page in pages()
        for link in links(page.read_text(encoding="utf-8"))
        if link.endswith(".png")
    }
    assert shown == set(DOCS.joinpath("images").glob("*.png"))
    for image in shown:
        assert image.read_bytes().startswith(b"\x89PNG")
        assert image.stat().st_size < MOST_IMAGE_BYTES


def test_every_page_can_be_found_from_the_readme() -> None:
    reached, waiting = {ROOT / "README.md"}, [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        for link in links(page.read_text(encoding="utf-8")):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in reached:
                reached.add(target)
                waiting.append(target)
    lost = {page for page in pages() if page not in reached} - {ROOT / "CHANGELOG.md"}
    assert lost == set()


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    folder = DOCS / "decisions"
    files = sorted(folder.glob("0*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for number, file in enumerate(files, start=1):
        title = headings(file.read_text(encoding="utf-8"))[0]
        assert title.startswith(f"{number}. ")
        listed = f"{number}. [{title.partition('. ')[2]}]({file.name})"
        assert listed in (folder / "README.md").read_text(encoding="utf-8")


def test_the_changelog_names_the_version() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version and version[1] in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_json_in_pages_is_json() -> None:
    import json

    for page in pages():
        for block in blocks(page.read_text(encoding="utf-8")):
            if block.language == "json":
                json.loads(block.text)
