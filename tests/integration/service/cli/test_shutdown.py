"""A server that is told to end does, whatever its threads and its strangers are at."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.integration.service.commands import Served, environment, wait_until_gone

BUSY = """
import sys, time
import recommend.context.model, service.cli.server
from service.cli.main import main

def learn(rows, drinks):
    print("learning", flush=True)
    time.sleep(120)

recommend.context.model._learn = learn
sys.argv = ["tastegraph", "serve", "--empty"]
main()
"""


def test_a_thread_that_learns_does_not_hold_the_end(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with subprocess.Popen(
        [sys.executable, "-c", BUSY],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        said = ""
        for line in process.stdout:
            said += line
            if "learning" in said and "Stop with" in said:
                break
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        assert time.monotonic() - began < 10
    assert not wait_until_gone(home)


def test_half_open_connections_do_not_hold_the_end(tmp_path: Path) -> None:
    with Served(tmp_path / "home", "--empty") as running:
        running.ready(120)
        place = urlsplit(running.base)
        held = [socket.create_connection((place.hostname, place.port)) for _ in range(30)]
        for number, connection in enumerate(held):
            connection.sendall(
                b"POST /graphql HTTP/1.1\r\nContent-Length: 99\r\n\r\n"[: 10 + 2 * number]
            )
        began = time.monotonic()
        assert running.stop() == 0
        assert time.monotonic() - began < 10
        for connection in held:
            connection.close()
