"""`tastegraph stream` as an operator uses it, and what else knows of the log: doctor, privacy."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events.embedded_log import EmbeddedLog
from tests.integration.service.commands import in_process
from tests.integration.service.conftest import filled_home
from tests.support.streaming import record, view


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Iterator[Path]:
    with filled_home(tmp_path_factory.mktemp("stream") / "home", world) as home:
        yield home


def asked(home: Path, *arguments: str) -> Any:
    done = in_process(home, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def send(home: Path, *documents: dict[str, Any]) -> None:
    async def work() -> None:
        with EmbeddedLog(home / "events") as log:
            await log.append([record(document) for document in documents])

    asyncio.run(work())


def events_finding(home: Path) -> tuple[str, str]:
    done = in_process(home, "doctor", "--start", "--json")
    [check] = [
        finding for finding in json.loads(done.stdout)["findings"] if finding["check"] == "events"
    ]
    return check["state"], check["message"]


def test_the_story_of_some_events(home: Path) -> None:
    assert events_finding(home) == ("ok", "No log of events yet: the first start makes it.")
    send(home, view("e1", drinkId="own-01"), view("e2", drinkId="later"), view("e3", "ben"))
    assert events_finding(home)[0] == "ok"
    assert (
        sum(partition["behind"] for partition in asked(home, "stream", "status")["partitions"]) == 3
    )
    done = in_process(home, "stream", "run", "--once")
    assert done.returncode == 0, done.stderr
    status = asked(home, "stream", "status")
    assert sum(partition["behind"] for partition in status["partitions"]) == 0
    assert status["dead_letters"] == 2
    assert events_finding(home)[0] == "warning"

    letters = asked(home, "stream", "dead-letters", "list")
    assert [letter["reason"] for letter in letters] == [
        "There is no drink 'later'.",
        "There is no drink 'chai'.",
    ]
    assert "own-" not in json.dumps(letters) and "ann" not in json.dumps(letters)
    first, second = (str(letter["id"]) for letter in letters)
    shown = asked(home, "stream", "dead-letters", "show", first)
    assert shown["event"] == view("e2", drinkId="later")
    refused = in_process(home, "stream", "dead-letters", "show", "99")
    assert refused.returncode == 1 and "no dead letter 99" in refused.stderr
    assert in_process(home, "stream", "dead-letters", "drop").returncode == 1
    assert asked(home, "stream", "dead-letters", "replay", "--all") == {
        "written": 0,
        "staying": {first: letters[0]["reason"], second: letters[1]["reason"]},
    }
    assert asked(home, "stream", "dead-letters", "drop", second) == {"dropped": 1}
    assert [letter["id"] for letter in asked(home, "stream", "dead-letters", "list")] == [
        int(first)
    ]

    assert asked(home, "stream", "replay") == {"read": 1, "written": 0, "known": 1, "refused": 0}
    assert asked(home, "stream", "replay", "--from", "2999-01-01")["read"] == 0
    assert in_process(home, "stream", "replay", "--from", "soon").returncode == 2


def test_one_persons_events_are_exported_and_erased(home: Path) -> None:
    secret = view("secret-1", "somebody-erased", drinkId="own-02")
    send(home, secret, view("secret-2", "somebody-erased", drinkId="not-there"))
    assert in_process(home, "stream", "run", "--once").returncode == 0
    exported = json.loads(in_process(home, "privacy", "export", "somebody-erased").stdout)
    assert [event["eventId"] for event in exported["events"]] == ["secret-1", "secret-2"]
    assert exported["known"]
    assert in_process(home, "privacy", "erase", "somebody-erased", "--yes").returncode == 0
    for path in (home / "events").iterdir():
        assert b"somebody-erased" not in path.read_bytes(), path
    exported = json.loads(in_process(home, "privacy", "export", "somebody-erased").stdout)
    assert (exported["events"], exported["known"]) == ([], False)
    assert asked(home, "stream", "replay")["written"] == 0


def test_doctor_leaves_no_file_behind(home: Path) -> None:
    send(home, view("e9", drinkId="own-03"))
    before = sorted(path.name for path in (home / "events").iterdir())
    in_process(home, "doctor", "--start")
    assert sorted(path.name for path in (home / "events").iterdir()) == before


def test_one_who_waits_for_the_place_says_so(home: Path) -> None:
    with EmbeddedLog(home / "events") as log:
        assert asyncio.run(log.assigned())
        done = in_process(home, "stream", "run", "--once")
    assert done.returncode == 1 and "Another process consumes" in done.stderr
