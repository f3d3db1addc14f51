"""`tastegraph webhooks` as an operator uses it, with a receiver that answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.connection import connect
from graph.engine.embedded import EmbeddedEngine
from graph.outbox.entries import OutgoingType
from graph.outbox.sinks import put_sink
from tests.integration.service.commands import in_process, running_engine
from tests.support.receiver import Received, receiving

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with running_engine(tmp_path_factory.mktemp("webhooks") / "home") as home:
        yield home


@pytest.fixture
def run(home: Path) -> Run:
    def command(*arguments: str, networks: str = "127.0.0.0/8") -> Any:
        return in_process(
            home, "webhooks", *arguments, "--json", TASTEGRAPH_WEBHOOK_NETWORKS=networks
        )

    return command


@pytest.fixture
def done(run: Run) -> Run:
    """What a command that must succeed printed."""

    def command(*arguments: str) -> Any:
        result = run(*arguments)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    return command


@pytest.fixture
def receiver() -> Iterator[Received]:
    with receiving() as received:
        yield received


def test_a_webhook_is_added_tried_rotated_and_removed(
    done: Run, run: Run, receiver: Received
) -> None:
    added = done("add", receiver.url, "--type", "interaction.recorded")
    [listed] = done("list")
    assert listed["id"] == added["id"]
    assert listed["url"] == receiver.url.replace("key=1", "...")  # which may be the receiver's key
    assert (listed["types"], listed["people"]) == (["interaction.recorded"], False)
    assert listed["state"] == "well"
    assert done("test", added["id"]) == {"id": added["id"], "status": 204}
    receiver.verified(added["secret"])
    rotated = done("rotate", added["id"])
    assert rotated["secret"] != added["secret"]
    done("test", added["id"])
    receiver.verified(rotated["secret"])
    assert done("resume", added["id"]) == done("remove", added["id"]) == {"id": added["id"]}
    assert done("list") == []
    assert run("test", added["id"]).returncode == 1


def test_a_receiver_that_does_not_answer_is_said_to(run: Run, done: Run) -> None:
    with receiving() as gone:
        added = done("add", gone.url)
    result = run("test", added["id"])
    assert result.returncode == 1 and added["id"] in result.stderr
    done("remove", added["id"])


async def put_topic(home: Path) -> None:
    """Let a topic be told, as a server does whose settings name it."""
    address = await asyncio.to_thread(EmbeddedEngine(home / "graph", heap="384m").start)
    async with connect(address, deadline=30.0) as graph:
        await put_sink(graph, "kafka-told", "kafka", "told", list(OutgoingType))


def test_a_topic_is_listed_resumed_and_removed_and_is_no_webhook(
    home: Path, run: Run, done: Run
) -> None:
    asyncio.run(put_topic(home))
    [listed] = done("list")
    assert (listed["id"], listed["kind"], listed["url"]) == ("kafka-told", "kafka", "told")
    for verb in ("test", "rotate"):
        refused = run(verb, "kafka-told")
        assert refused.returncode == 1 and "is no webhook" in refused.stderr
    assert done("resume", "kafka-told") == done("remove", "kafka-told") == {"id": "kafka-told"}
    assert done("list") == []


@pytest.mark.parametrize(
    ("url", "networks", "told"),
    [
        ("http://127.0.0.1/in", "", "begins with https"),
        ("https://127.0.0.1/in", "", "no webhook may reach"),
        ("https://user@partner.example/in", "", "no user"),
        ("nowhere", "", "no URL"),
    ],
)
def test_what_cannot_be_reached_is_refused_and_nothing_is_added(
    run: Run, done: Run, url: str, networks: str, told: str
) -> None:
    refused = run("add", url, networks=networks)
    assert refused.returncode == 1 and refused.stdout == "" and told in refused.stderr
    assert done("list") == []


@pytest.mark.parametrize("verb", ["test", "rotate", "resume", "remove"])
def test_an_unknown_webhook_is_named(run: Run, verb: str) -> None:
    refused = run(verb, "wh_none")
    assert refused.returncode == 1 and "'wh_none'" in refused.stderr
