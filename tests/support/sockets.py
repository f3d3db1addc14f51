"""A server in this process that listens on loopback, and a client of its WebSockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any, Self

import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from gql.schema import make_schema
from service.cli.server import configuration
from service.http.application import make_application
from service.http.service import Service
from service.settings import read_settings

PROTOCOL = Subprotocol("graphql-transport-ws")
WATCH = """subscription($current: Boolean! = false) { safetyAlerts(includeCurrent: $current) {
    __typename
    ... on SafetyAlert { drink { id name safety { status } } safety { status } cause since
        contacts { kind } changes { subject { id } added } }
    ... on WatchingAlerts { drinks complete catalogueVersion }
    ... on Failure { message advice } } }"""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:
        return nullcontext()


@asynccontextmanager
async def listening(service: Service, *origins: str, **settings: str) -> AsyncIterator[str]:
    """Serve on a free port; yield its address, which begins with ws."""
    application = make_application(lambda: nullcontext(service), make_schema(), None, origins)
    server = _Server(configuration(application, read_settings({"PORT": "0", **settings})))
    task = asyncio.create_task(server.serve())
    try:
        await server.up.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}/graphql"
    finally:
        server.should_exit = True
        await task


class Client:
    """One connection."""

    def __init__(self, address: str, **options: Any) -> None:
        self._connecting = connect(address, subprotocols=[PROTOCOL], **options)
        self._socket: ClientConnection | None = None

    @property
    def socket(self) -> ClientConnection:
        assert self._socket
        return self._socket

    async def __aenter__(self) -> Self:
        self._socket = await self._connecting
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def receive(self, seconds: float = 30) -> Any:
        async with asyncio.timeout(seconds):
            return json.loads(await self.socket.recv())

    async def sign_in(self, token: str) -> None:
        await self.send(type="connection_init", payload={"Authorization": f"Bearer {token}"})
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, id_: str = "1", query: str = WATCH, **variables: Any) -> None:
        payload = {"query": query, "variables": variables}
        await self.send(type="subscribe", id=id_, payload=payload)

    async def event(self, id_: str = "1", seconds: float = 30) -> Any:
        """The next event of a subscription, which must be the next message."""
        message = await self.receive(seconds)
        assert (message["type"], message["id"]) == ("next", id_), message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]["safetyAlerts"]

    async def watching(self, token: str, id_: str = "1", **variables: Any) -> Any:
        """Sign in, subscribe, and wait until the watch is on."""
        await self.sign_in(token)
        await self.subscribe(id_, **variables)
        event = await self.event(id_)
        assert event["__typename"] == "WatchingAlerts", event
        return event

    async def nothing(self, seconds: float) -> None:
        """Nothing comes for a while."""
        with contextlib.suppress(TimeoutError):
            raise AssertionError(await self.receive(seconds))

    async def closed(self, seconds: float = 30) -> tuple[int | None, str | None]:
        """Wait for the end; the code and the reason that the server gave."""
        async with asyncio.timeout(seconds):
            await self.socket.wait_closed()
        return self.socket.close_code, self.socket.close_reason
