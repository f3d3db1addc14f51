"""`tastegraph segments` and `triggers` as an operator uses them, over a running engine."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from events.embedded_log import EmbeddedLog
from tests.integration.service.commands import in_process
from tests.integration.service.conftest import filled_home
from tests.support.streaming import record, view

SEGMENTS = """
days = 3650
[rfm]
[[segments]]
id = "tea-people"
name = "Tea people"
kinds = ["tea"]
[[segments]]
id = "nobody"
name = "Nobody"
kinds = ["water"]
"""
TRIGGERS = """
[limits]
quiet = ["00:00", "00:00"]
[[triggers]]
id = "seen"
when = "view"
if = { kinds = ["tea"] }
then = { action = "webhook" }
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Iterator[Path]:
    with filled_home(tmp_path_factory.mktemp("audience") / "home", world) as home:
        yield home


def asked(home: Path, *arguments: str) -> Any:
    done = in_process(home, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_segments_are_computed_listed_and_shown(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "segments.toml"
    file.write_text(SEGMENTS, encoding="utf-8")
    tried = asked(home, "segments", "compute", str(file), "--dry-run")
    assert asked(home, "segments", "list") == []
    kept = asked(home, "segments", "compute", str(file))
    assert kept["too_small"] == tried["too_small"] and "nobody" in kept["too_small"]
    listed = asked(home, "segments", "list")
    sizes = {segment["id"]: segment["people"] for segment in listed}
    assert sizes["tea-people"] == 60 and set(sizes) - {"tea-people"}
    assert asked(home, "segments", "show", "tea-people") in listed
    assert "Tea people" in in_process(home, "segments", "show", "tea-people").stderr
    missing = in_process(home, "segments", "show", "nobody")
    assert missing.returncode == 1 and "no segment 'nobody'" in missing.stderr


def test_a_rule_by_allergy_is_refused(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "segments.toml"
    file.write_text(SEGMENTS.replace("kinds", "allergies", 1), encoding="utf-8")
    done = in_process(home, "segments", "compute", str(file))
    assert done.returncode == 1 and "allergy, diet or verdict" in done.stderr


def test_triggers_are_tried_on_what_happened(home: Path, tmp_path: Path) -> None:
    async def send() -> None:
        now = datetime.now(UTC).isoformat()
        views = [view(f"e{n}", f"person-{n // 2}", drinkId="own-01", at=now) for n in range(4)]
        with EmbeddedLog(home / "events") as log:
            await log.append([record(each) for each in views])

    asyncio.run(send())
    assert in_process(home, "stream", "run", "--once").returncode == 0
    file = tmp_path / "triggers.toml"
    file.write_text(TRIGGERS, encoding="utf-8")
    tried = asked(home, "triggers", "dry-run", str(file))
    assert tried == {
        "events": 4,
        "triggers": [{"id": "seen", "fired": 2, "held": {"cool-down": 2}}],
    }
    assert "Nothing was written" in in_process(home, "triggers", "dry-run", str(file)).stderr
    file.write_text(TRIGGERS.replace("kinds", "diets"), encoding="utf-8")
    assert in_process(home, "triggers", "dry-run", str(file)).returncode == 1
