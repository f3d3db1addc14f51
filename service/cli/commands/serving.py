"""Serving the API."""

from __future__ import annotations

import click

from service.cli.common import console, settings
from service.cli.listener import bound
from service.engine_ahead import EngineAhead

MOST_WORKERS = 64


@click.command()
@click.option("--empty", is_flag=True, help="Start without the bundled data, for your own.")
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    default=1,
    help="How many processes serve; default 1.",
)
def serve(empty: bool, workers: int) -> int:
    """Serve the API; first fill a new graph and train a first model."""
    chosen = settings()
    listener = bound(chosen)
    if workers > 1:
        from service.cli.workers.supervisor import Supervisor

        return Supervisor(chosen, listener, workers, empty=empty).run()
    ahead = None if chosen.neo4j else EngineAhead(chosen)
    # meanwhile: what a server needs takes as long to load as the engine to start
    from service.cli.server import serve as serve_forever

    serve_forever(chosen, console, listener, ahead, empty=empty)
