"""Ask whether a locked package has a known hole: pip-audit and the advisories of the package index.

Exit status: 0 none is known, 1 some are, 2 nothing is known because the advisories of some packages
could not be reached. An answer about fewer packages than are locked never counts as a good one.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "all.lock"
NONE_KNOWN, HOLES, NOT_CHECKED = 0, 1, 2
DEADLINE = 600


def locked() -> set[str]:
    """The names of all locked packages."""
    return set(re.findall(r"^([a-z0-9.-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE))


def verdict(names: set[str], document: Mapping[str, Any] | None) -> tuple[int, list[str]]:
    """Return the exit status, and what to say, from what pip-audit printed (None: nothing)."""
    answers = document["dependencies"] if document else []
    holes = [
        f"{each['name']} {each['version']}: {hole['id']}, mended in "
        f"{', '.join(hole['fix_versions']) or 'no version'}"
        for each in answers
        for hole in each.get("vulns", ())
    ]
    if holes:
        return HOLES, holes
    known = {each["name"] for each in answers if "skip_reason" not in each}
    if missing := sorted(names - known):
        few = ", ".join(missing[:5]) + (", ..." if len(missing) > 5 else "")
        return NOT_CHECKED, [
            f"NOT CHECKED: the advisories of {len(missing)} of {len(names)} packages could not be "
            f"reached ({few}). Run it where the package index answers."
        ]
    return NONE_KNOWN, [f"No known hole in {len(names)} packages."]


def asked() -> Mapping[str, Any] | None:
    """Return what pip-audit answers about the lock; None if it answers nothing."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip"]
    command += ["--requirement", str(LOCK), "--format", "json", "--progress-spinner", "off"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE)  # noqa: S603
        return json.loads(told.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None


def main() -> int:
    """Say what is known, and return the exit status."""
    status, lines = verdict(locked(), asked())
    print("\n".join(lines), file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
