"""Threads of their own for the texts that anybody may send: nothing else ever waits behind them.

One thread: two would not read faster in one interpreter, but would slow everybody else twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from graphql import GraphQLError

MOST_WAITING = 50
SECONDS_TO_WAIT = 5

P = ParamSpec("P")
R = TypeVar("R")


class TextReader:
    """Reads one text after the other, and refuses more when too many wait."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._waiting = 0
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="reading")

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the work returns; an error with a code if too many texts wait."""
        if self._waiting >= self._most_waiting:
            raise GraphQLError(
                "Too many texts are waiting to be read: try again in a moment.",
                extensions={"code": "TOO_MANY_REQUESTS", "retryAfter": SECONDS_TO_WAIT},
            )
        self._waiting += 1
        try:
            # a request that ends takes back what has not begun
            return await asyncio.wrap_future(self._threads.submit(work, *args, **kwargs))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Take back what waits; what has begun ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)
