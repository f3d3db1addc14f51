"""GraphQL over WebSockets: subscriptions, by the protocol graphql-transport-ws.

The protocol is Strawberry's own; what is ours is who may connect and for how long. Close codes:

    1001  the server ends              4403  the token is missing, refused, or has expired
    1013  the identity provider's keys cannot be fetched: try again later
    4400, 4401, 4406, 4408, 4409, 4429   see the protocol (4408: nobody said who they are in time)
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import orjson
import strawberry
from graphql import GraphQLFormattedError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.schema.base import BaseSchema
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)
from strawberry.types.unset import UNSET, UnsetType

from gql.request.context import Context, Dependencies
from graph.clock import utc_now
from service.http.auth import Claims, TokenRefused, Verifier, bearer_token
from service.http.limits.rates import Rates
from service.http.published_keys import KeysAway
from service.http.trusted_documents import DocumentRefused, TrustedDocuments, form_fault

INIT_SECONDS = 10.0
MOST_SUBSCRIPTIONS = 4
CLOSING_SECONDS = 1.0
MOST_REASON_BYTES = 120
TOO_OFTEN = "Too many requests: try again in a moment."
GOING_AWAY, TRY_AGAIN_LATER, FORBIDDEN = 1001, 1013, 4403

log = logging.getLogger("tastegraph.websocket")


class OpenSockets:
    """The open connections of one process."""

    def __init__(self) -> None:
        self._open: set[WebSocket] = set()

    @contextmanager
    def holding(self, websocket: WebSocket) -> Generator[None]:
        """Track a connection while it lasts."""
        self._open.add(websocket)
        try:
            yield
        finally:
            self._open.discard(websocket)

    async def close(self) -> None:
        """Tell every client that the server ends, waiting a second at most for the slow ones."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSING_SECONDS):
                await asyncio.gather(
                    *(
                        _close(connection, GOING_AWAY, "The server is shutting down.")
                        for connection in self._open
                    ),
                    return_exceptions=True,
                )


@dataclass(frozen=True)
class Admission:
    """What is allowed: how often, and which documents."""

    rates: Rates
    documents: TrustedDocuments


@dataclass
class Connection:
    """One connection: `connection_params` is what the client said when it connected."""

    websocket: WebSocket
    dependencies: Dependencies
    verifier: Verifier
    admission: Admission
    viewer: Claims | None = None
    connection_params: dict[str, Any] = field(default_factory=dict[str, Any])

    def wait(self) -> float:
        """Count one request; return the seconds to wait if there were too many."""
        address = self.websocket.client.host if self.websocket.client else ""
        return self.admission.rates.wait(self.viewer, address)


class SubscriptionEndpoint(GraphQL[Connection, None]):
    """Answers WebSocket connections, and only subscriptions on them.

    Of pages, only those of this origin and of the listed ones may connect.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        origins: Sequence[str],
        init_seconds: float = INIT_SECONDS,
    ) -> None:
        super().__init__(
            cast(BaseSchema, _Subscriptions(schema)),
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=timedelta(seconds=init_seconds),
            max_subscriptions_per_connection=MOST_SUBSCRIPTIONS,
            allowed_origins=list(origins),
        )
        self.websocket_adapter_class = cast(Any, _Adapter)
        self.graphql_transport_ws_handler_class = _Handler

    async def answer(
        self,
        websocket: WebSocket,
        dependencies: Dependencies,
        verifier: Verifier,
        sockets: OpenSockets,
        admission: Admission,
    ) -> None:
        """Serve one connection until it ends."""
        with sockets.holding(websocket):
            await self.run(
                websocket, context=Connection(websocket, dependencies, verifier, admission)
            )

    async def on_ws_connect(self, context: Connection) -> UnsetType:
        """Take the person from the token; close the connection if there is none."""
        said = context.connection_params
        header = said.get("Authorization", said.get("authorization"))
        try:
            if not isinstance(header, str):
                raise TokenRefused("Connect with the payload {Authorization: 'Bearer TOKEN'}.")
            context.viewer = await context.verifier.verify(bearer_token(header))
        except TokenRefused as error:
            await _close(context.websocket, FORBIDDEN, str(error))
            raise ConnectionRejectionError from error
        except KeysAway as error:
            await _close(context.websocket, TRY_AGAIN_LATER, str(error))
            raise ConnectionRejectionError from error
        if context.wait():
            await _close(context.websocket, TRY_AGAIN_LATER, TOO_OFTEN)
            raise ConnectionRejectionError
        return UNSET

    def decode_json(self, data: str | bytes) -> object:
        """Decode a message; raise a JSONDecodeError however deeply it is nested."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        """Return a message as text."""
        return orjson.dumps(data).decode()


class _Subscriptions:
    """The schema as a connection sees it: subscriptions only, and each a request of its own."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema = schema

    async def stream(self, query: str, *, context_value: Connection, **others: Any) -> Any:
        context = Context(context_value.dependencies, context_value.viewer)
        return await self._schema.subscribe(query, context_value=context, **others)


class _Adapter(ASGIWebSocketAdapter):
    """A connection that may end at any moment, from either side."""

    async def send_json(self, message: Any) -> None:
        if self.ws.application_state is WebSocketState.DISCONNECTED:
            raise WebSocketDisconnected
        await super().send_json(message)

    async def close(self, code: int, reason: str) -> None:
        await _close(self.ws, code, reason)


class _Handler(BaseGraphQLTransportWSHandler[Connection, None]):
    """The protocol, with an end when the token ends, and without trust in what clients send."""

    expiry: asyncio.Task[None] | None = None

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self.expiry is None and self.context.viewer:
            self.expiry = asyncio.create_task(self._expire(self.context.viewer.until))

    async def _expire(self, until: float) -> None:
        await asyncio.sleep(until - utc_now().timestamp())
        for operation in list(self.operations):
            await self.cleanup_operation(operation)
        await self.websocket.close(FORBIDDEN, "The token has expired.")

    async def shutdown(self) -> None:
        if self.expiry:
            self.expiry.cancel()
            await asyncio.gather(self.expiry, return_exceptions=True)
        await super().shutdown()

    async def handle_message(self, message: Message) -> None:
        fault = _fault(message)
        if fault:
            await self.handle_invalid_message(fault)
        else:
            await super().handle_message(message)

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        seconds = self.context.wait() if self.connection_acknowledged else 0.0
        if seconds:
            said = {"code": "TOO_MANY_REQUESTS", "retryAfter": round(seconds, 3)}
            await self._refuse(message, {"message": TOO_OFTEN, "extensions": said})
        else:
            await self._subscribe(message)

    async def _subscribe(self, message: SubscribeMessage) -> None:
        """Subscribe to a document, or to a trusted one by its id."""
        viewer, asked = self.context.viewer, cast(dict[str, Any], message["payload"])
        developer = viewer is not None and viewer.developer
        try:
            asked["query"] = self.context.admission.documents.text_of(asked, developer=developer)
        except DocumentRefused as error:
            said = {"code": error.code}
            await self._refuse(message, {"message": error.message, "extensions": said})
        else:
            await super().handle_subscribe(message)

    async def _refuse(self, message: SubscribeMessage, error: dict[str, Any]) -> None:
        payload = [cast(GraphQLFormattedError, error)]
        await self.send_message({"id": message["id"], "type": "error", "payload": payload})

    async def handle_task_exception(self, error: Exception) -> None:
        if not isinstance(error, WebSocketDisconnected):
            log.error("a connection's work failed", exc_info=error)


def _fault(message: object) -> str | None:
    """Return what is wrong with the form of a message."""
    if not isinstance(message, dict):
        return "A message must be a JSON object."
    said = cast(dict[str, Any], message)
    if not isinstance(said.get("type"), str):
        return "'type' must be a text."
    if said["type"] in ("subscribe", "complete") and not isinstance(said.get("id"), str):
        return "'id' must be a text."
    if said["type"] == "subscribe":
        return _payload_fault(said.get("payload"))
    return None


def _payload_fault(payload: object) -> str | None:
    if not isinstance(payload, dict):
        return "'payload' must be an object."
    return form_fault(cast(dict[str, Any], payload))


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    """Close a connection unless it is closed; a reason has to be short."""
    if websocket.application_state is WebSocketState.DISCONNECTED:
        return
    with suppress(RuntimeError, WebSocketDisconnect):  # the client was faster
        await websocket.close(code, reason.encode()[:MOST_REASON_BYTES].decode(errors="ignore"))
