"""Connections that are held open, each to a worker that was chosen."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Self
from urllib.parse import urlsplit

import psutil

from tests.integration.service.commands import Served

WORKER = "service.cli.workers.generation"


def generations(running: Served) -> list[psutil.Process]:
    """The processes that forked workers, oldest first."""
    children = psutil.Process(running.process.pid).children()
    return sorted((each for each in children if _is_one(each)), key=psutil.Process.create_time)


def workers(running: Served) -> list[int]:
    """The process ids of all workers, oldest first."""
    found = [fork for fork in forks(running) if _listens(fork)]
    return [fork.pid for fork in sorted(found, key=psutil.Process.create_time)]


def forks(running: Served) -> list[psutil.Process]:
    """All that were forked: workers, and who keeps house."""
    return [fork for each in generations(running) for fork in each.children() if _is_one(fork)]


def _listens(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return any(each.status == psutil.CONN_LISTEN for each in process.net_connections("tcp"))
    return False


def _is_one(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE and WORKER in process.cmdline()
    return False


def wait_until(holds: Callable[[], object], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


@contextmanager
def only(running: Served, worker: int) -> Iterator[None]:
    """Let all other workers stand still."""
    others = [each for each in workers(running) if each != worker]
    for each in others:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in others:
            os.kill(each, signal.SIGCONT)


class Line:
    """A connection to one worker: the others are stopped while it is made.

    One that was idle for too long is made again.
    """

    def __init__(self, running: Served, worker: int) -> None:
        address = urlsplit(running.base)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port or 0, 30)
        self._running, self.worker = running, worker
        self._connect()

    def _connect(self) -> None:
        with only(self._running, self.worker), ExitStack() as failed:
            self._connection.close()
            failed.callback(self._connection.close)
            self._ask("GET", "/healthz", None, {})
            failed.pop_all()

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, str]:
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        return response.status, response.read().decode()

    def _asked(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        try:
            return self._ask(method, path, body, headers or {})
        except (http.client.RemoteDisconnected, ConnectionError):
            self._connect()
            return self._ask(method, path, body, headers or {})

    def get(self, path: str) -> str:
        status, text = self._asked("GET", path)
        assert status == 200, text
        return text

    def post(self, query: str, token: str | None = None) -> tuple[int, Any]:
        """The status of an answer, and its document."""
        headers = {"Content-Type": "application/json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        status, text = self._asked("POST", "/graphql", json.dumps({"query": query}), headers)
        return status, json.loads(text)

    def offered(self, token: str) -> dict[str, float]:
        """The drinks that somebody is offered, with their scores."""
        status, answer = self.post(ASK, token)
        assert status == 200 and "errors" not in answer, answer
        items = answer["data"]["recommendations"]["items"]
        assert {item["safety"]["status"] for item in items} <= {"SAFE"}
        return {item["drink"]["id"]: item["score"] for item in items}

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


ASK = """{ recommendations(first: 40) {
    ... on Recommendations { items { score drink { id } safety { status } } } } }"""
