"""Serving: prepare the graph, train a first model, answer requests, say what to open."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from importlib.util import find_spec
from types import FrameType
from typing import NoReturn

import uvicorn
from rich.console import Console
from starlette.applications import Starlette
from threadpoolctl import threadpool_limits  # pyright: ignore[reportMissingTypeStubs]
from uvicorn.loops.auto import auto_loop_factory

from gql.schema import make_schema
from graph.connection import Graph
from graph.models.active import active_version
from graph.people.profiles import somebody_allergic_to
from service.assembly import run_service
from service.background.garbage import settle
from service.bundled import DEMO_ALLERGY, prepare
from service.cli.exit_statuses import STOPPED
from service.cli.listener import refused
from service.cli.output.progress import Bars
from service.cli.shutdown import end_soon, leave, stop_at_sigterm
from service.cli.welcome import welcome
from service.engine_ahead import EngineAhead
from service.http.application import MOST_BODY_BYTES, make_application
from service.http.demo import Demo
from service.http.protocols import BoundedHttp, CountedWebSocket
from service.http.websocket import OpenSockets
from service.opening import local_key, open_graph
from service.settings import Settings

GRACE_SECONDS = 1
"""How long requests that are under way may go on when the server ends."""


def serve(
    settings: Settings,
    console: Console,
    listener: socket.socket,
    ahead: EngineAhead | None,
    *,
    empty: bool,
) -> NoReturn:
    """Serve until told to stop, then end the process.

    Raises a GraphError if the graph cannot be used.
    """
    loop_factory = auto_loop_factory(use_subprocess=False)
    # One request's matrix product is too small to share: more threads only take cores from
    # the graph and from other requests.
    one_thread = threadpool_limits(1, user_api="blas")
    with listener, one_thread, asyncio.Runner(loop_factory=loop_factory) as runner:
        try:
            runner.run(_serve(settings, console, listener, ahead, empty=empty))
        except (KeyboardInterrupt, asyncio.CancelledError):
            console.print("Stopped before it served.")
            leave(STOPPED)
        leave(0)


async def _serve(
    settings: Settings,
    console: Console,
    listener: socket.socket,
    ahead: EngineAhead | None,
    *,
    empty: bool,
) -> None:
    stop_at_sigterm()
    async with open_graph(settings, ahead=ahead) as (graph, engine):
        demo = await prepared(graph, settings, console, empty=empty)
        async with run_service(settings, graph, engine) as service:
            application = make_application(
                lambda: nullcontext(service), make_schema(), demo, settings.cors_origins
            )
            configured = configuration(application, settings)
            settle()
            said = partial(_welcome, console, welcome(settings, listener, demo))
            server = Server(configured, settings, service.sockets, said)
            await served(server, listener)


async def served(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serve until told to stop."""
    await server.serve(sockets=[listener])
    # uvicorn has ended in order and now sends itself the signal that it was sent
    with suppress(asyncio.CancelledError):
        await asyncio.sleep(0.05)


def _welcome(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)


def configuration(application: Starlette, settings: Settings) -> uvicorn.Config:
    """Return uvicorn's configuration for the application."""
    return uvicorn.Config(
        application,
        port=settings.port,
        http=BoundedHttp,
        ws=CountedWebSocket,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=[str(trusted_proxy) for trusted_proxy in settings.trusted_proxies],
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
        ws_max_size=MOST_BODY_BYTES,
    )


async def prepared(
    graph: Graph, settings: Settings, console: Console, *, empty: bool
) -> Demo | None:
    """Fill a new graph and train a first model; return whom to show, if there is somebody."""
    with Bars(console) as bars:
        rejects = settings.home / "rejects" / "bundled.csv"
        await prepare(graph, rejects, bars, empty=empty, by=settings.operator)
    somebody = await somebody_allergic_to(graph, DEMO_ALLERGY)
    if somebody and await active_version(graph) is None:
        await _train(console)
    return Demo(local_key(settings.home), somebody) if somebody and settings.demo else None


async def _train(console: Console) -> None:
    """Train in a separate process, so that this one never loads torch."""
    if find_spec("torch") is None:
        console.print("No model yet, and no torch here: ranking by popularity until you retrain.")
        return
    console.print("Training the first model.")
    command = [sys.executable, "-m", "service.cli.child", "retrain"]
    training = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, start_new_session=True
    )
    try:
        status = await training.wait()
    finally:
        if training.returncode is None:
            training.kill()
            await training.wait()
    if status:
        console.print("The first model was not trained: ranking by popularity until you retrain.")


class Server(uvicorn.Server):
    """Says that it answers, and goodbye to subscribers."""

    def __init__(
        self,
        config: uvicorn.Config,
        settings: Settings,
        sockets: OpenSockets,
        answering: Callable[[], None],
    ) -> None:
        """Call `answering` once it does."""
        super().__init__(config)
        self._settings = settings
        self._sockets = sockets
        self._answering = answering

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        try:
            await super().startup(sockets)
        except OSError as error:
            await self.lifespan.shutdown()
            raise refused(self._settings, error) from error
        if self.started:
            self._answering()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End in order, and soon."""
        end_soon()
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say goodbye to subscribers, then end as always."""
        await self._sockets.close()
        await super().shutdown(sockets)
