"""However a server or its engine ends: no process is left, no data lost, no drink unchecked."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.engine.locks import FileLock
from tests.integration.service.commands import (
    COMMAND,
    Served,
    environment,
    processes_of,
    tastegraph,
    wait_until_gone,
)

ASK = """{ recommendations(first: 5) { __typename
    ... on Recommendations { items { drink { id } safety { status } } }
    ... on GraphAway { message } } }"""
BUY = """mutation($event: ID!, $drink: ID!) {
    recordInteractions(interactions: [{eventId: $event, drinkId: $drink, type: PURCHASE}]) {
    ... on RecordedInteractions { recorded repeated } } }"""
HISTORY = "{ me { ... on Me { history { drinkId } allergies { allergenId } } } }"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Iterator[Path]:
    """A stopped installation with a small catalogue."""
    home = tmp_path_factory.mktemp("lifecycle") / "home"
    done = tastegraph(home, "import", str(world), f"--rejects={home.parent / 'rejects.csv'}")
    assert done.returncode == 0, done.stderr
    assert processes_of(home) == []
    yield home


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whatever_ends_it_leaves_no_process_and_loses_nothing(home: Path, number: int) -> None:
    with Served(home) as running:
        running.ready(120)
        token = running.token("witness")
        event = {"event": f"bought-{number}", "drink": "own-01"}
        written = running.data(BUY, token, event)["recordInteractions"]
        assert written == {"recorded": 1, "repeated": 0}
        status = running.stop(number)
        assert status == (-9 if number == signal.SIGKILL else 0)
        assert wait_until_gone(home) == []
        assert "Traceback" not in running.said()
    with Served(home) as again:
        again.ready(120)
        assert again.data(BUY, token, event)["recordInteractions"] == {"recorded": 0, "repeated": 1}
        history = again.data(HISTORY, token)["me"]["history"]
        assert "own-01" in {event["drinkId"] for event in history}


def test_while_the_engine_is_gone_no_drink_is_given_and_then_all_is_there_again(
    home: Path,
) -> None:
    with Served(home, TASTEGRAPH_DEADLINE="5") as running:
        running.ready(120)
        token = running.token("person-1")
        assert running.data(ASK, token)["recommendations"]["__typename"] == "Recommendations"
        first = running.engine_pid()
        with FileLock(home / "graph" / "starting") as starting:
            assert starting.acquire()  # nobody can start it again
            os.kill(first, signal.SIGKILL)
            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda _: running.data(ASK, token), range(8)))
            kinds = {answer["recommendations"]["__typename"] for answer in answers}
            assert kinds == {"GraphAway"}
            assert "bolt" not in str(answers)
            readiness = httpx.get(f"{running.base}/readyz", timeout=30)
            assert readiness.status_code == 503 and "127.0.0.1" not in readiness.text
            assert httpx.get(f"{running.base}/healthz", timeout=30).status_code == 200
            nested = running.post('{ drink(id: "own-01") { ... on Drink { recipe { name } } } }')
            assert nested.status_code == 200 and nested.json()["data"] is None
            assert nested.json()["errors"][0]["extensions"] == {"code": "GRAPH_AWAY"}
        until = time.monotonic() + 30
        while httpx.get(f"{running.base}/readyz", timeout=30).status_code != 200:
            assert time.monotonic() < until
            time.sleep(0.2)
        result = running.data(ASK, token)["recommendations"]
        assert len(result["items"]) == 5
        assert running.engine_pid() != first
        assert "Traceback" not in running.said()


def test_requests_in_flight_when_the_engine_is_killed_get_checked_drinks_or_graph_away(
    home: Path,
) -> None:
    with Served(home) as running:
        running.ready(120)
        token = running.token("person-2")
        answers: list[Any] = []
        stop = threading.Event()

        def ask() -> None:
            while not stop.is_set():
                answers.append(running.data(ASK, token)["recommendations"])

        with ThreadPoolExecutor(4) as pool:
            asking = [pool.submit(ask) for _ in range(4)]
            try:
                time.sleep(0.5)
                os.kill(running.engine_pid(), signal.SIGKILL)
                time.sleep(4)
            finally:
                stop.set()
            for answered in asking:
                answered.result()
        kinds = [answer["__typename"] for answer in answers]
        assert set(kinds) <= {"Recommendations", "GraphAway"}
        assert all(len(answer["items"]) == 5 for answer in answers if "items" in answer)
        until = time.monotonic() + 20
        while running.data(ASK, token)["recommendations"]["__typename"] != "Recommendations":
            assert time.monotonic() < until


def test_commands_at_once_share_one_home(home: Path, world: Path) -> None:
    with Served(home) as running:
        running.ready(120)
        rejects = f"--rejects={home.parent / 'again.csv'}"
        commands = [("models", "list"), ("import", str(world), rejects), ("models", "list")]
        with ThreadPoolExecutor(3) as pool:
            done = list(pool.map(lambda command: tastegraph(home, *command), commands))
        assert [process.returncode for process in done] == [0, 0, 0], [
            process.stderr for process in done
        ]
        result = running.data(ASK, running.token("person-3"))["recommendations"]
        assert result["__typename"] == "Recommendations"
        assert running.stop() == 0
    assert wait_until_gone(home) == []


def test_a_port_in_use_is_said_at_once_and_nothing_is_started(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = tastegraph(home, "serve", PORT=port, timeout=60)
    assert done.returncode == 1
    assert f"port {port}: Address already in use. Set PORT" in done.stderr
    assert "Traceback" not in done.stderr
    assert processes_of(home) == []


def test_a_host_that_others_can_reach_gets_no_demo_token(served: Served) -> None:
    assert "Authorization: Bearer" in served.said()
    running = Served(served.home, HOST="0.0.0.0")  # leaving its context would end the other too
    try:
        running.ready(120)
        assert "Bearer" not in running.said()
        port = running.base.rsplit(":", 1)[1]
        page = httpx.get(f"http://127.0.0.1:{port}/graphql", timeout=30)
        assert page.status_code == 200 and "Bearer" not in page.text
    finally:
        running.stop()
    assert "Authorization: Bearer" in served.said()
    assert httpx.get(f"{served.base}/readyz", timeout=30).status_code == 200


def test_a_first_start_that_is_stopped_leaves_nothing_and_the_next_completes_it(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    with Served(home) as running:
        running.wait_for("drinks  ")
        assert running.stop(signal.SIGTERM) == 130
        assert wait_until_gone(home, 25) == []
        assert "Traceback" not in running.said()
    with Served(home) as again:
        again.wait_for("Training the first model")
        time.sleep(3)
        assert len(processes_of(home)) >= 3
        assert again.stop(signal.SIGKILL) == -9
        assert wait_until_gone(home) == []  # neither the engine nor the training


def test_ctrl_c_during_a_command_ends_it_with_130(home: Path) -> None:
    running = subprocess.Popen(
        [*COMMAND, "retrain"], env=environment(home), stderr=subprocess.PIPE, text=True
    )
    assert running.stderr
    with running.stderr:
        while "libtorch" not in Path(f"/proc/{running.pid}/maps").read_text():
            assert running.poll() is None
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)  # the training has not begun, or is in its first second
        said = running.stderr.read()
        assert running.wait(30) == 130, said
    assert "Traceback" not in said
    assert wait_until_gone(home) == []
