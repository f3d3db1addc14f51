"""Who may open a socket, and until when."""

from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from graph.connection import Graph
from service.http.service import Service
from tests.integration.service.http.subscriptions.world import Token
from tests.support.sockets import Client, listening


async def test_nobody_is_let_in(address_of: str) -> None:
    refused: list[dict[str, Any]] = [
        {},
        {"payload": {}},
        {"payload": {"Authorization": None}},
        {"payload": {"Authorization": "Bearer nonsense"}},
        {"payload": {"Authorization": "Basic YTpi"}},
        {"payload": {"Authorization": ["Bearer x"]}},
    ]
    for said in refused:
        async with Client(address_of) as somebody:
            await somebody.send(type="connection_init", **said)
            code, reason = await somebody.closed()
            assert code == 4403 and reason, said


async def test_a_token_that_ends_ends_the_connection(
    address_of: str, token: Token, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.http.auth.LEEWAY_SECONDS", 0)
    async with Client(address_of) as ann:
        await ann.watching(token("ann", 3))
        code, reason = await ann.closed()
        assert (code, reason) == (4403, "The token has expired.")


async def test_who_never_says_who_they_are_is_sent_away(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.http.websocket.SubscriptionEndpoint.__init__.__defaults__", (0.2,))
    async with listening(service) as place, Client(place) as somebody:
        assert (await somebody.closed())[0] == 4408


async def test_nothing_is_told_before_signing_in(address_of: str) -> None:
    async with Client(address_of) as somebody:
        await somebody.subscribe()
        assert (await somebody.closed())[0] == 4401


async def test_a_page_of_another_site_is_refused(address_of: str) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        async with Client(address_of, origin="https://elsewhere.example"):
            pass
