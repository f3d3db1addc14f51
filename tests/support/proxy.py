"""A line to the graph that a test can cut or freeze."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from graph.connection import Address


class Proxy:
    """Passes bytes on both ways; while it is frozen nothing moves, once it is cut nobody enters."""

    def __init__(self, target: Address) -> None:
        self._target = target
        self._host, port = target.uri.split("://")[1].rsplit(":", 1)
        self._port = int(port)
        self._moving = asyncio.Event()
        self._moving.set()
        self._cut = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> Address:
        """Listen; return the address to use in place of the target's."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        return replace(self._target, uri=f"bolt://127.0.0.1:{port}")

    def freeze(self) -> None:
        self._moving.clear()

    def thaw(self) -> None:
        self._moving.set()

    def cut(self) -> None:
        """End every connection, and refuse new ones."""
        self._cut = True
        for writer in self._writers:
            writer.close()

    def mend(self) -> None:
        self._cut = False

    async def close(self) -> None:
        self.cut()
        self.thaw()
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._writers |= {writer, far_writer}
        for source, target in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._pass_on(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, RuntimeError):
            while part := await source.read(65536):
                await self._moving.wait()
                target.write(part)
                await target.drain()
        target.close()
        self._writers.discard(target)


@asynccontextmanager
async def proxied(target: Address) -> AsyncIterator[tuple[Proxy, Address]]:
    """Yield a line to the target, and the address of its near end."""
    proxy = Proxy(target)
    try:
        yield proxy, await proxy.open()
    finally:
        await proxy.close()
