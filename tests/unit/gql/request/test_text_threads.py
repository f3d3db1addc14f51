"""Strangers' texts are read in a thread of their own: nothing else waits behind them."""

import asyncio
import threading

import pytest
from graphql import GraphQLError

from gql.request.text_threads import TextReader


async def test_what_is_read_keeps_nobody_else_waiting() -> None:
    reading, go_on = TextReader(most_waiting=40), threading.Event()
    texts = [asyncio.create_task(reading.run(go_on.wait, 20.0)) for _ in range(40)]
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        # as the catalogue is built: in the pool that all of us share
        names = [await asyncio.to_thread(lambda: threading.current_thread().name) for _ in range(9)]
        assert not any(name.startswith("reading") for name in names)
        with pytest.raises(GraphQLError, match="wait") as refused:
            await reading.run(len, "one too many")
        assert refused.value.extensions == {"code": "TOO_MANY_REQUESTS", "retryAfter": 5}
        for text in texts[1:]:
            text.cancel()
        await asyncio.gather(*texts[1:], return_exceptions=True)
        go_on.set()
        assert await texts[0]
        assert await reading.run(len, "four") == 4
    reading.close()


async def test_what_fails_says_so_and_what_is_closed_reads_nothing() -> None:
    reading = TextReader()
    with pytest.raises(ValueError, match="invalid literal"):
        await reading.run(int, "x")
    reading.close()
    with pytest.raises(RuntimeError):
        await reading.run(len, "x")
