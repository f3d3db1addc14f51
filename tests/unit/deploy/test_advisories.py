"""What is known of holes in packages: an answer that is missing is never a good one."""

from __future__ import annotations

import subprocess
import sys

from scripts.advisories import HOLES, NONE_KNOWN, NOT_CHECKED, ROOT, locked, verdict

SOUND = {"name": "numpy", "version": "2.3.0", "vulns": []}
OPEN = {
    "name": "orjson",
    "version": "3.9.0",
    "vulns": [{"id": "PYSEC-2024-40", "fix_versions": ["3.9.15"], "aliases": []}],
}
SKIPPED = {"name": "orjson", "skip_reason": "Dependency not found on PyPI"}
NAMES = {"numpy", "orjson"}


def test_a_known_hole_is_named() -> None:
    status, lines = verdict(NAMES, {"dependencies": [SOUND, OPEN]})
    assert status == HOLES
    assert lines == ["orjson 3.9.0: PYSEC-2024-40, mended in 3.9.15"]


def test_an_answer_about_fewer_packages_is_no_good_one() -> None:
    for document in (None, {"dependencies": [SOUND]}, {"dependencies": [SOUND, SKIPPED]}):
        status, lines = verdict(NAMES, document)
        assert status == NOT_CHECKED and lines[0].startswith("NOT CHECKED") and "orjson" in lines[0]


def test_an_answer_about_all_of_them_is_one() -> None:
    sound = {**SOUND, "name": "orjson"}
    assert verdict(NAMES, {"dependencies": [SOUND, sound]})[0] == NONE_KNOWN


def test_the_script_says_what_is_known_or_that_nothing_is() -> None:
    ended = subprocess.run(
        [sys.executable, "scripts/advisories.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ended.returncode in (NONE_KNOWN, HOLES, NOT_CHECKED) and ended.stderr.strip()
    assert "Traceback" not in ended.stderr
    assert (ended.returncode == NOT_CHECKED) == ("NOT CHECKED" in ended.stderr)
    assert len(locked()) > 80
