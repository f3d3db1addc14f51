"""Two that accept at one port: who has more leaves the next connection to the other."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator

import pytest

from service.cli.workers.accepting import Acceptor
from service.http.limits.connection_limits import ConnectionLimits, OwnCounts


class Counting(asyncio.Protocol):
    """Says whose it is, and closes."""

    def __init__(self, name: bytes) -> None:
        self._name = name

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(self._name)
        transport.close()


def protocol(name: bytes) -> Callable[[], asyncio.Protocol]:
    return lambda: Counting(name)


async def taken_by(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    name = await reader.read()
    writer.close()
    return name


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener


async def test_who_has_more_leaves_the_next_connection_to_the_other(
    listener: socket.socket,
) -> None:
    rich = Acceptor(listener.dup(), protocol(b"rich"), lambda: True, hesitation=3600)
    poor = Acceptor(listener.dup(), protocol(b"poor"), lambda: False)
    try:
        port = listener.getsockname()[1]
        assert [await taken_by(port) for _ in range(10)] == [b"poor"] * 10
    finally:
        rich.close()
        poor.close()
        poor.close()


async def test_who_has_more_takes_what_nobody_else_takes(listener: socket.socket) -> None:
    rich = Acceptor(listener.dup(), protocol(b"rich"), lambda: True)
    try:
        port = listener.getsockname()[1]
        assert await asyncio.gather(*(taken_by(port) for _ in range(5))) == [b"rich"] * 5
    finally:
        rich.close()


def test_more_is_more_than_its_share() -> None:
    counts = OwnCounts()
    alone = ConnectionLimits(10, 10, counts=counts, sharing=1)
    counts.add("10.0.0.1", 3)
    assert not alone.has_more()


def test_of_two_the_one_with_more_has_more() -> None:
    class Shared(OwnCounts):
        @property
        def total(self) -> int:
            return 4

    counts = Shared()
    limits = ConnectionLimits(10, 10, counts=counts, sharing=2)
    counts.add("10.0.0.1", 2)
    assert not limits.has_more()
    counts.add("10.0.0.1", 1)
    assert limits.has_more()
