"""Two workers on one port: as safe as one, whoever of them is asked, whoever ends."""

from __future__ import annotations

import asyncio
import csv
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from graph.engine.embedded import running_address
from tests.integration.service.commands import Served, in_process, tastegraph, wait_until_gone
from tests.integration.service.conftest import cwd_rejects
from tests.integration.service.http.subscriptions.world import drinks, follow
from tests.support.lines import Line, forks, generations, only, wait_until, workers
from tests.support.load import Load
from tests.support.sockets import Client

ALLERGIC = 'mutation { setAllergies(allergies: [{allergenId: "milk"}]) { __typename } }'
SIGNED_OUT = '{ drink(id: "own-01") { __typename } }'
TWO = ("--empty", "--workers", "2")
MOST_EACH = 30


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Path:
    """A stopped installation with a small catalogue: odd drinks hold no milk."""
    home = tmp_path_factory.mktemp("workers") / "home"
    done = tastegraph(home, "import", str(world), cwd_rejects(home))
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[Served]:
    settings = {
        "TASTEGRAPH_RATE_LIMITS": "0.1,0,0",
        "TASTEGRAPH_CONNECTIONS": f"4000,{MOST_EACH}",
    }
    with Served(home, *TWO, **settings) as server:
        yield server.ready(120)


@pytest.fixture
def lines(running: Served) -> Iterator[list[Line]]:
    """A connection to each of the two workers."""
    with ExitStack() as stack:
        found = [stack.enter_context(Line(running, worker)) for worker in workers(running)]
        assert len(found) == 2
        yield found


@pytest.fixture(scope="module")
def allergic(running: Served) -> str:
    """The token of somebody who must have no milk."""
    token = running.token("person-1")
    running.data(ALLERGIC, token)
    return token


def test_both_answer_as_one_alone(
    home: Path, running: Served, lines: list[Line], allergic: str
) -> None:
    one, other = (line.offered(allergic) for line in lines)
    server = Served(home, "--empty")  # ended here: its block would end all processes of the home
    try:
        with Line(server.ready(60), server.process.pid) as alone:
            assert one == other == alone.offered(allergic)
    finally:
        assert server.stop() == 0
    assert len(one) == 20 and {int(drink[-2:]) % 2 for drink in one} == {1}


def test_a_change_acts_in_both_on_the_next_request(
    home: Path, tmp_path: Path, lines: list[Line], allergic: str
) -> None:
    assert all("own-01" in line.offered(allergic) for line in lines)
    write_evidence(tmp_path / "letter", "own-01")
    done = in_process(home, "import", str(tmp_path / "letter"), cwd_rejects(home))
    assert done.returncode == 0, done.stderr
    assert not any("own-01" in line.offered(allergic) for line in lines)


def write_evidence(folder: Path, drink: str) -> None:
    folder.mkdir()
    with (folder / "allergen_evidence.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("subject_type", "subject", "allergen", "status", "source", "observed_at"))
        writer.writerow(("drink", drink, "milk", "contains", "a letter", "2026-01-02"))


def test_a_write_past_the_versions_is_found_by_both_within_a_second(
    home: Path, running: Served, lines: list[Line], allergic: str
) -> None:
    time.sleep(1.2)  # a version is settled when it is a second old
    for _ in range(2):
        assert all("own-03" in line.offered(allergic) for line in lines)
    assert running.metric('tastegraph_gate_answers_total{how="kept"}') >= 30
    write_past_the_versions(home)
    for line in lines:
        line.offered(allergic)  # perhaps by what the gate said before
    time.sleep(1.0)
    assert not any("own-03" in line.offered(allergic) for line in lines)


def write_past_the_versions(home: Path) -> None:
    import neo4j

    address = running_address(home / "graph")
    assert address
    with (
        neo4j.GraphDatabase.driver(address.uri, auth=(address.user, address.password)) as driver,
        driver.session(database=address.database) as session,
    ):
        session.run(
            "MATCH (d:Drink {id: 'own-03'}), (a:Allergen {id: 'milk'})"
            " CREATE (d)-[:HAS_ALLERGEN {source: 'by hand', observedAt: '2026-01-02'}]->(a)"
        ).consume()


def test_metrics_are_those_of_both(running: Served, lines: list[Line]) -> None:
    assert running.metric("tastegraph_workers") == 2
    name = 'tastegraph_http_requests_total{path="/healthz",status="200"}'
    before = running.metric(name)
    for line, times in zip(lines, (3, 4), strict=True):
        for _ in range(times):
            line.get("/healthz")
    told = [re.search(rf"^{re.escape(name)} (\S+)$", line.get("/metrics"), re.M) for line in lines]
    assert [float(match[1]) for match in told if match] == [before + 7, before + 7]


def test_limits_hold_over_both(running: Served, lines: list[Line]) -> None:
    statuses = [line.post(SIGNED_OUT)[0] for _ in range(5) for line in lines]
    assert statuses == [200, *[429] * 9]
    address = urlsplit(running.base)
    held = [socket.create_connection((address.hostname, address.port)) for _ in range(50)]
    try:
        wait_until(lambda: sum(map(is_closed, held)) >= 20)
        open_ = sum(not is_closed(each) for each in held) + len(lines)
        assert MOST_EACH - 2 <= open_ <= MOST_EACH + 1
    finally:
        for each in held:
            each.close()
    wait_until(lambda: number_of_connections(lines[0]) <= 3)


def is_closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def number_of_connections(line: Line) -> float:
    match = re.search(r"^tastegraph_connections (\S+)$", line.get("/metrics"), re.MULTILINE)
    assert match
    return float(match[1])


def test_one_that_is_killed_comes_back_and_offers_what_the_other_does(
    running: Served, lines: list[Line], allergic: str
) -> None:
    killed, other = lines
    os.kill(killed.worker, signal.SIGKILL)
    assert len(other.offered(allergic)) in (18, 19, 20)
    wait_until(lambda: len(workers(running)) == 2 and running.metric("tastegraph_workers") == 2)
    assert running.metric("tastegraph_worker_restarts_total") == 1
    [another] = {*workers(running)} - {killed.worker, other.worker}
    with Line(running, another) as line:
        assert line.offered(allergic) == other.offered(allergic)
    assert f"worker {killed.worker} ended unasked by signal 9" in running.said()
    [housekeeper] = {each.pid for each in forks(running)} - {*workers(running)}
    os.kill(housekeeper, signal.SIGKILL)
    wait_until(lambda: running.metric("tastegraph_worker_restarts_total") == 2)
    assert len(forks(running)) == 3


def test_others_take_over_without_a_lost_request(
    running: Served, lines: list[Line], allergic: str
) -> None:
    before, subscriber = workers(running), running.token("person-3")
    others = asyncio.run(subscribed(running, lines, subscriber, allergic))
    before_it, after_it = others.heard
    assert before_it == 40 and after_it <= 20, "subscribers of one worker hear what another did"
    assert others.told == 1001
    wait_until(lambda: set(workers(running)).isdisjoint(before) and len(workers(running)) == 2)
    assert not others.load.failures and len(others.load.answers) > 20
    assert not {drink for answer in others.load.answers for drink, _ in answer.items} & {"own-01"}
    assert running.metric("tastegraph_workers") == 2
    assert "Traceback" not in running.said()


@dataclass
class Others:
    """What came of those who asked and subscribed while workers were renewed."""

    heard: list[int]
    told: int | None
    load: Load


async def subscribed(running: Served, lines: list[Line], token: str, allergic: str) -> Others:
    """Subscribe at one worker, declare at the other, then renew both while others ask."""
    one, other = lines
    async with AsyncExitStack() as stack:
        with only(running, other.worker):
            address = running.base.replace("http:", "ws:") + "/graphql"
            client = await stack.enter_async_context(Client(address))
            heard = [len(await follow(client, token, first=40))]
        assert one.post(ALLERGIC, token)[0] == 200
        heard.append(len(await drinks(client)))
        with Load([running.base], {"person-1": allergic}, connections=4) as load:
            await asyncio.sleep(0.5)
            running.process.send_signal(signal.SIGHUP)
            told, _ = await client.closed()
            await asyncio.sleep(6)
        return Others(heard, told, load)


def test_told_to_end_all_do(home: Path, running: Served) -> None:
    assert running.stop() == 0
    assert wait_until_gone(home) == []
    assert "Traceback" not in running.said()


def test_nothing_is_left_of_those_who_started_them(home: Path) -> None:
    with Served(home, *TWO) as server:
        server.ready(60)
        [generation] = generations(server)
        generation.kill()
        wait_until(lambda: [each.pid for each in generations(server)] != [generation.pid])
        assert server.data('{ drink(id: "own-02") { __typename } }')["drink"] is not None
        server.process.kill()
        server.process.wait()
        assert wait_until_gone(home, 30) == []
