"""Serving the API."""

from __future__ import annotations

import click

from service.cli.common import console, settings
from service.cli.server import serve as serve_forever


@click.command()
@click.option("--empty", is_flag=True, help="Start without the bundled data, for your own.")
def serve(empty: bool) -> None:
    """Serve the API; first fill a new graph and train a first model."""
    serve_forever(settings(), console, empty=empty)
