"""People who ask a server for recommendations, one request after the other, without a pause."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

ASK = """query($first: Int!) { recommendations(first: $first) { __typename
    ... on Recommendations { modelVersion items { score drink { id } safety { status } } } } }"""


@dataclass(frozen=True)
class Answer:
    """One answer: when it came (monotonic), what it took, whom it was for; a failure is a text."""

    server: str
    user: str
    at: float
    seconds: float
    version: str
    items: tuple[tuple[str, float], ...]
    failure: str = ""


class Load:
    """Asks every server on a few connections each until the block ends."""

    def __init__(
        self, servers: Sequence[str], tokens: dict[str, str], connections: int = 2, first: int = 5
    ) -> None:
        self.answers: list[Answer] = []
        self._servers, self._tokens = servers, tokens
        self._connections, self._first = connections, first
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(connections * len(servers))
        self._asking: list[Future[None]] = []

    def __enter__(self) -> Self:
        users = list(self._tokens)
        for server in self._servers:
            for number in range(self._connections):
                self._asking.append(self._pool.submit(self._ask, server, users[number:] + users))
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for client in self._asking:
            client.result()
        self._pool.shutdown()

    @property
    def failures(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.failure]

    def since(self, moment: float) -> list[Answer]:
        """What was asked and answered after a moment."""
        return [answer for answer in list(self.answers) if answer.at - answer.seconds > moment]

    def wait_for_version(self, version: str, seconds: float = 120.0) -> float:
        """Wait until every server answers with a version; return when the last began to."""
        began = time.monotonic()
        until = began + seconds
        while time.monotonic() < until:
            first_seen = {
                answer.server: answer.at
                for answer in reversed(self.since(began))
                if answer.version == version
            }
            if len(first_seen) == len(self._servers):
                return max(first_seen.values())
            time.sleep(0.01)
        raise AssertionError(f"not all servers rank with {version} after {seconds} s")

    def _ask(self, server: str, users: list[str]) -> None:
        address = urlsplit(server)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        body = json.dumps({"query": ASK, "variables": {"first": self._first}})
        turn = 0
        while not self._stop.is_set():
            user = users[turn % len(users)]
            turn += 1
            headers = {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self._tokens[user]}",
            }
            began = time.monotonic()
            try:
                connection.request("POST", "/graphql", body, headers)
                response = connection.getresponse()
                text = response.read().decode()
                status = response.status
            except (OSError, http.client.HTTPException) as error:
                self._note(server, user, began, None, repr(error))
                connection.close()
                continue
            self._note(server, user, began, text if status == 200 else None, text)
        connection.close()

    def _note(self, server: str, user: str, began: float, answer: str | None, said: str) -> None:
        now = time.monotonic()
        document: dict[str, Any] = json.loads(answer) if answer else {}
        offer = (document.get("data") or {}).get("recommendations") or {}
        items = tuple((item["drink"]["id"], item["score"]) for item in offer.get("items", ()))
        whole = offer.get("__typename") == "Recommendations" and len(items) == self._first
        self.answers.append(
            Answer(
                *(server, user, now, now - began, offer.get("modelVersion", ""), items),
                failure="" if whole else said[:300],
            )
        )
