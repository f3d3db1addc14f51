"""uvicorn's protocols with a limit on everything: a client that stops half-way holds nothing long.

uvicorn limits neither a request's head nor the time it takes, nor how long an answer may wait
unread. Here a request's head has ten seconds and 64 kB, a body half a minute and 8 MB (how much
of it is read is the application's affair), an answer half a minute without progress.
"""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from typing import Any, cast

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from service.http.service import Service

_OFFER = re.compile(rb"\r\nupgrade: *h2c(?=\r|\Z)", re.IGNORECASE)
HEAD_SECONDS = 10.0
BODY_SECONDS = 30.0
UNREAD_SECONDS = 30.0
MOST_HEAD_BYTES = 65_536
MOST_HEADERS = 100
MOST_REQUEST_BYTES = 8_000_000
MOST_WAITING = 20
"""Requests that one connection may send before the first is answered."""


class HeadTooLarge(Exception):
    """Raised into the parser, which then stops."""


class BoundedHttp(HttpToolsProtocol):
    """HTTP/1.1 of one connection."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._service = cast(Service, app_state["service"])
        self._entered = False
        self._in_head = True
        self._is_too_large = False
        self._is_handed_over = False
        self._received = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let a connection in, if there is room."""
        super().connection_made(transport)
        self._entered = self._service.connection_limits.enter(_address(self))
        if self._entered:
            self._expect(HEAD_SECONDS)
        else:
            self._count("connections")
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._expect(None)
        self._await_reader(wanted=False)
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came; refuse what is too much."""
        self._received += len(data)
        super().data_received(_without_http2(data) if self._in_head else data)
        if self._is_handed_over or self.transport.is_closing():
            return
        if self._received > (MOST_HEAD_BYTES if self._in_head else MOST_REQUEST_BYTES):
            self._refuse(431 if self._in_head else 413, "large")
        elif self._in_head and self._deadline is None and not self._is_answering():
            self._expect(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        """Begin to answer, and expect the body."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        crowded = len(self.headers) > MOST_HEADERS or len(self.pipeline) >= MOST_WAITING
        if crowded or size > MOST_HEAD_BYTES:
            self._is_too_large = True
            raise HeadTooLarge
        self._in_head = False
        self._expect(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect nothing until the answer is sent."""
        self._in_head, self._received = True, 0
        self._expect(None)
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over; the WebSocket counts it from here."""
        self._is_handed_over = True
        self._expect(None)
        self._leave()
        super().handle_websocket_upgrade()

    def on_response_complete(self) -> None:
        """Wait for the next request, or until the last answer is read."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._await_reader(wanted=True)

    def timeout_keep_alive_handler(self) -> None:
        """End an idle connection, whether or not the last answer was read."""
        super().timeout_keep_alive_handler()
        self._await_reader(wanted=True)

    def pause_writing(self) -> None:
        """Wait for a client that does not read, but not forever."""
        super().pause_writing()
        self._await_reader(wanted=True)

    def resume_writing(self) -> None:
        """Go on writing."""
        self._await_reader(wanted=self.transport.is_closing())
        super().resume_writing()

    def _is_answering(self) -> bool:
        cycle = cast(RequestResponseCycle | None, self.cycle)
        return cycle is not None and not cycle.response_complete

    def _expect(self, seconds: float | None) -> None:
        """Set the deadline for what is awaited; None if nothing is."""
        if self._deadline:
            self._deadline.cancel()
        self._deadline = self.loop.call_later(seconds, self._late) if seconds else None

    def _await_reader(self, *, wanted: bool) -> None:
        if self._unread:
            self._unread.cancel()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self._unheard) if wanted else None

    def _late(self) -> None:
        self._deadline = None
        if self._received:
            self._refuse(408, "slow")
        else:
            self.transport.close()

    def _unheard(self) -> None:
        self._count("slow")
        self.transport.abort()

    def _refuse(self, status: int, reason: str) -> None:
        self._count(reason)
        if not (self._is_answering() and self.cycle.response_started):
            line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"
            self.transport.write(
                f"{line}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode()
            )
        self._expect(None)
        self.transport.close()
        self._await_reader(wanted=True)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not a request, or too much of one."""
        if self._is_too_large:
            self._refuse(431, "large")
            return
        self._expect(None)
        super().send_400_response(msg)
        self._await_reader(wanted=True)

    def _count(self, reason: str) -> None:
        self._service.metrics.refusals.labels(reason).inc()

    def _leave(self) -> None:
        if self._entered:
            self._entered = False
            self._service.connection_limits.leave(_address(self))


class CountedWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket that takes over the count of the connection it was, so there is always room."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection."""
        super().connection_made(transport)
        cast(Service, self.app_state["service"]).connection_limits.enter(_address(self))

    def connection_lost(self, exc: Exception | None) -> None:
        """Count its end."""
        cast(Service, self.app_state["service"]).connection_limits.leave(_address(self))
        super().connection_lost(exc)


def _without_http2(data: bytes) -> bytes:
    """Return the head of a request without the offer to go on with HTTP/2, which is declined so.

    Java's client offers it with each request, Debezium Server's too; uvicorn's parser would stop
    there, and leave the body, or the next request, unread.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    return _OFFER.sub(b"\r\nX-Declined: h2c", head) + end + rest


def _address(connection: BoundedHttp | CountedWebSocket) -> str:
    return connection.client[0] if connection.client else ""
