"""Write docs/licences.md: every package of the locks with its licence, from installed metadata.

Run it after scripts/lock, on Linux (all but other platforms' packages install there):
`.venv/bin/python scripts/licences.py`.
"""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
LOCKS = ("bootstrap", "serve", "train", "all")

# Packages whose metadata name no licence, or that this platform does not install.
_TOLD_ELSEWHERE = {
    "appnope": "BSD-2-Clause",  # its repository's LICENSE; macOS only
    # its LICENSE file, and that of axe-core, which it carries
    "axe-playwright-python": "MIT AND MPL-2.0",
    "colorama": "BSD-3-Clause",  # its repository's LICENSE.txt; Windows only
    "ptyprocess": "ISC",  # its LICENSE file; the metadata say UNKNOWN
    "cuda-toolkit": "LicenseRef-NVIDIA-Proprietary",  # names the nvidia packages, holds nothing
}

_HEAD = """# Licences

Tastegraph is under the [Apache License 2.0](../LICENSE). The packages it installs, from
`requirements/*.lock`, with the licence that each one's own metadata names. All allow commercial
use. This page is written by `scripts/licences.py`.

- **MPL-2.0** asks that changed files of that package be published; Tastegraph changes none.
- **NVIDIA**: the `nvidia-*` packages are CUDA libraries that the `torch` package for Linux depends
  on. They are proprietary, free of charge for commercial use under NVIDIA's licence, and come from
  the package index to the machine that trains. Tastegraph does not redistribute them. The image
  that serves has none; one built from the `train` target holds them: read NVIDIA's terms before
  passing it on.
- **Neo4j Community** is under GPL-3.0. It is not part of Tastegraph: a separate process, reached
  over the network, started by the tests and by `docker-compose.yml`, or by you. Without `NEO4J_URI`
  there is none, and the embedded `arcadedb-embedded` (Apache-2.0) holds the graph.

| package | version | used for | licence |
|---|---|---|---|
"""


def locked(name: str) -> set[tuple[str, str]]:
    """The (package, version) pairs of requirements/NAME.lock."""
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    return set(re.findall(r"^([a-z0-9.-]+)==([^\s;\\]+)", text, flags=re.MULTILINE))


def licence(package: str) -> str | None:
    """The licence that the installed package names, or None if it is not installed.

    Raises ValueError for a package that names none.
    """
    if package in _TOLD_ELSEWHERE:
        return _TOLD_ELSEWHERE[package]
    try:
        installed = distribution(package)
    except PackageNotFoundError:
        return None
    return _named(installed)


def _named(installed: Distribution) -> str:
    said = installed.metadata
    short = said.get("License") or ""
    if expression := said.get("License-Expression"):
        return expression
    if short and len(short) < 60 and "\n" not in short:
        return short
    classes = [
        line.rsplit("::", 1)[1].strip()
        for line in said.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    if not classes:
        raise ValueError(f"{said['Name']} names no licence")
    return " and ".join(classes)


def rows() -> list[tuple[str, str, str, str | None]]:
    """One (package, version, smallest lock that has it, licence) for each locked package."""
    seen: dict[tuple[str, str], str] = {}
    for use in LOCKS:
        for pin in locked(use):
            seen.setdefault(pin, use)
    return [(*pin, _USES[use], licence(pin[0])) for pin, use in sorted(seen.items())]


_USES = {"bootstrap": "set-up", "serve": "serving", "train": "training", "all": "development"}


def page() -> str:
    """The page's text. Raises ValueError if the licence of a package is not known here."""
    found = rows()
    if unknown := [package for package, _, _, named in found if named is None]:
        raise ValueError(f"not installed here, so of unknown licence: {', '.join(unknown)}")
    return _HEAD + "".join(f"| {' | '.join(map(str, row))} |\n" for row in found)


if __name__ == "__main__":
    PAGE.write_text(page())
