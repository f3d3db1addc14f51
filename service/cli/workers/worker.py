"""One worker: a forked process that serves, beside others, what was loaded before the fork.

One more of them serves nobody: it keeps house for all.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

import uvicorn
from threadpoolctl import threadpool_limits  # pyright: ignore[reportMissingTypeStubs]
from uvicorn.loops.auto import auto_loop_factory

from graph.errors import TastegraphError
from service.assembly import run_service
from service.background.garbage import settle
from service.background.lead import Lead
from service.cli.common import fail
from service.cli.server import Server, configuration, served
from service.cli.shutdown import end_soon, leave, stop_at_sigterm
from service.cli.workers.accepting import Acceptor
from service.cli.workers.application import Application
from service.cli.workers.counting import count_in, forget_gauges
from service.cli.workers.order import READY, RENEW, Order
from service.http.limits.shared import SharedLimits
from service.http.service import Service
from service.opening import open_graph
from service.settings import Settings
from service.sharing import Sharing

DRAINING_SECONDS = 12.0
"""How long a worker that retires waits for its connections: longer than an idle one is kept."""
CLOSE = (b"connection", b"close")
LEAD = "lead.lock"


class WorkerServer(Server):
    """A server beside others at one port, which can make way for them without failing anybody."""

    def __init__(
        self, config: uvicorn.Config, settings: Settings, service: Service, channel: socket.socket
    ) -> None:
        super().__init__(config, settings, service.sockets, self._answer)
        self._limits, self._channel = service.connection_limits, channel
        self._acceptor: Acceptor | None = None
        self._retiring: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start without sockets, which are accepted at here, and say so."""
        [self._listener] = sockets or []
        await super().startup([])

    def _answer(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self.retire)
        # it ends when the process that forked this one does
        loop.add_reader(self._channel, self._abandoned)
        self._acceptor = Acceptor(self._listener, self._protocol, self._limits.has_more)
        with suppress(OSError):
            self._channel.send(READY)

    def _protocol(self) -> asyncio.Protocol:
        protocol: Any = self.config.http_protocol_class
        made: asyncio.Protocol = protocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made

    def _abandoned(self) -> None:
        asyncio.get_running_loop().remove_reader(self._channel)
        self.retire()

    def retire(self) -> None:
        """Take no new connection, end each after its next answer, and then end."""
        if self._retiring is None:
            self._retiring = asyncio.get_running_loop().create_task(self._retire())

    async def _retire(self) -> None:
        if self._acceptor:
            self._acceptor.close()
        self.config.encoded_headers.append(CLOSE)
        state = self.server_state
        state.default_headers = [*state.default_headers, CLOSE]
        await self._sockets.close()
        until = time.monotonic() + DRAINING_SECONDS
        await asyncio.sleep(0.2)
        while state.connections and time.monotonic() < until:  # noqa: ASYNC110 - nobody says so
            await asyncio.sleep(0.1)
        end_soon()
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, then end as always."""
        if self._acceptor:
            self._acceptor.close()
        await super().shutdown([])


def work(
    order: Order,
    settings: Settings,
    sharing: Sharing,
    application: Application,
    listener: socket.socket,
    slot: int,
    replaces: bool,
    channel: socket.socket,
) -> NoReturn:
    """Serve, or keep house, until told to stop; then end the process."""
    count_in(order.metrics, slot)
    limits = SharedLimits(order.limits, order.slots)
    limits.clear(slot)
    keeps = slot == order.mine[-1]
    mine = replace(
        sharing,
        serves=not keeps,
        keeps=keeps,
        lead=Lead(settings.home / LEAD, wanted=keeps),
        slot=slot,
        replaces=replaces,
        limits=limits,
        metrics=order.metrics,
        renew=partial(channel.send, RENEW),
    )
    loop_factory = auto_loop_factory(use_subprocess=False)
    one_thread = threadpool_limits(1, user_api="blas")
    with one_thread, asyncio.Runner(loop_factory=loop_factory) as runner:
        try:
            runner.run(_work(settings, mine, application, listener, channel))
        except TastegraphError as error:
            fail(str(error))
        except (KeyboardInterrupt, asyncio.CancelledError):
            pass
        forget_gauges(order.metrics, slot)
        leave(0)


async def _work(
    settings: Settings,
    sharing: Sharing,
    application: Application,
    listener: socket.socket,
    channel: socket.socket,
) -> None:
    stop_at_sigterm()
    async with (
        open_graph(settings, prepare=False) as (graph, engine),
        run_service(settings, graph, engine, sharing=sharing) as service,
    ):
        settle()
        if sharing.serves:
            configured = configuration(application.of(service), settings)
            await served(WorkerServer(configured, settings, service, channel), listener)
        else:
            listener.close()
            await _until_told(channel)


async def _until_told(channel: socket.socket) -> None:
    """Say that all is ready, and wait for the end."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGHUP, told.set)
    loop.add_reader(channel, told.set)
    with suppress(OSError):
        channel.send(READY)
    await told.wait()
    loop.remove_reader(channel)
    end_soon()
