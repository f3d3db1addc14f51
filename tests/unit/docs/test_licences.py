"""docs/licences.md names every locked package, and each licence allows commercial use."""

import re

from scripts.licences import LOCKS, PAGE, licence, locked

ALLOWED = re.compile(
    r"\b(MIT|MIT-0|Apache|BSD|0BSD|BSL-1\.0|ISC|PSF-2\.0|Python-2\.0|Python Software Foundation"
    r"|Zlib|CC0-1\.0|MPL-2\.0)\b"
)
PARTS = re.compile(r" AND | OR | and |\(|\)")
NVIDIA = {"LicenseRef-NVIDIA-Proprietary", "NVIDIA Proprietary Software"}


def listed() -> list[list[str]]:
    lines = PAGE.read_text().splitlines()
    table = [line for line in lines if line.startswith("| ") and "| package |" not in line]
    return [line.strip("| ").split(" | ") for line in table]


def allows_commercial_use(package: str, named: str) -> bool:
    if named in NVIDIA:
        return package.startswith(("nvidia-", "cuda-"))
    return all(ALLOWED.search(part) for part in PARTS.split(named) if part.strip())


def test_page_lists_every_locked_package() -> None:
    pins = set[tuple[str, str]]().union(*map(locked, LOCKS))
    assert len(pins) > 80
    assert {(package, version) for package, version, *_ in listed()} == pins


def test_licences_are_those_of_the_installed_packages() -> None:
    wrong = {
        (package, named, actual)
        for package, _, _, named in listed()
        if (actual := licence(package)) not in (None, named)
    }
    assert wrong == set()


def test_every_licence_allows_commercial_use() -> None:
    refused = {(row[0], row[3]) for row in listed() if not allows_commercial_use(row[0], row[3])}
    assert refused == set()


def test_licences_that_do_not_are_noticed() -> None:
    assert not allows_commercial_use("other", "AGPL-3.0-only")
    assert not allows_commercial_use("other", "MIT AND GPL-2.0")
    assert not allows_commercial_use("other", "LicenseRef-NVIDIA-Proprietary")
