"""Serving the API."""

from __future__ import annotations

import click

from service.cli.common import console, settings
from service.cli.listener import bound
from service.engine_ahead import EngineAhead


@click.command()
@click.option("--empty", is_flag=True, help="Start without the bundled data, for your own.")
def serve(empty: bool) -> None:
    """Serve the API; first fill a new graph and train a first model."""
    chosen = settings()
    listener = bound(chosen)
    ahead = None if chosen.neo4j else EngineAhead(chosen)
    # meanwhile: what a server needs takes as long to load as the engine to start
    from service.cli.server import serve as serve_forever

    serve_forever(chosen, console, listener, ahead, empty=empty)
