"""Connections at their end."""

from typing import Any

from starlette.websockets import WebSocket

from service.http.websocket import GOING_AWAY, _close


async def test_a_client_that_has_gone_before_the_goodbye_is_no_error() -> None:
    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        if message["type"] == "websocket.close":
            raise OSError  # what servers raise when nobody is there any more

    websocket = WebSocket({"type": "websocket"}, receive, send)
    await websocket.accept()
    await _close(websocket, GOING_AWAY, "The server is shutting down.")
