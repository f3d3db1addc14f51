"""Serving: prepare the graph, train a first model, answer requests, say what to open."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from importlib.util import find_spec

import uvicorn
from rich.console import Console

from embeddings.lifecycle import active_version
from gql.schema import make_schema
from graph.errors import TastegraphError
from graph.query import load
from service.application import make_application
from service.assembly import local_key, open_graph, open_service
from service.bundled import DEMO_USER, prepare
from service.progress import Bars
from service.settings import Settings

SOMEBODY = load("people/somebody")


class ServeFailed(TastegraphError):
    """The server could not start."""


def serve(settings: Settings, console: Console, *, empty: bool) -> int:
    """Serve until told to stop; return the exit status."""
    demo = asyncio.run(_prepare(settings, console, empty=empty))
    token = local_key(settings.home).issue(demo) if demo and settings.demo else None
    application = make_application(lambda: open_service(settings), make_schema(), token)
    config = uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )
    server = _Server(config, settings, console, token, demo)
    server.run()
    return 0 if server.started else 1


async def _prepare(settings: Settings, console: Console, *, empty: bool) -> str | None:
    """Fill a new graph and train a first model; return the user to show, if there is one."""
    async with open_graph(settings) as (graph, _):
        with Bars(console) as bars:
            await prepare(graph, settings.home / "rejects" / "bundled.csv", bars, empty=empty)
        people = await graph.run(SOMEBODY, preferred=DEMO_USER)
        if people and await active_version(graph) is None:
            await asyncio.to_thread(_train, console)
        return people[0]["userId"] if people else None


def _train(console: Console) -> None:
    """Train in a process of its own, so that this one never loads torch."""
    if find_spec("torch") is None:
        console.print("No model yet, and no torch here: ranking by popularity until you retrain.")
        return
    console.print("Training the first model.")
    ended = subprocess.run(  # noqa: S603 - our own command, no shell
        [sys.executable, "-m", "service.command_line", "retrain"], env=os.environ, check=False
    )
    if ended.returncode:
        console.print("The first model was not trained: ranking by popularity until you retrain.")


class _Server(uvicorn.Server):
    """Says what to open, once it answers."""

    def __init__(
        self,
        config: uvicorn.Config,
        settings: Settings,
        console: Console,
        token: str | None,
        demo: str | None,
    ) -> None:
        super().__init__(config)
        self._settings = settings
        self._console = console
        self._token = token
        self._demo = demo

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Start, then print the welcome."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            self._console.print(self._welcome(), highlight=False, soft_wrap=True)

    def _welcome(self) -> str:
        port = self.servers[0].sockets[0].getsockname()[1] if self.servers else self.config.port
        base = f"http://{self._settings.host}:{port}"
        lines = ["", f"Tastegraph answers at {base}/graphql (GraphiQL in a browser)."]
        if self._token:
            lines += [
                f"Demo user {self._demo} (simulated); send this header:",
                f"  Authorization: Bearer {self._token}",
                "",
                "Three queries to paste:",
                *(f"  {query}" for query in QUERIES),
            ]
        return "\n".join([*lines, "", "Stop with Ctrl-C."])


QUERIES = (
    "{ recommendations(first: 5) { ... on Recommendations { items { rank drink { name kind }"
    " safety { status } } } } }",
    '{ drink(id: "flat-white") { ... on Drink { name recipe { name amount unit }'
    " safety { status verdicts { allergenId verdict } } } } }",
    'mutation { setAllergies(allergies: [{allergenId: "milk"}]) { ... on Me { id'
    " allergies { allergenId severity } } } }",
)
